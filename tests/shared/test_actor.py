"""Who may do and see what: the one rule of sight, said in Python and in SQL, gives one answer."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.actor import SYSTEM, Actor, of_brands, seen
from ombud.shared.database import Database, value
from ombud.shared.errors import NotAllowed

SOME = [None, frozenset(), frozenset({1}), frozenset({1, 2})]


@pytest.mark.parametrize(
    ("teams", "brands", "team", "brand", "sees"),
    [
        (None, None, 9, 9, True),
        (frozenset({1}), None, 1, 9, True),
        (frozenset({1}), None, 2, 9, False),
        (frozenset({1}), frozenset({3}), 1, 3, True),
        (frozenset({1}), frozenset({3}), 1, 4, False),
        (None, frozenset({3}), 9, 4, False),
        # of no team and of no brand is nothing at all, and not everything
        (frozenset(), None, 1, 1, False),
        (None, frozenset(), 1, 1, False),
    ],
)
def test_actor_sees_what_is_of_their_teams_and_of_their_brands(
    teams: frozenset[int] | None, brands: frozenset[int] | None, team: int, brand: int, *, sees: bool
) -> None:
    assert Actor("person", 7, team_ids=teams, brand_ids=brands).sees(team, brand) is sees


async def test_sight_in_sql_is_the_sight_in_python(database: Database) -> None:
    sql = f"select {seen()} from (select %(team)s::bigint as team_id, %(brand)s::bigint as brand_id) t"
    async with database.transaction() as tx:
        for teams, brands, team, brand in product(SOME, SOME, (1, 2, 3), (1, 2, 3)):
            actor = Actor("person", 7, team_ids=teams, brand_ids=brands)
            found = await value(tx, bool, sql, {**actor.sight(), "team": team, "brand": brand})
            assert found is actor.sees(team, brand), (teams, brands, team, brand)


async def test_brands_half_of_the_sight_asks_nothing_of_whoever_sees_all(database: Database) -> None:
    assert of_brands(SYSTEM) == ""
    limited = Actor("person", 7, brand_ids=frozenset({1}))
    sql = f"select true {of_brands(limited)}".replace("true and", "")
    async with database.transaction() as tx:
        for brand in (1, 2):
            asked = f"{sql} from (select {brand}::bigint as brand_id) t"
            assert await value(tx, bool, asked, limited.sight()) is (brand == 1)


def test_stranger_and_program_are_nobody_in_the_table_of_people() -> None:
    assert [one.person_id for one in (SYSTEM, Actor("api_key", 7), Actor("customer", 7), Actor("person"))] == [0] * 4
    assert Actor("person", 7).person_id == 7
    assert len({Actor(kind, 7).key for kind in ("person", "api_key", "customer", "system")}) == 4


@given(st.sets(st.sampled_from(["tickets.read", "tickets.write"])), st.sampled_from(["person", "api_key", "customer"]))
def test_permission_is_held_or_refused_and_the_system_holds_all(held: set[str], kind: str) -> None:
    actor = Actor(kind, 7, permissions=frozenset(held))  # type: ignore[arg-type]  # as sampled
    for permission in ("tickets.read", "tickets.write", "never.heard"):
        assert SYSTEM.may(permission)
        assert actor.may(permission) is (permission in held)
        if permission in held:
            actor.require(permission)
        else:
            with pytest.raises(NotAllowed, match=permission):
                actor.require(permission)


def test_actor_that_was_told_nothing_sees_and_may_nothing() -> None:
    bare = Actor("person", 7)
    assert (bare.visible_teams(), bare.visible_brands()) == ([], None)
    assert not bare.sees(1, 1)
    assert not bare.may("tickets.read")
