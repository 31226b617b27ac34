"""Forwarded messages and third parties' answers: beside the conversation, never in it."""

from typing import Any

import pytest

from ombud.channels.email.outgoing import SideLeak, build_mail, claim_mail
from ombud.channels.email.tokens import read_message_ids, read_reply_token, read_side_token, sign_side_address
from ombud.channels.settings import EmailSettings, ThreadingSettings
from ombud.shared.actor import Actor
from ombud.tickets.schemas import Address, EntryDetails
from tests.accounts.desk import Browser
from tests.site import Site, client_key, reply_of

KEY = b"k" * 32
MAKER = "parts@maker.example"


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def mail(site: Site) -> int:
    return await site.ticket("It leaks", kind="email", subject="Leak")


def forward_of(text: str = "Do you have this part?", to: str = MAKER, **more: Any) -> dict[str, Any]:
    return {"to": [{"address": to}], "subject": "Part", "text": text, "client_key": client_key()} | more


async def forwarded(agent: Browser, ticket: int, **more: Any) -> Any:
    answer = await agent.post(f"/tickets/{ticket}/forwards", forward_of(**more))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def built(site: Site, ticket: int) -> Any:
    """The next due mail as the sender makes it."""
    channel = await site.desk.column(ticket, "channel_id")
    settings = EmailSettings(
        address="help@desk.example", sender_name="Help", threading=ThreadingSettings(plus_address=True)
    )
    site.desk.later(minutes=1)
    async with site.desk.parts.database.transaction() as tx:
        claimed = await claim_mail(tx, channel, KEY, "desk.example", now=site.desk.now)
        assert claimed
        parts = site.desk.parts
        return await build_mail(tx, claimed, settings, parts.files, parts.key_ring, key=KEY, now=site.desk.now)


async def side_of(site: Site, entry: Any) -> int:
    found: int = await site.desk.sql("select side_id from entry where id = %(id)s", id=entry["id"])
    return found


async def answered(site: Site, ticket: int, text: str = "We have it", **more: Any) -> None:
    channel = await site.desk.column(ticket, "channel_id")
    await site.desk.deliver(channel, site.desk.mail(text, more.pop("address", MAKER), **more))


async def row_of(site: Site, ticket: int) -> Any:
    names = "status_id, category, waiting_since, preview, last_message_id, message_count, snoozed_until"
    return await site.desk.sql(f"select to_jsonb(t) from (select {names} from ticket where id = %(id)s) t", id=ticket)


async def test_forward_quotes_the_chosen_messages_below_ones_own_words(site: Site, agent: Browser, mail: int) -> None:
    before = await row_of(site, mail)
    first = await site.desk.column(mail, "last_message_id")
    entry = await forwarded(agent, mail, entry_ids=[first], cc=[{"address": "boss@maker.example"}])
    assert (entry["kind"], entry["direction"], entry["delivery"]["state"]) == ("side", "out", "queued")
    assert entry["text"].startswith("Do you have this part?\n\n---------- Forwarded message ----------\nFrom: Rosa")
    assert entry["text"].endswith("It leaks")
    assert await row_of(site, mail) == before
    assert [one.kind for one in await site.desk.events() if one.kind in {"reply_sent", "side_sent"}] == ["side_sent"]


async def test_mail_to_a_third_party_carries_no_trace_of_the_conversation(
    site: Site, agent: Browser, mail: int
) -> None:
    entry = await forwarded(agent, mail, bcc=[{"address": "quiet@maker.example"}])
    letter = await built(site, mail)
    assert [one.address for one in letter.to] == [MAKER]
    assert [one.address for one in letter.bcc] == ["quiet@maker.example"]
    assert (letter.in_reply_to, letter.references, letter.subject) == ("", [], "Part")
    [back] = letter.reply_to
    assert read_side_token(back.address, KEY) == await side_of(site, entry)
    assert read_reply_token(back.address, KEY) is None
    assert read_message_ids([letter.message_id], KEY) is None


@pytest.mark.parametrize("trace", ["reference", "address", "both_with_public_proof"])
async def test_answer_of_a_third_party_stays_beside_the_conversation(
    site: Site, agent: Browser, mail: int, trace: str
) -> None:
    entry = await forwarded(agent, mail)
    letter = await built(site, mail)
    before = await row_of(site, mail)
    more: dict[str, Any] = {"references": [letter.message_id]}
    if trace == "address":
        more = {"side_ids": [await side_of(site, entry)]}
    if trace == "both_with_public_proof":
        more["proven_ticket_ids"] = [mail]
    await answered(site, mail, **more)
    newest = (await site.desk.timeline(mail))[-1]
    assert (newest.kind, newest.direction, newest.text) == ("side", "in", "We have it")
    assert await row_of(site, mail) == before
    assert len(await site.desk.tickets()) == 1
    assert await site.desk.sql("select count(*) from public_entry where ticket_id = %(id)s", id=mail) == 1
    assert [one["kind"] for one in (await agent.get("/notifications")).json()["items"]] == ["side_replied"]
    kinds = [one.kind for one in await site.desk.events()]
    assert ("side_received" in kinds, kinds.count("message_received"), "ticket_reopened" in kinds) == (True, 1, False)


async def test_answer_of_a_third_party_wakes_no_solved_ticket(site: Site, agent: Browser, mail: int) -> None:
    await forwarded(agent, mail)
    letter = await built(site, mail)
    await agent.post(f"/tickets/{mail}/replies", reply_of("Done", solve=True))
    await site.desk.run("update ticket set category = 'closed' where id = %(id)s", id=mail)
    await answered(site, mail, references=[letter.message_id])
    assert await site.desk.column(mail, "category") == "closed"
    assert len(await site.desk.tickets()) == 1
    assert (await site.desk.timeline(mail))[-1].kind == "side"


async def test_second_answer_in_one_batch_that_only_knows_the_first_is_a_side_entry_too(
    site: Site, agent: Browser, mail: int
) -> None:
    await forwarded(agent, mail)
    letter = await built(site, mail)
    channel = await site.desk.column(mail, "channel_id")
    first = site.desk.mail("One", MAKER, message_id="a@maker.example", references=[letter.message_id])
    second = site.desk.mail("Two", "boss@maker.example", references=["a@maker.example"])
    await site.desk.deliver(channel, first, second)
    assert [one.kind for one in await site.desk.timeline(mail)][-2:] == ["side", "side"]
    third = site.desk.mail("Three", "boss@maker.example", references=["a@maker.example"])
    await site.desk.deliver(channel, third)
    assert (await site.desk.timeline(mail))[-1].kind == "side"


async def test_reply_to_the_customer_goes_to_no_third_party_and_names_none_of_their_mails(
    site: Site, agent: Browser, mail: int
) -> None:
    await forwarded(agent, mail)
    side = await built(site, mail)
    await answered(site, mail, "zz-between-us-zz", references=[side.message_id])
    assert [one["address"] for one in (await agent.get(f"/tickets/{mail}")).json()["mail"]["to"]] == [
        "rosa@example.com"
    ]
    await agent.post(f"/tickets/{mail}/replies", reply_of("We ordered the part."))
    letter = await built(site, mail)
    assert [one.address for one in [*letter.to, *letter.cc, *letter.bcc]] == ["rosa@example.com"]
    assert side.message_id not in letter.references
    assert "zz-between-us-zz" not in letter.text


@pytest.mark.parametrize("place", ["to", "cc", "bcc"])
async def test_forward_to_the_customers_side_is_refused(site: Site, agent: Browser, mail: int, place: str) -> None:
    body = forward_of() | {place: [{"address": "Rosa@Example.com"}]}
    answer = await agent.post(f"/tickets/{mail}/forwards", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "customer_address")
    assert await site.desk.sql("select count(*) from outbox") == 0


async def test_somebody_in_copy_of_the_conversation_is_no_third_party(agent: Browser, mail: int) -> None:
    await agent.post(f"/tickets/{mail}/replies", reply_of(cc=[{"address": "husband@example.com"}]))
    answer = await agent.post(f"/tickets/{mail}/forwards", forward_of(to="husband@example.com"))
    assert answer.json()["code"] == "customer_address"


async def test_third_party_who_joins_the_conversation_before_it_leaves_gets_nothing(
    site: Site, agent: Browser, mail: int
) -> None:
    await forwarded(agent, mail)
    customer = await site.desk.column(mail, "customer_id")
    await site.desk.run("update customer set email = 'PARTS@maker.example' where id = %(id)s", id=customer)
    with pytest.raises(SideLeak):
        await built(site, mail)


async def test_note_cannot_be_forwarded(site: Site, agent: Browser, mail: int) -> None:
    note = await agent.post(f"/tickets/{mail}/notes", {"text": "Secret", "client_key": client_key()})
    answer = await agent.post(f"/tickets/{mail}/forwards", forward_of(entry_ids=[note.json()["id"]]))
    assert (answer.status_code, answer.json()["fields"]) == (400, {"entry_ids": "unknown"})
    elsewhere = await site.ticket("Other", kind="chat")
    foreign = await site.desk.column(elsewhere, "last_message_id")
    assert (await agent.post(f"/tickets/{mail}/forwards", forward_of(entry_ids=[foreign]))).status_code == 400


async def test_undone_forward_comes_back_and_never_as_a_reply(site: Site, agent: Browser, mail: int) -> None:
    entry = await forwarded(agent, mail)
    assert (await agent.delete(f"/tickets/{mail}/replies/{entry['id']}")).status_code == 404
    back = await agent.delete(f"/tickets/{mail}/forwards/{entry['id']}")
    assert (back.status_code, back.json()["text"]) == (200, "Do you have this part?")
    assert await site.desk.sql("select count(*) from outbox") == 0
    assert [one.kind for one in await site.desk.timeline(mail)] == ["message"]


async def test_same_key_forwards_once(site: Site, agent: Browser, mail: int) -> None:
    body = forward_of()
    first = await agent.post(f"/tickets/{mail}/forwards", body)
    assert (await agent.post(f"/tickets/{mail}/forwards", body)).json()["id"] == first.json()["id"]
    wrong = await agent.post(f"/tickets/{mail}/replies", reply_of(client_key=body["client_key"]))
    assert wrong.json()["code"] == "client_key_reused"
    assert await site.desk.sql("select count(*) from outbox") == 1


async def test_desk_without_a_mailbox_forwards_nothing(site: Site, agent: Browser) -> None:
    ticket = await site.ticket(kind="chat")
    answer = await agent.post(f"/tickets/{ticket}/forwards", forward_of())
    assert (answer.status_code, answer.json()["code"]) == (422, "no_mailbox")


async def test_chat_is_forwarded_by_a_mailbox_of_its_brand(site: Site, agent: Browser) -> None:
    mailbox = await site.desk.channel("email", address="help@desk.example")
    ticket = await site.ticket("It leaks", kind="chat")
    await forwarded(agent, ticket, entry_ids=[await site.desk.column(ticket, "last_message_id")])
    assert await site.desk.sql("select channel_id from outbox") == mailbox


@pytest.mark.parametrize("address", ["help+s7-aaaaaaaaaaaa@desk.example", "help@desk.example", "nonsense"])
def test_forged_side_address_leads_nowhere(address: str) -> None:
    assert read_side_token(address, KEY) is None
    assert read_side_token(sign_side_address(7, b"x" * 32, "help@desk.example"), KEY) is None


async def known_customers(agent: Browser) -> tuple[list[str], list[Any]]:
    names = [one["name"] for one in (await agent.get("/customers")).json()["items"]]
    return sorted(names), (await agent.get("/customers?q=parts")).json()["items"]


async def test_third_party_who_answers_is_no_customer(site: Site, agent: Browser, mail: int) -> None:
    entry = await forwarded(agent, mail)
    before = await known_customers(agent)
    first = site.desk.mail("We have it", MAKER, side_ids=[await side_of(site, entry)], message_id="one@maker.example")
    # Another of theirs answers the answer, in the same batch and without our token.
    second = site.desk.mail("And a spare one", "store@maker.example", references=["one@maker.example"])
    await site.desk.deliver(await site.desk.column(mail, "channel_id"), first, second)
    sides = [one for one in await site.desk.timeline(mail) if one.kind == "side" and one.id != entry["id"]]
    assert [(one.author.kind, one.author.id, one.text) for one in sides] == [
        ("third_party", None, "We have it"),
        ("third_party", None, "And a spare one"),
    ]
    assert await known_customers(agent) == before
    assert await site.desk.sql("select count(*) from identity where value like '%%maker.example'") == 0


async def test_third_party_is_named_by_what_their_mail_says(site: Site, agent: Browser, mail: int) -> None:
    entry = await forwarded(agent, mail)
    details = EntryDetails(from_=Address(MAKER, "Parts Desk"))
    await answered(site, mail, side_ids=[await side_of(site, entry)], details=details)
    shown = (await agent.get(f"/tickets/{mail}/timeline")).json()["items"][-1]
    assert shown["author"] == {"kind": "third_party", "id": None, "name": "Parts Desk"}


async def test_third_party_who_is_a_customer_stays_who_they_are(site: Site, agent: Browser, mail: int) -> None:
    await answered(site, mail, "My own machine leaks")
    maker = await site.desk.sql("select customer_id from identity where value = %(v)s", v=MAKER)
    entry = await forwarded(agent, mail)
    await answered(site, mail, side_ids=[await side_of(site, entry)])
    [side] = [one for one in await site.desk.timeline(mail) if one.kind == "side" and one.direction == "in"]
    assert (side.author.kind, side.author.id) == ("customer", maker)


async def test_third_party_who_writes_on_their_own_becomes_a_customer(site: Site, agent: Browser, mail: int) -> None:
    entry = await forwarded(agent, mail)
    await answered(site, mail, side_ids=[await side_of(site, entry)])
    await answered(site, mail, "Now about our own order")
    assert [one["email"] for one in (await known_customers(agent))[1]] == [MAKER]
