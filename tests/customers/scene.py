"""A desk with a few customers, its agent, and somebody of another team."""

from dataclasses import dataclass
from typing import Any

from ombud.customers.schemas import Sender
from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site


@dataclass
class Scene:
    """Short ways to customers over the API, as the agent Lu."""

    site: Site
    lu: Actor
    agent: Browser
    lead: Browser
    admin: Browser
    outsider: Browser

    async def customer(self, name: str = "Rosa", **more: Any) -> int:
        """A customer who wrote one mail."""
        address = more.pop("email", f"{name.lower()}@example.com")
        await self.site.ticket(kind="email", sender=Sender("email", address, name=name, email=address, **more))
        sql = "select customer_id from identity where value = %(value)s"
        return int(await self.site.desk.sql(sql, value=address))

    async def ok(self, method: str, path: str, body: Any = None) -> Any:
        """What the API answers to the agent, which must be well."""
        answer = await self.agent.send(method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def refused(self, code: str, method: str, path: str, body: Any = None) -> Any:
        """The problem that the API answers to the agent."""
        answer = await self.agent.send(method, path, body)
        assert answer.json().get("code") == code, answer.text
        return answer.json()

    async def define(self, subject: str, key: str, kind: str = "text", **options: Any) -> None:
        """A custom field of customers or organisations."""
        choices = [{"value": one, "name_en": one, "name_zh": one} for one in options.pop("choices", [])]
        body = {"key": key, "name_en": key.title(), "name_zh": key, "kind": kind}
        more = options | ({"choices": choices} if choices else {})
        answer = await self.admin.post(f"/fields?subject={subject}", {**body, "options": more})
        assert answer.status_code == 201, answer.text

    async def check(self, customer: int, method: str = "documents") -> Any:
        """Somebody made sure of a customer."""
        return await self.ok("POST", f"/customers/{customer}/checks", {"method": method})

    async def events(self, *kinds: str) -> list[dict[str, Any]]:
        """Data of the events of some kinds."""
        return [one.data for one in await self.site.desk.events(*kinds)]


async def set_scene(site: Site) -> Scene:
    """A scene on a site."""
    desk = site.desk
    lu = await desk.person("Lu")
    repairs = await desk.team("Repairs")
    return Scene(
        site,
        lu,
        await site.browser(lu),
        await site.browser(await desk.person("Su", role="supervisor")),
        await site.browser(await desk.person("Ada", role="administrator")),
        await site.browser(await desk.person("Bo", repairs)),
    )
