"""``ombud eval intent``: which intent a text is of, or that it is of none that is known."""

import argparse
from collections.abc import Sequence
from typing import Final

from ombud.cli.evaluations.labels import Answer, as_written, guesses_for, print_figures, write_answers
from ombud.cli.evaluations.rows import OUTSIDE, Row, parted, read_rows
from ombud.intelligence.classification.schemas import Guess
from ombud.shared.installation import InstallationError

NO_LABELS: Final = "Give --train with a file of labelled texts: the texts to answer hold no labels to learn from."


def run(arguments: argparse.Namespace) -> int:
    """Answer every text and, where the labels are there, say how many were right and how many of none were told."""
    learnt, asked = parted(read_rows(arguments.data))
    if arguments.train:
        given = read_rows(arguments.train)
        learnt = parted(given)[0] or given
    learnt = [row for row in learnt if row.label is not None]
    guesses = _guesses(learnt, asked)
    answers = [Answer(as_written(one.label), round(one.confidence, 4), one.is_unknown) for one in guesses]
    write_answers(arguments.out, answers)
    _print(arguments, asked, guesses)
    return 0


def _guesses(learnt: Sequence[Row], asked: Sequence[Row]) -> list[Guess]:
    known = [row for row in learnt if not _is_outside(row)]
    guesses = guesses_for(known, asked)
    if guesses is None:
        raise InstallationError(NO_LABELS)
    return guesses


def _is_outside(row: Row) -> bool:
    return (row.label or "").lower() in OUTSIDE


def _print(arguments: argparse.Namespace, asked: Sequence[Row], guesses: Sequence[Guess]) -> None:
    pairs = [(row, guess) for row, guess in zip(asked, guesses, strict=True) if row.label is not None]
    inside = [(row, guess) for row, guess in pairs if not _is_outside(row)]
    outside = [guess for row, guess in pairs if _is_outside(row)]
    if not pairs:
        print(f"{len(asked)} texts answered; none holds the truth")
        return
    named = sum(guess.label == row.label for row, guess in inside) / max(len(inside), 1)
    right = sum(guess.label == row.label and not guess.is_unknown for row, guess in inside) / max(len(inside), 1)
    told = sum(guess.is_unknown for guess in outside) / max(len(outside), 1)
    figures = {"texts": len(asked), "scored": len(pairs), "accuracy": right, "accuracy_ignoring_unknown": named}
    sentence = f"{len(inside)} texts of known intents: right {right:.4f} (ignoring `unknown` {named:.4f})"
    if outside:
        figures["out_of_scope_recall"] = told
        sentence += f"; {len(outside)} of none: called unknown {told:.4f}"
    print_figures(arguments, figures, sentence)
