"""Makes all words anew: after an update that changed how words are cut, and for ``ombud reindex``.

Newest first, in small transactions, beside the reader of the log: what is new stays found within a second.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Literal

from msgspec import Struct

from ombud.customers.services import rewrite_customer_words, rewrite_organisation_words
from ombud.shared.database import Database, Transaction, execute, row, rows, value, values
from ombud.tickets.search import index

What = Literal["entries", "tickets", "customers", "attachments", "organisations"]
BATCH = 500
TABLES: dict[What, str] = {
    "entries": "entry",
    "tickets": "ticket",
    "customers": "customer",
    "attachments": "attachment",
    "organisations": "organisation",
}
WRITERS: dict[What, Callable[[Transaction, Collection[int]], Awaitable[int]]] = {
    "entries": index.index_entries,
    "tickets": index.index_tickets,
    "customers": rewrite_customer_words,
    "attachments": index.index_attachments,
    "organisations": rewrite_organisation_words,
}


class Fill(Struct):
    """How far one kind of words is made anew."""

    what: What
    down_to: int | None


class FillState(Struct):
    """How far all are, for people: ``share`` of the ids, 0 to 1."""

    what: What
    is_done: bool
    share: float


async def begin_reindex(tx: Transaction) -> None:
    """Have all words made anew; what is there stays found meanwhile."""
    await execute(tx, "update search_fill set version = %(version)s, down_to = null, is_done = false", _VERSION)


async def fill_next(database: Database) -> int:
    """Make the next batch anew; how many rows were looked at, 0 if nothing is left or another process is at it."""
    async with database.transaction() as tx:
        await execute(
            tx,
            "update search_fill set version = %(version)s, down_to = null, is_done = false where version < %(version)s",
            _VERSION,
        )
        sql = """
            select what, down_to from search_fill where not is_done
            order by array_position(array['entries', 'tickets', 'customers', 'attachments', 'organisations'], what)
            limit 1 for update skip locked"""
        fill = await row(tx, Fill, sql)
        return await _fill(tx, fill) if fill else 0


async def fill_states(tx: Transaction) -> list[FillState]:
    """How far each is."""
    found = []
    sql = "select what, is_done, down_to from search_fill order by what"
    for one in await rows(tx, _State, sql):
        most = await value(tx, int, f"select max(id) from {TABLES[one.what]}") or 0
        share = 1.0 if one.is_done or not most else 0.0 if one.down_to is None else 1 - one.down_to / most
        found.append(FillState(one.what, one.is_done, share))
    return found


_VERSION: dict[str, object] = {"version": index.VERSION}


class _State(Struct):
    what: What
    is_done: bool
    down_to: int | None


async def _fill(tx: Transaction, fill: Fill) -> int:
    condition = " and kind = any(%(kinds)s)" if fill.what == "entries" else ""
    sql = f"""
        select id from {TABLES[fill.what]} where (%(down)s::bigint is null or id < %(down)s) {condition}
        order by id desc limit {BATCH}"""
    ids = await values(tx, int, sql, {"down": fill.down_to, "kinds": index.SEARCHED_KINDS})
    if ids:
        await WRITERS[fill.what](tx, ids)
    sql = "update search_fill set down_to = coalesce(%(down)s, down_to), is_done = %(done)s where what = %(what)s"
    await execute(tx, sql, {"down": min(ids, default=None), "done": not ids, "what": fill.what})
    # The last look finds nothing and is a step, too: another kind may follow.
    return len(ids) or 1
