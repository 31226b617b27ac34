"""Learning a head from examples. Heavy to import and to run: for children of the worker and for commands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from ombud.intelligence.classification.features import counted, learn_columns, weighted
from ombud.intelligence.classification.heads import Head, centred, confidences_of
from ombud.intelligence.embedding.schemas import Vectors

COLUMNS: Final = 1 << 16
FOLDS: Final = 4
LARGE: Final = 4_000
# How hard single words may pull; less where so many examples of each label are never all labelled right.
CLOSENESS: Final = 1.0
CLOSENESS_OF_MANY: Final = 0.2
MANY: Final = 1_000
# Where it may stop; nearer took three times as long and was right as often.
NEAR_ENOUGH: Final = 1e-2
# This share of what is known is given up as unknown, so that most of what is unknown is caught.
GIVEN_UP: Final = 0.03
# A head that is this sure knows the text, however sure it is of others.
HIGHEST_FLOOR: Final = 0.6
SEED: Final = 20
TWO: Final = 2


def learn(
    texts: Sequence[str],
    labels: Sequence[str],
    vectors: Vectors | None = None,
    *,
    groups: Sequence[int] | None = None,
    columns: int = COLUMNS,
) -> Head:
    """A head from examples of at least two labels; ``groups`` are examples that belong together, as of one dialogue.

    How steep and how low it may be is measured on folds, so that what it says of its sureness holds for new texts.
    """
    counts = counted(texts, columns)
    known = np.array(labels)
    steepness, floor = _measured(counts, known, vectors, groups)
    head = _fit(counts, known, vectors)
    return Head(
        head.labels, head.columns, head.words, head.bias, head.mean, head.meaning, steepness=steepness, floor=floor
    )


def folded_confidences(
    texts: Sequence[str],
    labels: Sequence[str],
    vectors: Vectors | None = None,
    *,
    groups: Sequence[int] | None = None,
    columns: int = COLUMNS,
    folds: int = FOLDS,
) -> tuple[list[str], NDArray[np.float32]]:
    """For each example what a head says that was learnt from the other folds; the labels of the columns in front."""
    counts, known = counted(texts, columns), np.array(labels)
    names = sorted(set(labels))
    scores = _folded_scores(counts, known, vectors, groups, folds)
    return names, confidences_of(scores, _steepness(scores, _places(known, names)))


def _fit(counts: csr_matrix, labels: NDArray[np.str_], vectors: Vectors | None) -> Head:
    columns = learn_columns(counts)
    rows, mean = weighted(counts, columns), None
    if vectors is not None:
        mean = vectors.mean(axis=0)
        rows = hstack([rows, csr_matrix(centred(vectors, mean))]).tocsr()
    closeness = CLOSENESS_OF_MANY if len(labels) >= MANY * len(set(labels.tolist())) else CLOSENESS
    machine = LinearSVC(C=closeness, tol=NEAR_ENOUGH, random_state=SEED).fit(rows, labels)
    names = [str(one) for one in machine.classes_]
    weights = machine.coef_.astype(np.float32)
    bias = machine.intercept_.astype(np.float32)
    if len(names) == TWO:
        # Of two labels it keeps one side only.
        weights, bias = np.concatenate([-weights, weights]) / TWO, np.concatenate([-bias, bias]) / TWO
    number = columns.number
    meaning = weights[:, number:] if vectors is not None else None
    return Head(names, columns, weights[:, :number], bias, mean, meaning, steepness=1.0, floor=0.0)


def _measured(
    counts: csr_matrix, labels: NDArray[np.str_], vectors: Vectors | None, groups: Sequence[int] | None
) -> tuple[float, float]:
    names = sorted(set(labels.tolist()))
    # Of many examples one part in so many is enough to measure on, and learning is what takes long.
    is_large = len(labels) > LARGE
    asked = next(_folds(labels, groups, FOLDS))[1] if is_large else np.arange(len(labels))
    scores = _folded_scores(counts, labels, vectors, groups, FOLDS, most=1 if is_large else FOLDS)[asked]
    places = _places(labels[asked], names)
    steepness = _steepness(scores, places)
    sure = confidences_of(scores, steepness).max(axis=1)
    return steepness, min(HIGHEST_FLOOR, float(np.quantile(sure, GIVEN_UP)))


def _folded_scores(
    counts: csr_matrix,
    labels: NDArray[np.str_],
    vectors: Vectors | None,
    groups: Sequence[int] | None,
    folds: int,
    most: int | None = None,
) -> NDArray[np.float32]:
    """Scores by what was learnt from the other folds; with ``most`` for the first of them only."""
    names = sorted(set(labels.tolist()))
    found = np.full((len(labels), len(names)), -2.0, dtype=np.float32)
    for learnt, asked in islice(_folds(labels, groups, folds), most):
        if len(set(labels[learnt].tolist())) < TWO:
            continue
        head = _fit(counts[learnt], labels[learnt], vectors[learnt] if vectors is not None else None)
        rows = weighted(counts[asked], head.columns)
        scores = head.scores(rows, vectors[asked] if vectors is not None else None)
        found[np.ix_(asked, _places(np.array(head.labels), names))] = scores
    return found


def _folds(
    labels: NDArray[np.str_], groups: Sequence[int] | None, folds: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Each fold as examples to learn from and examples to ask: groups stay whole, labels are spread evenly."""
    dice = np.random.default_rng(SEED)
    fold = np.empty(len(labels), dtype=np.int64)
    if groups is None:
        dealt: Counter[str] = Counter()
        for place in dice.permutation(len(labels)):
            label = str(labels[place])
            fold[place] = dealt[label] % folds
            dealt[label] += 1
    else:
        names, numbers = np.unique(np.array(groups), return_inverse=True)
        fold = (dice.permutation(len(names)) % folds)[numbers]
    for number in range(folds):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def _places(labels: NDArray[np.str_], names: Sequence[str]) -> NDArray[np.int64]:
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[str(label)] for label in labels], dtype=np.int64)


def _steepness(scores: NDArray[np.float32], right: NDArray[np.int64]) -> float:
    """What makes the confidences say most truly how often the head is right."""

    def surprise(power: float) -> float:
        shares = confidences_of(scores, float(np.exp(power)))
        return float(-np.log(np.maximum(shares[np.arange(len(right)), right], 1e-9)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-1.0, 4.0), method="bounded").x))
