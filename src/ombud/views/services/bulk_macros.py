"""Macros in bulk: on each ticket the macro's actions, and its text as an answer or a draft; and taking that back."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import OmbudError
from ombud.tickets.schemas import DraftIn, ReplyIn
from ombud.tickets.services.drafts import drop_draft, keep_draft
from ombud.tickets.services.macro_use import apply_macro, fill_macro
from ombud.tickets.services.replies import reply, undo_reply
from ombud.views.schemas import MacroUse

# Under these names a job remembers, beside the columns that changed, what became of a macro's text.
REPLY, DRAFT = "macro.reply", "macro.draft"


class Run(Struct):
    """The job that works: what a macro's answers need to know of it."""

    job_id: int
    started_at: datetime
    undo_seconds: int
    is_undo: bool = False


async def use_macro(
    tx: Transaction, ticket_id: int, use: MacroUse, run: Run, *, by: Actor, now: datetime
) -> dict[str, Any]:
    """Do all that a macro says on a ticket; gives what became of its text, for undoing.

    Raises:
        Unfilled: a text that is sent has a placeholder without a value on this ticket.
        StaleReply: the customer wrote after the job was started.
        DraftChanged: the actor has a draft on this ticket already.
        OmbudError: whatever the verbs refuse that agents use one by one.

    Emits: ReplySent, TicketChanged, TicketSolved, TicketMoved, TicketAssigned, NoteAdded
    """
    text = "" if use.text == "leave" else await fill_macro(tx, use.id, ticket_id, by=by)
    kept: dict[str, Any] = {}
    # Before the actions: with the last of them the ticket may leave the actor's sight, and a solved one stays solved.
    if text.strip() and use.text == "send":
        by.require("tickets.reply")
        data = ReplyIn(text, f"bulk-job-{run.job_id}", last_seen_entry_id=await _seen(tx, ticket_id, run))
        sent = await reply(tx, ticket_id, data, by=by, now=now, undo_seconds=run.undo_seconds)
        kept[REPLY] = sent.id
    elif text.strip():
        by.require("tickets.reply")
        # Version 0: only where there is none yet.
        kept[DRAFT] = await keep_draft(tx, ticket_id, "reply", DraftIn(text, version=0), by=by, now=now)
    await apply_macro(tx, use.id, ticket_id, by=by, now=now)
    return kept


async def _seen(tx: Transaction, ticket_id: int, run: Run) -> int:
    """The newest message when the job was started: whoever started it has seen no newer one."""
    sql = "select max(id) from public_entry where ticket_id = %(ticket)s and at <= %(at)s"
    return await value(tx, int, sql, {"ticket": ticket_id, "at": run.started_at}) or 0


async def take_back(tx: Transaction, ticket_id: int, got: dict[str, Any], *, by: Actor, now: datetime) -> list[str]:
    """Take back a macro's answer or draft; gives what of it cannot be. Notes stay, as notes do.

    Emits: ReplyUndone
    """
    lost = []
    try:
        async with tx.transaction():
            if REPLY in got:
                await undo_reply(tx, ticket_id, got[REPLY], by=by, now=now)
    except OmbudError:
        lost.append("reply")
    try:
        async with tx.transaction():
            if DRAFT in got:
                await drop_draft(tx, ticket_id, "reply", by=by, version=got[DRAFT])
    except OmbudError:
        lost.append("draft")
    return lost
