"""A desk whose messages are looked at for risks, at the test's own pace."""

from dataclasses import dataclass
from typing import Any

from ombud.quality.risks.reactions import RISKS
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from tests.accounts.desk import Browser
from tests.site import Site

LAWYER = "三天内不退款,我的律师会联系你们。"


@dataclass
class Watch:
    """Lin answers, Wu leads the first line."""

    site: Site
    lin: Browser
    wu: Browser
    people: dict[str, Actor]

    async def ticket(self, text: str = LAWYER, **more: Any) -> int:
        """A new ticket, and what follows of its message."""
        ticket = await self.site.ticket(text, **more)
        await self.follow()
        return ticket

    async def follow(self) -> None:
        """Let the reader hear of everything."""
        await self.site.desk.events()
        while (await read_batch(self.site.desk.parts.database, RISKS, now=self.site.desk.now)).passed:
            await self.site.desk.events()

    async def alerts(self, ticket: int, who: Browser | None = None) -> list[dict[str, Any]]:
        """A ticket's alerts as its page shows them."""
        answer = await (who or self.lin).get(f"/tickets/{ticket}/risks")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def kinds(self, ticket: int) -> list[str]:
        """The kinds of a ticket's alerts."""
        return sorted(one["kind"] for one in await self.alerts(ticket))

    async def decide(self, ticket: int, state: str, who: Browser | None = None) -> Any:
        """Somebody says what the newest alert of a ticket is worth."""
        [one, *_] = await self.alerts(ticket)
        path = f"/tickets/{ticket}/risks/{one['id']}/decision"
        return await (who or self.lin).put(path, {"state": state})

    async def call_false(self, text: str, *names: str) -> None:
        """Each of some people calls the alert of a ticket of theirs false."""
        for name in names:
            ticket = await self.ticket(text, who=f"customer of {name}")
            person = self.people.get(name) or await self.site.desk.person(name)
            self.people[name] = person
            answer = await self.decide(ticket, "false_alarm", await self.site.browser(person))
            assert answer.status_code == 200, answer.text

    async def told(self, name: str) -> int:
        """How often somebody was told of risks."""
        sql = "select count(*) from notification where person_id = %(id)s and kind = 'risk_found'"
        found: int = await self.site.desk.sql(sql, id=self.people[name].id)
        return found


async def watch_on(site: Site) -> Watch:
    """The first line and its reader."""
    async with site.desk.parts.database.transaction() as tx:
        await register_reader(tx, RISKS)
    people = {"lin": await site.desk.person("Lin"), "wu": await site.desk.person("Wu", role="supervisor")}
    return Watch(site, await site.browser(people["lin"]), await site.browser(people["wu"]), people)
