"""An internal note cannot reach a customer: every path out is walked with a note on the ticket."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from ombud.automation.webhooks.jobs import payload_of
from ombud.channels.chat.stream import visitor_frames
from ombud.channels.email.compose import compose_mail, envelope_recipients
from ombud.channels.email.outgoing import build_mail, claim_mail
from ombud.channels.settings import EmailSettings
from ombud.shared.events import events_after
from ombud.tickets.services.intake.work import take_in
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of

SECRET = "zz-between-us-zz"


@pytest.fixture
async def agent(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator", everywhere=True))


async def ask_aside(site: Site, agent: Browser, ticket: int) -> None:
    """A side conversation with a question and an answer that hold the same secret."""
    colleague = await site.desk.person("Mo")
    side = {"subject": "Aside", "text": SECRET, "client_key": client_key(), "person_ids": [colleague.id]}
    made = await agent.post(f"/tickets/{ticket}/sides", side)
    assert made.status_code == 201, made.text
    said = {"text": SECRET, "client_key": client_key()}
    answer = await (await site.browser(colleague)).post(f"/sides/{made.json()['id']}/messages", said)
    assert answer.status_code == 201, answer.text


async def talk(site: Site, agent: Browser) -> tuple[int, Browser]:
    """A visitor's talk on a widget, with a note, a note's file and a side conversation on it."""
    channel = await site.desk.channel("chat")
    key = await site.desk.sql("select public_key from channel where id = %(id)s", id=channel)
    visitor = site.stranger()
    begun = await visitor.client.post(f"/widget/v1/{key}/visitors", json={})
    assert begun.status_code == 201, begun.text
    visitor.client.headers["Authorization"] = f"Bearer {begun.json()['visitor_token']}"
    sent = await visitor.client.post("/widget/v1/messages", json={"client_key": client_key(), "text": "It leaks"})
    assert sent.status_code == 202, sent.text
    while await take_in(site.desk.parts.database, site.desk.parts.clock):
        pass
    ticket = (await site.desk.tickets())[-1]
    file = (await agent.client.post("/api/v1/files", files={"file": (f"{SECRET}.txt", SECRET.encode())})).json()
    written = await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET, attachment_ids=[file["id"]]))
    assert written.status_code == 201
    await ask_aside(site, agent, ticket)
    return ticket, visitor


async def test_widget_history_holds_no_note(site: Site, agent: Browser) -> None:
    ticket, visitor = await talk(site, agent)
    await agent.post(f"/tickets/{ticket}/replies", reply_of("We come."))
    page = await visitor.client.get("/widget/v1/messages")
    assert [one["text"] for one in page.json()["items"]] == ["It leaks", "We come."]
    assert SECRET not in page.text


async def test_widget_file_of_a_note_is_not_found(site: Site, agent: Browser) -> None:
    await talk(site, agent)
    token = await site.desk.sql("select token from file")
    visitor = site.stranger()
    assert (await visitor.client.get(f"/widget/v1/files/{token}/{SECRET}.txt")).status_code == 404
    assert (await visitor.client.get(f"/api/v1/files/{token}/{SECRET}.txt")).status_code == 401


async def test_widget_stream_holds_no_note_even_by_a_forged_event(site: Site, agent: Browser) -> None:
    ticket, _ = await talk(site, agent)
    await site.desk.events()
    async with site.desk.parts.database.transaction() as tx:
        events = await events_after(tx, 0, limit=1_000)
        # Even an event that calls the note a reply brings nothing out.
        forged = [
            msgspec.structs.replace(one, kind=kind, data={"entry_id": one.data["entry_id"]})
            for one in events
            for kind in ("reply_sent", "message_received")
            if one.kind in {"note_added", "side_sent", "side_received"}
        ]
        frames = await visitor_frames(tx, [*events, *forged])
    assert len(forged) == 6
    assert [one.event for one in frames] == ["message"]
    assert SECRET.encode() not in b"".join(one.encode(one.data) for one in frames)
    assert all(one.topic and one.team_id is None for one in frames)
    assert ticket


async def test_agents_frames_never_go_to_a_visitors_topic(site: Site, agent: Browser) -> None:
    await talk(site, agent)
    await site.desk.events()
    async with site.desk.parts.database.transaction() as tx:
        batch = await site.app.state.hub._load(tx, await events_after(tx, 0, limit=1_000), upto=0)
    with_note = [one for one in batch.frames if SECRET.encode() in one.encode(one.data)]
    assert with_note
    assert all(one.topic is None and one.team_id is not None and not one.is_for_all for one in with_note)


async def test_api_channel_hands_out_no_note(site: Site, agent: Browser) -> None:
    ada = await site.desk.person("Key", role="administrator", everywhere=True)
    ticket = await site.ticket()
    channel = await site.desk.column(ticket, "channel_id")
    await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET))
    await ask_aside(site, agent, ticket)
    await agent.post(f"/tickets/{ticket}/replies", reply_of("We come."))
    await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET))
    program = await site.program(ada, "outgoing.read", "messages.write")
    answer = await program.get(f"/channels/{channel}/outgoing")
    assert [one["text"] for one in answer.json()["items"]] == ["We come."]
    assert SECRET not in answer.text
    assert (await program.get(f"/tickets/{ticket}/timeline")).status_code == 403


async def test_webhook_payload_of_every_event_holds_no_word_of_anybody(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(f"{SECRET} customer", kind="email", subject=f"{SECRET} subject")
    await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET))
    await ask_aside(site, agent, ticket)
    await agent.post(f"/tickets/{ticket}/replies", reply_of(SECRET))
    await agent.patch(f"/tickets/{ticket}", {"subject": SECRET, "tags": [SECRET]})
    customer = await site.desk.column(ticket, "customer_id")
    await agent.patch(f"/customers/{customer}", {"notes": SECRET, "name": SECRET})
    events = await site.desk.events()
    assert {"note_added", "reply_sent", "ticket_changed", "customer_changed"} <= {one.kind for one in events}
    assert SECRET.encode() not in b"".join(msgspec.json.encode(payload_of(one)) for one in events)


async def test_mail_answer_and_its_recipients_hold_no_note(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    note = await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET))
    sent = await agent.post(f"/tickets/{ticket}/replies", reply_of("We come."))
    # What the sender works from: the outbox row and the public entry behind it.
    found: Any = await site.desk.sql(
        "select jsonb_agg(to_jsonb(o) || to_jsonb(e)) from outbox o join public_entry e on e.id = o.entry_id"
    )
    assert [one["entry_id"] for one in found] == [sent.json()["id"]]
    assert SECRET not in str(found)
    assert await site.desk.sql("select count(*) from public_entry where id = %(id)s", id=note.json()["id"]) == 0


async def test_undo_never_brings_a_note_into_the_composer_of_a_reply(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    await agent.put(f"/tickets/{ticket}/drafts/note", {"text": SECRET})
    sent = await agent.post(f"/tickets/{ticket}/replies", reply_of("We come."))
    undone = await agent.delete(f"/tickets/{ticket}/replies/{sent.json()['id']}")
    assert undone.json()["text"] == "We come."
    assert (await agent.get(f"/tickets/{ticket}/drafts/reply")).json() is None


async def chats(site: Site, agent: Browser) -> tuple[tuple[int, Browser], tuple[int, Browser]]:
    """Two visitors of one widget, each with a ticket of their own with a note on it."""
    first = await talk(site, agent)
    second = await talk(site, agent)
    site.desk.later(minutes=1)
    return first, second


async def texts_of(visitor: Browser) -> list[str]:
    page = await visitor.client.get("/widget/v1/messages")
    assert SECRET not in page.text
    return [one["text"] for one in page.json()["items"]]


async def test_note_moved_by_a_merge_stays_inside(site: Site, agent: Browser) -> None:
    (target, first), (source, second) = await chats(site, agent)
    await agent.post(f"/tickets/{source}/replies", reply_of("To the second."))
    site.desk.later(minutes=1)
    merged = await agent.post(f"/tickets/{target}/merge", {"source_ids": [source], "confirmed": True})
    assert merged.status_code == 200, merged.text
    await agent.post(f"/tickets/{target}/replies", reply_of("To the first."))
    assert await site.desk.sql("select count(*) from public_entry where text like '%%zz-between%%'") == 0
    assert await texts_of(first) == ["It leaks", "To the first."]
    assert await texts_of(second) == ["It leaks", "To the second."]
    token = await site.desk.sql("select max(token) from file")
    assert (await second.client.get(f"/widget/v1/files/{token}/{SECRET}.txt")).status_code == 404


async def test_note_moved_by_a_split_stays_inside(site: Site, agent: Browser) -> None:
    ticket, visitor = await talk(site, agent)
    note = await site.desk.sql("select id from entry where kind = 'note'")
    made = await agent.post(f"/tickets/{ticket}/split", {"entry_ids": [note], "subject": "Apart"})
    assert made.status_code == 201, made.text
    assert await site.desk.sql("select kind from entry where id = %(id)s", id=note) == "note"
    await agent.post(f"/tickets/{made.json()['id']}/replies", reply_of("About it."))
    assert await texts_of(visitor) == ["It leaks", "About it."]
    assert (await agent.get("/tickets?view=all")).text.count(SECRET) == 0


async def test_merged_visitor_goes_on_talking_and_hears_only_their_own(site: Site, agent: Browser) -> None:
    (target, first), (source, second) = await chats(site, agent)
    await agent.post(f"/tickets/{target}/merge", {"source_ids": [source], "confirmed": True})
    site.desk.later(minutes=1)
    sent = await second.client.post("/widget/v1/messages", json={"client_key": client_key(), "text": "Still there?"})
    assert sent.status_code == 202
    while await take_in(site.desk.parts.database, site.desk.parts.clock):
        pass
    assert await site.desk.column(target, "message_count") == 3
    assert await texts_of(second) == ["It leaks", "Still there?"]
    assert await texts_of(first) == ["It leaks"]
    await site.desk.events()
    async with site.desk.parts.database.transaction() as tx:
        frames = await visitor_frames(tx, await events_after(tx, 0, limit=1_000))
    heard = [one.topic for one in frames if b"Still there?" in one.encode(one.data)]
    assert len(heard) == 1


async def test_webhook_events_of_merge_and_split_hold_no_word(site: Site, agent: Browser) -> None:
    (target, _), (source, _) = await chats(site, agent)
    await agent.post(f"/tickets/{target}/merge", {"source_ids": [source], "confirmed": True})
    note = await site.desk.sql("select min(id) from entry where kind = 'note'")
    await agent.post(f"/tickets/{target}/split", {"entry_ids": [note], "subject": SECRET})
    events = await site.desk.events("ticket_merged", "ticket_split")
    assert len(events) == 2
    assert SECRET.encode() not in b"".join(msgspec.json.encode(payload_of(one)) for one in events)


async def test_side_entry_and_planned_answer_reach_no_visitor(site: Site, agent: Browser) -> None:
    await site.desk.channel("email", address="help@desk.example")
    ticket, visitor = await talk(site, agent)
    body = {"to": [{"address": "maker@parts.example"}], "subject": SECRET, "text": SECRET, "client_key": client_key()}
    side = await agent.post(f"/tickets/{ticket}/forwards", body)
    assert side.status_code == 201, side.text
    at = site.desk.now + timedelta(hours=1)
    planned = {"send_at": at.isoformat(), "reply": reply_of(SECRET)}
    assert (await agent.post(f"/tickets/{ticket}/planned-replies", planned)).status_code == 201
    page = await visitor.client.get("/widget/v1/messages")
    assert [one["text"] for one in page.json()["items"]] == ["It leaks"]
    await site.desk.events()
    async with site.desk.parts.database.transaction() as tx:
        events = await events_after(tx, 0, limit=1_000)
        # Even an event that calls the side entry a reply brings nothing out.
        forged = [
            msgspec.structs.replace(one, kind="reply_sent", data={"entry_id": side.json()["id"]})
            for one in events
            if one.kind == "side_sent"
        ]
        frames = await visitor_frames(tx, [*events, *forged])
    assert forged
    assert SECRET.encode() not in b"".join(one.encode(one.data) for one in frames)
    assert SECRET.encode() not in b"".join(msgspec.json.encode(payload_of(one)) for one in events)


async def test_blind_copies_are_in_no_header_and_no_visitors_message(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    sent = await agent.post(f"/tickets/{ticket}/replies", reply_of(bcc=[{"address": "boss@desk.example"}]))
    assert sent.json()["details"]["bcc"][0]["address"] == "boss@desk.example"
    channel = await site.desk.column(ticket, "channel_id")
    settings = EmailSettings(address="help@desk.example", sender_name="Help")
    site.desk.later(minutes=1)
    parts = site.desk.parts
    async with parts.database.transaction() as tx:
        claimed = await claim_mail(tx, channel, b"k" * 32, "desk.example", now=site.desk.now)
        assert claimed
        key = b"k" * 32
        mail = await build_mail(tx, claimed, settings, parts.files, parts.key_ring, key=key, now=site.desk.now)
    assert "boss@desk.example" in envelope_recipients(mail)
    assert b"boss@desk.example" not in compose_mail(mail).as_bytes()
