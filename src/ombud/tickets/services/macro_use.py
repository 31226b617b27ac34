"""Using a macro on a ticket: said before, done at once by the verbs that agents use one by one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from msgspec import UNSET

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Unprocessable
from ombud.tickets.queries import tickets as queries
from ombud.tickets.schemas import (
    AssignmentIn,
    LockedTicket,
    Macro,
    MacroActions,
    MacroApplied,
    MacroChange,
    MacroPreview,
    NoteIn,
    TicketPatch,
)
from ombud.tickets.services.changes import add_note, assign_ticket, change_ticket, snooze_ticket, wanted_changes
from ombud.tickets.services.macros import get_macro
from ombud.tickets.services.placeholders import check_filled, fill, ticket_values


class NobodyToAssign(Unprocessable):
    """Only a person can give tickets to themselves."""

    code = "people_only"


async def preview_macro(tx: Transaction, macro_id: int, ticket_id: int, *, by: Actor, now: datetime) -> MacroPreview:
    """What a macro would change on a ticket, and its texts with their placeholders filled. Changes nothing.

    Raises:
        NotFound: no such macro, or the ticket may not be seen.
        Invalid: it gives a field a value that the field does not take.
    """
    macro = await get_macro(tx, macro_id, by=by)
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    return await _preview(tx, macro, ticket, by=by, now=now)


async def apply_macro(tx: Transaction, macro_id: int, ticket_id: int, *, by: Actor, now: datetime) -> MacroApplied:
    """Do all that a macro says on a ticket, or nothing of it; its text is not sent but given back for the composer.

    The same verbs work that agents call one by one, so that rights, forms and capacity hold as always.

    Raises:
        NotFound: no such macro, or the ticket may not be seen.
        NotAllowed: the actor may not do one of its actions.
        Unfilled: its note has a placeholder without a value.
        OmbudError: whatever one of the verbs refuses.

    Emits: TicketChanged, TicketSolved, TicketMoved, TicketAssigned, NoteAdded
    """
    macro = await get_macro(tx, macro_id, by=by)
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    _require_rights(macro, by)
    shown = await _preview(tx, macro, ticket, by=by, now=now)
    note_id = await _write_note(tx, ticket_id, shown.note, by=by, now=now)
    await change_ticket(tx, ticket_id, _patch(ticket, macro.actions), by=by, now=now)
    if macro.actions.snooze_minutes:
        until = now + timedelta(minutes=macro.actions.snooze_minutes)
        await snooze_ticket(tx, ticket_id, until, by=by, now=now)
    # Last, because the ticket may leave the actor's sight with it.
    assignment = await _assignment(tx, ticket, macro.actions, by=by)
    if assignment is not None:
        await assign_ticket(tx, ticket_id, assignment, by=by, now=now)
    await tx.execute("update macro set uses = uses + 1 where id = %(id)s", {"id": macro_id})
    return MacroApplied(shown.changes, shown.text, shown.note, shown.missing, note_id)


async def fill_macro(tx: Transaction, macro_id: int, ticket_id: int, *, by: Actor) -> str:
    """A macro's text with a ticket's own words; placeholders without a value stay as they are.

    Raises:
        NotFound: no such macro, or the ticket may not be seen.
    """
    macro = await get_macro(tx, macro_id, by=by)
    return fill(macro.text, await ticket_values(tx, ticket_id, by=by)).text if macro.text.strip() else ""


def _require_rights(macro: Macro, by: Actor) -> None:
    actions = macro.actions
    if actions.assignee is not None or actions.team_id is not None:
        by.require("tickets.assign")
    if MacroActions(assignee=actions.assignee, team_id=actions.team_id) != actions:
        by.require("tickets.write")
    if macro.note.strip():
        by.require("tickets.note")


async def _write_note(tx: Transaction, ticket_id: int, text: str, *, by: Actor, now: datetime) -> int | None:
    if not text.strip():
        return None
    check_filled(text)
    note = await add_note(tx, ticket_id, NoteIn(text, f"macro-{uuid4()}"), by=by, now=now)
    return note.id


def _patch(ticket: LockedTicket, actions: MacroActions) -> TicketPatch:
    removed = {tag.strip().lower() for tag in actions.remove_tags}
    kept = [tag for tag in ticket.tags if tag.lower() not in removed]
    has_tags = bool(actions.add_tags or actions.remove_tags)
    return TicketPatch(
        priority=UNSET if actions.priority is None else actions.priority,
        status_id=UNSET if actions.status_id is None else actions.status_id,
        tags=[*kept, *actions.add_tags] if has_tags else UNSET,
        type_id=UNSET if actions.type_id is None else actions.type_id,
        fields=actions.fields or UNSET,
    )


async def _assignment(
    tx: Transaction, ticket: LockedTicket, actions: MacroActions, *, by: Actor
) -> AssignmentIn | None:
    if actions.assignee is None and actions.team_id is None:
        return None
    if actions.assignee == "nobody":
        return AssignmentIn(None, actions.team_id)
    if actions.assignee == "me":
        if not by.person_id:
            raise NobodyToAssign
        return AssignmentIn(by.person_id, actions.team_id)
    if isinstance(actions.assignee, int):
        return AssignmentIn(actions.assignee, actions.team_id)
    return AssignmentIn(await _holder_in(tx, ticket, actions.team_id or 0), actions.team_id)


async def _holder_in(tx: Transaction, ticket: LockedTicket, team_id: int) -> int | None:
    """The holder, if they belong to the team that the ticket moves to."""
    if ticket.assignee_id is None or team_id == ticket.team_id:
        return ticket.assignee_id
    holder = await queries.lock_holder(tx, ticket.assignee_id, team_id, ticket.brand_id)
    return ticket.assignee_id if holder and holder.is_member else None


async def _preview(tx: Transaction, macro: Macro, ticket: LockedTicket, *, by: Actor, now: datetime) -> MacroPreview:
    known = await ticket_values(tx, ticket.id, by=by)
    text, note = fill(macro.text, known), fill(macro.note, known)
    missing = sorted({*text.missing, *note.missing})
    return MacroPreview(await _changes(tx, ticket, macro.actions, by=by, now=now), text.text, note.text, missing)


async def _changes(
    tx: Transaction, ticket: LockedTicket, actions: MacroActions, *, by: Actor, now: datetime
) -> list[MacroChange]:
    wanted = await wanted_changes(tx, ticket, _patch(ticket, actions), by=by)
    found = [_change(ticket, name, new) for name, new in wanted.items()]
    assignment = await _assignment(tx, ticket, actions, by=by)
    if assignment is not None and assignment.team_id not in {None, ticket.team_id}:
        found.append(MacroChange("team", ticket.team_id, assignment.team_id))
    if assignment is not None and assignment.assignee_id != ticket.assignee_id:
        found.append(MacroChange("assignee", ticket.assignee_id, assignment.assignee_id))
    if actions.snooze_minutes:
        until = now + timedelta(minutes=actions.snooze_minutes)
        found.append(MacroChange("snooze", ticket.snoozed_until, until))
    return found


def _change(ticket: LockedTicket, name: str, new: Any) -> MacroChange:
    old = getattr(ticket, name)
    if name == "fields":
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return MacroChange("fields", {key: old.get(key) for key in keys}, {key: new.get(key) for key in keys})
    return MacroChange(name.removesuffix("_id"), old, new)
