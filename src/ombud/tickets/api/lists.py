"""Endpoints that list and find tickets."""

from litestar import get
from msgspec import Struct

from ombud.customers.queries import find_customers, live_customer_id
from ombud.customers.schemas import CustomerListItem
from ombud.shared.database import values
from ombud.shared.http import By, Tx, may
from ombud.shared.paging import Paged
from ombud.tickets.queries import lists
from ombud.tickets.schemas import TicketRow, ViewCount


class ViewCounts(Struct):
    """Counts of the shipped views."""

    items: list[ViewCount]


class Found(Struct):
    """What the search box found."""

    tickets: list[TicketRow]
    customers: list[CustomerListItem]


class TagList(Struct):
    """Names of tags."""

    items: list[str]


@get("/tickets", guards=[may("tickets.read")])
async def get_tickets(
    tx: Tx,
    actor: By,
    view: str = "open",
    team_id: int | None = None,
    status_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Paged[TicketRow]:
    """One page of a view: mine, unassigned, open, mentions, snoozed or all. Newest activity first."""
    return await lists.list_tickets(
        tx, view, by=actor, team_id=team_id, status_id=status_id, cursor=cursor, limit=limit
    )


@get("/views", guards=[may("tickets.read")])
async def get_views(tx: Tx, actor: By) -> ViewCounts:
    """How many tickets each view holds, counted to 1,000."""
    return ViewCounts(await lists.count_views(tx, by=actor))


@get("/search", guards=[may("tickets.read")])
async def get_search(tx: Tx, actor: By, q: str, limit: int = 20) -> Found:
    """Tickets by number, subject or customer, and customers by name, address or number."""
    tickets = await lists.search_tickets(tx, q[:200], by=actor, limit=min(max(limit, 1), 50))
    customers = await find_customers(tx, q[:200], by=actor, limit=10) if actor.may("customers.read") else []
    return Found(tickets, customers)


@get("/tags", guards=[may("tickets.read")])
async def get_tags(tx: Tx, prefix: str = "") -> TagList:
    """Names of tags that begin with a text."""
    sql = "select name from tag where starts_with(lower(name), lower(%(prefix)s)) order by name limit 50"
    return TagList(await values(tx, str, sql, {"prefix": prefix[:60]}))


@get("/customers/{customer_id:int}/tickets", guards=[may("tickets.read")])
async def get_customer_tickets(
    tx: Tx, actor: By, customer_id: int, cursor: str | None = None, limit: int = 20
) -> Paged[TicketRow]:
    """A customer's tickets that the actor sees, newest first."""
    live = await live_customer_id(tx, customer_id)
    return await lists.list_customer_tickets(tx, live, by=actor, cursor=cursor, limit=limit)


HANDLERS = [get_customer_tickets, get_tickets, get_views, get_search, get_tags]
