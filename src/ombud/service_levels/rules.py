"""What a ticket's clocks show: a pure function of its history, of the frozen policy and of the frozen calendar."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeGuard

from msgspec import Struct

from ombud.service_levels.schemas import BY_HAND, AnyMetric, ClockState, Metric, Outcome, PolicySpec, Step, Target
from ombud.shared.calendars.arithmetic import add_open, advance, deadline, elapsed, subtract_open
from ombud.shared.calendars.opening import Calendar, NeverOpen
from ombud.shared.calendars.schemas import Rest, Span, Unit

DONE = frozenset({"solved", "closed"})
# What a customer's message takes a ticket out of, and what an answer takes it out of.
_RESUMED = frozenset({"waiting", "solved"})
_ANSWERED = frozenset({"new", "open"})
# States in which these clocks rest by what they are.
RESTS_ALWAYS: dict[Metric, frozenset[str]] = {
    "agent_work": frozenset({"waiting", "on_hold"}) | DONE,
    "requester_wait": frozenset({"waiting"}) | DONE,
    "resolution": DONE,
}
# The most that a target may be, by its unit: about ten years.
MOST: dict[Unit, int] = {
    "natural_minutes": 100_000,
    "natural_hours": 20_000,
    "working_minutes": 100_000,
    "working_hours": 10_000,
    "working_days": 1_000,
}


def is_computed(metric: AnyMetric) -> TypeGuard[Metric]:
    """Tell clocks that follow from a policy and the ticket's history from those that a verb starts and ends."""
    return metric not in BY_HAND


class Happening(Struct, frozen=True):
    """One row of a ticket's timeline that clocks go by. ``category`` is the state after it, where it says so."""

    at: datetime
    what: Literal["asked", "told", "state"]
    category: str | None = None


class Moment(Struct, frozen=True):
    """A step of a history: the customer asked, a person of ours told them something, or the state became another."""

    at: datetime
    what: Literal["asked", "told", "state"]
    category: str


class Round(Struct, frozen=True):
    """From when to when one clock is needed, and how it ended."""

    metric: Metric
    number: int
    started_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None


class Reading(Struct, frozen=True):
    """What a clock shows."""

    state: ClockState
    rests: list[Rest]
    due_at: datetime | None


def history(opened_at: datetime, happenings: Sequence[Happening], category: str, changed_at: datetime) -> list[Moment]:
    """A ticket's states, questions and answers in order; at the end it is in the state that it is in.

    A question brings a waiting or solved ticket back; an answer lets an open one wait, unless it says otherwise.
    """
    state = "new"
    moments = [Moment(opened_at, "state", state)]
    for one in happenings:
        after = one.category or _state_after(one.what, state)
        if one.what != "state":
            moments.append(Moment(one.at, one.what, state))
        if after != state:
            state = after
            moments.append(Moment(one.at, "state", state))
    if state != category:
        moments.append(Moment(max(changed_at, moments[-1].at), "state", category))
    return moments


def _state_after(what: str, state: str) -> str:
    if what == "asked" and state in _RESUMED:
        return "open"
    return "waiting" if what == "told" and state in _ANSWERED else state


def rounds(metric: Metric, moments: Sequence[Moment]) -> list[Round]:
    """Every time that a clock of this metric was needed, oldest first."""
    if metric in {"first_response", "next_response"}:
        firsts, nexts = _answers(moments)
        return firsts if metric == "first_response" else nexts
    return _updates(moments) if metric == "periodic_update" else [_whole(metric, moments)]


def _answers(moments: Sequence[Moment]) -> tuple[list[Round], list[Round]]:
    """Questions until they are answered: the first of a ticket that we did not open ourselves, and all others."""
    firsts: list[Round] = []
    nexts: list[Round] = []
    has_begun, asked_at = False, None
    for one in moments:
        if one.what == "asked":
            asked_at = asked_at or one.at
        is_end = one.what == "told" or one.category in DONE
        if asked_at is not None and is_end and one.what != "asked":
            outcome: Outcome = "met" if one.what == "told" else "dropped"
            _add(nexts if has_begun else firsts, has_begun, asked_at, one.at, outcome)
            asked_at, has_begun = None, True
        has_begun = has_begun or one.what == "told"
    if asked_at is not None:
        _add(nexts if has_begun else firsts, has_begun, asked_at, None, None)
    return firsts, nexts


def _add(found: list[Round], is_next: bool, start: datetime, end: datetime | None, outcome: Outcome | None) -> None:
    metric: Metric = "next_response" if is_next else "first_response"
    found.append(Round(metric, len(found) + 1, start, end, outcome))


def _updates(moments: Sequence[Moment]) -> list[Round]:
    """From one word to the customer to the next, as long as the ticket is not done; notes are none."""
    found: list[Round] = []
    since: datetime | None = None
    for one in moments:
        if one.what == "asked":
            continue
        is_done = one.category in DONE
        if since is not None and (one.what == "told" or is_done) and since < one.at:
            outcome: Outcome = "met" if one.what == "told" else "dropped"
            found.append(Round("periodic_update", len(found) + 1, since, one.at, outcome))
        if one.what == "told" or is_done:
            since = None if is_done else one.at
        elif since is None:
            since = one.at
    if since is not None:
        found.append(Round("periodic_update", len(found) + 1, since))
    return found


def _whole(metric: Metric, moments: Sequence[Moment]) -> Round:
    """The ticket's whole life; a ticket that was opened again goes on where it stopped."""
    start, done_at = moments[0].at, None
    for one in moments:
        if one.what == "state":
            done_at = (done_at or one.at) if one.category in DONE else None
    return Round(metric, 1, start, done_at, None if done_at is None else "met")


def rests_of(moments: Sequence[Moment], states: frozenset[str], start: datetime, end: datetime | None) -> list[Rest]:
    """While the ticket was in one of some states, between the two moments."""
    found: list[Rest] = []
    since: datetime | None = None
    for one in moments:
        if one.what != "state":
            continue
        if one.category in states:
            since = since or one.at
        elif since is not None:
            found.append(Rest(since, one.at))
            since = None
    if since is not None:
        found.append(Rest(since))
    return [cut for one in found if (cut := _cut(one, start, end))]


def _cut(rest: Rest, start: datetime, end: datetime | None) -> Rest | None:
    first, last = max(rest.start, start), rest.end
    if end is not None:
        last = end if last is None else min(last, end)
    return Rest(first, last) if last is None or first < last else None


def target_of(spec: PolicySpec, metric: Metric, *, priority: int, tier: str, channel: str | None) -> Target | None:
    """The first target of a metric that fits the ticket."""
    for one in spec.targets:
        fits = one.metric == metric and (not one.priorities or priority in one.priorities)
        if fits and (not one.tiers or tier in one.tiers) and (not one.channels or channel in one.channels):
            return one
    return None


def read_clock(one: Round, target: Target, calendar: Calendar, moments: Sequence[Moment]) -> Reading:
    """What a clock shows. A deadline that the calendar never reaches is none."""
    states = RESTS_ALWAYS.get(one.metric, frozenset()) | frozenset(target.rests_in)
    rests = rests_of(moments, states, one.started_at, one.ended_at)
    try:
        due_at = deadline(calendar, one.started_at, target.span, rests)
    except NeverOpen:
        due_at = None
    if one.ended_at is not None:
        return Reading("ended", rests, due_at)
    return Reading("resting" if rests and rests[-1].end is None else "running", rests, due_at)


def is_natural(span: Span) -> bool:
    """Whether a span is counted on the wall's clock."""
    return span.unit.startswith("natural")


def steps_of(steps: Sequence[Step], metric: Metric) -> Iterator[tuple[int, Step]]:
    """The steps of a chain for clocks of one metric, with their numbers."""
    return ((number, one) for number, one in enumerate(steps) if not one.metrics or metric in one.metrics)


def step_at(
    step: Step, span: Span, calendar: Calendar, started_at: datetime, due_at: datetime, rests: Sequence[Rest]
) -> datetime:
    """When a step is due, counted as the clock counts."""
    natural = is_natural(span)
    if step.percent is not None:
        whole = elapsed(calendar, started_at, due_at, rests, is_natural=natural)
        found = advance(calendar, started_at, whole * step.percent / 100, rests, is_natural=natural)
        return min(found or due_at, due_at)
    offset = timedelta(minutes=abs(step.minutes))
    if natural or not step.minutes:
        return due_at + (offset if step.minutes > 0 else -offset)
    try:
        return (add_open if step.minutes > 0 else subtract_open)(calendar, due_at, offset)
    except NeverOpen:
        return due_at


def left_seconds(
    span: Span, calendar: Calendar, started_at: datetime, due_at: datetime | None, rests: Sequence[Rest], now: datetime
) -> int | None:
    """Seconds of the clock's own time until it is due, negative behind it; while it rests, what will be left."""
    natural = is_natural(span)
    if due_at is not None:
        if now <= due_at:
            return int(elapsed(calendar, now, due_at, rests, is_natural=natural).total_seconds())
        return -int(elapsed(calendar, due_at, now, (), is_natural=natural).total_seconds())
    if span.unit == "working_days":
        return None
    whole = span.amount * (60 if span.unit.endswith("minutes") else 3_600)
    return whole - int(elapsed(calendar, started_at, now, rests, is_natural=natural).total_seconds())
