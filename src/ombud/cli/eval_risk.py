"""``ombud eval risk``: risks in somebody's own texts."""

import argparse
import json
from pathlib import Path

import msgspec

from ombud.intelligence.risk.evaluation import Row, Score, answer, score
from ombud.shared.installation import InstallationError


def run(arguments: argparse.Namespace) -> int:
    """Answer every line of a file and, where they hold ``risks``, print how many were right, by kind."""
    rows = _rows(arguments.data)
    answers = [answer(row) for row in rows]
    arguments.out.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in answers))
    scores = score(rows, answers)
    print(f"{len(rows)} texts answered, {sum(row.risks is not None for row in rows)} scored")
    for kind, one in sorted(scores.items()):
        print(f"  {kind:<16} {_sentence(one)}")
    if arguments.json:
        print(json.dumps({kind: _figures(one) for kind, one in sorted(scores.items())}))
    return 0


def _rows(data: Path) -> list[Row]:
    try:
        return [msgspec.json.decode(line, type=Row) for line in data.read_bytes().splitlines() if line.strip()]
    except (OSError, msgspec.MsgspecError) as problem:
        msg = f'{data} does not hold lines like {{"text": …, "side": "customer", "risks": ["legal"]}}: {problem}'
        raise InstallationError(msg) from problem


def _sentence(one: Score) -> str:
    return (
        f"precision {one.precision:.3f} ({one.right} of {one.found}), "
        f"recall {one.recall:.3f} ({one.right} of {one.true})"
    )


def _figures(one: Score) -> dict[str, float]:
    return {"precision": round(one.precision, 4), "recall": round(one.recall, 4), "true": one.true}
