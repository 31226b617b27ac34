"""Reads for the copilot. What goes to customers is made of ``public_entry`` alone: internal notes are not in it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.assistance.copilot.schemas import CopilotFigure, PastTicket
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound
from ombud.tickets.schemas.values import Category

LATEST = 40
SPOKEN = """
    case e.author_kind when 'person' then (select p.name from person p where p.id = e.author_id)
        when 'customer' then (select c.name from customer c where c.id = e.author_id) else '' end"""


class Spoken(Struct):
    """A message or a note as it is read here."""

    id: int
    kind: str
    direction: str | None
    author_kind: str
    author: str | None
    text: str
    at: datetime


class Subject(Struct):
    """What is known of a ticket beside its words."""

    id: int
    subject: str
    category: Category
    brand_id: int
    team_id: int
    assignee_id: int | None
    type_id: int | None
    customer_id: int
    customer: str
    locale: str
    waiting_since: datetime | None


async def find_subject(tx: Transaction, ticket_id: int, *, by: Actor) -> Subject:
    """A ticket that the actor may see; of a merged one the ticket that goes on.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
    """
    sql = f"""
        select t.id, t.subject, t.category, t.brand_id, t.team_id, t.assignee_id, t.type_id, t.customer_id,
            coalesce(c.name, '') as customer, coalesce(c.locale, '') as locale, t.waiting_since
        from ticket t left join customer c on c.id = t.customer_id
        where t.id = (select coalesce(merged_into_id, id) from ticket where id = %(id)s) and {seen()}"""
    found = await row(tx, Subject, sql, {"id": ticket_id, **by.sight()})
    if found is None:
        raise NotFound
    return found


async def public_messages(tx: Transaction, ticket_id: int) -> list[Spoken]:
    """What the customer and we said to each other, oldest first; never a note, never a side conversation."""
    sql = f"""
        select * from (
            select e.id, 'message' as kind, e.direction, e.author_kind, {SPOKEN} as author, e.text, e.at
            from public_entry e where e.ticket_id = %(id)s order by e.id desc limit {LATEST}) l
        order by id"""
    return await rows(tx, Spoken, sql, {"id": ticket_id})


async def internal_notes(tx: Transaction, ticket_id: int) -> list[Spoken]:
    """Notes of colleagues, oldest first: for colleagues only."""
    sql = f"""
        select * from (
            select e.id, e.kind, e.direction, e.author_kind, {SPOKEN} as author, e.text, e.at
            from entry e where e.ticket_id = %(id)s and e.kind = 'note' and e.undone_at is null
            order by e.id desc limit {LATEST}) l
        order by id"""
    return await rows(tx, Spoken, sql, {"id": ticket_id})


async def one_message(tx: Transaction, ticket_id: int, entry_id: int) -> Spoken:
    """A message of a ticket that the caller may see.

    Raises:
        NotFound: there is no such message.
    """
    sql = f"""
        select e.id, 'message' as kind, e.direction, e.author_kind, {SPOKEN} as author, e.text, e.at
        from public_entry e where e.ticket_id = %(ticket)s and e.id = %(id)s"""
    found = await row(tx, Spoken, sql, {"ticket": ticket_id, "id": entry_id})
    if found is None:
        raise NotFound
    return found


class Solved(Struct):
    """A solved ticket with its first question and the answer that ended it."""

    ticket_id: int
    subject: str
    customer: str
    solved_at: datetime | None
    question: str
    entry_id: int
    answer: str


async def solved_tickets(tx: Transaction, ticket_ids: Sequence[int], *, by: Actor, but: int) -> list[Solved]:
    """Of some tickets those that are solved and that the actor may see, with what was asked and answered publicly."""
    sql = f"""
        select t.id as ticket_id, t.subject, coalesce(c.name, '') as customer, t.solved_at,
            coalesce(q.text, '') as question, a.id as entry_id, a.text as answer
        from ticket t left join customer c on c.id = t.customer_id
        cross join lateral (
            select m.id, m.text from (
                select e.id, e.text from public_entry e where e.ticket_id = t.id and e.direction = 'out'
                    and e.author_kind in ('person', 'api_key') order by e.id desc limit 3) m
            order by length(m.text) desc, m.id desc limit 1) a
        left join lateral (
            select e.text from public_entry e where e.ticket_id = t.id and e.direction = 'in'
            order by e.id limit 1) q on true
        where t.id = any(%(ids)s::bigint[]) and t.id <> %(but)s and t.category in ('solved', 'closed')
            and t.merged_into_id is null and {seen()}"""
    return await rows(tx, Solved, sql, {"ids": list(ticket_ids), "but": but, **by.sight()})


class _Counts(Struct):
    tickets: int
    open_tickets: int
    contacts_30: int


async def past_counts(tx: Transaction, customer_id: int, *, by: Actor, but: int, now: datetime) -> tuple[int, int, int]:
    """How many other tickets of a customer there are, how many are open, and how many came in the last 30 days."""
    sql = (
        f"""
        select count(*) as tickets, count(*) filter (where t.is_open) as open_tickets,
            count(*) filter (where t.created_at > %(now)s - interval '30 days') as contacts_30
        from ticket t
        where t.customer_id = %(customer)s and t.id <> %(but)s and t.merged_into_id is null and {seen()}"""
        ""
    )
    params = {"customer": customer_id, "but": but, "now": now, **by.sight()}
    found = await row(tx, _Counts, sql, params) or _Counts(0, 0, 0)
    return found.tickets, found.open_tickets, found.contacts_30


async def past_tickets(tx: Transaction, customer_id: int, *, by: Actor, but: int, limit: int) -> list[PastTicket]:
    """The customer's newest other tickets, each with the beginning of our last answer."""
    sql = f"""
        select t.id as ticket_id, t.subject, t.category, t.created_at, t.solved_at,
            coalesce((select e.text from public_entry e where e.ticket_id = t.id and e.direction = 'out'
                and e.author_kind in ('person', 'api_key') order by e.id desc limit 1), '') as answer
        from ticket t where t.customer_id = %(customer)s and t.id <> %(but)s and t.merged_into_id is null and {seen()}
        order by t.id desc limit %(limit)s"""
    return await rows(tx, PastTicket, sql, {"customer": customer_id, "but": but, "limit": limit, **by.sight()})


class Promised(Struct):
    """A promise that is still to be kept."""

    id: int
    text: str
    due_at: datetime | None


async def open_promises(tx: Transaction, ticket_id: int) -> list[Promised]:
    """Promises of a ticket that are still to be kept, the first due first."""
    sql = """
        select id, words as text, due_at from promise
        where ticket_id = %(id)s and status in ('open', 'broken') and ended_at is null
        order by due_at nulls last, id limit 10"""
    return await rows(tx, Promised, sql, {"id": ticket_id})


class Shown(Struct):
    """What is noted of a suggestion that was shown."""

    kind: str
    made_by: str = "product"
    article_id: int | None = None
    version_id: int | None = None
    passage_id: int | None = None
    source_ticket_id: int | None = None
    source_entry_id: int | None = None
    exchange_id: int | None = None


class Kept(Shown, kw_only=True):
    """A suggestion as it is kept."""

    id: int
    ticket_id: int
    person_id: int
    state: str


async def find_kept(tx: Transaction, ticket_id: int, suggestion_id: int, person_id: int) -> Kept:
    """A suggestion that was shown to a person on a ticket.

    Raises:
        NotFound: there is none.
    """
    sql = """
        select id, ticket_id, person_id, state, kind, made_by, article_id, version_id, passage_id, source_ticket_id,
            source_entry_id, exchange_id
        from copilot_suggestion where id = %(id)s and ticket_id = %(ticket)s and person_id = %(person)s for update"""
    found = await row(tx, Kept, sql, {"id": suggestion_id, "ticket": ticket_id, "person": person_id})
    if found is None:
        raise NotFound
    return found


async def count_outcomes(tx: Transaction, *, since: datetime) -> list[CopilotFigure]:
    """How often each kind was shown, adopted and ignored since a moment."""
    sql = """
        select kind, made_by, count(*) as shown, count(*) filter (where state = 'adopted') as adopted,
            count(*) filter (where state = 'ignored') as ignored
        from copilot_suggestion where at >= %(since)s group by kind, made_by order by shown desc, kind, made_by"""
    return await rows(tx, CopilotFigure, sql, {"since": since})


async def may_use_model(tx: Transaction, purpose: str) -> bool:
    """Whether a purpose is set up and switched on, whatever its endpoint does at the moment."""
    sql = """
        select exists (select from model_purpose p join model_endpoint e on e.id = p.endpoint_id
            where p.purpose = %(purpose)s and p.is_on and e.is_on and e.removed_at is null)"""
    return bool(await value(tx, bool, sql, {"purpose": purpose}))
