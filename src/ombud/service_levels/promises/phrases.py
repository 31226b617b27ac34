"""What both grammars share: a promise before its moment is known, and phrases that overlap."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from ombud.service_levels.promises.schemas import OnDay, TimePhrase

_MARKS = " ,.!?。;:、~-\n\t\0"


class Found(msgspec.Struct, frozen=True):
    """A promise before its moment is known; places are those of the sentence."""

    start: int
    end: int
    time: TimePhrase
    counts_from_event: bool = False


def without_overlaps(times: Iterable[TimePhrase]) -> list[TimePhrase]:
    """Times in the order of the text; of two that overlap the longer one, of equals the first found."""
    kept: list[TimePhrase] = []
    for time in sorted(times, key=lambda time: time.start - time.end):
        if all(time.end <= other.start or time.start >= other.end for other in kept):
            kept.append(time)
    return sorted(kept, key=lambda time: time.start)


def is_over(time: TimePhrase, now: datetime) -> bool:
    """Whether it is a day that has passed: "your order of 20 November"."""
    return isinstance(time.deadline, OnDay) and time.deadline.day < now.date()


def trimmed(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The same part of a sentence without marks and blanks at its ends."""
    text = sentence[start:end]
    return end - len(text.lstrip(_MARKS)), start + len(text.rstrip(_MARKS))
