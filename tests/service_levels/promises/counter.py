"""A first line that promises things, its reader and its clocks at the test's own pace."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ombud.service_levels.promises.reactions import PROMISES
from ombud.service_levels.services.firing import fire_due
from ombud.service_levels.services.telling import Pager
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from tests.accounts.desk import Browser
from tests.service_levels.levels import Levels
from tests.shared.calendars.made import CHINA
from tests.site import Site, reply_of

# Monday, 10:00 in Shanghai.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
IN_24_HOURS = "我们会在24小时内给您回复。"


@dataclass
class Counter:
    """An agent and a supervisor of the first line; Chinese working hours."""

    site: Site
    lin: Browser
    wu: Browser
    people: dict[str, Actor]
    pager: Pager

    async def ticket(self, text: str = "净水机漏水", **more: Any) -> int:
        """A new ticket of the first line."""
        return await self.site.ticket(text, **more)

    async def say(self, ticket: int, text: str = IN_24_HOURS, **more: Any) -> int:
        """Lin answers, and what follows of it happens; gives the entry's id."""
        answer = await self.lin.post(f"/tickets/{ticket}/replies", reply_of(text, force=True, **more))
        assert answer.status_code == 201, answer.text
        await self.follow()
        entry: int = answer.json()["id"]
        return entry

    async def promised(self, text: str = IN_24_HOURS, **more: Any) -> tuple[int, dict[str, Any]]:
        """A ticket on which one thing was promised."""
        ticket = await self.ticket()
        await self.say(ticket, text, **more)
        [one] = await self.promises(ticket)
        return ticket, one

    async def promises(self, ticket: int, who: Browser | None = None) -> list[dict[str, Any]]:
        """A ticket's promises as its page shows them."""
        answer = await (who or self.lin).get(f"/tickets/{ticket}/promises")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def offers(self, ticket: int, text: str, **more: Any) -> list[dict[str, Any]]:
        """What the composer would offer."""
        answer = await self.lin.post(f"/tickets/{ticket}/promise-offers", {"text": text, **more})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def end(self, ticket: int, promise: int, outcome: str = "kept", **more: Any) -> Any:
        """Lin says what became of a promise."""
        return await self.lin.put(f"/tickets/{ticket}/promises/{promise}/end", {"outcome": outcome, **more})

    async def follow(self) -> None:
        """Take what is due, and let the reader hear of everything, of what it does, too."""
        desk = self.site.desk
        while await fire_due(desk.parts.database, self.pager, now=desk.now):
            pass
        await desk.events()
        while (await read_batch(desk.parts.database, PROMISES, now=desk.now)).passed:
            await desk.events()

    async def later(self, **delta: float) -> None:
        """Time passes, and what is due happens."""
        self.site.desk.later(**delta)
        await self.follow()

    async def lines(self, ticket: int) -> list[str]:
        """What promises left on a timeline."""
        fields = [one.details.field for one in await self.site.desk.timeline(ticket)]
        return [one.removeprefix("promise.") for one in fields if one.startswith("promise.")]

    async def clocks(self, ticket: int) -> list[tuple[str, str | None, str | None]]:
        """State, outcome and deadline of the clocks that watch a ticket's promises."""
        found = (await self.lin.get(f"/tickets/{ticket}/clocks")).json()["items"]
        return [(one["state"], one["outcome"], one["due_at"]) for one in found if one["metric"] == "promise"]

    async def told(self, name: str, kind: str) -> int:
        """How often somebody was told of deadlines."""
        sql = "select count(*) from notification where person_id = %(id)s and kind = %(kind)s"
        found: int = await self.site.desk.sql(sql, id=self.people[name].id, kind=kind)
        return found


async def counter_on(site: Site) -> Counter:
    """The first line, on a Monday morning."""
    site.desk.now = MONDAY
    site.desk.later(seconds=0)
    levels = Levels(site.desk)
    levels.calendar_id = await levels.calendar(CHINA)
    async with site.desk.parts.database.transaction() as tx:
        await register_reader(tx, PROMISES)
    people = {"lin": await site.desk.person("Lin"), "wu": await site.desk.person("Wu", role="supervisor")}
    lin, wu = await site.browser(people["lin"]), await site.browser(people["wu"])
    return Counter(site, lin, wu, people, levels.pager)
