"""Labels without examples: what their names, and texts that go with them, are like. Good enough to propose."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ombud.intelligence.classification.features import counted, learn_columns, weighted
from ombud.intelligence.classification.schemas import Guess
from ombud.intelligence.embedding.schemas import Vectors, of_length_one

COLUMNS: Final = 1 << 15
# Names alone prove little, whatever is nearest to them.
MOST_SURE: Final = 0.8
BY_MEANING: Final = 40.0
BY_WORDS: Final = 8.0
WORDS_COUNT: Final = 0.1
LEAST_LIKE: Final = 0.04


class Prototypes(Struct, frozen=True):
    """Each label by the texts that stand for it."""

    labels: list[str]
    texts: list[str]
    # which label each text stands for
    owners: NDArray[np.int64]
    vectors: Vectors | None

    def guess(self, text: str, vector: Vectors | None = None) -> Guess:
        """The label whose texts are most alike; unknown where none is more alike than the others."""
        if not self.labels:
            return Guess("", 0.0, is_unknown=True)
        counts = counted([*self.texts, text], COLUMNS)
        rows = weighted(counts, learn_columns(counts))
        words = np.asarray((rows[:-1] @ rows[-1].T).todense(), dtype=np.float32)[:, 0]
        scores = self._best_of_each(words) * np.float32(BY_WORDS)
        if vector is not None and self.vectors is not None:
            near = self._best_of_each(self.vectors @ vector)
            scores = (near + np.float32(WORDS_COUNT) * self._best_of_each(words)) * np.float32(BY_MEANING)
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        best = int(shares.argmax())
        is_unknown = float(np.ptp(scores)) < LEAST_LIKE * BY_WORDS
        return Guess(self.labels[best], min(MOST_SURE, float(shares[best])), is_unknown)

    def _best_of_each(self, alike: NDArray[np.float32]) -> NDArray[np.float32]:
        found = np.zeros(len(self.labels), dtype=np.float32)
        np.maximum.at(found, self.owners, alike)
        return found


def prototypes_of(texts: Mapping[str, Sequence[str]], vectors: Vectors | None = None) -> Prototypes:
    """Prototypes from the texts of each label; ``vectors`` in the order of all texts."""
    labels = list(texts)
    owners = np.array([number for number, label in enumerate(labels) for _ in texts[label]], dtype=np.int64)
    said = [text for label in labels for text in texts[label]]
    return Prototypes(labels, said, owners, None if vectors is None else of_length_one(vectors))
