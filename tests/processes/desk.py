"""A desk on which tickets of a type go through a process."""

from dataclasses import dataclass
from typing import Any

from ombud.processes.reactions import PROCESSES
from ombud.shared.readers import read_batch, register_reader
from tests.accounts.desk import Browser
from tests.site import Site
from tests.teamwork.desk import Floor, floor_on

HOUR = {"amount": 1, "unit": "working_hours"}


def stage(key: str, **more: Any) -> dict[str, Any]:
    """A stage with names."""
    return {"key": key, "name_en": key.title(), "name_zh": f"阶段{key}"} | more


def question(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A question with words."""
    return {"key": key, "name_en": key.title(), "name_zh": f"问题{key}", "kind": kind} | more


@dataclass
class Flow:
    """A floor, its administrator, and the process."""

    floor: Floor
    admin: Browser
    type_id: int
    process: dict[str, Any]

    @property
    def site(self) -> Site:
        """The site."""
        return self.floor.site

    def spec(self, *stages: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A process for the type, as the API takes it."""
        whole = {"type_id": self.type_id, "name_en": "Complaint", "name_zh": "投诉流程", "stages": list(stages)}
        return {"spec": whole | more}

    async def make(self, *stages: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Make the process, or save it anew."""
        body = self.spec(*stages, **more)
        if self.process:
            answer = await self.floor.wu.patch(f"/processes/{self.process['id']}", body)
        else:
            answer = await self.floor.wu.post("/processes", body)
        assert answer.status_code in {200, 201}, answer.text
        self.process = answer.json()
        return self.process

    async def ticket(self) -> int:
        """A ticket of the type, in the first stage."""
        ticket = await self.floor.ticket()
        answer = await self.floor.wu.patch(f"/tickets/{ticket}", {"type_id": self.type_id})
        assert answer.status_code == 200, answer.text
        await self.follow()
        return ticket

    async def follow(self) -> None:
        """Take what is due, and let the readers hear of everything, and of what followed from that."""
        for _ in range(2):
            await self.floor.follow()
            while (await read_batch(self.site.desk.parts.database, PROCESSES, now=self.site.desk.now)).passed:
                pass

    async def run(self, ticket: int) -> dict[str, Any]:
        """The ticket's way through the process."""
        answer = await self.floor.wu.get(f"/tickets/{ticket}/process")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["run"]
        return found

    async def at(self, ticket: int) -> str:
        """The stage that a ticket is in, or '' at the end."""
        open_visits = [one["stage"] for one in (await self.run(ticket))["visits"] if one["ended_at"] is None]
        return open_visits[0] if open_visits else ""

    async def advance(self, ticket: int, **body: Any) -> Any:
        """Go on."""
        return await self.floor.wu.post(f"/tickets/{ticket}/process/advance", body)

    async def answer(self, ticket: int, **answers: Any) -> Any:
        """Answer questions."""
        return await self.floor.wu.put(f"/tickets/{ticket}/process/answers", {"answers": answers})

    async def lines(self, ticket: int) -> list[str]:
        """What the process left on the timeline."""
        fields = [one.details.field for one in await self.site.desk.timeline(ticket)]
        return [one.removeprefix("process.") for one in fields if one.startswith("process.")]


async def flow_on(site: Site) -> Flow:
    """The floor with a type and no process yet."""
    floor = await floor_on(site)
    async with site.desk.parts.database.transaction() as tx:
        await register_reader(tx, PROCESSES)
    admin = await site.browser(await site.desk.person("Ada", role="administrator"))
    made = await admin.post("/ticket-types", {"name_en": "Complaint", "name_zh": "投诉"})
    return Flow(floor, admin, made.json()["id"], {})
