"""Endpoints of one ticket: its page, its timeline, and the verbs of agents."""

from typing import Any

from litestar import Request, delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from ombud.fields.schemas import FieldFileList
from ombud.shared.bus import Bus
from ombud.shared.database import Transaction
from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.tickets.queries import history, timeline
from ombud.tickets.queries import tickets as queries
from ombud.tickets.schemas import (
    AssignmentIn,
    Entry,
    FieldHistory,
    NoteIn,
    ReplyIn,
    SnoozeIn,
    Ticket,
    TicketIn,
    TicketPatch,
    Timeline,
    Undone,
)
from ombud.tickets.services import changes, families, opening, replies


async def page_of(tx: Transaction, ticket_id: int, actor: By) -> Ticket:
    """A ticket with all that its page shows beside the timeline."""
    ticket = await queries.get_ticket(tx, ticket_id, by=actor)
    route = await queries.reply_channel(tx, ticket.id, ticket.channel_id, ticket.brand_id)
    ticket.reply_by = route.kind if route else "none"
    if route is not None and route.kind == "email":
        ticket.mail = await replies.recipients(tx, ticket.id, ticket.customer.id)
    return ticket


@post("/tickets", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_ticket(tx: Tx, actor: By, now: Now, state: State, data: JSONBody[TicketIn]) -> Ticket:
    """Open a ticket for a customer; the text is a note, or the first message to them."""
    ticket_id = await opening.open_ticket(tx, data, by=actor, now=now, undo_seconds=state.settings.undo_seconds)
    return await page_of(tx, ticket_id, actor)


@get("/tickets/{ticket_id:int}", guards=[may("tickets.read")])
async def get_ticket(reading: Reading, actor: By, ticket_id: FromPath[int]) -> Ticket:
    """A ticket with all that its page shows beside the timeline."""
    return await page_of(reading, ticket_id, actor)


@get("/tickets/{ticket_id:int}/timeline", guards=[may("tickets.read")])
async def get_timeline(
    reading: Reading,
    actor: By,
    now: Now,
    ticket_id: FromPath[int],
    before: FromQuery[int | None] = None,
    after: FromQuery[int | None] = None,
    limit: FromQuery[int] = 50,
) -> Timeline:
    """A stretch of the timeline: the newest entries, those before one, or those after one. Oldest first."""
    ticket_id = await queries.require_visible(reading, ticket_id, by=actor)
    return await timeline.load_timeline(reading, ticket_id, now=now, before=before, after=after, limit=limit)


@get("/tickets/{ticket_id:int}/history", guards=[may("tickets.read")])
async def get_history(
    reading: Reading,
    actor: By,
    ticket_id: FromPath[int],
    field: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> FieldHistory:
    """Changes of one field (``priority``, ``type``, ``fields.<key>``) or of all, newest first: who, when, from, to."""
    await queries.require_visible(reading, ticket_id, by=actor)
    return await history.load_history(reading, ticket_id, field=field, cursor=cursor, limit=limit)


@get("/tickets/{ticket_id:int}/field-files", guards=[may("tickets.read")])
async def get_field_files(reading: Reading, actor: By, ticket_id: FromPath[int]) -> FieldFileList:
    """Files that stand in the ticket's fields, now or before, by the id that the field holds."""
    await queries.require_visible(reading, ticket_id, by=actor)
    return await history.list_field_files(reading, ticket_id)


@post("/tickets/{ticket_id:int}/replies", guards=[may("tickets.reply")], status_code=HTTP_201_CREATED)
async def post_reply(
    tx: Tx, actor: By, now: Now, state: State, ticket_id: FromPath[int], data: JSONBody[ReplyIn]
) -> Entry:
    """Answer the customer. 409 ``stale_reply`` carries the messages that the writer had not seen."""
    return await replies.reply(tx, ticket_id, data, by=actor, now=now, undo_seconds=state.settings.undo_seconds)


@delete("/tickets/{ticket_id:int}/replies/{entry_id:int}", guards=[may("tickets.reply")], status_code=HTTP_200_OK)
async def delete_reply(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], entry_id: FromPath[int]) -> Undone:
    """Take back a mail that still waits. 409 ``already_sent`` when it has left."""
    return await replies.undo_reply(tx, ticket_id, entry_id, by=actor, now=now)


@post(
    "/tickets/{ticket_id:int}/replies/{entry_id:int}/retry",
    guards=[may("tickets.reply")],
    status_code=HTTP_200_OK,
)
async def post_retry(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], entry_id: FromPath[int]) -> Entry:
    """Send a failed or unconfirmed message again, on purpose."""
    return await replies.retry_reply(tx, ticket_id, entry_id, by=actor, now=now)


@post("/tickets/{ticket_id:int}/notes", guards=[may("tickets.note")], status_code=HTTP_201_CREATED)
async def post_note(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[NoteIn]) -> Entry:
    """Write an internal note. It can never reach the customer."""
    return await changes.add_note(tx, ticket_id, data, by=actor, now=now)


@patch("/tickets/{ticket_id:int}", guards=[may("tickets.write")])
async def patch_ticket(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[TicketPatch]) -> Ticket:
    """Change subject, priority, status, tags, type or custom fields; null takes a field's value away."""
    solved = await families.change_with_children(tx, ticket_id, data, by=actor, now=now)
    ticket = await page_of(tx, ticket_id, actor)
    ticket.solved_along = solved
    return ticket


@put("/tickets/{ticket_id:int}/assignment", guards=[may("tickets.assign")])
async def put_assignment(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[AssignmentIn]
) -> Ticket | None:
    """Assign the ticket; repeating the call is harmless. 409 ``agent_full`` unless ``force`` is set."""
    await changes.assign_ticket(tx, ticket_id, data, by=actor, now=now)
    is_mine = data.team_id is None or actor.sees_team(data.team_id)
    # Moved out of the actor's sight: there is nothing left to show.
    return await page_of(tx, ticket_id, actor) if is_mine else None


@put("/tickets/{ticket_id:int}/snooze", guards=[may("tickets.write")])
async def put_snooze(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[SnoozeIn]) -> Ticket:
    """Let the ticket sleep until a moment, or wake it with null."""
    await changes.snooze_ticket(tx, ticket_id, data.until, by=actor, now=now)
    return await page_of(tx, ticket_id, actor)


@post("/tickets/{ticket_id:int}/typing", guards=[may("tickets.reply")], status_code=HTTP_204_NO_CONTENT)
async def post_typing(tx: Tx, actor: By, request: Request[Any, Any, Any], ticket_id: FromPath[int]) -> None:
    """Tell the customer and colleagues that the actor is typing; forgotten after some seconds."""
    ticket = await queries.get_ticket(tx, ticket_id, by=actor)
    bus: Bus = request.app.state.bus
    payload: dict[str, object] = {"ticket_id": ticket_id, "team_id": ticket.team_id, "brand_id": ticket.brand_id}
    payload |= {"by": "person", "person_id": actor.id, "name": actor.name}
    bus.publish("typing", payload | {"channel_id": ticket.channel_id, "customer_id": ticket.customer.id})


# ``post_ticket`` is served by config/shared_paths.py: views list the same path.
HANDLERS = [
    get_ticket,
    get_timeline,
    get_history,
    get_field_files,
    post_reply,
    delete_reply,
    post_retry,
    post_note,
    patch_ticket,
    put_assignment,
    put_snooze,
    post_typing,
]
