"""The work of a bulk change: tickets in small batches, each by the verbs that a hand would use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct
from psycopg.types.json import Jsonb

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, value
from ombud.shared.errors import NotFound, OmbudError
from ombud.tickets.queries.tickets import LOCKED
from ombud.tickets.schemas import AssignmentIn, LockedTicket, TicketPatch
from ombud.tickets.services.changes import assign_ticket, snooze_ticket
from ombud.tickets.services.families import change_with_children
from ombud.views.schemas import Changes, MacroUse
from ombud.views.services.bulk_macros import Run, take_back, use_macro
from ombud.views.services.jobs import check_rights

# What a change can change of a ticket, and undoing gives back; custom fields go one by one.
KEPT = ("status_id", "priority", "team_id", "assignee_id", "tags", "type_id", "snoozed_until")


class Item(Struct):
    """A ticket of a job that waits for its turn."""

    ticket_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Outcome(Struct):
    """What became of one ticket."""

    ticket_id: int
    state: str
    problem: str | None = None
    detail: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class ChangedSince(OmbudError):
    """Somebody has changed it since."""

    code = "changed_since"


class Task(Struct):
    """What is to be done to one ticket of a batch, and what became of it."""

    item: Item
    before: LockedTicket | None
    changes: Changes
    # what cannot be given back: it was changed since, or has left
    lost: list[str] = []
    # what became of a macro's text
    kept: dict[str, Any] = {}
    refused: OmbudError | None = None


async def change_batch(
    tx: Transaction, items: Sequence[Item], changes: Changes, run: Run, *, by: Actor, now: datetime
) -> list[Outcome]:
    """Change some tickets, all under one short lock.

    Where one is refused, the batch is done again ticket by ticket, so that the others are changed all the same.
    """
    tasks = await _tasks(tx, items, changes, run, by=by, now=now)
    try:
        async with tx.transaction():
            for one in tasks:
                await _apply(tx, one, run, by=by, now=now)
    except OmbudError:
        await _one_by_one(tx, tasks, run, by=by, now=now)
    after = await _lock(tx, [one.before.id for one in tasks if one.before])
    return [_outcome(one, after.get(one.item.ticket_id)) for one in tasks]


async def _tasks(
    tx: Transaction, items: Sequence[Item], changes: Changes, run: Run, *, by: Actor, now: datetime
) -> list[Task]:
    ids = [one.ticket_id for one in items]
    before = await _lock(tx, ids)
    if not run.is_undo:
        return [Task(one, before.get(one.ticket_id), changes) for one in items]
    lost = {one.ticket_id: await take_back(tx, one.ticket_id, one.after or {}, by=by, now=now) for one in items}
    if any(name.startswith("macro.") for one in items for name in one.after or {}):
        # An answer that was taken back has given the ticket its status and holder back, too.
        before = await _lock(tx, ids)
    # Per ticket, because what is given back and what was changed since differs.
    return [_undoing(one, before.get(one.ticket_id), lost[one.ticket_id]) for one in items]


async def _one_by_one(tx: Transaction, tasks: Sequence[Task], run: Run, *, by: Actor, now: datetime) -> None:
    for one in tasks:
        try:
            async with tx.transaction():
                await _apply(tx, one, run, by=by, now=now)
        except OmbudError as problem:
            one.refused = problem


async def _lock(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, LockedTicket]:
    # All tickets first and in their order, then people: the lock order everywhere.
    sql = f"select {LOCKED} from ticket where id = any(%(ids)s::bigint[]) order by id for update"
    return {one.id: one for one in await rows(tx, LockedTicket, sql, {"ids": list(ticket_ids)})}


async def _apply(tx: Transaction, task: Task, run: Run, *, by: Actor, now: datetime) -> None:
    ticket, changes = task.before, task.changes
    if ticket is None or not by.sees(ticket.team_id, ticket.brand_id):
        raise NotFound
    check_rights(changes, by)
    if isinstance(changes.macro, MacroUse):
        task.kept = await use_macro(tx, ticket.id, changes.macro, run, by=by, now=now)
    assignment = await _assignment(tx, ticket, changes)
    if assignment is not None:
        await assign_ticket(tx, ticket.id, assignment, by=by, now=now)
    patch = _patch(ticket, changes)
    if patch != TicketPatch(solve_children=changes.solve_children):
        await change_with_children(tx, ticket.id, patch, by=by, now=now)
    if changes.snooze_until is not UNSET:
        await snooze_ticket(tx, ticket.id, changes.snooze_until, by=by, now=now)


async def _assignment(tx: Transaction, ticket: LockedTicket, changes: Changes) -> AssignmentIn | None:
    team_id = ticket.team_id if changes.team_id is UNSET else changes.team_id
    holder = ticket.assignee_id if changes.assignee_id is UNSET else changes.assignee_id
    if (team_id, holder) == (ticket.team_id, ticket.assignee_id):
        return None
    if changes.assignee_id is UNSET and holder is not None:
        # Who holds it keeps it in the new team only as its member.
        sql = "select person_id from membership where team_id = %(team)s and person_id = %(holder)s"
        holder = await value(tx, int, sql, {"team": team_id, "holder": holder})
    return AssignmentIn(holder, team_id)


def _patch(ticket: LockedTicket, changes: Changes) -> TicketPatch:
    patch = TicketPatch(
        status_id=changes.status_id,
        priority=changes.priority,
        type_id=changes.type_id,
        solve_children=changes.solve_children,
    )
    gone = {one.lower() for one in changes.remove_tags}
    tags = {one for one in ticket.tags if one.lower() not in gone} | set(changes.add_tags)
    if tags != set(ticket.tags):
        patch.tags = sorted(tags)
    if changes.fields:
        patch.fields = changes.fields
    return patch


def _undoing(item: Item, ticket: LockedTicket | None, lost: list[str]) -> Task:
    """What gives a ticket back what it had, and which fields cannot be because they were changed since."""
    if ticket is None:
        return Task(item, None, Changes())
    then = item.before or {}
    got = {name: one for name, one in (item.after or {}).items() if not name.startswith("macro.")}
    have = _kept(ticket, got)
    gone = sorted(name for name in got if have.get(name) not in (got[name], then.get(name)))
    back = {name: then.get(name) for name in got if name not in gone and have.get(name) != then.get(name)}
    fields = {name.removeprefix("fields."): back.pop(name) for name in list(back) if name.startswith("fields.")}
    tags = back.pop("tags", None)
    given: dict[str, Any] = {"fields": fields}
    if tags is not None:
        given |= {"add_tags": tags, "remove_tags": [one for one in ticket.tags if one not in tags]}
    if "snoozed_until" in back:
        given["snooze_until"] = back.pop("snoozed_until")
    return Task(item, ticket, msgspec.convert(given | back, Changes), lost=[*gone, *lost])


def _kept(ticket: LockedTicket, names: Sequence[str] | Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: getattr(ticket, name) for name in KEPT}
    custom = {name: ticket.fields.get(name.removeprefix("fields.")) for name in names if name.startswith("fields.")}
    found: dict[str, Any] = msgspec.to_builtins(columns | custom)
    return found


def _outcome(task: Task, new: LockedTicket | None) -> Outcome:
    ticket_id, old = task.item.ticket_id, task.before
    if task.refused is not None or old is None or new is None:
        refused = task.refused or NotFound()
        return Outcome(ticket_id, "failed", refused.code, refused.detail)
    keys = [f"fields.{key}" for key in old.fields.keys() | new.fields.keys()]
    was, became = _kept(old, keys), _kept(new, keys)
    changed = [name for name in became if was[name] != became[name]]
    then, got = {name: was[name] for name in changed}, {name: became[name] for name in changed} | task.kept
    if task.lost:
        return Outcome(ticket_id, "failed", "changed_since", f"Changed since: {', '.join(task.lost)}.", then, got)
    return Outcome(ticket_id, "changed" if got else "same", before=then, after=got)


async def write_outcomes(tx: Transaction, job_id: int, outcomes: Sequence[Outcome]) -> None:
    """Note what became of a batch, and count it."""
    sql = """
        update job_item i set state = o.state, problem = o.problem, detail = o.detail,
            before = o.before, after = o.after
        from jsonb_to_recordset(%(outcomes)s) as o (
            ticket_id bigint, state text, problem text, detail text, before jsonb, after jsonb)
        where i.job_id = %(id)s and i.ticket_id = o.ticket_id"""
    await tx.execute(sql, {"id": job_id, "outcomes": Jsonb(msgspec.to_builtins(outcomes))})
    failed = sum(one.state == "failed" for one in outcomes)
    sql = "update job set state = 'running', done = done + %(done)s, failed = failed + %(failed)s where id = %(id)s"
    await tx.execute(sql, {"id": job_id, "done": len(outcomes), "failed": failed})
