"""Suggestions of duplicates: with their reason, and never by what a platform made up."""

from typing import Any

import pytest

from tests.customers.scene import Scene

PHONE = "+86 138 1234 5678"


async def with_phone(scene: Scene, name: str, phone: str) -> int:
    made = await scene.customer(name)
    await scene.site.desk.run("update customer set phone = %(p)s where id = %(id)s", p=phone, id=made)
    return made


async def suggested(scene: Scene, customer: int) -> list[tuple[int, list[str]]]:
    items = (await scene.ok("GET", f"/customers/{customer}/duplicates"))["items"]
    return [(one["customer"]["id"], [reason["reason"] for reason in one["reasons"]]) for one in items]


@pytest.mark.parametrize("other", ["13812345678", "138-1234-5678", "0086 13812345678", "8613812345678"])
async def test_same_number_typed_otherwise_is_suggested(scene: Scene, other: str) -> None:
    rosa, theo = await with_phone(scene, "Rosa", PHONE), await with_phone(scene, "Theo", other)
    assert await suggested(scene, rosa) == [(theo, ["same_phone"])]
    assert await suggested(scene, theo) == [(rosa, ["same_phone"])]


@pytest.mark.parametrize(
    "number",
    [
        "138****5678",  # a platform's mask
        "13812345678转1234",  # virtual, with an extension that changes per order
        "13812345678-4321",
        "13812345678 ext 12",
        "13812345678,0042",
        "13812345678#7",
        "400 820 1234",  # a service line
        "95588",
        "12345",
    ],
)
async def test_number_that_tells_nobody_apart_is_never_suggested(scene: Scene, number: str) -> None:
    rosa = await with_phone(scene, "Rosa", number)
    await with_phone(scene, "Theo", number)
    assert await suggested(scene, rosa) == []


async def test_number_from_abroad_is_compared_without_its_country(scene: Scene) -> None:
    rosa, theo = await with_phone(scene, "Rosa", "+49 171 1234567"), await with_phone(scene, "Theo", "0171 1234567")
    assert await suggested(scene, rosa) == [(theo, ["same_phone"])]


async def test_typed_address_of_another_is_suggested_but_a_marketplace_one_is_not(scene: Scene) -> None:
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    sql = "update customer set email = %(e)s where id = %(id)s"
    await scene.site.desk.run(sql, e="ROSA@example.com", id=theo)
    assert await suggested(scene, rosa) == [(theo, ["same_email"])]
    for one in (rosa, theo):
        await scene.site.desk.run(sql, e="abc123@marketplace.amazon.de", id=one)
    assert await suggested(scene, rosa) == []


async def test_same_serial_and_same_name_in_organisation_are_suggested_strongest_first(scene: Scene) -> None:
    rosa, theo, uma = [await scene.customer(name) for name in ("Rosa", "Theo", "Uma")]
    firm = await scene.ok("POST", "/organisations", {"name": "Firm"})
    for one, name in ((rosa, "Anna Bo"), (uma, "anna bo")):
        await scene.ok("PATCH", f"/customers/{one}", {"organisation_id": firm["id"], "name": name})
    for one, serial in ((rosa, "SN777001"), (theo, "sn777001")):
        await scene.ok("POST", f"/customers/{one}/products", {"model": "WM", "serial": serial})
    assert await suggested(scene, rosa) == [(theo, ["same_serial"]), (uma, ["same_name_organisation"])]


async def test_reasons_are_masked_for_agents_and_open_for_supervisors(scene: Scene) -> None:
    rosa = await with_phone(scene, "Rosa", PHONE)
    await with_phone(scene, "Theo", "13812345678")

    def shown(answer: Any) -> tuple[str, str]:
        (one,) = answer["items"]
        return one["reasons"][0]["value"], one["customer"]["phone"]

    assert shown(await scene.ok("GET", f"/customers/{rosa}/duplicates")) == ("138****5678", "138****5678")
    lead = (await scene.lead.get(f"/customers/{rosa}/duplicates")).json()
    assert shown(lead) == ("13812345678", "13812345678")


async def test_dismissed_pair_is_not_suggested_again(scene: Scene) -> None:
    rosa, theo = await with_phone(scene, "Rosa", PHONE), await with_phone(scene, "Theo", PHONE)
    for _ in range(2):
        await scene.ok("POST", f"/customers/{theo}/duplicates/{rosa}/dismissal")
    assert await suggested(scene, rosa) == await suggested(scene, theo) == []
    await scene.refused("invalid", "POST", f"/customers/{rosa}/duplicates/{rosa}/dismissal")
    await scene.refused("not_found", "POST", f"/customers/{rosa}/duplicates/99/dismissal")


async def test_merged_and_unseen_customers_are_not_suggested(scene: Scene) -> None:
    rosa, theo = await with_phone(scene, "Rosa", PHONE), await with_phone(scene, "Theo", PHONE)
    team = await scene.site.desk.team("Secret")
    sender = scene.site.desk.mail("x", "hidden@example.com").sender
    await scene.site.ticket(kind="email", team=team, sender=sender)
    hidden = await scene.site.desk.sql("select max(id) from customer")
    await scene.site.desk.run("update customer set phone = %(p)s where id = %(id)s", p=PHONE, id=hidden)
    assert await suggested(scene, rosa) == [(theo, ["same_phone"])]
    await scene.admin.patch("/customer-policy", {"merge": 0})
    await scene.ok("POST", f"/customers/{rosa}/merge", {"absorbed_id": theo})
    assert await suggested(scene, rosa) == []
