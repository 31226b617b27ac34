"""Verbs that start, stop and tell of jobs over many tickets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct
from psycopg.types.json import Jsonb

from ombud.shared.actor import Actor
from ombud.shared.conditions import Condition, parse
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import Conflict, Invalid, LimitReached, NotAllowed, NotFound
from ombud.tickets.services.macros import get_macro
from ombud.views.schemas import (
    BulkIn,
    Changes,
    ExportIn,
    Job,
    JobFailure,
    JobKind,
    JobReport,
    MacroUse,
    Selection,
)
from ombud.views.services.views import PREFIX, checked_condition, find_view
from ombud.views.shipped import shipped_condition

MOST_OPEN_JOBS = 5
JOB = """
    j.id, j.kind, j.state, j.total, j.done, j.failed, j.is_collected, j.is_cancelled, j.problem, j.file_name,
    j.undoes_id, j.created_at, j.ended_at,
    (j.kind = 'change' and j.state in ('done', 'cancelled')
     and not exists (select from job u where u.undoes_id = j.id)) as can_undo"""


class NotUndoable(Conflict):
    """Only a change that has ended can be undone, and once."""

    code = "not_undoable"


async def start_change(tx: Transaction, data: BulkIn, *, by: Actor, now: datetime) -> Job:
    """Begin to change many tickets in the background, each as if it were changed by hand.

    Raises:
        NotAllowed: the permission for one of the changes is missing.
        Invalid: nothing is selected, or nothing would change.
        NotFound: no such view or macro.
    """
    check_rights(data.changes, by)
    if data.changes == Changes():
        raise Invalid("Choose what shall change.", fields={"changes": "required"})
    if isinstance(data.changes.macro, MacroUse):
        await get_macro(tx, data.changes.macro.id, by=by)
    await _check_selection(tx, data.selection, by=by)
    return await _start(tx, "change", data.selection, data.changes, by=by, now=now)


async def start_export(tx: Transaction, data: ExportIn, *, by: Actor, now: datetime) -> Job:
    """Begin to write many tickets into a table."""
    await _check_selection(tx, data.selection, by=by)
    return await _start(tx, "export", data.selection, data, by=by, now=now)


async def undo_change(tx: Transaction, job_id: int, *, by: Actor, now: datetime) -> Job:
    """Begin to give back what a change has changed, where nobody has changed it since.

    Raises:
        NotFound: no such job of this person.
        NotUndoable: it is no change, has not ended, or has been undone.
    """
    # Locked first and looked at then: whoever waited here must see the undo that they waited for.
    await tx.execute("select from job where id = %(id)s for update", {"id": job_id})
    job = await find_job(tx, job_id, by=by)
    if not job.can_undo:
        raise NotUndoable
    made = await _start(tx, "undo", Selection(), Changes(), by=by, now=now, undoes_id=job_id)
    sql = """
        with chosen as (
            insert into job_item (job_id, ticket_id, before, after)
            select %(undo)s, ticket_id, before, after from job_item where job_id = %(id)s and state = 'changed'
            returning 1)
        update job set is_collected = true, total = (select count(*) from chosen) where id = %(undo)s"""
    await tx.execute(sql, {"undo": made.id, "id": job_id})
    return await find_job(tx, made.id, by=by)


async def cancel_job(tx: Transaction, job_id: int, *, by: Actor) -> Job:
    """Stop a job after the tickets that it is at; what is done stays done and can be undone."""
    sql = """
        update job set is_cancelled = true
        where id = %(id)s and person_id = %(me)s and state in ('queued', 'running')"""
    await tx.execute(sql, {"id": job_id, "me": by.person_id})
    return await find_job(tx, job_id, by=by)


async def find_job(tx: Transaction, job_id: int, *, by: Actor) -> Job:
    """One of one's own jobs.

    Raises:
        NotFound: no such job of this person.
    """
    sql = f"select {JOB} from job j where j.id = %(id)s and j.person_id = %(me)s"
    found = await row(tx, Job, sql, {"id": job_id, "me": by.person_id})
    if found is None:
        raise NotFound
    return found


async def list_jobs(tx: Transaction, *, by: Actor) -> list[Job]:
    """One's own last jobs, newest first."""
    sql = f"select {JOB} from job j where j.person_id = %(me)s order by j.id desc limit 20"
    return await rows(tx, Job, sql, {"me": by.person_id})


async def report_job(tx: Transaction, job_id: int, *, by: Actor) -> JobReport:
    """A job with what failed, by reason."""
    job = await find_job(tx, job_id, by=by)
    sql = """
        select problem as code, coalesce(max(detail), '') as detail, count(*) as count,
            (array_agg(ticket_id order by ticket_id))[1:20] as ticket_ids
        from job_item where job_id = %(id)s and state = 'failed' group by problem order by count(*) desc"""
    failures = await rows(tx, JobFailure, sql, {"id": job_id})
    return JobReport(**msgspec.structs.asdict(job), failures=failures)


class ExportFile(Struct):
    """A ready export in the file store."""

    file_token: str
    file_name: str


async def find_export(tx: Transaction, job_id: int, *, by: Actor) -> ExportFile:
    """The file of one's own export.

    Raises:
        NotFound: no such export of this person, or it is not ready.
    """
    sql = """
        select file_token, file_name from job
        where id = %(id)s and person_id = %(me)s and kind = 'export' and file_token is not null"""
    found = await row(tx, ExportFile, sql, {"id": job_id, "me": by.person_id})
    if found is None:
        raise NotFound
    return found


def check_rights(changes: Changes, by: Actor) -> None:
    """Raise NotAllowed unless somebody may make each of these changes."""
    if changes.team_id is not UNSET or changes.assignee_id is not UNSET:
        by.require("tickets.assign")
    if msgspec.structs.replace(changes, team_id=UNSET, assignee_id=UNSET, macro=UNSET) != Changes():
        by.require("tickets.write")
    # What a macro does needs the right for each of it, which is asked when it is used.
    if isinstance(changes.macro, MacroUse) and changes.macro.text != "leave":
        by.require("tickets.reply")


async def condition_of(tx: Transaction, selection: Selection, *, by: Actor) -> Condition | None:
    """The condition that a selection stands for; None where it names tickets.

    Raises:
        NotFound: the view is not there.
        Invalid: it cannot be taken as a whole.
    """
    if selection.condition is not None:
        return parse(selection.condition)
    if selection.view is None:
        return None
    if selection.view.startswith(PREFIX):
        return parse((await find_view(tx, view_number(selection.view), by=by)).condition)
    return parse(shipped_condition(selection.view))


def view_number(view: str) -> int:
    """The number in ``saved:7``.

    Raises:
        Invalid: there is none.
    """
    number = view.removeprefix(PREFIX)
    if not number.isdecimal() or len(number) > 15:  # noqa: PLR2004 – fits a bigint
        raise Invalid(f"There is no view {view!r}.", fields={"view": "unknown"})
    return int(number)


async def _check_selection(tx: Transaction, selection: Selection, *, by: Actor) -> None:
    named = [one for one in (selection.ids, selection.view, selection.condition) if one is not None]
    if len(named) != 1:
        raise Invalid("Choose tickets by ids, by a view or by a condition.", fields={"selection": "required"})
    if selection.condition is not None:
        await checked_condition(tx, selection.condition)
    await condition_of(tx, selection, by=by)


async def _start(
    tx: Transaction,
    kind: JobKind,
    selection: Selection,
    details: Struct,
    *,
    by: Actor,
    now: datetime,
    undoes_id: int | None = None,
) -> Job:
    if not by.person_id:
        raise NotAllowed("A job belongs to a person. Sign in as one.")
    # One after the other, or a crowd that comes at once would pass the limit.
    await tx.execute("select from person where id = %(me)s for no key update", {"me": by.person_id})
    many = "select count(*) from job where person_id = %(me)s and state in ('queued', 'running')"
    if (await value(tx, int, many, {"me": by.person_id}) or 0) >= MOST_OPEN_JOBS:
        raise LimitReached("Five of your jobs are not done yet. Wait for one of them.", retry_after_seconds=10)
    sql = """
        insert into job (kind, person_id, selection, details, undoes_id, created_at)
        values (%(kind)s, %(me)s, %(selection)s, %(details)s, %(undoes)s, %(now)s) returning id"""
    params: dict[str, object] = {"kind": kind, "me": by.person_id, "undoes": undoes_id, "now": now}
    params |= {"selection": _json(selection), "details": _json(details)}
    made = await value(tx, int, sql, params) or 0
    if selection.ids is not None:
        await add_items(tx, made, [one for one in selection.ids if one not in set(selection.except_ids)])
        await tx.execute("update job set is_collected = true where id = %(id)s", {"id": made})
    return await find_job(tx, made, by=by)


async def add_items(tx: Transaction, job_id: int, ticket_ids: Sequence[int]) -> None:
    """Note tickets that a job is about; those that are not there are passed over."""
    sql = """
        with chosen as (
            insert into job_item (job_id, ticket_id) select %(id)s, id from ticket where id = any(%(tickets)s::bigint[])
            on conflict do nothing returning 1)
        update job set total = total + (select count(*) from chosen) where id = %(id)s"""
    await tx.execute(sql, {"id": job_id, "tickets": list(ticket_ids)})


def _json(given: Any) -> Jsonb:
    return Jsonb(msgspec.to_builtins(given))
