"""The demo desk's types and fields: believable, valid, found by lists, and with forms that let agents go on."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from ombud.demo.forms import FIELDS, TYPES
from ombud.demo.loader import load_demo
from ombud.fields.queries import list_fields
from ombud.fields.schemas import FieldOptions
from ombud.fields.services.values import merged_values, options_problem
from ombud.shared.conditions import check, parse
from ombud.shared.database import Database, value, values
from ombud.tickets.services.types import list_types, rule_kinds

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
COUNT = 600


@pytest.fixture
async def loaded(database: Database) -> Database:
    async with database.transaction() as tx:
        await load_demo(tx, now=NOW, tickets=COUNT)
    return database


@pytest.mark.parametrize("one", FIELDS, ids=lambda one: one[0])
def test_fields_of_every_kind_have_both_names_and_sound_options(one: Any) -> None:
    key, kind, en, zh, choices, more = one
    offered = [{"value": value, "name_en": a, "name_zh": b} for value, a, b in choices]
    options = msgspec.convert({**more, "choices": offered}, FieldOptions)
    assert en.isascii()
    assert not zh.isascii()
    assert key == "product" or options_problem(kind, options) is None


def test_types_name_fields_that_exist_once_each() -> None:
    keys = {one[0] for one in FIELDS}
    for _, _, marked, rules, _ in TYPES:
        form = [name.rstrip("!?") for name in marked.split()]
        assert len(form) == len(set(form))
        assert keys.issuperset(form)
        assert all(set(rule.get("show", [])) <= set(form) for rule in rules)
    scenes = [scene for one in TYPES for scene in one[4].split()]
    assert len(scenes) == len(set(scenes))


async def test_load_demo_fills_most_tickets_with_values_that_the_fields_take(loaded: Database) -> None:
    async with loaded.transaction() as tx:
        fields = await list_fields(tx, "ticket")
        filled = await values(tx, dict[str, Any], "select fields from ticket where fields <> '{}'")
        typed = await value(tx, int, "select count(*) from ticket where type_id is not null")
    assert len(filled) > COUNT * 0.7
    assert (typed or 0) > COUNT * 0.7
    for one in filled:
        merged_values(fields, {}, one)


async def test_load_demo_rules_of_types_are_conditions_that_hold_together(loaded: Database) -> None:
    async with loaded.transaction() as tx:
        kinds = rule_kinds(await list_fields(tx, "ticket"))
        types = await list_types(tx)
    assert [one.name_zh for one in types][:3] == ["报修", "退款", "投诉"]
    for rule in (rule for one in types for rule in one.rules):
        check(parse(rule.when), kinds)


async def test_load_demo_facets_find_tickets_by_type_and_choice(loaded: Database) -> None:
    wrong = """
        select count(*) from ticket t left join ticket_facet f on f.ticket_id = t.id
        where (t.type_id is not null and not coalesce(f.facets @> array['type:' || t.type_id], false))
            or (t.fields ? 'fault' and not f.facets @> array['f:fault=' || (t.fields ->> 'fault')])"""
    async with loaded.transaction() as tx:
        assert await value(tx, int, wrong) == 0
