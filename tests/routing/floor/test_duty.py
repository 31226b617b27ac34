"""The duty log and the hand-over: each matter accepted by the next duty manager, kept, and taken out as a file."""

import io
from typing import Any

from tests.accounts.desk import Browser
from tests.desk import Desk
from tests.site import Site

SPAN = "since=2026-11-22T00:00:00Z&until=2026-11-24T00:00:00Z"


async def leaders(site: Site, *names: str) -> list[Browser]:
    people = [await site.desk.person(one, role="supervisor") for one in names]
    return [await site.browser(one) for one in people]


async def note(browser: Browser, text: str = "Printer down", **more: Any) -> Any:
    answer = await browser.post("/duty/notes", {"team_id": 1, "kind": "fault", "text": text} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def promise(desk: Desk, ticket: int, hours: int, words: str) -> None:
    sql = """
        insert into promise (ticket_id, home_ticket_id, way, kind, words, due_at, first_due_at, team_id, made_at,
            status)
        values (%(t)s, %(t)s, 'phone', 'fixed', %(words)s, %(due)s, %(due)s, 1, %(now)s, 'open')"""
    due = desk.now.replace(hour=desk.now.hour + hours)
    await desk.run(sql, t=ticket, words=words, due=due, now=desk.now)


async def test_write_note_is_seen_by_who_leads_the_team(site: Site) -> None:
    [lead, second] = await leaders(site, "Lead", "Second")
    far = await site.browser(await site.desk.person("Far", await site.desk.team("Other"), role="supervisor"))
    agent = await site.browser(await site.desk.person("Lu"))
    written = await note(lead)
    assert (await second.get(f"/duty?{SPAN}")).json()["notes"] == [written]
    assert (await far.get(f"/duty?{SPAN}")).json()["notes"] == []
    assert (await agent.get(f"/duty?{SPAN}")).status_code == 403
    assert (await far.post("/duty/notes", {"team_id": 1, "kind": "note", "text": "x"})).status_code == 404


async def test_open_matter_stays_in_the_log_until_it_is_done(site: Site) -> None:
    [lead] = await leaders(site, "Lead")
    written = await note(lead, is_open=True)
    site.desk.later(days=5)
    later = "since=2026-11-27T00:00:00Z&until=2026-11-29T00:00:00Z"
    assert [one["id"] for one in (await lead.get(f"/duty?{later}")).json()["notes"]] == [written["id"]]
    done = (await lead.put(f"/duty/notes/{written['id']}/end", None)).json()
    assert (done["is_open"], done["done_at"]) == (False, "2026-11-28T09:00:00Z")
    assert (await lead.get(f"/duty?{later}")).json()["notes"] == []


async def test_proposal_names_open_matters_promises_of_the_next_shift_and_vips(site: Site) -> None:
    desk = site.desk
    [lead] = await leaders(site, "Lead")
    await note(lead, "Line 3 is down", is_open=True)
    await note(lead, "Seen by the round", kind="round")
    ticket, vip = await site.ticket(), await site.ticket(who="queen")
    await promise(desk, ticket, 2, "We call by 11")
    await promise(desk, ticket, 14, "Tomorrow is time enough")
    await desk.run("update customer set tier = 'VIP' where name = 'Queen'")
    items = (await lead.get("/duty/proposal?team_id=1")).json()["items"]
    assert [(one["kind"], one["text"], one["ticket_id"]) for one in items] == [
        ("fault", "Line 3 is down", None),
        ("promise", "We call by 11", ticket),
        ("vip", "The machine leaks.", vip),
    ]


async def handed(browser: Browser, *texts: str) -> Any:
    items = [{"kind": "open", "text": one} for one in texts]
    answer = await browser.post("/duty/handovers", {"team_id": 1, "items": items, "summary": "A calm day"})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_hand_over_is_accepted_with_its_last_item(site: Site) -> None:
    [lead, after] = await leaders(site, "Lead", "After")
    over = await handed(lead, "Line 3", "Mrs. Qi")
    path = f"/duty/handovers/{over['id']}"
    first, last = (one["id"] for one in over["items"])
    assert (await after.put(f"{path}/acceptance", None)).json()["code"] == "handover_items_open"
    between = await after.put(f"{path}/items/{first}/acceptance", {"remark": "I know her"})
    assert (between.json()["items"][0]["remark"], between.json()["accepted_at"]) == ("I know her", None)
    ended = (await after.put(f"{path}/items/{last}/acceptance", {})).json()
    assert ended["accepted_at"] == "2026-11-23T09:00:00Z"
    changes = [one.data["change"] for one in await site.desk.events("handover_changed")]
    assert changes == ["made", "item_accepted", "item_accepted", "accepted"]


async def test_hand_over_to_oneself_is_refused(site: Site) -> None:
    [lead] = await leaders(site, "Lead")
    over = await handed(lead, "Line 3")
    path = f"/duty/handovers/{over['id']}"
    refused = await lead.put(f"{path}/items/{over['items'][0]['id']}/acceptance", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "own_handover")


async def test_hand_over_without_items_is_accepted_as_a_whole(site: Site) -> None:
    [lead, after] = await leaders(site, "Lead", "After")
    over = await handed(lead)
    assert (await after.put(f"/duty/handovers/{over['id']}/acceptance", None)).json()["accepted_at"]
    far = await site.browser(await site.desk.person("Far", await site.desk.team("Other"), role="supervisor"))
    assert (await far.put(f"/duty/handovers/{over['id']}/acceptance", None)).status_code == 404


async def test_duty_file_is_in_the_readers_language_and_zone(site: Site) -> None:
    [lead, after] = await leaders(site, "Lead", "After")
    await site.desk.run("update person set locale = 'zh-CN', time_zone = 'Asia/Shanghai' where name = 'After'")
    await note(lead, "=HYPERLINK(1)")
    await handed(lead, "Line 3")
    answer = await after.get(f"/duty/file?{SPAN}&kind=csv")
    lines = io.StringIO(answer.content.decode("utf-8-sig")).read().splitlines()
    assert lines[0].startswith("团队,时间,类型")
    assert "2026-11-23 17:00:00,系统故障,'=HYPERLINK(1)" in lines[1]
    assert [one.split(",")[2] for one in lines[2:]] == ["交接班", "交接班:未了事项"]
    assert (await lead.get(f"/duty/file?{SPAN}")).content[:2] == b"PK"


async def test_duty_span_without_a_zone_is_in_utc(site: Site) -> None:
    [lead] = await leaders(site, "Lead")
    await note(lead)
    answer = await lead.get("/duty?since=2026-11-23T09:00:00&until=2026-11-23T09:00:01Z")
    assert (answer.status_code, len(answer.json()["notes"])) == (200, 1)


async def test_duty_span_that_is_too_long_is_refused(site: Site) -> None:
    [lead] = await leaders(site, "Lead")
    assert (await lead.get("/duty?since=2026-01-01T00:00:00Z&until=2026-12-01T00:00:00Z")).status_code == 400
