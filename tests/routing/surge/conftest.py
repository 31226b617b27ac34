"""A desk with a duty manager, and short ways to plans."""

from typing import Any

import pytest

from ombud.routing.engine.services.preparing import prepare
from ombud.routing.surge.services.watching import watch_surge
from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.desk import Desk
from tests.site import Site

LOW = {"field": "tags", "op": "any_of", "value": ["survey"]}


class Control:
    """What a duty manager does, over the API, and what the worker does with time."""

    def __init__(self, site: Site, chief: Browser, person: Actor) -> None:
        self.site, self.chief, self.person = site, chief, person
        self.desk: Desk = site.desk

    def spec(self, **given: Any) -> dict[str, Any]:
        measures = given.pop("measures", {"more_at_a_time": 1})
        return {"name_en": "Flood", "name_zh": "激增", "minutes": 60, "measures": measures} | given

    async def plan(self, **given: Any) -> int:
        answer = await self.chief.post("/surge/plans", {"spec": self.spec(**given)})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    async def switch(self, plan: int, *, on: bool = True) -> dict[str, Any]:
        answer = await self.chief.put(f"/surge/plans/{plan}/switch", {"is_on": on})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def board(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.chief.get("/surge")).json()
        return found

    async def run(self, run: int) -> dict[str, Any]:
        found: dict[str, Any] = (await self.chief.get(f"/surge/runs/{run}")).json()
        return found

    async def watch(self, **later: float) -> int:
        """Let time go by, and the worker look."""
        self.desk.later(**(later or {"seconds": 16}))
        async with self.desk.parts.database.transaction() as tx:
            return await watch_surge(tx, now=self.desk.now)

    async def prepare(self) -> int:
        async with self.desk.parts.database.transaction() as tx:
            return await prepare(tx, now=self.desk.now)

    async def arrive(self, count: int = 1) -> list[int]:
        """New tickets, prepared by the router."""
        channel = await self.desk.channel("chat")
        before = set(await self.desk.tickets())
        messages = [self.desk.message(f"Help {number}", who=f"w{len(before)}{number}") for number in range(count)]
        await self.desk.deliver(channel, *messages)
        await self.prepare()
        return [one for one in await self.desk.tickets() if one not in before]


@pytest.fixture
async def control(site: Site) -> Control:
    person = await site.desk.person("Wu", role="supervisor", everywhere=True)
    return Control(site, await site.browser(person), person)
