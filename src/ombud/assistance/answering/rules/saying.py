"""What of an article is said to a customer: whole sentences of it, in their order, and never one that binds us."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from ombud.shared.words import words_of

# Room for an answer in a chat, counted in half Chinese characters.
ROOM: Final = 520
WIDE: Final = 2
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_END = re.compile(r"(?<=[。！？!?；])\s*|(?<=[.;])\s+(?=[A-Z0-9\u4e00-\u9fff(])|\n+")
_AMOUNT = re.compile(
    r"(?:[¥￥$€£]\s?\d[\d,.]*|\d[\d,.]*\s?(?:元|块|万元|美元|欧元|yuan|rmb|cny|usd|eur|dollars?|euros?|%))",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

Binds = Callable[[str], bool]


class Sentence(Struct, frozen=True):
    """A sentence of a passage, with the line break that it ends a line with."""

    text: str
    ends_line: bool = False


class Said(Struct, frozen=True):
    """What may be said; empty where the sentence that answers binds us."""

    text: str
    is_bound: bool = False


def sentences_of(text: str) -> list[Sentence]:
    """The sentences of a passage, lines kept."""
    found = []
    for line in text.split("\n"):
        parts = [part.strip() for part in _END.split(line) if part.strip()]
        found += [Sentence(part, ends_line=at == len(parts) - 1) for at, part in enumerate(parts)]
    return found


def width(text: str) -> int:
    """How much room a text takes, in half Chinese characters."""
    return len(text) + (WIDE - 1) * len(_WIDE.findall(text))


def say(passage: str, question: str, *, binds: Binds, room: int = ROOM) -> Said:
    """The part of a passage that answers a question: its best sentence, and what stands around it as far as it fits.

    Sentences that bind us are left out; where the best one does, nothing is said.
    """
    sentences = sentences_of(passage)
    if not sentences:
        return Said("")
    best = _best(sentences, question)
    if binds(sentences[best].text):
        return Said("", is_bound=True)
    return Said(_joined([one for one in _around(sentences, best, room) if not binds(one.text)]))


def say_with_summary(summary: str, passage: str, question: str, *, binds: Binds, room: int = ROOM) -> Said:
    """The same, led by the article's own short answer where the passage does not say it."""
    lead = _joined([one for one in sentences_of(summary) if not binds(one.text)])
    if not lead or lead in passage or width(lead) > room // 2:
        return say(passage, question, binds=binds, room=room)
    said = say(passage, question, binds=binds, room=room - width(lead))
    return Said(f"{lead}\n{said.text}") if said.text else said


def _best(sentences: Sequence[Sentence], question: str) -> int:
    asked = set(words_of(question))
    scores = [len(asked & set(words_of(one.text))) for one in sentences]
    return max(range(len(sentences)), key=lambda at: (scores[at], -at))


def _around(sentences: Sequence[Sentence], best: int, room: int) -> Sequence[Sentence]:
    """What follows the best sentence belongs to it first, then what leads to it."""
    first = last = best
    left = room - width(sentences[best].text)
    is_full = {"after": False, "before": False}
    while not all(is_full.values()):
        after = sentences[last + 1] if last + 1 < len(sentences) and not is_full["after"] else None
        before = sentences[first - 1] if first > 0 and not is_full["before"] else None
        if after is not None and width(after.text) <= left:
            last, left = last + 1, left - width(after.text)
            continue
        is_full["after"] = True
        if before is not None and width(before.text) <= left:
            first, left = first - 1, left - width(before.text)
            continue
        is_full["before"] = True
    return sentences[first : last + 1]


def _joined(sentences: Sequence[Sentence]) -> str:
    text = ""
    for one in sentences:
        gap = "" if not text or text.endswith("\n") or _WIDE.search(text[-1:]) else " "
        text += gap + one.text + ("\n" if one.ends_line else "")
    return text.strip()


def adds_figures(text: str, source: str) -> bool:
    """Whether a text names a number or an amount that its source does not."""
    known = {one.replace(",", "") for one in _NUMBER.findall(source)}
    return any(one.replace(",", "") not in known for one in _NUMBER.findall(text))


def stands_in(quote: str, source: str) -> bool:
    """Whether a quote stands in its source, signs and spaces aside."""
    wanted = _SIGNS.sub("", quote).casefold()
    return bool(wanted) and wanted in _SIGNS.sub("", source).casefold()


def names_amount(text: str) -> bool:
    """Whether a text names an amount of money or a share."""
    return _AMOUNT.search(text) is not None
