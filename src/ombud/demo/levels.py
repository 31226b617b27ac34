"""The demo desk's service levels: two calendars, three policies with their chains, and the clocks of its tickets."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from ombud.demo.cast import GOLD, VIP
from ombud.service_levels.queries import load_clocks
from ombud.service_levels.schemas import CalendarIn, Clock, PolicyIn
from ombud.service_levels.services.calendars import make_calendar
from ombud.service_levels.services.keeping import load_frames, next_moment, refresh_clocks, waiting_steps
from ombud.service_levels.services.policies import make_policy
from ombud.shared.actor import SYSTEM
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec, Intervals
from ombud.shared.database import Transaction, values

ZONE = "Asia/Shanghai"
DESK: Intervals = [("08:30", "21:30")]
OFFICE: Intervals = [("09:00", "12:00"), ("13:30", "18:00")]
# Policies are young: tickets from before them have no clocks.
SINCE = timedelta(days=6)
# Solved tickets show how their clocks ended; older ones are history.
RECENT = 300
PART = 500

RESTS = ["waiting", "on_hold"]
WARN = {"percent": 80, "tell": ["holder"], "unless_acknowledged": True}
LATE = {"minutes": 0, "tell": ["holder", "supervisors"]}
RAISE = {"minutes": 60, "raise_priority": True, "unless_acknowledged": True}


def _target(metric: str, amount: int, unit: str, **more: Any) -> dict[str, Any]:
    return {"metric": metric, "span": {"amount": amount, "unit": unit}, **more}


POLICIES: tuple[dict[str, Any], ...] = (
    {
        "name_en": "VIP customers",
        "name_zh": "重要客户",
        "condition": {"field": "tier", "op": "any_of", "value": [VIP, GOLD]},
        "targets": [
            _target("first_response", 5, "working_minutes", channels=["chat"]),
            _target("first_response", 2, "working_hours"),
            _target("next_response", 4, "working_hours"),
            _target("periodic_update", 2, "working_days"),
            _target("resolution", 3, "working_days", rests_in=RESTS),
        ],
        "steps": [WARN, LATE, {**RAISE, "minutes": 30}],
    },
    {
        "name_en": "Urgent matters",
        "name_zh": "紧急事项",
        "condition": {"field": "priority", "op": "more", "value": 2},
        "targets": [
            _target("first_response", 1, "working_hours"),
            _target("next_response", 6, "working_hours"),
            _target("resolution", 1, "working_days", priorities=[4], rests_in=RESTS),
            _target("resolution", 3, "working_days", rests_in=RESTS),
        ],
        "steps": [WARN, LATE],
    },
    {
        "name_en": "Standard",
        "name_zh": "标准时效",
        "targets": [
            _target("first_response", 10, "working_minutes", channels=["chat"]),
            _target("first_response", 8, "working_hours"),
            _target("next_response", 1, "working_days"),
            _target("resolution", 7, "working_days", rests_in=RESTS),
        ],
        "steps": [WARN, LATE, RAISE],
    },
)


async def make_levels(tx: Transaction, *, now: datetime) -> None:
    """Make calendars and policies as of last week, and the clocks of open and of newly solved tickets."""
    since = now - SINCE
    desk = CalendarIn(
        CalendarSpec(ZONE, dict.fromkeys(WEEKDAYS, DESK)), "Customer service hours", "客服服务时间", is_default=True
    )
    office = CalendarIn(
        CalendarSpec(ZONE, dict.fromkeys(WEEKDAYS[:5], OFFICE)),
        "Office hours (China)",
        "办公时间（法定工作日）",
        ["cn"],
    )
    desk_id = (await make_calendar(tx, desk, by=SYSTEM, now=since)).id
    await make_calendar(tx, office, by=SYSTEM, now=since)
    for one in POLICIES:
        policy = msgspec.convert({**one, "calendar_id": desk_id}, PolicyIn)
        await make_policy(tx, policy, by=SYSTEM, now=since)
    # What was said of them long ago is history, not news.
    await tx.execute("delete from event_new where kind in ('calendar_changed', 'service_policy_changed')")
    sql = """
        (select id from ticket where is_open) union
        (select id from ticket where not is_open order by activity_at desc limit %(recent)s) order by id"""
    tickets = await values(tx, int, sql, {"recent": RECENT})
    for first in range(0, len(tickets), PART):
        part = tickets[first : first + PART]
        await refresh_clocks(tx, part, now=now, is_told=False)
        await _settle(tx, await load_clocks(tx, part), now=now)


async def _settle(tx: Transaction, clocks: list[Clock], *, now: datetime) -> None:
    """Count steps whose time is over as taken: a desk that opens must not be shouted at for last month."""
    late = [one for one in clocks if one.next_at is not None and one.next_at <= now]
    frames = await load_frames(tx, [], late, now=now)
    for clock in late:
        version = frames.policies[clock.policy_version_id or 0]
        calendar = frames.calendars[clock.calendar_version_id or 0]
        clock.fired += [number for number, at in waiting_steps(clock, version, calendar) if at <= now]
        clock.next_at = next_moment(clock, version, calendar)
    sql = """
        update clock k set fired = r.fired, next_at = r.next_at
        from jsonb_to_recordset(%(rows)s) as r (id bigint, fired smallint[], next_at timestamptz) where k.id = r.id"""
    rows = [{"id": one.id, "fired": one.fired, "next_at": msgspec.to_builtins(one.next_at)} for one in late]
    if rows:
        await tx.execute(sql, {"rows": Jsonb(rows)})
