"""Presence by choice, by heartbeat and by silence; every change stands in the log of states."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec

from ombud.knowledge.notices.queries import barring_notices
from ombud.routing.floor.events import PresenceChanged
from ombud.routing.floor.rules import BUSY_MINUTES, WRAP_UP_SECONDS
from ombud.routing.floor.schemas import PULSE_SECONDS, PresenceIn, PresenceState
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, rows, value
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit_all

SILENT = "silent"


class NoticesUnread(Conflict):
    """A notice must be read before you go online. Read it, and answer its questions."""

    code = "notices_unread"

    def __init__(self, notice_ids: list[int]) -> None:
        super().__init__()
        self.notice_ids = notice_ids

    def extra(self) -> dict[str, object]:
        """Which ones, in the order in which they came."""
        return {"notice_ids": self.notice_ids}


class StateChange(msgspec.Struct, frozen=True, kw_only=True):
    """What people are from now on."""

    state: PresenceState
    reason: str = ""
    note: str = ""
    limit_at: datetime | None = None
    approved_by: int | None = None


async def choose_presence(tx: Transaction, state: PresenceState, *, by: Actor, now: datetime) -> None:
    """Go online, away or offline. Choosing what one is already changes nothing and emits nothing.

    Emits: PresenceChanged
    """
    await set_states(tx, [by.person_id], StateChange(state=state), by=by, now=now)


async def choose_state(tx: Transaction, data: PresenceIn, *, by: Actor, now: datetime) -> None:
    """Be what one chooses, with the reason and the limit that go with it.

    Raises:
        Invalid: whoever is busy says why, and nobody else does.
        NoticesUnread: they would go online, and a notice bars that until they have read it.

    Emits: PresenceChanged
    """
    if (data.state == "busy") != (data.reason is not None):
        raise Invalid("Say why you are busy; other states have no reason.", fields={"reason": "required"})
    if data.state == "online":
        await _check_notices(tx, by.person_id, now=now)
    minutes = data.minutes or BUSY_MINUTES.get(data.reason or "")
    limit = now + timedelta(minutes=minutes) if minutes and data.state in {"busy", "away"} else None
    if data.state == "wrap_up":
        limit = now + timedelta(seconds=await wrap_up_seconds(tx, by.person_id))
    change = StateChange(state=data.state, reason=data.reason or "", note=data.note.strip(), limit_at=limit)
    await set_states(tx, [by.person_id], change, by=by, now=now)


async def _check_notices(tx: Transaction, person_id: int, *, now: datetime) -> None:
    # Nobody is sent away: whoever is online stays so, whatever is published meanwhile.
    is_online = "select true from presence where person_id = %(me)s and state = 'online'"
    unread = await barring_notices(tx, person_id, now=now)
    if unread and not await value(tx, bool, is_online, {"me": person_id}):
        raise NoticesUnread(unread)


async def wrap_up_seconds(tx: Transaction, person_id: int) -> int:
    """How long somebody may take after a conversation, when they ask for it."""
    sql = "select wrap_up_seconds from agent_routing where person_id = %(id)s"
    return await value(tx, int, sql, {"id": person_id}) or WRAP_UP_SECONDS


async def set_states(
    tx: Transaction, person_ids: Collection[int], change: StateChange, *, by: Actor, now: datetime
) -> list[int]:
    """Put people into a state; those who were not in it, or not for this reason.

    Emits: PresenceChanged
    """
    ids = sorted(person_ids)
    before = await _lock_states(tx, ids)
    sql = """
        insert into presence as p (person_id, state, reason, note, since, seen_at, limit_at, approved_by,
            online_since, wrap_up_until)
        select id, w.state, w.reason, %(note)s, w.now, w.now, w.until, %(approved)s,
            case when w.state = 'online' then w.now end, case when w.state = 'wrap_up' then w.until end
        from unnest(%(ids)s::bigint[]) as id cross join (select %(state)s::text as state, %(reason)s::text as reason,
            %(now)s::timestamptz as now, %(limit)s::timestamptz as until) w order by id
        on conflict (person_id) do update set seen_at = excluded.seen_at, is_silent = false,
            state = excluded.state, reason = excluded.reason, note = excluded.note,
            limit_at = excluded.limit_at, approved_by = excluded.approved_by, wrap_up_until = excluded.wrap_up_until,
            since = case when (p.state, p.reason) = (excluded.state, excluded.reason) then p.since
                else excluded.since end,
            online_since = case when p.state = 'online' and excluded.state = 'online' and not p.is_silent
                then p.online_since else excluded.online_since end"""
    params = {"ids": ids, "now": now, "limit": change.limit_at, "approved": change.approved_by}
    await tx.execute(sql, params | {"state": change.state, "reason": change.reason, "note": change.note})
    same = {one.person_id for one in before if (one.state, one.reason) == (change.state, change.reason)}
    changed = [one for one in ids if one not in same]
    await _announce(tx, changed, change, by=by, now=now)
    return changed


class _Before(msgspec.Struct):
    person_id: int
    state: PresenceState
    reason: str


async def _lock_states(tx: Transaction, person_ids: Sequence[int]) -> list[_Before]:
    """What people are, under locks, so that two changes at once make two stretches of the log."""
    sql = """
        select person_id, case when is_silent then 'offline' else state end as state,
            case when is_silent then %(silent)s else reason end as reason
        from presence where person_id = any(%(ids)s) order by person_id for update"""
    return await rows(tx, _Before, sql, {"ids": list(person_ids), "silent": SILENT})


class _Changed(msgspec.Struct):
    person_id: int


async def _announce(
    tx: Transaction, person_ids: Sequence[int], change: StateChange, *, by: Actor, now: datetime
) -> None:
    if not person_ids:
        return
    await write_log(tx, person_ids, now=now)
    facts = [PresenceChanged(person_id=one, state=change.state) for one in person_ids]
    await emit_all(tx, facts, by=by, at=now)


async def write_log(tx: Transaction, person_ids: Sequence[int], *, now: datetime) -> None:
    """End the present stretch of people's logs and begin the next as presence has it; a silent screen is offline."""
    # A clock that went backwards ends a stretch where it began.
    sql = "update state_log set to_at = greatest(from_at, %(now)s) where person_id = any(%(ids)s) and to_at is null"
    await tx.execute(sql, {"ids": list(person_ids), "now": now})
    sql = """
        insert into state_log (person_id, state, reason, from_at, limit_at, approved_by)
        select person_id, case when is_silent then 'offline' else state end,
            case when is_silent then %(silent)s else reason end, %(now)s,
            case when not is_silent then limit_at end, case when not is_silent then approved_by end
        from presence where person_id = any(%(ids)s)"""
    await tx.execute(sql, {"ids": list(person_ids), "now": now, "silent": SILENT})


async def pulse_seconds(tx: Transaction) -> float:
    """How often an open screen shows a sign of life, in seconds: four times within the silence that is allowed."""
    silence = await value(tx, int, "select silence_seconds from floor_setting") or 4 * PULSE_SECONDS
    return min(PULSE_SECONDS, silence / 4)


async def note_heartbeat(tx: Transaction, person_ids: Collection[int], *, now: datetime) -> None:
    """Remember that these people's screens are open; who was silent and comes back is present again as they chose.

    Written about as often as screens show a sign of life, so that a thousand of them cost little.

    Emits: PresenceChanged
    """
    sql = """
        with stale as (
            select person_id, is_silent from presence
            where person_id = any(%(ids)s) and (is_silent or seen_at < %(stale)s) order by person_id for update
        )
        update presence p set seen_at = %(now)s, is_silent = false,
            online_since = case when s.is_silent and p.state = 'online' then %(now)s else p.online_since end
        from stale s where p.person_id = s.person_id
        returning p.person_id, p.state, s.is_silent as was_silent"""
    # Two signs of one screen never come exactly so far apart.
    stale = now - timedelta(seconds=0.8 * await pulse_seconds(tx))
    seen = await rows(tx, _Seen, sql, {"ids": sorted(person_ids), "now": now, "stale": stale})
    back = [one for one in seen if one.was_silent]
    if back:
        await write_log(tx, [one.person_id for one in back], now=now)
    facts = [PresenceChanged(person_id=one.person_id, state=one.state) for one in back]
    await emit_all(tx, facts, by=SYSTEM, at=now)


class _Seen(msgspec.Struct):
    person_id: int
    state: PresenceState
    was_silent: bool


async def note_silence(tx: Transaction, *, now: datetime) -> int:
    """Announce people whose screens fell silent in the last while; how many. They get no work until they are back.

    Emits: PresenceChanged
    """
    sql = """
        update presence p set is_silent = true from present n
        where n.person_id = p.person_id and p.state <> 'offline' and not p.is_silent and n.there_until < %(now)s
        returning p.person_id"""
    gone = [one.person_id for one in await rows(tx, _Changed, sql, {"now": now})]
    if gone:
        await write_log(tx, gone, now=now)
    facts = [PresenceChanged(person_id=one, state="offline", by_silence=True) for one in gone]
    await emit_all(tx, facts, by=SYSTEM, at=now)
    return len(gone)
