"""Endpoints of alarms and of a team's rules."""

from litestar import get, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT

from ombud.routing.floor import queries
from ombud.routing.floor.schemas import Alarm, AlarmList, BreakRule, FloorRulesList, LevelIn, SilenceIn, Thresholds
from ombud.routing.floor.services import alarms
from ombud.routing.floor.services import rules as team_rules
from ombud.shared.http import By, Now, Reading, Tx, may


@get("/live/alarms", guards=[may("floor.lead")])
async def get_alarms(reading: Reading, actor: By, now: Now) -> AlarmList:
    """Alarms of the teams that one leads: what lasts first, then the last 12 hours."""
    return AlarmList(await alarms.list_alarms(reading, by=actor, now=now))


@put("/live/alarms/{alarm_id:int}/acknowledgement", guards=[may("floor.lead")])
async def put_acknowledgement(tx: Tx, actor: By, now: Now, alarm_id: FromPath[int]) -> Alarm:
    """Say that one looks after an alarm."""
    return await alarms.acknowledge_alarm(tx, alarm_id, by=actor, now=now)


@get("/floor-rules", guards=[may("floor.lead")])
async def get_floor_rules(reading: Reading, actor: By) -> FloorRulesList:
    """Bounds of breaks, thresholds of alarms and warning levels of the teams that one leads."""
    return FloorRulesList(await queries.floor_rules(reading, by=actor), await queries.silence_seconds(reading))


@put("/floor-rules/silence", guards=[may("routing.manage")], status_code=HTTP_204_NO_CONTENT)
async def put_silence(tx: Tx, actor: By, now: Now, data: JSONBody[SilenceIn]) -> None:
    """Say how long any screen of the desk may be silent, in seconds, before whoever sits there counts as gone."""
    await team_rules.set_silence(tx, data.seconds, by=actor, now=now)


@put("/floor-rules/{team_id:int}/breaks", guards=[may("floor.lead")], status_code=HTTP_204_NO_CONTENT)
async def put_break_rule(tx: Tx, actor: By, now: Now, team_id: FromPath[int], data: JSONBody[BreakRule]) -> None:
    """Bound a team's breaks."""
    await team_rules.set_break_rule(tx, team_id, data, by=actor, now=now)


@put("/floor-rules/{team_id:int}/thresholds", guards=[may("floor.lead")], status_code=HTTP_204_NO_CONTENT)
async def put_thresholds(tx: Tx, actor: By, now: Now, team_id: FromPath[int], data: JSONBody[Thresholds]) -> None:
    """Say from where on a team's floor alarms."""
    await team_rules.set_thresholds(tx, team_id, data, by=actor, now=now)


@put("/floor-rules/{team_id:int}/level", guards=[may("floor.lead")], status_code=HTTP_204_NO_CONTENT)
async def put_level(tx: Tx, actor: By, now: Now, team_id: FromPath[int], data: JSONBody[LevelIn]) -> None:
    """Set the warning level of a team's floor by hand, or say that all is well."""
    await team_rules.set_level(tx, team_id, data.level, by=actor, now=now)


handlers = [get_alarms, put_acknowledgement, get_floor_rules, put_silence, put_break_rule, put_thresholds, put_level]
