"""The demo desk shows rules at work."""

from ombud.accounts.permissions import ROLES
from ombud.demo.rules import RUNS, make_rules
from ombud.shared.actor import Actor
from tests.site import Site


async def test_make_rules_takes_up_the_examples_and_lets_two_act(site: Site) -> None:
    desk = site.desk
    you = await desk.person("Ada", role="administrator")
    channel = await desk.channel("api")
    words = [f"I want a refund for order {number}" for number in range(RUNS + 3)]
    await desk.deliver(channel, *(desk.message(text, f"c{number}") for number, text in enumerate(words)))
    await desk.run("update customer set tier = 'VIP' where id = (select min(customer_id) from ticket)")
    async with desk.parts.database.transaction() as tx:
        by = Actor("person", you.id, "Ada", ROLES["administrator"], None)
        await make_rules(tx, by, now=desk.later(days=7))
    sql = "select jsonb_object_agg(example, is_on) from rule"
    assert await desk.sql(sql) == {
        "vip_first": True,
        "keyword_tag": True,
        "remind_customer": False,
        "close_after_days": False,
    }
    sql = """
        select jsonb_object_agg(example, n) from (select example, count(*) as n from rule_run r
            join rule on rule.id = r.rule_id where state = 'done' group by 1) counted"""
    assert await desk.sql(sql) == {"vip_first": 1, "keyword_tag": RUNS}
    assert await desk.sql("select count(*) from rule_run where at > %(now)s", now=desk.now) == 0
