"""Splitting tickets: what moves, that notes stay notes, and that merging back gives what was there."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site, note_of, reply_of


@pytest.fixture
async def agent(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Lu"))


async def scene(site: Site, agent: Browser) -> tuple[int, list[int]]:
    """A ticket with two mails, a note with a file and an answer; its id and the ids of what is on it."""
    ticket = await site.ticket("The pump leaks", kind="email", subject="Pump")
    box = await site.desk.column(ticket, "channel_id")
    await site.desk.deliver(box, site.desk.mail("And where is my invoice?", proven_ticket_ids=[ticket]))
    file = (await agent.client.post("/api/v1/files", files={"file": ("a.txt", b"inside", "text/plain")})).json()
    await agent.post(f"/tickets/{ticket}/notes", note_of("Ask Bo", attachment_ids=[file["id"]]))
    return ticket, [one.id for one in await site.desk.timeline(ticket)]


async def split(agent: Browser, ticket: int, *entries: int, **more: Any) -> dict[str, Any]:
    answer = await agent.post(f"/tickets/{ticket}/split", {"entry_ids": list(entries), "subject": "Invoice", **more})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_split_ticket_moves_chosen_entries_with_their_files(site: Site, agent: Browser) -> None:
    ticket, (_, second, note) = await scene(site, agent)
    made = await split(agent, ticket, second, note)
    moved = await site.desk.timeline(made["id"])
    assert [(one.id, one.kind, one.origin_ticket_id) for one in moved[:2]] == [
        (second, "message", ticket),
        (note, "note", ticket),
    ]
    assert [one.name for one in moved[1].attachments] == ["a.txt"]
    assert await site.desk.sql("select ticket_id from attachment") == made["id"]
    assert (made["subject"], made["message_count"], made["category"]) == ("Invoice", 1, "open")
    assert [one.text for one in await site.desk.timeline(ticket) if one.kind != "change"] == ["The pump leaks"]


async def test_split_tickets_link_both_ways(site: Site, agent: Browser) -> None:
    ticket, (_, second, _) = await scene(site, agent)
    made = await split(agent, ticket, second)
    assert [(one["ticket_id"], one["kind"]) for one in made["links"]] == [(ticket, "split_from")]
    shown = (await agent.get(f"/tickets/{ticket}")).json()
    assert [(one["ticket_id"], one["kind"]) for one in shown["links"]] == [(made["id"], "split_to")]
    [event] = await site.desk.events("ticket_split")
    assert (event.ticket_id, event.data["new_id"]) == (ticket, made["id"])


async def test_split_and_merge_back_give_what_was_there(site: Site, agent: Browser) -> None:
    ticket, (_, second, note) = await scene(site, agent)
    same = ("status_id", "waiting_since", "preview", "message_count", "last_message_id", "links")
    before = (await agent.get(f"/tickets/{ticket}")).json()
    made = await split(agent, ticket, second, note)
    back = await agent.post(f"/tickets/{ticket}/merge", {"source_ids": [made["id"]]})
    assert {key: back.json()[key] for key in same} == {key: before[key] for key in same}
    assert all(one.origin_ticket_id in {None, made["id"]} for one in await site.desk.timeline(ticket))


async def test_answer_to_a_split_mail_lands_on_the_new_ticket(site: Site, agent: Browser) -> None:
    ticket, (_, second, _) = await scene(site, agent)
    made = await split(agent, ticket, second)
    box = await site.desk.column(ticket, "channel_id")
    name = await site.desk.sql("select message_id from mail_reference where entry_id = %(id)s", id=second)
    await site.desk.deliver(box, site.desk.mail("About the invoice again", references=[name]))
    assert await site.desk.column(made["id"], "message_count") == 2


async def test_split_to_another_customer_and_team(site: Site, agent: Browser) -> None:
    ticket, (_, second, note) = await scene(site, agent)
    other = await site.ticket("Hello", who="ida")
    customer = await site.desk.column(other, "customer_id")
    made = await split(agent, ticket, second, customer_id=customer)
    assert made["customer"]["id"] == customer
    team = await site.desk.team("Repairs")
    # The answer goes to whose ticket it is, not to who wrote the mail.
    assert made["mail"]["to"] == []
    body = {"entry_ids": [note], "subject": "x"}
    assert (await agent.post(f"/tickets/{ticket}/split", body | {"team_id": team})).status_code == 404
    assert (await agent.post(f"/tickets/{ticket}/split", body | {"customer_id": 10**9})).status_code == 404


async def test_split_of_everything_or_of_foreign_entries_is_refused(site: Site, agent: Browser) -> None:
    ticket, entries = await scene(site, agent)
    whole = await agent.post(f"/tickets/{ticket}/split", {"entry_ids": entries, "subject": "x"})
    assert (whole.status_code, whole.json()["code"]) == (400, "nothing_left")
    other = await site.ticket("Hello")
    [foreign] = [one.id for one in await site.desk.timeline(other)]
    await agent.patch(f"/tickets/{ticket}", {"priority": 4})
    change = (await site.desk.timeline(ticket))[-1].id
    for ids in ([foreign], [change], [10**9], [entries[0], foreign]):
        answer = await agent.post(f"/tickets/{ticket}/split", {"entry_ids": ids, "subject": "x"})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    blank = await agent.post(f"/tickets/{ticket}/split", {"entry_ids": entries[:1], "subject": "  "})
    assert blank.status_code == 400


async def test_split_queued_answer_is_sent_once(site: Site, agent: Browser) -> None:
    ticket, _ = await scene(site, agent)
    sent = (await agent.post(f"/tickets/{ticket}/replies", reply_of())).json()
    made = await split(agent, ticket, sent["id"])
    assert await site.desk.sql("select array_agg(ticket_id) from outbox") == [made["id"]]
    assert (await agent.delete(f"/tickets/{made['id']}/replies/{sent['id']}")).status_code == 200
    assert await site.desk.sql("select count(*) from outbox") == 0
