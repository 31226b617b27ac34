"""Finding the tickets of a condition in order, whatever it asks, within a bounded time.

Where an index knows at most 5,000 candidates, they are all looked at. Otherwise the list is walked in its order, part
by part, and stops for time: the page then says how far it has come.
"""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from msgspec import Struct

from ombud.fields.queries import list_named_fields
from ombud.fields.schemas import Field
from ombud.shared.actor import Actor, of_brands
from ombud.shared.conditions import Condition, Context
from ombud.shared.database import Transaction, rows, value, values
from ombud.tickets.queries.lists import visible_team_ids
from ombud.views.compiler import Compiler
from ombud.views.fields import places_of
from ombud.views.narrowing import Narrowing, narrow
from ombud.views.schemas import Sort
from ombud.views.sorts import SORTS, Leg, Position

MOST_CANDIDATES = 5_000
MOST_PLACED_TEAMS = 20
# A part grows as long as it finds nothing: a common condition reads little, a rare one walks quickly.
FIRST_PART, MOST_PART = 300, 4_000
_JOIN = "join customer c on c.id = t.customer_id"


class Found(Struct):
    """Tickets in order, and where to go on: None at the end. ``is_partial``: time was over before there were enough."""

    hits: list[Position]
    next: Position | None
    is_partial: bool


class _Step(Struct):
    id: int
    at: datetime | None
    is_hit: bool
    place: int
    whole: int


class Search:
    """One condition in one order for one reader."""

    def __init__(
        self,
        tx: Transaction,
        sort: Sort,
        sql: str,
        params: dict[str, object],
        candidates: list[int] | None,
        fields: Sequence[Field] = (),
        *,
        is_by_priority: bool = False,
    ) -> None:
        self.fields = fields
        self._is_by_priority = is_by_priority
        self._tx = tx
        self._legs = SORTS[sort]
        self._sql = sql
        self._params = params
        self.candidates = candidates

    async def find(self, limit: int, *, after: Position | None = None, seconds: float = 0.7) -> Found:
        """The next ``limit`` tickets, or fewer at the end or when time is over."""
        end = time.monotonic() + seconds
        hits: list[Position] = []
        reached = after
        async for part, at_end in self._parts(after, limit):
            hits += part[: limit - len(hits)]
            if len(hits) == limit:
                return Found(hits, hits[-1], is_partial=False)
            reached = at_end or reached
            if time.monotonic() > end:
                return Found(hits, reached, is_partial=True)
        return Found(hits, None, is_partial=False)

    async def _parts(self, after: Position | None, limit: int) -> AsyncIterator[tuple[list[Position], Position | None]]:
        for number in range(after.leg if after else 0, len(self._legs)):
            position = after if after and after.leg == number else None
            if self.candidates is not None:
                yield await self._among_candidates(number, position, limit), None
                continue
            size = FIRST_PART
            while True:
                steps = await self._walk(number, position, size)
                if not steps:
                    break
                last = steps[-1]
                position = Position(number, last.at, last.id)
                yield [Position(number, one.at, one.id) for one in steps if one.is_hit], position
                if last.whole < size:
                    break
                size = min(size * 4, MOST_PART)

    async def _among_candidates(self, number: int, after: Position | None, limit: int) -> list[Position]:
        leg = self._legs[number]
        sql = f"""
            select t.id, {_at(leg)} as at, true as is_hit, 0 as place, 0 as whole from ticket t {_JOIN}
            where t.id = any(%(candidates)s::bigint[]) and t.team_id = any(%(teams)s::bigint[])
                and {leg.only} and {leg.after if after else "true"} and {self._sql}
            order by {leg.order} limit %(limit)s"""
        found = await self._steps(sql, after, candidates=self.candidates, limit=limit)
        return [Position(number, one.at, one.id) for one in found]

    async def _walk(self, number: int, after: Position | None, size: int) -> list[_Step]:
        leg = self._legs[number]
        behind = f"{leg.only} and {leg.after if after else 'true'}"
        if leg.is_by_number:
            part = f"""
                select t.id, null::timestamptz as at from ticket t
                where t.team_id = any((select %(teams)s::bigint[])::bigint[]) and {behind}
                order by {leg.order} limit %(size)s"""
        else:
            # An index has each priority's tickets in this order: whoever asks for some walks past no other.
            is_by_priority = self._is_by_priority and leg.is_newest_activity
            levels = "cross join unnest((select %(priorities)s::int[])) as l (level)" if is_by_priority else ""
            some = "and t.priority = l.level" if is_by_priority else ""
            part = f"""
                select p.id, p.at from unnest((select %(teams)s::bigint[])) as v (team_id) {levels} cross join lateral (
                    select t.id, {leg.key} as at from ticket t where t.team_id = v.team_id {some} and {behind}
                    order by {leg.order} limit %(size)s) p
                order by p.at {leg.way}, p.id {leg.way} limit %(size)s"""
        sql = f"""
            with part as materialized ({part})
            select id, at, is_hit, place, whole from (
                select part.id, part.at, {self._sql} as is_hit, count(*) over () as whole,
                    row_number() over (order by part.at {leg.way}, part.id {leg.way}) as place
                from part join ticket t on t.id = part.id {_JOIN}) walked
            where is_hit or place = whole order by place"""
        return await self._steps(sql, after, size=size)

    async def _steps(self, sql: str, after: Position | None, **more: object) -> list[_Step]:
        place = {"at": after.at, "id": after.id} if after else {}
        return await rows(self._tx, _Step, sql, self._params | place | more)


def _at(leg: Leg) -> str:
    return "null::timestamptz" if leg.is_by_number else leg.key


async def open_search(tx: Transaction, condition: Condition, sort: Sort, *, by: Actor, now: datetime) -> Search:
    """Get ready to find the tickets of a condition that the reader sees."""
    named = await list_named_fields(tx)
    fields = [one for one in named if one.subject == "ticket"]
    context = Context(now, by.person_id, await own_team_ids(tx, by))
    compiler = Compiler(places_of(named), context)
    # Candidates and parts are by team; the condition asks for the brand of each.
    sql = f"({compiler.compile(condition)}{of_brands(by)})"
    narrowing = narrow(condition, fields, await _status_categories(tx), context)
    teams = await visible_team_ids(tx, by)
    if narrowing.team_ids is not None:
        teams = [one for one in teams if one in narrowing.team_ids]
    candidates = await _candidates(tx, narrowing, teams, by)
    # A ticket that went into another one stands in no list: the other one does.
    whole = f"(t.merged_into_id is null and {sql})"
    params = compiler.params | {"teams": teams, "brands": by.visible_brands()}
    if narrowing.priorities is not None:
        params["priorities"] = list(narrowing.priorities)
    return Search(tx, sort, whole, params, candidates, fields, is_by_priority=narrowing.priorities is not None)


async def own_team_ids(tx: Transaction, by: Actor) -> tuple[int, ...]:
    """The teams that somebody belongs to, however many more they see."""
    if by.team_ids is not None:
        return tuple(sorted(by.team_ids))
    sql = "select team_id from membership where person_id = %(me)s order by team_id"
    return tuple(await values(tx, int, sql, {"me": by.person_id}))


class _Status(Struct):
    id: int
    category: str


async def _status_categories(tx: Transaction) -> dict[int, str]:
    return {one.id: one.category for one in await rows(tx, _Status, "select id, category from status")}


async def _candidates(tx: Transaction, narrowing: Narrowing, teams: Sequence[int], by: Actor) -> list[int] | None:
    """The numbers of all tickets that can meet the condition, if an index knows that they are few."""
    if narrowing.ticket_ids is not None:
        return list(narrowing.ticket_ids)
    for sql, params in _drivers(narrowing):
        given = params | {"teams": list(teams), "me": by.person_id}
        found = await values(tx, int, f"{sql} limit {MOST_CANDIDATES + 1}", given)
        if len(found) <= MOST_CANDIDATES:
            return found
    return await _by_facets(tx, narrowing.facets, teams) if narrowing.facets else None


_AWAKE = "t.is_open and t.snoozed_until is null"
_EACH_TEAM = """
    select p.id from unnest(%(teams)s::bigint[]) as v (team_id) cross join lateral (
        select t.id from ticket t where t.team_id = v.team_id and {only}) p"""


def _drivers(narrowing: Narrowing) -> list[tuple[str, dict[str, object]]]:
    drivers: list[tuple[str, dict[str, object]]] = []
    if narrowing.is_followed:
        drivers.append(("select ticket_id from follower where person_id = %(me)s", {}))
    if narrowing.is_mentioned:
        drivers.append(("select distinct ticket_id from mention where person_id = %(me)s", {}))
    if narrowing.is_asleep:
        drivers.append((_EACH_TEAM.format(only="t.snoozed_until is not null"), {}))
    if not (narrowing.is_open and narrowing.is_awake):
        return drivers
    if narrowing.assignee_ids is not None:
        sql = f"select t.id from ticket t where t.assignee_id = any(%(people)s::bigint[]) and {_AWAKE}"
        drivers.append((sql, {"people": list(narrowing.assignee_ids)}))
    if narrowing.is_unassigned:
        drivers.append((_EACH_TEAM.format(only=f"{_AWAKE} and t.assignee_id is null"), {}))
    else:
        drivers.append((_EACH_TEAM.format(only=_AWAKE), {}))
    return drivers


async def _by_facets(tx: Transaction, groups: Sequence[Sequence[str]], teams: Sequence[int]) -> list[int] | None:
    # Few teams have their own places in an index: what is common elsewhere may be rare with them.
    if len(teams) <= MOST_PLACED_TEAMS:
        placed = [[f"{team}/{one}" for team in teams for one in group] for group in groups]
        found = await _having(tx, "facets_in(team_id, facets)", placed)
        if found is not None:
            return found
    return await _having(tx, "facets", groups)


async def _having(tx: Transaction, indexed: str, groups: Sequence[Sequence[str]]) -> list[int] | None:
    params: dict[str, object] = {f"f{place}": list(group) for place, group in enumerate(groups)}
    where = " and ".join(f"{indexed} && %(f{place})s::text[]" for place in range(len(groups)))
    sql = f"select ticket_id from ticket_facet where {where}"
    # The planner's guess is free; reading all that a common facet has would not be.
    plan = await value(tx, list[_Plan], f"explain (format json) {sql}", params)
    if plan and plan[0].plan.plan_rows > 1.5 * MOST_CANDIDATES:
        return None
    found = await values(tx, int, f"{sql} limit {MOST_CANDIDATES + 1}", params)
    return found if len(found) <= MOST_CANDIDATES else None


class _Node(Struct, rename={"plan_rows": "Plan Rows"}):
    plan_rows: float


class _Plan(Struct, rename={"plan": "Plan"}):
    plan: _Node
