"""The demo desk's skills: who can do what, what its teams and people take, and what its work asks for."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from ombud.demo.cast import GOLD, VIP
from ombud.routing.engine.schemas import Weights
from ombud.routing.skills.queries import find_agent, list_team_settings
from ombud.routing.skills.schemas import (
    AgentRoutingIn,
    LevelChange,
    Overflow,
    RequirementIn,
    RequirementSpec,
    SkillIn,
    SkillKind,
    TeamRoutingIn,
    WeightsIn,
)
from ombud.routing.skills.services.agents import change_agent, exclude_customer
from ombud.routing.skills.services.definitions import add_skill
from ombud.routing.skills.services.levels import write_levels
from ombud.routing.skills.services.requirements import add_requirement, change_requirement
from ombud.routing.skills.services.teams import change_team_settings
from ombud.routing.skills.services.weights import change_weights
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, value

SKILLS: tuple[tuple[str, SkillKind, str, str], ...] = (
    ("chinese", "language", "Mandarin", "普通话"),
    ("english", "language", "English", "英语"),
    ("cantonese", "language", "Cantonese", "粤语"),
    ("cooling", "product", "Fridges and air conditioners", "冰箱与空调"),
    ("laundry", "product", "Washers and dryers", "洗衣机与烘干机"),
    ("water", "product", "Purifiers and water heaters", "净水机与热水器"),
    ("kitchen", "product", "Kitchen appliances", "厨房电器"),
    ("smart", "product", "App and smart devices", "App 与智能设备"),
    ("refunds", "process", "Returns and refunds", "退换与退款"),
    ("complaints", "process", "Complaint handling", "投诉处理"),
    ("delivery", "process", "Delivery and installation dates", "配送与上门预约"),
    ("electrical", "certificate", "Electrical safety certificate", "电气安全上岗证"),
)
# Its people ask for the next one.
DRAWN = "投诉与VIP"
# What the people of a team can do beside their languages: the first ones better.
OF_TEAM: dict[str, tuple[str, ...]] = {
    "在线接待": ("delivery", "laundry", "cooling", "smart"),
    "物流配送": ("delivery", "refunds"),
    "安装维修": ("water", "electrical", "cooling", "laundry", "kitchen"),
    "退换账款": ("refunds", "delivery"),
    "投诉与VIP": ("complaints", "refunds"),
    "技术支持": ("smart", "water", "electrical", "kitchen", "cooling"),
}


def _need(skill: str, level: int) -> dict[str, Any]:
    return {"skill_id": skill, "level": level}


RULES: tuple[tuple[str, str, dict[str, Any], list[dict[str, Any]], bool], ...] = (
    (
        "Safety hazards",
        "安全隐患",
        {"field": "tags", "op": "any_of", "value": ["安全·safety"]},
        [
            {"seconds": 60, "all": [_need("electrical", 3)]},
            {"seconds": 120, "any": [_need("electrical", 1), _need("complaints", 4)]},
        ],
        True,
    ),
    (
        "VIP and gold customers who write English",
        "英语重要客户",
        {
            "all": [
                {"field": "tier", "op": "any_of", "value": [VIP, GOLD]},
                {"field": "language", "op": "is", "value": "en"},
            ]
        },
        [
            {"seconds": 60, "all": [_need("english", 4), {"any": [_need("complaints", 3), _need("refunds", 3)]}]},
            {"seconds": 120, "all": [_need("english", 3)]},
        ],
        True,
    ),
    (
        "Water purifiers and heaters",
        "净水与热水产品",
        {"field": "tags", "op": "any_of", "value": ["净水机漏水·leak", "二次安装·re-installed"]},
        [
            {"seconds": 120, "all": [_need("water", 4)]},
            {"seconds": 300, "all": [_need("water", 2)]},
        ],
        True,
    ),
    (
        "Refunds",
        "退款",
        {"field": "tags", "op": "any_of", "value": ["退款·refund", "扣款错误·wrong charge"]},
        [{"seconds": 180, "all": [_need("refunds", 3)]}],
        True,
    ),
    (
        "Customers who write English",
        "英语客户",
        {"field": "language", "op": "is", "value": "en"},
        [{"seconds": 120, "all": [_need("english", 3)]}, {"all": [_need("english", 2)]}],
        True,
    ),
    (
        "Pairing with the app",
        "App 配网",
        {"field": "tags", "op": "any_of", "value": ["App配网·pairing"]},
        [{"seconds": 120, "all": [_need("smart", 3)]}],
        False,
    ),
)


class _Person(Struct):
    id: int
    staff_number: str
    locale: str
    teams: list[str]


async def make_skills(tx: Transaction, by: Actor, *, now: datetime) -> None:
    """Make skills, levels, settings, rules and weights, as of two weeks ago."""
    since = now - timedelta(days=14)
    ids = {}
    for key, kind, name_en, name_zh in SKILLS:
        ids[key] = (await add_skill(tx, SkillIn(kind, name_en, name_zh), by=by, now=since)).id
    sql = """
        select p.id, p.staff_number, p.locale, array(select t.name from membership m join team t on t.id = m.team_id
            where m.person_id = p.id order by t.id) as teams
        from person p where p.deactivated_at is null and p.role not in ('read_only', 'partner') order by p.id"""
    people = await rows(tx, _Person, sql)
    levels = [one for person in people for one in _levels(person, ids, now=now)]
    await write_levels(tx, levels, by=by, now=since)
    await _settle_people(tx, people, by=by, now=since)
    await _settle_teams(tx, by=by, now=since)
    await _make_rules(tx, ids, by=by, now=since)
    await change_weights(tx, WeightsIn(Weights(tiers={VIP: 1.0, GOLD: 0.6}), 0), by=by, now=since)


def _levels(person: _Person, ids: dict[str, int], *, now: datetime) -> list[LevelChange]:
    """What a colleague holds: always the same for the same staff number."""
    luck = int(person.staff_number or 0) * 7 + person.id
    held = {"chinese" if person.locale == "zh-CN" else "english": 5}
    held.setdefault("english" if person.locale == "zh-CN" else "chinese", 1 + luck % 4)
    if luck % 6 == 0:
        held["cantonese"] = 3 + luck % 3
    for team in person.teams:
        for place, skill in enumerate(OF_TEAM.get(team.partition(" ")[0], ())):
            if (luck + place) % 3 or place == 0:
                held.setdefault(skill, max(1, 5 - place - (luck + place) % 2))
    ends = {"electrical": (now + timedelta(days=(luck % 9 - 1) * 45)).date()}
    return [LevelChange(person.id, ids[skill], level, ends.get(skill)) for skill, level in held.items()]


async def _settle_people(tx: Transaction, people: list[_Person], *, by: Actor, now: datetime) -> None:
    for place, person in enumerate(people):
        known = await find_agent(tx, person.id)
        settings = msgspec.structs.replace(
            known.settings,
            limits={"chat": 2 + place % 3} if place % 2 else {},
            wrap_up_seconds=30 if any(team.startswith("在线接待") for team in person.teams) else 0,
            ramp_seconds=300 if place % 4 == 1 else 0,
            is_reserve=not (place + 1) % 11,
        )
        await change_agent(tx, person.id, AgentRoutingIn(settings, known.version), by=by, now=now)
    customer = await value(tx, int, "select min(id) from customer where tier = %(tier)s", {"tier": GOLD})
    if customer is not None:
        reason = "同小区邻居，申请回避 · Neighbours: asked not to be given their work"
        await exclude_customer(tx, people[-1].id, customer, reason, by=by, now=now)


async def _settle_teams(tx: Transaction, *, by: Actor, now: datetime) -> None:
    teams = {one.name.partition(" ")[0]: one for one in await list_team_settings(tx)}
    helps = {"在线接待": ("退换账款", 600, 40), "技术支持": ("安装维修", 900, 20), "物流配送": ("在线接待", 900, 30)}
    for name, (other, seconds, waiting) in helps.items():
        if name in teams and other in teams:
            overflow = [Overflow(teams[other].team_id, seconds, waiting, 2)]
            settings = msgspec.structs.replace(teams[name].settings, overflow=overflow, preferred_seconds=60)
            change = TeamRoutingIn(settings, teams[name].version)
            await change_team_settings(tx, teams[name].team_id, change, by=by, now=now)
    if DRAWN in teams:
        settings = msgspec.structs.replace(teams[DRAWN].settings, routing="pull")
        change = TeamRoutingIn(settings, teams[DRAWN].version)
        await change_team_settings(tx, teams[DRAWN].team_id, change, by=by, now=now)


async def _make_rules(tx: Transaction, ids: dict[str, int], *, by: Actor, now: datetime) -> None:
    for name_en, name_zh, condition, steps, is_on in RULES:
        known = {"name_en": name_en, "name_zh": name_zh, "condition": condition}
        whole = msgspec.convert({**known, "steps": _named(steps, ids)}, RequirementSpec)
        # Each asked only for its first step at first.
        first = msgspec.convert({**known, "steps": _named(steps[:1], ids)}, RequirementSpec)
        made = await add_requirement(tx, RequirementIn(first, is_on), by=by, now=now)
        later = now + timedelta(days=5)
        await change_requirement(tx, made, RequirementIn(whole, is_on, version=1), by=by, now=later)


def _named(part: Any, ids: dict[str, int]) -> Any:
    """Steps with the numbers of skills in the place of their keys."""
    if isinstance(part, list):
        return [_named(one, ids) for one in part]
    if isinstance(part, dict):
        return {key: ids[one] if key == "skill_id" else _named(one, ids) for key, one in part.items()}
    return part
