"""What those who wait are told, on a real desk at the test's own pace: places, ranges, nobody there, how it ended."""

from typing import Any

import pytest

from ombud.routing.waiting.schemas import Wait
from ombud.routing.waiting.services.telling import newcomer, tell_waits
from ombud.shared.actor import Actor
from tests.desk import Desk
from tests.site import Site


class Line:
    """Chats of a team that wait."""

    def __init__(self, desk: Desk, channel: int, lin: Actor) -> None:
        self.desk, self.channel, self.lin = desk, channel, lin
        self._count = 0

    async def come(self, count: int = 1) -> list[int]:
        """So many more customers."""
        before = set(await self.desk.tickets())
        names = [f"v{self._count + number}" for number in range(count)]
        self._count += count
        await self.desk.deliver(self.channel, *(self.desk.message("Hello?", who=name) for name in names))
        return sorted(set(await self.desk.tickets()) - before)

    async def tell(self) -> dict[int, Wait]:
        """What is told now that was not before."""
        async with self.desk.parts.database.transaction() as tx:
            return dict(await tell_waits(tx, now=self.desk.now))

    async def take(self, ticket: int) -> None:
        """An agent takes a talk."""
        sql = "update ticket set assignee_id = %(who)s where id = %(id)s"
        await self.desk.run(sql, who=self.lin.id, id=ticket)

    async def here(self) -> None:
        """The agent's screen is open."""
        await self.desk.online(self.lin)

    async def measured(self) -> None:
        """Four customers came and were taken, one each two minutes."""
        tickets = await self.come(4)
        await self.here()
        await self.tell()
        for ticket in tickets:
            self.desk.later(minutes=2)
            await self.here()
            await self.take(ticket)
            await self.tell()

    async def ended(self) -> list[Any]:
        """How waits ended."""
        found: list[Any] = await self.desk.sql(
            "select array_agg(outcome order by id) from wait_estimate where ended_at is not null"
        )
        return found


@pytest.fixture
async def line(desk: Desk) -> Line:
    lin = await desk.person("Lin")
    await desk.online(lin)
    return Line(desk, await desk.channel("chat"), lin)


async def test_place_is_told_once_and_again_when_it_changes(line: Line) -> None:
    first, second = await line.come(2)
    assert await line.tell() == {first: Wait("few", 1), second: Wait("few", 2)}
    assert await line.tell() == {}
    await line.take(first)
    assert await line.tell() == {second: Wait("few", 1)}
    assert await line.ended() == ["answered"]


async def test_urgent_chats_stand_ahead_and_mails_are_not_counted(line: Line) -> None:
    mails = await line.desk.channel("email")
    await line.desk.deliver(mails, line.desk.mail())
    first, second = await line.come(2)
    await line.desk.run("update ticket set priority = 4 where id = %(id)s", id=second)
    told = await line.tell()
    assert {ticket: wait.position for ticket, wait in told.items()} == {second: 1, first: 2}


async def test_a_range_is_told_once_enough_was_measured(line: Line) -> None:
    await line.measured()
    [ticket] = await line.come()
    [wait] = (await line.tell()).values()
    assert (wait.basis, wait.position) == ("rates", 1)
    assert wait.low_seconds is not None
    assert wait.high_seconds is not None
    assert wait.low_seconds <= 120 <= wait.high_seconds
    async with line.desk.parts.database.transaction() as tx:
        behind = await newcomer(tx, 1, now=line.desk.now)
    assert behind.position is None
    assert (behind.high_seconds or 0) >= wait.high_seconds
    line.desk.later(minutes=2)
    await line.here()
    await line.take(ticket)
    await line.tell()
    sql = "select array[first_low_seconds, first_high_seconds] from wait_estimate where ticket_id = %(id)s"
    assert await line.desk.sql(sql, id=ticket) == [wait.low_seconds, wait.high_seconds]


async def test_a_queue_that_stands_still_is_told_longer_waits(line: Line) -> None:
    await line.measured()
    await line.come(3)
    before = await line.tell()
    last = max(before)
    line.desk.later(minutes=20)
    await line.here()
    after = await line.tell()
    assert (after[last].high_seconds or 0) > (before[last].high_seconds or 0)


@pytest.mark.parametrize("why", ["offline", "away", "silent", "suspended", "read_only"])
async def test_no_time_is_told_while_nobody_is_there(line: Line, why: str) -> None:
    await line.measured()
    await line.come()
    if why == "silent":
        line.desk.later(minutes=5)
    elif why == "suspended":
        sql = "insert into agent_routing (person_id, suspended_at, suspended_reason) values (%(id)s, now(), 'x')"
        await line.desk.run(sql, id=line.lin.id)
    elif why == "read_only":
        await line.desk.run("update person set role = 'read_only' where id = %(id)s", id=line.lin.id)
    else:
        await line.desk.run("update presence set state = %(state)s", state=why)
    assert [wait.basis for wait in (await line.tell()).values()] == ["nobody"]
    async with line.desk.parts.database.transaction() as tx:
        assert await newcomer(tx, 1, now=line.desk.now) == Wait("nobody")


@pytest.mark.parametrize("state", ["busy", "break", "wrap_up"])
async def test_whoever_is_busy_is_there(line: Line, state: str) -> None:
    await line.desk.run("update presence set state = %(state)s", state=state)
    await line.come()
    assert [wait.basis for wait in (await line.tell()).values()] == ["few"]


async def test_outside_of_the_teams_hours_it_is_closed(line: Line) -> None:
    sql = """
        with c as (insert into calendar (name_en, name_zh, is_default, created_at)
            values ('Never', '', true, now()) returning id)
        insert into calendar_version (calendar_id, spec, created_at) select id, '{"week": {}}', now() from c"""
    await line.desk.run(sql)
    await line.come()
    assert [wait.basis for wait in (await line.tell()).values()] == ["closed"]


async def test_whoever_leaves_the_queue_without_an_answer_is_counted_as_left(line: Line) -> None:
    first, second = await line.come(2)
    await line.tell()
    await line.desk.run("update ticket set snoozed_until = now() + interval '1 day' where id = %(id)s", id=first)
    await line.desk.run("update ticket set category = 'closed' where id = %(id)s", id=second)
    await line.tell()
    assert await line.ended() == ["left", "done"]


async def test_a_talk_that_changes_its_team_waits_anew_there(line: Line) -> None:
    other = await line.desk.team("Other")
    [ticket] = await line.come()
    await line.tell()
    await line.desk.run("update ticket set team_id = %(team)s where id = %(id)s", team=other, id=ticket)
    assert await line.tell() == {ticket: Wait("nobody", 1)}
    assert await line.ended() == ["left"]


async def test_chats_of_teams_that_choose_by_hand_wait_too(line: Line) -> None:
    await line.desk.run("update team set routing = 'manual' where id = 1")
    first, second = await line.come(2)
    assert {ticket: wait.position for ticket, wait in (await line.tell()).items()} == {first: 1, second: 2}


async def test_a_second_worker_finds_nothing_to_do(line: Line) -> None:
    await line.come()
    database = line.desk.parts.database
    async with database.transaction() as one, database.transaction() as two:
        assert len(await tell_waits(one, now=line.desk.now)) == 1
        assert await tell_waits(two, now=line.desk.now) == []


async def test_figures_say_how_true_it_was(line: Line, site: Site) -> None:
    await line.measured()
    # two of the four who came first heard a time once enough was measured
    for minutes in (2, 45):
        [ticket] = await line.come()
        await line.tell()
        line.desk.later(minutes=minutes)
        await line.here()
        await line.take(ticket)
        await line.tell()
    await line.come(2)
    await line.tell()
    wu = await site.browser(await site.desk.person("Wu", role="supervisor"))
    [one] = (await wu.get("/waiting/figures")).json()["items"]
    assert (one["waiting"], one["told"], one["within"], one["longer"], one["shorter"]) == (2, 4, 3, 1, 0)
    assert one["error_seconds"] >= 600
    assert one["now"]["basis"] == "rates"


async def test_figures_are_for_who_leads_and_of_teams_that_they_see(line: Line, site: Site) -> None:
    await line.come()
    await line.tell()
    other = await site.desk.team("Elsewhere")
    agent = await site.browser(await site.desk.person("Bo"))
    outside = await site.browser(await site.desk.person("Out", other, role="supervisor"))
    assert (await agent.get("/waiting/figures")).status_code == 403
    assert (await outside.get("/waiting/figures")).json()["items"] == []
    wrong = await outside.get("/waiting/figures?since=2026-01-01T00:00:00Z&until=2025-01-01T00:00:00Z")
    assert wrong.status_code == 400
