"""Endpoints that list and find tickets."""

from litestar import get
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from ombud.customers.queries import find_customers
from ombud.customers.queries.customers import require_customer
from ombud.shared.database import values
from ombud.shared.http import By, Reading, Tx, may
from ombud.shared.paging import Paged
from ombud.tickets.queries import lists
from ombud.tickets.schemas import SearchResult, TicketRow, ViewCount


class ViewCounts(Struct):
    """Counts of the shipped views."""

    items: list[ViewCount]


class TagList(Struct):
    """Names of tags."""

    items: list[str]


@get("/tickets", guards=[may("tickets.read")])
async def get_tickets(
    reading: Reading,
    actor: By,
    view: FromQuery[str] = "open",
    team_id: FromQuery[int | None] = None,
    status_id: FromQuery[int | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[TicketRow]:
    """One page of a view: mine, unassigned, open, mentions, snoozed or all. Newest activity first."""
    return await lists.list_tickets(
        reading, view, by=actor, team_id=team_id, status_id=status_id, cursor=cursor, limit=limit
    )


@get("/views", guards=[may("tickets.read")])
async def get_views(reading: Reading, actor: By) -> ViewCounts:
    """How many tickets each view holds, counted to 1,000."""
    return ViewCounts(await lists.count_views(reading, by=actor))


@get("/search", guards=[may("tickets.read")])
async def get_search(tx: Tx, actor: By, q: FromQuery[str], limit: FromQuery[int] = 20) -> SearchResult:
    """Tickets by number, subject or customer, and customers by name, address or number."""
    tickets = await lists.search_tickets(tx, q[:200], by=actor, limit=min(max(limit, 1), 50))
    customers = await find_customers(tx, q[:200], by=actor, limit=10) if actor.may("customers.read") else []
    return SearchResult(tickets, customers)


@get("/tags", guards=[may("tickets.read")])
async def get_tags(tx: Tx, prefix: FromQuery[str] = "") -> TagList:
    """Names of tags that begin with a text."""
    sql = "select name from tag where starts_with(lower(name), lower(%(prefix)s)) order by name limit 50"
    return TagList(await values(tx, str, sql, {"prefix": prefix[:60]}))


@get("/customers/{customer_id:int}/tickets", guards=[may("tickets.read")])
async def get_customer_tickets(
    tx: Tx, actor: By, customer_id: FromPath[int], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 20
) -> Paged[TicketRow]:
    """A customer's tickets that the actor sees, newest first; 404 for a customer of whom they see none."""
    live = await require_customer(tx, customer_id, by=actor)
    return await lists.list_customer_tickets(tx, live, by=actor, cursor=cursor, limit=limit)


HANDLERS = [get_customer_tickets, get_tickets, get_views, get_search, get_tags]
