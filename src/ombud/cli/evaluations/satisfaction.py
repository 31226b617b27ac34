"""``ombud eval satisfaction``: how satisfied a customer is at each turn of a dialogue."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from ombud.cli.evaluations.labels import Answer, as_written, measured, print_figures, write_answers
from ombud.cli.evaluations.meaning import load_meaning, vectors_of
from ombud.intelligence.classification.dialogues import Moment, moment_of
from ombud.intelligence.classification.satisfaction import folded_satisfaction, guess_satisfaction
from ombud.shared.installation import InstallationError

COLUMNS: Final = 2


class Line(Struct):
    """A moment of a dialogue and, where it is known, how satisfied the customer was."""

    moment: Moment
    label: str | None


def run(arguments: argparse.Namespace) -> int:
    """Answer every line and, where the class is there, say how well the classes were met."""
    asked = list(_lines(arguments.data))
    learnt = [line for line in _lines(arguments.train) if line.label] if arguments.train else []
    model = load_meaning()
    vectors = vectors_of(model, [line.moment.said for line in asked])
    moments, labels = [line.moment for line in asked], [line.label or "" for line in asked]
    if learnt:
        print(f"learnt from {len(learnt)} moments")
        sources = [line.moment for line in learnt]
        known = vectors_of(model, [one.said for one in sources])
        guesses = guess_satisfaction(sources, [line.label or "" for line in learnt], known, moments, vectors)
    elif all(labels) and len(set(labels)) > 1:
        print("no --train: each dialogue is answered by what was learnt from the other parts of five")
        guesses = folded_satisfaction(moments, labels, vectors)
    else:
        msg = "Give --train with labelled moments: those to answer hold no classes to learn from."
        raise InstallationError(msg)
    write_answers(arguments.out, [Answer(as_written(one.label), round(one.confidence, 4)) for one in guesses])
    pairs = [(line.label, guess.label) for line, guess in zip(asked, guesses, strict=True) if line.label]
    if not pairs:
        print(f"{len(asked)} moments answered; none holds the truth")
        return 0
    found = measured([truth for truth, _ in pairs], [guess for _, guess in pairs])
    figures = {"moments": len(asked), "macro_f1": found.macro_f1, "kappa": found.kappa, "accuracy": found.accuracy}
    figures |= {f"recall_{label}": share for label, share in found.recalls.items()}
    told = ", ".join(f"{label} {share:.3f}" for label, share in found.recalls.items())
    sentence = (
        f"{len(pairs)} moments scored: macro-F1 {found.macro_f1:.4f}, kappa {found.kappa:.3f}; recall by class {told}"
    )
    print_figures(arguments, figures, sentence)
    return 0


def _lines(data: Path) -> Iterator[Line]:
    """Lines of history, acts and class, divided by tabs."""
    try:
        lines = data.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as problem:
        msg = f"{data} cannot be read: {problem}"
        raise InstallationError(msg) from problem
    for number, line in enumerate(lines, 1):
        parts = line.split("\t")
        if not line.strip():
            continue
        try:
            moment = moment_of(parts[0], parts[1] if len(parts) > 1 else "")
        except ValueError as problem:
            msg = f"{data}:{number} is no line of history, acts and class divided by tabs: {problem}"
            raise InstallationError(msg) from problem
        yield Line(moment, parts[COLUMNS].strip() or None if len(parts) > COLUMNS else None)
