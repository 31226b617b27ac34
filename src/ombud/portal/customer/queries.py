"""What customers may read of tickets: rows of ``public_entry`` and ``public_promise`` on tickets of theirs."""

from msgspec import Struct

from ombud.portal.customer.schemas import OwnTicket, ShownFile, ShownMessage, TicketQuery, TicketRow
from ombud.portal.customer.sessions import Me
from ombud.shared.database import Transaction, row, rows, values
from ombud.shared.errors import NotFound

PAGE = 20
MOST_MESSAGES = 500
MOST_OWNERS = 5_000
# Whose tickets somebody may see: their own; those of whoever gave a proven address of theirs in a form, and proved
# nothing else (our answers go to that address, too); by right, those of their organisation.
OWNERS = """
    select id from customer where id = %(customer)s
    union select c.id from customer c
        where %(whose)s <> 'organisation' and lower(c.email) = any(%(addresses)s::text[]) and c.merged_into_id is null
            and not exists (select from identity i where i.customer_id = c.id and i.verified_at is not null)
    union select c.id from customer c
        where %(whose)s <> 'own' and c.organisation_id = %(organisation)s::bigint and c.merged_into_id is null"""
# A ticket in which nobody has written to each other yet is ours alone, and so is its subject.
# Of somebody who only typed the address, what came by a form: what else they wrote is not proven to be the reader's.
MINE = """
    t.brand_id = %(brand)s and t.customer_id = any(%(owners)s::bigint[])
    and (t.customer_id <> all(%(typed)s::bigint[]) or exists (
        select from channel h where h.id = t.channel_id and h.kind = 'form'))"""
STATES = {
    "": "true",
    "open": "t.category in ('new', 'open', 'waiting', 'on_hold')",
    "turn": "t.category = 'waiting'",
    "done": "t.category in ('solved', 'closed')",
}


class Sight(Struct, frozen=True):
    """Whose tickets a customer sees; ``typed`` are those who only gave one of their addresses."""

    me: Me
    owners: list[int]
    typed: list[int]

    @property
    def own_ids(self) -> set[int]:
        """Who they are themselves, by whatever they wrote with their own address."""
        return {self.me.customer_id, *self.typed}

    def params(self) -> dict[str, object]:
        """The parameters of MINE."""
        return {"brand": self.me.brand_id, "owners": self.owners, "typed": self.typed}


async def sight_of(tx: Transaction, me: Me, whose: str = "") -> Sight:
    """Whose tickets a customer may see at this moment."""
    params = {
        "customer": me.customer_id,
        "addresses": me.addresses,
        "organisation": me.organisation_id,
        "whose": whose,
        "most": MOST_OWNERS,
    }
    owners = await values(tx, int, f"select id from ({OWNERS}) o order by id desc limit %(most)s", params)
    sql = """
        select id from customer where id = any(%(owners)s::bigint[]) and id <> %(customer)s
            and (%(organisation)s::bigint is null or organisation_id is distinct from %(organisation)s::bigint)"""
    typed = await values(tx, int, sql, params | {"owners": owners})
    if whose == "organisation":
        owners = [one for one in owners if one != me.customer_id]
    return Sight(me, owners, typed)


async def list_tickets(tx: Transaction, sight: Sight, query: TicketQuery) -> list[TicketRow]:
    """Tickets of a page and one more, those with the newest message first; searched by number, subject and messages."""
    sql = f"""
        select t.id, t.subject, t.category, t.created_at, e.at as last_at, e.id as last_id,
            t.customer_id, c.name as customer
        from ticket t join customer c on c.id = t.customer_id
        join lateral (select p.id, p.at from public_entry p where p.ticket_id = t.id or p.origin_ticket_id = t.id
            order by p.id desc limit 1) e on true
        where {MINE} and {STATES[query.state]}
            and (t.merged_into_id is null or not exists (select from ticket m
                where m.id = t.merged_into_id and m.customer_id = any(%(owners)s::bigint[])))
            and (%(text)s = '' or t.id::text = ltrim(%(text)s, '#') or position(lower(%(text)s) in lower(t.subject)) > 0
                or exists (select from public_entry p where p.ticket_id = t.id
                    and coalesce(p.origin_ticket_id, p.ticket_id) = t.id
                    and position(lower(%(text)s) in lower(p.text)) > 0))
            and (%(before)s = 0 or e.id < %(before)s)
        order by e.id desc limit %(limit)s"""
    params = {**sight.params(), "text": query.text, "before": query.before, "limit": PAGE + 1}
    return await rows(tx, TicketRow, sql, params)


async def find_ticket(tx: Transaction, sight: Sight, ticket_id: int) -> OwnTicket:
    """A ticket that the customer may see.

    Raises:
        NotFound: there is none, or it is not theirs.
    """
    sql = f"""
        select t.id, t.subject, t.category, t.created_at, t.customer_id, c.name as customer, t.channel_id,
            t.merged_into_id, a.score, a.words as appraisal
        from ticket t join customer c on c.id = t.customer_id left join portal_appraisal a on a.ticket_id = t.id
        where t.id = %(id)s and {MINE} and exists (select from public_entry p
            where p.ticket_id = t.id or p.origin_ticket_id = t.id)"""
    found = await row(tx, OwnTicket, sql, {**sight.params(), "id": ticket_id})
    if found is None:
        raise NotFound
    return found


# Of the ticket x: what was written on a ticket of theirs, wherever it stands now. Where theirs went into somebody
# else's, only their own words there, and answers that went to them; never somebody else's words.
THEIRS = """
    coalesce((e.details ->> 'is_verified')::boolean, true)
    and case when e.ticket_id = %(ticket)s then
        exists (select from ticket h where h.id = coalesce(e.origin_ticket_id, e.ticket_id)
            and h.customer_id = any(%(owners)s::bigint[]))
        and not (e.direction = 'in' and e.origin_ticket_id is null and exists (
            select from ticket s where s.merged_into_id = e.ticket_id and s.customer_id = e.author_id
                and s.customer_id <> all(%(owners)s::bigint[])))
    else
        e.origin_ticket_id = %(ticket)s
        or (e.ticket_id = %(into)s::bigint and e.origin_ticket_id is null and case e.direction
            when 'in' then e.author_id = any(%(owners)s::bigint[])
            else e.at >= (select max(m.at) from ticket_shift m
                    where m.from_id = %(ticket)s and m.kind = 'merge' and m.undone_at is null)
                and exists (select from ticket_cc k
                    where k.ticket_id = e.ticket_id and k.customer_id = any(%(owners)s::bigint[])) end)
    end"""
FROM = """
    from public_entry e
    where (e.ticket_id = %(ticket)s or e.origin_ticket_id = %(ticket)s or e.ticket_id = %(into)s::bigint)"""


async def list_messages(tx: Transaction, sight: Sight, ticket: OwnTicket) -> list[ShownMessage]:
    """What the customer and we said to each other on a ticket of theirs, oldest first: never a note, never a change."""
    sql = f"""
        select e.id, e.direction, e.author_id, e.at, e.text,
            coalesce(case e.author_kind when 'person' then (
                    select concat_ws(' · ', nullif(p.display_name, ''), nullif(p.staff_number, ''))
                    from person p where p.id = e.author_id)
                when 'customer' then (select c.name from customer c where c.id = e.author_id) end, '') as author,
            coalesce((select jsonb_agg(jsonb_build_object('name', f.name, 'type', f.type, 'size', f.size,
                'token', f.token) order by a.id)
                from attachment a join file f on f.id = a.file_id where a.entry_id = e.id), '[]') as files,
            coalesce((select jsonb_agg(jsonb_build_object('due_at', p.due_at, 'is_kept', p.is_kept)
                order by p.due_at, p.id) from public_promise p where p.entry_id = e.id), '[]') as promises
        {FROM} and {THEIRS} order by e.id desc limit %(limit)s"""
    params = {**sight.params(), "ticket": ticket.id, "into": ticket.merged_into_id, "limit": MOST_MESSAGES}
    found = await rows(tx, ShownMessage, sql, params)
    return found[::-1]


class OwnFile(Struct):
    """A file that a customer may read."""

    token: str
    name: str
    type: str


class _Place(Struct):
    ticket_id: int


async def find_file(tx: Transaction, sight: Sight, token: str) -> OwnFile:
    """A file of a message that the customer may read; files of notes are not found.

    Raises:
        NotFound: there is none for them.
    """
    sql = """
        select distinct t.id as ticket_id
        from file f join attachment a on a.file_id = f.id join public_entry e on e.id = a.entry_id
        join ticket t on t.id in (e.ticket_id, e.origin_ticket_id) or t.merged_into_id = e.ticket_id
        where f.token = %(token)s order by 1 limit 50"""
    for place in await rows(tx, _Place, sql, {"token": token}):
        found = next((one for one in await _files(tx, sight, place.ticket_id) if one.token == token), None)
        if found is not None:
            return OwnFile(found.token, found.name, found.type)
    raise NotFound


async def _files(tx: Transaction, sight: Sight, ticket_id: int) -> list[ShownFile]:
    try:
        ticket = await find_ticket(tx, sight, ticket_id)
    except NotFound:
        return []
    return [one for message in await list_messages(tx, sight, ticket) for one in message.files]
