"""With the real worker: an agent closes the laptop in the middle of a chat, and work that nobody can take."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from ombud.config import worker
from ombud.customers.schemas import Sender
from ombud.realtime.stream import Stream
from ombud.routing.floor.services.keeping import keep_floor
from ombud.routing.floor.services.presence import choose_presence, note_heartbeat
from ombud.routing.floor.services.rules import set_silence
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.channels.conftest import Desk, eventually
from tests.channels.visitors import arrive

SILENCE = 20


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker looks often."""
    monkeypatch.setattr(worker, "UPKEEP_SECONDS", 0.2)


class Floor:
    """Teams and people of a desk whose clock stands where the test put it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.start: datetime = utc_now()
        self.at(0)

    def at(self, seconds: float) -> datetime:
        """So long after the beginning."""
        moment = self.start + timedelta(seconds=seconds)
        self.desk.parts.clock.set(moment)
        return moment

    async def team(self, name: str) -> int:
        sql = "insert into team (name, routing, created_at) values (%(name)s, 'push', %(now)s) returning id"
        return int(await self.desk.sql(int, sql, name=name, now=self.desk.now))

    async def person(self, name: str, team: int = 1, *, role: str = "agent", capacity: int = 12) -> Actor:
        sql = """
            with made as (
                insert into person (email, name, display_name, role, capacity_points, created_at)
                values (%(name)s || '@x', %(name)s, %(name)s, %(role)s, %(capacity)s, %(now)s) returning id
            )
            insert into membership (team_id, person_id) select %(team)s, id from made returning person_id"""
        params = {"name": name, "role": role, "capacity": capacity, "team": team, "now": self.desk.now}
        return Actor("person", await self.desk.sql(int, sql, **params), name)

    async def online(self, person: Actor) -> None:
        await self.desk.write(lambda tx: choose_presence(tx, "online", by=person, now=self.desk.now))

    async def pulse(self, person: Actor) -> None:
        """A sign of life of somebody's screen."""
        await self.desk.write(lambda tx: note_heartbeat(tx, [person.person_id], now=self.desk.now))

    async def look(self) -> None:
        """What the worker looks at every few seconds, once."""
        await self.desk.write(lambda tx: keep_floor(tx, now=self.desk.now))

    async def holder(self, ticket: int) -> int | None:
        found: int | None = await self.desk.sql(int, "select assignee_id from ticket where id = %(id)s", id=ticket)
        return found

    async def is_held(self, ticket: int, person: Actor) -> None:
        """Wait until somebody has a ticket."""

        async def is_so() -> bool:
            return await self.holder(ticket) == person.id

        await eventually(is_so)


@pytest.fixture
def floor(desk: Desk) -> Floor:
    return Floor(desk)


async def _nowhere(_: Any) -> None:
    """The open line of a machine that was shut: what is sent on it is lost, and nobody says so."""


async def test_laptop_closed_mid_chat_brings_somebody_else_within_the_set_time(floor: Floor) -> None:
    desk = floor.desk
    await desk.add_channel("chat")
    # given without being asked for, so that the test waits for nobody's click
    await desk.execute("insert into team_routing (team_id, offered_channels) values (1, '{}')")
    await desk.write(lambda tx: set_silence(tx, SILENCE, by=SYSTEM, now=desk.now))
    lu, mia = await floor.person("Lu"), await floor.person("Mia")
    await floor.online(lu)
    await desk.app.state.hub.join(Stream(_nowhere, actor=lu, has_pulse=True), last_seq=None)
    visitor = await arrive(desk, locale="zh-CN")
    ticket = await visitor.write("咖啡机漏水", locale="zh-CN")
    await floor.is_held(ticket, lu)

    # her line stays open, and nothing is heard of her any more
    floor.at(SILENCE - 1)
    await floor.online(mia)
    await floor.look()
    assert await floor.holder(ticket) == lu.id
    floor.at(SILENCE + 1)
    await floor.pulse(mia)
    await floor.is_held(ticket, mia)

    # the visitor reads it, on a chat that goes on
    page = await visitor.page()
    said = [one["text"] for one in page["items"] if one["direction"] == "out"]
    assert len(said) == 1
    assert "转接其他同事" in said[0]
    assert page["queue"]["state"] == "assigned"
    sql = "select array[state, reason] from state_log where person_id = %(id)s and to_at is null"
    assert await desk.sql(list, sql, id=lu.id) == ["offline", "silent"]
    sql = "select jsonb_agg(kind order by id) from routing_decision where ticket_id = %(id)s"
    assert await desk.sql(list, sql, id=ticket) == ["assigned", "returned", "assigned"]


async def test_whoever_shows_a_sign_of_life_in_time_keeps_their_chat(floor: Floor) -> None:
    desk = floor.desk
    await desk.add_channel("chat")
    await desk.execute("insert into team_routing (team_id, offered_channels) values (1, '{}')")
    await desk.write(lambda tx: set_silence(tx, SILENCE, by=SYSTEM, now=desk.now))
    lu = await floor.person("Lu")
    await floor.online(lu)
    ticket = await (await arrive(desk)).write("Still there?")
    await floor.is_held(ticket, lu)
    for seconds in (15, 30, 45):
        floor.at(seconds)
        await floor.pulse(lu)
        await floor.look()
    assert await floor.holder(ticket) == lu.id


async def _work(desk: Desk, teams: Sequence[int]) -> dict[int, int]:
    """A ticket in each team, as a program brings it; by team."""
    channel = await desk.add_channel("api")
    for team in teams:
        await desk.execute("update channel set team_id = %(team)s where id = %(id)s", team=team, id=channel.id)
        message = InboundMessage(sender=Sender("external", f"c{team}", name="C"), text="Help", at=desk.now)
        arrival = Arrival(channel.id, f"k{team}", message)
        async with desk.parts.database.transaction() as tx:
            await receive(tx, [arrival], now=desk.now)
        await desk.settled()
    found = await desk.column(list, "select array[team_id, id] from ticket")
    return {one[0]: one[1] for one in found}


async def _reasons(desk: Desk, tickets: dict[int, int], wanted: dict[int, str]) -> None:
    """Wait until the worker has seen why each waits, and has told whoever leads the team of it once."""
    sql = "select coalesce(jsonb_object_agg(team_id::text, stuck_reason), '{}') from work_wait"
    told = "select coalesce(jsonb_agg(ticket_id), '[]') from notification where kind = 'work_stuck'"

    async def are_so() -> bool:
        found = await desk.sql(dict, sql)
        return {int(team): reason for team, reason in found.items()} == wanted and set(
            await desk.sql(list, told)
        ) >= set(tickets.values())

    await eventually(are_so, 20)


async def test_work_that_nobody_can_take_waits_visibly_with_its_reason_and_an_alert(floor: Floor) -> None:
    desk = floor.desk
    names = ("nobody_online", "nobody_skilled", "no_capacity", "nobody_in_team", "team_archived")
    teams = {name: await floor.team(name) for name in names}
    # administrators hear of teams that nobody leads
    await floor.person("Root", role="administrator", capacity=0)
    for name, team in teams.items():
        await floor.person(f"Boss of {name}", team, role="supervisor", capacity=0)
        if name != "nobody_in_team":
            person = await floor.person(f"One of {name}", team, capacity=0 if name == "no_capacity" else 12)
        if name in {"nobody_skilled", "no_capacity"}:
            await floor.online(person)
    await desk.execute("delete from membership where team_id = %(team)s", team=teams["nobody_in_team"])
    skill = "insert into skill (kind, name_en, created_at) values ('language', 'Rare', now()) returning id"
    await _require(desk, teams["nobody_skilled"], await desk.sql(int, skill))
    tickets = await _work(desk, list(teams.values()))
    await desk.execute("update team set archived_at = now() where id = %(id)s", id=teams["team_archived"])
    await _reasons(desk, tickets, {team: name for name, team in teams.items()})
    assert await desk.sql(int, "select count(*) from ticket where assignee_id is not null") == 0

    # The clock is set back by an hour: what came before waits in the future, and somebody hears of that, too.
    floor.at(-3_600)
    clock = dict.fromkeys(teams.values(), "clock") | {teams["team_archived"]: "team_archived"}
    await _reasons(desk, tickets, clock)
    floor.at(60)
    await _reasons(desk, tickets, {team: name for name, team in teams.items()})


async def _require(desk: Desk, team: int, skill: int) -> None:
    """Work of a team asks for a skill."""
    sql = """
        with made as (
            insert into requirement_rule (is_on, name_en, condition, steps, created_at) values (true, 'Rule',
                jsonb_build_object('field', 'team', 'op', 'any_of', 'value', jsonb_build_array(%(team)s::bigint)),
                jsonb_build_array(jsonb_build_object('seconds', 3600, 'all',
                    jsonb_build_array(jsonb_build_object('skill_id', %(skill)s::bigint, 'level', 3)))), now())
            returning id, condition, steps
        )
        insert into requirement_rule_version (rule_id, version, spec, at)
        select id, 1, jsonb_build_object('steps', steps, 'condition', condition), now() from made"""
    await desk.execute(sql, team=team, skill=skill)
