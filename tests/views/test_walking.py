"""Finding by condition: every sort without gaps, little time, few and many candidates, counts that are kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ombud.shared.actor import Actor
from ombud.shared.conditions import parse
from ombud.views import walking
from ombud.views.queries import Counts, count_by_condition, list_by_condition
from ombud.views.schemas import SavedView, Sort
from ombud.views.sorts import SORTS, Position
from ombud.views.walking import open_search
from tests.desk import Desk

MANY = 700
AT = datetime(2026, 11, 1, tzinfo=UTC)
# Two teams that are seen and one that is not; equal moments, so that numbers decide.
FILL = """
    with people as (insert into customer (name, created_at, updated_at) values ('Ann', %(at)s, %(at)s) returning id)
    insert into ticket (subject, status_id, category, priority, team_id, customer_id, brand_id, tags, created_at,
        activity_at, waiting_since)
    select 'Ticket ' || n, s.id, s.category, 1 + n %% 4, (array[%(one)s, %(two)s, %(hidden)s])[1 + n %% 3]::bigint,
        people.id, 1, case when n %% 50 = 0 then array['rare'] else '{}'::text[] end,
        %(at)s + (n / 3) * interval '1 minute', %(at)s + (n * 37 %% 101) * interval '1 minute',
        case when n %% 5 = 0 then %(at)s + (n %% 11) * interval '1 minute' end
    from generate_series(1, %(many)s) n, people, (select id, category from status where is_default limit 1) s"""
ORDERS: dict[Sort, str] = {
    "activity": "activity_at desc, id desc",
    "activity_oldest": "activity_at, id",
    "created": "created_at desc, id desc",
    "created_oldest": "created_at, id",
    "priority": "priority desc, activity_at desc, id desc",
    "waiting": "waiting_since is null, waiting_since, case when waiting_since is null then activity_at end desc,"
    " case when waiting_since is null then -id else id end",
    "due": "due_at is null, due_at, case when due_at is null then activity_at end desc,"
    " case when due_at is null then -id else id end",
    "number": "id desc",
    "number_oldest": "id",
}
LEAK: dict[str, Any] = {"field": "subject", "op": "contains", "value": "7"}


@pytest.fixture
async def reader(desk: Desk) -> Actor:
    two, hidden = await desk.team("Two"), await desk.team("Hidden")
    await desk.run(FILL, at=AT, one=1, two=two, hidden=hidden, many=MANY)
    await desk.run("update ticket set due_at = created_at + id %% 7 * interval '1 hour' where id %% 3 > 0", at=AT)
    await desk.run("insert into ticket_facet select id, array['tag:rare'] from ticket where tags <> '{}'")
    return await desk.person("Lu", 1, two)


async def wanted(desk: Desk, reader: Actor, order: str) -> list[int]:
    sql = "select array_agg(id order by {}) from ticket where team_id = any(%(teams)s) and subject like '%%7%%'"
    found: list[int] = await desk.sql(sql.format(order), teams=reader.visible_teams())
    return found


@pytest.mark.parametrize("sort", list(SORTS))
async def test_pages_of_every_sort_have_neither_gap_nor_repetition(desk: Desk, reader: Actor, sort: Sort) -> None:
    found: list[int] = []
    cursor = None
    for _ in range(MANY):
        async with desk.parts.database.transaction() as tx:
            page = await list_by_condition(tx, parse(LEAK), sort, by=reader, now=desk.now, cursor=cursor, limit=13)
        assert not page.is_partial
        found += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == await wanted(desk, reader, ORDERS[sort])


@pytest.mark.parametrize("sort", ["activity", "priority", "waiting", "number"])
async def test_search_that_stops_for_time_goes_on_where_it_was(
    desk: Desk, reader: Actor, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "FIRST_PART", 20)
    monkeypatch.setattr(walking, "MOST_PART", 20)
    hits: list[Position] = []
    position, stops = None, 0
    async with desk.parts.database.transaction() as tx:
        search = await open_search(tx, parse(LEAK), sort, by=reader, now=desk.now)
        while True:
            found = await search.find(1_000, after=position, seconds=0)
            hits += found.hits
            position, stops = found.next, stops + found.is_partial
            if position is None:
                break
    assert stops > 3
    assert [one.id for one in hits] == await wanted(desk, reader, ORDERS[sort])


async def test_selective_facet_drives_and_a_common_one_does_not(
    desk: Desk, reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = parse({"all": [{"field": "tags", "op": "any_of", "value": ["RARE"]}, LEAK]})
    async with desk.parts.database.transaction() as tx:
        search = await open_search(tx, rare, "activity", by=reader, now=desk.now)
        driven = await search.find(100)
        assert search.candidates is not None
        monkeypatch.setattr(walking, "MOST_CANDIDATES", 3)
        search = await open_search(tx, rare, "activity", by=reader, now=desk.now)
        assert search.candidates is None
        assert (await search.find(100)).hits == driven.hits
    assert driven.hits


async def test_tag_that_is_common_with_others_is_rare_with_the_reader(
    desk: Desk, reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = await desk.sql("select max(id) from team")
    mine = await desk.sql("select min(id) from ticket where team_id = 1")
    which = "where team_id = %(hidden)s or id = %(mine)s"
    await desk.run(f"update ticket set tags = '{{hot}}' {which}", hidden=hidden, mine=mine)
    facets = f"insert into ticket_facet select id, array['tag:hot'] from ticket {which}"
    await desk.run("delete from ticket_facet")
    await desk.run(facets, hidden=hidden, mine=mine)
    monkeypatch.setattr(walking, "MOST_CANDIDATES", 50)
    hot = parse({"field": "tags", "op": "any_of", "value": ["Hot"]})

    async def candidates() -> list[int] | None:
        async with desk.parts.database.transaction() as tx:
            search = await open_search(tx, hot, "activity", by=reader, now=desk.now)
            found = await search.find(10)
        assert [one.id for one in found.hits] == (search.candidates or [])
        return search.candidates

    assert await candidates() == [mine]
    # a ticket that goes to another team takes its facets along
    await desk.run("update ticket set team_id = %(hidden)s where id = %(mine)s", hidden=hidden, mine=mine)
    assert await candidates() == []


@pytest.mark.parametrize(
    "leaf",
    [
        {"field": "priority", "op": "more", "value": 2},
        {"field": "priority", "op": "any_of", "value": [1, 4]},
        {"all": [{"field": "priority", "op": "is_not", "value": 2}, {"field": "priority", "op": "less", "value": 4}]},
        {"field": "priority", "op": "more", "value": 4},
    ],
)
async def test_walk_of_some_priorities_finds_what_a_walk_of_all_finds(
    desk: Desk, reader: Actor, leaf: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "FIRST_PART", 20)
    source = parse({"all": [LEAK, leaf]})
    async with desk.parts.database.transaction() as tx:
        search = await open_search(tx, source, "activity", by=reader, now=desk.now)
        some, whole = await search.find(1_000), await search.find(7)
        rest = await search.find(1_000, after=whole.next) if whole.next else whole
        search._is_by_priority = False
        every = await search.find(1_000)
    assert some.hits == every.hits
    assert some.hits in ([], whole.hits + rest.hits)


@pytest.mark.parametrize(
    "source",
    [
        {"all": [{"field": "category", "op": "none_of", "value": ["solved", "closed"]},
                 {"field": "snoozed", "op": "is_empty"}, {"field": "assignee", "op": "is_empty"}]},
        {"all": [{"field": "category", "op": "any_of", "value": ["NEW"]}, {"field": "snoozed", "op": "is_empty"},
                 {"field": "assignee", "op": "is", "value": "me"}]},
        {"field": "snoozed", "op": "is_set"},
        {"field": "number", "op": "any_of", "value": [10_001, 10_003]},
        {"field": "team", "op": "any_of", "value": "my_teams"},
        {"field": "team", "op": "is", "value": 1},
    ],
)  # fmt: skip
async def test_whatever_index_drives_the_answer_is_that_of_walking(
    desk: Desk, reader: Actor, source: dict[str, Any]
) -> None:
    await desk.run("update ticket set assignee_id = %(me)s where id %% 7 = 0", me=reader.id)
    await desk.run("update ticket set snoozed_until = %(at)s where id %% 11 = 0", at=AT + timedelta(days=90))
    async with desk.parts.database.transaction() as tx:
        search = await open_search(tx, parse(source), "activity", by=reader, now=desk.now)
        driven = await search.find(1_000)
        search.candidates = None
        plain = await search.find(1_000)
    assert driven.hits == plain.hits
    if source.get("field") != "number":
        assert driven.hits


async def test_counts_hold_what_is_seen_and_stop_at_a_thousand(desk: Desk, reader: Actor) -> None:
    async with desk.parts.database.transaction() as tx:
        assert await count_by_condition(tx, parse({"all": []}), by=reader, now=desk.now) == (467, False)
    await desk.run(FILL, at=AT, one=1, two=1, hidden=1, many=900)
    async with desk.parts.database.transaction() as tx:
        assert await count_by_condition(tx, parse({"all": []}), by=reader, now=desk.now) == (1_000, True)


async def test_counts_are_kept_and_shared_unless_they_are_personal(desk: Desk, reader: Actor) -> None:
    mo = await desk.person("Mo", *sorted(reader.team_ids or ()))
    mine = {"field": "assignee", "op": "is", "value": "me"}
    views = [SavedView(place, "x", "", "all", 1, None, source, "activity", [], "list", 0)
             for place, source in enumerate([LEAK, mine])]  # fmt: skip
    counts = Counts()
    async with desk.parts.database.transaction() as tx:
        before = await counts.of_views(tx, views, by=reader, now=desk.now)
        await tx.execute("update ticket set assignee_id = %(mo)s, subject = 'x'", {"mo": mo.id})
        again = await counts.of_views(tx, views, by=reader, now=desk.now)
        others = await counts.of_views(tx, views, by=mo, now=desk.now)
    assert again == before
    assert others[0] == before[0]
    assert (before[1].count, others[1].count) == (0, 467)
