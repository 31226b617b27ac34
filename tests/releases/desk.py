"""A desk with a product team, an agent who reads, and a partner who writes for another department."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ombud.releases.jobs import warn_releases
from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site

KINDS = ("answers", "scripts", "training", "test_cases")


@dataclass
class Product:
    """People around releases, and what they do."""

    site: Site
    team: int
    boss: Browser
    lin: Browser
    partner: Browser
    reader: Browser
    people: dict[str, Actor]

    async def later(self, days: int) -> None:
        """Days pass; everybody signs in again, their sessions have ended."""
        self.site.desk.later(minutes=days * 24 * 60)
        self.site.browsers.clear()
        for name, one in self.people.items():
            setattr(self, name, await self.site.browser(one))

    def moment(self, days: float) -> str:
        """So many days from now."""
        return (self.site.desk.now + timedelta(days=days)).isoformat()

    def item(self, kind: str = "answers", owner: str = "lin", days: float = 10) -> dict[str, Any]:
        """Something to get ready."""
        due = self.moment(days)
        return {"kind": kind, "text": f"Prepare {kind}", "owner_id": self.people[owner].id, "due_at": due}

    async def announce(self, who: Browser | None = None, *, days: float = 21, **more: Any) -> dict[str, Any]:
        """A release that goes live in some days."""
        body = {
            "kind": "release",
            "title": "App 5.2",
            "summary": "Refunds inside the app",
            "impact": "Customers will ask how",
            "team_id": self.team,
            "owner_id": self.people["boss"].id,
            "live_at": self.moment(days),
            "items": [self.item()],
        }
        answer = await (who or self.boss).post("/releases", body | more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ids(self, which: str, who: Browser | None = None) -> list[int]:
        """Notes in a list."""
        return [one["id"] for one in (await (who or self.lin).get(f"/releases?which={which}")).json()["items"]]

    async def told(self, who: Browser) -> list[str]:
        """Kinds of what somebody was told, oldest first."""
        return [one["kind"] for one in (await who.get("/notifications")).json()["items"]][::-1]

    async def warn(self) -> int:
        """Look for what nears and what is late."""
        async with self.site.desk.parts.database.transaction() as tx:
            return await warn_releases(tx, now=self.site.desk.now)


async def product_on(site: Site) -> Product:
    """The people, on a desk of two teams."""
    team = await site.desk.team("Product")
    people = {
        "boss": await site.desk.person("Bao", team, role="supervisor"),
        "lin": await site.desk.person("Lin"),
        "partner": await site.desk.person("Pei", team, role="partner"),
        "reader": await site.desk.person("Rui", role="read_only"),
    }
    browsers = {name: await site.browser(one) for name, one in people.items()}
    return Product(site, team, people=people, **browsers)
