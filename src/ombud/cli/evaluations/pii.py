"""``ombud eval pii``: personal data in somebody's own texts."""

import argparse
from pathlib import Path

import msgspec

from ombud.cli.evaluations.scores import print_scores
from ombud.intelligence.personal_data.evaluation import Answer, Row, answer, score
from ombud.shared.installation import InstallationError


def run(arguments: argparse.Namespace) -> int:
    """Answer every text of a file and, where they hold ``spans``, print how many were right, by kind."""
    rows = _rows(arguments.data)
    answers: list[Answer] = [answer(row) for row in rows]
    arguments.out.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in answers))
    scores = score(rows, answers)
    scored = sum(row.spans is not None for row in rows)
    print_scores(scores, texts=len(rows), scored=scored, width=10, as_json=arguments.json)
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
