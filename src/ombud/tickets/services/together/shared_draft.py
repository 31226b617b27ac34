"""The one draft of a ticket that everybody who sees it writes; nobody overwrites what they have not seen."""

from datetime import datetime
from typing import Literal

import msgspec

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row
from ombud.shared.errors import Conflict
from ombud.shared.events import emit
from ombud.shared.written import clean_written
from ombud.tickets.events import SharedDraftChanged
from ombud.tickets.queries.tickets import lock_visible_ticket, require_visible
from ombud.tickets.schemas import LockedTicket, SharedDraft, SharedDraftIn
from ombud.tickets.services.drafts import require_person


class SharedDraftTaken(Conflict):
    """A colleague has written meanwhile. Look at their text, then take over or keep it."""

    code = "shared_draft_changed"

    def __init__(self, draft: SharedDraft | None) -> None:
        super().__init__()
        self.draft = draft

    def extra(self) -> dict[str, object]:
        """The draft as it is now, null when it is gone."""
        return {"draft": msgspec.to_builtins(self.draft)}


async def find_shared_draft(tx: Transaction, ticket_id: int, *, by: Actor) -> SharedDraft | None:
    """The shared draft of a ticket, None when there is none.

    Raises:
        NotFound: the ticket may not be seen.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    return await _find(tx, ticket_id)


async def _find(tx: Transaction, ticket_id: int) -> SharedDraft | None:
    sql = """
        select d.text, d.version, d.edited_by, p.name, d.updated_at, d.html
        from shared_draft d join person p on p.id = d.edited_by where d.ticket_id = %(ticket)s"""
    return await row(tx, SharedDraft, sql, {"ticket": ticket_id})


async def keep_shared_draft(
    tx: Transaction, ticket_id: int, data: SharedDraftIn, *, by: Actor, now: datetime
) -> SharedDraft:
    """Keep the shared draft as a window has it.

    Raises:
        NotFound: the ticket may not be seen.
        PeopleOnly: a program acts.
        SharedDraftTaken: it is not the version that the window began from.

    Emits: SharedDraftChanged, where the writer is another one.
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    require_person(by)
    before = await _find(tx, ticket_id)
    if (before.version if before else 0) != data.version:
        raise SharedDraftTaken(before)
    sql = """
        insert into shared_draft (ticket_id, text, html, version, edited_by, updated_at)
        values (%(ticket)s, %(text)s, %(html)s, nextval('shared_draft_version'), %(by)s, %(now)s)
        on conflict (ticket_id) do update set text = excluded.text, html = excluded.html, version = excluded.version,
            edited_by = excluded.edited_by, updated_at = excluded.updated_at"""
    params = {"ticket": ticket_id, "text": data.text.replace("\x00", ""), "by": by.person_id, "now": now}
    params["html"] = clean_written(data.html) if data.html else ""
    await tx.execute(sql, params)
    if before is None or before.edited_by != by.person_id:
        await _tell(tx, ticket, "taken_over" if before else "begun", by=by, now=now)
    kept = await _find(tx, ticket_id)
    if kept is None:
        raise SharedDraftTaken(None)
    return kept


async def drop_shared_draft(tx: Transaction, ticket_id: int, *, version: int, by: Actor, now: datetime) -> None:
    """Throw the shared draft away; one that is gone already is no error.

    Raises:
        NotFound: the ticket may not be seen.
        SharedDraftTaken: it is not the version that the actor has seen.

    Emits: SharedDraftChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    require_person(by)
    before = await _find(tx, ticket_id)
    if before is None:
        return
    if before.version != version:
        raise SharedDraftTaken(before)
    await execute(tx, "delete from shared_draft where ticket_id = %(ticket)s", {"ticket": ticket_id})
    await _tell(tx, ticket, "removed", by=by, now=now)


async def _tell(
    tx: Transaction,
    ticket: LockedTicket,
    change: Literal["begun", "taken_over", "removed"],
    *,
    by: Actor,
    now: datetime,
) -> None:
    await emit(tx, SharedDraftChanged(ticket_id=ticket.id, team_id=ticket.team_id, change=change), by=by, at=now)
