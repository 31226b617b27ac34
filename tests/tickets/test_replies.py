"""Replies: guarded, once, taken back, sent again on purpose. And notes, which go nowhere."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation

from ombud.channels.chat.queries import load_messages
from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def mail(site: Site) -> int:
    """A ticket by mail."""
    return await site.ticket("It leaks", kind="email", subject="Leak")


async def last_message(site: Site, ticket: int) -> int:
    return int(await site.desk.column(ticket, "last_message_id"))


async def row_of(site: Site, ticket: int) -> dict[str, Any]:
    names = "status_id, category, waiting_since, preview, preview_by, last_message_id, message_count, solved_at, "
    names += "assignee_id, snoozed_until"
    sql = f"select to_jsonb(t) from (select {names} from ticket where id = %(id)s) t"
    found: dict[str, Any] = await site.desk.sql(sql, id=ticket)
    return found


async def again(site: Site, ticket: int, text: str) -> None:
    """Another mail of the same customer on the same ticket."""
    known = await site.desk.sql("select message_id from mail_reference where ticket_id = %(id)s", id=ticket)
    channel = await site.desk.column(ticket, "channel_id")
    await site.desk.deliver(channel, site.desk.mail(text, references=[known]))


async def test_reply_to_a_seen_message_waits_in_the_outbox(site: Site, agent: Browser, mail: int, lu: Actor) -> None:
    seen = await last_message(site, mail)
    answer = await agent.post(f"/tickets/{mail}/replies", reply_of(force=False, last_seen_entry_id=seen))
    assert answer.status_code == 201, answer.text
    assert answer.json()["delivery"]["state"] == "queued"
    assert answer.json()["delivery"]["can_undo"]
    ticket = (await agent.get(f"/tickets/{mail}")).json()
    assert (ticket["category"], ticket["waiting_since"], ticket["assignee_id"]) == ("waiting", None, lu.id)


async def newest(agent: Browser, ticket: int, key: str) -> dict[str, Any]:
    """The entry with a client's key as the timeline shows it."""
    items = (await agent.get(f"/tickets/{ticket}/timeline")).json()["items"]
    return next(one for one in items if one["client_key"] == key)


@pytest.mark.parametrize("kind", ["email", "chat", "api"])
async def test_reply_answers_the_entry_as_the_timeline_shows_it(site: Site, agent: Browser, kind: str) -> None:
    ticket = await site.ticket("It leaks", kind=kind)
    html = "<p><b>Tomorrow</b></p>"
    answer = (await agent.post(f"/tickets/{ticket}/replies", reply_of("Never", html=html))).json()
    assert (answer["text"], answer["html"]) == ("Tomorrow", html if kind == "email" else None)
    assert answer == await newest(agent, ticket, answer["client_key"])


async def test_note_answers_the_entry_as_the_timeline_shows_it(site: Site, agent: Browser, mail: int) -> None:
    colleague = await site.desk.person("Bo")
    note = (await agent.post(f"/tickets/{mail}/notes", note_of(mentions=[colleague.id]))).json()
    assert note["details"] == {"mentions": [colleague.id]}
    assert note == await newest(agent, mail, note["client_key"])


async def test_sending_takes_its_draft_away_and_sending_again_leaves_a_newer_one(
    site: Site, agent: Browser, mail: int
) -> None:
    count = "select count(*) from draft where ticket_id = %(id)s and kind = 'note'"
    await agent.send("PUT", f"/tickets/{mail}/drafts/note", {"text": "Call the"})
    assert await site.desk.sql(count, id=mail) == 1
    note = note_of()
    await agent.post(f"/tickets/{mail}/notes", note)
    assert await site.desk.sql(count, id=mail) == 0
    await agent.send("PUT", f"/tickets/{mail}/drafts/note", {"text": "Something else"})
    assert (await agent.post(f"/tickets/{mail}/notes", note)).status_code == 201
    assert await site.desk.sql(count, id=mail) == 1


async def test_reply_with_newer_message_is_stale_and_carries_it(site: Site, agent: Browser, mail: int) -> None:
    seen = await last_message(site, mail)
    await again(site, mail, "and now it burns")
    wanted = reply_of(force=False, last_seen_entry_id=seen)
    answer = await agent.post(f"/tickets/{mail}/replies", wanted)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_reply")
    assert [one["text"] for one in answer.json()["newer"]] == ["and now it burns"]
    assert await site.desk.sql("select count(*) from outbox") == 0
    assert (await agent.post(f"/tickets/{mail}/replies", wanted | {"force": True})).status_code == 201


async def test_reply_after_a_colleagues_reply_is_stale_after_ones_own_is_not(
    site: Site, agent: Browser, mail: int
) -> None:
    seen = await last_message(site, mail)
    wanted: dict[str, Any] = {"force": False, "last_seen_entry_id": seen}
    assert (await agent.post(f"/tickets/{mail}/replies", reply_of(**wanted))).status_code == 201
    assert (await agent.post(f"/tickets/{mail}/replies", reply_of(**wanted))).status_code == 201
    mo = await site.browser(await site.desk.person("Mo"))
    answer = await mo.post(f"/tickets/{mail}/replies", reply_of(**wanted))
    assert answer.json()["code"] == "stale_reply"
    assert len(answer.json()["newer"]) == 2


async def test_reply_note_in_between_is_not_stale(site: Site, agent: Browser, mail: int) -> None:
    seen = await last_message(site, mail)
    await agent.post(f"/tickets/{mail}/notes", note_of())
    answer = await agent.post(f"/tickets/{mail}/replies", reply_of(force=False, last_seen_entry_id=seen))
    assert answer.status_code == 201


async def test_reply_ten_at_once_with_one_key_make_one(site: Site, agent: Browser, mail: int) -> None:
    wanted = reply_of()
    answers = await asyncio.gather(*(agent.post(f"/tickets/{mail}/replies", wanted) for _ in range(10)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1
    assert await site.desk.sql("select count(*) from outbox") == 1
    assert await site.desk.column(mail, "message_count") == 2
    assert len(await site.desk.events("reply_sent")) == 1


async def test_open_ticket_five_at_once_with_one_key_make_one(site: Site, agent: Browser) -> None:
    wanted = {
        "subject": "Call",
        "text": "She rang",
        "team_id": 1,
        "client_key": client_key(),
        "customer": {"name": "Y"},
    }
    answers = await asyncio.gather(*(agent.post("/tickets", wanted) for _ in range(5)))
    assert {one.status_code for one in answers} == {201}, answers[0].text
    assert len({one.json()["id"] for one in answers}) == 1
    assert len(await site.desk.tickets()) == 1
    assert await site.desk.sql("select count(*) from customer") == 1
    other = await agent.post("/tickets", wanted | {"text": "Something else"})
    assert (other.status_code, other.json()["code"]) == (409, "client_key_reused")
    assert (await agent.post("/tickets", wanted | {"client_key": client_key()})).status_code == 201


async def test_reply_with_a_notes_key_is_refused(agent: Browser, mail: int, site: Site) -> None:
    note = note_of("never say this")
    await agent.post(f"/tickets/{mail}/notes", note)
    answer = await agent.post(f"/tickets/{mail}/replies", reply_of(client_key=note["client_key"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "client_key_reused")
    assert await site.desk.sql("select count(*) from outbox") == 0


async def test_note_with_a_replys_key_is_refused(agent: Browser, mail: int, site: Site) -> None:
    reply = reply_of()
    await agent.post(f"/tickets/{mail}/replies", reply)
    answer = await agent.post(f"/tickets/{mail}/notes", note_of(client_key=reply["client_key"]))
    assert answer.status_code == 409
    mo = await site.browser(await site.desk.person("Mo"))
    assert (await mo.post(f"/tickets/{mail}/replies", reply)).json()["code"] == "client_key_reused"


async def test_undo_within_the_window_puts_the_ticket_back(site: Site, agent: Browser, mail: int) -> None:
    before = await row_of(site, mail)
    sent = await agent.post(f"/tickets/{mail}/replies", reply_of("Oops", solve=True))
    assert (await row_of(site, mail))["category"] == "solved"
    site.desk.later(seconds=9)
    undone = await agent.delete(f"/tickets/{mail}/replies/{sent.json()['id']}")
    assert (undone.status_code, undone.json()["text"]) == (200, "Oops")
    assert undone.json()["details"]["to"][0]["address"] == "rosa@example.com"
    assert await row_of(site, mail) == before
    assert await site.desk.sql("select count(*) from outbox") == 0
    texts = [one["text"] for one in (await agent.get(f"/tickets/{mail}/timeline")).json()["items"]]
    assert "Oops" not in texts


async def test_undo_with_a_newer_message_leaves_the_customer_waiting(site: Site, agent: Browser, mail: int) -> None:
    await agent.post(f"/tickets/{mail}/replies", reply_of("First answer"))
    site.desk.later(minutes=5)
    sent = await agent.post(f"/tickets/{mail}/replies", reply_of("One thing more"))
    site.desk.later(seconds=3)
    await again(site, mail, "It still leaks")
    waiting = await site.desk.column(mail, "waiting_since")
    assert waiting == site.desk.now
    assert (await agent.delete(f"/tickets/{mail}/replies/{sent.json()['id']}")).status_code == 200
    found = await row_of(site, mail)
    assert (found["category"], found["preview"]) == ("open", "It still leaks")
    assert await site.desk.column(mail, "waiting_since") == waiting


async def test_undo_after_a_colleague_changed_the_status_keeps_theirs(site: Site, agent: Browser, mail: int) -> None:
    sent = await agent.post(f"/tickets/{mail}/replies", reply_of())
    hold = await site.desk.sql("select id from status where category = 'on_hold'")
    await agent.patch(f"/tickets/{mail}", {"status_id": hold})
    await agent.delete(f"/tickets/{mail}/replies/{sent.json()['id']}")
    found = await row_of(site, mail)
    assert found["category"] == "on_hold"
    assert found["waiting_since"] is not None


async def test_undo_gives_back_holder_and_sleep_that_the_reply_took(site: Site, agent: Browser, mail: int) -> None:
    until = site.desk.now + timedelta(days=1)
    await agent.put(f"/tickets/{mail}/snooze", {"until": until.isoformat()})
    before = await row_of(site, mail)
    sent = (await agent.post(f"/tickets/{mail}/replies", reply_of())).json()
    taken = await row_of(site, mail)
    assert taken["assignee_id"] is not None
    assert taken["snoozed_until"] is None
    assert (await agent.delete(f"/tickets/{mail}/replies/{sent['id']}")).status_code == 200
    assert await row_of(site, mail) == before


async def test_undo_keeps_the_holder_that_somebody_chose_since(
    site: Site, agent: Browser, mail: int, lu: Actor
) -> None:
    sent = (await agent.post(f"/tickets/{mail}/replies", reply_of())).json()
    mo = await site.desk.person("Mo")
    for holder in (mo.id, lu.id):
        assert (await agent.put(f"/tickets/{mail}/assignment", {"assignee_id": holder})).is_success
    await agent.delete(f"/tickets/{mail}/replies/{sent['id']}")
    assert await site.desk.column(mail, "assignee_id") == lu.id


async def test_undo_does_not_put_a_ticket_to_sleep_on_which_the_customer_wrote(
    site: Site, agent: Browser, mail: int
) -> None:
    until = site.desk.now + timedelta(days=1)
    await agent.put(f"/tickets/{mail}/snooze", {"until": until.isoformat()})
    sent = (await agent.post(f"/tickets/{mail}/replies", reply_of())).json()
    await again(site, mail, "Anybody?")
    await agent.delete(f"/tickets/{mail}/replies/{sent['id']}")
    assert await site.desk.column(mail, "snoozed_until") is None


async def upload(agent: Browser, name: str = "bill.txt") -> dict[str, Any]:
    """A file that the agent has uploaded."""
    found: dict[str, Any] = (await agent.client.post("/api/v1/files", files={"file": (name, b"three euros")})).json()
    return found


async def test_undo_gives_the_files_back_for_the_next_try(agent: Browser, mail: int) -> None:
    file = await upload(agent)
    sent = (await agent.post(f"/tickets/{mail}/replies", reply_of(attachment_ids=[file["id"]]))).json()
    undone = (await agent.delete(f"/tickets/{mail}/replies/{sent['id']}")).json()
    assert undone["attachments"] == [file]
    again = await agent.post(f"/tickets/{mail}/replies", reply_of(attachment_ids=[file["id"]]))
    assert [one["name"] for one in again.json()["attachments"]] == ["bill.txt"]


async def test_draft_comes_back_with_its_files_and_nobody_elses(site: Site, agent: Browser, mail: int) -> None:
    mo = await site.browser(await site.desk.person("Mo"))
    mine, foreign = await upload(agent), await upload(mo, "secret.txt")
    ids = [mine["id"], foreign["id"], 99_999]
    await agent.put(f"/tickets/{mail}/drafts/reply", {"text": "See the bill", "details": {"attachment_ids": ids}})
    assert (await agent.get(f"/tickets/{mail}/drafts/reply")).json()["attachments"] == [mine]


async def test_draft_with_strange_files_comes_back_without_them(agent: Browser, mail: int) -> None:
    ids = [-1, 99_999, 2**63]
    await agent.put(f"/tickets/{mail}/drafts/reply", {"text": "Hm", "details": {"attachment_ids": ids}})
    assert (await agent.get(f"/tickets/{mail}/drafts/reply")).json()["attachments"] == []


async def test_undo_after_the_window_is_too_late(site: Site, agent: Browser, mail: int) -> None:
    sent = await agent.post(f"/tickets/{mail}/replies", reply_of())
    site.desk.later(seconds=10)
    answer = await agent.delete(f"/tickets/{mail}/replies/{sent.json()['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_sent")


@pytest.mark.parametrize("state", ["sending", "sent", "delivered", "failed", "unconfirmed"])
async def test_undo_of_what_has_left_is_refused(site: Site, agent: Browser, mail: int, state: str) -> None:
    sent = await agent.post(f"/tickets/{mail}/replies", reply_of())
    await site.desk.run("update outbox set state = %(state)s", state=state)
    answer = await agent.delete(f"/tickets/{mail}/replies/{sent.json()['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_sent")


async def test_undo_twice_at_once_takes_back_once(site: Site, agent: Browser, mail: int) -> None:
    sent = await agent.post(f"/tickets/{mail}/replies", reply_of())
    path = f"/tickets/{mail}/replies/{sent.json()['id']}"
    answers = await asyncio.gather(*(agent.delete(path) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 404, 404, 404]
    assert len(await site.desk.events("reply_undone")) == 1


async def test_send_undone_reply_again_with_its_key_is_refused_not_lost(agent: Browser, mail: int) -> None:
    wanted = reply_of()
    sent = await agent.post(f"/tickets/{mail}/replies", wanted)
    await agent.delete(f"/tickets/{mail}/replies/{sent.json()['id']}")
    answer = await agent.post(f"/tickets/{mail}/replies", wanted)
    assert (answer.status_code, answer.json()["code"]) == (409, "entry_gone")


async def test_undo_of_chat_reply_is_refused(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="chat")
    sent = await agent.post(f"/tickets/{ticket}/replies", reply_of())
    assert sent.json()["delivery"]["state"] == "sent"
    assert (await agent.delete(f"/tickets/{ticket}/replies/{sent.json()['id']}")).status_code == 409


@pytest.mark.parametrize("state", ["failed", "unconfirmed"])
async def test_retry_of_stuck_reply_queues_it_once(site: Site, agent: Browser, mail: int, state: str) -> None:
    sent = (await agent.post(f"/tickets/{mail}/replies", reply_of())).json()["id"]
    await site.desk.run("update outbox set state = %(state)s, attempts = 5, problem = 'x'", state=state)
    path = f"/tickets/{mail}/replies/{sent}/retry"
    answers = await asyncio.gather(agent.post(path), agent.post(path))
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert await site.desk.sql("select state || attempts from outbox") == "queued0"


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "delivered"])
async def test_retry_of_reply_on_its_way_is_refused(site: Site, agent: Browser, mail: int, state: str) -> None:
    sent = (await agent.post(f"/tickets/{mail}/replies", reply_of())).json()["id"]
    await site.desk.run("update outbox set state = %(state)s", state=state)
    answer = await agent.post(f"/tickets/{mail}/replies/{sent}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_stuck")


async def test_reply_entry_of_another_ticket_is_not_found(site: Site, agent: Browser, mail: int) -> None:
    sent = (await agent.post(f"/tickets/{mail}/replies", reply_of())).json()["id"]
    other = await site.ticket("Other")
    assert (await agent.delete(f"/tickets/{other}/replies/{sent}")).status_code == 404
    assert (await agent.post(f"/tickets/{other}/replies/{sent}/retry")).status_code == 404


async def test_note_entry_in_reply_endpoints_is_not_found(site: Site, agent: Browser, mail: int) -> None:
    note = (await agent.post(f"/tickets/{mail}/notes", note_of())).json()["id"]
    assert (await agent.delete(f"/tickets/{mail}/replies/{note}")).status_code == 404
    assert (await agent.post(f"/tickets/{mail}/replies/{note}/retry")).status_code == 404
    assert await site.desk.sql("select undone_at from entry where id = %(id)s", id=note) is None


async def test_note_in_the_outbox_is_refused_by_the_database(site: Site, agent: Browser, mail: int) -> None:
    note = (await agent.post(f"/tickets/{mail}/notes", note_of())).json()["id"]
    insert = """
        insert into outbox (entry_id, entry_kind, not_before, envelope, created_at)
        values (%(id)s, %(kind)s, now(), '{}', now())"""
    with pytest.raises(ForeignKeyViolation):
        await site.desk.run(insert, id=note, kind="message")
    with pytest.raises(CheckViolation):
        await site.desk.run(insert, id=note, kind="note")
    sent = (await agent.post(f"/tickets/{mail}/replies", reply_of())).json()["id"]
    with pytest.raises(ForeignKeyViolation):
        await site.desk.run("update entry set kind = 'note', direction = null where id = %(id)s", id=sent)


async def test_public_reads_hold_no_note_no_change_and_nothing_undone(site: Site, agent: Browser, mail: int) -> None:
    note = (await agent.post(f"/tickets/{mail}/notes", note_of())).json()["id"]
    undone = (await agent.post(f"/tickets/{mail}/replies", reply_of("Oops"))).json()["id"]
    await agent.delete(f"/tickets/{mail}/replies/{undone}")
    await agent.patch(f"/tickets/{mail}", {"priority": 4})
    entries = [one.id for one in await site.desk.timeline(mail)]
    async with site.desk.parts.database.transaction() as tx:
        found = await load_messages(tx, [*entries, note, undone])
    assert [one.text for _, one in found.values()] == ["It leaks"]


async def test_note_changes_nothing_that_customers_or_lists_see(site: Site, agent: Browser, mail: int) -> None:
    before = await row_of(site, mail)
    await agent.post(f"/tickets/{mail}/notes", note_of("zzsecretzz"))
    assert await row_of(site, mail) == before
    await site.desk.index()
    found = (await agent.get("/search?q=zzsecretzz")).json()["items"]
    assert [one["kind"] for one in found] == ["notes"]
    assert "zzsecretzz" not in str([one.data for one in await site.desk.events()])


async def test_note_draft_and_reply_draft_stay_apart(agent: Browser, mail: int) -> None:
    await agent.send("PUT", f"/tickets/{mail}/drafts/note", {"text": "inside"})
    await agent.put(f"/tickets/{mail}/drafts/reply", {"text": "outside"})
    await agent.post(f"/tickets/{mail}/replies", reply_of("outside"))
    assert (await agent.get(f"/tickets/{mail}/drafts/note")).json()["text"] == "inside"
    assert (await agent.get(f"/tickets/{mail}/drafts/reply")).json() is None
    await agent.post(f"/tickets/{mail}/notes", note_of("inside"))
    assert (await agent.get(f"/tickets/{mail}/drafts/note")).json() is None


async def test_draft_is_ones_own_and_goes_when_emptied(site: Site, agent: Browser, mail: int) -> None:
    await agent.put(f"/tickets/{mail}/drafts/reply", {"text": "mine", "details": {"cc": [{"address": "a@b.c"}]}})
    mo = await site.browser(await site.desk.person("Mo"))
    assert (await mo.get(f"/tickets/{mail}/drafts/reply")).json() is None
    kept = (await agent.get(f"/tickets/{mail}/drafts/reply")).json()
    assert kept["details"] == {"cc": [{"address": "a@b.c", "name": ""}]}
    await agent.put(f"/tickets/{mail}/drafts/reply", {"text": "  "})
    assert (await agent.get(f"/tickets/{mail}/drafts/reply")).json() is None
    assert (await agent.delete(f"/tickets/{mail}/drafts/reply")).status_code == 204
    assert (await agent.get(f"/tickets/{mail}/drafts/other")).status_code == 400


async def test_reply_goes_to_the_writer_and_copies_but_not_to_ourselves(site: Site, agent: Browser) -> None:
    ticket = await site.ticket("Hi", kind="email")
    channel = await site.desk.column(ticket, "channel_id")
    message = site.desk.mail("Hi again", address="ro@example.com")
    message.details.from_ = _address("ro@example.com")
    message.details.to = [_address("HELP@desk.example"), _address("boss@example.com")]
    message.details.cc = [_address("Ro@example.com"), _address("aunt@example.com")]
    await site.desk.deliver(channel, message)
    newest = (await site.desk.tickets())[-1]
    mail = (await agent.get(f"/tickets/{newest}")).json()["mail"]
    assert [one["address"] for one in mail["to"]] == ["ro@example.com"]
    assert [one["address"] for one in mail["cc"]] == ["boss@example.com", "aunt@example.com"]


def _address(address: str) -> Any:
    from ombud.tickets.schemas import Address  # noqa: PLC0415

    return Address(address)


async def test_reply_without_any_way_out_is_refused(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="form")
    answer = await agent.post(f"/tickets/{ticket}/replies", reply_of())
    assert (answer.status_code, answer.json()["code"]) == (422, "no_reply_channel")
    assert (await agent.get(f"/tickets/{ticket}")).json()["reply_by"] == "none"
    assert await site.desk.column(ticket, "message_count") == 1


@pytest.mark.parametrize(
    "address",
    ["a@b.c\r\nBcc: all@x.y", "a@b.c\nX: y", "nobody", "a@b.c\x00", "a b@c.d", "a@b.c,d@e.f", "a@b.c\u2028x"],
)
async def test_reply_to_a_broken_address_is_refused(site: Site, agent: Browser, mail: int, address: str) -> None:
    answer = await agent.post(f"/tickets/{mail}/replies", reply_of(to=[{"address": address}]))
    assert answer.status_code in {400, 422}, answer.text
    named = await agent.post(f"/tickets/{mail}/replies", reply_of(to=[{"address": "a@b.c", "name": "X\r\nBcc: y@z"}]))
    assert named.status_code == 422
    assert await site.desk.sql("select count(*) from outbox") == 0
