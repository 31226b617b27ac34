"""Links by which a customer says whether it is solved: asked for by a stage or by an agent, sent, and lapsed.

A link is made when it leaves, by whoever knows our address; until then it only waits.
"""

import re
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.processes.queries import find_visit, open_run
from ombud.processes.rules import stage_of
from ombud.processes.schemas import GivenLink, Stage
from ombud.processes.services.link_words import LETTERS
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.crypto import hash_token, new_token
from ombud.shared.database import Database, Transaction, row, rows, value
from ombud.shared.errors import NotFound, OmbudError
from ombud.teamwork.services.words import owners, tell
from ombud.tickets.queries.tickets import MergedTicket, lock_visible_ticket
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.automatic import send_automatic
from ombud.tickets.services.timeline import add_change

PATH = "/confirm"
BATCH = 20
_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")


class Waiting(Struct):
    """A link that is to be sent, or that nobody used in time."""

    id: int
    ticket_id: int
    visit_id: int


async def ask_by_link(tx: Transaction, ticket: LockedTicket, visit_id: int, *, by: Actor, now: datetime) -> None:
    """Let a link to confirm be sent to the customer of a ticket that is locked; one that still waits is enough."""
    sql = """
        insert into confirmation_link (ticket_id, visit_id, state, made_by, made_at)
        select %(ticket)s, %(visit)s, 'waiting', %(by)s, %(now)s where not exists (
            select from confirmation_link where visit_id = %(visit)s and state = 'waiting')"""
    await tx.execute(sql, {"ticket": ticket.id, "visit": visit_id, "by": by.person_id or None, "now": now})


async def give_link(
    tx: Transaction, ticket: LockedTicket, visit_id: int, stage: Stage, *, address: str, by: Actor, now: datetime
) -> GivenLink:
    """Make a link that an agent passes on themselves."""
    sql = """
        insert into confirmation_link (ticket_id, visit_id, state, token_hash, locale, made_by, made_at, expires_at)
        values (%(ticket)s, %(visit)s, 'given', %(token)s, %(locale)s, %(by)s, %(now)s, %(expires)s)"""
    token, expires_at = new_token(), now + timedelta(days=stage.link_days)
    params = {
        "ticket": ticket.id,
        "visit": visit_id,
        "token": hash_token(token),
        "locale": await language_of(tx, ticket),
        "by": by.person_id or None,
        "now": now,
        "expires": expires_at,
    }
    await tx.execute(sql, params)
    await add_change(tx, ticket, "process.link_given", None, {"due_at": expires_at.isoformat()}, by=by, now=now)
    return GivenLink(f"{address}{PATH}/{token}", expires_at)


async def send_links(database: Database, *, address: str, now: datetime) -> int:
    """Send the links that wait, and say which were not used in time; how many.

    Emits: ReplySent, NotificationMade
    """
    async with database.statements() as connection:
        sql = "select id, ticket_id, visit_id from confirmation_link where state = 'waiting' order by id limit %(n)s"
        waiting = await rows(connection, Waiting, sql, {"n": BATCH})
        sql = """
            select id, ticket_id, visit_id from confirmation_link
            where used_at is null and not is_lapsed and expires_at <= %(now)s order by expires_at limit %(n)s"""
        over = await rows(connection, Waiting, sql, {"n": BATCH, "now": now})
    for one in waiting:
        async with database.transaction() as tx:
            await _send(tx, one, address=address, now=now)
    for one in over:
        async with database.transaction() as tx:
            await _lapse(tx, one, now=now)
    return len(waiting) + len(over)


async def _hold(tx: Transaction, one: Waiting) -> tuple[LockedTicket, Stage] | None:
    """The ticket of a link, locked, and the stage that waits for it; None if nobody waits for it any more."""
    try:
        ticket = await lock_visible_ticket(tx, one.ticket_id, by=SYSTEM)
    except (NotFound, MergedTicket):
        return None
    run, visit = await open_run(tx, ticket.id), await find_visit(tx, one.visit_id)
    stage = stage_of(run.spec, visit.stage) if run and visit and visit.ended_at is None else None
    return (ticket, stage) if stage else None


async def _send(tx: Transaction, one: Waiting, *, address: str, now: datetime) -> None:
    held = await _hold(tx, one)
    sql = "select true from confirmation_link where id = %(id)s and state = 'waiting' for update"
    if not await value(tx, bool, sql, {"id": one.id}):
        return
    if held is None:
        await _set_failed(tx, one.id, "not_needed")
        return
    ticket, stage = held
    locale, token = await language_of(tx, ticket), new_token()
    expires_at = now + timedelta(days=stage.link_days)
    text = LETTERS[locale].format(link=f"{address}{PATH}/{token}", days=stage.link_days)
    try:
        async with tx.transaction():
            await send_automatic(tx, ticket, text, client_key=f"confirm-{one.id}", by=SYSTEM, now=now)
    except OmbudError as problem:
        await _set_failed(tx, one.id, problem.code)
        entry_id = await add_change(tx, ticket, "process.link_failed", None, {}, by=SYSTEM, now=now)
        await tell(tx, ticket, await owners(tx, ticket), entry_id, by=SYSTEM, now=now)
        return
    sql = """
        update confirmation_link set state = 'sent', token_hash = %(token)s, locale = %(locale)s,
            expires_at = %(expires)s where id = %(id)s"""
    params = {"id": one.id, "token": hash_token(token), "locale": locale, "expires": expires_at}
    await tx.execute(sql, params)
    told = {"due_at": expires_at.isoformat()}
    await add_change(tx, ticket, "process.link_sent", None, told, by=SYSTEM, now=now)


async def _set_failed(tx: Transaction, link_id: int, problem: str) -> None:
    sql = "update confirmation_link set state = 'failed', problem = %(problem)s where id = %(id)s"
    await tx.execute(sql, {"id": link_id, "problem": problem})


async def _lapse(tx: Transaction, one: Waiting, *, now: datetime) -> None:
    """Nobody answered in time. That is no yes: whoever answers for the ticket asks the customer."""
    held = await _hold(tx, one)
    sql = "update confirmation_link set is_lapsed = true where id = %(id)s and not is_lapsed returning true"
    if not await value(tx, bool, sql, {"id": one.id}) or held is None:
        return
    ticket, _ = held
    entry_id = await add_change(tx, ticket, "process.link_lapsed", None, {}, by=SYSTEM, now=now)
    await tell(tx, ticket, await owners(tx, ticket), entry_id, by=SYSTEM, now=now)


class _Tongue(Struct):
    locale: str
    text: str


async def language_of(tx: Transaction, ticket: LockedTicket) -> str:
    """The customer's language if it is known, else the one that they wrote last."""
    sql = """
        select c.locale, coalesce((select left(e.text, 2000) from public_entry e
            where e.ticket_id = %(ticket)s and e.direction = 'in' order by e.id desc limit 1), '') as text
        from customer c where c.id = %(customer)s"""
    found = await row(tx, _Tongue, sql, {"ticket": ticket.id, "customer": ticket.customer_id})
    locale, text = (found.locale, f"{ticket.subject} {found.text}") if found else ("", ticket.subject)
    if locale:
        return "zh-CN" if locale.lower().startswith("zh") else "en"
    return "zh-CN" if _HAN.search(text) and not _KANA_OR_HANGUL.search(text) else "en"
