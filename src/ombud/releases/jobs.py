"""What comes of time: releases that near and are not ready, items and questions that are late. Each is told once."""

from datetime import datetime

from msgspec import Struct

from ombud.releases import queries
from ombud.releases.queries import LockedNote
from ombud.releases.rules import AHEAD, LAST_CALL
from ombud.releases.services.telling import tell
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, rows, values

BATCH = 50


async def warn_releases(tx: Transaction, *, now: datetime) -> int:
    """Tell of what nears or is late since it was looked at last; how much that was.

    Emits: NotificationMade
    """
    return await _warn_unready(tx, now=now) + await _warn_late(tx, now=now)


async def _warn_unready(tx: Transaction, *, now: datetime) -> int:
    """Two weeks and three days before: the owner, whose items are open, and the product team's supervisors."""
    sql = """
        update release_note n set warnings = case when live_at <= %(last)s then 2 else 1 end
        where id in (select id from release_note w
            where called_off_at is null and decision is distinct from 'go' and live_at <= %(soon)s
                and warnings < case when live_at <= %(last)s then 2 else 1 end
                and exists (select from release_item i where i.note_id = w.id and i.done_at is null)
            order by live_at limit %(limit)s for no key update skip locked)
        returning id, team_id, owner_id, title, live_at, decision, called_off_at"""
    params = {"soon": now + AHEAD, "last": now + LAST_CALL, "limit": BATCH}
    notes = await rows(tx, LockedNote, sql, params)
    for note in notes:
        open_of = "select owner_id from release_item where note_id = %(id)s and done_at is null"
        people = [note.owner_id, *await values(tx, int, open_of, {"id": note.id})]
        people += await queries.leads(tx, note.team_id)
        await tell(tx, note, "release_not_ready", people, by=SYSTEM, now=now)
    return len(notes)


class _Late(Struct):
    note_id: int
    owner_id: int


async def _warn_late(tx: Transaction, *, now: datetime) -> int:
    told = 0
    for table, is_open in (("release_item", "done_at"), ("release_question", "answered_at")):
        sql = f"""
            update {table} l set is_warned = true
            where id in (select w.id from {table} w join release_note n on n.id = w.note_id
                where w.{is_open} is null and not w.is_warned and w.due_at <= %(now)s and n.called_off_at is null
                order by w.due_at limit %(limit)s for no key update of w skip locked)
            returning note_id, owner_id"""
        late = await rows(tx, _Late, sql, {"now": now, "limit": BATCH})
        for one in late:
            note = await queries.lock_note(tx, one.note_id, by=SYSTEM)
            await tell(tx, note, "release_due", [one.owner_id, note.owner_id], by=SYSTEM, now=now)
        told += len(late)
    return told
