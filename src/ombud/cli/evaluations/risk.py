"""``ombud eval risk``: risks in somebody's own texts."""

import argparse
from pathlib import Path

import msgspec

from ombud.cli.evaluations.scores import print_scores
from ombud.intelligence.risk.evaluation import Row, answer, score
from ombud.shared.installation import InstallationError


def run(arguments: argparse.Namespace) -> int:
    """Answer every line of a file and, where they hold ``risks``, print how many were right, by kind."""
    rows = _rows(arguments.data)
    answers = [answer(row) for row in rows]
    arguments.out.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in answers))
    scores = score(rows, answers)
    scored = sum(row.risks is not None for row in rows)
    print_scores(scores, texts=len(rows), scored=scored, width=16, as_json=arguments.json)
    return 0


def _rows(data: Path) -> list[Row]:
    try:
        return [msgspec.json.decode(line, type=Row) for line in data.read_bytes().splitlines() if line.strip()]
    except (OSError, msgspec.MsgspecError) as problem:
        msg = f'{data} does not hold lines like {{"text": …, "side": "customer", "risks": ["legal"]}}: {problem}'
        raise InstallationError(msg) from problem
