"""A knowledge base on a site with a ticket, and the reader of the log that keeps knowledge up."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ombud.assistance.upkeep.reactions import UPKEEP
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from tests.accounts.desk import Browser
from tests.knowledge.desk import Library, library_on
from tests.site import Site


@dataclass
class Care:
    """Whoever cares for knowledge, an agent, and somebody of another team."""

    site: Site
    library: Library
    lead: Browser
    agent: Browser
    other: Browser
    ticket: int

    async def react(self) -> None:
        """Let the reader see what happened, as the worker does at once."""
        database, now = self.site.desk.parts.database, self.site.desk.now
        for _ in range(3):
            async with database.transaction() as tx:
                await register_reader(tx, UPKEEP)
                while await sequence_events(tx, now=now):
                    pass
            while (await read_batch(database, UPKEEP, now=now)).passed:
                pass

    async def findings(self, **query: Any) -> list[dict[str, Any]]:
        """What somebody must look at."""
        await self.react()
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        found: list[dict[str, Any]] = (await self.lead.get(f"/knowledge/reports/findings?{asked}")).json()["items"]
        return found

    async def told(self, who: Browser) -> list[str]:
        """Kinds of what somebody was told, oldest first."""
        await self.react()
        return [one["kind"] for one in (await who.get("/notifications")).json()["items"]][::-1]

    def moment(self, **delta: float) -> str:
        """So much from now."""
        return (self.site.desk.now + timedelta(**delta)).isoformat()

    def card(self, condition: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A card from now on."""
        words = [
            {
                "locale": "en",
                "title": "Machine K in R3",
                "steps": ["Send the video"],
                "wording": "Dear {{customer.name}}",
            },
            {
                "locale": "zh-CN",
                "title": "R3 的 K 型洗衣机",
                "steps": ["发送安装视频"],
                "wording": "{{customer.name}}您好",
            },
        ]
        body = {
            "name": "K × R3",
            "condition": condition,
            "words": words,
            "from_at": self.moment(),
            "places": ["workspace"],
        }
        return body | more

    async def shown(self, ticket: int | None = None, who: Browser | None = None) -> list[str]:
        """Titles of the cards beside a ticket."""
        answer = await (who or self.agent).get(f"/tickets/{ticket or self.ticket}/guidance")
        assert answer.status_code == 200, answer.text
        return [one["title"] for one in answer.json()["items"]]


async def care_on(site: Site) -> Care:
    """The people, with a ticket of the first team."""
    library = await library_on(site.desk)
    ticket = await site.ticket("The machine leaks, it is urgent.")
    stranger = await site.desk.person("Omar", library.other_team)
    care = Care(
        site,
        library,
        lead=await site.browser(library.lead),
        agent=await site.browser(library.writer),
        other=await site.browser(stranger),
        ticket=ticket,
    )
    # A new reader begins at the head of the log.
    await care.react()
    return care
