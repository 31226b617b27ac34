"""How satisfied a customer is at a turn of a dialogue: what they say now, what was said before, and how it went."""

import ast
import math
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from ombud.intelligence.classification.features import counted, learn_columns, weighted
from ombud.intelligence.classification.heads import centred
from ombud.intelligence.embedding.schemas import Vectors
from ombud.shared.words import folded

COLUMNS: Final = 1 << 15
# Of the words: what the customer says now counts most. Acts and earlier turns were tried, and made it worse.
SHARES: Final = (1.0, 0.2)
BETWEEN: Final = "|||"
LATELY: Final = 3
_NEGATIVE: Final = re.compile(
    "没|不|吗|怎么|为什么|到底|还是|又|一直|慢|差|坏|骗|投诉|退|取消|算了|无语|生气|失望|垃圾|急|催|多久|呢|not|never|why|still|bad"
)
_POSITIVE: Final = re.compile("谢|好的|好吧|嗯|行|可以|知道|明白|辛苦|满意|赞|解决|收到|ok|thank|great|good|fine")
_SIGNS: Final = re.compile(r"[?？!！]")


class Turn(Struct, frozen=True):
    """What the customer said and what was answered to it before they spoke again."""

    asked: str
    answered: str


class Moment(Struct, frozen=True):
    """A dialogue up to something that the customer says, with the acts of its turns."""

    turns: list[Turn]
    acts: list[int]

    @property
    def said(self) -> str:
        """What the customer says now."""
        return self.turns[-1].asked if self.turns else ""


def moment_of(history: str, acts: str) -> Moment:
    """A row's history and acts, as lists are written in Python or JSON.

    Raises:
        ValueError: they are no lists.
    """
    try:
        said, numbers = ast.literal_eval(history), ast.literal_eval(acts or "[]")
    except (SyntaxError, TypeError) as problem:
        raise ValueError(str(problem)) from problem
    if not isinstance(said, list) or not isinstance(numbers, list):
        msg = "no list of turns"
        raise ValueError(msg)  # noqa: TRY004  # a wrong file, not a wrong caller
    turns = [Turn(*[*str(one).split(BETWEEN, 1), ""][:2]) for one in said]
    return Moment(turns, [int(one) for one in numbers])


class DialogueColumns(Struct):
    """What is looked at of each moment: words by where they stand, and how it went in numbers."""

    words: list[csr_matrix]
    course: NDArray[np.float32]


def columns_of(moments: Sequence[Moment]) -> DialogueColumns:
    """Words and course of each moment."""
    said = [one.said for one in moments]
    answered = [one.turns[-2].answered if len(one.turns) > 1 else "" for one in moments]
    course = np.array([_course(one) for one in moments], dtype=np.float32)
    return DialogueColumns([counted(said, COLUMNS), counted(answered, COLUMNS)], course)


def rows_of(found: DialogueColumns, learnt: NDArray[np.int64], vectors: Vectors | None = None) -> csr_matrix:
    """All moments as rows; what words are worth is taken from those that are learnt from."""
    parts = [
        weighted(counts, learn_columns(counts[learnt])) * share
        for counts, share in zip(found.words, SHARES, strict=True)
    ]
    if vectors is not None:
        parts.append(csr_matrix(centred(vectors, vectors[learnt].mean(axis=0))))
    return hstack([*parts, csr_matrix(found.course)]).tocsr()


def _course(moment: Moment) -> list[float]:
    """How it went: lengths, signs, repetitions, and questions without an answer."""
    said, turns = folded(moment.said), moment.turns
    before = [folded(one.asked) for one in turns[:-1]]
    lately = "".join(before[-LATELY:])
    unanswered = 0
    for one in reversed(turns[:-1]):
        if one.answered.strip():
            break
        unanswered += 1
    return [
        math.log1p(len(said)) / 3,
        float(len(said) <= 2),  # noqa: PLR2004  # "好", "嗯", "哦"
        math.log1p(len(turns)) / 3,
        min(len(_SIGNS.findall(said)), 3) / 3,
        min(len(_NEGATIVE.findall(said)), 4) / 4,
        min(len(_POSITIVE.findall(said)), 3) / 3,
        min(len(_NEGATIVE.findall(lately)), 8) / 8,
        min(len(_POSITIVE.findall(lately)), 6) / 6,
        max((_alike(said, one) for one in before[-5:]), default=0.0),
        min(unanswered, 3) / 3,
        float(bool(turns[-2].answered.strip())) if len(turns) > 1 else 0.0,
        math.log1p(sum(len(one.answered) for one in turns[-3:])) / 6,
    ]


def _alike(one: str, other: str) -> float:
    pairs = {one[place : place + 2] for place in range(len(one) - 1)}
    others = {other[place : place + 2] for place in range(len(other) - 1)}
    return len(pairs & others) / len(pairs | others) if pairs and others else 0.0


def dialogues_of(moments: Sequence[Moment]) -> list[int]:
    """Which dialogue each moment belongs to: one goes on while it grows and shares turns with the moment before."""
    found: list[int] = []
    before: Moment | None = None
    for one in moments:
        goes_on = (
            before is not None
            and len(one.turns) >= len(before.turns)
            and not {turn.asked for turn in one.turns}.isdisjoint(turn.asked for turn in before.turns)
        )
        found.append(found[-1] + (not goes_on) if found else 0)
        before = one
    return found
