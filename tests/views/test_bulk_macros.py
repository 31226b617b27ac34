"""Macros in bulk: each ticket gets its own words, what cannot be is reported, and it can be taken back."""

from typing import Any

import pytest

from ombud.customers.schemas import Sender
from ombud.views.jobs import JobRunner
from tests.accounts.desk import Browser
from tests.site import Site
from tests.views.conftest import Finish

TEXT = "Dear {{customer.name}}, about {{ticket.id}}."


@pytest.fixture
async def tickets(site: Site) -> list[int]:
    return [await mail(site, name) for name in ("Rosa", "Theo")]


async def mail(site: Site, name: str) -> int:
    address = f"{name.lower()}@example.com"
    return await site.ticket("It leaks", kind="email", sender=Sender("email", address, name=name, email=address))


async def macro(agent: Browser, **more: Any) -> int:
    answer = await agent.post("/macros", {"title": "Refund", "scope": "own", "text": TEXT} | more)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def bulk(ids: list[int], use: int, text: str = "draft") -> dict[str, Any]:
    return {"selection": {"ids": ids}, "changes": {"macro": {"id": use, "text": text}}}


async def sent(site: Site, ticket: int) -> list[str]:
    return [one.text for one in await site.desk.timeline(ticket) if one.direction == "out"]


async def test_bulk_macro_sends_each_ticket_its_own_words_and_acts(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    use = await macro(agent, actions={"priority": 4, "add_tags": ["refund"]}, note="Told by {{agent.name}}")
    report = await finish(agent, await agent.post("/bulk", bulk(tickets, use, "send")))
    assert (report["done"], report["failed"]) == (2, 0)
    texts = [await sent(site, one) for one in tickets]
    assert texts == [[f"Dear Rosa, about {tickets[0]}."], [f"Dear Theo, about {tickets[1]}."]]
    for ticket in tickets:
        shown = (await agent.get(f"/tickets/{ticket}")).json()
        assert (shown["priority"], shown["tags"], shown["category"]) == (4, ["refund"], "waiting")
        assert [one.kind for one in await site.desk.timeline(ticket)].count("note") == 1


async def test_bulk_macro_keeps_its_text_as_a_draft_where_there_is_none(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    await agent.put(f"/tickets/{tickets[0]}/drafts/reply", {"text": "My own words"})
    report = await finish(agent, await agent.post("/bulk", bulk(tickets, await macro(agent, actions={"priority": 4}))))
    assert [(one["code"], one["ticket_ids"]) for one in report["failures"]] == [("draft_changed", [tickets[0]])]
    drafts = [(await agent.get(f"/tickets/{one}/drafts/reply")).json()["text"] for one in tickets]
    assert drafts == ["My own words", f"Dear Theo, about {tickets[1]}."]
    # All of it or nothing, on each ticket.
    assert [await site.desk.column(one, "priority") for one in tickets] == [2, 4]
    assert [await sent(site, one) for one in tickets] == [[], []]


async def test_bulk_macro_never_sends_an_empty_placeholder(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    nameless = await mail(site, "Ida")
    sql = "update customer set name = '' where id = (select customer_id from ticket where id = %(id)s)"
    await site.desk.run(sql, id=nameless)
    report = await finish(agent, await agent.post("/bulk", bulk([*tickets, nameless], await macro(agent), "send")))
    assert [(one["code"], one["ticket_ids"]) for one in report["failures"]] == [("placeholder_unfilled", [nameless])]
    assert [len(await sent(site, one)) for one in (*tickets, nameless)] == [1, 1, 0]


async def test_bulk_macro_sends_nothing_to_whom_wrote_since_or_is_barred(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    customer = await site.desk.column(tickets[1], "customer_id")
    assert (await agent.put(f"/customers/{customer}/contact-bars/email", {})).status_code == 200
    job = await agent.post("/bulk", bulk(tickets, await macro(agent), "send"))
    site.desk.later(minutes=1)
    box = await site.desk.column(tickets[0], "channel_id")
    await site.desk.deliver(box, site.desk.mail("Wait!", "rosa@example.com", proven_ticket_ids=[tickets[0]]))
    report = await finish(agent, job)
    assert {one["code"]: one["ticket_ids"] for one in report["failures"]} == {
        "stale_reply": [tickets[0]],
        "do_not_contact": [tickets[1]],
    }
    assert [await sent(site, one) for one in tickets] == [[], []]


async def test_undo_takes_answers_drafts_and_actions_back(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    columns = "to_jsonb(ticket) - '{version,activity_at}'::text[]"
    before = [await site.desk.column(one, columns) for one in tickets]
    use = await macro(agent, actions={"priority": 4, "snooze_minutes": 60})
    for text in ("send", "draft"):
        done = await finish(agent, await agent.post("/bulk", bulk(tickets, use, text)))
        assert done["failed"] == 0
        site.desk.later(seconds=2)
        report = await finish(agent, await agent.post(f"/bulk/{done['id']}/undo"))
        assert (report["failed"], report["failures"]) == (0, [])
        assert [await site.desk.column(one, columns) for one in tickets] == before
        assert [await sent(site, one) for one in tickets] == [[], []]
        assert await site.desk.sql("select count(*) from draft") == 0


async def test_undo_says_which_answers_have_left(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    done = await finish(agent, await agent.post("/bulk", bulk(tickets, await macro(agent), "send")))
    site.desk.later(minutes=10)
    report = await finish(agent, await agent.post(f"/bulk/{done['id']}/undo"))
    assert [(one["code"], one["ticket_ids"]) for one in report["failures"]] == [("changed_since", tickets)]
    assert "reply" in report["failures"][0]["detail"]
    assert [len(await sent(site, one)) for one in tickets] == [1, 1]


async def test_bulk_macro_cut_off_goes_on_and_sends_once(
    site: Site, agent: Browser, tickets: list[int], finish: Finish, runner: JobRunner
) -> None:
    job = await agent.post("/bulk", bulk(tickets, await macro(agent), "send"))
    await finish(agent, job)
    # As if the process had died before it wrote the outcome down.
    await site.desk.run("update job_item set state = 'waiting'")
    await site.desk.run("update job set state = 'running', done = 0")
    await runner.change()
    assert [len(await sent(site, one)) for one in tickets] == [1, 1]


async def test_bulk_macro_needs_its_rights_and_to_be_seen(site: Site, agent: Browser, tickets: list[int]) -> None:
    reader = await site.browser(await site.desk.person("Ro", role="read_only"))
    use = await macro(agent)
    assert (await agent.post("/bulk", bulk(tickets, 10**9))).status_code == 404
    assert (await reader.post("/bulk", bulk(tickets, use))).status_code == 403
    assert (await reader.post("/bulk", bulk(tickets, use, "leave"))).status_code == 404
    for bad in ({"id": use, "text": "shout"}, {"text": "send"}, {"id": "x"}):
        body = {"selection": {"ids": tickets}, "changes": {"macro": bad}}
        assert (await agent.post("/bulk", body)).status_code == 400


async def test_bulk_macro_that_assigns_away_sends_before_it_leaves(
    site: Site, agent: Browser, tickets: list[int], finish: Finish
) -> None:
    team = await site.desk.team("Repairs")
    use = await macro(agent, actions={"team_id": team, "assignee": "nobody"})
    report = await finish(agent, await agent.post("/bulk", bulk(tickets, use, "send")))
    assert report["failed"] == 0
    assert {await site.desk.column(one, "team_id") for one in tickets} == {team}
    assert [len(await sent(site, one)) for one in tickets] == [1, 1]
