"""The demo desk's rules: two at work with runs of the last days, two that are off, in both languages' names."""

from datetime import datetime, timedelta

import msgspec

from ombud.automation.rules.book import ready
from ombud.automation.rules.examples import add_example
from ombud.automation.rules.queries import find_rule
from ombud.automation.rules.rules import folded
from ombud.automation.rules.schemas import ExampleKey, RulePatch
from ombud.automation.rules.services.definitions import change_rule
from ombud.automation.rules.services.running import Occasion, run_rule
from ombud.shared.actor import Actor
from ombud.shared.conditions import Context
from ombud.shared.database import Transaction, values
from ombud.views.services.asking import Asked

RUNS = 12
EXAMPLES: tuple[tuple[ExampleKey, bool], ...] = (
    ("vip_first", True),
    ("keyword_tag", True),
    ("remind_customer", False),
    ("close_after_days", False),
)


async def make_rules(tx: Transaction, by: Actor, *, now: datetime) -> None:
    """Take the examples up, and let those that are on act on a few open tickets, by the same code as ever."""
    for key, is_on in EXAMPLES:
        rule_id = await add_example(tx, key, by=by, now=now - timedelta(days=7))
        if is_on:
            await change_rule(tx, rule_id, RulePatch(is_on=True), by=by, now=now - timedelta(days=6))
            await _act(tx, rule_id, now=now)


async def _act(tx: Transaction, rule_id: int, *, now: datetime) -> None:
    rule = ready(await find_rule(tx, rule_id))
    sql = """
        select t.id from ticket t join customer c on c.id = t.customer_id
        where t.is_open and t.merged_into_id is null and t.priority < 4
        order by (c.tier in ('VIP', '金卡·Gold')) desc, t.id desc limit 300"""
    asked = Asked({"tier", "message"}, [])
    found = await asked.load(tx, await values(tx, int, sql))
    cause = msgspec.to_builtins(rule.rule.spec.when)["events"][0]
    fitting = [one for one in sorted(found) if rule.test(folded(found[one]), Context(now=now))]
    for place, ticket_id in enumerate(fitting[:RUNS]):
        at = now - timedelta(hours=5 * (len(fitting[:RUNS]) - place))
        occasion = Occasion(ticket_id, cause, f"demo-{ticket_id}", acted_by="customer")
        await run_rule(tx, rule, occasion, rule.reasons(found[ticket_id], at), now=at)
