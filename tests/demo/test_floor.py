"""The floor of the demo desk: rules, a duty log, hand-overs, people in several states, a raised hand."""

import random

from ombud.accounts.permissions import ROLES
from ombud.demo.floor import NOTES, make_floor, settle_floor, take_turns
from ombud.shared.actor import Actor
from tests.desk import Desk
from tests.site import Site


async def test_make_floor_writes_the_log_of_each_team_and_hands_over(desk: Desk) -> None:
    await desk.person("Lead", role="supervisor")
    you = Actor("person", (await desk.person("You", role="administrator")).id, "You", ROLES["administrator"], None)
    async with desk.parts.database.transaction() as tx:
        await make_floor(tx, you, now=desk.now)
    assert await desk.sql("select count(*) from duty_note") == len(NOTES["en"])
    assert await desk.sql("select count(*) from duty_item where kind in ('fault', 'vip')") == 2
    assert await desk.sql("select at_most_at_once from break_rule where team_id = 1") == 2
    assert await desk.sql("select accepted_at from duty_handover") is None


async def test_settle_floor_spreads_people_and_one_raises_a_hand(site: Site) -> None:
    desk = site.desk
    people = [await desk.person(f"P{number}") for number in range(7)]
    await desk.online(*people)
    ticket = await site.ticket()
    await (await site.browser(people[6])).put(f"/tickets/{ticket}/assignment", {"assignee_id": people[6].id})
    async with desk.parts.database.transaction() as tx:
        gone = await settle_floor(tx, people, now=desk.now)
    assert gone == [one.id for one in people[:5]]
    sql = "select string_agg(state, ' ' order by person_id) from presence"
    assert await desk.sql(sql) == "break busy break wrap_up busy online online"
    assert await desk.sql("select ticket_id from raised_hand") == ticket


async def test_take_turns_one_comes_back_and_one_goes(desk: Desk) -> None:
    people = [await desk.person(f"P{number}") for number in range(6)]
    await desk.online(*people)
    async with desk.parts.database.transaction() as tx:
        gone = set(await settle_floor(tx, people[:5], now=desk.now))
        after = await take_turns(tx, gone, people[5:], random.Random(1), now=desk.now)
    assert (len(after), people[5].id in after) == (5, True)
    assert await desk.sql("select count(*) from presence where state = 'online'") == 1
