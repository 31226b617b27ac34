"""A team's rules of the floor, set by whoever leads it."""

from datetime import datetime
from typing import Literal

import msgspec
from psycopg.types.json import Jsonb

from ombud.routing.floor.events import FloorRulesChanged
from ombud.routing.floor.queries import require_team
from ombud.routing.floor.schemas import BreakRule, Level, Thresholds
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.events import emit


async def set_break_rule(tx: Transaction, team_id: int, rule: BreakRule, *, by: Actor, now: datetime) -> None:
    """Bound a team's breaks; who is on one already stays on it.

    Raises:
        NotFound: the team is not the actor's.

    Emits: FloorRulesChanged
    """
    require_team(team_id, by=by)
    sql = """
        insert into break_rule as b (team_id, minutes_per_shift, times_per_shift, at_most_at_once, needs_approval,
            blocked_from, wrap_up_ends_by)
        values (%(team)s, %(minutes_per_shift)s, %(times_per_shift)s, %(at_most_at_once)s, %(needs_approval)s,
            %(blocked_from)s, %(wrap_up_ends_by)s)
        on conflict (team_id) do update set minutes_per_shift = excluded.minutes_per_shift,
            times_per_shift = excluded.times_per_shift, at_most_at_once = excluded.at_most_at_once,
            needs_approval = excluded.needs_approval, blocked_from = excluded.blocked_from,
            wrap_up_ends_by = excluded.wrap_up_ends_by
        where b is distinct from excluded returning true"""
    if await value(tx, bool, sql, {"team": team_id, **msgspec.structs.asdict(rule)}):
        await _tell(tx, team_id, "breaks", by=by, now=now)


async def set_thresholds(tx: Transaction, team_id: int, thresholds: Thresholds, *, by: Actor, now: datetime) -> None:
    """Say from where on the floor of a team alarms.

    Raises:
        NotFound: the team is not the actor's.

    Emits: FloorRulesChanged
    """
    require_team(team_id, by=by)
    sql = """
        insert into alarm_rule as a (team_id, thresholds) values (%(team)s, %(thresholds)s)
        on conflict (team_id) do update set thresholds = excluded.thresholds
        where a.thresholds <> excluded.thresholds returning true"""
    params = {"team": team_id, "thresholds": Jsonb(msgspec.to_builtins(thresholds))}
    if await value(tx, bool, sql, params):
        await _tell(tx, team_id, "thresholds", by=by, now=now)


async def set_level(tx: Transaction, team_id: int, level: Level | None, *, by: Actor, now: datetime) -> bool:
    """Set the warning level of a team's floor, by hand or by surge mode; whether it is another one.

    From the level on that a team chose, its breaks wait in the queue.

    Raises:
        NotFound: the team is not the actor's.

    Emits: FloorRulesChanged
    """
    require_team(team_id, by=by)
    params = {"team": team_id, "level": level, "now": now}
    sql = """
        insert into warning_level as w (team_id, level, since) values (%(team)s, %(level)s, %(now)s)
        on conflict (team_id) do update set level = excluded.level, since = excluded.since
        where w.level <> excluded.level returning true"""
    if level is None:
        sql = "delete from warning_level where team_id = %(team)s returning true"
    is_changed = bool(await value(tx, bool, sql, params))
    if is_changed:
        await _tell(tx, team_id, "level", by=by, now=now)
    return is_changed


async def set_silence(tx: Transaction, seconds: int, *, by: Actor, now: datetime) -> None:
    """Say how long screens may be silent: the time within which a customer is with somebody else.

    Emits: FloorRulesChanged
    """
    sql = "update floor_setting set silence_seconds = %(new)s where silence_seconds <> %(new)s returning true"
    if await value(tx, bool, sql, {"new": seconds}):
        await emit(tx, FloorRulesChanged(what="silence"), by=by, at=now)


async def _tell(
    tx: Transaction, team_id: int, what: Literal["breaks", "thresholds", "level"], *, by: Actor, now: datetime
) -> None:
    await emit(tx, FloorRulesChanged(team_id=team_id, what=what), by=by, at=now)
