"""Whether a promise can be kept, and safe words in its place. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from ombud.service_levels.promises.contact import is_money
from ombud.service_levels.promises.moments import close_of, end_of_working_days
from ombud.service_levels.promises.schemas import PromiseProblem
from ombud.shared.calendars.arithmetic import open_between, subtract_open
from ombud.shared.calendars.opening import Calendar, NeverOpen

INSTANT = timedelta(seconds=1)
# Whoever writes at least needs this long until they can keep their word.
LEAST = timedelta(minutes=30)
# Promises are counted by the half hour in which they are to be done; this far a free one is searched for.
SLOT = timedelta(minutes=30)
SEARCHED_SLOTS = 14 * 48
# Safe words name so many working days at most: the first on which the writer is there.
MOST_DAYS = 5
_LEADS_ZH = ("并", "同时", "然后", "也")
_LEADS_EN = ("and ", "but ", "so ", "then ")
# After these a sentence begins; '' is the beginning of the text.
_STARTS = frozenset({"", ".", "!", "?", "\n"})
_VERB_EN = re.compile(r"(?:will|shall|should|can|is|are|gets?|arrives?|comes?|ships?)\b", re.IGNORECASE)
_I_EN = re.compile(r"I\b")


class Outside(Struct, frozen=True):
    """A deadline from outside that the ticket has."""

    label: str
    due_at: datetime


class Frame(Struct, frozen=True):
    """What a promise is held against: the team's hours, the ticket's deadlines from outside, the writer's authority.

    ``duty`` are the writer's own hours where they have some; ``full`` are the half hours, by their beginning, in which
    the writer or the team has promised as much as may fall due at once.
    """

    calendar: Calendar
    now: datetime
    outside: Sequence[Outside] = ()
    longest_days: int = 365
    may_promise_money: bool = True
    duty: Calendar | None = None
    full: frozenset[datetime] = frozenset()

    @property
    def latest(self) -> datetime:
        """Behind this moment nothing may be promised."""
        ends = [one.due_at for one in self.outside if one.due_at > self.now]
        return min([*ends, self.now + timedelta(days=self.longest_days)])


def problems_of(words: str, due_at: datetime | None, frame: Frame) -> list[PromiseProblem]:
    """Why a promise may not be kept; nothing where it can be."""
    found = [PromiseProblem("money")] if not frame.may_promise_money and is_money(words) else []
    if due_at is None:
        return found
    if due_at <= frame.now:
        return [*found, PromiseProblem("past", at=due_at)]
    found += [PromiseProblem("behind_deadline", one.label, one.label, one.due_at) for one in _before(due_at, frame)]
    if due_at > frame.now + timedelta(days=frame.longest_days):
        found.append(PromiseProblem("too_long", at=frame.now + timedelta(days=frame.longest_days)))
    closed = _closed(due_at, frame) or _off_duty(due_at, frame)
    if closed:
        return [*found, closed]
    return [*found, PromiseProblem("no_slot", at=_free_moment(due_at, frame))] if _is_full(due_at, frame) else found


def slot_of(due_at: datetime) -> datetime:
    """The beginning of the half hour at whose end, or before, something is due."""
    at = (due_at - INSTANT).astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 30, second=0, microsecond=0)


def _is_day_end(due_at: datetime, calendar: Calendar) -> bool:
    """Whether it is due by 24:00: on that day, whenever there is time."""
    return due_at == calendar.moment(calendar.day_of(due_at - INSTANT), 86_400)


def _is_full(due_at: datetime, frame: Frame) -> bool:
    return slot_of(due_at) in frame.full and not _is_day_end(due_at, frame.calendar)


def _off_duty(due_at: datetime, frame: Frame) -> PromiseProblem | None:
    """Whoever promises is not there at the promised moment, or until then."""
    duty = frame.duty
    if duty is None:
        return None
    if _is_day_end(due_at, frame.calendar):
        is_there = bool(open_between(duty, max(frame.now, due_at - timedelta(days=1)), due_at))
    else:
        is_there = duty.is_open(due_at - INSTANT) and bool(open_between(duty, frame.now, due_at))
    return None if is_there else PromiseProblem("off_duty", at=due_at)


def _free_moment(after: datetime, frame: Frame) -> datetime | None:
    """The end of the next half hour in which the promise can be kept."""
    begin = slot_of(after)
    ends = (begin + SLOT * (number + 2) for number in range(SEARCHED_SLOTS))
    within = (end for end in ends if end <= frame.latest and frame.calendar.is_open(end - INSTANT))
    return next((end for end in within if _is_possible(end, frame)), None)


def _is_possible(due_at: datetime, frame: Frame) -> bool:
    return not (_closed(due_at, frame) or _off_duty(due_at, frame) or _is_full(due_at, frame))


def _before(due_at: datetime, frame: Frame) -> list[Outside]:
    return [one for one in frame.outside if frame.now < one.due_at < due_at][:1]


def _closed(due_at: datetime, frame: Frame) -> PromiseProblem | None:
    """Nobody works at the promised moment, or until then."""
    calendar = frame.calendar
    # 24:00 belongs to the day that ends.
    day = calendar.day_of(due_at - INSTANT)
    holiday = next((one for one in calendar.spec.days_off if one.on == day), None)
    if holiday is not None:
        return PromiseProblem("holiday", holiday.name_en, holiday.name_zh, due_at)
    if not calendar.is_working_day(day) and not calendar.is_open(due_at - INSTANT):
        return PromiseProblem("closed_day", at=due_at)
    if not open_between(calendar, frame.now, due_at):
        return PromiseProblem("no_hours", at=due_at)
    if not _is_day_end(due_at, calendar) and not calendar.is_open(due_at - INSTANT):
        return PromiseProblem("closed_hours", at=due_at)
    return None


def safe_words(words: str, problems: Sequence[PromiseProblem], frame: Frame, before: str = "") -> str | None:
    """Words that promise an answer by a moment at which we can give it; None where there is no such moment.

    ``before`` is the text that they go on with: they fit into the middle of a sentence, too.
    """
    is_chinese = any("\u4e00" <= one <= "\u9fff" for one in words)
    when = next(_ways(problems, frame, is_chinese=is_chinese), None)
    if when is None:
        return None
    is_about_money = any(one.kind == "money" for one in problems)
    if is_chinese:
        return _chinese(words, when, is_about_money)
    return _english(words, when, is_about_money, is_start=before.rstrip(" ")[-1:] in _STARTS)


def _ways(problems: Sequence[PromiseProblem], frame: Frame, *, is_chinese: bool) -> Iterator[str]:
    """Ways to say by when, the best first, of those that can be kept."""
    free = next((one.at for one in problems if one.kind == "no_slot"), None)
    if free is not None:
        yield _moment_words(free.astimezone(frame.calendar.zone), is_chinese=is_chinese)
    for days in range(1, MOST_DAYS + 1):
        due = _end_of_days(days, frame)
        if due is not None and due <= frame.latest and _off_duty(due, frame) is None:
            plural = "" if days == 1 else "s"
            yield f"在{days}个工作日内" if is_chinese else f"within {days} working day{plural}"
    if (due := _last_moment(frame)) is not None and _is_possible(due, frame):
        yield _moment_words(due.astimezone(frame.calendar.zone), is_chinese=is_chinese)


def _end_of_days(days: int, frame: Frame) -> datetime | None:
    try:
        return end_of_working_days(days, frame.now, frame.calendar)
    except NeverOpen:
        return None


def _chinese(words: str, when: str, is_about_money: bool) -> str:
    checked = "为您核实，" if is_about_money else ""
    # What goes on with the sentence before goes on with it.
    lead = "并" if words.startswith(_LEADS_ZH) else "我们会"
    return f"{lead}{checked}{when}给您回复"


def _english(words: str, when: str, is_about_money: bool, *, is_start: bool) -> str:
    checked = "check this and " if is_about_money else ""
    lead = next((one for one in _LEADS_EN if words.startswith(one)), "")
    # What the sentence speaks of stands before: it stays what it speaks of.
    if not is_start and _VERB_EN.match(words):
        lead = "will be looked into, and "
    # "I" is written large anywhere.
    is_large = words[:1].isupper() and (is_start or not _I_EN.match(words))
    return f"{lead}{'We' if is_large else 'we'} will {checked}get back to you {when}"


def _last_moment(frame: Frame) -> datetime | None:
    """The last working moment before whatever limits us, if there is time until then."""
    hours = frame.duty or frame.calendar
    try:
        found = subtract_open(hours, frame.latest, timedelta(0))
    except NeverOpen:
        return None
    found = found.replace(second=0, microsecond=0)
    day = hours.day_of(frame.now)
    close = close_of(day, hours)
    if close is not None and frame.now + LEAST <= close <= found:
        return close
    return found if frame.now + LEAST <= found else None


def _moment_words(at: datetime, *, is_chinese: bool) -> str:
    if is_chinese:
        return f"在{at.year}年{at.month}月{at.day}日{at:%H:%M}前"
    return f"by {at:%H:%M} on {at.day} {at:%B} {at.year}"
