"""Endpoints that merge, split and link tickets."""

from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from ombud.shared.http import By, Now, Tx, may
from ombud.tickets.api.tickets import page_of
from ombud.tickets.queries import merging as queries
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.schemas import Ticket
from ombud.tickets.schemas.merge import LinkIn, LinkVerb, MergeHints, MergeIn, SplitIn, UnmergeIn
from ombud.tickets.services.merging import links, merge, split


@get("/tickets/{ticket_id:int}/merge-hints", guards=[may("tickets.read")])
async def get_merge_hints(tx: Tx, actor: By, ticket_id: FromPath[int], q: FromQuery[str] = "") -> MergeHints:
    """Tickets that could be merged or linked: by number or subject, else the same customer's open ones."""
    ticket_id = await require_visible(tx, ticket_id, by=actor)
    return MergeHints(await queries.list_hints(tx, ticket_id, q[:200], by=actor))


@post("/tickets/{ticket_id:int}/merge", guards=[may("tickets.write")], status_code=HTTP_200_OK)
async def post_merge(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[MergeIn]) -> Ticket:
    """Let other tickets go into this one. 409 ``other_customer`` unless ``confirmed``; ``ticket_merged`` if one was."""
    await merge.merge_tickets(tx, ticket_id, data, by=actor, now=now)
    return await page_of(tx, ticket_id, actor)


@post("/tickets/{ticket_id:int}/unmerge", guards=[may("tickets.write")], status_code=HTTP_200_OK)
async def post_unmerge(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[UnmergeIn]) -> Ticket:
    """Take a merge back: the source is as it was, what was written since stays here. Answers with the source."""
    await merge.unmerge_ticket(tx, ticket_id, data.source_id, by=actor, now=now)
    return await page_of(tx, data.source_id, actor)


@post("/tickets/{ticket_id:int}/split", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_split(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[SplitIn]) -> Ticket:
    """Give messages and notes a ticket of their own; answers with it. Merging it back takes the split back."""
    new_id = await split.split_ticket(tx, ticket_id, data, by=actor, now=now)
    return await page_of(tx, new_id, actor)


@post("/tickets/{ticket_id:int}/links", guards=[may("tickets.write")], status_code=HTTP_200_OK)
async def post_link(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[LinkIn]) -> Ticket:
    """Say what this ticket is to another: ``related``, ``duplicate_of`` or ``child_of``."""
    await links.link_tickets(tx, ticket_id, data, by=actor, now=now)
    return await page_of(tx, ticket_id, actor)


@delete("/tickets/{ticket_id:int}/links/{other_id:int}", guards=[may("tickets.write")], status_code=HTTP_200_OK)
async def delete_link(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], other_id: FromPath[int], kind: FromQuery[LinkVerb]
) -> Ticket:
    """Take a link away."""
    await links.unlink_tickets(tx, ticket_id, LinkIn(other_id, kind), by=actor, now=now)
    return await page_of(tx, ticket_id, actor)


HANDLERS = [get_merge_hints, post_merge, post_unmerge, post_split, post_link, delete_link]
