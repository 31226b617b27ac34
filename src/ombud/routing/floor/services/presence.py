"""Presence by choice, by heartbeat and by silence."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from ombud.routing.floor.events import PresenceChanged
from ombud.routing.floor.schemas import SILENCE_SECONDS, PresenceState
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, rows, value, values
from ombud.shared.events import emit, emit_all

HEARTBEAT_SECONDS = 15


async def choose_presence(tx: Transaction, state: PresenceState, *, by: Actor, now: datetime) -> None:
    """Go online, away or offline. Choosing what one is already changes nothing and emits nothing.

    Emits: PresenceChanged
    """
    sql = """
        insert into presence (person_id, state, since, seen_at) values (%(person)s, %(state)s, %(now)s, %(now)s)
        on conflict (person_id) do update set seen_at = excluded.seen_at, state = excluded.state, is_silent = false,
            since = case when presence.state = excluded.state then presence.since else excluded.since end
        returning since = %(now)s"""
    if await value(tx, bool, sql, {"person": by.id, "state": state, "now": now}):
        await emit(tx, PresenceChanged(person_id=by.id or 0, state=state), by=by, at=now)


async def note_heartbeat(tx: Transaction, person_ids: Collection[int], *, now: datetime) -> None:
    """Remember that these people's screens are open; who was silent and comes back is present again as they chose.

    Written at most every 15 s for each person, so that a thousand open screens cost little.

    Emits: PresenceChanged
    """
    sql = """
        with stale as (
            select person_id, is_silent from presence
            where person_id = any(%(ids)s) and (is_silent or seen_at < %(stale)s) order by person_id for update
        )
        update presence p set seen_at = %(now)s, is_silent = false from stale s where p.person_id = s.person_id
        returning p.person_id, p.state, s.is_silent as was_silent"""
    stale = now - timedelta(seconds=HEARTBEAT_SECONDS)
    seen = await rows(tx, _Seen, sql, {"ids": sorted(person_ids), "now": now, "stale": stale})
    facts = [PresenceChanged(person_id=one.person_id, state=one.state) for one in seen if one.was_silent]
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
        update presence set is_silent = true
        where state <> 'offline' and not is_silent and seen_at < %(silent)s returning person_id"""
    gone = await values(tx, int, sql, {"silent": now - timedelta(seconds=SILENCE_SECONDS)})
    facts = [PresenceChanged(person_id=one, state="offline", by_silence=True) for one in gone]
    await emit_all(tx, facts, by=SYSTEM, at=now)
    return len(gone)
