"""Fields and drafts that two change at once: nobody overwrites what they have not seen."""

import asyncio

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, reply_of


async def test_change_of_a_field_changed_meanwhile_is_refused_with_who_and_what(
    lus: Browser, mos: Browser, mo: Actor, ticket: int
) -> None:
    await mos.patch(f"/tickets/{ticket}", {"priority": 4, "seen": {"priority": 2}})
    answer = await lus.patch(f"/tickets/{ticket}", {"priority": 1, "tags": ["x"], "seen": {"priority": 2, "tags": []}})
    assert (answer.status_code, answer.json()["code"]) == (409, "field_changed")
    by = {"kind": "person", "id": mo.id, "name": "Mo"}
    assert answer.json()["changed"] == [{"field": "priority", "value": 4, "by": by, "at": "2026-11-23T09:00:00Z"}]
    assert (await lus.get(f"/tickets/{ticket}")).json()["tags"] == [], "nothing of it was written"
    forced = await lus.patch(f"/tickets/{ticket}", {"priority": 1, "seen": {"priority": 4}})
    assert forced.json()["priority"] == 1


async def test_change_of_different_fields_by_many_at_once_never_disturbs(
    site: Site, lus: Browser, mos: Browser, ticket: int
) -> None:
    solved = await site.desk.sql("select id from status where category = 'on_hold' and is_default")
    now = (await lus.get(f"/tickets/{ticket}")).json()
    wanted = {"priority": 3, "tags": ["leak"], "subject": "Leak", "status_id": solved}
    asks = [
        browser.patch(f"/tickets/{ticket}", {name: new, "seen": {name: now[name]}})
        for browser, (name, new) in zip((lus, mos, lus, mos), wanted.items(), strict=True)
    ]
    assert [one.status_code for one in await asyncio.gather(*asks)] == [200] * 4
    after = (await lus.get(f"/tickets/{ticket}")).json()
    assert {name: after[name] for name in wanted} == wanted


async def test_change_to_what_it_is_already_or_of_ones_own_is_no_collision(
    lus: Browser, mos: Browser, ticket: int
) -> None:
    await mos.patch(f"/tickets/{ticket}", {"priority": 4})
    assert (await lus.patch(f"/tickets/{ticket}", {"priority": 4, "seen": {"priority": 2}})).status_code == 200
    assert (await mos.patch(f"/tickets/{ticket}", {"priority": 3, "seen": {"priority": 2}})).status_code == 200


async def test_change_of_a_custom_field_meets_only_the_same_field(
    lus: Browser, mos: Browser, boss: Browser, ticket: int
) -> None:
    for key in ("serial", "place"):
        await boss.post("/fields", {"key": key, "name_en": key, "name_zh": key, "kind": "text", "options": {}})
    await mos.patch(f"/tickets/{ticket}", {"fields": {"serial": "A1"}})
    seen = {"fields.place": None, "fields.serial": None}
    other = await lus.patch(f"/tickets/{ticket}", {"fields": {"place": "hall"}, "seen": seen})
    assert other.status_code == 200, other.text
    same = await lus.patch(f"/tickets/{ticket}", {"fields": {"serial": "B2"}, "seen": seen})
    assert [(one["field"], one["value"]) for one in same.json()["changed"]] == [("fields.serial", "A1")]


async def test_assign_over_a_colleagues_choice_is_refused(
    site: Site, lus: Browser, mos: Browser, lu: Actor, mo: Actor, ticket: int
) -> None:
    taken = {"assignee_id": mo.id, "seen": {"assignee_id": None}}
    assert (await mos.put(f"/tickets/{ticket}/assignment", taken)).status_code == 200
    answer = await lus.put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id, "seen": {"assignee_id": None}})
    assert answer.json()["code"] == "field_changed"
    assert answer.json()["changed"][0]["value"] == mo.id
    assert await site.desk.column(ticket, "assignee_id") == mo.id


async def test_keep_draft_of_an_old_window_is_refused_with_the_newer_text(lus: Browser, ticket: int) -> None:
    path = f"/tickets/{ticket}/drafts/reply"
    assert (await lus.put(path, {"text": "One", "version": 0})).json() == {"version": 1}
    assert (await lus.put(path, {"text": "Two", "version": 1})).json() == {"version": 2}
    answer = await lus.put(path, {"text": "Old", "version": 1})
    assert (answer.status_code, answer.json()["code"], answer.json()["draft"]["text"]) == (409, "draft_changed", "Two")
    assert (await lus.put(path, {"text": "Two", "version": 1})).json() == {"version": 3}, "the same text is no quarrel"
    assert (await lus.put(path, {"text": "On purpose", "version": 3})).status_code == 200
    assert (await lus.delete(f"{path}?version=3")).json()["code"] == "draft_changed"
    assert (await lus.put(path, {"text": "", "version": 3})).json()["code"] == "draft_changed"
    assert (await lus.put(path, {"text": "A program that knows no versions"})).status_code == 200


async def test_keep_draft_after_it_was_sent_begins_anew(lus: Browser, ticket: int) -> None:
    path = f"/tickets/{ticket}/drafts/reply"
    await lus.put(path, {"text": "One", "version": 0})
    assert (await lus.post(f"/tickets/{ticket}/replies", reply_of())).status_code == 201
    assert (await lus.put(path, {"text": "And more", "version": 1})).json() == {"version": 1}
