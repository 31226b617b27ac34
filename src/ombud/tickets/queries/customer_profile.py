"""The computed profile of a customer. Each figure is defined in the docstring of its function and in the docs."""

from datetime import datetime
from typing import Any

from msgspec import Struct, convert

from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows, value
from ombud.tickets.customer_schemas import ContactReason, Figure, LastAgent, Profile

AVERAGES = "customer_averages"
MOST = 6
SEEN = seen()


class Averages(Struct):
    """Contacts per customer over the desk, of those who contacted us in the period."""

    per_30: float | None
    per_90: float | None
    at: datetime


class _Counts(Struct):
    contacts_30: int
    contacts_90: int
    tickets: int
    open_tickets: int
    solved: int
    first_at: datetime | None
    last_at: datetime | None


async def load_profile(tx: Transaction, customer_id: int, *, by: Actor, now: datetime) -> Profile:
    """What tickets tell of a customer; only those that ``by`` may see count. The customer's visibility is the caller's.

    A *contact* is a ticket that was opened. The average is over customers with at least one contact in the period.
    The solved share is solved and closed tickets of all tickets.
    """
    params: dict[str, object] = {"customer": customer_id, **by.sight(), "now": now, "most": MOST}
    counts = await _counts(tx, params)
    kept = await averages(tx)
    share = counts.solved / counts.tickets if counts.tickets else None
    return Profile(
        contacts_30=_against(counts.contacts_30, kept.per_30 if kept else None, kept),
        contacts_90=_against(counts.contacts_90, kept.per_90 if kept else None, kept),
        open_tickets=counts.open_tickets,
        solved_share=Figure(share, of=counts.tickets),
        first_contact_at=counts.first_at,
        last_contact_at=counts.last_at,
        channels=await _channels(tx, params),
        reasons=await _reasons(tx, params),
        last_agents=await _last_agents(tx, params),
        open_promises=await _open_promises(tx, params),
        computed_at=now,
    )


def _against(count: int, average: float | None, kept: Averages | None) -> Figure:
    return Figure(float(count), average=average, average_at=kept.at if kept else None)


async def _counts(tx: Transaction, params: dict[str, object]) -> _Counts:
    sql = f"""
        select count(*) filter (where t.created_at > %(now)s - interval '30 days') as contacts_30,
            count(*) filter (where t.created_at > %(now)s - interval '90 days') as contacts_90,
            count(*) as tickets, count(*) filter (where t.is_open) as open_tickets,
            count(*) filter (where not t.is_open) as solved,
            min(t.created_at) as first_at, max(t.created_at) as last_at
        from ticket t where t.customer_id = %(customer)s and {SEEN}"""
    found = await row(tx, _Counts, sql, params)
    return found or _Counts(0, 0, 0, 0, 0, None, None)


async def _channels(tx: Transaction, params: dict[str, object]) -> list[ContactReason]:
    sql = f"""
        select coalesce(ch.kind, 'by_hand') as key, '' as label, count(*) as count
        from ticket t left join channel ch on ch.id = t.channel_id
        where t.customer_id = %(customer)s and {SEEN} group by ch.kind order by count desc, key limit %(most)s"""
    return await rows(tx, ContactReason, sql, params)


async def _reasons(tx: Transaction, params: dict[str, object]) -> list[ContactReason]:
    sql = f"""
        select 'tag:' || tag as key, tag as label, count(*) as count
        from ticket t cross join lateral unnest(t.tags) as tag
        where t.customer_id = %(customer)s and {SEEN} group by tag order by count desc, tag limit %(most)s"""
    return await rows(tx, ContactReason, sql, params)


async def _last_agents(tx: Transaction, params: dict[str, object]) -> list[LastAgent]:
    sql = f"""
        select a.person_id, p.name, a.at from (
            select e.author_id as person_id, max(e.at) as at
            from (select t.id from ticket t where t.customer_id = %(customer)s and {SEEN}
                  order by t.id desc limit 100) t
            join entry e on e.ticket_id = t.id and e.kind = 'message' and e.direction = 'out'
                and e.author_kind = 'person' and e.undone_at is null
            group by e.author_id order by max(e.at) desc limit 3) a
        join person p on p.id = a.person_id order by a.at desc"""
    return await rows(tx, LastAgent, sql, params)


async def _open_promises(tx: Transaction, params: dict[str, object]) -> int:
    sql = f"""
        select count(*) from promise p join ticket t on t.id = p.ticket_id
        where t.customer_id = %(customer)s and p.status in ('open', 'broken') and p.ended_at is null and {SEEN}"""
    return await value(tx, int, sql, params) or 0


async def averages(tx: Transaction) -> Averages | None:
    """The desk's averages as they were computed last; None before the first time."""
    kept = await value(tx, dict[str, Any], "select value from setting where name = %(name)s", {"name": AVERAGES})
    return convert(kept, Averages) if kept else None
