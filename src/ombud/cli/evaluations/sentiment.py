"""``ombud eval sentiment``: whether a text is pleased or not."""

import argparse
from collections.abc import Sequence
from typing import Final

from ombud.cli.evaluations.labels import (
    Answer,
    as_written,
    guesses_for,
    measured,
    print_figures,
    write_answers,
)
from ombud.cli.evaluations.meaning import load_meaning, vectors_of
from ombud.cli.evaluations.rows import Row, parted, read_rows
from ombud.intelligence.classification.schemas import Guess
from ombud.intelligence.classification.seeds import examples_of
from ombud.intelligence.classification.small import learn_small

# What sets call the two sides; without labels of theirs ours are good 1 and bad 0.
GOOD: Final = "1"
BAD: Final = "0"


def run(arguments: argparse.Namespace) -> int:
    """Answer every text and, where the labels are there, say how many were right."""
    learnt, asked = parted(read_rows(arguments.data))
    if arguments.train:
        learnt = read_rows(arguments.train)
    learnt = [row for row in learnt if row.label is not None]
    guesses = guesses_for(learnt, asked) or _at_first_sight(asked)
    write_answers(arguments.out, [Answer(as_written(one.label), round(one.confidence, 4)) for one in guesses])
    pairs = [(row.label, guess.label) for row, guess in zip(asked, guesses, strict=True) if row.label is not None]
    if not pairs:
        print(f"{len(asked)} texts answered; none holds the truth")
        return 0
    found = measured([truth for truth, _ in pairs], [guess for _, guess in pairs])
    figures = {"texts": len(asked), "scored": len(pairs), "accuracy": found.accuracy, "macro_f1": found.macro_f1}
    sentence = f"{len(pairs)} texts scored: right {found.accuracy:.4f}, macro-F1 {found.macro_f1:.4f}"
    print_figures(arguments, figures, sentence)
    return 0


def _at_first_sight(asked: Sequence[Row]) -> list[Guess]:
    """What the examples that come along say, before anything was learnt: pleased 1, else 0."""
    print("neither --train nor labels: by the examples that come along")
    model = load_meaning()
    texts, labels = examples_of("sentiment")
    chosen = [(text, label) for text, label in zip(texts, labels, strict=True) if label != "neutral"]
    sides = [GOOD if label == "positive" else BAD for _, label in chosen]
    sources = [text for text, _ in chosen]
    head = learn_small(sources, sides, vectors_of(model, sources))
    said = [row.text for row in asked]
    return head.guess(said, vectors_of(model, said))
