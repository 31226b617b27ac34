"""Custom fields of customers and organisations: checked by their definitions, with files and a history."""

from typing import Any

import pytest

from tests.customers.scene import Scene

KINDS: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "text": ({"max_length": 5}, "abc", "abcdef"),
    "long_text": ({}, "a\nb", 7),
    "number": ({"minimum": 1}, 2.5, 0),
    "date": ({}, "2026-05-17", "17.5.2026"),
    "choice": ({"choices": ["gold", "silver"]}, "gold", "lead"),
    "tree": ({"choices": ["a", "a/b"]}, "a/b", "a/c"),
    "multi_choice": ({"choices": ["x", "y"]}, ["y", "x"], ["x", "x"]),
    "money": ({"currency": "CNY"}, {"amount_cents": 12_50, "currency": "CNY"}, {"amount_cents": 1, "currency": "EUR"}),
    "yes_no": ({}, False, "no"),
}


async def place(scene: Scene, subject: str) -> str:
    """A customer or an organisation."""
    if subject == "customer":
        return f"/customers/{await scene.customer()}"
    return f"/organisations/{(await scene.ok('POST', '/organisations', {'name': 'Firm'}))['id']}"


@pytest.mark.parametrize("subject", ["customer", "organisation"])
async def test_set_field_of_each_kind_keeps_what_fits_and_refuses_the_rest(scene: Scene, subject: str) -> None:
    path = await place(scene, subject)
    for kind, (options, good, bad) in KINDS.items():
        await scene.define(subject, kind, kind, **options)
        told = await scene.refused("bad_fields", "PATCH", path, {"fields": {kind: bad}})
        assert list(told["fields"]) == [kind]
        assert (await scene.ok("PATCH", path, {"fields": {kind: good}}))["fields"][kind] == good
    assert (await scene.ok("PATCH", path, {"fields": dict.fromkeys(KINDS)}))["fields"] == {}


@pytest.mark.parametrize("subject", ["customer", "organisation"])
async def test_set_field_that_is_unknown_or_archived_is_refused(scene: Scene, subject: str) -> None:
    path = await place(scene, subject)
    told = await scene.refused("bad_fields", "PATCH", path, {"fields": {"nobody": 1}})
    assert told["fields"] == {"nobody": "unknown_field"}
    await scene.define("ticket", "of_tickets")
    await scene.refused("bad_fields", "PATCH", path, {"fields": {"of_tickets": "x"}})
    await scene.define(subject, "old")
    await scene.ok("PATCH", path, {"fields": {"old": "kept"}})
    known = (await scene.admin.get(f"/fields?subject={subject}")).json()["items"][0]
    names = {name: known[name] for name in ("name_en", "name_zh", "options")}
    await scene.admin.patch(f"/fields/{known['id']}", names | {"is_archived": True})
    await scene.refused("bad_fields", "PATCH", path, {"fields": {"old": "new"}})
    assert (await scene.ok("GET", path))["fields"] == {"old": "kept"}


async def test_add_organisation_with_fields_checks_them(scene: Scene) -> None:
    await scene.define("organisation", "sector", "choice", choices=["hotel"])
    await scene.refused("bad_fields", "POST", "/organisations", {"name": "Firm", "fields": {"sector": "farm"}})
    made = await scene.ok("POST", "/organisations", {"name": "Firm", "fields": {"sector": "hotel"}})
    assert made["fields"] == {"sector": "hotel"}


async def test_history_tells_who_changed_what_from_what_to_what(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.define("customer", "size", "choice", choices=["S", "L"])
    await scene.ok("PATCH", f"/customers/{rosa}", {"fields": {"size": "S"}})
    await scene.ok("PATCH", f"/customers/{rosa}", {"fields": {"size": "L"}, "tier": "VIP"})
    await scene.ok("PATCH", f"/customers/{rosa}", {"fields": {"size": "L"}})
    changes = (await scene.ok("GET", f"/customers/{rosa}/changes"))["items"]
    told = [(one["field"], one["from_value"], one["to_value"], one["by_name"]) for one in changes]
    assert told == [("tier", "", "VIP", "Lu"), ("fields.size", "S", "L", "Lu"), ("fields.size", None, "S", "Lu")]
    of_size = await scene.ok("GET", f"/customers/{rosa}/changes?field=fields.size&limit=1")
    assert (of_size["items"][0]["to_value"], of_size["next"] is None) == ("L", False)
    older = await scene.ok("GET", f"/customers/{rosa}/changes?field=fields.size&limit=1&cursor={of_size['next']}")
    assert ([one["to_value"] for one in older["items"]], older["next"]) == (["S"], None)


async def test_history_of_organisation_tells_columns_and_fields(scene: Scene) -> None:
    path = await place(scene, "organisation")
    await scene.define("organisation", "sector")
    await scene.ok("PATCH", path, {"name": "Firm Ltd", "fields": {"sector": "Hotels"}})
    changes = (await scene.ok("GET", f"{path}/changes"))["items"]
    assert {one["field"]: (one["from_value"], one["to_value"]) for one in changes} == {
        "name": ("Firm", "Firm Ltd"),
        "fields.sector": (None, "Hotels"),
    }


async def test_history_hides_what_a_check_would_open(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.define("customer", "home_address")
    values = {"phone": "13812345678", "fields": {"home_address": "1 Hill Rd"}}
    await scene.ok("PATCH", f"/customers/{rosa}", values)
    path = f"/customers/{rosa}/changes"
    hidden = {one["field"]: one["to_value"] for one in (await scene.ok("GET", path))["items"]}
    assert hidden == {"phone": "138****5678", "fields.home_address": "****"}
    shown = {one["field"]: one["to_value"] for one in (await scene.lead.get(path)).json()["items"]}
    assert shown == {"phone": "13812345678", "fields.home_address": "1 Hill Rd"}
    await scene.check(rosa)
    assert {one["to_value"] for one in (await scene.ok("GET", path))["items"]} == {"13812345678", "1 Hill Rd"}


async def test_customer_in_a_field_is_one_whom_the_actor_sees(scene: Scene) -> None:
    await scene.define("customer", "guardian", "customer")
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    told = await scene.refused("bad_fields", "PATCH", f"/customers/{rosa}", {"fields": {"guardian": 999}})
    assert told["fields"] == {"guardian": "unknown_customer"}
    changed = await scene.ok("PATCH", f"/customers/{rosa}", {"fields": {"guardian": theo}})
    assert changed["fields"] == {"guardian": theo}


@pytest.mark.parametrize("subject", ["customer", "organisation"])
async def test_file_in_a_field_is_read_by_whoever_sees_the_record(scene: Scene, subject: str) -> None:
    path = await place(scene, subject)
    await scene.define(subject, "contract", "file")
    upload = {"file": ("contract.txt", b"We agree.")}
    file = (await scene.lead.client.post("/api/v1/files", files=upload)).json()
    told = await scene.refused("bad_fields", "PATCH", path, {"fields": {"contract": file["id"]}})
    assert told["fields"] == {"contract": "unknown_file"}
    answer = await scene.lead.patch(path, {"fields": {"contract": file["id"]}})
    assert answer.status_code == 200, answer.text
    assert [one["name"] for one in (await scene.ok("GET", f"{path}/field-files"))["items"]] == ["contract.txt"]
    assert (await scene.agent.client.get(file["url"])).text == "We agree."
    is_seen = subject == "organisation"
    assert (await scene.outsider.client.get(file["url"])).status_code == (200 if is_seen else 404)
    # Taken out of the field it stays in the history, and can go back.
    await scene.ok("PATCH", path, {"fields": {"contract": None}})
    await scene.ok("PATCH", path, {"fields": {"contract": file["id"]}})


async def test_customer_is_found_by_the_words_of_a_field_but_not_by_a_hidden_one(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.define("customer", "member_no")
    await scene.define("customer", "home_address")
    await scene.ok("PATCH", f"/customers/{rosa}", {"fields": {"member_no": "M-7788", "home_address": "Hillstreet"}})
    assert [one["id"] for one in (await scene.ok("GET", "/customers?q=M-7788"))["items"]] == [rosa]
    assert (await scene.ok("GET", "/customers?q=Hillstreet"))["items"] == []


async def test_history_and_files_follow_a_merge_and_come_back(scene: Scene) -> None:
    await scene.define("customer", "size")
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    await scene.admin.patch("/customer-policy", {"merge": 0})
    await scene.ok("PATCH", f"/customers/{theo}", {"fields": {"size": "L"}})
    await scene.ok("POST", f"/customers/{rosa}/merge", {"absorbed_id": theo})
    assert [one["field"] for one in (await scene.ok("GET", f"/customers/{rosa}/changes"))["items"]] == ["fields.size"]
    made = (await scene.ok("GET", f"/customers/{rosa}/merges"))["items"][0]["id"]
    await scene.ok("POST", f"/customer-merges/{made}/undo")
    assert (await scene.ok("GET", f"/customers/{rosa}/changes"))["items"] == []
    assert len((await scene.ok("GET", f"/customers/{theo}/changes"))["items"]) == 1
