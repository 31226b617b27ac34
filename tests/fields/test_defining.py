"""Definitions of custom fields at their limits: nothing twice, nothing blank, nothing past two hundred."""

import asyncio
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site

NOTE: dict[str, Any] = {"key": "note", "name_en": "Note", "name_zh": "备注", "kind": "text"}
CHANGE: dict[str, Any] = {"name_en": "Note", "name_zh": "备注", "options": {}}
NUMBERED = """
    insert into field (subject, key, name_en, name_zh, kind, options, position, created_at)
    select 'ticket', 'f' || n, 'F', 'F', 'text', '{}', 100, now() from generate_series(1, %(n)s) n"""


@pytest.fixture
async def admin(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator"))


async def made(admin: Browser, **more: Any) -> dict[str, Any]:
    answer = await admin.post("/fields", NOTE | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def changes(site: Site) -> list[str]:
    """What was announced, in order."""
    return [one.data["change"] for one in await site.desk.events("field_changed")]


async def test_change_to_the_same_tells_nobody(site: Site, admin: Browser) -> None:
    one = await made(admin)
    same = await admin.patch(f"/fields/{one['id']}", CHANGE)
    assert (same.status_code, same.json()) == (200, one)
    assert await changes(site) == ["made"]


async def test_archive_twice_is_told_once(site: Site, admin: Browser) -> None:
    one = await made(admin)
    for _ in range(2):
        assert (await admin.patch(f"/fields/{one['id']}", CHANGE | {"is_archived": True})).json()["is_archived"]
    assert await changes(site) == ["made", "archived"]


@pytest.mark.parametrize("name", ["name_en", "name_zh"])
@pytest.mark.parametrize("blank", ["", "   ", "\t", "\u3000"])
async def test_name_that_shows_nothing_is_refused(admin: Browser, name: str, blank: str) -> None:
    assert (await admin.post("/fields", NOTE | {name: blank})).status_code == 400
    one = await made(admin)
    answer = await admin.patch(f"/fields/{one['id']}", CHANGE | {name: blank})
    assert answer.status_code == 400
    assert (await admin.get("/fields")).json()["items"] == [one]


async def test_define_past_two_hundred_is_refused_for_that_subject_alone(site: Site, admin: Browser) -> None:
    await site.desk.run(NUMBERED, n=199)
    await made(admin)
    refused = await admin.post("/fields", NOTE | {"key": "more"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_fields")
    assert (await admin.post("/fields?subject=organisation", NOTE)).status_code == 201


async def test_take_back_into_use_past_two_hundred_is_refused(site: Site, admin: Browser) -> None:
    one = await made(admin)
    await admin.patch(f"/fields/{one['id']}", CHANGE | {"is_archived": True})
    await site.desk.run(NUMBERED, n=200)
    refused = await admin.patch(f"/fields/{one['id']}", CHANGE)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_fields")
    # it is changed all the same, as long as it stays where it is
    renamed = await admin.patch(f"/fields/{one['id']}", CHANGE | {"name_en": "Old", "is_archived": True})
    assert (renamed.json()["name_en"], renamed.json()["is_archived"]) == ("Old", True)
    assert (await changes(site))[-1] == "archived"


async def test_archived_field_keeps_its_key(admin: Browser) -> None:
    one = await made(admin)
    await admin.patch(f"/fields/{one['id']}", CHANGE | {"is_archived": True})
    again = await admin.post("/fields", NOTE)
    assert (again.status_code, again.json()["fields"]) == (409, {"key": "taken"})


async def test_two_who_define_one_key_at_once_make_one_field(site: Site, admin: Browser) -> None:
    other = await site.browser(await site.desk.person("Bo", role="administrator"))
    answers = await asyncio.gather(*[who.post("/fields", NOTE) for who in (admin, other, admin, other)])
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert await changes(site) == ["made"]


async def test_fields_are_listed_by_position_and_archived_ones_last(admin: Browser) -> None:
    last = await made(admin, key="last", position=9)
    first = await made(admin, key="first", position=1)
    gone = await made(admin, key="gone", position=0)
    await admin.patch(f"/fields/{gone['id']}", CHANGE | {"is_archived": True, "position": 0})
    shown = [one["id"] for one in (await admin.get("/fields")).json()["items"]]
    assert shown == [first["id"], last["id"], gone["id"]]


@pytest.mark.parametrize(
    ("kind", "options", "word"),
    [
        ("choice", {"choices": []}, "no_choices"),
        ("number", {"minimum": 2, "maximum": 1}, "minimum_above_maximum"),
        ("text", {"pattern": "[a-"}, "bad_pattern"),
        ("tree", {"choices": [{"value": "a/b", "name_en": "B", "name_zh": "乙"}]}, "no_such_branch"),
    ],
)
async def test_change_to_options_that_cannot_be_leaves_the_field(
    site: Site, admin: Browser, kind: str, options: dict[str, Any], word: str
) -> None:
    good = {"choices": [{"value": "a", "name_en": "A", "name_zh": "甲"}]} if kind in {"choice", "tree"} else {}
    one = await made(admin, kind=kind, options=good)
    refused = await admin.patch(f"/fields/{one['id']}", CHANGE | {"options": options})
    assert (refused.status_code, refused.json()["fields"]) == (400, {"options": word})
    assert (await admin.get("/fields")).json()["items"] == [one]
    assert await changes(site) == ["made"]


@pytest.mark.parametrize("more", [{"key": "other"}, {"kind": "number"}, {"subject": "customer"}])
async def test_key_kind_and_subject_never_change(admin: Browser, more: dict[str, Any]) -> None:
    one = await made(admin)
    assert (await admin.patch(f"/fields/{one['id']}", CHANGE | more)).status_code == 400


@pytest.mark.parametrize("subject", ["person", "", "ticket'"])
async def test_fields_of_nothing_that_has_any_are_refused(admin: Browser, subject: str) -> None:
    assert (await admin.get(f"/fields?subject={subject}")).status_code == 400
    assert (await admin.post(f"/fields?subject={subject}", NOTE)).status_code == 400


async def test_zero_byte_in_a_name_is_bad_input_and_no_crash(admin: Browser) -> None:
    assert (await admin.post("/fields", NOTE | {"name_en": "a\x00b"})).status_code == 400
    assert (await admin.get("/fields")).json()["items"] == []
