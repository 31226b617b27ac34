"""A past of many windows: whatever is common, rare or another team's, the pages hold what a plain look holds."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.actor import Actor
from ombud.shared.clock import utc_now
from ombud.tickets.search import walking
from ombud.tickets.search.index import index_entries
from ombud.tickets.search.queries import find, understand
from ombud.tickets.search.walking import GROWTH, WHOLE, _next_size
from ombud.tickets.search.windows import FIRST
from tests.site import Site

COUNT, APART = 600, 4_001
# Every second entry lies in the other team; words by their number.
PAST = """
    insert into entry (id, ticket_id, kind, direction, author_kind, author_id, at, text)
    select n * %(apart)s, case n %% 2 when 0 then %(one)s else %(other)s end, 'message', 'in', 'customer', 1, %(now)s,
           'water' || case when n %% 50 = 4 then ' kettle' else '' end || case when n < 20 then ' samovar' else '' end
           || case when n %% 50 = 5 then ' leak' else '' end
    from generate_series(1, %(count)s) n returning id"""
QUERIES: dict[str, Callable[[int], bool]] = {
    "water": lambda _: True,
    "kettle": lambda n: n % 50 == 4,
    "samovar": lambda n: n < 20,
    "water samovar": lambda n: n < 20,
    "samovar kettle": lambda n: n == 4,
    "kettle leak": lambda _: False,
    "kettle OR leak": lambda n: n % 50 in {4, 5},
    "water -kettle": lambda n: n % 50 != 4,
    "samo*": lambda n: n < 20,
    "water ket*": lambda n: n % 50 == 4,
}


@pytest.fixture
async def past(site: Site) -> dict[str, Actor]:
    """A past of two teams, and who sees both or one of them."""
    team = await site.desk.team("Repairs")
    one, other = await site.ticket("x"), await site.ticket("y", who="c2", team=team)
    params = {"one": one, "other": other, "count": COUNT, "apart": APART, "now": utc_now()}
    async with site.desk.parts.database.transaction() as tx:
        ids = [found[0] for found in await (await tx.execute(PAST, params)).fetchall()]
        await index_entries(tx, ids)
    return {"both": await site.desk.person("Lu", everywhere=True), "one": await site.desk.person("Bo")}


async def pages(site: Site, query: str, by: Actor, limit: int) -> list[int]:
    """Numbers of the entries that a search finds, page after page."""
    found: list[int] = []
    cursor: str | None = None
    while True:
        async with site.desk.parts.database.transaction() as tx:
            search = await understand(tx, query, by=by, now=utc_now())
            page = await find(tx, search, "messages", cursor=cursor, limit=limit)
        found += [one.id // APART for one in page.items]
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize("who", ["both", "one"])
async def test_pages_hold_what_a_plain_look_holds(site: Site, past: dict[str, Actor], who: str) -> None:
    for query, matches in QUERIES.items():
        wanted = [n for n in range(COUNT, 0, -1) if matches(n) and (who == "both" or n % 2 == 0)]
        assert await pages(site, query, past[who], 60) == wanted, query


@pytest.mark.parametrize("whole", [0, 10, 1_000_000])
async def test_pages_are_the_same_whatever_size_windows_have(
    site: Site, past: dict[str, Actor], monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    monkeypatch.setattr(walking, "WHOLE", whole)
    for query in ("kettle", "samovar", "water samovar"):
        wanted = [n for n in range(COUNT, 0, -1) if QUERIES[query](n) and n % 2 == 0]
        assert await pages(site, query, past["one"], 7) == wanted, query


async def test_search_that_takes_too_long_goes_on_from_there(
    site: Site, past: dict[str, Actor], ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "PATIENCE_SECONDS", 0.0)
    page = await ask("samovar", kind="messages")
    assert page["is_partial"]
    assert page["items"] == []
    assert await pages(site, "samovar", past["both"], 60) == list(range(19, 0, -1))


@given(st.integers(1, 10**8), st.integers(1, 10**9), st.integers(0, 10**6), st.integers(0, 20), st.integers(1, 1_000))
def test_next_window_is_neither_nothing_nor_beyond_reason(
    passed: int, rest: int, hits: int, seen: int, more: int
) -> None:
    size = _next_size(passed, rest, hits=hits, seen=seen, wanted=seen + more)
    assert 1 <= size <= max(passed * GROWTH, FIRST)
    # What it should hold can be fetched in one go.
    assert size <= FIRST or size * hits <= WHOLE * passed * 1.01
