"""Checklists: order, who did it, templates, and holding a ticket open."""

from typing import Any

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, reply_of


async def items_of(browser: Browser, ticket: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await browser.get(f"/tickets/{ticket}/together")).json()["checklist"]
    return found


async def test_checklist_keeps_order_and_who_did_it(
    site: Site, lus: Browser, mos: Browser, mo: Actor, ticket: int
) -> None:
    path = f"/tickets/{ticket}/checklist"
    for text in ("Call", " Check\nthe order ", "Refund"):
        assert (await lus.post(path, {"text": text})).status_code == 201
    first, _, last = await items_of(lus, ticket)
    moved = (await lus.patch(f"{path}/{last['id']}", {"position": 0})).json()["items"]
    assert [one["text"] for one in moved] == ["Refund", "Call", "Check the order"]
    await mos.patch(f"{path}/{first['id']}", {"is_done": True})
    await lus.patch(f"{path}/{first['id']}", {"is_done": True, "text": "Call back"})
    done = next(one for one in await items_of(lus, ticket) if one["id"] == first["id"])
    assert (done["text"], done["done_by"], done["done_at"]) == ("Call back", mo.id, "2026-11-23T09:00:00Z")
    opened = (await lus.patch(f"{path}/{first['id']}", {"is_done": False})).json()["items"]
    assert [one["done_at"] for one in opened] == [None] * 3
    left = (await lus.delete(f"{path}/{first['id']}")).json()["items"]
    assert [one["text"] for one in left] == ["Refund", "Check the order"]
    told = [one.data["change"] for one in await site.desk.events("checklist_changed")]
    assert told == ["added"] * 3 + ["changed", "done", "changed", "opened", "removed"]


async def test_checklist_refuses_blanks_strange_items_and_too_many(site: Site, lus: Browser, ticket: int) -> None:
    path = f"/tickets/{ticket}/checklist"
    assert (await lus.post(path, {"text": " \n "})).json()["fields"] == {"text": "required"}
    assert (await lus.post(path, {})).status_code == 400
    assert (await lus.post(path, {"template_id": 999})).status_code == 422
    other = await site.ticket(who="c2")
    item = (await lus.post(f"/tickets/{other}/checklist", {"text": "Theirs"})).json()["items"][0]["id"]
    assert (await lus.patch(f"{path}/{item}", {"is_done": True})).status_code == 404
    await lus.delete(f"{path}/{item}")
    assert len(await items_of(lus, other)) == 1
    await site.desk.run(
        "insert into checklist_item (ticket_id, text, position, created_at) select %(t)s, 'x', n, now()"
        " from generate_series(1, 100) n",
        t=ticket,
    )
    assert (await lus.post(path, {"text": "One more"})).json()["code"] == "checklist_full"


async def test_checklist_from_a_template_adds_what_is_not_there_yet(
    site: Site, boss: Browser, lus: Browser, ticket: int
) -> None:
    made = await boss.post("/checklist-templates", {"name": "Return", "items": ["Label", "Refund", "Label"]})
    assert (made.status_code, made.json()["items"]) == (201, ["Label", "Refund"])
    path = f"/tickets/{ticket}/checklist"
    await lus.post(path, {"text": "Refund"})
    taken = (await lus.post(path, {"template_id": made.json()["id"]})).json()["items"]
    assert [one["text"] for one in taken] == ["Refund", "Label"]
    changed = await boss.patch(f"/checklist-templates/{made.json()['id']}", {"name": "Send back", "items": ["Box"]})
    assert changed.json()["name"] == "Send back"
    assert [one["name"] for one in (await lus.get("/checklist-templates")).json()["items"]] == ["Send back"]
    assert (await lus.post("/checklist-templates", {"name": "x", "items": ["y"]})).status_code == 403
    assert (await boss.post("/checklist-templates", {"name": " ", "items": ["y"]})).status_code == 400
    for status in (204, 404):
        assert (await boss.delete(f"/checklist-templates/{made.json()['id']}")).status_code == status
    assert (await boss.patch("/checklist-templates/999", {"name": "x", "items": ["y"]})).status_code == 404
    assert len(await items_of(lus, ticket)) == 2
    changes = [one.data["change"] for one in await site.desk.events("checklist_template_changed")]
    assert changes == ["made", "changed", "removed"]


async def test_open_item_holds_solving_only_by_the_desks_rule(
    site: Site, boss: Browser, lus: Browser, ticket: int
) -> None:
    solved = {"status_id": await site.desk.sql("select id from status where category = 'solved' and is_default")}
    opened = {"status_id": await site.desk.sql("select id from status where category = 'open' and is_default")}
    item = (await lus.post(f"/tickets/{ticket}/checklist", {"text": "Call"})).json()["items"][0]["id"]
    assert (await lus.patch(f"/tickets/{ticket}", solved)).status_code == 200
    await lus.patch(f"/tickets/{ticket}", opened)
    assert (await boss.patch("/desk", {"checklist_holds": True})).json()["checklist_holds"] is True
    for answer in (
        await lus.patch(f"/tickets/{ticket}", solved),
        await lus.post(f"/tickets/{ticket}/replies", reply_of(solve=True)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "checklist_open")
    await lus.patch(f"/tickets/{ticket}/checklist/{item}", {"is_done": True})
    assert (await lus.patch(f"/tickets/{ticket}", solved)).status_code == 200
