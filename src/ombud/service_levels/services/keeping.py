"""Keeping clocks: they are computed anew from the ticket's history, and what differs is written and announced.

Doing it twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.fields.queries import list_fields
from ombud.service_levels import queries
from ombud.service_levels.events import (
    ClockBreached,
    ClockDropped,
    ClockMet,
    ClockMoved,
    ClockPaused,
    ClockResumed,
    ClockStarted,
)
from ombud.service_levels.queries import LevelTicket, PolicyVersion
from ombud.service_levels.rules import (
    Moment,
    Round,
    history,
    is_computed,
    read_clock,
    rounds,
    step_at,
    steps_of,
    target_of,
)
from ombud.service_levels.schemas import AnyMetric, Clock, Metric, Target
from ombud.service_levels.services.choosing import Chooser
from ombud.shared.actor import SYSTEM
from ombud.shared.calendars.opening import Calendar
from ombud.shared.database import Transaction, draw_ids
from ombud.shared.events import Fact, emit_all

COLUMNS = """
    id bigint, ticket_id bigint, metric text, round int, policy_version_id bigint, calendar_version_id bigint,
    span jsonb, state text, outcome text, started_at timestamptz, ended_at timestamptz, rests jsonb,
    due_at timestamptz, breached_at timestamptz, next_at timestamptz"""
NAMES = [line.split()[0] for line in COLUMNS.replace("\n", " ").split(",")]


class Frames(Struct):
    """Versions of policies and calendars that clocks count by."""

    chooser: Chooser
    newest_calendar: dict[int, int]
    policies: dict[int, PolicyVersion]
    calendars: dict[int, Calendar]

    def of(self, policy: PolicyVersion) -> int | None:
        """The newest version of a policy's calendar."""
        return self.newest_calendar.get(policy.spec.calendar_id)


class Change(Struct):
    """A ticket's clocks as they are to be."""

    ticket: LevelTicket
    before: dict[tuple[AnyMetric, int], Clock]
    after: list[Clock]
    others: list[Clock]

    @property
    def next_deadline(self) -> tuple[datetime | None, str | None]:
        """The earliest deadline that is still to be met, and of what."""
        waiting = [one for one in [*self.after, *self.others] if one.state != "ended" and one.due_at]
        running = [(one.due_at, one.metric) for one in waiting if one.due_at and one.state == "running"]
        return min(running, key=lambda one: one[0], default=(None, None))


async def refresh_clocks(
    tx: Transaction, ticket_ids: Iterable[int], *, now: datetime, anew: bool = False, is_told: bool = True
) -> int:
    """Bring the clocks of tickets up to date with their history; how many tickets had another deadline then.

    ``anew``: clocks that run take the newest versions of policies and calendars, and open tickets from before a policy
    get its clocks. ``is_told`` false announces nothing: for histories that are written down at once.

    Emits: ClockStarted, ClockPaused, ClockResumed, ClockMoved, ClockMet, ClockDropped, ClockBreached
    """
    wanted = sorted(set(ticket_ids))
    policies = await queries.policies_in_force(tx)
    if not wanted or not (policies or await _have_clocks(tx, wanted)):
        return 0
    tickets = await queries.lock_tickets(tx, wanted)
    changes = await compute(tx, tickets, policies, now=now, anew=anew)
    facts = await _write(tx, changes, now=now)
    await emit_all(tx, facts if is_told else [], by=SYSTEM, at=now)
    return await write_deadlines(tx, [(one.ticket, *one.next_deadline) for one in changes])


async def _have_clocks(tx: Transaction, ticket_ids: Sequence[int]) -> bool:
    sql = "select exists (select from clock where ticket_id = any(%(ids)s))"
    found = await (await tx.execute(sql, {"ids": list(ticket_ids)})).fetchone()
    return bool(found and found[0])


async def compute(
    tx: Transaction,
    tickets: Sequence[LevelTicket],
    policies: Sequence[PolicyVersion],
    *,
    now: datetime,
    anew: bool = False,
) -> list[Change]:
    """What the clocks of tickets are to be; nothing is written."""
    ids = [one.id for one in tickets]
    happenings = await queries.load_happenings(tx, ids)
    known: dict[int, list[Clock]] = {}
    for one in await queries.load_clocks(tx, ids):
        known.setdefault(one.ticket_id, []).append(one)
    frames = await load_frames(tx, policies, [one for clocks in known.values() for one in clocks], now=now)
    changes = []
    for ticket in tickets:
        moments = history(ticket.created_at, happenings.get(ticket.id, []), ticket.category, ticket.activity_at)
        changes.append(_change(ticket, moments, known.get(ticket.id, []), frames, now=now, anew=anew))
    return changes


async def load_frames(
    tx: Transaction, policies: Sequence[PolicyVersion], clocks: Sequence[Clock], *, now: datetime
) -> Frames:
    """Every version that some clocks and policies need."""
    fields = await list_fields(tx, "ticket") if policies else []
    newest = await queries.newest_calendars(tx, list({one.spec.calendar_id for one in policies}))
    frozen = {one.policy_version_id for one in clocks if one.policy_version_id} - {one.id for one in policies}
    versions = {one.id: one for one in policies} | (await queries.policy_versions(tx, list(frozen)) if frozen else {})
    calendars = {one.id: Calendar(one.spec) for one in newest.values()}
    older = {one.calendar_version_id for one in clocks if one.calendar_version_id} - calendars.keys()
    if older:
        calendars |= await queries.calendar_versions(tx, list(older))
    chooser = Chooser(policies, fields, now=now)
    return Frames(chooser, {one.calendar_id: one.id for one in newest.values()}, versions, calendars)


def _change(
    ticket: LevelTicket,
    moments: Sequence[Moment],
    known: Sequence[Clock],
    frames: Frames,
    *,
    now: datetime,
    anew: bool,
) -> Change:
    before: dict[tuple[AnyMetric, int], Clock] = {
        (one.metric, one.round): one for one in known if is_computed(one.metric)
    }
    others = [one for one in known if not is_computed(one.metric)]
    policy = None if ticket.merged_into_id else frames.chooser.choose(ticket)
    after: list[Clock] = []
    metrics: dict[Metric, None] = {one.metric: None for one in (policy.spec.targets if policy else [])}
    metrics |= {one.metric: None for one in before.values()}  # type: ignore[misc]  # those by hand are not among them
    for metric in metrics:
        for one in rounds(metric, moments):
            made = _clock(ticket, one, before.get((metric, one.number)), policy, moments, frames, now=now, anew=anew)
            if made is not None:
                after.append(made)
    return Change(ticket, before, after, others)


def _clock(
    ticket: LevelTicket,
    one: Round,
    known: Clock | None,
    policy: PolicyVersion | None,
    moments: Sequence[Moment],
    frames: Frames,
    *,
    now: datetime,
    anew: bool,
) -> Clock | None:
    if known is not None and known.state == "ended" and (known.ended_at, known.outcome) == (one.ended_at, one.outcome):
        # It is over: another priority or policy changes nothing about it any more.
        return known
    frame = _frame(one, known, policy, frames, anew=anew)
    if frame is None:
        return None
    version, calendar_id = frame
    target = target_of(version.spec, one.metric, priority=ticket.priority, tier=ticket.tier, channel=ticket.channel)
    if target is None:
        return None
    return _read(ticket, one, known, version, calendar_id, target, moments, frames, now=now)


def _frame(
    one: Round, known: Clock | None, policy: PolicyVersion | None, frames: Frames, *, anew: bool
) -> tuple[PolicyVersion, int] | None:
    """By which versions a clock counts: those that it began with, as long as its policy is the ticket's."""
    if known is not None and known.policy_version_id and known.calendar_version_id:
        frozen = frames.policies[known.policy_version_id]
        is_over = known.state == "ended" and known.outcome == "met"
        is_same = policy is not None and policy.policy_id == frozen.policy_id
        if is_over or (is_same and not anew):
            return frozen, known.calendar_version_id
    if policy is None or (one.ended_at is not None and known is None and (anew or policy.since > one.started_at)):
        return None
    if known is None and policy.since > one.started_at and not anew:
        return None
    calendar_id = frames.of(policy)
    return None if calendar_id is None else (policy, calendar_id)


def _read(
    ticket: LevelTicket,
    one: Round,
    known: Clock | None,
    version: PolicyVersion,
    calendar_id: int,
    target: Target,
    moments: Sequence[Moment],
    frames: Frames,
    *,
    now: datetime,
) -> Clock:
    calendar = frames.calendars[calendar_id]
    reading = read_clock(one, target, calendar, moments)
    end = one.ended_at or now
    is_late = reading.due_at is not None and (end > reading.due_at or (one.ended_at is None and end >= reading.due_at))
    clock = Clock(
        id=known.id if known else 0,
        ticket_id=ticket.id,
        metric=one.metric,
        round=one.number,
        label="",
        policy_version_id=version.id,
        calendar_version_id=calendar_id,
        span=target.span,
        state=reading.state,
        outcome=one.outcome,
        started_at=one.started_at,
        ended_at=one.ended_at,
        rests=reading.rests,
        due_at=reading.due_at,
        breached_at=reading.due_at if is_late else None,
        fired=known.fired if known else [],
        next_at=None,
        acknowledged_at=known.acknowledged_at if known else None,
        acknowledged_by=known.acknowledged_by if known else None,
    )
    clock.next_at = next_moment(clock, version, calendar)
    return clock


def next_moment(clock: Clock, version: PolicyVersion | None, calendar: Calendar | None) -> datetime | None:
    """When something is to be done about a clock next: a step of its chain, or its breach."""
    if clock.state == "ended" or clock.due_at is None:
        return None
    times = [] if clock.breached_at else [clock.due_at]
    if version is not None and calendar is not None and clock.span is not None:
        times += [at for _, at in waiting_steps(clock, version, calendar)]
    return min(times, default=None)


def waiting_steps(clock: Clock, version: PolicyVersion, calendar: Calendar) -> list[tuple[int, datetime]]:
    """The steps of a clock's chain that were not taken yet, each with its time."""
    if clock.due_at is None or clock.span is None or not is_computed(clock.metric):
        return []
    found = []
    for number, step in steps_of(version.spec.steps, clock.metric):
        if number not in clock.fired:
            at = step_at(step, clock.span, calendar, clock.started_at, clock.due_at, clock.rests)
            found.append((number, at))
    return found


async def _write(tx: Transaction, changes: Sequence[Change], *, now: datetime) -> list[Fact]:
    """Write what differs; gives what there is to tell of it."""
    new = [one for change in changes for one in change.after if not one.id]
    for one, clock_id in zip(new, await draw_ids(tx, "clock", len(new)) if new else [], strict=True):
        one.id = clock_id
    old = {clock.id: clock for change in changes for clock in change.before.values()}
    kept = {one.id for change in changes for one in change.after}
    altered = [one for change in changes for one in change.after if one.id in old and one != old[one.id]]
    gone = [one for one in old.values() if one.id not in kept and one.state != "ended"]
    void = [one.id for one in old.values() if one.id not in kept and one.state == "ended"]
    teams = {change.ticket.id: change.ticket.team_id for change in changes}
    facts = [fact for one in new for fact in _news(None, one, teams[one.ticket_id])]
    facts += [fact for one in altered for fact in _news(old[one.id], one, teams[one.ticket_id])]
    facts += [fact_of(ClockDropped, one, teams[one.ticket_id]) for one in gone]
    await _insert(tx, new)
    await _update(tx, altered)
    # A policy that is the ticket's no more leaves its open clocks as dropped; what never happened leaves nothing.
    await _drop(tx, [one.id for one in gone], now=now)
    if void:
        await tx.execute("delete from clock where id = any(%(ids)s) and outcome <> 'dropped'", {"ids": void})
    return facts


async def _drop(tx: Transaction, ids: list[int], *, now: datetime) -> None:
    sql = """
        update clock set state = 'ended', outcome = 'dropped', ended_at = greatest(%(now)s, started_at), next_at = null
        where id = any(%(ids)s)"""
    if ids:
        await tx.execute(sql, {"ids": ids, "now": now})


def _row(one: Clock) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(one)
    return {name: plain[name] for name in NAMES}


async def _insert(tx: Transaction, clocks: Sequence[Clock]) -> None:
    sql = f"""
        insert into clock ({", ".join(NAMES)})
        select {", ".join(NAMES)} from jsonb_to_recordset(%(rows)s) as r ({COLUMNS})"""
    if clocks:
        await tx.execute(sql, {"rows": Jsonb([_row(one) for one in clocks])})


async def _update(tx: Transaction, clocks: Sequence[Clock]) -> None:
    names = NAMES[4:]
    sets = ", ".join(f"{name} = r.{name}" for name in names)
    sql = f"update clock k set {sets} from jsonb_to_recordset(%(rows)s) as r ({COLUMNS}) where k.id = r.id"
    if clocks:
        await tx.execute(sql, {"rows": Jsonb([_row(one) for one in clocks])})


def fact_of(kind: type[Any], one: Clock, team_id: int, **more: Any) -> Fact:
    """A fact of some kind about a clock."""
    made: Fact = kind(ticket_id=one.ticket_id, team_id=team_id, clock_id=one.id, metric=one.metric, **more)
    return made


def _news(old: Clock | None, one: Clock, team_id: int) -> list[Fact]:
    """What there is to tell of a clock that was that and is this."""
    found: list[Fact] = []
    was = old.state if old else None
    if old is None:
        found.append(fact_of(ClockStarted, one, team_id))
    if one.state == "resting" and was != "resting":
        found.append(fact_of(ClockPaused, one, team_id))
    elif one.state == "running" and was in {"resting", "ended"}:
        found.append(fact_of(ClockResumed, one, team_id))
    elif old is not None and one.state == was and one.due_at != old.due_at:
        found.append(fact_of(ClockMoved, one, team_id))
    if one.breached_at and not (old and old.breached_at):
        found.append(fact_of(ClockBreached, one, team_id))
    if one.state == "ended" and was != "ended":
        is_met = one.outcome == "met"
        late = {"is_late": one.breached_at is not None} if is_met else {}
        found.append(fact_of(ClockMet if is_met else ClockDropped, one, team_id, **late))
    return found


async def write_deadlines(tx: Transaction, wanted: Sequence[tuple[LevelTicket, datetime | None, str | None]]) -> int:
    """Write the next deadline of tickets where it is another one; how many. The tickets are locked."""
    changed = [
        (one.id, due_at, metric) for one, due_at, metric in wanted if (one.due_at, one.due_metric) != (due_at, metric)
    ]
    if not changed:
        return 0
    sql = """
        update ticket t set due_at = u.due_at, due_metric = u.metric, version = version + 1
        from unnest(%(ids)s::bigint[], %(dues)s::timestamptz[], %(metrics)s::text[]) as u (id, due_at, metric)
        where t.id = u.id"""
    ids, dues, metrics = (list(column) for column in zip(*changed, strict=True))
    await tx.execute(sql, {"ids": ids, "dues": dues, "metrics": metrics})
    return len(changed)


async def refresh_deadline(tx: Transaction, ticket_id: int) -> None:
    """Write the next deadline of one ticket from its clocks as they are kept."""
    [ticket] = await queries.lock_tickets(tx, [ticket_id])
    change = Change(ticket, {}, await queries.load_clocks(tx, [ticket_id]), [])
    await write_deadlines(tx, [(ticket, *change.next_deadline)])
