"""A site with somebody who leads a team, two agents of it, somebody of another team, and short ways with notices."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ombud.assistance.upkeep.reactions import UPKEEP
from ombud.knowledge.notices.services.telling import tell_due
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from tests.accounts.desk import Browser
from tests.site import Site

RIGHT, WRONG = [[1], [0, 2]], [[0], [0]]


def option(text: str, *, is_right: bool = False) -> dict[str, Any]:
    """Something that can be chosen."""
    return {"text_en": text, "text_zh": text, "is_right": is_right}


QUIZ: list[dict[str, Any]] = [
    {
        "kind": "single",
        "text_en": "How many days?",
        "text_zh": "几天？",
        "options": [option("Seven"), option("Fifteen", is_right=True)],
    },
    {
        "kind": "multiple",
        "text_en": "Who pays?",
        "options": [option("We do", is_right=True), option("Nobody"), option("The carrier", is_right=True)],
    },
]


@dataclass
class Briefing:
    """People around notices, and what they do."""

    site: Site
    team: int
    boss: Browser
    lin: Browser
    wei: Browser
    other: Browser
    people: dict[str, Actor]

    def notice(self, **more: Any) -> dict[str, Any]:
        """A notice to the team, from now on."""
        return {
            "title_en": "Returns take fifteen days",
            "title_zh": "退货期改为十五天",
            "body_en": "<p>Fifteen days, no longer seven.</p>",
            "from_at": self.site.desk.now.isoformat(),
            "team_ids": [self.team],
        } | more

    def moment(self, **delta: float) -> str:
        """So much later."""
        return (self.site.desk.now + timedelta(**delta)).isoformat()

    async def publish(self, who: Browser | None = None, **more: Any) -> dict[str, Any]:
        """A published notice."""
        boss = who or self.boss
        made = await boss.post("/notices", self.notice(**more))
        assert made.status_code == 201, made.text
        answer = await boss.put(f"/notices/{made.json()['id']}/publication", {})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def read(self, who: Browser, notice: dict[str, Any]) -> Any:
        """Tick it as read."""
        return await who.put(f"/notices/{notice['id']}/read", {"edition": notice["edition"]})

    async def answer(self, who: Browser, notice: dict[str, Any], chosen: list[list[int]]) -> Any:
        """Answer its questions."""
        body = {"edition": notice["edition"], "chosen": chosen}
        return await who.post(f"/notices/{notice['id']}/tries", body)

    async def own(self, who: Browser) -> list[int]:
        """What somebody has to read."""
        return [one["id"] for one in (await who.get("/notices/own")).json()["items"]]

    async def progress(self, notice: dict[str, Any], who: Browser | None = None) -> dict[str, str]:
        """How far each of the audience is."""
        found = (await (who or self.boss).get(f"/notices/{notice['id']}/readers")).json()["items"]
        return {one["name"]: one["progress"] for one in found}

    async def react(self) -> None:
        """Let the reader of the log tell people, as the worker does at once."""
        database, now = self.site.desk.parts.database, self.site.desk.now
        async with database.transaction() as tx:
            await register_reader(tx, UPKEEP)
            while await sequence_events(tx, now=now):
                pass
        while (await read_batch(database, UPKEEP, now=now)).passed:
            pass

    async def told(self, who: Browser) -> list[tuple[str, str]]:
        """What somebody was told, oldest first: its kind and what it is called."""
        await self.react()
        found = (await who.get("/notifications")).json()["items"]
        return [(one["kind"], one["subject"]) for one in found][::-1]

    async def due(self) -> int:
        """Look whom it is time to tell."""
        async with self.site.desk.parts.database.transaction() as tx:
            return await tell_due(tx, now=self.site.desk.now)


async def briefing_on(site: Site) -> Briefing:
    """The people, on a desk of two teams."""
    team = await site.desk.team("After-sales")
    people = {
        "boss": await site.desk.person("Bao", team, role="supervisor"),
        "lin": await site.desk.person("Lin", team),
        "wei": await site.desk.person("Wei", team),
        "other": await site.desk.person("Omar"),
    }
    browsers = {name: await site.browser(one) for name, one in people.items()}
    briefing = Briefing(site, team, people=people, **browsers)
    # A new reader begins at the head of the log.
    await briefing.react()
    return briefing
