"""Learning how satisfied customers are, from moments of dialogues that people judged. Heavy to import."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from ombud.intelligence.classification.dialogues import Moment, columns_of, dialogues_of, rows_of
from ombud.intelligence.classification.schemas import Guess
from ombud.intelligence.embedding.schemas import Vectors

FOLDS: Final = 5
SEED: Final = 20
STEPS: Final = 300


def guess_satisfaction(
    learnt: Sequence[Moment],
    labels: Sequence[str],
    learnt_vectors: Vectors | None,
    asked: Sequence[Moment],
    vectors: Vectors | None,
) -> list[Guess]:
    """The class of each asked moment, learnt from others; vectors are those of what the customer says there."""
    both = None
    if learnt_vectors is not None and vectors is not None:
        both = np.concatenate([learnt_vectors, vectors])
    sources = np.arange(len(learnt))
    rows = rows_of(columns_of([*learnt, *asked]), sources, both)
    return _guesses(rows[: len(learnt)], np.array(labels), rows[len(learnt) :])


def folded_satisfaction(moments: Sequence[Moment], labels: Sequence[str], vectors: Vectors | None) -> list[Guess]:
    """The class of each moment, learnt from the dialogues of other folds."""
    columns, known = columns_of(moments), np.array(labels)
    dialogues = np.array(dialogues_of(moments))
    names = np.unique(dialogues)
    fold = (np.random.default_rng(SEED).permutation(len(names)) % FOLDS)[np.searchsorted(names, dialogues)]
    found: dict[int, Guess] = {}
    for number in range(FOLDS):
        learnt, asked = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        rows = rows_of(columns, learnt, vectors)
        found.update(zip(asked.tolist(), _guesses(rows[learnt], known[learnt], rows[asked]), strict=True))
    return [found[place] for place in range(len(moments))]


def _guesses(learnt: csr_matrix, labels: NDArray[np.str_], asked: csr_matrix) -> list[Guess]:
    # Each class the same weight: the rare ones are those that matter.
    machine = LogisticRegression(class_weight="balanced", max_iter=STEPS).fit(learnt, labels)
    shares = machine.predict_proba(asked)
    return [Guess(str(machine.classes_[row.argmax()]), float(row.max())) for row in shares]
