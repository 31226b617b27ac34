"""Reads of one ticket. ``lock_visible_ticket`` is the only door for verbs."""

from typing import Literal, Protocol

from msgspec import Struct

from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import Conflict, NotFound
from ombud.tickets.queries.lists import JOINS, READ, ROW, UNREAD, Place
from ombud.tickets.schemas import LockedTicket, RoutingState, Status, Ticket

LOCKED = """
    id, subject, status_id, category, priority, team_id, assignee_id, customer_id, channel_id, brand_id,
    type_id, tags, fields, snoozed_until, waiting_since, last_message_id, load_points, version, merged_into_id"""


class MergedTicket(Conflict):
    """This ticket was merged into another one. Do it there."""

    code = "ticket_merged"

    def __init__(self, merged_into_id: int) -> None:
        super().__init__()
        self.merged_into_id = merged_into_id

    def extra(self) -> dict[str, object]:
        """The ticket that goes on."""
        return {"merged_into_id": self.merged_into_id}


async def lock_visible_ticket(tx: Transaction, ticket_id: int, *, by: Actor) -> LockedTicket:
    """A ticket's deciding columns under a row lock.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        MergedTicket: another ticket goes on in its place.
    """
    # Lock order is ticket, then person, then outbox, everywhere: the reverse deadlocks.
    sql = f"select {LOCKED} from ticket where id = %(id)s for no key update"
    found = await row(tx, LockedTicket, sql, {"id": ticket_id})
    if found is None or not by.sees(found.team_id, found.brand_id):
        raise NotFound
    if found.merged_into_id is not None:
        # Who does not see the other one learns nothing of it.
        await require_visible(tx, found.merged_into_id, by=by)
        raise MergedTicket(found.merged_into_id)
    return found


async def require_visible(tx: Transaction, ticket_id: int, *, by: Actor) -> int:
    """The ticket's id, if the actor may see it; a merged one's is that of the ticket that goes on.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
    """
    sql = """
        select coalesce(g.id, t.id) as id, coalesce(g.team_id, t.team_id) as team_id,
            coalesce(g.brand_id, t.brand_id) as brand_id
        from ticket t left join ticket g on g.id = t.merged_into_id where t.id = %(id)s"""
    found = await row(tx, Place, sql, {"id": ticket_id})
    if found is None or not by.sees(found.team_id, found.brand_id):
        raise NotFound
    return found.id


# Both ends of links, as the ticket %(id)s sees them; a ticket that was merged into this one is no other ticket.
LINKS = f"""
    select k.other_id as ticket_id, k.kind, o.subject, o.category, o.status_id
        from ticket_link k join ticket o on o.id = k.other_id
    where k.ticket_id = t.id and o.merged_into_id is distinct from t.id
        and {seen("o")}
    union all
    select k.ticket_id, case k.kind when 'follow_up_of' then 'followed_by' when 'duplicate_of' then 'has_duplicate'
            when 'child_of' then 'parent_of' when 'split_from' then 'split_to' else k.kind end,
        o.subject, o.category, o.status_id
    from ticket_link k join ticket o on o.id = k.ticket_id
    where k.other_id = t.id and o.merged_into_id is distinct from t.id
        and {seen("o")}"""


async def get_ticket(tx: Transaction, ticket_id: int, *, by: Actor) -> Ticket:
    """All that a ticket's page shows beside the timeline, except how a reply would go out.

    A merged ticket's number gives the ticket that goes on, which says where it was redirected from.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
    """
    sql = f"""
        select {ROW}, {UNREAD}, t.channel_id, t.solved_at, t.closed_at, nullif(%(id)s::bigint, t.id) as redirected_from,
               coalesce((select x.locale from customer x where x.id = t.customer_id), '') as customer_locale,
               coalesce((select jsonb_agg(l order by l.ticket_id) from ({LINKS}) l), '[]') as links,
               array(select m.from_id from ticket_shift m where m.to_id = t.id and m.kind = 'merge'
                     and m.undone_at is null order by m.from_id) as merged_ids
        from ticket t {JOINS} {READ}
        where t.id = (select coalesce(merged_into_id, id) from ticket where id = %(id)s)"""
    found = await row(tx, Ticket, sql, {"id": ticket_id, "me": by.person_id, **by.sight()})
    if found is None or not by.sees(found.team_id, found.brand_id):
        raise NotFound
    found.routing = await _routing_state(tx, found)
    return found


async def _routing_state(tx: Transaction, ticket: Ticket) -> RoutingState | None:
    sql = """
        select case when details -> 'to_value' = 'null' or not details ? 'to_value' then 'waiting'
            else 'assigned' end as state,
               coalesce(details -> 'reason' ->> 'code', 'by_hand') as reason,
               coalesce(details -> 'reason', '{"code": "by_hand"}') as details, at
        from entry where ticket_id = %(id)s and kind = 'change' and details ->> 'field' = 'assignee'
            and origin_ticket_id is null
        order by id desc limit 1"""
    return await row(tx, RoutingState, sql, {"id": ticket.id})


async def list_statuses(tx: Transaction) -> list[Status]:
    """All statuses in their order, archived ones too, because old tickets show them."""
    sql = """
        select id, category, name_en, name_zh, position, is_default, archived_at is not null as is_archived
        from status order by position, id"""
    return await rows(tx, Status, sql)


async def default_status(tx: Transaction, category: str) -> int:
    """The status that a category stands for."""
    sql = "select id from status where category = %(category)s and is_default"
    return await value(tx, int, sql, {"category": category}) or 0


async def status_category(tx: Transaction, status_id: int) -> str | None:
    """The category of a status in use; None if there is no such status or it is archived."""
    sql = "select category from status where id = %(id)s and archived_at is null"
    return await value(tx, str, sql, {"id": status_id})


class Holder(Struct):
    """A person as a possible holder of a ticket."""

    id: int
    name: str
    is_member: bool
    capacity_points: int
    load_points: int


async def lock_holder(tx: Transaction, person_id: int, team_id: int, brand_id: int) -> Holder | None:
    """Whether a person may hold a ticket of a team and a brand, and their load, under a row lock; None if gone."""
    # Apart from the read: what a statement waited for, it does not see, and the load would be an old one.
    await tx.execute("select from person where id = %(id)s for update", {"id": person_id})
    sql = """
        select p.id, p.name, p.capacity_points,
               (p.sees_all_teams or exists (
                    select from membership m where m.person_id = p.id and m.team_id = %(team)s))
                   and (p.brand_ids is null or %(brand)s = any(p.brand_ids)) as is_member,
               (select coalesce(sum(t.load_points), 0) from ticket t where t.assignee_id = p.id and t.is_open
                    and t.snoozed_until is null and t.category in ('new', 'open')) as load_points
        from person p
        where p.id = %(id)s and p.deactivated_at is null and p.role not in ('read_only', 'partner')"""
    return await row(tx, Holder, sql, {"id": person_id, "team": team_id, "brand": brand_id})


async def own_addresses(tx: Transaction) -> list[str]:
    """Mail addresses that are ours, in lower case: an answer never goes to them."""
    sql = "select lower(settings ->> 'address') from channel where kind = 'email' and settings ? 'address'"
    return await values(tx, str, sql)


class MailRoute(Struct):
    """How a ticket can be answered."""

    channel_id: int
    kind: Literal["email", "chat", "api"]
    # the key of the live conversation that the ticket belongs to, or ''
    conversation: str


async def reply_channel(
    tx: Transaction, ticket_id: int, ticket_channel_id: int | None, brand_id: int
) -> MailRoute | None:
    """The channel of an answer: the ticket's own; where that cannot answer, a mailbox of the brand."""
    sql = """
        select id as channel_id, kind,
            coalesce((select c.key from conversation c where c.ticket_id = %(ticket)s
                      order by c.channel_id = channel.id desc, c.origin_ticket_id is not null, c.key limit 1), '')
                as conversation
        from channel
        where (id = %(channel)s and kind <> 'form' and deleted_at is null)
            or (kind = 'email' and brand_id = %(brand)s and is_active and deleted_at is null
                and not exists (select from channel own where own.id = %(channel)s and own.kind in ('chat', 'api')
                                and own.deleted_at is null))
        order by (id = %(channel)s) desc, id limit 1"""
    return await row(tx, MailRoute, sql, {"ticket": ticket_id, "channel": ticket_channel_id, "brand": brand_id})


async def customer_mail_address(tx: Transaction, customer_id: int) -> tuple[str, str] | None:
    """Address and name to write to: an address they wrote from, else the one they typed."""
    sql = """
        select coalesce((select i.value from identity i where i.customer_id = c.id and i.kind = 'email'
                         order by not i.is_main, i.verified_at is null, i.id desc limit 1),
                        nullif(c.email, '')) as address, c.name
        from customer c where c.id = %(id)s"""
    found = await row(tx, MailName, sql, {"id": customer_id})
    return None if found is None or not found.address else (found.address, found.name)


class MailName(Struct):
    """An address with its name."""

    address: str | None
    name: str


class Placed(Protocol):
    """Whatever stands for a ticket and says where it belongs."""

    team_id: int
    brand_id: int


async def visible_mentions(tx: Transaction, person_ids: list[int], ticket: Placed) -> list[int]:
    """Those of the people who may see a ticket."""
    sql = """
        select p.id from person p where p.id = any(%(ids)s) and p.deactivated_at is null and p.role <> 'partner'
            and (p.sees_all_teams or exists (select from membership m
                where m.person_id = p.id and m.team_id = %(team)s))
            and (p.brand_ids is null or %(brand)s = any(p.brand_ids))"""
    return await values(tx, int, sql, {"ids": person_ids, "team": ticket.team_id, "brand": ticket.brand_id})
