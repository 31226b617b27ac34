"""Work that waits, as rows and as the pure core reads it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from ombud.routing.engine.queries.teams import TeamRules
from ombud.routing.engine.rules.waiting import score_at
from ombud.routing.engine.schemas import Step, Weights, Work
from ombud.shared.database import Transaction, many_rows, rows

# As its own field says, or by words of its customer that are hard to bear (routing/strain).
IS_HARD = """
    (coalesce(t.fields -> 'is_hard' = 'true', false) or exists (select from strain_mark k where k.ticket_id = t.id
        group by k.ticket_id having sum(k.abuse) > 0 or sum(k.anger) >= 2))"""
COLUMNS = f"""
    w.ticket_id, w.team_id, w.offered_team_ids, w.eligible_at, w.steps, w.step, w.place, w.refused_by,
    w.preferred_id, w.preferred_until, w.kind_key, t.brand_id, t.customer_id, t.load_points,
    coalesce(ch.kind, '') as channel, {IS_HARD} as is_hard"""
JOINS = "join ticket t on t.id = w.ticket_id left join channel ch on ch.id = t.channel_id"


class WaitRow(Struct):
    """A row of waiting work with what of its ticket matters for who may take it."""

    ticket_id: int
    team_id: int
    offered_team_ids: list[int]
    eligible_at: datetime | None
    steps: list[Any]
    step: int
    place: float | None
    refused_by: list[int]
    preferred_id: int | None
    preferred_until: datetime | None
    kind_key: str
    brand_id: int
    customer_id: int
    load_points: int
    channel: str
    is_hard: bool | None = None

    def work(self, teams: Mapping[int, TeamRules], weights: Weights, now: datetime) -> Work:
        """The same for the pure core."""
        at = now.timestamp()
        rules = teams.get(self.team_id)
        return Work(
            id=self.ticket_id,
            team_ids=tuple(self.offered_team_ids),
            brand_id=self.brand_id,
            customer_id=self.customer_id,
            channel=self.channel,
            points=self.load_points,
            is_interruptible=rules.is_interruptible(self.channel) if rules else True,
            score=0.0 if self.place is None else score_at(self.place, at, weights),
            eligible_at=self.eligible_at.timestamp() if self.eligible_at else at,
            steps=read_steps(self.steps),
            step=self.step,
            refused_by=tuple(self.refused_by),
            preferred_id=self.preferred_id,
            preferred_until=self.preferred_until.timestamp() if self.preferred_until else 0.0,
            is_hard=bool(self.is_hard),
        )


def read_steps(steps: Sequence[Any]) -> tuple[Step, ...]:
    """Steps as they are kept."""
    return msgspec.convert(steps, tuple[Step, ...]) if steps else ()


class Kind(Struct, frozen=True):
    """A kind of waiting work in a team, and the teams that it is offered to."""

    team_id: int
    kind_key: str
    offered_team_ids: list[int]


# One step from kind to kind through the index, however much of each waits.
KINDS = """
    with recursive kind as (
        (select team_id, kind_key, offered_team_ids from work_wait where place is not null and offered_to is null
            order by team_id, kind_key limit 1)
        union all
        select n.team_id, n.kind_key, n.offered_team_ids from kind k cross join lateral (
            select w.team_id, w.kind_key, w.offered_team_ids from work_wait w
            where w.place is not null and w.offered_to is null
                and (w.team_id, w.kind_key) > (k.team_id, k.kind_key)
            order by w.team_id, w.kind_key limit 1) n
    )
    select team_id, kind_key, offered_team_ids from kind"""


async def waiting_kinds(tx: Transaction) -> list[Kind]:
    """Every kind of work that waits to be given out."""
    return await rows(tx, Kind, KINDS)


HEADS = f"""
    select {COLUMNS} from (
        select w.* from unnest(%(teams)s::bigint[], %(keys)s::text[]) as k (team_id, kind_key) cross join lateral (
            select * from work_wait w where w.team_id = k.team_id and w.kind_key = k.kind_key
                and w.place is not null and w.offered_to is null
            order by w.place desc, w.ticket_id limit %(head)s for update skip locked) w
    ) w {JOINS}
    order by w.place desc, w.ticket_id limit %(limit)s"""


FIRSTS = f"""
    select {COLUMNS} from (
        select w.* from unnest(%(teams)s::bigint[], %(keys)s::text[]) as k (team_id, kind_key) cross join lateral (
            select * from work_wait w where w.team_id = k.team_id and w.kind_key = k.kind_key
                and w.place is not null and w.offered_to is null
            order by w.place desc, w.ticket_id limit 1) w
    ) w {JOINS}"""


async def first_of_kinds(tx: Transaction, kinds: Collection[Kind]) -> list[WaitRow]:
    """The most urgent piece of work of each kind."""
    params = {"teams": [one.team_id for one in kinds], "keys": [one.kind_key for one in kinds]}
    return await many_rows(tx, WaitRow, FIRSTS, params)


async def lock_heads(tx: Transaction, kinds: Collection[Kind], *, head: int, limit: int) -> list[WaitRow]:
    """The most urgent work of some kinds, held by this router; what another one holds is passed by."""
    params = {
        "teams": [one.team_id for one in kinds],
        "keys": [one.kind_key for one in kinds],
        "head": head,
        "limit": limit,
    }
    return await many_rows(tx, WaitRow, HEADS, params)


async def find_waiting(tx: Transaction, ticket_id: int) -> WaitRow | None:
    """The row of one ticket; None if it does not wait."""
    found = await rows(
        tx, WaitRow, f"select {COLUMNS} from work_wait w {JOINS} where w.ticket_id = %(id)s", {"id": ticket_id}
    )
    return found[0] if found else None
