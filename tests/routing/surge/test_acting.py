"""What plans in force do: to routing, to breaks, to channels, to reserve agents; and levels that set them off."""

from datetime import datetime, timedelta

from ombud.routing.engine.queries.agents import load_agents
from ombud.routing.engine.queries.teams import team_rules
from ombud.routing.floor.queries import team_rules as floor_rules
from ombud.routing.surge.services.calling import mail_calls
from ombud.shared.database import Transaction
from ombud.tickets.services.announcements import announced
from tests.routing.surge.conftest import LOW, Control


async def column(control: Control, ticket: int, name: str) -> object:
    return await control.desk.sql(f"select {name} from work_wait where ticket_id = %(id)s", id=ticket)


async def test_more_at_a_time_is_heeded_by_the_router_while_it_holds(control: Control) -> None:
    lin = await control.desk.person("Lin", capacity=4)
    await control.desk.online(lin)
    sql = "insert into agent_routing (person_id, limits) values (%(id)s, '{\"chat\": 2}')"
    await control.desk.run(sql, id=lin.id)

    async def seen() -> tuple[int, dict[str, int]]:
        async with control.desk.parts.database.transaction() as tx:
            teams = await team_rules(tx)
            [agent] = await load_agents(tx, [lin.person_id], teams=teams, now=control.desk.now, with_skills=False)
        return agent.capacity, agent.limits

    plan = await control.plan(measures={"more_at_a_time": 2})
    assert await seen() == (4, {"chat": 2})
    await control.switch(plan)
    assert await seen() == (8, {"chat": 4})
    await control.switch(plan, on=False)
    assert await seen() == (4, {"chat": 2})


async def test_low_value_work_is_parked_and_comes_back(control: Control) -> None:
    low, usual = await control.arrive(2)
    await control.desk.run("update ticket set tags = '{survey}' where id = %(id)s", id=low)
    plan = await control.plan(measures={"park_condition": LOW})
    run = (await control.switch(plan))["run_id"]
    await control.prepare()
    assert await column(control, low, "place is null and look_at is null") is True
    assert await column(control, usual, "place is not null") is True
    assert (await control.board())["figures"]["parked"] == 1
    await control.switch(plan, on=False)
    await control.prepare()
    assert await column(control, low, "place is not null") is True
    report = (await control.run(run))["run"]["report"]
    assert (report["parked"], report["unparked"]) == (1, 1)


async def test_low_value_work_that_comes_later_is_parked_too(control: Control) -> None:
    plan = await control.plan(measures={"park_condition": LOW})
    await control.switch(plan)
    [low] = await control.arrive()
    await control.desk.run("update ticket set tags = '{survey}' where id = %(id)s", id=low)
    await control.watch()
    await control.prepare()
    assert await column(control, low, "place is null") is True


async def test_urgent_work_is_lifted_within_its_band_and_says_so(control: Control) -> None:
    [urgent] = await control.arrive()
    await control.desk.run("update ticket set priority = 4 where id = %(id)s", id=urgent)
    await control.prepare()
    before = float(str(await column(control, urgent, "score")))
    plan = await control.plan(measures={"priority_points": 40})
    await control.switch(plan)
    await control.prepare()
    assert float(str(await column(control, urgent, "score"))) - before >= 40
    parts = await column(control, urgent, "score_parts -> 'parts'")
    assert {"name": "surge", "fact": 40.0, "points": 40.0} in parts  # type: ignore[operator]
    await control.switch(plan, on=False)
    await control.prepare()
    assert float(str(await column(control, urgent, "score"))) < before + 40


async def test_breaks_are_blocked_while_it_holds(control: Control) -> None:
    lin = await control.desk.person("Lin")
    plan = await control.plan(measures={"blocks_breaks": True}, team_ids=[1])

    async def level() -> tuple[str | None, str | None]:
        async with control.desk.parts.database.transaction() as tx:
            rule = (await floor_rules(tx, [lin.person_id]))[1]
        return rule.rule.blocked_from, rule.level

    before = await level()
    await control.switch(plan)
    assert await level() == ("blue", "red")
    await control.switch(plan, on=False)
    assert await level() == before


async def test_overflow_is_open_at_once_while_it_holds(control: Control) -> None:
    other = await control.desk.team("Partner")
    sql = """
        insert into team_overflow (team_id, position, to_team_id, after_seconds, min_waiting, min_free)
        values (1, 1, %(to)s, 900, 50, 2)"""
    await control.desk.run(sql, to=other)
    [ticket] = await control.arrive()
    assert await column(control, ticket, "offered_team_ids") == [1]
    plan = await control.plan(measures={"opens_overflow": True})
    await control.switch(plan)
    await control.prepare()
    assert await column(control, ticket, "offered_team_ids") == [1, other]
    await control.switch(plan, on=False)
    await control.prepare()
    assert await column(control, ticket, "offered_team_ids") == [1]


async def test_announcement_is_told_on_its_channels_only_while_it_holds(control: Control) -> None:
    first, second = await control.desk.channel("chat"), await control.desk.channel("chat")
    measures = {"announcement": {"en": "We know of the fault.", "zh": "故障已知悉。"}, "channel_ids": [first]}
    plan = await control.plan(measures=measures)

    async def told(channel: int) -> str | None:
        async with control.desk.parts.database.transaction() as tx:
            found = await announced(tx, channel, now=control.desk.now)
        return found.zh if found else None

    await control.switch(plan)
    assert (await told(first), await told(second)) == ("故障已知悉。", None)
    await control.switch(plan, on=False)
    assert await told(first) is None


async def test_reserve_is_called_accepts_and_goes_home_when_nothing_is_in_hand(control: Control) -> None:
    office = await control.desk.team("Back office")
    ruo = await control.desk.person("Ruo", office)
    await control.desk.run("insert into agent_routing (person_id, is_reserve) values (%(id)s, true)", id=ruo.id)
    page = await control.site.browser(ruo)
    words = {"en": "Please come", "zh": "请上线支援"}
    plan = await control.plan(measures={"calls_reserve": True, "reserve_words": words}, team_ids=[1])
    run = (await control.switch(plan))["run_id"]
    [call] = (await page.get("/me/surge-calls")).json()["items"]
    assert (call["run_id"], call["words"], call["answer"]) == (run, words, None)
    await page.put(f"/me/surge-calls/{run}", {"answer": "accepted"})
    sql = "select count(*) from membership where person_id = %(id)s"
    assert await control.desk.sql(sql, id=ruo.id) == 2
    assert await control.desk.sql("select state from presence where person_id = %(id)s", id=ruo.id) == "online"
    [ticket] = await control.arrive()
    await control.desk.run("update ticket set assignee_id = %(id)s where id = %(t)s", id=ruo.id, t=ticket)
    await control.switch(plan, on=False)
    # what they began they bring to an end; nothing new comes to them
    assert await control.desk.sql(sql, id=ruo.id) == 2
    async with control.desk.parts.database.transaction() as tx:
        teams = await team_rules(tx)
        [agent] = await load_agents(tx, [ruo.person_id], teams=teams, now=control.desk.now, with_skills=False)
    assert agent.team_ids == (office,)
    solved = "update ticket set category = 'solved', status_id = (select id from status where name_en = 'Solved')"
    await control.desk.run(solved)
    await control.watch()
    assert await control.desk.sql(sql, id=ruo.id) == 1
    assert (await control.run(run))["calls"][0]["answer"] == "accepted"
    assert (await page.get("/me/surge-calls")).json()["items"] == []


async def test_reserve_is_called_by_mail_once_in_their_language(control: Control) -> None:
    ruo = await control.desk.person("Ruo", await control.desk.team("Back office"))
    await control.desk.run("update person set locale = 'zh-CN' where id = %(id)s", id=ruo.id)
    await control.desk.run("insert into agent_routing (person_id, is_reserve) values (%(id)s, true)", id=ruo.id)
    words = {"en": "Please come", "zh": "请上线支援"}
    plan = await control.plan(measures={"calls_reserve": True, "reserve_words": words}, team_ids=[1])
    await control.switch(plan)
    sent: list[tuple[str, str]] = []

    async def keep(tx: Transaction, *, to: str, subject: str, text: str, now: datetime) -> bool:
        sent.append((subject, text))
        return not tx.closed and bool(to and now)

    for _ in range(2):
        async with control.desk.parts.database.transaction() as tx:
            await mail_calls(tx, mail=keep, address="https://desk.example", now=control.desk.now)
    [(subject, text)] = sent
    assert subject.startswith("激增")
    assert "请上线支援" in text
    assert "https://desk.example" in text


async def test_call_of_somebody_else_or_an_ended_plan_is_not_found(control: Control) -> None:
    plan = await control.plan(measures={"calls_reserve": True})
    run = (await control.switch(plan))["run_id"]
    page = await control.site.browser(await control.desk.person("Lin"))
    assert (await page.put(f"/me/surge-calls/{run}", {"answer": "accepted"})).status_code == 404
    assert (await page.put("/me/surge-calls/999", {"answer": "declined"})).status_code == 404


async def test_level_rises_sets_a_plan_off_once_and_calm_ends_it(control: Control) -> None:
    bounds = {"blue": {"waiting": 3}, "yellow": {}, "orange": {}, "red": {}}
    assert (await control.chief.put("/surge/thresholds", bounds)).status_code == 204
    plan = await control.plan(level="blue", calm_minutes=5)
    await control.watch()
    assert (await control.board())["level"] == "none"
    await control.arrive(4)
    await control.watch()
    board = await control.board()
    assert (board["level"], [one["cause"] for one in board["running"]]) == ("blue", ["threshold"])
    # somebody ends it by hand: the same rise does not begin it again
    await control.switch(plan, on=False)
    await control.watch()
    assert (await control.board())["running"] == []
    await control.desk.run("update ticket set snoozed_until = %(at)s", at=control.desk.now + timedelta(days=1))
    await control.watch()
    assert (await control.board())["level"] == "none"
    await control.desk.run("update ticket set snoozed_until = null")
    await control.watch()
    assert len((await control.board())["running"]) == 1
    await control.desk.run("update ticket set snoozed_until = %(at)s", at=control.desk.now + timedelta(days=1))
    await control.watch()
    await control.watch(minutes=6)
    assert [one["end_cause"] for one in (await control.board())["past"]] == ["calm", "switch"]
    kinds = [one.data["level"] for one in await control.desk.events("warning_level_changed")]
    assert kinds == ["blue", "none", "blue", "none"]


async def test_expected_is_the_mean_of_the_same_half_hour_in_past_weeks(control: Control) -> None:
    tickets = await control.arrive(9)
    now: datetime = control.desk.later(minutes=15)
    half_hour = now.replace(minute=0)
    for number, ticket in enumerate(tickets[:6]):
        # four a week ago, two the week before
        at = half_hour - timedelta(days=7 if number < 4 else 14) + timedelta(minutes=5)
        await control.desk.run("update ticket set created_at = %(at)s where id = %(id)s", at=at, id=ticket)
    found = (await control.board())["figures"]
    assert (found["arrived"], found["expected"]) == (3, 1.5)


async def test_figures_are_kept_each_minute_of_a_run(control: Control) -> None:
    plan = await control.plan()
    run = (await control.switch(plan))["run_id"]
    for _ in range(8):
        await control.watch()
    points = (await control.run(run))["figures"]
    assert 2 <= len(points) <= 3
    assert points == sorted(points, key=lambda one: one["at"])


async def test_watch_looks_no_more_often_than_it_must(control: Control) -> None:
    plan = await control.plan(minutes=5)
    await control.switch(plan)
    await control.watch()
    assert await control.watch(seconds=3) == 0
    # a clock that was set back does not stop it
    assert await control.watch(minutes=-10) == 0
    assert await control.watch(minutes=30) >= 1
