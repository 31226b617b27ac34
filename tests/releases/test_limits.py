"""Release notes at their limits: what changes nothing, who may not, two at once, and the days around going live."""

import asyncio
from typing import Any

import pytest

from tests.releases.desk import Product


async def steps(product: Product) -> list[str]:
    """What was announced of releases, in order."""
    return [one.data["change"] for one in await product.site.desk.events("release_changed")]


async def test_note_that_waits_for_its_go_stays_unread_however_long(product: Product) -> None:
    await product.announce(items=[])
    await product.later(60)
    assert len(await product.ids("coming")) == 1
    assert (await product.lin.get("/releases/unread")).json() == {"count": 1}


@pytest.mark.parametrize(("days", "count"), [(21, 1), (50, 1), (52, 0)])
async def test_unread_is_news_for_thirty_days_after_going_live(product: Product, days: int, count: int) -> None:
    note = await product.announce(items=[])
    await product.boss.put(f"/releases/{note['id']}/decision", {"decision": "go"})
    await product.later(days)
    assert (await product.lin.get("/releases/unread")).json() == {"count": count}
    assert len(await product.ids("coming") + await product.ids("live")) == count


async def test_tick_twice_is_told_once_and_keeps_who_did_it(product: Product) -> None:
    note = await product.announce()
    path = f"/releases/{note['id']}/items/{note['items'][0]['id']}"
    for who in (product.lin, product.boss, product.lin):
        done = await who.patch(path, {"is_done": True})
        assert done.json()["items"][0]["done_by_name"] == "Lin"
    assert await steps(product) == ["announced", "item"]


async def test_item_patched_with_what_it_is_tells_nobody(product: Product) -> None:
    note = await product.announce()
    [item] = note["items"]
    path = f"/releases/{note['id']}/items/{item['id']}"
    same: list[dict[str, Any]] = [
        {},
        {"text": item["text"]},
        {"owner_id": item["owner_id"]},
        {"due_at": item["due_at"]},
        {"is_done": False},
    ]
    for body in same:
        assert (await product.boss.patch(path, body)).status_code == 200
    assert await steps(product) == ["announced"]
    assert await product.told(product.lin) == ["release_item"]


async def test_same_decision_again_changes_nothing_and_another_reason_does(product: Product) -> None:
    note = await product.announce(items=[])
    path = f"/releases/{note['id']}/decision"
    for reason in ("", "", "After all"):
        await product.boss.put(path, {"decision": "go", "reason": reason})
    assert await steps(product) == ["announced", "go", "go"]
    no = await product.boss.put(path, {"decision": "no_go", "reason": "It crashes"})
    assert (no.json()["decision"], no.json()["standing"]) == ("no_go", "coming")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"decision": "no_go", "reason": "  "}, 400),
        ({"decision": "maybe"}, 400),
        ({"decision": "go", "reason": "x" * 2_001}, 400),
        ({}, 400),
        ({"decision": "go", "reason": "  "}, 409),
    ],
)
async def test_decision_that_cannot_be_leaves_it_open(product: Product, body: dict[str, Any], code: int) -> None:
    note = await product.announce()
    assert (await product.boss.put(f"/releases/{note['id']}/decision", body)).status_code == code
    assert (await product.lin.get(f"/releases/{note['id']}")).json()["decision"] is None
    assert await steps(product) == ["announced"]


async def test_list_takes_fifty_items_and_no_more(product: Product) -> None:
    note = await product.announce(items=[product.item() for _ in range(50)])
    path = f"/releases/{note['id']}/items"
    full = await product.boss.post(path, product.item())
    assert (full.status_code, full.json()["code"]) == (409, "too_many_items")
    await product.boss.delete(f"{path}/{note['items'][0]['id']}")
    assert (await product.boss.post(path, product.item())).status_code == 201


async def test_two_who_add_the_fiftieth_item_at_once_add_one(product: Product) -> None:
    note = await product.announce(items=[product.item() for _ in range(49)])
    path = f"/releases/{note['id']}/items"
    both = await asyncio.gather(*[product.boss.post(path, product.item()) for _ in range(2)])
    assert sorted(one.status_code for one in both) == [201, 409]


async def test_two_who_call_off_at_once_do_it_once(product: Product) -> None:
    note = await product.announce()
    path = f"/releases/{note['id']}/calling-off"
    both = await asyncio.gather(*[product.boss.put(path, {"reason": f"No {n}"}) for n in range(2)])
    assert sorted(one.status_code for one in both) == [200, 409]
    assert await steps(product) == ["announced", "called_off"]


async def test_item_of_another_note_is_not_found(product: Product) -> None:
    one, other = await product.announce(), await product.announce()
    path = f"/releases/{other['id']}/items/{one['items'][0]['id']}"
    assert (await product.boss.patch(path, {"is_done": True})).status_code == 404
    assert (await product.boss.delete(path)).status_code == 404
    assert (await product.lin.get(f"/releases/{one['id']}")).json()["items_done"] == 0


@pytest.mark.parametrize(
    "more",
    [
        {"title": ""},
        {"title": "\n\u3000"},
        {"title": "x" * 301},
        {"summary": "x" * 20_001},
        {"summary": "a\x00b"},
        {"owner_id": 2**70},
        {"live_at": "2026-12-24T10:00:00"},
        {"kind": "other"},
        {"decision": "go"},
    ],
)
async def test_change_to_what_cannot_be_is_bad_input_and_no_crash(product: Product, more: dict[str, Any]) -> None:
    note = await product.announce(items=[])
    refused = await product.boss.patch(f"/releases/{note['id']}", more)
    assert refused.status_code == 400, refused.text
    assert (await product.lin.get(f"/releases/{note['id']}")).json()["title"] == note["title"]


async def test_title_with_line_breaks_becomes_one_line(product: Product) -> None:
    assert (await product.announce(title="  App\r\n5.2\t安全更新 ", items=[]))["title"] == "App 5.2 安全更新"


async def test_program_reads_notes_and_ticks_none_as_read(product: Product) -> None:
    note = await product.announce(items=[])
    ada = await product.site.desk.person("Ada", role="administrator", everywhere=True)
    program = await product.site.program(ada, "releases.read", "tickets.read")
    assert (await program.get(f"/releases/{note['id']}")).status_code == 200
    assert (await program.put(f"/releases/{note['id']}/read", {})).status_code == 400
    assert (await program.patch(f"/releases/{note['id']}", {"title": "x"})).status_code == 403


async def test_readers_count_people_with_a_seat_who_are_still_there(product: Product) -> None:
    note = await product.announce(items=[])
    path = f"/releases/{note['id']}"
    for who in (product.lin, product.reader, product.partner, product.lin):
        assert (await who.put(f"{path}/read", {})).json()["is_read"] is True
    assert (await product.boss.get(path)).json()["readers"] == 2
    seats = (await product.boss.get(path)).json()["seats"]
    gone = product.people["reader"].id
    await product.site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=gone)
    after = (await product.boss.get(path)).json()
    assert (after["readers"], after["seats"]) == (1, seats - 1)


async def test_seen_is_not_read(product: Product) -> None:
    note = await product.announce()
    assert (await product.lin.put(f"/releases/{note['id']}/seen", {})).status_code == 204
    assert all(one["read_at"] for one in (await product.lin.get("/notifications")).json()["items"])
    assert (await product.lin.get(f"/releases/{note['id']}")).json()["is_read"] is False


async def test_postponed_release_is_warned_of_anew_and_one_brought_forward_at_once(product: Product) -> None:
    note = await product.announce(days=10)
    assert (await product.warn(), await product.warn()) == (1, 0)
    await product.boss.patch(f"/releases/{note['id']}", {"live_at": product.moment(12)})
    assert (await product.warn(), await product.warn()) == (1, 0)
    await product.boss.patch(f"/releases/{note['id']}", {"live_at": product.moment(2)})
    assert (await product.warn(), await product.warn()) == (1, 0)


async def test_list_of_no_standing_is_refused(product: Product) -> None:
    assert (await product.lin.get("/releases?which=soon")).status_code == 400
    assert (await product.site.stranger().get("/releases")).status_code == 401
