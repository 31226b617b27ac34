"""What evaluations of labels share: where answers come from, how they are written, and what is printed."""

import argparse
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from ombud.cli.evaluations.meaning import load_meaning, vectors_of
from ombud.cli.evaluations.rows import Row
from ombud.intelligence.classification.schemas import Guess
from ombud.intelligence.classification.training import folded_confidences, learn

FOLDS: Final = 5
# Shares of a hundred whose error is told beside the figure.
MOST_CLASSES_SHOWN: Final = 10


class Answer(Struct):
    """A line of the answers; ``unknown`` where the evaluation asks for it."""

    label: str | int
    confidence: float
    unknown: bool | UnsetType = UNSET


def guesses_for(learnt: Sequence[Row], asked: Sequence[Row]) -> list[Guess] | None:
    """Guesses by a head that was learnt from labelled rows, or from the other folds of the asked ones.

    None where neither has labels.
    """
    model = load_meaning()
    texts = [row.text for row in asked]
    if learnt:
        labels = [row.label or "" for row in learnt]
        print(f"learnt from {len(learnt)} texts with {len(set(labels))} labels")
        sources = [row.text for row in learnt]
        head = learn(sources, labels, vectors_of(model, sources))
        return head.guess(texts, vectors_of(model, texts))
    labels = [row.label or "" for row in asked]
    if len(set(labels)) < 2 or not all(labels):  # noqa: PLR2004  # one label teaches nothing
        return None
    print(f"no --train: each text is answered by a head that learnt from the other {FOLDS - 1} of {FOLDS} parts")
    names, found = folded_confidences(texts, labels, vectors_of(model, texts), folds=FOLDS)
    best = found.argmax(axis=1)
    return [Guess(names[label], float(row[label])) for label, row in zip(best, found, strict=True)]


def as_written(label: str) -> str | int:
    """A label as the data writes it: a number where it is one."""
    return int(label) if re.fullmatch(r"-?[0-9]+", label) else label


def write_answers(path: Path, answers: Sequence[Answer]) -> None:
    """One object a line, in the order of the input."""
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in answers))


def print_figures(arguments: argparse.Namespace, figures: Mapping[str, float], sentence: str) -> None:
    """What a person reads, and one object for programs."""
    print(sentence)
    if arguments.json:
        print(json.dumps({name: round(figure, 4) for name, figure in figures.items()}))


class Measured(Struct):
    """Accuracy, and the mean over labels of the harmonic mean of precision and recall."""

    accuracy: float
    macro_f1: float
    kappa: float
    recalls: dict[str, float]


def measured(truths: Sequence[str], guessed: Sequence[str]) -> Measured:
    """How well labels were met. Source: Cohen 1960 for kappa."""
    number = len(truths)
    right = Counter(truth for truth, guess in zip(truths, guessed, strict=True) if truth == guess)
    true, found = Counter(truths), Counter(guessed)
    labels = sorted(true | found)
    parts = [2 * right[label] / max(true[label] + found[label], 1) for label in labels]
    accuracy = right.total() / number
    chance = sum(true[label] * found[label] for label in labels) / number**2
    kappa = (accuracy - chance) / (1 - chance) if chance < 1 else 1.0
    recalls = {label: right[label] / many for label, many in sorted(true.items())}
    return Measured(accuracy, sum(parts) / len(parts), kappa, recalls)
