"""Release notes: announced, made ready, decided, read, asked about; who may what, and who is told."""

from typing import Any

import pytest

from tests.releases.desk import KINDS, Product


async def test_announced_release_is_coming_for_everybody_with_a_seat(product: Product) -> None:
    made = await product.announce(items=[product.item(kind) for kind in KINDS])
    assert [one["kind"] for one in made["items"]] == list(KINDS)
    for who in (product.lin, product.reader, product.boss):
        [row] = (await who.get("/releases")).json()["items"]
        assert (row["standing"], row["items_done"], row["items_all"]) == ("coming", 0, 4)
        assert (row["is_read"], row["is_short"]) == (False, False)
    assert await product.told(product.lin) == ["release_item"]


async def test_release_told_late_says_so(product: Product) -> None:
    assert (await product.announce(days=5))["is_short"]


@pytest.mark.parametrize(
    ("more", "code"),
    [({"team_id": 1}, 403), ({"owner_id": 999_999}, 400), ({"title": "  "}, 400), ({"live_at": "tomorrow"}, 400)],
)
async def test_announce_refuses_what_is_not_ones_own(product: Product, more: dict[str, Any], code: int) -> None:
    body = {"kind": "change", "title": "x", "team_id": product.team, "owner_id": product.people["boss"].id}
    answer = await product.boss.post("/releases", body | {"live_at": product.moment(20)} | more)
    assert answer.status_code == code, answer.text
    assert await product.ids("coming") == []


async def test_agent_reads_and_asks_and_neither_writes_nor_decides(product: Product) -> None:
    note = await product.announce(items=[product.item(owner="boss")])
    path = f"/releases/{note['id']}"
    body = {"kind": "change", "title": "x", "team_id": 1, "owner_id": 1, "live_at": product.moment(20)}
    refused = [
        await product.lin.post("/releases", body),
        await product.lin.patch(path, {"title": "y"}),
        await product.lin.put(f"{path}/decision", {"decision": "go"}),
        await product.lin.put(f"{path}/calling-off", {"reason": "no"}),
        await product.lin.post(f"{path}/items", product.item()),
        await product.lin.patch(f"{path}/items/{note['items'][0]['id']}", {"is_done": True}),
    ]
    assert {one.status_code for one in refused} == {403}
    assert (await product.lin.post(f"{path}/questions", {"text": "Why?"})).status_code == 201


async def test_go_is_said_by_those_of_the_team_only(product: Product) -> None:
    note = await product.announce(items=[])
    other = await product.site.browser(await product.site.desk.person("Chu", role="supervisor"))
    path = f"/releases/{note['id']}/decision"
    for decision in ({"decision": "go"}, {"decision": "no_go", "reason": "Not ours"}):
        assert (await other.put(path, decision)).status_code == 403
    assert (await product.boss.put(path, {"decision": "go"})).json()["decision"] == "go"


async def test_partner_reads_what_their_team_announces_and_sees_no_other(product: Product) -> None:
    own = await product.announce()
    other = await product.site.desk.team("Warehouse")
    lead = await product.site.browser(await product.site.desk.person("Wei", other, role="supervisor"))
    foreign = await product.announce(lead, team_id=other)
    assert await product.ids("coming", product.partner) == [own["id"]]
    path = f"/releases/{foreign['id']}"
    assert (await product.partner.get(path)).status_code == 404
    assert (await product.partner.post(f"{path}/questions", {"text": "Why?"})).status_code == 404
    assert (await product.partner.put(f"{path}/read", {})).status_code == 404
    assert (await product.partner.post(f"/releases/{own['id']}/questions", {"text": "Why?"})).status_code == 201
    assert (await product.partner.put(f"/releases/{own['id']}/decision", {"decision": "go"})).status_code == 403
    assert (await product.partner.patch(f"/releases/{own['id']}", {"title": "x"})).status_code == 403
    # and a supervisor of another team reads it, and changes nothing
    assert (await lead.get(f"/releases/{own['id']}")).json()["may_write"] is False
    assert (await lead.patch(f"/releases/{own['id']}", {"title": "mine"})).status_code == 403


async def test_partner_who_is_to_see_to_an_item_sees_its_release_and_ticks_it(product: Product) -> None:
    other = await product.site.desk.team("Warehouse")
    lead = await product.site.browser(await product.site.desk.person("Wei", other, role="supervisor"))
    note = await product.announce(lead, team_id=other, items=[product.item(owner="partner")])
    path = f"/releases/{note['id']}/items/{note['items'][0]['id']}"
    assert (await product.partner.patch(path, {"is_done": True, "text": "other"})).status_code == 403
    done = await product.partner.patch(path, {"is_done": True})
    assert (done.json()["items_done"], done.json()["items"][0]["done_by_name"]) == (1, "Pei")


async def test_owner_ticks_an_item_and_opens_it_again(product: Product) -> None:
    note = await product.announce()
    path = f"/releases/{note['id']}/items/{note['items'][0]['id']}"
    assert (await product.lin.patch(path, {"is_done": True})).json()["items_done"] == 1
    assert (await product.lin.patch(path, {"is_done": False})).json()["items"][0]["done_at"] is None


async def test_item_is_changed_given_on_and_removed_by_the_product_team(product: Product) -> None:
    note = await product.announce()
    path = f"/releases/{note['id']}/items"
    added = await product.boss.post(path, product.item("scripts", owner="reader"))
    [first, second] = added.json()["items"]
    moved = await product.boss.patch(
        f"{path}/{second['id']}", {"owner_id": product.people["lin"].id, "due_at": product.moment(3), "text": "Say"}
    )
    assert (moved.json()["items"][1]["owner_name"], moved.json()["items"][1]["text"]) == ("Lin", "Say")
    assert await product.told(product.lin) == ["release_item", "release_item"]
    gone = await product.boss.delete(f"{path}/{first['id']}")
    assert [one["id"] for one in gone.json()["items"]] == [second["id"]]
    assert (await product.boss.delete(f"{path}/{first['id']}")).status_code == 404
    assert (await product.boss.patch(f"{path}/{second['id']}", {"owner_id": 999_999})).status_code == 400


async def test_go_waits_for_the_list_or_says_why_not(product: Product) -> None:
    note = await product.announce()
    path = f"/releases/{note['id']}/decision"
    early = await product.boss.put(path, {"decision": "go"})
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    assert (await product.boss.put(path, {"decision": "no_go"})).status_code == 400
    forced = await product.boss.put(path, {"decision": "go", "reason": "The law asks for it"})
    assert (forced.json()["decision"], forced.json()["decided_by_name"]) == ("go", "Bao")
    assert forced.json()["decision_reason"] == "The law asks for it"


async def test_ready_release_goes_live_and_becomes_past(product: Product) -> None:
    note = await product.announce(items=[])
    assert (await product.boss.put(f"/releases/{note['id']}/decision", {"decision": "go"})).status_code == 200
    assert await product.ids("coming") == [note["id"]]
    await product.later(22)
    assert (await product.ids("coming"), await product.ids("live")) == ([], [note["id"]])
    await product.later(31)
    assert (await product.ids("live"), await product.ids("past")) == ([], [note["id"]])


async def test_day_that_passes_without_a_go_makes_nothing_live(product: Product) -> None:
    note = await product.announce(items=[])
    await product.later(30)
    assert (await product.ids("live"), await product.ids("coming")) == ([], [note["id"]])


async def test_another_day_takes_the_decision_back_and_other_words_are_unread(product: Product) -> None:
    note = await product.announce(items=[])
    path = f"/releases/{note['id']}"
    await product.boss.put(f"{path}/decision", {"decision": "go"})
    read = await product.lin.put(f"{path}/read", {})
    assert (read.json()["is_read"], read.json()["readers"]) == (True, 1)
    worded = (await product.boss.patch(path, {"impact": "None at all"})).json()
    assert (worded["decision"], worded["readers"]) == ("go", 0)
    assert (await product.lin.get(path)).json()["is_read"] is False
    moved = (await product.boss.patch(path, {"live_at": product.moment(40)})).json()
    assert (moved["decision"], moved["decided_at"]) == (None, None)


async def test_same_words_again_change_nothing(product: Product) -> None:
    note = await product.announce(items=[])
    await product.lin.put(f"/releases/{note['id']}/read", {})
    before = len(await product.site.desk.events())
    await product.boss.patch(f"/releases/{note['id']}", {"title": note["title"]})
    assert (await product.lin.get(f"/releases/{note['id']}")).json()["is_read"] is True
    assert len(await product.site.desk.events()) == before


async def test_called_off_release_is_past_and_nobodys_work(product: Product) -> None:
    note = await product.announce()
    path = f"/releases/{note['id']}"
    gone = await product.boss.put(f"{path}/calling-off", {"reason": "Not needed"})
    assert (gone.json()["standing"], gone.json()["called_off_reason"]) == ("past", "Not needed")
    again = [
        await product.boss.put(f"{path}/calling-off", {"reason": "Twice"}),
        await product.boss.put(f"{path}/decision", {"decision": "go", "reason": "x"}),
        await product.boss.patch(path, {"title": "x"}),
        await product.lin.patch(f"{path}/items/{note['items'][0]['id']}", {"is_done": True}),
    ]
    assert [one.json()["code"] for one in again] == ["called_off"] * 4
    await product.later(20)
    assert await product.warn() == 0


async def test_unread_are_counted_until_they_are_ticked(product: Product) -> None:
    note = await product.announce()
    count = "/releases/unread"
    assert (await product.lin.get(count)).json() == {"count": 1}
    await product.lin.put(f"/releases/{note['id']}/read", {})
    assert (await product.lin.get(count)).json() == {"count": 0}
    # what told of it is read with it
    assert all(one["read_at"] for one in (await product.lin.get("/notifications")).json()["items"])


async def test_question_is_given_answered_and_its_asker_told(product: Product) -> None:
    note = await product.announce(days=2)
    path = f"/releases/{note['id']}/questions"
    asked = (await product.lin.post(path, {"text": "And old phones?"})).json()["questions"][0]
    assert (asked["asked_by_name"], asked["owner_name"], asked["due_at"]) == ("Lin", "Bao", note["live_at"])
    assert "release_question" in await product.told(product.boss)
    given = await product.boss.patch(f"{path}/{asked['id']}", {"owner_id": product.people["reader"].id})
    assert given.json()["questions"][0]["owner_name"] == "Rui"
    assert await product.told(product.reader) == ["release_question"]
    assert (await product.lin.put(f"{path}/{asked['id']}/answer", {"answer": "Guess"})).status_code == 403
    answered = await product.reader.put(f"{path}/{asked['id']}/answer", {"answer": "From Android 9 on."})
    assert (answered.json()["questions"][0]["answer"], answered.json()["questions_open"]) == ("From Android 9 on.", 0)
    assert (await product.told(product.lin))[-1] == "release_answered"
    assert (await product.lin.get("/notifications")).json()["items"][0]["subject"] == "App 5.2"


@pytest.mark.parametrize("text", ["", "   "])
async def test_blank_question_is_refused(product: Product, text: str) -> None:
    note = await product.announce()
    assert (await product.lin.post(f"/releases/{note['id']}/questions", {"text": text})).status_code == 400


async def test_question_of_another_note_is_not_found(product: Product) -> None:
    one, other = await product.announce(), await product.announce()
    asked = (await product.lin.post(f"/releases/{one['id']}/questions", {"text": "Q"})).json()["questions"][0]
    path = f"/releases/{other['id']}/questions/{asked['id']}"
    assert (await product.boss.put(f"{path}/answer", {"answer": "A"})).status_code == 404
    assert (await product.boss.patch(path, {})).status_code == 404


async def test_release_that_is_not_ready_is_warned_of_twice(product: Product) -> None:
    await product.announce(days=21, items=[product.item(days=20)])
    assert await product.warn() == 0
    await product.later(8)
    assert await product.warn() == 1
    assert await product.warn() == 0
    assert (await product.told(product.boss), (await product.told(product.lin))[-1]) == (
        ["release_not_ready"],
        "release_not_ready",
    )
    await product.later(11)
    assert await product.warn() == 1
    assert await product.warn() == 0


@pytest.mark.parametrize("ready", ["done", "go"])
async def test_ready_or_decided_release_is_not_warned_of(product: Product, ready: str) -> None:
    note = await product.announce(days=10, items=[product.item(days=9)])
    path = f"/releases/{note['id']}"
    if ready == "done":
        await product.lin.patch(f"{path}/items/{note['items'][0]['id']}", {"is_done": True})
    else:
        await product.boss.put(f"{path}/decision", {"decision": "go", "reason": "Small"})
    assert await product.warn() == 0


async def test_late_item_and_late_question_are_told_once(product: Product) -> None:
    note = await product.announce(days=40, items=[product.item(days=1)])
    await product.lin.post(f"/releases/{note['id']}/questions", {"text": "And?"})
    await product.later(4)
    assert await product.warn() == 2
    assert await product.warn() == 0
    assert (await product.told(product.lin)).count("release_due") == 1
    assert (await product.told(product.boss)).count("release_due") == 2
    # another day, another warning
    item = f"/releases/{note['id']}/items/{note['items'][0]['id']}"
    await product.boss.patch(item, {"due_at": product.moment(1)})
    await product.later(2)
    assert await product.warn() == 1


async def test_events_tell_every_step_and_no_words(product: Product) -> None:
    note = await product.announce(items=[])
    path = f"/releases/{note['id']}"
    await product.lin.post(f"{path}/questions", {"text": "zz-secret-zz"})
    await product.boss.put(f"{path}/decision", {"decision": "go"})
    found = [one for one in await product.site.desk.events() if one.kind == "release_changed"]
    assert [one.data["change"] for one in found] == ["announced", "asked", "go"]
    assert {one.team_id for one in found} == {product.team}
    assert "zz-secret-zz" not in str(found)
