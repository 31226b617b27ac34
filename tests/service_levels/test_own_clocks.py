"""Clocks that a verb starts and ends by itself: told once, late to the second, moved, stopped and carried along."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ombud.service_levels.services import own_clocks
from ombud.service_levels.services.own_clocks import OwnClock, OwnMetric
from ombud.shared.actor import SYSTEM
from ombud.shared.calendars.opening import NeverOpen
from ombud.shared.calendars.schemas import CalendarSpec, Span
from ombud.tickets.queries.tickets import lock_visible_ticket
from tests.service_levels.levels import Levels
from tests.shared.calendars.made import CHINA

HOUR = timedelta(hours=1)


class Hand:
    """A ticket whose own clocks are started and ended by hand."""

    def __init__(self, levels: Levels, ticket: int) -> None:
        self.levels, self.desk, self.ticket = levels, levels.desk, ticket

    def which(self, metric: OwnMetric = "task", number: int = 1) -> OwnClock:
        return OwnClock(self.ticket, 1, metric, number)

    async def do(self, verb: str, *args: Any, **more: Any) -> Any:
        """Call a verb in a transaction of its own, by the system, now."""
        async with self.desk.parts.database.transaction() as tx:
            return await getattr(own_clocks, verb)(tx, *args, by=SYSTEM, now=self.desk.now, **more)

    async def until(self, delta: timedelta, which: OwnClock | None = None) -> int:
        now = self.desk.now
        found: int = await self.do(
            "start_clock_until", which or self.which(), now + delta, label="Call back", started_at=now
        )
        return found

    async def row(self, clock_id: int) -> dict[str, Any]:
        found: dict[str, Any] = await self.desk.sql("select to_jsonb(k) from clock k where id = %(id)s", id=clock_id)
        return found


@pytest.fixture
async def hand(levels: Levels) -> Hand:
    return Hand(levels, await levels.ticket())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def test_start_clock_counts_in_the_teams_hours_and_warns_when_four_fifths_are_gone(hand: Hand) -> None:
    clock_id, due = await hand.do("start_clock", hand.which(), Span(100, "working_minutes"), label="x" * 200)
    row = await hand.row(clock_id)
    assert due == hand.desk.now + timedelta(minutes=100)
    assert moment(row["next_at"]) == hand.desk.now + timedelta(minutes=80)
    assert (len(row["label"]), row["state"], await hand.levels.due(hand.ticket)) == (120, "running", due)
    assert await hand.levels.kinds() == ["started task"]


async def test_start_clock_without_any_open_hour_is_refused_and_starts_nothing(hand: Hand) -> None:
    shut = await hand.levels.calendar(CHINA)
    await hand.desk.run("update team set calendar_id = %(id)s where id = 1", id=shut)
    sql = "update calendar_version set spec = jsonb_set(spec, '{week}', '{}') where calendar_id = %(id)s"
    await hand.desk.run(sql, id=shut)
    with pytest.raises(NeverOpen):
        await hand.do("start_clock", hand.which(), Span(1, "working_hours"), label="x")
    assert await hand.levels.kinds() == []


async def test_due_in_a_team_with_its_own_hours_counts_in_them(hand: Hand) -> None:
    own = await hand.levels.calendar(CalendarSpec("UTC", {"tue": [("10:00", "12:00")]}))
    await hand.desk.run("update team set calendar_id = %(id)s where id = 1", id=own)
    async with hand.desk.parts.database.transaction() as tx:
        due = await own_clocks.due_in(tx, 1, Span(90, "working_minutes"), now=hand.desk.now)
    # The desk's day is Monday, 23 November.
    assert due == datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


async def test_start_clock_until_that_runs_already_goes_on_as_it_was(hand: Hand) -> None:
    first = await hand.until(2 * HOUR)
    assert await hand.until(5 * HOUR) == first
    assert moment((await hand.row(first))["due_at"]) == hand.desk.now + 2 * HOUR
    assert await hand.levels.kinds() == ["started task"]


async def test_start_clock_until_after_its_end_runs_again_as_if_new(hand: Hand) -> None:
    first = await hand.until(HOUR)
    hand.desk.later(hours=2)
    await hand.levels.fire()
    await hand.do("end_clock", hand.which(), "met")
    assert await hand.until(HOUR) == first
    row = await hand.row(first)
    assert (row["state"], row["outcome"], row["ended_at"], row["breached_at"]) == ("running", None, None, None)
    assert row["fired"] == []
    assert (await hand.levels.kinds())[-1] == "started task"


async def test_start_clock_until_a_moment_that_has_passed_is_due_at_once(hand: Hand) -> None:
    clock_id = await hand.until(-HOUR)
    await hand.levels.fire()
    row = await hand.row(clock_id)
    assert moment(row["breached_at"]) == hand.desk.now - HOUR
    assert (await hand.levels.kinds()).count("breached task") == 1


async def test_clocks_of_one_metric_are_told_apart_by_their_number(hand: Hand) -> None:
    one = await hand.until(HOUR)
    two = await hand.until(2 * HOUR, hand.which(number=2))
    other = await hand.until(3 * HOUR, hand.which("promise"))
    assert len({one, two, other}) == 3
    assert await hand.do("end_clock", hand.which(), "met") is True
    assert [(await hand.row(each))["state"] for each in (one, two, other)] == ["ended", "running", "running"]
    assert await hand.levels.due(hand.ticket) == hand.desk.now + 2 * HOUR


@pytest.mark.parametrize(("minutes", "is_late"), [(59, False), (60, False), (61, True)])
async def test_end_clock_says_whether_it_was_late_and_ends_once(hand: Hand, minutes: int, is_late: bool) -> None:
    clock_id = await hand.until(HOUR)
    hand.desk.later(minutes=minutes)
    assert await hand.do("end_clock", hand.which(), "met") is True
    assert await hand.do("end_clock", hand.which(), "met") is False
    [met] = await hand.desk.events("clock_met")
    assert met.data["is_late"] is is_late
    row = await hand.row(clock_id)
    assert (row["breached_at"] is not None, row["next_at"], row["outcome"]) == (is_late, None, "met")
    assert await hand.levels.due(hand.ticket) is None


async def test_end_clock_that_never_ran_changes_and_tells_nothing(hand: Hand) -> None:
    assert await hand.do("end_clock", hand.which(), "dropped") is False
    assert await hand.do("move_clock", hand.which(), hand.desk.now + HOUR) is False
    assert await hand.levels.kinds() == []


async def test_drop_of_a_clock_is_told_as_such(hand: Hand) -> None:
    await hand.until(HOUR)
    assert await hand.do("end_clock", hand.which(), "dropped") is True
    assert await hand.levels.kinds() == ["started task", "dropped task"]


async def test_move_clock_that_was_broken_warns_and_breaks_anew(hand: Hand) -> None:
    clock_id = await hand.until(HOUR)
    hand.desk.later(hours=2)
    await hand.levels.fire()
    due = hand.desk.now + 10 * HOUR
    assert await hand.do("move_clock", hand.which(), due) is True
    row = await hand.row(clock_id)
    assert (row["breached_at"], row["fired"]) == (None, [])
    assert moment(row["next_at"]) == hand.desk.now + 8 * HOUR
    assert await hand.levels.due(hand.ticket) == due
    hand.desk.later(hours=11)
    await hand.levels.fire()
    assert moment((await hand.row(clock_id))["breached_at"]) == due
    assert (await hand.levels.kinds()).count("breached task") == 2


async def test_stop_clocks_and_restart_leaves_each_as_it_was(hand: Hand) -> None:
    task = await hand.until(HOUR)
    promise = await hand.until(2 * HOUR, hand.which("promise"))
    update = await hand.until(3 * HOUR, hand.which("customer_update"))
    before = [await hand.row(one) for one in (task, promise, update)]
    async with hand.desk.parts.database.transaction() as tx:
        ticket = await lock_visible_ticket(tx, hand.ticket, by=SYSTEM)
        stopped = await own_clocks.stop_clocks(tx, ticket, ["task", "promise"], now=hand.desk.now)
    assert [one.id for one in stopped] == [task, promise]
    assert [(await hand.row(one))["state"] for one in (task, promise, update)] == ["ended", "ended", "running"]
    async with hand.desk.parts.database.transaction() as tx:
        ticket = await lock_visible_ticket(tx, hand.ticket, by=SYSTEM)
        assert await own_clocks.stop_clocks(tx, ticket, ["task", "promise"], now=hand.desk.now) == []
        await own_clocks.restart_clocks(tx, ticket, stopped, now=hand.desk.now)
    assert [await hand.row(one) for one in (task, promise, update)] == before
    kinds = await hand.levels.kinds()
    assert kinds[3:] == ["dropped task", "dropped promise", "resumed task", "resumed promise"]


async def test_restart_of_a_clock_that_fell_due_meanwhile_fires_at_once(hand: Hand) -> None:
    task = await hand.until(HOUR)
    async with hand.desk.parts.database.transaction() as tx:
        ticket = await lock_visible_ticket(tx, hand.ticket, by=SYSTEM)
        stopped = await own_clocks.stop_clocks(tx, ticket, ["task"], now=hand.desk.now)
    due = hand.desk.now + HOUR
    hand.desk.later(hours=5)
    await hand.levels.fire()
    assert (await hand.row(task))["breached_at"] is None
    async with hand.desk.parts.database.transaction() as tx:
        ticket = await lock_visible_ticket(tx, hand.ticket, by=SYSTEM)
        await own_clocks.restart_clocks(tx, ticket, stopped, now=hand.desk.now)
    await hand.levels.fire()
    assert moment((await hand.row(task))["breached_at"]) == due


async def test_carry_clocks_and_return_brings_back_only_those(hand: Hand) -> None:
    other = Hand(hand.levels, await hand.levels.ticket(who="c2"))
    mine = await hand.until(HOUR)
    theirs = await other.until(HOUR, other.which(number=2))
    async with hand.desk.parts.database.transaction() as tx:
        assert await own_clocks.carry_clocks(tx, "task", hand.ticket, other.ticket) == [mine]
        assert await own_clocks.carry_clocks(tx, "task", hand.ticket, other.ticket) == []
    assert (await hand.row(mine))["ticket_id"] == other.ticket
    async with hand.desk.parts.database.transaction() as tx:
        # once back, a second return finds them no more where they were carried to
        for _ in range(2):
            await own_clocks.return_clocks(tx, [mine], other.ticket, hand.ticket)
    assert [(await hand.row(one))["ticket_id"] for one in (mine, theirs)] == [hand.ticket, other.ticket]
