"""A site whose administrator keeps rules, and a hand that lets rules hear what happened."""

from typing import Any

import pytest

from ombud.automation.rules.jobs import RuleHand
from ombud.automation.rules.reactions import RULES
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from tests.accounts.desk import Browser
from tests.desk import Desk
from tests.site import Site

NOTHING: dict[str, Any] = {"all": []}


class Rules:
    """Short ways to rules of a desk: made by the API, heard by the real reader."""

    def __init__(self, desk: Desk, boss: Browser) -> None:
        self.desk = desk
        self.boss = boss
        parts = desk.parts
        self.hand = RuleHand(parts.database, parts.bus, parts.clock)

    async def try_to_add(self, actions: dict[str, Any], *events: str, is_on: bool = True, **more: Any) -> Any:
        when = more.pop("when", {"kind": "events", "events": list(events) or ["message_received"]})
        spec = {"name_en": "A rule", "when": when, "condition": NOTHING, "actions": actions} | more
        return await self.boss.post("/rules", {"spec": spec, "is_on": is_on})

    async def add(self, actions: dict[str, Any], *events: str, **more: Any) -> dict[str, Any]:
        answer = await self.try_to_add(actions, *events, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def hear(self) -> None:
        """Let the reader hear all that has happened, what rules do included."""
        database, now = self.desk.parts.database, self.desk.now
        while True:
            async with database.transaction() as tx:
                await register_reader(tx, RULES)
                moved = await sequence_events(tx, now=now)
            if not (await read_batch(database, RULES, now=now)).passed and not moved:
                return

    async def pass_time(self, **delta: float) -> None:
        """Let time pass, and time rules do what is due."""
        self.desk.later(**delta)
        while await self.hand.step() >= self.hand.full:
            pass
        await self.hear()

    async def told(self, ticket: int) -> list[dict[str, Any]]:
        """What the timeline tells of rules, oldest first."""
        entries = await self.desk.timeline(ticket)
        return [one.details.to_value for one in entries if one.details.field == "rule"]

    async def runs(self, rule: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.boss.get(f"/rules/{rule['id']}/runs")).json()["items"]
        return found


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu", capacity=100)


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def boss(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Bo", role="administrator", capacity=100))


@pytest.fixture
async def rules(site: Site, boss: Browser) -> Rules:
    found = Rules(site.desk, boss)
    await found.hear()
    return found
