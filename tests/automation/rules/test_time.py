"""Rules on time: each ticket once, when its hour has come, and never for what was due before they came."""

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.automation.rules.conftest import Rules
from tests.site import Site, reply_of


def since(what: str, after: str) -> dict[str, str]:
    return {"kind": "time", "since": what, "after": after}


async def solve(site: Site, agent: Browser, ticket: int) -> None:
    status = await site.desk.sql("select id from status where category = 'solved' and is_default")
    answer = await agent.patch(f"/tickets/{ticket}", {"status_id": status})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("what", ["created", "waiting"])
async def test_time_rule_acts_once_when_its_hour_has_come(site: Site, rules: Rules, what: str) -> None:
    rule = await rules.add({"note": "Look"}, when=since(what, "3h"))
    ticket = await site.ticket("Hello")
    await rules.pass_time(hours=2, minutes=59)
    assert await rules.told(ticket) == []
    await rules.pass_time(minutes=2)
    await rules.pass_time(hours=8)
    (told,) = await rules.told(ticket)
    assert (told["cause"], told["did"]) == ("time", ["noted"])
    assert len(await rules.runs(rule)) == 1


async def test_reminder_waits_for_a_customer_who_does_not_answer(site: Site, rules: Rules, agent: Browser) -> None:
    await rules.add({"reply": "Still there?"}, when=since("answered", "3d"))
    channel = await site.desk.channel("api")
    await site.desk.deliver(channel, site.desk.message("Hello", "silent"), site.desk.message("Hello", "busy"))
    silent, busy = await site.desk.tickets()
    for one in (silent, busy):
        assert (await agent.post(f"/tickets/{one}/replies", reply_of())).status_code == 201
    await rules.pass_time(days=2)
    await site.desk.deliver(channel, site.desk.message("Yes, and", "busy"))
    await rules.hear()
    await rules.pass_time(days=2)
    await rules.pass_time(days=9)
    sent = {one: [entry.text for entry in await site.desk.timeline(one)] for one in (silent, busy)}
    assert sent[silent].count("Still there?") == 1
    assert "Still there?" not in sent[busy]


async def test_closing_rule_leaves_alone_what_came_back(site: Site, rules: Rules, agent: Browser) -> None:
    closed = await site.desk.sql("select id from status where category = 'closed' and is_default")
    await rules.add({"status_id": closed}, when=since("solved", "7d"))
    channel = await site.desk.channel("api")
    await site.desk.deliver(channel, site.desk.message("Hello", "a"), site.desk.message("Hello", "b"))
    done, back = await site.desk.tickets()
    for one in (done, back):
        await solve(site, agent, one)
    site.desk.later(days=1)
    await site.desk.deliver(channel, site.desk.message("Not yet!", "b"))
    await rules.pass_time(days=7)
    assert await site.desk.column(done, "category") == "closed"
    assert await site.desk.column(back, "category") == "open"


async def test_rule_that_is_switched_on_reaches_back_only_if_asked(site: Site, rules: Rules, boss: Browser) -> None:
    old = await site.ticket("Hello")
    site.desk.later(days=5)
    rule = await rules.add({"add_tags": ["old"]}, when=since("created", "1d"))
    await rules.pass_time(hours=1)
    assert await site.desk.column(old, "tags") == []
    await boss.patch(f"/rules/{rule['id']}", {"is_on": False})
    answer = await boss.patch(f"/rules/{rule['id']}", {"is_on": True, "reaches_back": True})
    assert answer.status_code == 200, answer.text
    await rules.pass_time(hours=1)
    assert await site.desk.column(old, "tags") == ["old"]


WEEK = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


async def calendar(boss: Browser) -> None:
    data = {"name_en": "Office", "is_default": True, "spec": {"time_zone": "UTC", "week": WEEK}}
    answer = await boss.post("/calendars", data)
    assert answer.status_code == 201, answer.text


async def test_time_rule_waits_until_the_office_opens(site: Site, rules: Rules, boss: Browser) -> None:
    await calendar(boss)
    await rules.add({"note": "Look"}, when=since("waiting", "10h"), hours="open")
    ticket = await site.ticket("Hello")
    await rules.pass_time(hours=11)
    assert await rules.told(ticket) == []
    await rules.pass_time(hours=12, minutes=59)
    assert await rules.told(ticket) == []
    await rules.pass_time(minutes=2)
    await rules.pass_time(hours=3)
    assert [one["state"] for one in await rules.told(ticket)] == ["done"]


async def test_time_rule_that_waited_leaves_alone_what_changed(
    site: Site, rules: Rules, boss: Browser, agent: Browser
) -> None:
    await calendar(boss)
    await rules.add({"note": "Look"}, when=since("waiting", "10h"), hours="open")
    ticket = await site.ticket("Hello")
    await rules.pass_time(hours=11)
    assert (await agent.post(f"/tickets/{ticket}/replies", reply_of())).status_code == 201
    await rules.pass_time(days=2)
    assert await rules.told(ticket) == []


@pytest.mark.parametrize(("hours", "acts"), [("open", True), ("closed", False)])
async def test_event_rule_asks_for_office_hours(
    site: Site, rules: Rules, boss: Browser, hours: str, *, acts: bool
) -> None:
    await calendar(boss)
    await rules.add({"add_tags": ["now"]}, hours=hours)
    by_day = await site.ticket("Hello")
    await rules.hear()
    site.desk.later(hours=12)
    by_night = await site.ticket("Hello again", who="c2")
    await rules.hear()
    assert [bool(await site.desk.column(one, "tags")) for one in (by_day, by_night)] == [acts, not acts]


async def test_many_due_at_once_are_all_taken_once(site: Site, rules: Rules) -> None:
    rule = await rules.add({"add_tags": ["due"]}, when=since("waiting", "1h"))
    channel = await site.desk.channel("api")
    await site.desk.deliver(channel, *(site.desk.message("Hello", f"c{number}") for number in range(120)))
    await rules.pass_time(hours=2)
    assert await site.desk.sql("select count(*) from ticket where tags = '{due}'") == 120
    assert await site.desk.sql("select count(*) from rule_run where rule_id = %(id)s", id=rule["id"]) == 120


async def test_reply_that_was_taken_back_is_no_answer(site: Site, rules: Rules, agent: Browser, lu: Actor) -> None:
    ticket = await site.ticket("Hello", kind="email")
    sent = (await agent.post(f"/tickets/{ticket}/replies", reply_of())).json()
    await rules.hear()
    assert await site.desk.sql("select count(*) from ticket_answered") == 1
    undone = await agent.send("DELETE", f"/tickets/{ticket}/replies/{sent['id']}")
    assert undone.status_code == 200, undone.text
    await rules.hear()
    assert await site.desk.sql("select count(*) from ticket_answered") == 0
    assert lu.id


async def test_opinion_is_asked_for_once_and_asking_leaves_the_ticket_solved(
    site: Site, rules: Rules, agent: Browser, boss: Browser
) -> None:
    made = (await boss.post("/rules/examples", {"key": "ask_opinion"})).json()
    await boss.patch(f"/rules/{made['id']}", {"is_on": True})
    channel = await site.desk.channel("api")
    await site.desk.deliver(channel, site.desk.message("Hello", "a"))
    (ticket,) = await site.desk.tickets()
    for _ in range(2):
        await solve(site, agent, ticket)
        await rules.pass_time(hours=23)
        await rules.pass_time(hours=2)
        sql = "select s.category from ticket t join status s on s.id = t.status_id where t.id = %(id)s"
        assert await site.desk.sql(sql, id=ticket) == "solved"
        await site.desk.deliver(channel, site.desk.message("5", "a"))
        await rules.hear()
    asked = [entry.text for entry in await site.desk.timeline(ticket) if "from 1" in entry.text]
    assert len(asked) == 1
    assert f"#{ticket} is solved" in asked[0]
