"""``ombud eval promises``: promises in somebody's own texts, found by the grammar."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ombud.service_levels.promises.evaluation import Answer, Row, Score, answer, score
from ombud.shared.errors import OmbudError
from ombud.shared.installation import InstallationError


def run(arguments: argparse.Namespace) -> int:
    """Answer every line of a file and, where lines hold ``promises``, print how many were right."""
    rows = list(_rows(arguments.data))
    answers = [_answer(number, row) for number, row in enumerate(rows, 1)]
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in answers)
    arguments.out.write_bytes(lines)
    scores = score(rows, answers)
    print(_sentence(scores, len(rows)))
    if arguments.json:
        print(json.dumps(_figures(scores, len(rows))))
    return 0


def _rows(data: Path) -> Iterator[Row]:
    try:
        lines = data.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as problem:
        msg = f"{data} cannot be read: {problem}"
        raise InstallationError(msg) from problem
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield msgspec.json.decode(line, type=Row)
            except msgspec.MsgspecError as problem:
                msg = f'{data}:{number} is no line like {{"text", "sent_at", "tz"}}: {problem}'
                raise InstallationError(msg) from problem


def _answer(number: int, row: Row) -> Answer:
    try:
        return answer(row)
    except OmbudError as problem:
        # One odd line must not keep the others from their answers.
        print(f"text {number}: not answered ({type(problem).__name__}: {problem})")
        return Answer([])


def _sentence(scores: Score, answered: int) -> str:
    if not scores.rows:
        return f"{answered} texts answered; none holds the truth"
    return (
        f"{answered} texts answered, {scores.rows} scored: "
        f"precision {scores.precision:.3f} ({scores.right} of {scores.found}), "
        f"recall {scores.recall:.3f} ({scores.right} of {scores.true}), "
        f"deadline right {scores.due_accuracy:.3f} ({scores.right_due} of {scores.right})"
    )


def _figures(scores: Score, answered: int) -> dict[str, float]:
    return {
        "texts": answered,
        "scored": scores.rows,
        "precision": round(scores.precision, 4),
        "recall": round(scores.recall, 4),
        "deadline": round(scores.due_accuracy, 4),
    }
