"""The live board: one look for all, one frame for a team's changes, nothing while nobody watches."""

import asyncio
from typing import Any

from ombud.realtime.schemas import Frame
from ombud.realtime.stream import Stream
from ombud.routing.floor.services.presence import StateChange, set_states
from ombud.routing.supervision.board import Board, changes, watch_live
from ombud.routing.supervision.queries import load_agents, load_queues
from tests.desk import Desk
from tests.site import Site


def board_of(desk: Desk) -> tuple[Board, list[Frame]]:
    sent: list[Frame] = []
    parts = desk.parts
    return Board(parts.database, parts.bus, parts.clock, sent.append), sent


async def test_look_sends_everything_first_and_then_only_what_changed(desk: Desk) -> None:
    other = await desk.team("Other")
    lu, _ = await desk.person("Lu", 1, other), await desk.person("Mo", other)
    board, sent = board_of(desk)
    assert await board.look() == 2
    assert await board.look() == 0
    async with desk.parts.database.transaction() as tx:
        await set_states(tx, [lu.person_id], StateChange(state="busy", reason="arranged"), by=lu, now=desk.now)
    assert await board.look() == 2
    told = [(one.team_id, one.data.queue, [agent.person_id for agent in one.data.agents]) for one in sent[2:]]
    assert told == [(1, None, [lu.id]), (other, None, [lu.id])]


async def test_look_new_ticket_changes_its_queue_alone(site: Site) -> None:
    board, sent = board_of(site.desk)
    await board.look()
    await site.ticket()
    await board.look()
    assert (sent[-1].data.queue.waiting, sent[-1].data.agents) == (1, [])


async def test_look_who_leaves_a_team_is_gone_there(desk: Desk) -> None:
    lu = await desk.person("Lu")
    board, sent = board_of(desk)
    await board.look()
    await desk.run("update person set deactivated_at = now()")
    await board.look()
    assert (sent[-1].team_id, sent[-1].data.gone) == (1, [lu.id])


async def test_changes_applied_to_the_old_state_are_the_new_one(site: Site) -> None:
    desk = site.desk
    lu = await desk.person("Lu")

    async def load() -> tuple[Any, Any]:
        async with desk.parts.database.transaction() as tx:
            return await load_queues(tx, now=desk.now), await load_agents(tx, now=desk.now)

    before = await load()
    await desk.person("New")
    await desk.online(lu)
    await site.ticket()
    after = await load()
    queues = {one.team_id: one for one in before[0]}
    agents = {one.person_id: one for one in before[1]}
    for frame in changes(before, after):
        queues |= {frame.queue.team_id: frame.queue} if frame.queue else {}
        agents |= {one.person_id: one for one in frame.agents}
    assert queues == {one.team_id: one for one in after[0]}
    assert agents == {one.person_id: one for one in after[1]}


async def test_live_frames_are_heard_by_who_leads_the_team_only(desk: Desk) -> None:
    board, sent = board_of(desk)
    await board.look()

    async def nowhere(_: Any) -> None:
        """Where frames go."""

    brand = await desk.brand("One brand")
    people = [
        await desk.person("Lead", role="supervisor"),
        await desk.person("Branded", role="supervisor", brands=[brand]),
        await desk.person("Agent"),
        await desk.person("Far", await desk.team("Other"), role="supervisor"),
    ]
    assert [Stream(nowhere, actor=one).hears(sent[0]) for one in people] == [True, True, False, False]


async def test_board_asks_nothing_while_nobody_watches(desk: Desk) -> None:
    sent: list[Frame] = []
    woken = asyncio.Event()

    def hear(frame: Frame) -> None:
        sent.append(frame)
        woken.set()

    board = Board(desk.parts.database, desk.parts.bus, desk.parts.clock, hear)
    board.start()
    desk.parts.bus.wake("events")
    await asyncio.sleep(0.05)
    assert (board.is_watched, sent) == (False, [])
    watch_live(desk.parts.bus)
    async with asyncio.timeout(20):
        await woken.wait()
    await board.stop()
    assert board.is_watched
