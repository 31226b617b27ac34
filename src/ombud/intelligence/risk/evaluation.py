"""How well risks are found: rows of somebody's data, answers, and scores by kind. Pure."""

from collections.abc import Sequence

import msgspec

from ombud.intelligence.risk.schemas import Kind, Side
from ombud.intelligence.risk.services import find_risks
from ombud.intelligence.scores import Score

ALL = "all"


class Row(msgspec.Struct, frozen=True):
    """One text of the data; ``risks`` is the truth, where it is known."""

    text: str
    side: Side = "customer"
    risks: list[Kind] | None = None


class Answer(msgspec.Struct, frozen=True):
    """One line of the answers: the kinds, and the words that show each."""

    risks: list[Kind]
    words: list[str]


def answer(row: Row) -> Answer:
    """The risks of one text."""
    found = find_risks(row.text, row.side)
    return Answer([one.kind for one in found], [row.text[one.start : one.end] for one in found])


def score(rows: Sequence[Row], answers: Sequence[Answer]) -> dict[str, Score]:
    """Compare the answers with the truth, by kind and for ``all``; rows without it do not count."""
    scores = {ALL: Score()}
    for row, said in zip(rows, answers, strict=True):
        if row.risks is None:
            continue
        true, found = set(row.risks), set(said.risks)
        for kind in true | found:
            for one in (scores[ALL], scores.setdefault(kind, Score())):
                one.true += kind in true
                one.found += kind in found
                one.right += kind in true & found
                one.met += kind in true & found
    return scores
