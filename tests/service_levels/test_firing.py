"""What is due: breaches and chains, each once; who hears of it, and when."""

from datetime import UTC, datetime, timedelta

from ombud.service_levels.jobs import ClockHand
from ombud.service_levels.services.firing import fire_due
from ombud.shared.calendars.schemas import CalendarSpec
from tests.desk import Desk
from tests.service_levels.levels import HALF_HOUR, Levels, target

DAY = CalendarSpec("UTC", {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")})


async def test_fire_due_marks_a_breach_once_and_to_the_second(levels: Levels) -> None:
    await levels.policy(HALF_HOUR)
    ticket = await levels.ticket()
    levels.desk.later(minutes=29, seconds=59)
    await levels.fire()
    assert (await levels.clocks(ticket))["first_response"].breached_at is None
    levels.desk.later(seconds=1)
    await levels.fire()
    await levels.fire()
    clock = (await levels.clocks(ticket))["first_response"]
    assert (clock.breached_at, clock.next_at, clock.state) == (levels.desk.now, None, "running")
    assert len(await levels.desk.events("clock_breached")) == 1
    # It stays the next deadline until it is met.
    assert await levels.due(ticket) == levels.desk.now


async def test_an_answer_after_the_breach_is_late(levels: Levels) -> None:
    await levels.policy(HALF_HOUR)
    agent = await levels.desk.person("Lin")
    ticket = await levels.ticket()
    levels.desk.later(minutes=31)
    await levels.fire()
    await levels.told(ticket, agent)
    [met] = await levels.desk.events("clock_met")
    assert met.data["is_late"] is True


async def test_a_breach_that_the_reader_sees_first_is_told_once(levels: Levels) -> None:
    await levels.policy(HALF_HOUR)
    ticket = await levels.ticket()
    levels.desk.later(minutes=31)
    await levels.patch(ticket, subject="Another subject")
    await levels.fire()
    assert len(await levels.desk.events("clock_breached")) == 1


async def test_a_chain_warns_before_and_escalates_after_the_deadline(levels: Levels) -> None:
    lin, boss = await levels.desk.person("Lin"), await levels.desk.person("Wu", role="supervisor")
    steps = [
        {"percent": 80, "tell": ["holder"]},
        {"minutes": 0, "tell": ["supervisors"]},
        {"minutes": 10, "raise_priority": True, "add_followers": [boss.id]},
    ]
    await levels.policy(HALF_HOUR, steps=steps)
    ticket = await levels.ticket()
    await levels.desk.run("update ticket set assignee_id = %(lin)s where id = %(id)s", lin=lin.id, id=ticket)
    levels.desk.later(minutes=24)
    await levels.fire()
    assert await levels.told_people("due_soon") == [lin.id]
    levels.desk.later(minutes=6)
    await levels.fire()
    assert await levels.told_people("overdue") == [boss.id]
    levels.desk.later(minutes=10)
    await levels.fire()
    await levels.read()
    assert await levels.desk.column(ticket, "priority") == 3
    assert await levels.desk.sql("select count(*) from follower where person_id = %(id)s", id=boss.id) == 1
    kinds = ["started", "warned", "breached", "escalated", "escalated"]
    assert await levels.kinds() == [f"{kind} first_response" for kind in kinds]
    [warned] = await levels.desk.events("clock_warned")
    assert warned.data["step"] == 0


async def test_a_step_gives_the_ticket_to_another_team(levels: Levels) -> None:
    second = await levels.desk.team("Second line", "manual")
    await levels.policy(HALF_HOUR, steps=[{"minutes": 5, "team_id": second}])
    ticket = await levels.ticket()
    levels.desk.later(minutes=35)
    await levels.fire()
    assert await levels.desk.column(ticket, "team_id") == second


async def test_a_step_that_cannot_be_taken_leaves_the_others(levels: Levels) -> None:
    stranger = await levels.desk.person("Zoe", await levels.desk.team("Elsewhere"))
    await levels.policy(HALF_HOUR, steps=[{"minutes": 5, "assignee_id": stranger.id, "raise_priority": True}])
    ticket = await levels.ticket()
    levels.desk.later(minutes=35)
    await levels.fire()
    assert await levels.desk.column(ticket, "assignee_id") is None
    assert await levels.desk.column(ticket, "priority") == 3


async def test_a_ticket_that_nobody_holds_is_told_to_its_team(levels: Levels) -> None:
    lin, kim = await levels.desk.person("Lin"), await levels.desk.person("Kim")
    other = await levels.desk.person("Zoe", await levels.desk.team("Elsewhere"))
    assert other.id
    await levels.policy(HALF_HOUR, steps=[{"percent": 50, "tell": ["holder"], "tell_people": [other.id]}])
    await levels.ticket()
    levels.desk.later(minutes=15)
    await levels.fire()
    # Whoever does not see the ticket hears nothing of it.
    assert await levels.told_people("due_soon") == [lin.id, kim.id]


async def test_a_step_that_was_acknowledged_is_not_told(levels: Levels) -> None:
    lin = await levels.desk.person("Lin")
    await levels.policy(HALF_HOUR, steps=[{"minutes": 5, "tell_people": [lin.id], "unless_acknowledged": True}])
    await levels.ticket()
    await levels.desk.run("update clock set acknowledged_at = %(now)s", now=levels.desk.now)
    levels.desk.later(minutes=40)
    await levels.fire()
    assert await levels.told_people("overdue") == []
    assert await levels.desk.events("clock_escalated") == []


async def test_nobody_is_told_outside_of_their_teams_hours(desk: Desk) -> None:
    levels = Levels(desk)
    await levels.begin(DAY)
    lin = await desk.person("Lin")
    desk.later(hours=7, minutes=40)
    steps = [
        {"minutes": 0, "tell_people": [lin.id]},
        {"minutes": 1, "tell_people": [lin.id], "keeps_hours": False},
    ]
    await levels.policy(HALF_HOUR, steps=steps)
    await levels.ticket()
    desk.later(minutes=30)
    await levels.fire()
    assert await levels.told_people("overdue") == []
    desk.later(minutes=1)
    await levels.fire()
    assert await levels.told_people("overdue") == [lin.id]
    desk.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    desk.later()
    await levels.fire()
    assert await levels.told_people("overdue") == [lin.id, lin.id]


async def test_whoever_was_to_be_told_in_the_morning_is_not_when_it_is_done(desk: Desk) -> None:
    levels = Levels(desk)
    await levels.begin(DAY)
    lin = await desk.person("Lin")
    desk.later(hours=7, minutes=40)
    await levels.policy(HALF_HOUR, steps=[{"minutes": 0, "tell_people": [lin.id]}])
    ticket = await levels.ticket()
    desk.later(minutes=30)
    await levels.fire()
    await levels.told(ticket, lin)
    desk.later(hours=15, minutes=50)
    await levels.fire()
    assert await levels.told_people("overdue") == []


async def test_warnings_count_in_the_clocks_own_time(desk: Desk) -> None:
    levels = Levels(desk)
    await levels.begin(DAY)
    desk.later(hours=7)
    # Monday 16:00 UTC: two working hours are due on Tuesday at 10:00, half of them are over at 17:00 on Monday.
    steps = [{"percent": 75, "tell": ["team"]}, {"minutes": -30, "tell": ["team"]}, {"minutes": 480, "tell": ["team"]}]
    await levels.policy(target("first_response", 2, "working_hours"), steps=steps)
    ticket = await levels.ticket()
    clock = (await levels.clocks(ticket))["first_response"]
    assert clock.next_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    desk.later(hours=17, minutes=30)
    await levels.fire()
    clock = (await levels.clocks(ticket))["first_response"]
    assert (clock.fired, clock.next_at) == ([0, 1], datetime(2026, 11, 24, 10, tzinfo=UTC))
    desk.later(minutes=30)
    await levels.fire()
    assert (await levels.clocks(ticket))["first_response"].next_at == datetime(2026, 11, 25, 10, tzinfo=UTC)


async def test_fire_due_takes_many_at_once_and_nothing_that_is_not_due(levels: Levels) -> None:
    await levels.policy(HALF_HOUR)
    for number in range(5):
        await levels.ticket(who=f"c{number}")
    levels.desk.later(minutes=1)
    late = await levels.ticket(who="late")
    levels.desk.later(minutes=29)
    assert await fire_due(levels.parts.database, levels.pager, now=levels.desk.now) == 5
    assert await fire_due(levels.parts.database, levels.pager, now=levels.desk.now) == 0
    assert (await levels.clocks(late))["first_response"].breached_at is None


async def test_the_hand_knows_when_the_next_thing_is_due(levels: Levels) -> None:
    await levels.policy(HALF_HOUR)
    hand = ClockHand(levels.parts.database, levels.parts.bus, levels.parts.clock, levels.pager)
    assert await hand.take_due() is None
    ticket = await levels.ticket()
    assert await hand.take_due() == levels.desk.now + timedelta(minutes=30)
    levels.desk.later(minutes=30)
    assert await hand.take_due() is None
    assert (await levels.clocks(ticket))["first_response"].breached_at == levels.desk.now
