"""How well personal data is found: rows of somebody's data, answers, and scores by kind. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ombud.intelligence.personal_data.finding import find_personal_data
from ombud.intelligence.personal_data.schemas import SUSPECTS, Kind
from ombud.intelligence.scores import Score

# Kinds as the data names them.
LABELS: Mapping[Kind, str] = {
    "id_number": "CN_ID",
    "bank_card": "BANK_CARD",
    "phone": "PHONE",
    "email": "EMAIL",
    "address": "ADDRESS",
    "name": "PERSON",
    "plate": "PLATE",
    "passport": "PASSPORT",
}
Span = tuple[int, int, str]
_SUSPECTED = frozenset(LABELS[kind] for kind in SUSPECTS)


class Row(msgspec.Struct, frozen=True):
    """One text of the data; ``spans`` is the truth, where it is known."""

    text: str
    id: int | str | None = None
    spans: list[Span] | None = None


class Answer(msgspec.Struct, frozen=True):
    """One line of the answers."""

    id: int | str | None
    spans: list[Span]


def answer(row: Row) -> Answer:
    """The personal data of one text, by the names of the data."""
    return Answer(row.id, [(one.start, one.end, LABELS[one.kind]) for one in find_personal_data(row.text)])


def score(rows: Sequence[Row], answers: Sequence[Answer]) -> dict[str, Score]:
    """Compare the answers with the truth, by kind; rows without it do not count.

    Suspects are right where they overlap the truth, all others where they are the same.
    """
    scores: dict[str, Score] = {}
    for row, said in zip(rows, answers, strict=True):
        if row.spans is not None:
            _count(scores, row.spans, said.spans)
    return scores


def _count(scores: dict[str, Score], true: Iterable[Span], found: Iterable[Span]) -> None:
    true, found = list(true), list(found)
    for sums, spans in (("true", true), ("found", found)):
        for label, count in Counter(span[2] for span in spans).items():
            one = scores.setdefault(label, Score())
            setattr(one, sums, getattr(one, sums) + count)
    for span in true:
        scores[span[2]].met += any(_is_same(span, other) for other in found)
    for span in found:
        scores[span[2]].right += any(_is_same(other, span) for other in true)


def _is_same(true: Span, found: Span) -> bool:
    if true[2] != found[2]:
        return False
    if true[2] in _SUSPECTED:
        return true[0] < found[1] and found[0] < true[1]
    return true[:2] == found[:2]
