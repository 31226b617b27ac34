"""Strain on a real desk: asked for by the agent, seen by the agent first, and routing spares them."""

from dataclasses import dataclass
from typing import Any

import pytest

from ombud.routing.engine.queries.agents import load_agents
from ombud.routing.engine.queries.teams import team_rules
from ombud.routing.engine.services import route
from ombud.routing.strain.reactions import STRAIN
from ombud.routing.strain.services.watching import watch
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from tests.accounts.desk import Browser
from tests.site import Site, reply_of

ANGRY = "This is unacceptable, you are the worst. Idiot!"


@dataclass
class Shift:
    """An agent with a hard shift, and their supervisor."""

    site: Site
    lin: Browser
    wu: Browser
    people: dict[str, Actor]

    async def talks(self, count: int, text: str = ANGRY) -> None:
        """So many conversations in which Lin answered."""
        channel = await self.site.desk.channel("chat")
        for _ in range(count):
            before = set(await self.site.desk.tickets())
            name = f"c{len(before)}"
            await self.site.desk.deliver(channel, self.site.desk.message(text, who=name))
            [ticket] = set(await self.site.desk.tickets()) - before
            answer = await self.lin.post(f"/tickets/{ticket}/replies", reply_of("I see to it.", force=True))
            assert answer.status_code == 201, answer.text
        await self.read()

    async def read(self) -> None:
        """The reader hears of everything, and the worker looks."""
        await self.site.desk.events()
        while (await read_batch(self.site.desk.parts.database, STRAIN, now=self.site.desk.now)).passed:
            pass
        async with self.site.desk.parts.database.transaction() as tx:
            await watch(tx, now=self.site.desk.now)

    async def on(self, **more: Any) -> dict[str, Any]:
        """Lin wants it."""
        answer = await self.lin.put("/me/strain", {"is_on": True} | more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def own(self) -> dict[str, Any]:
        """What Lin sees."""
        found: dict[str, Any] = (await self.lin.get("/me/strain")).json()
        return found

    async def share(self) -> float:
        """How much hard work the engine would give to Lin."""
        async with self.site.desk.parts.database.transaction() as tx:
            [agent] = await load_agents(
                tx, [self.people["lin"].id or 0], teams=await team_rules(tx), now=self.site.desk.now, with_skills=False
            )
        return agent.hard_share

    async def policy(self, **change: Any) -> None:
        """What the team agrees on."""
        answer = await self.wu.put("/strain/policies/1", change)
        assert answer.status_code == 204, answer.text

    async def told(self) -> list[str]:
        """Of whom the supervisor hears."""
        return [one["name"] for one in (await self.wu.get("/strain/people")).json()["items"]]


@pytest.fixture
async def shift(site: Site) -> Shift:
    async with site.desk.parts.database.transaction() as tx:
        await register_reader(tx, STRAIN)
    people = {"lin": await site.desk.person("Lin"), "wu": await site.desk.person("Wu", role="supervisor")}
    lin, wu = await site.browser(people["lin"]), await site.browser(people["wu"])
    return Shift(site, lin, wu, people)


async def test_nobody_is_measured_who_did_not_ask_for_it(shift: Shift) -> None:
    await shift.talks(8)
    own = await shift.own()
    assert (own["is_on"], own["load"], own["parts"]) == (False, 0, [])
    assert await shift.site.desk.sql("select count(*) from strain_share") == 0
    assert await shift.share() == 1


async def test_a_hard_shift_is_a_load_that_says_what_it_is_made_of(shift: Shift) -> None:
    await shift.talks(6)
    own = await shift.on()
    assert {one["name"]: one["count"] for one in own["parts"]} == {"anger": 6, "abuse": 6, "in_a_row": 5}
    assert own["load"] == sum(one["points"] for one in own["parts"]) > own["bound"]
    assert own["is_high"]
    assert own["break_proposed_at"] is not None


async def test_above_the_bound_hard_work_goes_to_others(shift: Shift) -> None:
    await shift.on()
    assert await shift.share() == 1
    await shift.talks(6)
    assert await shift.share() == pytest.approx(0.25)
    await shift.policy(bound=60, hard_percent=0)
    await shift.read()
    assert await shift.share() == 0
    shift.site.desk.later(hours=4)
    await shift.read()
    assert await shift.share() == 1


async def test_waiting_work_is_hard_by_its_customers_words(shift: Shift) -> None:
    channel = await shift.site.desk.channel("chat")
    await shift.site.desk.deliver(channel, shift.site.desk.message(ANGRY, who="a"), shift.site.desk.message(who="b"))
    await shift.read()
    sql = "select array_agg(ticket_id order by ticket_id) from strain_mark"
    assert await shift.site.desk.sql(sql) == (await shift.site.desk.tickets())[:1]
    due = "select count(*) from work_wait where look_at = '-infinity'"
    assert await shift.site.desk.sql(due) >= 1


async def test_a_break_is_proposed_once_an_hour_and_answered(shift: Shift) -> None:
    await shift.on()
    await shift.talks(7)
    assert (await shift.own())["break_proposed_at"] is not None
    answer = await shift.lin.put("/me/strain/break", {"answer": "not_now"})
    assert answer.json()["break_proposed_at"] is None
    shift.site.desk.later(minutes=30)
    await shift.read()
    assert (await shift.own())["break_proposed_at"] is None
    shift.site.desk.later(minutes=31)
    await shift.talks(3)
    assert (await shift.own())["break_proposed_at"] is not None


async def test_switching_it_off_throws_everything_away(shift: Shift) -> None:
    await shift.talks(6)
    await shift.on()
    own = (await shift.lin.put("/me/strain", {"is_on": False})).json()
    assert (own["is_on"], own["load"], own["is_high"]) == (False, 0, False)
    assert await shift.site.desk.sql("select count(*) from strain_share") == 0
    assert await shift.share() == 1


async def test_supervisors_hear_of_nobody_unless_the_team_and_the_agent_agreed(shift: Shift) -> None:
    await shift.talks(6)
    await shift.on()
    assert await shift.told() == []
    await shift.policy(tells="supervisors")
    # agreed before the team did: they are asked anew
    assert await shift.told() == []
    assert (await shift.own())["needs_consent"]
    refused = await shift.lin.put("/me/strain", {"is_on": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "policy_changed")
    own = await shift.on(tells="supervisors")
    assert not own["needs_consent"]
    [told] = (await shift.wu.get("/strain/people")).json()["items"]
    assert set(told) == {"person_id", "name", "since"}
    await shift.policy(tells="nobody")
    assert await shift.told() == []


async def test_what_is_private_stays_private(shift: Shift) -> None:
    await shift.talks(6)
    await shift.on()
    await shift.policy(tells="supervisors")
    kinds = {one.kind for one in await shift.site.desk.events()}
    assert {kind for kind in kinds if "strain" in kind} == {"strain_policy_changed"}
    # each sees their own alone
    assert (await shift.wu.get("/me/strain")).json()["is_on"] is False
    for path in ("/strain/people", "/strain/policies"):
        assert (await shift.lin.get(path)).status_code == 403
    assert (await shift.lin.put("/strain/policies/1", {})).status_code == 403


async def test_policies_are_of_teams_that_one_sees(shift: Shift) -> None:
    other = await shift.site.desk.team("Elsewhere")
    await shift.policy(bound=80)
    before = len(await shift.site.desk.events("strain_policy_changed"))
    await shift.policy(bound=80)
    assert len(await shift.site.desk.events("strain_policy_changed")) == before
    items = (await shift.wu.get("/strain/policies")).json()["items"]
    assert [(one["team_id"], one["bound"], one["tells"]) for one in items] == [(1, 80, "nobody")]
    assert (await shift.wu.put(f"/strain/policies/{other}", {})).status_code == 404
    assert (await shift.wu.put("/strain/policies/1", {"bound": 5})).status_code == 400


async def test_a_long_shift_without_a_break_is_a_load_and_a_break_ends_it(shift: Shift) -> None:
    desk = shift.site.desk
    await desk.online(shift.people["lin"])
    await shift.on()
    desk.later(hours=4)
    await shift.read()
    [part] = (await shift.own())["parts"]
    assert (part["name"], part["count"]) == ("no_break", 12)
    sql = """
        insert into state_log (person_id, state, from_at, to_at)
        values (%(id)s, 'break', %(now)s - interval '5 minutes', %(now)s)"""
    await desk.run(sql, id=shift.people["lin"].id, now=desk.now)
    await shift.read()
    assert (await shift.own())["parts"] == []


async def test_hard_shift_from_first_consent_to_the_end(shift: Shift) -> None:
    desk = shift.site.desk
    mia = await desk.person("Mia")
    await desk.run("insert into team_routing (team_id, offered_channels, preferred_seconds) values (1, '{}', 0)")
    await shift.policy(bound=40, hard_percent=0, tells="supervisors")
    # She reads by which weights, and whom it tells, before she agrees to anything.
    shown = await shift.own()
    assert (shown["is_on"], shown["tells"], shown["bound"], shown["load"]) == (False, "supervisors", 40, 0.0)
    assert {one["name"] for one in shown["weights"]} == {"anger", "abuse", "length", "in_a_row", "no_break"}
    assert (await shift.lin.put("/me/strain", {"is_on": True})).json()["code"] == "policy_changed"
    await shift.on(tells="supervisors")
    assert (await shift.share(), await shift.told()) == (1.0, [])

    await shift.talks(8)
    own = await shift.own()
    assert own["is_high"]
    assert own["load"] == pytest.approx(sum(one["points"] for one in own["parts"]), abs=0.2)
    assert own["break_proposed_at"] is not None
    assert await shift.told() == ["Lin"]
    # Hard work goes to somebody else, calm work still to her.
    sql = "update ticket set category = 'closed', status_id = (select id from status where category = 'closed' limit 1)"
    await desk.run(sql)
    await desk.online(shift.people["lin"], mia)
    await desk.run("update person set capacity_points = 2 where role = 'agent'")
    channel = await desk.channel("chat")
    known = set(await desk.tickets())
    await desk.deliver(
        channel, desk.message(ANGRY, who="cross"), desk.message("Thank you, how do I order?", who="calm")
    )
    await shift.read()
    async with desk.parts.database.transaction() as tx:
        assert await route(tx, now=desk.now) == 2
    hard, calm = sorted(set(await desk.tickets()) - known)
    holders = (await desk.column(hard, "assignee_id"), await desk.column(calm, "assignee_id"))
    assert holders == (mia.id, shift.people["lin"].id)

    # She takes the break; it is hers to say, and it is asked once.
    answered = await shift.lin.put("/me/strain/break", {"answer": "taken"})
    assert answered.json()["break_proposed_at"] is None
    assert (await shift.lin.post("/me/break", {"reason": "rest"})).json()["state"] == "break"
    await shift.policy(bound=40, hard_percent=0, tells="nobody")
    assert await shift.told() == []
    # Hours later nothing of it is left; switched off, nothing is kept.
    shift.site.browsers.clear()
    desk.later(hours=5)
    await shift.read()
    own = await shift.own()
    assert (own["is_high"], own["load"], await shift.share()) == (False, 0.0, 1.0)
    await shift.lin.put("/me/strain", {"is_on": False})
    assert await desk.sql("select count(*) from strain_share") == 0
