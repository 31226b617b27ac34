"""``ombud eval pii``: personal data in somebody's own texts."""

import argparse
import json
from pathlib import Path

import msgspec

from ombud.intelligence.personal_data.evaluation import Answer, Row, Score, answer, score
from ombud.shared.installation import InstallationError


def run(arguments: argparse.Namespace) -> int:
    """Answer every text of a file and, where they hold ``spans``, print how many were right, by kind."""
    rows = _rows(arguments.data)
    answers: list[Answer] = [answer(row) for row in rows]
    arguments.out.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in answers))
    scores = score(rows, answers)
    print(f"{len(rows)} texts answered, {sum(row.spans is not None for row in rows)} scored")
    for label, one in sorted(scores.items()):
        print(f"  {label:<10} {_sentence(one)}")
    if arguments.json:
        print(json.dumps({label: _figures(one) for label, one in sorted(scores.items())}))
    return 0


def _rows(data: Path) -> list[Row]:
    """The rows of a JSON array, or of one object a line."""
    try:
        content = data.read_bytes()
        if content.lstrip().startswith(b"["):
            return msgspec.json.decode(content, type=list[Row])
        return [msgspec.json.decode(line, type=Row) for line in content.splitlines() if line.strip()]
    except (OSError, msgspec.MsgspecError) as problem:
        msg = f'{data} does not hold texts like {{"text": …, "spans": [[0, 3, "PERSON"]]}}: {problem}'
        raise InstallationError(msg) from problem


def _sentence(one: Score) -> str:
    return (
        f"precision {one.precision:.3f} ({one.right} of {one.found}), recall {one.recall:.3f} ({one.met} of {one.true})"
    )


def _figures(one: Score) -> dict[str, float]:
    return {"precision": round(one.precision, 4), "recall": round(one.recall, 4), "true": one.true}
