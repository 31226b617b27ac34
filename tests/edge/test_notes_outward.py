"""More ways by which an internal note might get out, each tried: keys reused, files handed on, tickets by hand."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of

SECRET = "zz-between-us-zz"


@pytest.fixture
async def agent(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator", everywhere=True))


async def upload(browser: Browser) -> dict[str, Any]:
    made = await browser.client.post("/api/v1/files", files={"file": (f"{SECRET}.txt", SECRET.encode())})
    found: dict[str, Any] = made.json()
    return found


async def test_reply_under_the_key_of_a_note_is_refused_and_sends_nothing(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    note = note_of(SECRET)
    await agent.post(f"/tickets/{ticket}/notes", note)
    answer = await agent.post(f"/tickets/{ticket}/replies", reply_of(client_key=note["client_key"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "client_key_reused")
    assert await site.desk.sql("select count(*) from outbox") == 0


async def test_note_under_the_key_of_a_reply_stays_a_refusal(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="chat")
    sent = reply_of("We come.")
    await agent.post(f"/tickets/{ticket}/replies", sent)
    answer = await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET, client_key=sent["client_key"]))
    assert answer.status_code == 409
    assert await site.desk.sql("select count(*) from entry where text like '%%zz%%'") == 0


@pytest.mark.parametrize("kind", ["chat", "api", "email"])
async def test_ticket_opened_with_a_note_sends_nothing(site: Site, agent: Browser, kind: str) -> None:
    channel = await site.desk.channel(kind)
    opened = {"subject": "s", "text": SECRET, "team_id": 1, "client_key": client_key(), "channel_id": channel}
    made = await agent.post("/tickets", opened | {"customer": {"email": "rosa@example.com"}, "write_as": "note"})
    assert made.status_code == 201, made.text
    assert await site.desk.sql("select count(*) from outbox") == 0
    assert await site.desk.sql("select count(*) from public_entry") == 0
    row = (await agent.get(f"/tickets/{made.json()['id']}")).json()
    assert SECRET not in row["preview"]


async def test_outbox_row_for_a_note_is_refused_by_the_database(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    note = (await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET))).json()["id"]
    sql = """
        insert into outbox (channel_id, ticket_id, entry_id, state, not_before, envelope, created_at)
        select channel_id, id, %(note)s, 'queued', now(), '{}', now() from ticket where id = %(ticket)s"""
    with pytest.raises(Exception, match="foreign key"):
        await site.desk.run(sql, note=note, ticket=ticket)


async def test_programs_of_a_channel_read_no_file_of_a_note(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    file = await upload(agent)
    await agent.post(f"/tickets/{ticket}/notes", note_of(attachment_ids=[file["id"]]))
    program = await site.program(await site.desk.person("Al", role="administrator"), "messages.write", "outgoing.read")
    assert (await program.client.get(file["url"])).status_code == 403
    channel = await site.desk.column(ticket, "channel_id")
    body = {"customer": {"external_id": "c1"}, "text": "x", "attachment_ids": [file["id"]]}
    answer = await program.send("POST", f"/channels/{channel}/messages", body, **{"Idempotency-Key": client_key()})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"attachment_ids": "unknown"})


async def test_canned_reply_fills_in_no_note(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET))
    customer = await site.desk.column(ticket, "customer_id")
    await agent.patch(f"/customers/{customer}", {"notes": SECRET, "name": "{{customer.notes}}"})
    text = "{{customer.name}} {{customer.notes}} {{ticket.notes}} {{ticket.note}} {{entry.text}} {{ticket.preview}}"
    made = await agent.post("/canned-replies", {"title": "t", "text": text})
    shown = await agent.post(f"/canned-replies/{made.json()['id']}/rendering", {"ticket_id": ticket})
    assert SECRET not in shown.text


async def test_status_of_a_note_taken_for_a_reply_is_not_found(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    note = (await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET))).json()["id"]
    assert (await agent.delete(f"/tickets/{ticket}/replies/{note}")).status_code == 404
    assert (await agent.post(f"/tickets/{ticket}/replies/{note}/retry")).status_code == 404


async def test_form_of_the_same_customer_shows_no_note(site: Site, agent: Browser) -> None:
    ticket = await site.ticket()
    await agent.post(f"/tickets/{ticket}/notes", note_of(SECRET))
    form = await site.desk.channel("form")
    key = await site.desk.sql("select public_key from channel where id = %(id)s", id=form)
    assert SECRET not in (await site.stranger().client.get(f"/forms/{key}")).text


async def test_outbox_row_for_a_side_entry_as_a_message_is_refused_by_the_database(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    body = {"to": [{"address": "maker@parts.example"}], "subject": "s", "text": SECRET, "client_key": client_key()}
    side = (await agent.post(f"/tickets/{ticket}/forwards", body)).json()["id"]
    with pytest.raises(Exception, match="foreign key"):
        await site.desk.run("update outbox set entry_kind = 'message' where entry_id = %(id)s", id=side)
    # Handed to a channel that reads messages, it is none of theirs.
    await site.desk.run("update outbox set state = 'queued', not_before = now() where entry_id = %(id)s", id=side)
    program = await site.program(await site.desk.person("Al", role="administrator"), "outgoing.read")
    channel = await site.desk.channel("api")
    await site.desk.run("update outbox set channel_id = %(channel)s", channel=channel)
    assert SECRET not in (await program.get(f"/channels/{channel}/outgoing")).text


async def test_reply_under_the_key_of_a_side_entry_is_refused(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="email")
    body = {"to": [{"address": "maker@parts.example"}], "subject": "s", "text": SECRET, "client_key": client_key()}
    await agent.post(f"/tickets/{ticket}/forwards", body)
    answer = await agent.post(f"/tickets/{ticket}/replies", reply_of(client_key=body["client_key"]))
    assert answer.status_code == 409
    assert await site.desk.sql("select count(*) from public_entry where text like '%%zz%%'") == 0
