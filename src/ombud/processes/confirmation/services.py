"""Links to confirm, as the customer who has one meets them."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from ombud.processes.queries import Run, last_answer, open_run, open_visit
from ombud.processes.rules import stage_of
from ombud.processes.schemas import Stage, Visit
from ombud.processes.services.running import current, go_on_if_done
from ombud.processes.services.working import Word, hear_word
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.crypto import hash_token
from ombud.shared.database import Transaction, execute, row
from ombud.shared.errors import Conflict, NotFound
from ombud.teamwork.services.words import owners, tell
from ombud.tickets.queries.tickets import default_status, lock_visible_ticket
from ombud.tickets.schemas import LockedTicket, TicketPatch
from ombud.tickets.services.changes import change_ticket

# An answer from the customer brings a ticket in one of these back to work, as their message would.
RESTING = frozenset({"waiting", "solved"})


class LinkGone(Conflict):
    """The link was used, is too old, or nobody waits for its answer any more."""

    code = "link_gone"


class Link(Struct):
    """A link with what its page shows; ``is_open``: it takes an answer."""

    id: int
    ticket_id: int
    visit_id: int
    customer_id: int
    customer: str
    brand: str
    locale: str
    is_open: bool


async def find_link(tx: Transaction, token: str, *, now: datetime) -> Link:
    """The link of a token. Looking at it changes nothing.

    Raises:
        NotFound: there is none.
    """
    sql = """
        select l.id, l.ticket_id, l.visit_id, t.customer_id, c.name as customer, b.name as brand, l.locale,
            l.used_at is null and l.expires_at > %(now)s and v.ended_at is null and t.merged_into_id is null
            and not exists (select from confirmation o where o.visit_id = l.visit_id and o.answer = 'solved')
                as is_open
        from confirmation_link l join stage_visit v on v.id = l.visit_id join ticket t on t.id = l.ticket_id
        join customer c on c.id = t.customer_id join brand b on b.id = t.brand_id
        where l.token_hash = %(hash)s"""
    found = await row(tx, Link, sql, {"hash": hash_token(token), "now": now})
    if found is None:
        raise NotFound("There is no such link.")
    return found


async def use_link(
    tx: Transaction, token: str, answer: Literal["solved", "not_solved"], words: str, *, now: datetime
) -> Link:
    """Take the customer's answer: it stands on the timeline, and leads the process on, or back.

    Raises:
        NotFound: there is no such link.
        LinkGone: it was used, is too old, or nobody waits for its answer any more.

    Emits: ConfirmationHeard, StageLeft, StageEntered, TicketChanged, NotificationMade
    """
    seen = await find_link(tx, token, now=now)
    if not seen.is_open:
        raise LinkGone
    ticket, run, visit, stage = await current(tx, seen.ticket_id, by=SYSTEM)
    # Whoever waited for the ticket sees what the other one did.
    sql = "update confirmation_link set used_at = %(now)s where id = %(id)s and used_at is null"
    if visit.id != seen.visit_id or not await execute(tx, sql, {"now": now, "id": seen.id}):
        raise LinkGone
    by = Actor("customer", ticket.customer_id, seen.customer, team_ids=None)
    await _hear(tx, (ticket, run, visit, stage), Word(answer, "link", words), by=by, now=now)
    return seen


async def is_asked(tx: Transaction, ticket_id: int) -> bool:
    """Whether a ticket waits for its customer's word, and has no yes yet."""
    run = await open_run(tx, ticket_id)
    visit = await open_visit(tx, run.id) if run else None
    stage = stage_of(run.spec, visit.stage) if run and visit else None
    if stage is None or visit is None or "confirmation" not in stage.needs:
        return False
    return await last_answer(tx, visit.id) != "solved"


async def take_word(
    tx: Transaction, ticket_id: int, answer: Literal["solved", "not_solved"], words: str, *, by: Actor, now: datetime
) -> None:
    """Take the word of a customer who is signed in, as from a link.

    Raises:
        NotFound: there is no such ticket.
        LinkGone: nobody waits for it.

    Emits: ConfirmationHeard, StageLeft, StageEntered, TicketChanged, NotificationMade
    """
    await lock_visible_ticket(tx, ticket_id, by=by)
    if not await is_asked(tx, ticket_id):
        raise LinkGone
    held = await current(tx, ticket_id, by=SYSTEM)
    await _hear(tx, held, Word(answer, "portal", words), by=by, now=now)


async def _hear(
    tx: Transaction, held: tuple[LockedTicket, Run, Visit, Stage], word: Word, *, by: Actor, now: datetime
) -> None:
    ticket, run, visit, stage = held
    entry_id = await hear_word(tx, ticket, run, visit, stage, word, by=by, now=now)
    if word.answer == "solved":
        await go_on_if_done(tx, ticket, run, visit, stage, by=by, now=now)
    else:
        await _wake(tx, ticket, now=now)
    await tell(tx, ticket, await owners(tx, ticket), entry_id, by=by, now=now)


async def _wake(tx: Transaction, ticket: LockedTicket, *, now: datetime) -> None:
    if ticket.category in RESTING:
        patch = TicketPatch(status_id=await default_status(tx, "open"))
        await change_ticket(tx, ticket.id, patch, by=SYSTEM, now=now)
