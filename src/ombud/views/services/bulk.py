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
from ombud.tickets.services.changes import assign_ticket, change_ticket, snooze_ticket
from ombud.views.schemas import Changes
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


async def change_batch(
    tx: Transaction, items: Sequence[Item], changes: Changes, *, is_undo: bool, by: Actor, now: datetime
) -> list[Outcome]:
    """Change some tickets, all under one short lock.

    Where one is refused, the batch is done again ticket by ticket, so that the others are changed all the same.
    """
    before = await _lock(tx, [one.ticket_id for one in items])
    # Per ticket, because what is seen and what is refused differs.
    work = {one.ticket_id: _wanted(one, changes, before.get(one.ticket_id), is_undo=is_undo) for one in items}
    refused: dict[int, OmbudError] = {}
    try:
        async with tx.transaction():
            for one in items:
                await _apply(tx, before.get(one.ticket_id), work[one.ticket_id][0], by=by, now=now)
    except OmbudError:
        refused = await _one_by_one(tx, items, before, work, by=by, now=now)
    after = await _lock(tx, list(before))
    return [_outcome(one.ticket_id, before, after, refused.get(one.ticket_id), work[one.ticket_id][1]) for one in items]


async def _one_by_one(
    tx: Transaction,
    items: Sequence[Item],
    before: Mapping[int, LockedTicket],
    work: Mapping[int, tuple[Changes, list[str]]],
    *,
    by: Actor,
    now: datetime,
) -> dict[int, OmbudError]:
    refused: dict[int, OmbudError] = {}
    for one in items:
        try:
            async with tx.transaction():
                await _apply(tx, before.get(one.ticket_id), work[one.ticket_id][0], by=by, now=now)
        except OmbudError as problem:
            refused[one.ticket_id] = problem
    return refused


async def _lock(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, LockedTicket]:
    # All tickets first and in their order, then people: the lock order everywhere.
    sql = f"select {LOCKED} from ticket where id = any(%(ids)s::bigint[]) order by id for update"
    return {one.id: one for one in await rows(tx, LockedTicket, sql, {"ids": list(ticket_ids)})}


async def _apply(tx: Transaction, ticket: LockedTicket | None, changes: Changes, *, by: Actor, now: datetime) -> None:
    if ticket is None or not by.sees(ticket.team_id, ticket.brand_id):
        raise NotFound
    check_rights(changes, by)
    assignment = await _assignment(tx, ticket, changes)
    if assignment is not None:
        await assign_ticket(tx, ticket.id, assignment, by=by, now=now)
    patch = _patch(ticket, changes)
    if patch != TicketPatch():
        await change_ticket(tx, ticket.id, patch, by=by, now=now)
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
    patch = TicketPatch(status_id=changes.status_id, priority=changes.priority, type_id=changes.type_id)
    gone = {one.lower() for one in changes.remove_tags}
    tags = {one for one in ticket.tags if one.lower() not in gone} | set(changes.add_tags)
    if tags != set(ticket.tags):
        patch.tags = sorted(tags)
    if changes.fields:
        patch.fields = changes.fields
    return patch


def _wanted(item: Item, changes: Changes, ticket: LockedTicket | None, *, is_undo: bool) -> tuple[Changes, list[str]]:
    """What to do to a ticket, and which fields cannot be given back because they were changed since."""
    if not is_undo or ticket is None:
        return changes, []
    then, got = item.before or {}, item.after or {}
    have = _kept(ticket, got)
    lost = sorted(name for name in got if have.get(name) != got[name])
    back = {name: then.get(name) for name in got if name not in lost}
    fields = {name.removeprefix("fields."): back.pop(name) for name in list(back) if name.startswith("fields.")}
    tags = back.pop("tags", None)
    given: dict[str, Any] = {"fields": fields}
    if tags is not None:
        given |= {"add_tags": tags, "remove_tags": [one for one in ticket.tags if one not in tags]}
    if "snoozed_until" in back:
        given["snooze_until"] = back.pop("snoozed_until")
    return msgspec.convert(given | back, Changes), lost


def _kept(ticket: LockedTicket, names: Sequence[str] | Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: getattr(ticket, name) for name in KEPT}
    custom = {name: ticket.fields.get(name.removeprefix("fields.")) for name in names if name.startswith("fields.")}
    found: dict[str, Any] = msgspec.to_builtins(columns | custom)
    return found


def _outcome(
    ticket_id: int,
    before: Mapping[int, LockedTicket],
    after: Mapping[int, LockedTicket],
    refused: OmbudError | None,
    lost: Sequence[str],
) -> Outcome:
    if refused is not None:
        return Outcome(ticket_id, "failed", refused.code, refused.detail)
    old, new = before[ticket_id], after[ticket_id]
    keys = [f"fields.{key}" for key in old.fields.keys() | new.fields.keys()]
    was, became = _kept(old, keys), _kept(new, keys)
    changed = [name for name in became if was[name] != became[name]]
    then, got = {name: was[name] for name in changed}, {name: became[name] for name in changed}
    if lost:
        return Outcome(ticket_id, "failed", "changed_since", f"Changed since: {', '.join(lost)}.", then, got)
    return Outcome(ticket_id, "changed" if changed else "same", before=then, after=got)


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
