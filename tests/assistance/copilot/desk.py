"""A desk with articles, solved tickets and a fake model: short ways to ask the copilot."""

import json
from dataclasses import dataclass
from typing import Any

from ombud.intelligence.models import endpoints
from ombud.intelligence.models.schemas import ModelEndpointIn, ModelPurposeIn, Purpose
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.knowledge.retrieval.services import index_missed
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import values
from ombud.shared.outbound import Guard
from tests.knowledge.desk import Library, library_on
from tests.modelserver import ModelServer
from tests.site import Site, note_of, reply_of

RETURNS = "<p>Unopened machines can be returned within 14 days. The refund takes 5 working days.</p>"
LEAKS = "<p>If the machine leaks, tighten the filter holder and change the seal behind it.</p>"
RETURNS_ZH = "<p>未拆封的咖啡机签收后14天内可以退货，退款需要5个工作日。</p>"


@dataclass
class Copilot:
    """The copilot of an agent, and all around it."""

    site: Site
    library: Library
    server: ModelServer
    agent: Actor
    admin: Actor

    @property
    def index(self) -> PassageIndex:
        """The passages of the process."""
        found: PassageIndex = self.site.desk.parts.passages
        return found

    async def read(self) -> None:
        """Have the passages and the search read what happened."""
        await index_missed(self.site.desk.parts.database)
        await self.site.desk.index()

    async def solved(self, asked: str, answer: str, *, team: int = 1, who: str = "old", notes: str = "") -> int:
        """A ticket that was answered and solved."""
        ticket = await self.site.ticket(asked, team=team, who=who)
        browser = await self.site.browser(await self.site.desk.person(f"Solver{ticket}", team))
        if notes:
            assert (await browser.post(f"/tickets/{ticket}/notes", note_of(notes))).status_code < 300
        answered = await browser.post(f"/tickets/{ticket}/replies", reply_of(answer, solve=True))
        assert answered.status_code < 300, answered.text
        return ticket

    async def post(self, ticket: int, what: str, data: Any = None, by: Actor | None = None) -> Any:
        """Ask the copilot something; the answer's body, or its status where it is an error."""
        browser = await self.site.browser(by or self.agent)
        answer = await browser.post(f"/tickets/{ticket}/copilot/{what}", {} if data is None else data)
        return answer.json() if answer.status_code < 300 else answer.status_code

    async def get(self, path: str, by: Actor | None = None) -> Any:
        """Read something; its body, or its status where it is an error."""
        answer = await (await self.site.browser(by or self.agent)).get(path)
        return answer.json() if answer.status_code < 300 else answer.status_code

    async def suggest(self, ticket: int, text: str = "", by: Actor | None = None) -> list[dict[str, Any]]:
        """What the copilot suggests."""
        found = await self.post(ticket, "suggestions", {"text": text}, by)
        items: list[dict[str, Any]] = found["items"]
        return items

    async def model(self, *purposes: Purpose, key: str = "sk-abcdefgh12345", url: str = "") -> int:
        """Let purposes use the fake model."""
        parts, now = self.site.desk.parts, self.site.desk.now
        given = ModelEndpointIn("Fake", url or self.server.url, "tiny", key)
        async with parts.database.transaction() as tx:
            made = await endpoints.add_endpoint(
                tx, given, keys=parts.key_ring, guard=parts.models.guard, by=SYSTEM, now=now
            )
            for one in purposes or ("reply", "summary", "rewrite", "translate", "article"):
                await endpoints.set_purpose(tx, one, ModelPurposeIn(made.id, is_on=True), by=SYSTEM, now=now)
        return made.id

    def say(self, *answers: dict[str, Any]) -> None:
        """Have the model say this, twice each: it is asked again when it is refused."""
        self.server.say(*(json.dumps(one, ensure_ascii=False) for one in answers))

    def say_twice(self, answer: dict[str, Any]) -> None:
        """Have the model say this and insist on it."""
        self.say(answer, answer)

    async def outcomes(self) -> list[str]:
        """States of all suggestions."""
        async with self.site.desk.parts.database.transaction() as tx:
            return await values(tx, str, "select state from copilot_suggestion order by id")


async def copilot_on(site: Site, server: ModelServer) -> Copilot:
    """A desk with three articles for customers."""
    parts = site.desk.parts
    parts.models.guard = Guard(("127.0.0.1/32",))
    parts.passages.meaning._is_shipped = False
    library = await library_on(site.desk)
    made = await library.make("Returns and refunds", RETURNS)
    await library.translate(made, "退货与退款", body=RETURNS_ZH)
    await library.make("The machine leaks", LEAKS)
    agent = await site.desk.person("Ann")
    admin = await site.desk.person("Ada", role="administrator", everywhere=True)
    found = Copilot(site, library, server, agent, admin)
    await found.read()
    return found
