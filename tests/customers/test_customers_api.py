"""Customers, their addresses, products, notes: what agents keep of them."""

import asyncio
from typing import Any

import pytest

from tests.customers.scene import Scene


async def test_add_customer_by_hand_is_found_and_announced_once(scene: Scene) -> None:
    made = await scene.ok("POST", "/customers", {"name": "Qi Lan", "email": "QI@Example.com"})
    again = await scene.ok("POST", "/customers", {"email": "qi@example.com"})
    assert made["id"] == again["id"]
    assert (await scene.ok("GET", "/customers?q=lan"))["items"][0]["id"] == made["id"]
    assert await scene.events("customer_made") == [{"customer_id": made["id"]}]


async def test_add_customer_without_anything_is_invalid(scene: Scene) -> None:
    await scene.refused("invalid", "POST", "/customers", {"name": "  "})


async def test_change_customer_merges_preferences_and_fields_by_key(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.define("customer", "a", "number")
    await scene.define("customer", "b")
    path = f"/customers/{rosa}"
    await scene.ok("PATCH", path, {"preferences": {"channel": "phone", "remark": "Slowly"}, "fields": {"a": 1}})
    changed = await scene.ok("PATCH", path, {"preferences": {"remark": None}, "fields": {"b": "x"}})
    assert changed["preferences"] == {"channel": "phone"}
    assert changed["fields"] == {"a": 1, "b": "x"}


async def test_change_customer_to_the_same_emits_nothing(scene: Scene) -> None:
    rosa = await scene.customer()
    before = (await scene.ok("PATCH", f"/customers/{rosa}", {"tier": "VIP", "notes": "Deaf"}))["version"]
    after = await scene.ok("PATCH", f"/customers/{rosa}", {"tier": "VIP", "notes": "Deaf"})
    assert after["version"] == before
    assert await scene.events("customer_changed") == [{"customer_id": rosa, "fields": ["notes", "tier"]}]


async def test_change_customer_with_old_version_is_refused(scene: Scene) -> None:
    rosa = await scene.customer()
    version = (await scene.ok("GET", f"/customers/{rosa}"))["version"]
    await scene.ok("PATCH", f"/customers/{rosa}", {"tier": "VIP", "version": version})
    await scene.refused("customer_changed", "PATCH", f"/customers/{rosa}", {"tier": "Gold", "version": version})
    assert (await scene.ok("GET", f"/customers/{rosa}"))["tier"] == "VIP"


async def test_change_customer_at_once_by_many_keeps_every_key(scene: Scene) -> None:
    rosa = await scene.customer()
    for n in range(8):
        await scene.define("customer", f"k{n}", "number")
    changes = [scene.ok("PATCH", f"/customers/{rosa}", {"fields": {f"k{n}": n}}) for n in range(8)]
    await asyncio.gather(*changes)
    assert (await scene.ok("GET", f"/customers/{rosa}"))["fields"] == {f"k{n}": n for n in range(8)}


async def test_blocked_customer_is_not_heard_and_is_again_later(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.ok("PATCH", f"/customers/{rosa}", {"is_blocked": True})
    assert len(await scene.site.desk.tickets()) == 1
    await scene.customer()
    assert len(await scene.site.desk.tickets()) == 1
    await scene.ok("PATCH", f"/customers/{rosa}", {"is_blocked": False})
    await scene.customer()
    assert len(await scene.site.desk.tickets()) == 2


async def test_customer_of_unseen_team_is_not_found_anywhere(scene: Scene) -> None:
    rosa = await scene.customer()
    bodies: dict[str, Any] = {
        "notes": {"text": "x"},
        "products": {"model": "x"},
        "identities": {"kind": "phone", "value": "13800001111"},
        "checks": {"method": "documents"},
        "consents": {"purpose": "marketing", "is_given": True},
        "merge": {"absorbed_id": 99},
    }
    reads = ["", "/products", "/notes", "/consents", "/checks", "/duplicates", "/merges", "/timeline", "/profile"]
    reads += ["/changes", "/field-files"]
    for part in reads:
        assert (await scene.outsider.get(f"/customers/{rosa}{part}")).status_code == 404, part
    for part, body in bodies.items():
        assert (await scene.outsider.post(f"/customers/{rosa}/{part}", body)).status_code == 404, part
    assert (await scene.outsider.put(f"/customers/{rosa}/contact-bars/email", {})).status_code == 404


async def test_read_only_person_changes_nothing(scene: Scene) -> None:
    rosa = await scene.customer()
    reader = await scene.site.browser(await scene.site.desk.person("Dee", role="read_only"))
    assert (await reader.get(f"/customers/{rosa}")).status_code == 200
    for path, body in {"notes": {"text": "x"}, "products": {"model": "x"}, "merge": {"absorbed_id": 1}}.items():
        assert (await reader.post(f"/customers/{rosa}/{path}", body)).status_code == 403
    assert (await reader.get(f"/customers/{rosa}/export")).status_code == 403


async def test_add_identity_brings_its_messages_to_the_customer(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.check(rosa)
    added = await scene.ok("POST", f"/customers/{rosa}/identities", {"kind": "email", "value": " Work@Firm.example "})
    assert [one["value"] for one in added["identities"]] == ["rosa@example.com", "work@firm.example"]
    assert added["identities"][1]["verified_at"] is None
    assert await scene.customer("Rosa at work", email="work@firm.example") == rosa


async def test_add_identity_of_somebody_else_names_them(scene: Scene) -> None:
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    await scene.check(rosa)
    body = {"kind": "email", "value": "theo@example.com"}
    told = await scene.refused("identity_taken", "POST", f"/customers/{rosa}/identities", body)
    assert told["customer_id"] == theo


async def test_add_identity_of_unseen_customer_names_nobody(scene: Scene) -> None:
    rosa = await scene.customer()
    team = await scene.site.desk.team("Secret")
    sender = scene.site.desk.mail("x", "hidden@example.com").sender
    await scene.site.ticket(kind="email", team=team, sender=sender)
    await scene.check(rosa)
    body = {"kind": "email", "value": "hidden@example.com"}
    assert (await scene.refused("identity_taken", "POST", f"/customers/{rosa}/identities", body))["customer_id"] is None


@pytest.mark.parametrize(
    "value", ["138****1234", "nobody", "@", " ", "a@b, c@d", "ro sa@example.com", "Rosa <rosa@example.org>", "a@b@"]
)
async def test_add_identity_that_is_none_is_invalid(scene: Scene, value: str) -> None:
    rosa = await scene.customer()
    await scene.check(rosa)
    await scene.refused("invalid", "POST", f"/customers/{rosa}/identities", {"kind": "email", "value": value})


async def test_main_identity_is_one_of_a_kind_and_the_address_of_answers(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.check(rosa)
    both = (await scene.ok("POST", f"/customers/{rosa}/identities", {"kind": "email", "value": "b@b.example"}))[
        "identities"
    ]
    for one in both:
        shown = await scene.ok("PATCH", f"/customers/{rosa}/identities/{one['id']}", {"is_main": True})
        assert [kept["id"] for kept in shown["identities"] if kept["is_main"]] == [one["id"]]
    await scene.site.desk.channel("email", address="help@desk.example")
    opened = {"subject": "Recall", "text": "x", "team_id": 1, "client_key": "opened-1", "customer_id": rosa}
    made = await scene.ok("POST", "/tickets", opened)
    assert made["mail"]["to"] == [{"address": "b@b.example", "name": "Rosa"}]


async def test_verify_and_remove_identity_by_hand(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.check(rosa)
    (one,) = (await scene.ok("GET", f"/customers/{rosa}"))["identities"]
    path = f"/customers/{rosa}/identities/{one['id']}"
    assert (await scene.ok("PATCH", path, {"is_verified": True}))["identities"][0]["verified_at"]
    assert (await scene.ok("PATCH", path, {"is_verified": False}))["identities"][0]["verified_at"] is None
    assert (await scene.ok("DELETE", path))["identities"] == []
    await scene.refused("not_found", "DELETE", path)
    assert await scene.customer() != rosa


async def test_products_are_kept_changed_and_found_by_serial(scene: Scene) -> None:
    rosa = await scene.customer()
    body = {"model": "WM-9", "serial": "SN20240917", "batch": "B-07", "bought_on": "2026-05-01"}
    made = (await scene.ok("POST", f"/customers/{rosa}/products", body))["products"][0]
    path = f"/customers/{rosa}/products/{made['id']}"
    changed = await scene.ok("PUT", path, body | {"warranty_until": "2028-05-01", "region": "East"})
    assert changed["products"][0]["warranty_until"] == "2028-05-01"
    assert [one["id"] for one in (await scene.ok("GET", "/customers?q=sn20240917"))["items"]] == [rosa]
    await scene.refused("invalid", "PUT", path, body | {"warranty_until": "2025-01-01"})
    await scene.refused("invalid", "PUT", path, body | {"serial": "****0917"})
    assert (await scene.ok("DELETE", path))["products"] == []
    await scene.refused("not_found", "DELETE", path)


async def test_product_of_somebody_else_is_not_found(scene: Scene) -> None:
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    made = (await scene.ok("POST", f"/customers/{rosa}/products", {"model": "WM-9"}))["products"][0]
    await scene.refused("not_found", "PUT", f"/customers/{theo}/products/{made['id']}", {"model": "x"})
    await scene.refused("not_found", "DELETE", f"/customers/{theo}/products/{made['id']}")


async def test_note_is_pinned_by_anybody_and_reworded_by_its_writer(scene: Scene) -> None:
    rosa = await scene.customer()
    note = await scene.ok("POST", f"/customers/{rosa}/notes", {"text": "Prefers to be called Frau Doktor"})
    path = f"/customers/{rosa}/notes/{note['id']}"
    assert note["author_name"] == "Lu"
    pinned = await scene.lead.patch(path, {"text": note["text"], "is_pinned": True})
    assert pinned.json()["is_pinned"]
    assert (await scene.lead.patch(path, {"text": "Something else"})).status_code == 403
    assert (await scene.ok("PATCH", path, {"text": "Dr."}))["edited_at"]
    assert (await scene.lead.delete(path)).status_code == 204
    assert (await scene.ok("GET", f"/customers/{rosa}/notes"))["items"] == []


async def test_note_of_colleague_is_not_removed_by_an_agent(scene: Scene) -> None:
    rosa = await scene.customer()
    note = (await scene.lead.post(f"/customers/{rosa}/notes", {"text": "x"})).json()
    await scene.refused("not_allowed", "DELETE", f"/customers/{rosa}/notes/{note['id']}")


async def test_details_are_paged_by_key(scene: Scene) -> None:
    rosa = await scene.customer()
    for n in range(5):
        await scene.ok("POST", f"/customers/{rosa}/notes", {"text": f"n{n}"})
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await scene.ok("GET", f"/customers/{rosa}/notes?limit=2{cursor and f'&cursor={cursor}'}")
        found += [one["text"] for one in page["items"]]
        cursor = page["next"]
    assert found == ["n4", "n3", "n2", "n1", "n0"]


async def test_same_new_address_at_once_for_two_customers_belongs_to_one(scene: Scene) -> None:
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    for one in (rosa, theo):
        await scene.check(one)
    body = {"kind": "email", "value": "Shared@Example.com"}
    answers = await asyncio.gather(*(scene.agent.post(f"/customers/{one}/identities", body) for one in (rosa, theo)))
    assert sorted(one.status_code for one in answers) == [201, 409]
    assert await scene.site.desk.sql("select count(*) from identity where value = 'shared@example.com'") == 1


async def test_same_address_again_changes_and_announces_nothing(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.check(rosa)
    for spelling in ("13800138000", "１３８ ００１３ ８０００", "138-0013-8000"):
        await scene.ok("POST", f"/customers/{rosa}/identities", {"kind": "phone", "value": spelling})
    assert await scene.site.desk.sql("select count(*) from identity where kind = 'phone'") == 1
    assert await scene.events("customer_changed") == [{"customer_id": rosa, "fields": ["identities"]}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"model": " \t"}, "model"),
        ({"serial": "****2345"}, "serial"),
        ({"bought_on": "2026-11-02", "warranty_until": "2026-11-01"}, "warranty_until"),
    ],
)
async def test_product_that_cannot_be_is_refused_and_leaves_the_old_one(
    scene: Scene, change: dict[str, str], field: str
) -> None:
    rosa = await scene.customer()
    known = {"model": " C-1 ", "serial": "SN-12345", "bought_on": "2026-11-01", "warranty_until": "2026-11-01"}
    made = await scene.ok("POST", f"/customers/{rosa}/products", known)
    product = made["products"][0]
    for method, path in (("POST", "products"), ("PUT", f"products/{product['id']}")):
        told = await scene.refused("invalid", method, f"/customers/{rosa}/{path}", known | change)
        assert field in told["fields"]
    kept = await scene.site.desk.sql("select array_agg(model || ' ' || serial) from product_owned")
    assert kept == ["C-1 SN-12345"]


async def test_removed_note_is_gone_for_everybody_and_cannot_be_changed(scene: Scene) -> None:
    rosa = await scene.customer()
    note = await scene.ok("POST", f"/customers/{rosa}/notes", {"text": " 爱发脾气 😡 ", "is_pinned": True})
    assert note["text"] == "爱发脾气 😡"
    path = f"/customers/{rosa}/notes/{note['id']}"
    await scene.ok("DELETE", path)
    assert (await scene.ok("GET", f"/customers/{rosa}/notes"))["items"] == []
    await scene.refused("not_found", "DELETE", path)
    await scene.refused("not_found", "PATCH", path, {"text": "again", "is_pinned": False})
    assert len(await scene.events("customer_changed")) == 2


async def test_note_about_one_customer_is_not_found_under_another(scene: Scene) -> None:
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    note = await scene.ok("POST", f"/customers/{rosa}/notes", {"text": "Deaf", "is_pinned": False})
    for method, body in (("DELETE", None), ("PATCH", {"text": "Deaf", "is_pinned": True})):
        await scene.refused("not_found", method, f"/customers/{theo}/notes/{note['id']}", body)
    assert (await scene.ok("GET", f"/customers/{rosa}/notes"))["items"][0]["is_pinned"] is False
