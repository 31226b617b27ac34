"""SQL and ``evaluate`` agree: what a condition finds is what it would find by looking at every ticket."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from ombud.fields.queries import list_named_fields
from ombud.shared.actor import Actor
from ombud.shared.conditions import OPS, Context, Kind, evaluate, parse
from ombud.shared.database import Database
from ombud.tickets.services.facets import ticket_facets, write_facets
from ombud.views.fields import kinds_of
from ombud.views.walking import open_search

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ME, OTHER = 1, 2
WORDS = ["", "Leak", "leaks me", "洗衣机漏水", "Écran CASSÉ", "50%_off"]
TAGS = ["vip", "VIP", "退款", "me"]
TREE = ["home", "home/washer", "home/washer/drum", "homes"]
MOMENTS = [NOW - timedelta(hours=hours) for hours in (0, 1, 30, 24 * 9, 24 * 400)]
# in the order in which they may go
HANGING = ["risk_alert", "ticket_label", "ticket_read", "ticket_facet", "follower", "mention", "time_spent"]
DAYS = ["2026-11-22", "2026-01-31", "2024-02-29"]
FIELDS: list[tuple[str, str, list[str]]] = [
    ("note", "text", []),
    ("weight", "number", []),
    ("bought", "date", []),
    ("product", "choice", ["washer", "Dryer"]),
    ("place", "tree", TREE),
    ("signs", "multi_choice", ["smoke", "Noise"]),
    ("price", "money", []),
    ("insured", "yes_no", []),
]

CUSTOM = st.fixed_dictionaries(
    {},
    optional={
        "note": st.sampled_from(WORDS[1:]),
        "weight": st.sampled_from([0, 1.5, 40]),
        "bought": st.sampled_from(DAYS),
        "product": st.sampled_from(["washer", "Dryer"]),
        "place": st.sampled_from(TREE),
        "signs": st.lists(st.sampled_from(["smoke", "Noise"]), unique=True, min_size=1),
        "price": st.sampled_from([0, 9900]).map(lambda cents: {"amount_cents": cents, "currency": "CNY"}),
        "insured": st.booleans(),
    },
)
MAYBE_MOMENT = st.none() | st.sampled_from(MOMENTS)
TICKET = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(WORDS),
        "status": st.sampled_from([1, 2, 3, 5]),
        "priority": st.integers(1, 4),
        "assignee": st.sampled_from([None, ME, OTHER]),
        "tier": st.sampled_from(["", "gold", "Silver"]),
        "tags": st.lists(st.sampled_from(TAGS), unique=True),
        "created": st.sampled_from(MOMENTS),
        "activity": st.sampled_from(MOMENTS),
        "waiting": MAYBE_MOMENT,
        "snoozed": MAYBE_MOMENT,
        "solved": MAYBE_MOMENT,
        "messages": st.integers(0, 3),
        "unread": st.booleans(),
        "following": st.booleans(),
        "mentioned": st.booleans(),
        # in minutes
        "time_spent": st.sampled_from([None, 1, 3, 40]),
        "sentiment": st.sampled_from([None, "negative", "positive"]),
        "emotion": st.sampled_from([None, "anger"]),
        "written_in": st.sampled_from([None, "en", "zh"]),
        "is_spam": st.booleans(),
        # kind and state of each alert
        "risks": st.dictionaries(st.sampled_from(["legal", "churn"]), st.sampled_from(["open", "false_alarm"])),
        "fields": CUSTOM,
        "customer_fields": CUSTOM,
        "organisation": st.none() | st.fixed_dictionaries({"name": st.sampled_from(WORDS[1:]), "fields": CUSTOM}),
    }
)
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    "text": st.sampled_from([*WORDS, "leak", "机", "cass", "me", "%"]),
    "number": st.sampled_from([0, 1, 1.5, 2, 3, 4, 40, 9900, -1]),
    "time": st.sampled_from([one.isoformat() for one in MOMENTS]),
    "date": st.sampled_from(DAYS),
    "choice": st.sampled_from(
        ["dryer", "GOLD", "solved", "closed", "open", "new", "api", "gone", "anger", "zh", 1, 2, 5]
    ),
    "tree": st.sampled_from([*TREE, "HOME", "home/wash"]),
    "many": st.sampled_from([*TAGS, "smoke", "noise", "gone", "legal", "open", "churn"]),
    "yes_no": st.booleans(),
    "person": st.sampled_from([ME, OTHER, 99, "me"]),
    "team": st.sampled_from([1, 99]),
}


def leaf_of(name: str, kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(OPS[kind]).flatmap(lambda op: _leaf(name, kind, op))


def _leaf(name: str, kind: Kind, op: str) -> st.SearchStrategy[dict[str, Any]]:
    bare = {"field": name, "op": op}
    if op in {"is_empty", "is_set"}:
        return st.just(bare)
    if op in {"within_last", "older_than"}:
        value: st.SearchStrategy[Any] = st.sampled_from(["90m", "2d", "4w", "99999w"])
    elif op in {"any_of", "none_of", "has_all"}:
        value = st.lists(VALUES[kind], min_size=1, max_size=3)
        value = value | st.just("my_teams") if kind == "team" else value
    else:
        value = st.tuples(VALUES[kind], VALUES[kind]).map(list) if op == "between" else VALUES[kind]
    return value.map(lambda given: bare | {"value": given})


async def stock(database: Database) -> dict[str, Kind]:
    """Fields, two people, and forty empty tickets with a customer each."""
    async with database.transaction() as tx:
        for subject, (key, kind, choices) in product(("ticket", "customer", "organisation"), FIELDS):
            options = {"choices": [{"value": one, "name_en": one, "name_zh": one} for one in choices]}
            await tx.execute(
                "insert into field (subject, key, name_en, name_zh, kind, options, created_at)"
                " values (%s, %s, %s, %s, %s, %s, %s)",
                (subject, key, key, key, kind, Jsonb(options), NOW),
            )
        for person in (ME, OTHER):
            await tx.execute(
                "insert into person (id, email, name, display_name, role, created_at)"
                " overriding system value values (%s, %s, 'Lu', 'Lu', 'agent', %s)",
                (person, f"p{person}@desk.example", NOW),
            )
        return kinds_of(await list_named_fields(tx))


async def put(database: Database, tickets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Replace all tickets; what each has, as conditions name it."""
    known: list[dict[str, Any]] = []
    async with database.transaction() as tx:
        for table in (*HANGING, "entry", "ticket"):
            await tx.execute(f"delete from {table}")
        fields = [one for one in await list_named_fields(tx) if one.subject == "ticket"]
        for number, one in enumerate(tickets, 1):
            known.append(await _put(tx, number, one))
            await write_facets(tx, number, ticket_facets(one["tags"], None, fields, one["fields"]))
    return known


async def _put(tx: Any, number: int, one: dict[str, Any]) -> dict[str, Any]:
    await tx.execute(
        "insert into customer (id, name, tier, fields, organisation_id, created_at, updated_at)"
        " overriding system value values"
        " (%(id)s, %(name)s, %(tier)s, %(fields)s, %(organisation)s, %(now)s, %(now)s) on conflict (id)"
        " do update set name = excluded.name, tier = excluded.tier, fields = excluded.fields,"
        " organisation_id = excluded.organisation_id",
        {
            "id": number,
            "name": one["subject"],
            "tier": one["tier"],
            "fields": Jsonb(one["customer_fields"]),
            "organisation": await _put_organisation(tx, number, one["organisation"]),
            "now": NOW,
        },
    )
    category = await (await tx.execute("select category from status where id = %s", (one["status"],))).fetchone()
    await tx.execute(
        "insert into ticket (id, subject, status_id, category, priority, team_id, assignee_id, customer_id, brand_id,"
        " tags, snoozed_until, created_at, activity_at, waiting_since, solved_at, preview_by, last_message_id,"
        " message_count, fields) overriding system value values (%(id)s, %(subject)s, %(status)s, %(category)s,"
        " %(priority)s, 1, %(assignee)s, %(id)s, 1, %(tags)s, %(snoozed)s, %(created)s, %(activity)s, %(waiting)s,"
        " %(solved)s, 'customer', 7, %(messages)s, %(custom)s)",
        one | {"id": number, "category": category[0], "custom": Jsonb(one["fields"])},
    )
    if not one["unread"]:
        await tx.execute("insert into ticket_read (ticket_id, person_id, entry_id) values (%s, %s, 7)", (number, ME))
    await _put_beside(tx, number, one)
    organisation = one["organisation"] or {"name": None, "fields": {}}
    custom = _named("fields.", one["fields"]) | _named("customer.fields.", one["customer_fields"])
    custom |= _named("organisation.fields.", organisation["fields"]) | {"organisation_name": organisation["name"]}
    moments = {name: one[name] and one[name].isoformat() for name in ("created", "activity", "waiting", "snoozed")}
    moments["solved"] = one["solved"] and one["solved"].isoformat()
    place = {"number": number, "category": category[0], "team": 1, "brand": 1, "customer_name": one["subject"]}
    alarming = [kind for kind, state in one["risks"].items() if state != "false_alarm"]
    risks = {"risk": alarming, "risk_state": sorted(set(one["risks"].values()))}
    return one | place | moments | custom | risks


def _named(prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}{key}": given["amount_cents"] if key == "price" else given for key, given in values.items()}


async def _put_organisation(tx: Any, number: int, one: dict[str, Any] | None) -> int | None:
    if one is None:
        return None
    await tx.execute(
        "insert into organisation (id, name, fields, created_at, updated_at) overriding system value values"
        " (%(id)s, %(name)s, %(fields)s, %(now)s, %(now)s) on conflict (id)"
        " do update set name = excluded.name, fields = excluded.fields",
        {"id": number, "name": one["name"], "fields": Jsonb(one["fields"]), "now": NOW},
    )
    return number


async def _put_beside(tx: Any, number: int, one: dict[str, Any]) -> None:
    params = {"id": number, "me": ME, "now": NOW, "seconds": (one["time_spent"] or 0) * 60}
    if one["following"]:
        await tx.execute("insert into follower values (%(id)s, %(me)s, 'own', %(now)s)", params)
    await _put_labels(tx, number, one)
    if one["mentioned"]:
        sql = """
            with note as (
                insert into entry (ticket_id, kind, author_kind, at)
                values (%(id)s, 'note', 'system', %(now)s) returning id)
            insert into mention (entry_id, person_id, ticket_id, at) select id, %(me)s, %(id)s, %(now)s from note"""
        await tx.execute(sql, params)
    if one["time_spent"]:
        sql = """
            insert into time_spent (ticket_id, person_id, seconds, way, at, client_key)
            values (%(id)s, %(me)s, %(seconds)s, 'hand', %(now)s, 'one-key')"""
        await tx.execute(sql, params)


async def _put_labels(tx: Any, number: int, one: dict[str, Any]) -> None:
    """What a machine is sure of, and a proposal, which is no value; then the alerts."""
    labels = {"sentiment": one["sentiment"], "emotion": one["emotion"], "language": one["written_in"]}
    labels["spam"] = "spam" if one["is_spam"] else None
    for aspect, label in labels.items():
        sql = """
            insert into ticket_label (ticket_id, aspect, label, confidence, state, at)
            values (%s, %s, %s, 0.5, %s, %s)"""
        await tx.execute(sql, (number, aspect, label or "spam", "set" if label else "proposed", NOW))
    for kind, state in one["risks"].items():
        sql = """
            with said as (
                insert into entry (ticket_id, kind, author_kind, at)
                values (%(id)s, 'note', 'system', %(now)s) returning id)
            insert into risk_alert (ticket_id, entry_id, kind, starts, ends, words, phrase, at, state, decided_at)
            select %(id)s, id, %(kind)s, 0, 1, 'x', 'x', %(now)s, %(state)s, %(decided)s from said"""
        decided = None if state == "open" else NOW
        await tx.execute(sql, {"id": number, "kind": kind, "state": state, "now": NOW, "decided": decided})


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


def test_sql_finds_what_evaluate_finds(module_database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    database = Database(module_database_url, max_connections=2)
    loop.run_until_complete(database.open())
    kinds = loop.run_until_complete(stock(database))
    leaf = st.one_of([leaf_of(name, kind) for name, kind in kinds.items()])
    conditions = st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda parts: {"all": parts})
            | st.lists(inner, max_size=3).map(lambda parts: {"any": parts})
            | inner.map(lambda part: {"not": part})
        ),
        max_leaves=6,
    )

    @settings(max_examples=60)
    @given(st.lists(TICKET, min_size=1, max_size=12), st.lists(conditions, min_size=8, max_size=8))
    def agree(tickets: list[dict[str, Any]], sources: list[dict[str, Any]]) -> None:
        known = loop.run_until_complete(put(database, tickets))
        for source in sources:
            found = loop.run_until_complete(find(database, source))
            context = Context(NOW, ME, (1,))
            wanted = [one["number"] for one in known if evaluate(parse(source), one, context)]
            assert found == wanted, source

    try:
        agree()
    finally:
        loop.run_until_complete(database.close())


async def find(database: Database, source: dict[str, Any]) -> list[int]:
    me = Actor("person", ME, "Lu", team_ids=frozenset({1}))
    async with database.transaction() as tx:
        search = await open_search(tx, parse(source), "number_oldest", by=me, now=NOW)
        first = await search.find(1_000)
        search.candidates = None
        walked = await search.find(1_000)
    assert first.hits == walked.hits, source
    return [one.id for one in walked.hits]
