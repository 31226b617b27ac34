"""Recognise promises in what an agent is about to send."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from ombud.service_levels.promises import chinese, english
from ombud.service_levels.promises.moments import due_moment
from ombud.service_levels.promises.phrases import Found
from ombud.service_levels.promises.schemas import Promise, PromiseKind
from ombud.service_levels.promises.sentences import Sentence, sentences_of
from ombud.shared.calendars.opening import Calendar, NeverOpen

# What is looked at of a text; whoever writes more than this promises nothing at the end of it.
MAX_TEXT_LENGTH = 20_000


def recognise(text: str, *, sent_at: datetime, tz: ZoneInfo, calendar: Calendar) -> list[Promise]:
    """Find the promises of a text in order, with their moments in the zone ``tz``.

    Days begin and end in ``tz``; working time is the calendar's. A promise that is over when it is made, such as
    "today at 3" at 4, keeps its moment.
    """
    now = sent_at.astimezone(tz)
    return [
        _promise(sentence, found, now, tz, calendar)
        for sentence in sentences_of(text[:MAX_TEXT_LENGTH])
        for found in _found(sentence, now)
    ]


def _found(sentence: Sentence, now: datetime) -> Iterator[Found]:
    grammar = chinese if sentence.is_chinese else english
    yield from grammar.find_promises(sentence.text, now)


def _promise(sentence: Sentence, found: Found, now: datetime, tz: ZoneInfo, calendar: Calendar) -> Promise:
    start, end = found.start + sentence.start, found.end + sentence.start
    if found.time.is_vague:
        return Promise(start, end, PromiseKind.VAGUE)
    if found.counts_from_event and found.time.is_relative:
        return Promise(start, end, PromiseKind.ON_EVENT)
    try:
        due = due_moment(found.time.deadline, sent_at=now, zone=tz, calendar=calendar)
    except NeverOpen:
        # A calendar without open hours has no working day; the promise was made all the same.
        due = None
    return Promise(start, end, PromiseKind.FIXED, due)
