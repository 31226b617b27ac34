"""What becomes of originals in the background: files that go with a redaction, and seals whose time is over."""

from datetime import datetime

from msgspec import Struct

from ombud.quality.personal_data.events import RedactionDestroyed
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Database, rows
from ombud.shared.events import emit
from ombud.shared.files import FileStore

BATCH = 20


class _Doomed(Struct):
    id: int
    tokens: list[str]


async def destroy_files(database: Database, files: FileStore) -> int:
    """Remove the files that redactions took out of use; how many.

    Only after the redaction is committed, so that none goes whose redaction did not come about.
    """
    sql = """
        select id, doomed_files as tokens from redaction where doomed_files <> '{}' order by id limit %(most)s
        for update skip locked"""
    async with database.transaction() as tx:
        found = await rows(tx, _Doomed, sql, {"most": BATCH})
        for one in found:
            for token in one.tokens:
                await files.delete(token)
            await tx.execute("update redaction set doomed_files = '{}' where id = %(id)s", {"id": one.id})
    return sum(len(one.tokens) for one in found)


class _Over(Struct):
    id: int
    ticket_id: int
    team_id: int
    entry_id: int


async def destroy_originals(database: Database, *, now: datetime) -> int:
    """Destroy sealed originals whose time is over; how many.

    Emits: RedactionDestroyed
    """
    sql = """
        update redaction r set sealed = null, sealed_until = null, destroyed_at = %(now)s,
            doomed_files = doomed_files || sealed_files, sealed_files = '{}'
        from (select o.id, t.team_id from redaction o join ticket t on t.id = o.ticket_id
              where o.sealed is not null and o.sealed_until <= %(now)s
              order by o.id limit %(most)s for update of o skip locked) due
        where r.id = due.id returning r.id, r.ticket_id, due.team_id, r.entry_id"""
    async with database.transaction() as tx:
        found = await rows(tx, _Over, sql, {"now": now, "most": BATCH})
        for one in found:
            fact = RedactionDestroyed(
                ticket_id=one.ticket_id, team_id=one.team_id, redaction_id=one.id, entry_id=one.entry_id
            )
            await emit(tx, fact, by=SYSTEM, at=now)
    return len(found)
