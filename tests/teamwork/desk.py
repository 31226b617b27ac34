"""A desk with three departments in Chinese working hours, its readers and clocks at the test's own pace."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ombud.service_levels.services.firing import fire_due
from ombud.service_levels.services.telling import Pager
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from ombud.teamwork.reactions import TEAMWORK
from tests.accounts.desk import Browser, Outbox
from tests.service_levels.levels import Levels
from tests.shared.calendars.made import CHINA
from tests.site import Site

# Monday, 10:00 in Shanghai.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOURS_8 = {"amount": 8, "unit": "working_hours"}


@dataclass
class Floor:
    """People of the first line, of technical support and of logistics, and a partner without a seat."""

    site: Site
    technical: int
    logistics: int
    lin: Browser
    wu: Browser
    tan: Browser
    partner: Browser
    people: dict[str, Actor]
    pager: Pager

    async def ticket(self, text: str = "净水机漏水") -> int:
        """A new ticket of the first line."""
        return await self.site.ticket(text)

    async def dispatched(self, **more: Any) -> int:
        """A ticket that technical support is to accept."""
        ticket = await self.ticket()
        body = {"team_id": self.technical, "span": HOURS_8, "note": "请检测"} | more
        answer = await self.lin.post(f"/tickets/{ticket}/dispatches", body)
        assert answer.status_code == 201, answer.text
        return ticket

    async def accepted(self) -> int:
        """A ticket that technical support has accepted."""
        ticket = await self.dispatched()
        assert (await self.tan.put(f"/tickets/{ticket}/dispatch/acceptance", {})).status_code == 200
        return ticket

    async def view(self, ticket: int, who: Browser | None = None) -> dict[str, Any]:
        """All of teamwork on a ticket."""
        answer = await (who or self.wu).get(f"/tickets/{ticket}/teamwork")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def follow(self) -> None:
        """Take what is due, and let the reader hear of everything."""
        while await fire_due(self.site.desk.parts.database, self.pager, now=self.site.desk.now):
            pass
        await self.site.desk.events()
        while (await read_batch(self.site.desk.parts.database, TEAMWORK, now=self.site.desk.now)).passed:
            pass

    async def told(self, name: str) -> list[str]:
        """What somebody was told of teamwork, by the field of its entry."""
        sql = """
            select array(select e.details ->> 'field' from notification n join entry e on e.id = n.entry_id
                where n.person_id = %(id)s and n.kind = 'teamwork' order by n.id)"""
        found: list[str] = await self.site.desk.sql(sql, id=self.people[name].id)
        return [one.removeprefix("teamwork.") for one in found]

    async def lines(self, ticket: int) -> list[str]:
        """What teamwork left on a timeline."""
        fields = [one.details.field for one in await self.site.desk.timeline(ticket)]
        return [one.removeprefix("teamwork.") for one in fields if one.startswith("teamwork.")]


async def floor_on(site: Site) -> Floor:
    """The floor, on a Monday morning."""
    site.desk.now = MONDAY
    site.desk.later(seconds=0)
    levels = Levels(site.desk)
    levels.calendar_id = await levels.calendar(CHINA)
    async with site.desk.parts.database.transaction() as tx:
        await register_reader(tx, TEAMWORK)
    technical, logistics = await site.desk.team("技术支持"), await site.desk.team("物流")
    people = {
        "lin": await site.desk.person("Lin", 1),
        "wu": await site.desk.person("Wu", 1, technical, logistics, role="supervisor"),
        "tan": await site.desk.person("Tan", technical),
        "partner": await site.desk.person("Pei", logistics, role="partner"),
    }
    browsers = {name: await site.browser(one) for name, one in people.items()}
    pager = Pager(Outbox(), "https://desk.example")
    return Floor(site, technical, logistics, people=people, pager=pager, **browsers)
