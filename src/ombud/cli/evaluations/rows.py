"""Labelled texts as people have them: CSV, JSON, one object a line, or lists of pairs by split."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from ombud.shared.installation import InstallationError

TEXT_NAMES: Final = ("text", "review", "sentence", "question", "query", "utterance", "content")
LABEL_NAMES: Final = ("category", "label", "intent", "class", "sentiment")
# Splits of a file that are to learn from; the others are asked.
LEARNT: Final = frozenset({"train", "oos_train", "training"})
# How sets call what belongs to no label.
OUTSIDE: Final = frozenset({"oos", "out_of_scope", "out-of-scope", "unknown", "none"})


class Row(Struct):
    """A text and, where it is known, its label; ``split`` is the part of the file that it stood in."""

    text: str
    label: str | None = None
    split: str = ""


def read_rows(path: Path) -> list[Row]:
    """All rows of a file in their order.

    Raises:
        InstallationError: it cannot be read, or holds no texts.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
        rows = list(_from_json(content) if content.lstrip()[:1] in {"[", "{"} else _from_csv(content))
    except (OSError, ValueError, KeyError, IndexError) as problem:
        msg = f"{path} does not hold texts: {problem}. A CSV needs a column `text`, and `category` or `label` to score."
        raise InstallationError(msg) from problem
    if not rows:
        msg = f"{path} holds no texts."
        raise InstallationError(msg)
    return rows


def parted(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Rows to learn from and rows to answer, where a file has both; else all are to be answered."""
    learnt = [row for row in rows if row.split in LEARNT]
    asked = [row for row in rows if row.split not in LEARNT]
    return (learnt, asked) if learnt and asked else ([], list(rows))


def _from_csv(content: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(content))
    names = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = names
    text = _named(names, TEXT_NAMES)
    if text is None:
        msg = f"no column of texts among {', '.join(names)}"
        raise ValueError(msg)
    label = _named(names, LABEL_NAMES)
    for row in reader:
        yield Row(row[text] or "", (row[label] or None) if label else None)


def _from_json(content: str) -> Iterator[Row]:
    try:
        found = json.loads(content)
    except ValueError:
        found = [json.loads(line) for line in content.splitlines() if line.strip()]
    if isinstance(found, Mapping) and _named(list(found), TEXT_NAMES) is None:
        for split, items in found.items():
            yield from (_from_item(item, split) for item in items)
    else:
        yield from (_from_item(item) for item in ([found] if isinstance(found, Mapping) else found))


def _from_item(item: Any, split: str = "") -> Row:
    if isinstance(item, str):
        return Row(item, split=split)
    if isinstance(item, Mapping):
        text, label = _named(list(item), TEXT_NAMES), _named(list(item), LABEL_NAMES)
        if text is None:
            msg = f"no text in {list(item)}"
            raise ValueError(msg)
        known = item[label] if label else None
        return Row(str(item[text]), None if known is None else str(known), split)
    return Row(str(item[0]), str(item[1]) if len(item) > 1 else None, split)


def _named(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    lower = {name.lower(): name for name in names}
    return next((lower[name] for name in wanted if name in lower), None)
