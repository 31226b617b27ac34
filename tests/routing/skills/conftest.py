"""A supervisor who keeps skills, and short ways to them."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site


class Bench:
    """Skills, levels and rules as their keeper makes them, by the API."""

    def __init__(self, site: Site, chief: Browser) -> None:
        self.site = site
        self.desk = site.desk
        self.chief = chief

    async def skill(self, name: str, kind: str = "product") -> int:
        answer = await self.chief.post("/skills", {"kind": kind, "name_en": name})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    async def give(self, person: int | None, skill: int, level: int | None, **more: Any) -> Any:
        cell = {"person_id": person, "skill_id": skill, "level": level} | more
        return await self.chief.put("/skill-levels", {"items": [cell]})

    async def rule(self, *steps: dict[str, Any], is_on: bool = True, **spec: Any) -> dict[str, Any]:
        body = {"spec": {"name_en": "A rule", "steps": list(steps)} | spec, "is_on": is_on}
        answer = await self.chief.post("/requirement-rules", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@pytest.fixture
async def bench(site: Site) -> Bench:
    return Bench(site, await site.browser(await site.desk.person("Wu", role="supervisor")))


@pytest.fixture
async def agent(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Lin"))
