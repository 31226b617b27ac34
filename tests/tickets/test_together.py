"""Several people on one ticket: looking, collisions, followers, checklists, the shared draft, time."""

import asyncio
from typing import Any

import pytest

from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from ombud.tickets.services.together.looking import forget_lookers
from ombud.tickets.services.together.notices import FOLLOWERS
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of

TAB = "window-one"


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def mo(site: Site) -> Actor:
    return await site.desk.person("Mo")


@pytest.fixture
async def lus(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def mos(site: Site, mo: Actor) -> Browser:
    return await site.browser(mo)


@pytest.fixture
async def boss(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator"))


@pytest.fixture
async def ticket(site: Site) -> int:
    async with site.desk.parts.database.transaction() as tx:
        await register_reader(tx, FOLLOWERS)
    return await site.ticket()


async def tell_followers(site: Site) -> None:
    await site.desk.events()
    await read_batch(site.desk.parts.database, FOLLOWERS, now=site.desk.now)


async def heard(browser: Browser) -> list[str]:
    return [one["kind"] for one in (await browser.get("/notifications")).json()["items"]]


async def looks(browser: Browser, ticket: int, doing: str = "looking", tab: str = TAB) -> list[tuple[str, str]]:
    answer = await browser.put(f"/tickets/{ticket}/looking", {"tab": tab, "doing": doing})
    assert answer.status_code == 200, answer.text
    return [(one["name"], one["doing"]) for one in answer.json()["items"]]


def published(site: Site, topic: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    site.desk.parts.bus.listen(topic, lambda signal: found.append(dict(signal.payload)))
    return found


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_look_shows_each_person_once_with_the_most_they_do(
    site: Site, lus: Browser, mos: Browser, ticket: int
) -> None:
    frames = published(site, "looking")
    await looks(lus, ticket)
    await looks(lus, ticket, "note", tab="window-two")
    assert await looks(mos, ticket, "reply") == [("Lu", "note"), ("Mo", "reply")]
    assert [len(one["lookers"]) for one in frames] == [1, 1, 2]
    assert await looks(mos, ticket, "reply") == [("Lu", "note"), ("Mo", "reply")]
    assert len(frames) == 3, "a beat that says nothing new is not told to everybody"


async def test_look_away_leaves_the_other_window(site: Site, lus: Browser, mos: Browser, ticket: int) -> None:
    await looks(lus, ticket)
    await looks(lus, ticket, tab="window-two")
    for tab, left in ((TAB, ["Lu"]), ("window-two", [])):
        assert (await lus.delete(f"/tickets/{ticket}/looking?tab={tab}")).status_code == 204
        assert [one["name"] for one in (await mos.get(f"/tickets/{ticket}/lookers")).json()["items"]] == left
    frames = published(site, "looking")
    await lus.delete(f"/tickets/{ticket}/looking?tab={TAB}")
    assert frames == []


async def test_look_of_a_killed_browser_ends_by_itself(site: Site, lus: Browser, mos: Browser, ticket: int) -> None:
    await looks(lus, ticket)
    site.desk.later(seconds=21)
    assert await looks(mos, ticket) == [("Mo", "looking")]
    async with site.desk.parts.database.transaction() as tx:
        await forget_lookers(tx, now=site.desk.now)
    assert await site.desk.sql("select count(*) from looker") == 1


@pytest.mark.parametrize("wrong", [{"tab": "short"}, {"tab": TAB, "doing": "sleeping"}, {}])
async def test_look_with_bad_input_is_refused(lus: Browser, ticket: int, wrong: dict[str, Any]) -> None:
    assert (await lus.put(f"/tickets/{ticket}/looking", wrong)).status_code == 400


# ── collisions ───────────────────────────────────────────────────────────────────────────────────────────────


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


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── followers ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_follow_and_end_it_changes_once_and_shows_in_the_view(
    site: Site, lus: Browser, lu: Actor, ticket: int
) -> None:
    for _ in range(2):
        shown = (await lus.put(f"/tickets/{ticket}/followers/{lu.id}", None)).json()
        assert (shown["is_following"], [one["way"] for one in shown["followers"]]) == (True, ["own"])
    assert [one["id"] for one in (await lus.get("/tickets?view=following")).json()["items"]] == [ticket]
    counts = {one["key"]: one["count"] for one in (await lus.get("/views")).json()["items"]}
    assert counts["following"] == 1
    for _ in range(2):
        assert (await lus.delete(f"/tickets/{ticket}/followers/{lu.id}")).json()["is_following"] is False
    events = await site.desk.events("followers_changed")
    assert [one.data["change"] for one in events] == ["added", "removed"]
    assert (await lus.get("/tickets?view=following")).json()["items"] == []
    assert await heard(lus) == []


async def test_following_view_is_paged_by_activity(site: Site, lus: Browser, lu: Actor, ticket: int) -> None:
    tickets = [ticket, *[await site.ticket(who=f"c{number}") for number in range(2, 5)]]
    for one in tickets:
        await lus.put(f"/tickets/{one}/followers/{lu.id}", None)
    first = (await lus.get("/tickets?view=following&limit=3")).json()
    rest = (await lus.get(f"/tickets?view=following&limit=3&cursor={first['next']}")).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == tickets[::-1]


async def test_add_follower_tells_the_colleague_and_refuses_who_cannot_see(
    site: Site, lus: Browser, mos: Browser, mo: Actor, ticket: int
) -> None:
    await lus.put(f"/tickets/{ticket}/followers/{mo.id}", None)
    assert await heard(mos) == ["follower_added"]
    elsewhere = await site.desk.person("Els", await site.desk.team("Elsewhere"))
    for stranger in (elsewhere.id, 10**12):
        answer = await lus.put(f"/tickets/{ticket}/followers/{stranger}", None)
        assert (answer.status_code, answer.json()["code"]) == (422, "cannot_follow")
    reader = await site.browser(await site.desk.person("Rea", role="read_only"))
    assert (await reader.put(f"/tickets/{ticket}/followers/{mo.id}", None)).status_code == 403
    assert (await reader.delete(f"/tickets/{ticket}/followers/{mo.id}")).status_code == 403


async def test_followers_hear_what_matters_once_while_unread(
    site: Site, lus: Browser, mos: Browser, lu: Actor, mo: Actor, ticket: int
) -> None:
    await mos.put(f"/tickets/{ticket}/followers/{mo.id}", None)
    channel = await site.desk.column(ticket, "channel_id")
    await site.desk.deliver(channel, site.desk.message("Hello?"), site.desk.message("Are you there?"))
    await lus.put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id})
    await lus.post(f"/tickets/{ticket}/replies", reply_of(solve=True))
    await tell_followers(site)
    assert sorted(await heard(mos)) == ["followed_assigned", "followed_reply", "followed_solved"]
    assert "followed_reply" not in await heard(lus)


async def test_followers_do_not_hear_of_their_own_doing_nor_twice_as_holders(
    site: Site, mos: Browser, mo: Actor, ticket: int
) -> None:
    await mos.put(f"/tickets/{ticket}/followers/{mo.id}", None)
    await mos.put(f"/tickets/{ticket}/assignment", {"assignee_id": mo.id})
    await site.desk.deliver(await site.desk.column(ticket, "channel_id"), site.desk.message("Hello?"))
    await tell_followers(site)
    assert await heard(mos) == ["customer_replied"]


async def test_follower_who_left_the_team_hears_nothing(site: Site, mos: Browser, mo: Actor, ticket: int) -> None:
    await mos.put(f"/tickets/{ticket}/followers/{mo.id}", None)
    await site.desk.run("delete from membership where person_id = %(id)s", id=mo.id)
    await site.desk.deliver(await site.desk.column(ticket, "channel_id"), site.desk.message("Hello?"))
    await tell_followers(site)
    assert await site.desk.sql("select count(*) from notification where person_id = %(id)s", id=mo.id) == 0


@pytest.mark.parametrize("wants", [True, False])
async def test_mention_makes_a_follower_unless_switched_off(
    lus: Browser, mos: Browser, mo: Actor, ticket: int, wants: bool
) -> None:
    await mos.patch("/me", {"preferences": {"follow_on_mention": wants}})
    assert (await lus.post(f"/tickets/{ticket}/notes", note_of(mentions=[mo.id]))).status_code == 201
    followers = (await lus.get(f"/tickets/{ticket}/together")).json()["followers"]
    assert [(one["name"], one["way"]) for one in followers] == ([("Mo", "mention")] if wants else [])


# ── checklists ───────────────────────────────────────────────────────────────────────────────────────────────


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


# ── the shared draft ─────────────────────────────────────────────────────────────────────────────────────────


async def test_shared_draft_is_written_in_turns_and_taken_over(
    site: Site, lus: Browser, mos: Browser, ticket: int
) -> None:
    path = f"/tickets/{ticket}/shared-draft"
    assert (await lus.get(path)).json() is None
    frames = published(site, "shared_draft")
    begun = (await lus.put(path, {"text": "Dear Rosa"})).json()
    on = (await lus.put(path, {"text": "Dear Rosa,", "version": begun["version"]})).json()
    refused = await mos.put(path, {"text": "Hello", "version": begun["version"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "shared_draft_changed")
    assert refused.json()["draft"]["text"] == "Dear Rosa,"
    taken = (await mos.put(path, {"text": "Dear Rosa, we", "version": on["version"]})).json()
    assert (taken["name"], [one["version"] for one in frames]) == (
        "Mo",
        [begun["version"], on["version"], taken["version"]],
    )
    assert (await lus.delete(f"{path}?version={on['version']}")).status_code == 409
    for _ in range(2):
        assert (await lus.delete(f"{path}?version={taken['version']}")).status_code == 204
    stale = await mos.put(path, {"text": "Back again", "version": taken["version"]})
    assert (stale.status_code, stale.json()["draft"]) == (409, None)
    assert (await mos.put(path, {"text": "Anew"})).json()["version"] > taken["version"]
    told = [one.data["change"] for one in await site.desk.events("shared_draft_changed")]
    assert told == ["begun", "taken_over", "removed", "begun"]


async def test_shared_draft_written_by_many_at_once_loses_nothing(lus: Browser, mos: Browser, ticket: int) -> None:
    path = f"/tickets/{ticket}/shared-draft"
    asks = [browser.put(path, {"text": f"Text {number}"}) for number, browser in enumerate((lus, mos) * 3)]
    answers = await asyncio.gather(*asks)
    assert sorted(one.status_code for one in answers) == [200] + [409] * 5
    kept = next(one for one in answers if one.status_code == 200).json()
    assert (await lus.get(path)).json()["text"] == kept["text"]


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_time_is_summed_sent_twice_counts_once_and_is_ones_own(
    site: Site, lus: Browser, mos: Browser, ticket: int
) -> None:
    path = f"/tickets/{ticket}/time"
    call = {"seconds": 600, "note": "On the phone", "client_key": client_key()}
    for _ in range(2):
        shown = (await lus.post(path, call)).json()
    shown = (await mos.post(path, {"seconds": 95, "way": "timer", "client_key": client_key()})).json()
    assert (shown["total_seconds"], [one["name"] for one in shown["time"]]) == (695, ["Mo", "Lu"])
    entry = shown["time"][1]["id"]
    assert (await mos.delete(f"{path}/{entry}")).status_code == 403
    assert (await lus.delete(f"{path}/{entry}")).json()["total_seconds"] == 95
    assert (await lus.delete(f"{path}/{entry}")).status_code == 404
    told = [(one.data["change"], one.data["seconds"]) for one in await site.desk.events("time_spent_changed")]
    assert told == [("added", 600), ("added", 95), ("removed", 600)]


@pytest.mark.parametrize("seconds", [0, -5, 86_401, 2**70])
async def test_time_beyond_a_day_is_refused(lus: Browser, ticket: int, seconds: int) -> None:
    wrong = {"seconds": seconds, "client_key": client_key()}
    assert (await lus.post(f"/tickets/{ticket}/time", wrong)).status_code == 400


async def test_program_takes_no_part(site: Site, ticket: int, mo: Actor) -> None:
    ada = await site.desk.person("Ada2", role="administrator")
    program = await site.program(ada, "tickets.read", "tickets.note", "tickets.write")
    for path, data in (
        ("looking", {"tab": TAB}),
        (f"followers/{mo.id}", None),
        ("shared-draft", {"text": "x"}),
    ):
        assert (await program.put(f"/tickets/{ticket}/{path}", data)).json()["code"] == "people_only", path
    spent = {"seconds": 60, "client_key": client_key()}
    assert (await program.post(f"/tickets/{ticket}/time", spent)).json()["code"] == "people_only"
    assert (await program.post(f"/tickets/{ticket}/checklist", {"text": "Call"})).status_code == 201
