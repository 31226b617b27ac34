"""Organisations: their domains bring new customers in."""

import asyncio

import pytest

from ombud.customers.schemas import Sender
from tests.customers.scene import Scene


async def test_mail_of_domain_joins_new_customer(scene: Scene) -> None:
    old = await scene.customer("Old", email="old@firm.example")
    firm = await scene.ok("POST", "/organisations", {"name": "Firm", "domains": ["@Firm.example "]})
    assert firm["domains"] == ["firm.example"]
    new = await scene.customer("New", email="new@firm.example")
    assert (await scene.ok("GET", f"/customers/{new}"))["organisation"] == {"id": firm["id"], "name": "Firm"}
    assert (await scene.ok("GET", f"/customers/{old}"))["organisation"] is None
    found = (await scene.ok("GET", f"/customers?organisation_id={firm['id']}"))["items"]
    assert [one["id"] for one in found] == [new]
    assert (await scene.ok("GET", f"/organisations/{firm['id']}"))["customer_count"] == 1


async def test_typed_address_of_domain_joins_nobody(scene: Scene) -> None:
    await scene.ok("POST", "/organisations", {"name": "Firm", "domains": ["firm.example"]})
    sender = Sender("visitor", "v1", name="Liar", email="boss@firm.example")
    await scene.site.ticket(kind="chat", sender=sender)
    customer = await scene.site.desk.sql("select customer_id from identity where value = 'v1'")
    assert (await scene.ok("GET", f"/customers/{customer}"))["organisation"] is None


@pytest.mark.parametrize("domain", ["gmail.com", "QQ.com", "@163.com"])
async def test_domain_of_free_mail_is_refused(scene: Scene, domain: str) -> None:
    told = await scene.refused("invalid", "POST", "/organisations", {"name": "Firm", "domains": [domain]})
    assert told["fields"] == {"domains": "free_mail"}


@pytest.mark.parametrize("domain", ["nothing", "a b.com", "-x.com", "http://x.com"])
async def test_domain_that_is_none_is_invalid(scene: Scene, domain: str) -> None:
    told = await scene.refused("invalid", "POST", "/organisations", {"name": "Firm", "domains": [domain]})
    assert told["fields"] == {"domains": "invalid"}


async def test_domain_has_one_organisation_even_at_once(scene: Scene) -> None:
    bodies = [{"name": f"Firm {n}", "domains": ["firm.example"]} for n in range(4)]
    answers = await asyncio.gather(*(scene.agent.post("/organisations", one) for one in bodies))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"domain_taken"}


async def test_change_and_archive_organisation(scene: Scene) -> None:
    firm = await scene.ok("POST", "/organisations", {"name": "Firm", "domains": ["firm.example"], "tier": "Gold"})
    path = f"/organisations/{firm['id']}"
    await scene.define("organisation", "sector")
    changed = await scene.ok("PATCH", path, {"name": "Firm Ltd", "fields": {"sector": "Hotels"}})
    assert (changed["name"], changed["fields"], changed["tier"]) == ("Firm Ltd", {"sector": "Hotels"}, "Gold")
    archived = await scene.ok("PATCH", path, {"is_archived": True})
    assert (archived["is_archived"], archived["domains"]) == (True, [])
    assert (await scene.ok("GET", "/organisations"))["items"] == []
    assert len((await scene.ok("GET", "/organisations?archived=true"))["items"]) == 1
    rosa = await scene.customer()
    await scene.refused("invalid", "PATCH", f"/customers/{rosa}", {"organisation_id": firm["id"]})
    await scene.ok("PATCH", path, {"is_archived": False})
    await scene.ok("PATCH", f"/customers/{rosa}", {"organisation_id": firm["id"]})
    await scene.ok("PATCH", path, {"is_archived": False})
    assert [one["change"] for one in await scene.events("organisation_changed")] == ["made", *["changed"] * 3]


async def test_organisations_are_listed_by_name_and_found(scene: Scene) -> None:
    for name in ("Zephyr Hotels", "alpha Clinic", "上海蓝湾酒店"):
        await scene.ok("POST", "/organisations", {"name": name})
    first = await scene.ok("GET", "/organisations?limit=2")
    rest = await scene.ok("GET", f"/organisations?limit=2&cursor={first['next']}")
    names = [one["name"] for one in [*first["items"], *rest["items"]]]
    assert names == ["alpha Clinic", "Zephyr Hotels", "上海蓝湾酒店"]
    assert [one["name"] for one in (await scene.ok("GET", "/organisations?q=酒店"))["items"]] == ["上海蓝湾酒店"]


async def test_unknown_organisation_is_not_found(scene: Scene) -> None:
    await scene.refused("not_found", "GET", "/organisations/99")
    await scene.refused("not_found", "PATCH", "/organisations/99", {"name": "x"})
    rosa = await scene.customer()
    await scene.refused("invalid", "PATCH", f"/customers/{rosa}", {"organisation_id": 99})
