"""Endpoints that list and find tickets."""

from litestar import get
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from ombud.customers.queries.customers import require_customer
from ombud.shared.http import By, Reading, Tx, may
from ombud.shared.paging import Paged
from ombud.tickets.queries import lists
from ombud.tickets.schemas import TicketRow, ViewCount
from ombud.tickets.search.suggest import suggest


class ViewCounts(Struct):
    """Counts of the shipped views."""

    items: list[ViewCount]


class TagList(Struct):
    """Names of tags."""

    items: list[str]


@get("/views", guards=[may("tickets.read")])
async def get_views(reading: Reading, actor: By) -> ViewCounts:
    """How many tickets each view holds, counted to 1,000."""
    return ViewCounts(await lists.count_views(reading, by=actor))


@get("/tags", guards=[may("tickets.read")])
async def get_tags(tx: Tx, actor: By, prefix: FromQuery[str] = "") -> TagList:
    """Names of tags that begin with a text or sound like it (`tk` for 退款), the best first."""
    return TagList([one.value for one in await suggest(tx, prefix[:60], "tags", by=actor)])


@get("/customers/{customer_id:int}/tickets", guards=[may("tickets.read")])
async def get_customer_tickets(
    tx: Tx, actor: By, customer_id: FromPath[int], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 20
) -> Paged[TicketRow]:
    """A customer's tickets that the actor sees, newest first; 404 for a customer of whom they see none."""
    live = await require_customer(tx, customer_id, by=actor)
    return await lists.list_customer_tickets(tx, live, by=actor, cursor=cursor, limit=limit)


HANDLERS = [get_customer_tickets, get_views, get_tags]
