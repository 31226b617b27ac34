"""Living through a ticket's history and reading it at once give the same clocks."""

import random
from typing import Any

import msgspec
import pytest

from ombud.service_levels.schemas import Clock
from ombud.service_levels.services.keeping import refresh_clocks
from ombud.shared.actor import Actor
from tests.service_levels.levels import Levels, target

REST: dict[str, Any] = {"rests_in": ["waiting", "on_hold"]}
TARGETS = (
    target("first_response", 30),
    target("next_response", 45),
    target("periodic_update", 90),
    target("agent_work", 120),
    target("requester_wait", 240),
    target("resolution", 60, priorities=[4], **REST),
    target("resolution", 300, **REST),
)


async def live(levels: Levels, agent: Actor, dice: random.Random) -> int:
    """A ticket to which something happens again and again; its clocks are read after each step."""
    ticket = await levels.ticket(who=f"c{dice.random()}")
    for _ in range(12):
        levels.desk.later(minutes=dice.randint(1, 80))
        step = dice.choice(("asked", "told", "open", "on_hold", "solved", "noted", "priority"))
        if step == "asked":
            await levels.asked(ticket)
        elif step == "told":
            await levels.told(ticket, agent)
        elif step == "noted":
            await levels.noted(ticket, agent)
        elif step == "priority":
            await levels.patch(ticket, priority=dice.choice((2, 4)))
        else:
            await levels.status(ticket, step)
        await levels.fire()
    return ticket


def plain(clock: Clock) -> Clock:
    # A number of its own, and what was told of it, are no part of what a clock shows.
    return msgspec.structs.replace(clock, id=0, fired=[], next_at=None)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_clocks_read_at_once_are_those_that_were_lived(levels: Levels, seed: int) -> None:
    await levels.policy(*TARGETS)
    agent = await levels.desk.person("Lin")
    ticket = await live(levels, agent, random.Random(seed))  # noqa: S311 – a story that can be told again
    lived = {name: plain(one) for name, one in (await levels.clocks(ticket)).items()}
    await levels.desk.run("delete from clock")
    async with levels.parts.database.transaction() as tx:
        await refresh_clocks(tx, [ticket], now=levels.desk.now, is_told=False)
    read = {name: plain(one) for name, one in (await levels.clocks(ticket)).items()}
    # A round that ended keeps the target that it had; one that is read at once has that of today.
    frozen = {name for name, one in lived.items() if one.state == "ended" and one.metric == "resolution"}
    assert lived.keys() == read.keys()
    for name in lived.keys() - frozen:
        assert read[name] == lived[name], name
    for name in frozen:
        assert (read[name].ended_at, read[name].rests) == (lived[name].ended_at, lived[name].rests)
