"""Merging tickets: what moves, what stops, where the old number leads, and that it all comes back."""

from typing import Any

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


async def mails(site: Site, *texts: str, address: str = "rosa@example.com") -> list[int]:
    """Tickets by mail of one customer."""
    if not hasattr(site, "mailbox"):
        site.mailbox = await site.desk.channel("email", address="help@desk.example")  # type: ignore[attr-defined]
    made = []
    for text in texts:
        await site.desk.deliver(site.mailbox, site.desk.mail(text, address, subject=text))  # type: ignore[attr-defined]
        made.append((await site.desk.tickets())[-1])
    return made


async def merged(agent: Browser, target: int, *sources: int, **more: Any) -> dict[str, Any]:
    answer = await agent.post(f"/tickets/{target}/merge", {"source_ids": list(sources), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def found(site: Site, agent: Browser, query: str) -> list[int]:
    """Tickets that a search finds."""
    await site.desk.index()
    answer = await agent.get(f"/search?kind=tickets&q={query}")
    assert answer.status_code == 200, answer.text
    return [one["ticket"]["id"] for one in answer.json()["items"]]


async def texts(site: Site, ticket: int) -> list[str]:
    return [one.text for one in await site.desk.timeline(ticket) if one.kind != "change"]


async def test_merge_tickets_moves_entries_and_closes_the_source(site: Site, agent: Browser) -> None:
    old, target = await mails(site, "The pump leaks", "And it is loud")
    await agent.post(f"/tickets/{old}/notes", note_of("A note"))
    site.desk.later(minutes=1)
    shown = await merged(agent, target, old)
    assert await texts(site, target) == ["The pump leaks", "And it is loud", "A note"]
    assert (shown["message_count"], shown["merged_ids"]) == (2, [old])
    assert [one.origin_ticket_id for one in await site.desk.timeline(target)][:2] == [old, None]
    row = await site.desk.column(old, "to_jsonb(ticket)")
    assert (row["category"], row["merged_into_id"], row["waiting_since"]) == ("closed", target, None)
    assert [one.details.field for one in await site.desk.timeline(old)] == ["merged_into"]


async def test_merge_tickets_carries_the_wait_and_wakes_the_target(site: Site, agent: Browser) -> None:
    target, old = await mails(site, "First", "Second")
    since = await site.desk.column(old, "waiting_since")
    await agent.post(f"/tickets/{target}/replies", reply_of(solve=True))
    shown = await merged(agent, target, old)
    assert (shown["category"], shown["solved_at"]) == ("open", None)
    assert await site.desk.column(target, "waiting_since") == since


async def test_merge_tickets_stops_the_sleep_of_the_source(site: Site, agent: Browser) -> None:
    target, old = await mails(site, "First", "Second")
    await agent.put(f"/tickets/{old}/snooze", {"until": "2026-12-24T10:00:00Z"})
    await merged(agent, target, old)
    assert await site.desk.column(old, "snoozed_until") is None
    await agent.post(f"/tickets/{target}/unmerge", {"source_id": old})
    assert await site.desk.column(old, "snoozed_until is not null")


async def test_merge_tickets_leads_the_old_number_to_the_target(site: Site, agent: Browser) -> None:
    old, middle, target = await mails(site, "Kettle", "Pump", "Boiler")
    await merged(agent, middle, old)
    await merged(agent, target, middle)
    for number in (old, middle):
        shown = (await agent.get(f"/tickets/{number}")).json()
        assert (shown["id"], shown["redirected_from"]) == (target, number)
        assert await found(site, agent, f"%23{number}") == [target]
    assert (await agent.get(f"/tickets/{target}")).json()["redirected_from"] is None
    assert await found(site, agent, "kettle") == [target]
    assert len((await agent.get(f"/tickets/{old}/timeline")).json()["items"]) == 5
    assert [one["id"] for one in (await agent.get("/tickets?view=all")).json()["items"]] == [target]


async def test_change_of_a_merged_ticket_is_refused_with_the_way(site: Site, agent: Browser) -> None:
    old, target = await mails(site, "One", "Two")
    await merged(agent, target, old)
    for answer in (
        await agent.patch(f"/tickets/{old}", {"priority": 4}),
        await agent.post(f"/tickets/{old}/replies", reply_of()),
        await agent.post(f"/tickets/{old}/notes", note_of()),
        await agent.post(f"/tickets/{old}/merge", {"source_ids": [target]}),
        await agent.post(f"/tickets/{target}/merge", {"source_ids": [old]}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "ticket_merged")
        assert answer.json()["merged_into_id"] == target


async def test_reply_again_after_merge_with_the_same_key_sends_once(site: Site, agent: Browser) -> None:
    old, target = await mails(site, "One", "Two")
    body = reply_of()
    await agent.post(f"/tickets/{old}/replies", body)
    await merged(agent, target, old)
    again = await agent.post(f"/tickets/{target}/replies", body)
    assert again.status_code == 201
    assert await site.desk.sql("select count(*) from outbox") == 1


async def test_merge_tickets_into_itself_or_a_stranger_is_refused(site: Site, agent: Browser) -> None:
    [target] = await mails(site, "One")
    team = await site.desk.team("Repairs")
    hidden = await site.ticket("Secret", team=team)
    answer = await agent.post(f"/tickets/{target}/merge", {"source_ids": [target]})
    assert (answer.status_code, answer.json()["code"]) == (400, "self_merge")
    for body in ([hidden], [10**9], [target + 1, hidden]):
        assert (await agent.post(f"/tickets/{target}/merge", {"source_ids": body})).status_code == 404
    assert (await agent.post(f"/tickets/{hidden}/merge", {"source_ids": [target]})).status_code == 404
    assert (await agent.post(f"/tickets/{target}/merge", {"source_ids": []})).status_code == 400


async def test_merge_of_other_customer_needs_confirmation_and_can_copy_them(site: Site, agent: Browser) -> None:
    [target] = await mails(site, "Mine")
    [other] = await mails(site, "Hers", address="ida@example.com")
    refused = await agent.post(f"/tickets/{target}/merge", {"source_ids": [other]})
    assert (refused.status_code, refused.json()["code"]) == (409, "other_customer")
    shown = await merged(agent, target, other, confirmed=True, cc_requesters=True)
    assert [one["address"] for one in shown["mail"]["to"]] == ["rosa@example.com"]
    assert [one["address"] for one in shown["mail"]["cc"]] == ["ida@example.com"]
    sent = await agent.post(f"/tickets/{target}/replies", reply_of())
    assert [one["address"] for one in sent.json()["details"]["cc"]] == ["ida@example.com"]
    await agent.post(f"/tickets/{target}/unmerge", {"source_id": other})
    assert (await agent.get(f"/tickets/{target}")).json()["mail"]["cc"] == []


async def test_merge_without_copy_answers_the_targets_customer_only(site: Site, agent: Browser) -> None:
    [target] = await mails(site, "Mine")
    [other] = await mails(site, "Hers", address="ida@example.com")
    mail = (await merged(agent, target, other, confirmed=True))["mail"]
    assert ([one["address"] for one in mail["to"]], mail["cc"]) == (["rosa@example.com"], [])


async def test_answer_to_the_old_ticket_lands_in_the_target(site: Site, agent: Browser) -> None:
    old, target = await mails(site, "One", "Two")
    [other] = await mails(site, "Hers", address="ida@example.com")
    await merged(agent, target, old, other, confirmed=True)
    box = site.mailbox  # type: ignore[attr-defined]
    await site.desk.deliver(
        box,
        site.desk.mail("By address", proven_ticket_ids=[old]),
        site.desk.mail("By subject", hinted_ticket_ids=[old]),
        site.desk.mail("By her subject", "ida@example.com", hinted_ticket_ids=[other]),
    )
    assert (await texts(site, target))[-3:] == ["By address", "By subject", "By her subject"]
    assert await site.desk.column(old, "message_count") == 0


async def test_message_of_a_merged_conversation_lands_in_the_target(site: Site, agent: Browser) -> None:
    channel = await site.desk.channel("api")
    await site.desk.deliver(channel, site.desk.message("One", conversation="a"))
    await site.desk.deliver(channel, site.desk.message("Two", conversation="b"))
    old, target = await site.desk.tickets()
    await merged(agent, target, old)
    await site.desk.deliver(channel, site.desk.message("Three", conversation="a"))
    assert await texts(site, target) == ["One", "Two", "Three"]
    await agent.post(f"/tickets/{target}/unmerge", {"source_id": old})
    await site.desk.deliver(channel, site.desk.message("Four", conversation="a"))
    assert (await texts(site, old), await texts(site, target)) == (["One", "Four"], ["Two", "Three"])


async def test_unmerge_leaves_what_was_written_since_with_the_target(site: Site, agent: Browser) -> None:
    old, target = await mails(site, "One", "Two")
    before = (await agent.get(f"/tickets/{old}")).json()
    await merged(agent, target, old)
    await agent.post(f"/tickets/{target}/notes", note_of("Since then"))
    shown = (await agent.post(f"/tickets/{target}/unmerge", {"source_id": old})).json()
    assert await texts(site, old) == ["One"]
    assert await texts(site, target) == ["Two", "Since then"]
    same = ("category", "status_id", "waiting_since", "preview", "message_count", "last_message_id", "assignee_id")
    assert {key: shown[key] for key in same} == {key: before[key] for key in same}


async def test_unmerge_of_what_is_not_merged_is_refused(site: Site, agent: Browser) -> None:
    old, middle, target = await mails(site, "One", "Two", "Three")
    answer = await agent.post(f"/tickets/{target}/unmerge", {"source_id": old})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_merged")
    await merged(agent, middle, old)
    await merged(agent, target, middle)
    answer = await agent.post(f"/tickets/{middle}/unmerge", {"source_id": old})
    assert (answer.status_code, answer.json()["code"]) == (409, "merged_further")
    await agent.post(f"/tickets/{target}/unmerge", {"source_id": middle})
    assert (await agent.get(f"/tickets/{old}")).json()["id"] == middle
    assert (await agent.post(f"/tickets/{middle}/unmerge", {"source_id": old})).status_code == 200
    assert (await agent.get(f"/tickets/{old}")).json()["id"] == old


async def test_merge_takes_drafts_along_and_back(site: Site, agent: Browser) -> None:
    old, target = await mails(site, "One", "Two")
    await agent.put(f"/tickets/{old}/drafts/reply", {"text": "Half a thought"})
    await merged(agent, target, old)
    assert (await agent.get(f"/tickets/{old}/drafts/reply")).json()["text"] == "Half a thought"
    assert await site.desk.sql("select ticket_id from draft") == target
    await agent.post(f"/tickets/{target}/unmerge", {"source_id": old})
    assert await site.desk.sql("select ticket_id from draft") == old


async def test_merge_tells_both_pages(site: Site, agent: Browser, lu: Actor) -> None:
    old, target = await mails(site, "One", "Two")
    head = (await site.desk.events())[-1].seq
    await merged(agent, target, old)
    frames = [one.data for one in await site.frames(lu, after=head) if one.event == "ticket"]
    assert {(one.kind, one.ticket.id) for one in frames} == {("ticket_merged", old), ("ticket_merged", target)}
    assert {one.ticket.id: one.ticket.merged_into_id for one in frames} == {old: target, target: None}
    [event] = await site.desk.events("ticket_merged")
    assert (event.ticket_id, event.data["source_id"]) == (target, old)


async def test_merge_hints_are_the_customers_open_tickets_first(site: Site, agent: Browser) -> None:
    first, second = await mails(site, "Boiler", "Kettle")
    [other] = await mails(site, "Boiler again", address="ida@example.com")
    hidden = await site.ticket("x", team=await site.desk.team("Repairs"))
    await site.desk.index()
    path = f"/tickets/{second}/merge-hints"
    assert [one["id"] for one in (await agent.get(path)).json()["items"]] == [first]
    found = (await agent.get(f"{path}?q=boiler")).json()["items"]
    assert [(one["id"], one["is_same_customer"]) for one in found] == [(first, True), (other, False)]
    assert (await agent.get(f"{path}?q=%23{other}")).json()["items"][0]["id"] == other
    assert (await agent.get(f"{path}?q={hidden}")).json()["items"] == []


async def test_undo_of_a_merged_answer_leaves_the_targets_status(site: Site, agent: Browser) -> None:
    old, target = await mails(site, "One", "Two")
    sent = (await agent.post(f"/tickets/{old}/replies", reply_of())).json()
    await agent.post(f"/tickets/{target}/replies", reply_of(solve=True, client_key=client_key()))
    await merged(agent, target, old)
    assert (await agent.delete(f"/tickets/{target}/replies/{sent['id']}")).status_code == 200
    assert await site.desk.column(target, "category") == "solved"
