"""Rules of the desk: who may set them, and that they hold."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.config.streams import SETTINGS_OF
from ombud.shared.actor import Actor
from ombud.shared.events import Fact
from tests.desk import Desk
from tests.site import Site, reply_of

# Rules of the desk that no test here changes.
OTHERS = {
    "checklist_holds": False,
    "children_hold": "ask",
    "promise_days": 30,
    "promise_money": "everybody",
    "promise_slots": 3,
}


@pytest.fixture
async def admin(desk: Desk) -> Actor:
    return await desk.person("Ada", role="administrator", everywhere=True)


async def test_desk_untouched_shows_defaults(site: Site, desk: Desk) -> None:
    agent = await site.browser(await desk.person("Bo"))
    assert (await agent.get("/desk")).json() == OTHERS | {"reopen_days": 14, "undo_seconds": 10}


async def test_patch_desk_keeps_what_is_left_out(site: Site, admin: Actor) -> None:
    browser = await site.browser(admin)
    await browser.send("PATCH", "/desk", {"undo_seconds": 0})
    answer = await browser.send("PATCH", "/desk", {"reopen_days": 0})
    assert answer.json() == OTHERS | {"reopen_days": 0, "undo_seconds": 0} == (await browser.get("/desk")).json()


async def test_patch_desk_same_again_emits_nothing(site: Site, desk: Desk, admin: Actor) -> None:
    browser = await site.browser(admin)
    for _ in range(2):
        await browser.send("PATCH", "/desk", {"undo_seconds": 30, "reopen_days": 14})
    assert [one.data for one in await desk.events("desk_changed")] == [{"fields": ["undo_seconds"]}]


@pytest.mark.parametrize(
    "wrong", [{"reopen_days": 366}, {"reopen_days": -1}, {"undo_seconds": 601}, {"undo_seconds": "x"}, {"color": 1}]
)
async def test_patch_desk_bad_value_is_refused(site: Site, admin: Actor, wrong: dict[str, Any]) -> None:
    browser = await site.browser(admin)
    assert (await browser.send("PATCH", "/desk", wrong)).status_code == 400
    assert (await browser.get("/desk")).json()["reopen_days"] == 14


async def test_desk_is_the_administrators_to_change(site: Site, desk: Desk) -> None:
    agent = await site.browser(await desk.person("Bo"))
    assert (await agent.send("PATCH", "/desk", {"undo_seconds": 1})).status_code == 403
    assert (await site.stranger().get("/desk")).status_code == 401


async def test_reply_waits_as_long_as_the_desk_says(site: Site, desk: Desk, admin: Actor) -> None:
    browser = await site.browser(admin)
    ticket = await site.ticket(kind="email")
    await browser.send("PATCH", "/desk", {"undo_seconds": 45})
    assert (await browser.post(f"/tickets/{ticket}/replies", reply_of())).status_code == 201
    assert await desk.sql("select not_before from outbox") == desk.now + timedelta(seconds=45)


@pytest.mark.parametrize(("days", "tickets"), [(3, 2), (5, 1)])
async def test_message_after_the_end_follows_the_rule(
    site: Site, desk: Desk, admin: Actor, days: int, tickets: int
) -> None:
    channel = await desk.channel()
    await desk.deliver(channel, desk.message())
    browser = await site.browser(admin)
    await browser.send("PATCH", "/desk", {"reopen_days": days})
    sql = """
        update ticket set category = 'solved', solved_at = %(now)s,
            status_id = (select id from status where category = 'solved' and is_default)"""
    await desk.run(sql, now=desk.now)
    desk.later(days=4)
    await desk.deliver(channel, desk.message("It leaks again."))
    assert len(await desk.tickets()) == tickets


async def _status(browser: Any) -> None:
    names = {"name_en": "In review", "name_zh": "待审核"}
    await browser.post("/statuses", {"category": "open", **names})
    made = (await browser.get("/statuses")).json()["items"][-1]["id"]
    await browser.send("PATCH", f"/statuses/{made}", {"category": "open", **names, "position": 7})


async def _canned_reply(browser: Any) -> None:
    body = {"title": "Thanks", "shortcut": "thx", "text": "Thank you.", "scope": "all"}
    made = (await browser.post("/canned-replies", body)).json()["id"]
    await browser.send("PATCH", f"/canned-replies/{made}", body | {"title": "Many thanks"})
    await browser.send("DELETE", f"/canned-replies/{made}")


@pytest.mark.parametrize(("act", "what", "times"), [(_status, "statuses", 2), (_canned_reply, "canned_replies", 3)])
async def test_change_of_settings_reaches_every_screen(
    site: Site, desk: Desk, admin: Actor, act: Any, what: str, times: int
) -> None:
    watcher = await desk.person("Bo")
    await act(await site.browser(admin))
    frames = [one.data.what for one in await site.frames(watcher) if one.event == "settings"]
    assert frames == [what] * times


def test_settings_frames_name_kinds_that_exist() -> None:
    known = {one.kind_name() for one in Fact.__subclasses__()}
    assert set(SETTINGS_OF) <= known


async def test_draft_that_is_not_there_is_null(site: Site, desk: Desk) -> None:
    agent = await site.browser(await desk.person("Bo"))
    ticket = await site.ticket()
    answer = await agent.get(f"/tickets/{ticket}/drafts/reply")
    assert (answer.status_code, answer.json()) == (200, None)
    await agent.send("PUT", f"/tickets/{ticket}/drafts/reply", {"text": "Dear"})
    assert (await agent.get(f"/tickets/{ticket}/drafts/reply")).json()["text"] == "Dear"


async def test_draft_of_a_ticket_out_of_sight_is_not_found(site: Site, desk: Desk) -> None:
    other = await site.browser(await desk.person("Eve", await desk.team("Repairs")))
    assert (await other.get(f"/tickets/{await site.ticket()}/drafts/reply")).status_code == 404
