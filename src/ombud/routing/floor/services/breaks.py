"""Breaks: asked for, approved where the team wants it, waited for in a queue, taken; some are never refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.routing.floor import queries, rules
from ombud.routing.floor.events import BreakChanged
from ombud.routing.floor.schemas import BreakDecision, BreakIn, BreakReason, RequestState
from ombud.routing.floor.services.presence import StateChange, set_states
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.events import emit_all

# Beside those of the sequencer: one at a time looks who may go, or two would both see the last free place.
LOCK_BREAKS = 7_063
# Whoever is called and does not go gives the place to the next.
CALL_SECONDS = 180


class QuotaUsedUp(Conflict):
    """The breaks of this shift are used up. Ask your team leader, who can change the team's bounds."""

    code = "break_quota_used_up"


class AlreadyAsked(Conflict):
    """You have asked for a break already, or are on one."""

    code = "break_already_asked"


class Request(Struct, frozen=True):
    """A request for a break under its row's lock."""

    id: int
    person_id: int
    reason: BreakReason
    minutes: int
    state: RequestState
    decided_by: int | None


async def ask_break(tx: Transaction, data: BreakIn, *, by: Actor, now: datetime) -> None:
    """Ask for a break; it begins at once if nothing stands in its way, else it waits in the queue.

    The toilet and nursing are never refused, never wait and count against nothing.

    Raises:
        QuotaUsedUp: it would pass the bounds of the shift.
        AlreadyAsked: one break at a time.

    Emits: BreakChanged, PresenceChanged
    """
    await _lock(tx)
    minutes = data.minutes or rules.BREAK_MINUTES[data.reason]
    if data.reason in rules.NEVER_REFUSED:
        await _withdraw(tx, by=by, now=now)
        await _begin(tx, by.person_id, data.reason, minutes, None, by=by, now=now)
        return
    own = await queries.my_state(tx, by=by, now=now)
    if own.asked_break is not None or own.state == "break":
        raise AlreadyAsked
    if data.reason in rules.COUNTED and not rules.fits(own.used, minutes):
        raise QuotaUsedUp
    teams = await queries.team_rules(tx, [by.person_id])
    state: RequestState = "asked" if any(one.rule.needs_approval for one in teams.values()) else "waiting"
    sql = """
        insert into break_request (person_id, reason, minutes, state, asked_at)
        values (%(person)s, %(reason)s, %(minutes)s, %(state)s, %(now)s) returning id"""
    params = {"person": by.person_id, "reason": data.reason, "minutes": minutes, "state": state, "now": now}
    request_id = await value(tx, int, sql, params) or 0
    await _tell(tx, [(request_id, by.person_id)], state, by=by, now=now)
    if request_id in await call_next(tx, now=now):
        # Nobody was before them: they need not say twice that they want to go.
        await start_break(tx, by=by, now=now)


async def decide_break(tx: Transaction, request_id: int, data: BreakDecision, *, by: Actor, now: datetime) -> None:
    """Grant a break that wants approval, or refuse it with a word; granted, it takes its place in the queue.

    Raises:
        NotFound: nobody whom the actor leads waits for this decision.

    Emits: BreakChanged
    """
    await _lock(tx)
    found = await _find(tx, "r.id = %(id)s and r.state = 'asked'", {"id": request_id})
    if found is None:
        raise NotFound
    await queries.require_led(tx, found.person_id, by=by)
    state: RequestState = "waiting" if data.is_granted else "refused"
    sql = """
        update break_request set state = %(state)s, decided_by = %(by)s, decided_at = %(now)s, refusal = %(why)s
        where id = %(id)s"""
    params = {"id": request_id, "state": state, "by": by.person_id, "now": now, "why": data.refusal.strip()}
    await tx.execute(sql, params)
    await _tell(tx, [(request_id, found.person_id)], state, by=by, now=now)
    await call_next(tx, now=now)


async def start_break(tx: Transaction, *, by: Actor, now: datetime) -> None:
    """Begin the break that one was called to.

    Raises:
        NotFound: nobody called, or the place was given to the next.

    Emits: BreakChanged, PresenceChanged
    """
    await _lock(tx)
    found = await _find(tx, "r.person_id = %(id)s and r.state = 'granted'", {"id": by.person_id})
    if found is None:
        raise NotFound
    sql = "update break_request set state = 'taken', ended_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": found.id, "now": now})
    await _tell(tx, [(found.id, found.person_id)], "taken", by=by, now=now)
    await _begin(tx, found.person_id, found.reason, found.minutes, found.decided_by, by=by, now=now)


async def withdraw_break(tx: Transaction, *, by: Actor, now: datetime) -> None:
    """Do without the break that one asked for; without one nothing happens.

    Emits: BreakChanged
    """
    await _lock(tx)
    await _withdraw(tx, by=by, now=now)
    await call_next(tx, now=now)


async def move_queue(tx: Transaction, *, now: datetime) -> int:
    """Give places that were not taken to the next, and call whoever may go; how many things changed.

    Emits: BreakChanged
    """
    if not await value(tx, bool, "select exists (select from break_request where state in ('waiting', 'granted'))"):
        return 0
    await _lock(tx)
    # Whoever went home while they waited must not hold up the queue.
    sql = """
        update break_request r set state = 'lapsed', ended_at = %(now)s
        where (r.state = 'granted' and r.expires_at <= %(now)s) or (r.state in ('asked', 'waiting') and exists (
            select from presence p where p.person_id = r.person_id and p.state = 'offline'))
        returning r.id, r.person_id"""
    lapsed = [(one.id, one.person_id) for one in await rows(tx, _Ended, sql, {"now": now})]
    await _tell(tx, lapsed, "lapsed", by=SYSTEM, now=now)
    return len(lapsed) + len(await call_next(tx, now=now))


class _Ended(Struct):
    id: int
    person_id: int


async def call_next(tx: Transaction, *, now: datetime) -> list[int]:
    """Call those in the queue who may go now; the caller holds the lock of breaks.

    Emits: BreakChanged
    """
    queue = [one for one in await queries.break_queue(tx) if one.state == "waiting"]
    if not queue:
        return []
    teams = await queries.team_rules(tx, [one.person_id for one in queue])
    chosen = rules.grantable(queue, teams, await queries.people_away(tx, now=now))
    sql = """
        update break_request set state = 'granted', granted_at = %(now)s, expires_at = %(until)s
        where id = any(%(ids)s)"""
    await tx.execute(sql, {"ids": chosen, "now": now, "until": now + timedelta(seconds=CALL_SECONDS)})
    called = [(one.id, one.person_id) for one in queue if one.id in chosen]
    await _tell(tx, called, "granted", by=SYSTEM, now=now)
    return chosen


async def _begin(
    tx: Transaction,
    person_id: int,
    reason: BreakReason,
    minutes: int,
    approved_by: int | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    limit = now + timedelta(minutes=minutes)
    change = StateChange(state="break", reason=reason, limit_at=limit, approved_by=approved_by)
    await set_states(tx, [person_id], change, by=by, now=now)


async def _withdraw(tx: Transaction, *, by: Actor, now: datetime) -> None:
    sql = """
        update break_request set state = 'withdrawn', ended_at = %(now)s
        where person_id = %(id)s and state in ('asked', 'waiting', 'granted') returning id, person_id"""
    ended = await rows(tx, _Ended, sql, {"id": by.person_id, "now": now})
    await _tell(tx, [(one.id, one.person_id) for one in ended], "withdrawn", by=by, now=now)


async def _find(tx: Transaction, where: str, params: dict[str, object]) -> Request | None:
    sql = f"select r.id, r.person_id, r.reason, r.minutes, r.state, r.decided_by from break_request r where {where}"
    return await row(tx, Request, f"{sql} for update", params)


async def _tell(
    tx: Transaction, requests: Sequence[tuple[int, int]], change: RequestState, *, by: Actor, now: datetime
) -> None:
    facts = [BreakChanged(request_id=request, person_id=person, change=change) for request, person in requests]
    await emit_all(tx, facts, by=by, at=now)


async def _lock(tx: Transaction) -> None:
    await tx.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": LOCK_BREAKS})
