"""Rules that ship: taken up by an administrator, switched off until somebody switches them on."""

from datetime import datetime
from typing import Any

import msgspec

from ombud.automation.rules.queries import list_rules
from ombud.automation.rules.schemas import ExampleKey, RuleIn, RuleSpec
from ombud.automation.rules.services.definitions import add_rule
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Conflict
from ombud.tickets.queries.tickets import default_status

REMINDERS = {
    "en": (
        "Hello {{customer.name}},\n\nwe wrote to you some days ago about #{{ticket.id}} and have not heard from you "
        "since. Do you still need our help? Just answer this message.\n\n{{brand.name}}"
    ),
    "zh-CN": (
        "{{customer.name}}，您好！\n\n关于工单 #{{ticket.id}}，我们几天前给您回复过，还没有收到您的消息。"
        "请问问题解决了吗？如需继续协助，直接回复即可。\n\n{{brand.name}}"
    ),
}
OPINIONS = {
    "en": (
        "Hello {{customer.name}},\n\n#{{ticket.id}} is solved. How content are you with our service, "
        "from 1 (not at all) to 5 (very much)? Just answer with the number, and tell us what we should do better."
        "\n\n{{brand.name}}"
    ),
    "zh-CN": (
        "{{customer.name}}，您好！\n\n工单 #{{ticket.id}} 已办结。"
        "请您为本次服务打分：1 分（很不满意）到 5 分（非常满意）。"
        "直接回复分数即可，也欢迎告诉我们哪里可以做得更好。\n\n{{brand.name}}"
    ),
}
ASKED = "opinion-asked"
VIP_TIERS = ["VIP", "gold", "金卡", "金卡·Gold"]
WORDS = ("refund", "money back", "退款", "退货")


class ExampleThere(Conflict):
    """This example is among the rules already. Look for it in the list."""

    code = "example_there"


async def add_example(tx: Transaction, key: ExampleKey, *, by: Actor, now: datetime) -> int:
    """Take up a rule that ships, off, in the language of whoever takes it; gives its number.

    Raises:
        ExampleThere: it is among the rules already.

    Emits: RuleChanged
    """
    if any(one.example == key for one in await list_rules(tx)):
        raise ExampleThere
    spec = await example(tx, key, locale=by.locale)
    return await add_rule(tx, RuleIn(spec), by=by, now=now, example=key)


async def example(tx: Transaction, key: ExampleKey, *, locale: str) -> RuleSpec:
    """A rule that ships."""
    specs = _specs("zh-CN" if locale == "zh-CN" else "en", await default_status(tx, "closed"))
    return msgspec.convert(specs[key], RuleSpec)


def _specs(locale: str, closed_id: int) -> dict[ExampleKey, dict[str, Any]]:
    return {
        "close_after_days": {
            "name_en": "Close what has been solved for a week",
            "name_zh": "办结满一周自动结单",
            "when": {"kind": "time", "since": "solved", "after": "7d"},
            "actions": {"status_id": closed_id},
        },
        "remind_customer": {
            "name_en": "Remind a customer who has not answered for three days",
            "name_zh": "客户三天未回复时提醒",
            "when": {"kind": "time", "since": "answered", "after": "3d"},
            "condition": {"all": [{"field": "category", "op": "is", "value": "waiting"}]},
            "actions": {"reply": REMINDERS[locale], "add_tags": ["reminded"]},
        },
        "ask_opinion": {
            "name_en": "Ask how content a customer is a day after solving",
            "name_zh": "办结一天后请客户评价",
            "when": {"kind": "time", "since": "solved", "after": "1d"},
            "condition": {"all": [{"field": "tags", "op": "none_of", "value": [ASKED]}]},
            "actions": {"reply": OPINIONS[locale], "add_tags": [ASKED]},
        },
        "vip_first": {
            "name_en": "VIP customers first",
            "name_zh": "VIP客户优先",
            "when": {"kind": "events", "events": ["ticket_opened"]},
            "condition": {"all": [{"field": "tier", "op": "any_of", "value": VIP_TIERS}]},
            "actions": {"priority": 4, "add_tags": ["vip"]},
        },
        "keyword_tag": {
            "name_en": "Tag what speaks of a refund",
            "name_zh": "提到退款的打上标签",
            "when": {"kind": "events", "events": ["message_received"]},
            "condition": {"any": [{"field": "message", "op": "contains", "value": word} for word in WORDS]},
            "actions": {"add_tags": ["refund"]},
        },
    }
