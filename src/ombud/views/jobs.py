"""Background work of views: collects the tickets of a job, changes them in small batches, writes exports.

One process at a time works on changes and one on exports; a job that was cut off goes on where it was.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from ombud.accounts.queries.actors import person_actor
from ombud.fields.queries import list_fields
from ombud.intelligence.personal_data.services import mask_tree
from ombud.shared.actor import Actor
from ombud.shared.bus import Bus
from ombud.shared.clock import Clock
from ombud.shared.conditions import Condition
from ombud.shared.database import Database, Transaction, row, rows, value, values
from ombud.shared.errors import OmbudError
from ombud.shared.files import FileStore
from ombud.shared.sequencer import try_lock
from ombud.shared.spreadsheets import FILES
from ombud.tickets.queries.lists import JOINS, ROW
from ombud.views.fields import SPENT
from ombud.views.naming import names_in
from ombud.views.schemas import Changes, ExportIn, JobFrame, JobKind, JobState, Selection
from ombud.views.services.bulk import Item, Outcome, change_batch, write_outcomes
from ombud.views.services.bulk_macros import Run
from ombud.views.services.jobs import add_items, condition_of
from ombud.views.tables import COLUMNS, ExportRow, Names, Table
from ombud.views.walking import open_search

log = logging.getLogger(__name__)
TOPIC = "job"
LOCK_CHANGES, LOCK_EXPORTS = 7_031, 7_032
# Tickets that are locked together, for some hundredths of a second.
BATCH = 25
EXPORT_BATCH = 500
COLLECT = 2_000
MOST_TICKETS = 100_000
KEEP = timedelta(days=30)
KEEP_EXPORTS = timedelta(days=7)


class _Work(Struct):
    id: int
    kind: JobKind
    person_id: int
    selection: Selection
    details: dict[str, Any]
    is_collected: bool
    is_cancelled: bool
    created_at: datetime


@dataclass(frozen=True)
class JobRunner:
    """Works on jobs with the parts of this process."""

    database: Database
    bus: Bus
    clock: Clock
    files: FileStore
    # how long a mail of a macro waits where the desk has no rule of its own
    undo_seconds: int

    async def change(self) -> int:
        """Do the next change or undo as far as it goes; how many jobs were worked on."""
        return await self._run(LOCK_CHANGES, "j.kind in ('change', 'undo')")

    async def export(self) -> int:
        """Do the next export."""
        return await self._run(LOCK_EXPORTS, "j.kind = 'export'")

    async def _run(self, lock: int, kinds: str) -> int:
        async with self.database.transaction() as guard:
            if not await try_lock(guard, lock):
                return 0
            work = await self._next(kinds)
            if work is None:
                return 0
            try:
                await self._do(work)
            except OmbudError as problem:
                await self._end(work, "failed", problem.code)
            except (OperationalError, InterfaceError, PoolTimeout):
                # The database is away: the job goes on when it is back.
                raise
            except Exception:
                # A bug must not hold up the jobs behind this one.
                await self._end(work, "failed", "internal_error")
                raise
            return 1

    async def _next(self, kinds: str) -> _Work | None:
        sql = f"""
            select id, kind, person_id, selection, details, is_collected, is_cancelled, created_at from job j
            where state in ('queued', 'running') and {kinds} order by id limit 1"""
        async with self.database.statements() as tx:
            return await row(tx, _Work, sql)

    async def _do(self, work: _Work) -> None:
        if not work.is_collected and not await self._collect(work):
            return
        if work.kind == "export":
            await self._export(work)
        else:
            await self._change(work)

    async def _actor(self, tx: Transaction, work: _Work) -> Actor:
        # What they may now counts, not what they might when they asked.
        by = await person_actor(tx, work.person_id)
        if by is None:
            raise PersonGone
        return by

    async def _collect(self, work: _Work) -> bool:
        """Note all tickets of a view or a condition; whether the job shall go on."""
        async with self.database.statements() as tx:
            by = await self._actor(tx, work)
            condition = await condition_of(tx, work.selection, by=by)
        total = await self._collect_all(work, condition, by) if condition else 0
        if total > MOST_TICKETS:
            await self._end(work, "failed", "too_many_tickets")
            return False
        await self._write("update job set is_collected = true where id = %(id)s", id=work.id)
        return not await self._is_cancelled(work)

    async def _collect_all(self, work: _Work, condition: Condition, by: Actor) -> int:
        left_out = set(work.selection.except_ids)
        position, total = None, 0
        while total <= MOST_TICKETS:
            async with self.database.transaction() as tx:
                search = await open_search(tx, condition, "number_oldest", by=by, now=self.clock.now())
                found = await search.find(COLLECT, after=position, seconds=2)
                await add_items(tx, work.id, [one.id for one in found.hits if one.id not in left_out])
            total += len(found.hits)
            position = found.next
            await self._tell(work)
            if position is None or await self._is_cancelled(work):
                break
        return total

    async def _change(self, work: _Work) -> None:
        changes = msgspec.convert(work.details, Changes)
        run = Run(work.id, work.created_at, self.undo_seconds, is_undo=work.kind == "undo")
        while not await self._is_cancelled(work):
            async with self.database.hot_transaction() as tx:
                sql = """
                    select ticket_id, before, after from job_item
                    where job_id = %(id)s and state = 'waiting' order by ticket_id limit %(limit)s"""
                items = await rows(tx, Item, sql, {"id": work.id, "limit": BATCH})
                if not items:
                    break
                by, now = await self._actor(tx, work), self.clock.now()
                outcomes = await change_batch(tx, items, changes, run, by=by, now=now)
                await write_outcomes(tx, work.id, outcomes)
            self.bus.wake("sequence")
            await self._tell(work)
        await self._end(work, "cancelled" if await self._is_cancelled(work) else "done")

    async def _export(self, work: _Work) -> None:
        wanted = msgspec.convert(work.details, ExportIn)
        async with self.database.statements() as tx:
            by = await self._actor(tx, work)
            table = await _table(tx, wanted, by)
        name = f"tickets-{self.clock.now().astimezone(table.zone):%Y%m%d-%H%M}.{wanted.format}"
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            file = FILES[wanted.format](path, table.head)
            is_whole = await self._write_rows(work, file.write, table, by)
            file.close()
            if not is_whole:
                await self._end(work, "cancelled")
                return
            stored = await self.files.put(path.read_bytes())
        sql = "update job set file_token = %(token)s, file_name = %(name)s where id = %(id)s"
        await self._write(sql, id=work.id, token=stored.token, name=name)
        await self._end(work, "done")

    async def _write_rows(self, work: _Work, write: Any, table: Table, by: Actor) -> bool:
        # An export that was cut off begins anew: a file cannot be gone on with.
        again = "update job_item set state = 'waiting' where job_id = %(id)s and state <> 'waiting'"
        await self._write(again, id=work.id)
        await self._write("update job set state = 'running', done = 0, failed = 0 where id = %(id)s", id=work.id)
        sql = """
            select ticket_id from job_item where job_id = %(id)s and ticket_id > %(after)s
            order by ticket_id limit %(limit)s"""
        after = 0
        while not await self._is_cancelled(work):
            async with self.database.transaction() as tx:
                ids = await values(tx, int, sql, {"id": work.id, "after": after, "limit": EXPORT_BATCH})
                if not ids:
                    return True
                # Seen now, not when it was asked for.
                seen = [one for one in await _load(tx, ids) if by.sees(one.team_id, one.brand_id)]
                shown = {one.id for one in seen}
                outcomes = [Outcome(one, "same") if one in shown else _unseen(one) for one in ids]
                await write_outcomes(tx, work.id, outcomes)
                table.values = await names_in(tx, table.fields, seen, by=by)
            write([table.row(mask_tree(one, by.hidden_kinds)) for one in seen])
            after = ids[-1]
            await self._tell(work)
        return False

    async def _is_cancelled(self, work: _Work) -> bool:
        async with self.database.statements() as tx:
            return bool(await value(tx, bool, "select is_cancelled from job where id = %(id)s", {"id": work.id}))

    async def _end(self, work: _Work, state: JobState, problem: str | None = None) -> None:
        sql = "update job set state = %(state)s, problem = %(problem)s, ended_at = %(now)s where id = %(id)s"
        await self._write(sql, id=work.id, state=state, problem=problem, now=self.clock.now())
        await self._tell(work)

    async def _write(self, sql: str, **params: object) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(sql, params)

    async def _tell(self, work: _Work) -> None:
        sql = "select id, kind, state, total, done, failed from job where id = %(id)s"
        async with self.database.statements() as tx:
            frame = await row(tx, JobFrame, sql, {"id": work.id})
        if frame is not None:
            self.bus.publish(TOPIC, {"person_id": work.person_id, **msgspec.structs.asdict(frame)})

    async def forget(self) -> int:
        """Drop jobs after a month, and the files of exports after a week; how many files."""
        old = self.clock.now() - KEEP_EXPORTS
        sql = "select file_token from job where ended_at < %(old)s and file_token is not null limit 100"
        async with self.database.transaction() as tx:
            tokens = await values(tx, str, sql, {"old": old})
            for token in tokens:
                await self.files.delete(token)
            gone = "update job set file_token = null, file_name = null where file_token = any(%(tokens)s::text[])"
            await tx.execute(gone, {"tokens": tokens})
            drop = """
                delete from job j where ended_at < %(old)s
                    and not exists (select from job u where u.undoes_id = j.id)"""
            await tx.execute(drop, {"old": self.clock.now() - KEEP})
        return len(tokens)


class PersonGone(OmbudError):
    """Whoever started the job is no longer active."""

    code = "person_gone"


def _unseen(ticket_id: int) -> Outcome:
    return Outcome(ticket_id, "failed", "not_found", "It does not exist, or you may not see it.")


async def _load(tx: Transaction, ids: Sequence[int]) -> list[ExportRow]:
    sql = f"""
        select {ROW}, false as unread, t.solved_at, {SPENT} as spent_seconds from ticket t {JOINS}
        where t.id = any(%(ids)s::bigint[]) order by t.id"""
    return await rows(tx, ExportRow, sql, {"ids": list(ids)})


class _Named(Struct):
    kind: str
    id: int
    name: str


class _Reader(Struct):
    locale: str
    time_zone: str


async def _table(tx: Transaction, wanted: ExportIn, by: Actor) -> Table:
    fields = await list_fields(tx, "ticket")
    sql = "select locale, time_zone from person where id = %(me)s"
    reader = await row(tx, _Reader, sql, {"me": by.person_id}) or _Reader("en", "UTC")
    is_chinese = reader.locale == "zh-CN"
    columns = wanted.columns or [*COLUMNS, *(f"fields.{field.key}" for field in fields)]
    return Table(fields, await _names(tx, is_chinese=is_chinese), is_chinese, ZoneInfo(reader.time_zone), columns)


async def _names(tx: Transaction, *, is_chinese: bool) -> Names:
    name = "name_zh" if is_chinese else "name_en"
    sql = f"""
        select 'statuses' as kind, id, {name} as name from status
        union all select 'types', id, {name} from ticket_type
        union all select 'teams', id, name from team
        union all select 'people', id, name from person
        union all select 'brands', id, name from brand"""
    found: dict[str, dict[int, str]] = {kind: {} for kind in ("statuses", "types", "teams", "people", "brands")}
    for one in await rows(tx, _Named, sql):
        found[one.kind][one.id] = one.name
    return Names(**found)
