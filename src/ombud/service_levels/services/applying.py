"""Applying the present policies and calendars to tickets that are open: looked at first, then done part by part."""

from datetime import datetime

from ombud.service_levels import queries
from ombud.service_levels.events import ServicePoliciesApplied
from ombud.service_levels.schemas import ApplicationPreview, ClockJob, Moved
from ombud.service_levels.services.keeping import compute, refresh_clocks
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Database, Transaction, row, value
from ombud.shared.errors import Conflict
from ombud.shared.events import emit
from ombud.tickets.queries.lists import visible_team_ids

PART = 500
LOOKED_AT, SHOWN = 1_000, 50


class AlreadyApplying(Conflict):
    """The policies are being applied to open tickets already. Wait until that is done."""

    code = "already_applying"


async def preview_application(tx: Transaction, *, by: Actor, now: datetime) -> ApplicationPreview:
    """How the next deadlines of the newest open tickets that the actor sees would move."""
    ids = await queries.newest_open_tickets(tx, await visible_team_ids(tx, by), limit=LOOKED_AT)
    tickets = await queries.load_tickets(tx, ids)
    changes = await compute(tx, tickets, await queries.policies_in_force(tx), now=now, anew=True)
    moved = [
        Moved(one.ticket.id, one.ticket.subject, one.ticket.due_at, after)
        for one in changes
        for after, _ in [one.next_deadline]
        if after != one.ticket.due_at
    ]
    overdue = [one for one in moved if one.after is not None and one.after <= now and not _was_late(one.before, now)]
    return ApplicationPreview(
        open_tickets=await queries.count_open_tickets(tx),
        looked_at=len(changes),
        changed=len(moved),
        newly_overdue=len(overdue),
        items=moved[::-1][:SHOWN],
    )


def _was_late(before: datetime | None, now: datetime) -> bool:
    return before is not None and before <= now


async def begin_application(tx: Transaction, *, by: Actor, now: datetime) -> ClockJob:
    """Have the worker apply policies and calendars as they are now to all open tickets.

    Raises:
        AlreadyApplying: that goes on already.

    Emits: ServicePoliciesApplied
    """
    sql = f"""
        insert into clock_job (person_id, total, created_at) values (%(person)s, %(total)s, %(now)s)
        on conflict (state) where state = 'running' do nothing returning {queries.JOB}"""
    params = {"person": by.person_id, "total": await queries.count_open_tickets(tx), "now": now}
    made = await row(tx, ClockJob, sql, params)
    if made is None:
        raise AlreadyApplying
    await emit(tx, ServicePoliciesApplied(job_id=made.id, change="begun"), by=by, at=now)
    return made


async def apply_part(database: Database, *, now: datetime) -> int:
    """Apply to the next 500 open tickets, if anybody asked for it; how many.

    Emits: what refreshing clocks emits, ServicePoliciesApplied
    """
    async with database.transaction() as tx:
        sql = "select ticket_id from clock_job where state = 'running' for update skip locked"
        after = await value(tx, int, sql)
        if after is None:
            return 0
        ids = await queries.open_tickets_after(tx, after, limit=PART)
        changed = await refresh_clocks(tx, ids, now=now, anew=True) if ids else 0
        sql = """
            update clock_job set done = done + %(done)s, changed = changed + %(changed)s, total = greatest(total,
                done + %(done)s), ticket_id = %(last)s, state = case when %(is_over)s then 'done' else state end,
                ended_at = case when %(is_over)s then %(now)s::timestamptz end
            where state = 'running' returning id"""
        is_over = len(ids) < PART
        params = {"done": len(ids), "changed": changed, "last": ids[-1] if ids else after, "is_over": is_over}
        job_id = await value(tx, int, sql, params | {"now": now}) or 0
        if is_over:
            await emit(tx, ServicePoliciesApplied(job_id=job_id, change="done"), by=SYSTEM, at=now)
    return len(ids)
