"""What the plans in force do just now, for whoever routes, plans breaks or answers; no setting holds any of it."""

from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct

from ombud.routing.surge.schemas import MOST_AT_A_TIME, EffectKind
from ombud.shared.database import Transaction, rows

# Points of capacity for one more conversation at a time.
POINTS = 2


class _Row(Struct):
    kind: EffectKind
    team_id: int | None
    value: dict[str, Any]


class Effects(Struct, frozen=True):
    """The effects that hold. Of several of one kind the strongest counts."""

    found: tuple[_Row, ...] = ()

    def _of(self, kind: EffectKind, team_ids: Iterable[int]) -> list[dict[str, Any]]:
        wanted = {None, *team_ids}
        return [one.value for one in self.found if one.kind == kind and one.team_id in wanted]

    def more_at_a_time(self, team_ids: Iterable[int]) -> int:
        """How many more conversations at a time whoever belongs to these teams may have."""
        return min(max((one["more"] for one in self._of("concurrency", team_ids)), default=0), MOST_AT_A_TIME)

    def step_times(self, team_id: int) -> float:
        """How many times as long the steps of a team's work hold."""
        return min((float(one["times"]) for one in self._of("steps", [team_id])), default=1.0)

    def points(self, team_id: int, *, priority: int, tier: str) -> float:
        """Points on top of the score of a team's urgent work, or of customers of a tier that is named."""
        fitting = [one for one in self._of("priority", [team_id]) if priority >= URGENT or tier in one["tiers"]]
        return max((float(one["points"]) for one in fitting), default=0.0)

    def opens_overflow(self, team_id: int) -> bool:
        """Whether a team's overflow is open at once."""
        return bool(self._of("overflow", [team_id]))


URGENT = 4
NONE = Effects()


async def effects_now(tx: Transaction) -> Effects:
    """Read what holds now: one small query, none of it where no plan is in force."""
    sql = "select kind, team_id, value from surge_effect where ended_at is null order by id"
    found = await rows(tx, _Row, sql)
    return Effects(tuple(found)) if found else NONE


async def parked_now(tx: Transaction, ticket_ids: Collection[int]) -> set[int]:
    """Which of these tickets wait until a plan has ended."""
    sql = """
        select distinct ticket_id as id from surge_parked
        where ended_at is null and ticket_id = any(%(ids)s::bigint[])"""
    return {one.id for one in await rows(tx, _Id, sql, {"ids": list(ticket_ids)})}


class _Id(Struct):
    id: int
