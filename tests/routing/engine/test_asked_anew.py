"""Waiting work that changes is asked about anew: another rule may fit it, and its steps hold from then on."""

import pytest

from ombud.assistance.classification.events import TicketClassified
from ombud.customers.events import CustomerChanged
from ombud.routing.engine.reactions import ROUTING
from ombud.shared.actor import SYSTEM
from ombud.shared.events import Fact, emit
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from tests.routing.engine.scenes import Scene, asks

ANGRY = {"all": [{"field": "sentiment", "op": "is", "value": "negative"}]}
GOLD = {"all": [{"field": "tier", "op": "is", "value": "Gold"}]}
REFUND = {"all": [{"field": "tags", "op": "contains", "value": "refund"}]}


async def needs(scene: Scene, ticket: int) -> list[int]:
    """The skills of the steps that waiting work has."""
    found: list[int] = await scene.wait(
        ticket,
        "(select coalesce(jsonb_agg(s->'need'->'all'->0->'skill_id'), '[]') from jsonb_array_elements(steps) s)",
    )
    return found


async def tell(scene: Scene, fact: Fact) -> None:
    """Something happened, and the router's reader hears of it."""
    desk = scene.desk
    async with scene.tx() as tx:
        await register_reader(tx, ROUTING)
        await emit(tx, fact, by=SYSTEM, at=desk.now)
    async with scene.tx() as tx:
        await sequence_events(tx, now=desk.now)
    while (await read_batch(desk.parts.database, ROUTING, now=desk.now)).passed:
        pass


async def test_work_whose_mood_is_found_while_it_waits_asks_for_other_skills(scene: Scene) -> None:
    calm, careful = await scene.skill("calm"), await scene.skill("careful")
    await scene.require(asks(careful, 3), condition=ANGRY)
    await scene.require(asks(calm, 1))
    [ticket] = await scene.arrive()
    await scene.route()
    assert await needs(scene, ticket) == [calm]
    sql = """
        insert into ticket_label (ticket_id, aspect, label, confidence, state, at)
        values (%(id)s, 'sentiment', 'negative', 0.9, 'set', %(now)s)"""
    await scene.desk.run(sql, id=ticket, now=scene.desk.now)
    since = await scene.wait(ticket, "eligible_at")
    scene.desk.later(seconds=2)
    await tell(scene, TicketClassified(ticket_id=ticket, fields=["sentiment"]))
    await scene.route()
    assert await needs(scene, ticket) == [careful]
    assert await scene.wait(ticket, "eligible_at") == since


async def test_work_of_a_customer_who_gets_a_tier_asks_for_other_skills(scene: Scene) -> None:
    plain, gold = await scene.skill("plain"), await scene.skill("gold")
    await scene.require(asks(gold, 1), condition=GOLD)
    await scene.require(asks(plain, 1))
    mine, other = await scene.arrive(2)
    await scene.route()
    await scene.desk.run(
        "update customer set tier = 'Gold' where id = (select customer_id from ticket where id = %(id)s)", id=mine
    )
    customer = await scene.desk.sql("select customer_id from ticket where id = %(id)s", id=mine)
    await tell(scene, CustomerChanged(customer_id=customer, fields=["tier"]))
    await scene.route()
    assert [await needs(scene, one) for one in (mine, other)] == [[gold], [plain]]


async def test_work_that_no_rule_fits_any_more_asks_for_nothing(scene: Scene) -> None:
    skill = await scene.skill("refunds")
    await scene.require(asks(skill, 1), condition=REFUND)
    [ticket] = await scene.arrive()
    await scene.desk.run("update ticket set tags = '{refund}' where id = %(id)s", id=ticket)
    await scene.route()
    assert await needs(scene, ticket) == [skill]
    await scene.desk.run("update ticket set tags = '{}' where id = %(id)s", id=ticket)
    await scene.route()
    assert await needs(scene, ticket) == []
    assert await scene.wait(ticket, "rule_id") is None


@pytest.mark.parametrize("changes", [True, False])
async def test_work_keeps_the_steps_of_its_rule_whatever_becomes_of_the_rule(scene: Scene, *, changes: bool) -> None:
    old, new = await scene.skill("old"), await scene.skill("new")
    await scene.require(asks(old, 1))
    [ticket] = await scene.arrive()
    await scene.route()
    scene.desk.later(seconds=90)
    await scene.route()
    assert await scene.wait(ticket, "step") == 1
    sql = "update requirement_rule set steps = replace(steps::text, %(old)s, %(new)s)::jsonb"
    await scene.desk.run(sql, old=f'"skill_id": {old}', new=f'"skill_id": {new}')
    if changes:
        await scene.desk.run("update ticket set tags = '{other}' where id = %(id)s", id=ticket)
    await scene.route()
    assert await needs(scene, ticket) == [old]
    assert await scene.wait(ticket, "step") == 1


async def test_work_that_changes_late_has_the_steps_behind_it_whose_time_is_over(scene: Scene) -> None:
    first, second = await scene.skill("first"), await scene.skill("second")
    await scene.require(asks(first, 1, 60), asks(second, 1, 60), condition=REFUND)
    [ticket] = await scene.arrive()
    await scene.route()
    scene.desk.later(seconds=70)
    await scene.desk.run("update ticket set tags = '{refund}' where id = %(id)s", id=ticket)
    await scene.route()
    assert await scene.wait(ticket, "step") == 1
