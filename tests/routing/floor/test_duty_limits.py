"""The duty log and hand-overs at their edges: at once, twice, with nothing in it, by whom it is no business of."""

import asyncio
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.routing.floor.test_duty import SPAN, handed, leaders, note, promise
from tests.site import Site


async def refused(browser: Browser, method: str, path: str, body: Any = None) -> tuple[int, str]:
    answer = await browser.send(method, path, body)
    return answer.status_code, answer.json()["code"]


async def changes(site: Site, kind: str) -> list[str]:
    return [one.data["change"] for one in await site.desk.events(kind)]


@pytest.mark.parametrize("text", ["", " ", "\n\t", "x" * 20_001])
async def test_note_or_matter_of_nothing_or_too_much_is_refused(site: Site, text: str) -> None:
    [lead] = await leaders(site, "Lead")
    body = {"team_id": 1, "kind": "fault", "text": text}
    assert (await refused(lead, "POST", "/duty/notes", body))[0] == 400
    body = {"team_id": 1, "items": [{"kind": "open", "text": "fine"}, {"kind": "open", "text": text}]}
    assert (await refused(lead, "POST", "/duty/handovers", body))[0] == 400
    assert await site.desk.sql("select (select count(*) from duty_note) + (select count(*) from duty_handover)") == 0


async def test_note_of_any_script_is_kept_as_it_was_written(site: Site) -> None:
    [lead] = await leaders(site, "Lead")
    text = "😀 客户很生气\n第二行 مرحبا <b>"
    assert (await note(lead, f"  {text} "))["text"] == text


async def test_matter_done_by_two_at_once_is_done_by_one_and_told_once(site: Site) -> None:
    people = await leaders(site, "Lead", "Second", "Third")
    written = await note(people[0], is_open=True)
    path = f"/duty/notes/{written['id']}/end"
    answers = [one.json() for one in await asyncio.gather(*(one.put(path, None) for one in people))]
    assert len({one["done_by"] for one in answers}) == 1
    assert await changes(site, "duty_note_changed") == ["written", "done"]


async def test_note_that_was_never_open_is_not_done(site: Site) -> None:
    [lead] = await leaders(site, "Lead")
    written = await note(lead)
    answer = (await lead.put(f"/duty/notes/{written['id']}/end", None)).json()
    assert (answer["done_by"], answer["done_at"]) == (None, None)
    assert await changes(site, "duty_note_changed") == ["written"]


async def test_ticket_of_an_unseen_team_stands_in_no_note_and_no_hand_over(site: Site) -> None:
    other = await site.desk.team("Other")
    [lead] = await leaders(site, "Lead")
    hidden = await site.ticket(team=other)
    for ticket in (hidden, 10**15):
        body = {"team_id": 1, "kind": "fault", "text": "x", "ticket_id": ticket}
        assert await refused(lead, "POST", "/duty/notes", body) == (404, "not_found")
        items = [{"kind": "open", "text": "x", "ticket_id": ticket}]
        assert await refused(lead, "POST", "/duty/handovers", {"team_id": 1, "items": items}) == (404, "not_found")
    assert await site.desk.sql("select count(*) from duty_handover") == 0


async def test_team_of_others_has_no_log_no_proposal_and_no_hand_over(site: Site) -> None:
    [lead, mate] = await leaders(site, "Lead", "Mate")
    far = await site.browser(await site.desk.person("Far", await site.desk.team("Other"), role="supervisor"))
    written, over = await note(lead, is_open=True), await handed(lead, "Line 3")
    item = over["items"][0]["id"]
    for method, path, body in (
        ("PUT", f"/duty/notes/{written['id']}/end", None),
        ("GET", "/duty/proposal?team_id=1", None),
        ("POST", "/duty/handovers", {"team_id": 1, "items": []}),
        ("PUT", f"/duty/handovers/{over['id']}/items/{item}/acceptance", {}),
        ("PUT", f"/duty/handovers/{over['id']}/acceptance", None),
    ):
        assert (await far.send(method, path, body)).status_code == 404, path
    log = (await far.get(f"/duty?{SPAN}&team_id=1")).json()
    assert (log["notes"], log["handovers"]) == ([], [])
    assert len((await mate.get(f"/duty?{SPAN}&team_id=1")).json()["notes"]) == 1


@pytest.mark.parametrize("role", ["agent", "read_only", "partner"])
async def test_who_does_not_lead_reaches_nothing_of_it(site: Site, role: str) -> None:
    [lead] = await leaders(site, "Lead")
    over = await handed(lead, "Line 3")
    browser = await site.browser(await site.desk.person("Lu", role=role))
    for method, path in (
        ("GET", f"/duty?{SPAN}"),
        ("GET", f"/duty/file?{SPAN}"),
        ("GET", "/duty/proposal?team_id=1"),
        ("PUT", f"/duty/handovers/{over['id']}/acceptance"),
    ):
        assert (await browser.send(method, path, None)).status_code == 403, path


async def test_matter_accepted_by_two_at_once_is_the_firsts_with_their_remark(site: Site) -> None:
    [lead, one, other] = await leaders(site, "Lead", "One", "Other")
    over = await handed(lead, "Line 3", "Line 4")
    path = f"/duty/handovers/{over['id']}/items/{over['items'][0]['id']}/acceptance"
    bodies = ({"remark": "first"}, {"remark": "second"})
    await asyncio.gather(one.put(path, bodies[0]), other.put(path, bodies[1]))
    kept = (await lead.get(f"/duty?{SPAN}")).json()["handovers"][0]["items"][0]
    assert kept["remark"] in {"first", "second"}
    assert await changes(site, "handover_changed") == ["made", "item_accepted"]
    again = (await other.put(path, {"remark": "third"})).json()["items"][0]
    assert again == kept


async def test_last_matters_accepted_at_once_end_the_hand_over_once(site: Site) -> None:
    [lead, one, other] = await leaders(site, "Lead", "One", "Other")
    over = await handed(lead, "Line 3", "Line 4")
    paths = [f"/duty/handovers/{over['id']}/items/{item['id']}/acceptance" for item in over["items"]]
    await asyncio.gather(one.put(paths[0], {}), other.put(paths[1], {}))
    assert (await lead.get(f"/duty?{SPAN}")).json()["handovers"][0]["accepted_at"]
    told = await changes(site, "handover_changed")
    assert sorted(told) == ["accepted", "item_accepted", "item_accepted", "made"]


async def test_matter_of_another_hand_over_is_not_found(site: Site) -> None:
    [lead, after] = await leaders(site, "Lead", "After")
    first, second = await handed(lead, "Line 3"), await handed(lead, "Line 4")
    item = second["items"][0]["id"]
    assert await refused(after, "PUT", f"/duty/handovers/{first['id']}/items/{item}/acceptance", {}) == (
        404,
        "not_found",
    )


async def test_hand_over_keeps_the_order_of_its_matters_and_takes_two_hundred(site: Site) -> None:
    [lead] = await leaders(site, "Lead")
    texts = [f"Matter {number}" for number in range(200)]
    over = await handed(lead, *texts)
    assert [one["text"] for one in over["items"]] == texts
    items = [{"kind": "open", "text": one} for one in [*texts, "one more"]]
    assert (await refused(lead, "POST", "/duty/handovers", {"team_id": 1, "items": items}))[0] == 400


async def test_proposal_leaves_out_what_is_done_kept_or_asleep(site: Site) -> None:
    [lead] = await leaders(site, "Lead")
    done = await note(lead, "Mended", is_open=True)
    await lead.put(f"/duty/notes/{done['id']}/end", None)
    ticket, vip = await site.ticket(), await site.ticket(who="queen")
    await promise(site.desk, ticket, 2, "Kept already")
    await site.desk.run("update promise set status = 'kept', ended_at = made_at")
    await site.desk.run("update customer set tier = 'VIP' where name = 'Queen'")
    later = site.desk.now.replace(year=2027)
    await site.desk.run("update ticket set snoozed_until = %(at)s where id = %(id)s", at=later, id=vip)
    assert (await lead.get("/duty/proposal?team_id=1")).json()["items"] == []
