"""Reads of views: pages by a condition, counts that are kept for a while."""

import time
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.conditions import Condition, leaves, parse, unparse
from ombud.shared.database import Transaction, rows
from ombud.shared.paging import checked_limit, decode_cursor, encode_cursor
from ombud.tickets.queries.lists import COUNT_CAP, JOINS, READ, ROW, UNREAD
from ombud.tickets.schemas import TicketRow
from ombud.views.fields import PERSONAL
from ombud.views.naming import names_in
from ombud.views.schemas import SavedView, SavedViewCount, Sort, TicketPage
from ombud.views.sorts import Position
from ombud.views.walking import Search, open_search

PAGE_SECONDS = 0.7
COUNT_SECONDS = 0.15
ALL_COUNTS_SECONDS = 0.5
KEPT_SECONDS = 20.0
MOST_KEPT = 5_000


async def list_by_condition(
    tx: Transaction,
    condition: Condition,
    sort: Sort,
    *,
    by: Actor,
    now: datetime,
    cursor: str | None,
    limit: int,
) -> TicketPage:
    """One page of the visible tickets that meet a condition.

    Raises:
        Invalid: a bad cursor or limit.
    """
    after = decode_cursor(cursor, Position) if cursor else None
    search = await open_search(tx, condition, sort, by=by, now=now)
    return await read_page(tx, search, after=after, limit=checked_limit(limit), by=by)


async def read_page(tx: Transaction, search: Search, *, after: Position | None, limit: int, by: Actor) -> TicketPage:
    """One page of a search that is open."""
    found = await search.find(limit, after=after, seconds=PAGE_SECONDS)
    items = await load_in_order(tx, [one.id for one in found.hits], by=by)
    page = TicketPage(items, encode_cursor(found.next) if found.next else None)
    names = await names_in(tx, search.fields, items, by=by)
    page.customer_names, page.file_names = names.customers, names.files
    page.spent_seconds = await _spent(tx, [one.id for one in items])
    if found.is_partial:
        page.is_partial, page.searched_to = True, found.next.at if found.next else None
    return page


class _Spent(Struct):
    ticket_id: int
    seconds: int


async def _spent(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, int]:
    sql = """
        select ticket_id, sum(seconds)::bigint as seconds from time_spent
        where ticket_id = any(%(ids)s::bigint[]) group by ticket_id"""
    return {one.ticket_id: one.seconds for one in await rows(tx, _Spent, sql, {"ids": list(ticket_ids)})}


async def load_in_order(tx: Transaction, ticket_ids: Sequence[int], *, by: Actor) -> list[TicketRow]:
    """Rows of tickets as the reader sees them, in the order of their numbers here."""
    sql = f"""
        select {ROW}, {UNREAD} from ticket t {JOINS} {READ}
        where t.id = any((select %(ids)s::bigint[])::bigint[])"""
    found = {one.id: one for one in await rows(tx, TicketRow, sql, {"ids": list(ticket_ids), "me": by.person_id})}
    return [found[one] for one in ticket_ids if one in found]


async def count_by_condition(
    tx: Transaction, condition: Condition, *, by: Actor, now: datetime, seconds: float = COUNT_SECONDS
) -> tuple[int, bool]:
    """How many tickets meet a condition, and whether there may be more: counted to 1,000 and for a short time."""
    search = await open_search(tx, condition, "activity", by=by, now=now)
    found = await search.find(COUNT_CAP + 1, seconds=seconds)
    return min(len(found.hits), COUNT_CAP), found.is_partial or len(found.hits) > COUNT_CAP


class Counts:
    """Counts of views, kept for 20 s in this process: however many screens ask, each is counted once.

    Readers who see the same teams and brands share a count, unless the condition asks who reads.
    """

    def __init__(self) -> None:
        self._kept: dict[bytes, tuple[float, int, bool]] = {}

    async def of_views(
        self, tx: Transaction, views: Sequence[SavedView], *, by: Actor, now: datetime
    ) -> list[SavedViewCount]:
        """Counts of these views; those for which there is no time now come with the next question."""
        end = time.monotonic() + ALL_COUNTS_SECONDS
        found: list[SavedViewCount] = []
        for view in views:
            condition = parse(view.condition)
            key = _key(condition, by)
            kept = self._kept.get(key)
            if (kept is None or kept[0] < time.monotonic()) and time.monotonic() < end:
                count, is_capped = await count_by_condition(tx, condition, by=by, now=now)
                kept = self._keep(key, count, is_capped=is_capped)
            if kept is not None:
                found.append(SavedViewCount(view.id, kept[1], kept[2]))
        return found

    def _keep(self, key: bytes, count: int, *, is_capped: bool) -> tuple[float, int, bool]:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = kept = (time.monotonic() + KEPT_SECONDS, count, is_capped)
        return kept


def _key(condition: Condition, by: Actor) -> bytes:
    is_personal = any(leaf.field in PERSONAL or "me" in _flat(leaf.value) for leaf in leaves(condition))
    reader = by.key if is_personal else ""
    return msgspec.json.encode([unparse(condition), by.visible_teams(), by.visible_brands(), reader])


def _flat(given: object) -> list[object]:
    return given if isinstance(given, list) else [given]
