"""A ticket's clocks as its page shows them: running or resting and why, what is left, what comes next."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import get_args

from ombud.service_levels import queries
from ombud.service_levels.rules import RESTS_ALWAYS, is_computed, left_seconds, target_of
from ombud.service_levels.schemas import Clock, ClockList, ClockView, NextStep
from ombud.service_levels.services.keeping import Frames, load_frames, waiting_steps
from ombud.shared.actor import Actor
from ombud.shared.calendars.arithmetic import add_open, is_beyond_table
from ombud.shared.calendars.opening import Calendar, NeverOpen
from ombud.shared.database import Transaction
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.schemas.values import Category

MOST_ENDED = 20


async def show_clocks(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> ClockList:
    """All running and resting clocks of a ticket, and the last twenty that ended.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    everything = await queries.load_clocks(tx, [ticket_id])
    ended = sorted((one for one in everything if one.ended_at), key=lambda one: one.ended_at or now, reverse=True)
    clocks = [one for one in everything if one.state != "ended"] + ended[:MOST_ENDED]
    frames = await load_frames(tx, [], clocks, now=now)
    policies = await queries.policy_names(tx, [one.policy_version_id for one in clocks if one.policy_version_id])
    names = await queries.calendar_names(tx, [one.calendar_version_id for one in clocks if one.calendar_version_id])
    [ticket] = await queries.load_tickets(tx, [ticket_id])
    ours = _our_end(clocks)
    shown = []
    for one in clocks:
        view = _view(one, frames, now=now)
        view.rests_in = _rests_in(one, frames, ticket)
        if (policy := policies.get(one.policy_version_id or 0)) is not None:
            view.policy_id, view.policy_name_en = policy.policy_id, policy.policy_name_en
            view.policy_name_zh = policy.policy_name_zh
        view.calendar_name_en, view.calendar_name_zh = names.get(one.calendar_version_id or 0, ("", ""))
        is_outside = one.metric == "external" and one.state == "running" and one.due_at is not None
        view.is_before_ours = is_outside and ours is not None and one.due_at is not None and one.due_at < ours
        shown.append(view)
    return ClockList(sorted(shown, key=_order))


def _our_end(clocks: Sequence[Clock]) -> datetime | None:
    ours = [one.due_at for one in clocks if one.metric == "resolution" and one.state != "ended" and one.due_at]
    return max(ours, default=None)


def _order(one: ClockView) -> tuple[int, float]:
    place = {"running": 0, "resting": 1, "ended": 2}[one.state]
    at = one.due_at or one.started_at
    return place, at.timestamp() if place < 2 else -(one.ended_at or at).timestamp()  # noqa: PLR2004 – the ended ones


def _rests_in(one: Clock, frames: Frames, ticket: queries.LevelTicket) -> list[Category]:
    version = frames.policies.get(one.policy_version_id or 0)
    if version is None or not is_computed(one.metric):
        return []
    target = target_of(version.spec, one.metric, priority=ticket.priority, tier=ticket.tier, channel=ticket.channel)
    resting = RESTS_ALWAYS.get(one.metric, frozenset()) | set(target.rests_in if target else [])
    return [state for state in get_args(Category) if state in resting]


def _view(one: Clock, frames: Frames, *, now: datetime) -> ClockView:
    calendar = frames.calendars.get(one.calendar_version_id or 0)
    counts = calendar is None or one.span is None or one.span.unit.startswith("natural") or calendar.is_open(now)
    is_counting = one.state == "running" and counts
    opens_at = None if counts or calendar is None or one.state != "running" else _opening(calendar, now)
    left = None
    if one.state != "ended":
        if calendar is not None and one.span is not None:
            left = left_seconds(one.span, calendar, one.started_at, one.due_at, one.rests, now)
        elif one.due_at is not None:
            left = int((one.due_at - now).total_seconds())
    return ClockView(
        id=one.id,
        metric=one.metric,
        round=one.round,
        label=one.label,
        state=one.state,
        outcome=one.outcome,
        span=one.span,
        started_at=one.started_at,
        ended_at=one.ended_at,
        due_at=one.due_at,
        breached_at=one.breached_at,
        left_seconds=left,
        is_counting=is_counting,
        opens_at=opens_at,
        rests_in=[],
        next=_next(one, frames, calendar),
        is_beyond_table=calendar is not None and one.due_at is not None and is_beyond_table(calendar, one.due_at),
        acknowledged_at=one.acknowledged_at,
        acknowledged_by=one.acknowledged_by,
        policy_id=None,
        policy_name_en="",
        policy_name_zh="",
        calendar_name_en="",
        calendar_name_zh="",
        calendar_zone=calendar.spec.time_zone if calendar else "UTC",
    )


def _opening(calendar: Calendar, now: datetime) -> datetime | None:
    try:
        return add_open(calendar, now, timedelta(0))
    except NeverOpen:
        return None


def _next(one: Clock, frames: Frames, calendar: Calendar | None) -> NextStep | None:
    if one.state == "ended" or one.due_at is None:
        return None
    version = frames.policies.get(one.policy_version_id or 0)
    steps = waiting_steps(one, version, calendar) if version is not None and calendar is not None else []
    number, at = min(steps, key=lambda step: step[1], default=(None, one.due_at))
    if number is not None and version is not None and (one.breached_at or at <= one.due_at):
        return NextStep(at, "step", version.spec.steps[number])
    return None if one.breached_at else NextStep(one.due_at, "breach")
