"""The demo desk's saved views: six that everybody shares, one of a team, each with names in both languages."""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from ombud.demo.cast import GOLD, VIP
from ombud.shared.database import Transaction

AWAKE: list[dict[str, Any]] = [
    {"field": "category", "op": "none_of", "value": ["solved", "closed"]},
    {"field": "snoozed", "op": "is_empty"},
]
TABLE = ["number", "subject", "customer_name", "tier", "status", "priority", "assignee", "waiting", "due", "tags"]
# name in English, in Chinese, conditions beside being open, sort, layout
VIEWS: tuple[tuple[str, str, list[dict[str, Any]], str, str], ...] = (
    (
        "Waiting longest",
        "等待最久",
        [{"field": "waiting", "op": "older_than", "value": "2h"}],
        "waiting",
        "table",
    ),
    (
        "VIP or urgent",
        "重要客户与紧急",
        [
            {
                "any": [
                    {"field": "tier", "op": "any_of", "value": [VIP, GOLD]},
                    {"field": "priority", "op": "more", "value": 2},
                ]
            }
        ],
        "priority",
        "table",
    ),
    (
        "Due next",
        "即将超时",
        [{"field": "due", "op": "is_set"}],
        "due",
        "table",
    ),
    (
        "My board",
        "我的看板",
        [{"field": "assignee", "op": "is", "value": "me"}],
        "activity",
        "board",
    ),
    (
        "New today",
        "今日新建",
        [{"field": "created", "op": "within_last", "value": "24h"}],
        "created",
        "list",
    ),
    (
        "Quiet for three days",
        "三天无动静",
        [
            {"field": "activity", "op": "older_than", "value": "3d"},
            {"not": {"field": "category", "op": "is", "value": "on_hold"}},
        ],
        "activity_oldest",
        "table",
    ),
)
TEAM_VIEW = (
    "Chats nobody has taken",
    "无人接待的聊天",
    [{"field": "channel", "op": "is", "value": "chat"}, {"field": "assignee", "op": "is_empty"}],
    "waiting",
    "list",
)


async def make_views(tx: Transaction, teams: dict[str, int], people: list[int], since: datetime) -> None:
    """Write them; the first person keeps them, and the last one is the front team's."""
    sql = """
        insert into saved_view (name_en, name_zh, scope, owner_id, team_id, condition, sort, columns, layout, position,
            created_at)
        values (%(en)s, %(zh)s, %(scope)s, %(owner)s, %(team)s, %(condition)s, %(sort)s, %(columns)s, %(layout)s,
            %(position)s, %(at)s)"""
    for place, (en, zh, parts, sort, layout) in enumerate((*VIEWS, TEAM_VIEW), 1):
        team = teams["front"] if place > len(VIEWS) else None
        params: dict[str, object] = {"en": en, "zh": zh, "sort": sort, "layout": layout, "columns": TABLE}
        params |= {"scope": "team" if team else "all", "team": team, "owner": people[0], "position": place}
        await tx.execute(sql, params | {"condition": Jsonb({"all": [*AWAKE, *parts]}), "at": since})
