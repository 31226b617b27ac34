"""Raised hands: asked with one key, answered by whoever leads or knows more, measured, kept on the ticket."""

from typing import Any

from ombud.shared.actor import Actor
from tests.desk import Desk
from tests.site import Site


async def skilled(desk: Desk, who: Actor, level: int) -> None:
    sql = """
        with s as (insert into skill (kind, name_en, created_at) values ('product', %(name)s, now()) returning id)
        insert into agent_skill (person_id, skill_id, level) select %(id)s, id, %(level)s from s"""
    await desk.run(sql, name=who.name, id=who.id, level=level)


async def put_up(site: Site, who: Actor, **data: Any) -> Any:
    answer = await (await site.browser(who)).post("/hands", data)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(site: Site, who: Actor) -> list[int]:
    return [one["id"] for one in (await (await site.browser(who)).get("/hands")).json()["items"]]


async def test_raise_hand_is_seen_by_who_leads_and_nobody_else(site: Site) -> None:
    desk = site.desk
    lu, lead, co = await desk.person("Lu"), await desk.person("Lead", role="supervisor"), await desk.person("Co")
    far = await desk.person("Far", await desk.team("Other"), role="supervisor")
    ticket = await site.ticket()
    hand = await put_up(site, lu, ticket_id=ticket, question="May I refund this?")
    assert (hand["ticket_id"], hand["team_id"], hand["subject"]) == (ticket, 1, "The machine leaks.")
    assert [await listed(site, one) for one in (lu, lead, co, far)] == [[hand["id"]], [hand["id"]], [], []]
    told = [one.data.what for one in await site.frames(lead) if one.event == "floor"]
    assert told == ["hands"]


async def test_raise_hand_to_an_expert_is_seen_by_who_knows_more(site: Site) -> None:
    desk = site.desk
    lu, expert, novice = await desk.person("Lu"), await desk.person("Ex"), await desk.person("No")
    await skilled(desk, expert, 4)
    await skilled(desk, novice, 3)
    hand = await put_up(site, lu, wants="expert")
    assert [await listed(site, one) for one in (expert, novice)] == [[hand["id"]], []]


async def test_answer_is_measured_from_the_first_word_and_becomes_a_note(site: Site) -> None:
    desk = site.desk
    lu, lead = await desk.person("Lu"), await desk.person("Lead", role="supervisor")
    ticket = await site.ticket()
    hand = await put_up(site, lu, ticket_id=ticket, question="May I refund this?")
    path = f"/hands/{hand['id']}"
    desk.later(seconds=30)
    helper, asker = await site.browser(lead), await site.browser(lu)
    assert (await helper.put(f"{path}/taking", None)).json()["taken_by"] == lead.id
    desk.later(seconds=12)
    await helper.post(f"{path}/words", {"text": "Yes, up to 100."})
    await asker.post(f"{path}/words", {"text": "Thank you!"})
    ended = (await asker.put(f"{path}/end", None)).json()
    assert (ended["outcome"], [one["text"] for one in ended["words"]]) == (
        "answered",
        ["Yes, up to 100.", "Thank you!"],
    )
    figures = (await helper.get("/hands")).json()
    assert (figures["items"], figures["answered"], figures["answer_seconds"]) == ([], 1, 42.0)
    note = (await desk.timeline(ticket))[-1]
    assert note.kind == "note"
    assert note.text == "Lu: May I refund this?\nLead: Yes, up to 100.\nLu: Thank you!"


async def test_lower_hand_unanswered_is_withdrawn_and_leaves_no_note(site: Site) -> None:
    lu = await site.desk.person("Lu")
    ticket = await site.ticket()
    hand = await put_up(site, lu, ticket_id=ticket)
    browser = await site.browser(lu)
    assert (await browser.put(f"/hands/{hand['id']}/end", None)).json()["outcome"] == "withdrawn"
    assert {one.kind for one in await site.desk.timeline(ticket)} == {"message"}
    again = await browser.put(f"/hands/{hand['id']}/end", None)
    assert (again.status_code, again.json()["code"]) == (409, "hand_is_down")


async def test_raise_hand_twice_about_the_same_is_one_hand(site: Site) -> None:
    lu = await site.desk.person("Lu")
    first = await put_up(site, lu, question="Hm?")
    second = await put_up(site, lu, question="Refund?")
    assert (first["id"], second["question"], second["raised_at"]) == (second["id"], "Refund?", first["raised_at"])


async def test_take_hand_second_helper_learns_that_somebody_came(site: Site) -> None:
    desk = site.desk
    lu = await desk.person("Lu")
    leads = [await desk.person(one, role="supervisor") for one in ("A", "B")]
    hand = await put_up(site, lu)
    answers = [await (await site.browser(one)).put(f"/hands/{hand['id']}/taking", None) for one in leads]
    assert [one.status_code for one in answers] == [200, 409]
    assert (await (await site.browser(lu)).put(f"/hands/{hand['id']}/taking", None)).status_code == 404


async def test_hand_about_an_unseen_ticket_is_refused(site: Site) -> None:
    lu = await site.desk.person("Lu")
    ticket = await site.ticket(team=await site.desk.team("Other"))
    assert (await (await site.browser(lu)).post("/hands", {"ticket_id": ticket})).status_code == 404
