"""Verbs that change a ticket's fields, holder, team and sleep, and internal notes; each leaves a timeline entry."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET
from psycopg.types.json import Jsonb

from ombud.fields.queries import list_fields
from ombud.fields.services.values import merged_values
from ombud.intelligence.personal_data.services import holds_mask
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Conflict, Invalid, Unprocessable
from ombud.shared.events import Fact, emit, emit_all
from ombud.shared.lines import one_line
from ombud.tickets.events import NoteAdded, TicketAssigned, TicketChanged, TicketMoved, TicketSolved
from ombud.tickets.queries import tickets as queries
from ombud.tickets.schemas import AssignmentIn, Entry, EntryDetails, LockedTicket, NoteIn, Reason, TicketPatch
from ombud.tickets.schemas.values import DONE_CATEGORIES
from ombud.tickets.services.collisions import refuse_unseen
from ombud.tickets.services.formatting import clean_formatted
from ombud.tickets.services.forms import changed_names, field_steps, refresh_facets
from ombud.tickets.services.references import check_ticket_references, keep_field_files
from ombud.tickets.services.solving import check_change
from ombud.tickets.services.tags import note_tags
from ombud.tickets.services.timeline import (
    add_change,
    add_composed,
    attach_files,
    compose_entry,
    find_made_entry,
    notify,
    reload_entry,
)
from ombud.tickets.services.together.followers import follow_mentioned

# What a patch says beside what changes.
NO_COLUMNS = frozenset({"seen", "force_children", "solve_children"})


class AgentFull(Conflict):
    """The agent already carries as much work as their capacity allows. Choose another agent, or assign on purpose."""

    code = "agent_full"


class NotInTeam(Unprocessable):
    """That person does not belong to the ticket's team. Choose a member, or move the ticket."""

    code = "not_in_team"


async def change_ticket(tx: Transaction, ticket_id: int, patch: TicketPatch, *, by: Actor, now: datetime) -> None:
    """Change subject, priority, status, tags, type or custom fields; what is the same already changes nothing.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        Unprocessable: no such status or type.
        Invalid: a subject of blanks only, or values that custom fields do not take.
        FieldsMissing: the form asks for fields that have no value.
        ChildrenOpen: it would be done, and tickets below it are open.
        ItemsOpen: the checklist holds the ticket open.
        FieldChanged: a field is not what the actor saw any more.

    Emits: TicketChanged, TicketSolved
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    changes = await wanted_changes(tx, ticket, patch, by=by)
    if not changes:
        return
    await refuse_unseen(tx, ticket, patch.seen, changes, by=by)
    category = await _category_after(tx, ticket, changes)
    await check_change(tx, ticket, changes, category, force_children=patch.force_children, by=by, now=now)
    steps = field_steps(ticket, changes)
    entry_ids = [await add_change(tx, ticket, name, old, new, by=by, now=now) for name, old, new in steps]
    await keep_field_files(tx, ticket, steps, entry_ids, by=by)
    await write_changes(tx, ticket, changes, category, now=now)
    facts: list[Fact] = [
        TicketChanged(
            ticket_id=ticket.id,
            team_id=ticket.team_id,
            entry_ids=entry_ids,
            fields=changed_names(steps, changes),
            status_id=changes.get("status_id", ticket.status_id),
            category=category,
        )
    ]
    if category in DONE_CATEGORIES and ticket.category not in DONE_CATEGORIES:
        status_id = changes["status_id"]
        facts.append(TicketSolved(ticket_id=ticket.id, team_id=ticket.team_id, status_id=status_id, category=category))
    await emit_all(tx, facts, by=by, at=now)


async def wanted_changes(tx: Transaction, ticket: LockedTicket, patch: TicketPatch, *, by: Actor) -> dict[str, Any]:
    """What a patch would really change, by column, in the form in which it is kept.

    Raises:
        Invalid: a subject of blanks only, or values that custom fields do not take; a customer or a file must be
            one that ``by`` may name.
    """
    given = msgspec.structs.asdict(patch)
    wanted = {name: new for name, new in given.items() if new is not UNSET and name not in NO_COLUMNS}
    if "tags" in wanted:
        wanted["tags"] = sorted({tag.strip() for tag in wanted["tags"] if tag.strip()})
    if "subject" in wanted:
        wanted["subject"] = checked_subject(wanted["subject"])
        if holds_mask(wanted["subject"], ticket.subject, by.hidden_kinds):
            raise Invalid("Part of the subject is hidden from you. Write it anew.", fields={"subject": "masked"})
    if "fields" in wanted:
        fields = await list_fields(tx, "ticket")
        wanted["fields"], changed = merged_values(fields, ticket.fields, wanted["fields"])
        await check_ticket_references(tx, ticket, fields, {key: wanted["fields"].get(key) for key in changed}, by=by)
    return {name: new for name, new in wanted.items() if getattr(ticket, name) != new}


def checked_subject(text: str) -> str:
    """A subject on one line.

    Raises:
        Invalid: nothing is left of it.
    """
    subject = one_line(text)
    if not subject:
        raise Invalid("Give the ticket a subject.", fields={"subject": "required"})
    return subject


async def _category_after(tx: Transaction, ticket: LockedTicket, changes: dict[str, Any]) -> str:
    if "status_id" not in changes:
        return ticket.category
    category = await queries.status_category(tx, changes["status_id"])
    if category is None:
        raise Unprocessable("There is no such status, or it is archived.", fields={"status_id": "unknown"})
    return category


async def write_changes(
    tx: Transaction, ticket: LockedTicket, changes: dict[str, Any], category: str, *, now: datetime
) -> None:
    """Write checked changes to the ticket's row, its words and its facets."""
    # Column names come from the struct TicketPatch, never from input.
    sets = "".join(f"{name} = %({name})s, " for name in changes)
    sql = f"""
        update ticket set {sets} category = %(category)s, version = version + 1, activity_at = %(now)s,
            solved_at = case when %(done)s then coalesce(solved_at, %(now)s) end,
            closed_at = case when %(category)s = 'closed' then coalesce(closed_at, %(now)s) end,
            waiting_since = case when %(done)s then null else waiting_since end,
            snoozed_until = case when %(done)s then null else snoozed_until end
        where id = %(id)s"""
    row_values = {name: Jsonb(new) if name == "fields" else new for name, new in changes.items()}
    params = {**row_values, "category": category, "done": category in DONE_CATEGORIES, "now": now, "id": ticket.id}
    await tx.execute(sql, params)
    if "tags" in changes:
        await note_tags(tx, changes["tags"], ticket.team_id, ticket.brand_id, now=now)
    if changes.keys() & {"tags", "type_id", "fields"}:
        await refresh_facets(tx, ticket, changes)


async def assign_ticket(tx: Transaction, ticket_id: int, data: AssignmentIn, *, by: Actor, now: datetime) -> None:
    """Give an open ticket to one agent, or to nobody, and if asked to another team first.

    Load is counted in points: 2 for a chat, 1 for a mail. Assigning to the present holder changes nothing and
    emits nothing, so that an automation rule cannot wake itself.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NotInTeam: the person is no member of the team.
        AgentFull: the agent would pass their capacity, and ``force`` is not set.
        FieldChanged: holder or team are not what the actor saw any more.

    Emits: TicketMoved, TicketAssigned
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    wanted = {"assignee_id": data.assignee_id, "team_id": ticket.team_id if data.team_id is None else data.team_id}
    changes = {name: new for name, new in wanted.items() if getattr(ticket, name) != new}
    await refuse_unseen(tx, ticket, data.seen, changes, by=by)
    if data.team_id is not None and data.team_id != ticket.team_id:
        await _move(tx, ticket, data.team_id, by=by, now=now)
    if data.assignee_id == ticket.assignee_id:
        return
    if data.assignee_id is not None:
        await _check_room(tx, ticket, data.assignee_id, force=data.force)
    await give(tx, ticket, data.assignee_id, reason=Reason("by_hand"), by=by, now=now)


async def _move(tx: Transaction, ticket: LockedTicket, team_id: int, *, by: Actor, now: datetime) -> None:
    before = ticket.team_id
    entry_id = await add_change(tx, ticket, "team", before, team_id, by=by, now=now)
    # A foreign key refuses a team that does not exist; the holder stays only if they belong to the new team.
    sql = "select exists (select from team where id = %(team)s and archived_at is null)"
    found = await (await tx.execute(sql, {"team": team_id})).fetchone()
    if not found or not found[0]:
        raise Invalid("There is no such team.", fields={"team_id": "unknown"})
    ticket.team_id = team_id
    await note_tags(tx, ticket.tags, team_id, ticket.brand_id, now=now)
    sql = "update ticket set team_id = %(team)s, activity_at = %(now)s, version = version + 1 where id = %(id)s"
    await tx.execute(sql, {"team": team_id, "now": now, "id": ticket.id})
    fact = TicketMoved(ticket_id=ticket.id, team_id=team_id, entry_id=entry_id, from_team_id=before)
    await emit(tx, fact, by=by, at=now)
    if ticket.assignee_id is not None:
        holder = await queries.lock_holder(tx, ticket.assignee_id, team_id, ticket.brand_id)
        if holder is None or not holder.is_member:
            await give(tx, ticket, None, reason=Reason("moved_to_team"), by=by, now=now)


async def _check_room(tx: Transaction, ticket: LockedTicket, person_id: int, *, force: bool) -> None:
    holder = await queries.lock_holder(tx, person_id, ticket.team_id, ticket.brand_id)
    if holder is None or not holder.is_member:
        raise NotInTeam
    if not force and holder.load_points + ticket.load_points > holder.capacity_points:
        raise AgentFull(f"{holder.name} already carries {holder.load_points} of {holder.capacity_points} points.")


async def give(
    tx: Transaction,
    ticket: LockedTicket,
    person_id: int | None,
    *,
    reason: Reason,
    by: Actor,
    now: datetime,
) -> None:
    """Set the holder of a locked ticket, with the reason on its timeline.

    Emits: TicketAssigned
    """
    before, ticket.assignee_id = ticket.assignee_id, person_id
    entry_id = await add_change(tx, ticket, "assignee", before, person_id, by=by, now=now, reason=reason)
    sql = """
        update ticket set assignee_id = %(person)s, version = version + 1, activity_at = %(now)s where id = %(id)s"""
    await tx.execute(sql, {"person": person_id, "now": now, "id": ticket.id})
    fact = TicketAssigned(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        entry_id=entry_id,
        from_id=before,
        to_id=person_id,
        reason=reason.code,
    )
    await emit(tx, fact, by=by, at=now)
    if person_id is not None:
        await notify(tx, [person_id], "assigned", ticket, entry_id=entry_id, by=by, now=now)


async def snooze_ticket(tx: Transaction, ticket_id: int, until: datetime | None, *, by: Actor, now: datetime) -> None:
    """Let a ticket sleep until a moment, or wake it; a customer's message wakes it, too.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        Invalid: the moment is past, or the ticket is solved.

    Emits: TicketChanged
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    if until is not None and until <= now:
        raise Invalid("Choose a moment in the future.", fields={"until": "past"})
    if until is not None and ticket.category in DONE_CATEGORIES:
        raise Invalid("A solved ticket cannot sleep.", fields={"until": "solved"})
    if until == ticket.snoozed_until:
        return
    entry_id = await add_change(tx, ticket, "snooze", ticket.snoozed_until, until, by=by, now=now)
    sql = "update ticket set snoozed_until = %(until)s, version = version + 1 where id = %(id)s"
    await tx.execute(sql, {"until": until, "id": ticket.id})
    fact = TicketChanged(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        entry_ids=[entry_id],
        fields=["snoozed_until"],
        status_id=ticket.status_id,
        category=ticket.category,
    )
    await emit(tx, fact, by=by, at=now)


async def add_note(tx: Transaction, ticket_id: int, data: NoteIn, *, by: Actor, now: datetime) -> Entry:
    """Write an internal note and tell those it mentions, if they may see the ticket.

    Sending the same ``client_key`` twice gives the same entry. A note can never be queued for the outside.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        Invalid: there is nothing to say, and no file.

    Emits: NoteAdded, FollowersChanged
    """
    ticket = await queries.lock_visible_ticket(tx, ticket_id, by=by)
    written = await clean_formatted(tx, data.text, data.html, data.attachment_ids, ticket_id=ticket_id, by=by)
    mentioned = await queries.visible_mentions(tx, data.mentions, ticket) if data.mentions else []
    details = EntryDetails(mentions=mentioned)
    note = compose_entry(
        ticket_id,
        "note",
        by=by,
        now=now,
        text=written.text,
        client_key=data.client_key,
        details=details,
        html=written.html,
    )
    if not await add_composed(tx, note):
        made = await find_made_entry(tx, ticket_id, data.client_key, kind="note", by=by)
        return await reload_entry(tx, made or 0, now=now)
    await attach_files(tx, note.id, ticket, data.attachment_ids, by=by, picture_ids=written.picture_ids)
    if mentioned:
        sql = """
            insert into mention (entry_id, person_id, ticket_id, at)
            select %(entry)s, p, %(ticket)s, %(now)s from unnest(%(people)s::bigint[]) as p"""
        await tx.execute(sql, {"entry": note.id, "ticket": ticket_id, "now": now, "people": mentioned})
    await follow_mentioned(tx, ticket, mentioned, by=by, now=now)
    fact = NoteAdded(ticket_id=ticket_id, team_id=ticket.team_id, entry_id=note.id, mentions=tuple(mentioned))
    await emit(tx, fact, by=by, at=now)
    await notify(tx, mentioned, "mentioned", ticket, entry_id=note.id, by=by, now=now)
    return await reload_entry(tx, note.id, now=now) if data.attachment_ids else note
