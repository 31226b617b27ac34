"""How work reaches the people of each team, as the engine reads it."""

from collections.abc import Collection

from msgspec import Struct

from ombud.accounts.schemas import RoutingMode
from ombud.routing.engine.rules.waiting import OverflowRule
from ombud.shared.database import Transaction, rows

# A team without settings of its own gives out its work as it comes: nothing is offered, nobody is waited for.
OPENED = """exists (select from surge_effect e where e.kind = 'overflow' and e.ended_at is null
                and (e.team_id is null or e.team_id = t.id))"""
SETTINGS = f"""
    select t.id as team_id, t.routing, t.archived_at is not null as is_archived,
        coalesce(r.offer_seconds, 30) as offer_seconds, coalesce(r.offered_channels, '{{}}') as offered_channels,
        coalesce(r.fairness_minutes, 60) as fairness_minutes,
        coalesce(r.anyone_after_seconds, 120) as anyone_after_seconds,
        coalesce(r.interruptible_channels, '{{email,form,api}}') as interruptible_channels,
        coalesce(r.preferred_seconds, 0) as preferred_seconds,
        coalesce((select jsonb_agg(jsonb_build_object('to_team_id', o.to_team_id,
            'after_seconds', case when {OPENED} then 0 else o.after_seconds end,
            'min_waiting', case when {OPENED} then 0 else o.min_waiting end,
            'min_free', case when {OPENED} then 0 else o.min_free end) order by o.position)
            from team_overflow o join team other on other.id = o.to_team_id
            where o.team_id = t.id and other.archived_at is null), '[]') as overflow
    from team t left join team_routing r on r.team_id = t.id"""


class TeamRules(Struct):
    """A team's settings, overflow teams in their order."""

    team_id: int
    routing: RoutingMode
    is_archived: bool
    offer_seconds: int
    offered_channels: list[str]
    fairness_minutes: int
    anyone_after_seconds: int
    interruptible_channels: list[str]
    preferred_seconds: int
    overflow: list[OverflowRule]

    def is_interruptible(self, channel: str) -> bool:
        """Whether work of a channel can be put aside; what came in by none can."""
        return not channel or channel in self.interruptible_channels


async def team_rules(tx: Transaction, team_ids: Collection[int] | None = None) -> dict[int, TeamRules]:
    """Settings of some teams, or of all."""
    sql = f"{SETTINGS} where %(ids)s::bigint[] is null or t.id = any(%(ids)s)"
    found = await rows(tx, TeamRules, sql, {"ids": None if team_ids is None else sorted(team_ids)})
    return {one.team_id: one for one in found}
