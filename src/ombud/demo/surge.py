"""The demo desk's surge plans: for two levels and for the switch; one was rehearsed, one was in force."""

from datetime import datetime, timedelta

import msgspec
from psycopg.types.json import Jsonb

from ombud.demo.cast import GOLD, VIP
from ombud.routing.surge.schemas import BothWords, Bound, Measures, PlanSpec, PreparedAnswer, SurgeThresholds
from ombud.routing.surge.services.plans import make_plan, set_thresholds
from ombud.routing.surge.services.rehearsing import RehearsalSummary
from ombud.routing.surge.services.runs import end_plan, start_plan
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value, values

# Most is parked that is worth least: praise and remarks.
LOW_VALUE = {"field": "tags", "op": "any_of", "value": ["praise", "suggestion", "表扬", "建议"]}
RESERVES = 4
HOURS_AGO, HELD_MINUTES = 26, 95
# By what arrives and waits: a desk that was switched off over night has old chats, and no surge.
BOUNDS = SurgeThresholds(Bound(50, 20), Bound(100, 50), Bound(200, 100), Bound(300, 200))
RED = PlanSpec(
    "Flood",
    "话务激增",
    240,
    level="red",
    calm_minutes=20,
    measures=Measures(
        calls_reserve=True,
        reserve_words=BothWords(
            "Four times the usual number of chats. Please come online if you can.",
            "当前进线为平时的四倍，请能到岗的同事尽快上线支援。",
        ),
        more_at_a_time=1,
        step_times=0.3,
        priority_points=50,
        priority_tiers=[VIP, GOLD],
        park_condition=LOW_VALUE,
        announcement=BothWords(
            "Many people are writing at the moment. Urgent matters come first; thank you for your patience.",
            "当前咨询人数较多，我们会优先处理紧急问题，感谢您的耐心等待。",
        ),
        opens_overflow=True,
        blocks_breaks=True,
    ),
)
YELLOW = PlanSpec(
    "Busy hours",
    "繁忙时段",
    120,
    level="yellow",
    measures=Measures(step_times=0.5, priority_points=20, priority_tiers=[VIP, GOLD], opens_overflow=True),
)
FAULT = PlanSpec(
    "Fault of our app",
    "App 故障",
    180,
    measures=Measures(
        announcement=BothWords(
            "The app cannot be reached at the moment. We are working on it and need no further reports.",
            "App 暂时无法使用，我们正在处理，无需重复反馈。",
        ),
        prepared=[
            PreparedAnswer(
                BothWords("The app does not open. What can I do?", "App 打不开怎么办？"),
                BothWords(
                    "Nothing on your side: we are working on it. Orders that were placed are safe.",
                    "无需任何操作，我们正在修复；已提交的订单不受影响。",
                ),
            ),
            PreparedAnswer(
                BothWords("Was I charged twice?", "会不会重复扣款？"),
                BothWords(
                    "No. Should your bank show two charges, one of them is taken back within three days.",
                    "不会。若银行显示两笔扣款，其中一笔将在三天内自动退回。",
                ),
            ),
        ],
        first_answer=BothWords(
            "The app cannot be reached at the moment and we know of it. We write to you as soon as it is back.",
            "App 目前无法使用，我们已知悉并在修复，恢复后会第一时间告知您。",
        ),
        priority_points=20,
    ),
)
# What `ombud simulate surge --plan standard --compare-plan` says of such a plan.
REHEARSED = RehearsalSummary(0.526, 0.581, 0.592, 0.920, 0, 172)


async def make_surge(tx: Transaction, by: Actor, *, now: datetime) -> None:
    """Write the plans down, mark some people as reserve, note a rehearsal and a run of yesterday."""
    await _mark_reserves(tx)
    await set_thresholds(tx, BOUNDS, by=by, now=now)
    began = now - timedelta(hours=HOURS_AGO)
    plans = [await make_plan(tx, spec, by=by, now=began - timedelta(days=20)) for spec in (YELLOW, RED, FAULT)]
    await _rehearse(tx, plans[1].id, by, now=now - timedelta(days=9))
    await start_plan(tx, plans[2].id, by=by, now=began)
    await end_plan(tx, plans[2].id, by=by, now=began + timedelta(minutes=HELD_MINUTES))


async def _mark_reserves(tx: Transaction) -> None:
    sql = """
        select p.id from person p where p.role = 'agent' and p.deactivated_at is null order by p.id desc
        limit %(limit)s"""
    people = await values(tx, int, sql, {"limit": RESERVES})
    sql = """
        insert into agent_routing (person_id, is_reserve) select id, true from unnest(%(ids)s::bigint[]) as id
        on conflict (person_id) do update set is_reserve = true"""
    await tx.execute(sql, {"ids": people})


async def _rehearse(tx: Transaction, plan_id: int, by: Actor, *, now: datetime) -> None:
    sql = """
        insert into surge_rehearsal (plan_id, version, scenario_en, scenario_zh, result, is_passed, note, person_id, at)
        values (%(plan)s, 1, '+300 %% in two hours', '两小时内 +300%%', %(result)s, %(passed)s, %(note)s, %(by)s,
            %(now)s) returning id"""
    params = {
        "plan": plan_id,
        "result": Jsonb(msgspec.to_builtins(REHEARSED)),
        "passed": REHEARSED.is_passed,
        "note": "双11 前演练",
        "by": by.person_id,
        "now": now,
    }
    await value(tx, int, sql, params)
