"""A linear head: from a text's words and its vector to a label, with how sure that is. About 0.2 ms a text."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ombud.intelligence.classification.features import Columns, counted, weighted
from ombud.intelligence.classification.schemas import Guess
from ombud.intelligence.embedding.schemas import Vectors, of_length_one

# Vectors of this family all point the same way; what is left without their mean is what tells texts apart.
MEANING_COUNTS: Final = 1.0


class Head(Struct, frozen=True):
    """Weights of labels. ``mean`` None: learnt without vectors. Below ``floor`` a text is called unknown."""

    labels: list[str]
    columns: Columns
    words: NDArray[np.float32]
    bias: NDArray[np.float32]
    mean: Vectors | None
    meaning: NDArray[np.float32] | None
    # what makes scores into confidences
    steepness: float
    floor: float

    @property
    def needs_vectors(self) -> bool:
        """Whether it was learnt with vectors."""
        return self.mean is not None

    def guess(self, texts: Sequence[str], vectors: Vectors | None = None) -> list[Guess]:
        """The likeliest label of each text; ``vectors`` are those of the texts as questions."""
        if not texts:
            return []
        found = self.confidences(texts, vectors)
        best = found.argmax(axis=1)
        sure = found[np.arange(len(best)), best]
        return [
            Guess(self.labels[label], float(much), float(much) < self.floor)
            for label, much in zip(best, sure, strict=True)
        ]

    def confidences(self, texts: Sequence[str], vectors: Vectors | None = None) -> NDArray[np.float32]:
        """A row a text, a column a label; a row sums up to one."""
        rows = weighted(counted(texts, self.columns.number), self.columns)
        return confidences_of(self.scores(rows, vectors), self.steepness)

    def scores(self, rows: csr_matrix, vectors: Vectors | None) -> NDArray[np.float32]:
        """How far each text lies on each label's side."""
        found = np.asarray(rows @ self.words.T, dtype=np.float32) + self.bias
        if self.meaning is not None and self.mean is not None and vectors is not None:
            found += centred(vectors, self.mean) @ self.meaning.T
        return found


def centred(vectors: Vectors, mean: Vectors) -> Vectors:
    """Vectors without what all of them share, of length one again, as much as they are to count."""
    return of_length_one(vectors - mean) * np.float32(MEANING_COUNTS)


def confidences_of(scores: NDArray[np.float32], steepness: float) -> NDArray[np.float32]:
    """Scores as shares of one."""
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) * np.float32(steepness))
    shares: NDArray[np.float32] = raised / raised.sum(axis=1, keepdims=True)
    return shares
