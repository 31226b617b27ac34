"""The router on a real database: skills step by step, overflow, limits, ramps, preferred agents, and its record."""

import asyncio
from datetime import timedelta

import pytest

from ombud.routing.engine.queries.explaining import explain_for
from ombud.routing.engine.services.pulling import pull
from ombud.shared.actor import Actor
from tests.desk import Desk
from tests.routing.engine.scenes import Scene, asks


async def test_route_gives_to_who_has_the_skill_and_waits_for_others(scene: Scene) -> None:
    lu, mia = await scene.desk.person("Lu"), await scene.desk.person("Mia")
    await scene.desk.online(lu, mia)
    french = await scene.skill("French")
    await scene.learn(mia, french, 3)
    await scene.require(asks(french, 3))
    tickets = await scene.arrive(3)
    await scene.route()
    assert {await scene.holder(one) for one in tickets} == {mia.id}
    reason = (await scene.desk.timeline(tickets[0]))[-1].details.reason
    assert reason is not None
    assert (reason.code, reason.candidates) == ("best_match", 1)


async def test_route_step_over_lets_the_next_one_in_and_then_anybody(scene: Scene) -> None:
    lu, mia = await scene.desk.person("Lu"), await scene.desk.person("Mia")
    french = await scene.skill("French")
    await scene.learn(mia, french, 2)
    await scene.require(asks(french, 4, 60), asks(french, 2, 60))
    [first] = await scene.arrive()
    await scene.desk.online(lu, mia)
    assert await scene.route() == 0
    scene.desk.later(seconds=59)
    assert await scene.route() == 0
    scene.desk.later(seconds=1)
    await scene.desk.run("update presence set seen_at = %(now)s", now=scene.desk.now)
    assert await scene.route() == 1
    assert await scene.holder(first) == mia.id
    assert await scene.lines(first) == ["step", "assigned"]
    await scene.desk.run("update presence set state = 'away' where person_id = %(id)s", id=mia.id)
    [second] = await scene.arrive()
    assert await scene.route() == 0
    scene.desk.later(seconds=120)
    await scene.desk.run("update presence set seen_at = %(now)s", now=scene.desk.now)
    assert await scene.route() == 1
    assert await scene.holder(second) == lu.id


async def test_route_skill_whose_day_has_passed_does_not_count(scene: Scene) -> None:
    lu = await scene.desk.person("Lu")
    await scene.desk.online(lu)
    certificate = await scene.skill("Certificate")
    await scene.learn(lu, certificate, 5, until="2026-11-22")
    await scene.require(asks(certificate, 1))
    await scene.arrive()
    assert await scene.route() == 0
    await scene.desk.run("update agent_skill set valid_until = '2026-11-23'")
    assert await scene.route() == 1


async def test_route_work_nobody_free_can_take_does_not_hold_up_the_rest(scene: Scene) -> None:
    lu = await scene.desk.person("Lu")
    await scene.desk.online(lu)
    rare = await scene.skill("Rare")
    await scene.require(asks(rare, 5), condition={"all": [{"field": "priority", "op": "is", "value": 4}]})
    held = await scene.arrive(5)
    await scene.desk.run("update ticket set priority = 4")
    [plain] = await scene.arrive()
    assert await scene.route() == 1
    assert await scene.holder(plain) == lu.id
    assert {await scene.holder(one) for one in held} == {None}


async def test_route_overflow_opens_when_its_conditions_hold_and_takes_the_ticket_along(scene: Scene) -> None:
    helping = await scene.desk.team("Helping")
    mia = await scene.desk.person("Mia", helping)
    await scene.desk.online(mia)
    sql = """
        insert into team_overflow (team_id, position, to_team_id, after_seconds, min_waiting, min_free)
        values (1, 1, %(team)s, 60, 2, 1)"""
    await scene.desk.run(sql, team=helping)
    [first] = await scene.arrive()
    scene.desk.later(seconds=50)
    await scene.desk.run("update presence set seen_at = %(now)s", now=scene.desk.now)
    assert await scene.route() == 0
    scene.desk.later(seconds=20)
    # Long enough, but only one waits.
    assert await scene.route() == 0
    await scene.arrive()
    scene.desk.later(seconds=6)
    await scene.desk.run("update presence set seen_at = %(now)s", now=scene.desk.now)
    assert await scene.route() == 1
    assert await scene.holder(first) == mia.id
    assert await scene.desk.column(first, "team_id") == helping
    assert await scene.lines(first) == ["overflow", "assigned"]
    assert [one.data["from_team_id"] for one in await scene.desk.events("ticket_moved")] == [1]


async def test_route_chat_is_not_held_up_by_mails(scene: Scene) -> None:
    lu = await scene.desk.person("Lu", capacity=2)
    await scene.desk.online(lu)
    await scene.arrive(2)
    assert await scene.route() == 2
    [mail] = await scene.arrive()
    [chat] = await scene.arrive(kind="chat")
    assert await scene.route() == 1
    assert (await scene.holder(mail), await scene.holder(chat)) == (None, lu.id)


@pytest.mark.parametrize(
    ("column", "value", "given"),
    [("limits", '{"chat": 1}', 1), ("accepts", "{email}", 0), ("ramp_seconds", "600", 1), ("wrap_up_seconds", "0", 3)],
)
async def test_route_keeps_to_the_settings_of_an_agent(scene: Scene, column: str, value: str, given: int) -> None:
    lu = await scene.desk.person("Lu", capacity=8)
    await scene.desk.online(lu)
    await scene.desk.run(f"insert into agent_routing (person_id, {column}) values (%(id)s, %(to)s)", id=lu.id, to=value)
    await scene.arrive(3, kind="chat")
    assert await scene.route() == given


@pytest.mark.parametrize("why", ["suspended", "wrap_up", "busy", "excluded"])
async def test_route_gives_nothing_to_who_is_kept_from_it(scene: Scene, why: str) -> None:
    lu = await scene.desk.person("Lu")
    await scene.desk.online(lu)
    [ticket] = await scene.arrive()
    sql = {
        "suspended": """insert into agent_routing (person_id, suspended_at, suspended_reason)
            values (%(id)s, %(now)s, 'x')""",
        "wrap_up": "update presence set wrap_up_until = %(now)s + interval '30 s' where person_id = %(id)s",
        "busy": "update presence set state = 'busy', since = %(now)s where person_id = %(id)s",
        "excluded": """insert into agent_exclusion (person_id, customer_id, reason, at)
            select %(id)s, customer_id, 'x', %(now)s from ticket""",
    }[why]
    await scene.desk.run(sql, id=lu.id, now=scene.desk.now)
    assert await scene.route() == 0
    assert await scene.holder(ticket) is None


async def test_route_waits_for_the_agent_whom_the_customer_knows_and_no_longer_than_set(scene: Scene) -> None:
    await scene.team_settings(preferred_seconds=60)
    lu, mia = await scene.desk.person("Lu", capacity=1), await scene.desk.person("Mia")
    await scene.desk.online(lu)
    [known] = await scene.arrive(who="rosa")
    await scene.route()
    await scene.desk.online(mia)
    await scene.desk.run("delete from conversation")
    [again] = await scene.arrive(who="rosa")
    assert await scene.route() == 0
    assert await scene.wait(again, "preferred_id") == lu.id
    await scene.solve(known)
    assert await scene.route() == 1
    assert await scene.holder(again) == lu.id
    await scene.desk.run("delete from conversation")
    [third] = await scene.arrive(who="rosa")
    assert await scene.route() == 0
    scene.desk.later(seconds=60)
    await scene.desk.run("update presence set seen_at = %(now)s", now=scene.desk.now)
    assert await scene.route() == 1
    assert await scene.holder(third) == mia.id


async def test_route_record_names_candidates_exclusions_step_and_score(scene: Scene) -> None:
    lu, mia = await scene.desk.person("Lu"), await scene.desk.person("Mia")
    await scene.desk.online(lu, mia)
    french = await scene.skill("French")
    await scene.learn(mia, french, 3)
    await scene.require(asks(french, 3))
    [ticket] = await scene.arrive()
    await scene.route()
    sql = "select to_jsonb(d) from routing_decision d where ticket_id = %(id)s"
    line = await scene.desk.sql(sql, id=ticket)
    assert (line["kind"], line["person_id"], line["step"], line["score"]) == ("assigned", mia.id, 0, 20)
    assert [one[0] for one in line["details"]["candidates"]] == [mia.id]
    assert line["details"]["excluded"] == {"skills": 1}


async def test_route_eight_routers_at_once_give_each_ticket_once_and_overload_nobody(desk: Desk, scene: Scene) -> None:
    people = [await desk.person(f"P{number}", capacity=5) for number in range(6)]
    await desk.online(*people)
    await scene.arrive(40)
    for _ in range(4):
        await asyncio.gather(*(scene.route() for _ in range(8)))
    sql = "select count(*) from ticket where assignee_id is not null"
    assert await desk.sql(sql) == 30
    sql = "select max(n) from (select count(*) as n from ticket where assignee_id is not null group by assignee_id) t"
    assert await desk.sql(sql) == 5
    sql = "select count(*) = count(distinct ticket_id) and count(*) = 30 from routing_decision where kind = 'assigned'"
    assert await desk.sql(sql)


async def test_route_clock_set_back_still_gives_work(scene: Scene) -> None:
    lu = await scene.desk.person("Lu")
    [ticket] = await scene.arrive()
    scene.desk.later(hours=-2)
    await scene.desk.online(lu)
    assert await scene.route() == 1
    assert await scene.holder(ticket) == lu.id


async def test_route_fairness_prefers_who_had_less_lately_among_equals(scene: Scene) -> None:
    lu, mia = await scene.desk.person("Lu"), await scene.desk.person("Mia")
    await scene.desk.online(lu, mia)
    sql = (
        "update presence set recent_work = 8, recent_at = %(now)s, last_assigned_at = %(old)s where person_id = %(id)s"
    )
    await scene.desk.run(sql, now=scene.desk.now, old=scene.desk.now - timedelta(hours=1), id=lu.id)
    [ticket] = await scene.arrive()
    await scene.route()
    assert await scene.holder(ticket) == mia.id


async def reserve(scene: Scene, *teams: int) -> Actor:
    """Somebody who is online and marked as reserve."""
    one = await scene.desk.person("Ruo", *teams)
    await scene.desk.run("insert into agent_routing (person_id, is_reserve) values (%(id)s, true)", id=one.id)
    await scene.desk.online(one)
    return one


async def test_reserve_is_given_nothing_until_called_and_may_draw(scene: Scene) -> None:
    ruo = await reserve(scene)
    first, second = await scene.arrive(2)
    await scene.route()
    await scene.stuck()
    assert (await scene.holder(first), await scene.wait(first, "stuck_reason")) == (None, "nobody_online")
    async with scene.tx() as tx:
        found = await explain_for(tx, first, ruo.person_id, by=ruo, now=scene.desk.now)
    assert "reserve" in [one.code for one in found.exclusions]
    async with scene.tx() as tx:
        assert (await pull(tx, by=ruo, now=scene.desk.now)).ticket_id == first
    sql = """
        with plan as (insert into surge_plan (created_at) values (%(now)s) returning id), version as (
            insert into surge_plan_version (plan_id, version, spec, at) select id, 1, '{}', %(now)s from plan
        ), run as (
            insert into surge_run (plan_id, version, cause, started_at, ends_at)
            select id, 1, 'switch', %(now)s, %(now)s + interval '1 hour' from plan returning id
        )
        insert into surge_call (run_id, person_id, team_id, called_at, answer)
        select id, %(ruo)s, 1, %(now)s, 'accepted' from run"""
    await scene.desk.run(sql, now=scene.desk.now, ruo=ruo.id)
    assert await scene.route() == 1
    assert await scene.holder(second) == ruo.id


async def test_reserve_is_asked_while_their_team_helps_another(scene: Scene) -> None:
    helping = await scene.desk.team("Helping")
    ruo = await reserve(scene, helping)
    [own] = await scene.arrive(team=helping)
    assert await scene.route() == 0
    [lent] = await scene.arrive()
    await scene.desk.run(
        "update work_wait set offered_team_ids = array[1, %(to)s] where ticket_id = %(id)s", to=helping, id=lent
    )
    await scene.route()
    assert ruo.id in {await scene.holder(own), await scene.holder(lent)}
