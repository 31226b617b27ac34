"""Side conversations: several beside a ticket, each with its own thread, by mail or in the app."""

from dataclasses import dataclass
from typing import Any

import pytest

from ombud.channels.email.outgoing import build_mail, claim_mail
from ombud.channels.email.tokens import read_reply_token, read_side_token
from ombud.channels.settings import EmailSettings, ThreadingSettings
from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of

KEY = b"k" * 32
MAKER, CARRIER = "parts@maker.example", "post@carrier.example"
SECRET = "zz-between-us-zz"


@dataclass
class Beside:
    """A customer's mail, its agent, a colleague elsewhere and a partner; what is asked and answered beside it."""

    site: Site
    ticket: int
    logistics: int
    lu: Browser
    ma: Browser
    partner: Browser
    people: dict[str, Actor]

    async def open(self, **more: Any) -> dict[str, Any]:
        """A new side conversation; by mail to the maker unless said otherwise."""
        body = {"subject": "Part", "text": f"Do you have it? {SECRET}", "client_key": client_key()} | more
        if not {"to", "person_ids", "team_ids"} & set(body):
            body["to"] = [{"address": MAKER}]
        answer = await self.lu.post(f"/tickets/{self.ticket}/sides", body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ask(self, **more: Any) -> dict[str, Any]:
        """A new one in the app, with the department of logistics."""
        return await self.open(**({"team_ids": [self.logistics], "subject": "Where is it?"} | more))

    async def write(self, side: dict[str, Any], text: str = "And when?", **more: Any) -> Any:
        """One more message of the agent's."""
        body = {"text": text, "client_key": client_key()} | more
        return await self.lu.post(f"/tickets/{self.ticket}/sides/{side['id']}/messages", body)

    async def answer(self, side: dict[str, Any], who: Browser | None = None, **more: Any) -> Any:
        """What somebody who was asked writes."""
        body = {"text": f"At the depot. {SECRET}", "client_key": client_key()} | more
        return await (who or self.partner).post(f"/sides/{side['id']}/messages", body)

    async def show(self, side: dict[str, Any]) -> dict[str, Any]:
        """The side conversation as it is."""
        answer = await self.lu.get(f"/tickets/{self.ticket}/sides/{side['id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def letter(self) -> Any:
        """The next due mail as the sender makes it."""
        channel = await self.site.desk.column(self.ticket, "channel_id")
        settings = EmailSettings(
            address="help@desk.example", sender_name="Help", threading=ThreadingSettings(plus_address=True)
        )
        self.site.desk.later(minutes=1)
        async with self.site.desk.parts.database.transaction() as tx:
            claimed = await claim_mail(tx, channel, KEY, "desk.example", now=self.site.desk.now)
            assert claimed
            parts = self.site.desk.parts
            return await build_mail(tx, claimed, settings, parts.files, parts.key_ring, key=KEY, now=self.site.desk.now)

    async def mailed(self, text: str, address: str = MAKER, **more: Any) -> None:
        """A mail that comes in."""
        channel = await self.site.desk.column(self.ticket, "channel_id")
        await self.site.desk.deliver(channel, self.site.desk.mail(text, address, **more))

    async def boss(self) -> Actor:
        """An administrator who sees all teams."""
        return await self.site.desk.person("Bo", role="administrator", everywhere=True)

    async def public(self) -> list[str]:
        """What the customer can read of the ticket."""
        sql = "select coalesce(array_agg(text order by id), '{}') from public_entry where ticket_id = %(id)s"
        found: list[str] = await self.site.desk.sql(sql, id=self.ticket)
        return found

    async def told(self, who: Browser) -> list[Any]:
        """Kinds of somebody's notifications, each with its ticket and side conversation."""
        items = (await who.get("/notifications")).json()["items"]
        return [(one["kind"], one["ticket_id"], one["side_id"]) for one in items]


@pytest.fixture
async def beside(site: Site) -> Beside:
    ticket = await site.ticket("It leaks", kind="email", subject="Leak")
    logistics = await site.desk.team("Logistics")
    people = {
        "lu": await site.desk.person("Lu"),
        "ma": await site.desk.person("Ma", logistics),
        "partner": await site.desk.person("Pei", logistics, role="partner"),
    }
    browsers = {name: await site.browser(one) for name, one in people.items()}
    return Beside(site, ticket, logistics, people=people, **browsers)


async def test_open_by_mail_threads_only_with_itself(beside: Beside) -> None:
    one = await beside.open()
    first = await beside.letter()
    other = await beside.open(to=[{"address": CARRIER}], subject="Parcel")
    second = await beside.letter()
    await beside.write(one)
    third = await beside.letter()
    assert (second.in_reply_to, second.references) == ("", [])
    assert (third.references, third.subject) == ([first.message_id], "Re: Part")
    assert [one.address for one in third.to] == [MAKER]
    [back] = third.reply_to
    assert (read_side_token(back.address, KEY), read_reply_token(back.address, KEY)) == (one["id"], None)
    assert [each["subject"] for each in (await beside.lu.get(f"/tickets/{beside.ticket}/sides")).json()["items"]] == [
        "Part",
        "Parcel",
    ]
    assert other["people"] == [{"kind": "address", "id": None, "name": CARRIER}]


@pytest.mark.parametrize("way", ["reference", "address", "both_of_two"])
async def test_answer_by_mail_joins_the_right_side_conversation(beside: Beside, way: str) -> None:
    one = await beside.open()
    first = await beside.letter()
    other = await beside.open(to=[{"address": CARRIER}])
    second = await beside.letter()
    more: dict[str, Any] = {
        "reference": {"references": [second.message_id]},
        "address": {"side_ids": [other["id"]]},
        # what they were given counts before what they quote
        "both_of_two": {"side_ids": [other["id"]], "references": [first.message_id]},
    }[way]
    await beside.mailed("On its way", CARRIER, **more)
    assert [each["text"] for each in (await beside.show(other))["messages"]][1:] == ["On its way"]
    assert len((await beside.show(one))["messages"]) == 1
    assert await beside.told(beside.lu) == [("side_replied", beside.ticket, other["id"])]
    assert await beside.public() == ["It leaks"]


async def test_opener_is_told_though_somebody_else_holds_the_ticket(beside: Beside) -> None:
    wu = await beside.site.desk.person("Wu")
    side = await beside.open()
    await beside.lu.put(f"/tickets/{beside.ticket}/assignment", {"assignee_id": wu.id})
    await beside.mailed("Yes", side_ids=[side["id"]])
    assert ("side_replied", beside.ticket, side["id"]) in await beside.told(beside.lu)
    assert ("side_replied", beside.ticket, side["id"]) in await beside.told(await beside.site.browser(wu))


async def test_answer_opens_a_closed_side_conversation_again(beside: Beside) -> None:
    side = await beside.open()
    path = f"/tickets/{beside.ticket}/sides/{side['id']}/state"
    closed = await beside.lu.put(path, {"is_closed": True})
    assert closed.json()["closed_at"] is not None
    refused = await beside.write(side)
    assert (refused.status_code, refused.json()["code"]) == (409, "side_closed")
    await beside.mailed("One more thing", side_ids=[side["id"]])
    assert (await beside.show(side))["closed_at"] is None
    changes = [one.data["change"] for one in await beside.site.desk.events() if one.kind == "side_changed"]
    assert changes == ["opened", "closed", "reopened"]


async def test_stranger_with_a_trace_stays_inside_and_is_marked(beside: Beside) -> None:
    side = await beside.open()
    await beside.mailed("I am the maker's cousin", "cousin@elsewhere.example", side_ids=[side["id"]])
    await beside.mailed("I am the maker", side_ids=[side["id"]])
    [_, cousin, maker] = (await beside.show(side))["messages"]
    assert (cousin["details"].get("is_verified", True), maker["details"].get("is_verified", True)) == (False, True)


async def test_same_key_opens_and_writes_once(beside: Beside) -> None:
    body = {"subject": "Part", "text": "Yes?", "client_key": client_key(), "team_ids": [beside.logistics]}
    path = f"/tickets/{beside.ticket}/sides"
    ids = [(await beside.lu.post(path, body)).json()["id"] for _ in range(2)]
    assert ids[0] == ids[1]
    key = client_key()
    for _ in range(2):
        await beside.answer({"id": ids[0]}, client_key=key)
    assert len((await beside.show({"id": ids[0]}))["messages"]) == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to": [], "person_ids": []}, 400),
        ({"to": [{"address": MAKER}], "team_ids": [1]}, 400),
        ({"person_ids": [999_999]}, 400),
        ({"to": [{"address": "ROSA@example.com"}]}, 422),
        ({"to": [{"address": "help@desk.example"}]}, 400),
        ({"person_ids": [1], "text": " "}, 400),
        ({"person_ids": [1], "entry_ids": [999_999]}, 400),
    ],
)
async def test_open_refuses_what_cannot_be_asked(beside: Beside, more: dict[str, Any], code: int) -> None:
    body = {"subject": "Part", "text": "Yes?", "client_key": client_key()} | more
    assert (await beside.lu.post(f"/tickets/{beside.ticket}/sides", body)).status_code == code
    assert await beside.site.desk.sql("select count(*) from side_conversation") == 0


async def test_department_is_asked_in_the_app_and_answers(beside: Beside) -> None:
    side = await beside.ask()
    assert side["people"] == [{"kind": "team", "id": beside.logistics, "name": "Logistics"}]
    assert await beside.told(beside.ma) == [("side_asked", None, side["id"])]
    [listed] = (await beside.partner.get("/sides")).json()["items"]
    assert (listed["subject"], listed["last_direction"]) == ("Where is it?", "out")
    answered = await beside.answer(side)
    assert [(one["name"], one["is_own"]) for one in answered.json()["messages"]] == [("Lu", False), ("Pei", True)]
    assert await beside.told(beside.lu) == [("side_replied", beside.ticket, side["id"])]
    shown = await beside.show(side)
    assert [one["direction"] for one in shown["messages"]] == ["out", "in"]
    assert shown["last_direction"] == "in"
    await beside.write(side, "Thank you")
    assert await beside.told(beside.ma) == [("side_asked", None, side["id"])] * 2
    assert (await beside.ma.put(f"/sides/{side['id']}/read", {})).status_code == 204
    assert all(one["read_at"] for one in (await beside.ma.get("/notifications")).json()["items"])


async def test_partner_sees_what_was_asked_and_nothing_else(beside: Beside) -> None:
    side = await beside.ask()
    mail = await beside.open()
    for_lu = await beside.ask(team_ids=[], person_ids=[beside.people["lu"].id])
    whole = await beside.partner.get(f"/sides/{side['id']}")
    assert "It leaks" not in whole.text
    assert [one["id"] for one in (await beside.partner.get("/sides")).json()["items"]] == [side["id"]]
    for other in (mail, for_lu):
        assert (await beside.partner.get(f"/sides/{other['id']}")).status_code == 404
        assert (await beside.answer(other)).status_code == 404
    paths = ["", "/timeline", "/sides", f"/sides/{side['id']}"]
    assert {(await beside.partner.get(f"/tickets/{beside.ticket}{path}")).status_code for path in paths} == {403}


async def test_seeing_every_team_is_no_reason_to_read_what_others_were_asked(beside: Beside) -> None:
    side = await beside.ask(team_ids=[], person_ids=[beside.people["ma"].id])
    boss = await beside.site.browser(await beside.boss())
    assert (await boss.get("/sides")).json()["items"] == []
    assert (await boss.get(f"/sides/{side['id']}")).status_code == 404
    # on the ticket, which they see, it stands like a note
    assert (await boss.get(f"/tickets/{beside.ticket}/sides/{side['id']}")).status_code == 200


async def test_who_left_the_department_is_not_asked_any_more(beside: Beside) -> None:
    side = await beside.ask()
    await beside.site.desk.run("delete from membership where person_id = %(id)s", id=beside.people["partner"].id)
    assert (await beside.partner.get(f"/sides/{side['id']}")).status_code == 404


async def upload(who: Browser, path: str, content: bytes = b"seen", name: str = "depot.txt") -> Any:
    return await who.client.post(f"/api/v1{path}", files={"file": (name, content)})


async def test_files_go_both_ways_through_their_own_doors(beside: Beside) -> None:
    kept = (await upload(beside.lu, "/files", b"label")).json()
    side = await beside.ask(attachment_ids=[kept["id"]])
    [asked] = (await beside.partner.get(f"/sides/{side['id']}")).json()["messages"]
    assert (await beside.partner.client.get(asked["files"][0]["url"])).content == b"label"
    assert (await beside.partner.client.get(kept["url"])).status_code == 403
    own = (await upload(beside.partner, f"/sides/{side['id']}/files")).json()
    assert (await beside.answer(side, attachment_ids=[own["id"]])).status_code == 201
    [attached] = (await beside.show(side))["messages"][1]["attachments"]
    assert (await beside.lu.client.get(attached["url"])).content == b"seen"


async def test_asked_person_attaches_no_file_of_somebody_else(beside: Beside) -> None:
    side = await beside.ask()
    kept = (await upload(beside.lu, "/files")).json()
    refused = await beside.answer(side, attachment_ids=[kept["id"]])
    assert (refused.status_code, refused.json()["fields"]) == (400, {"attachment_ids": "unknown"})
    other = await beside.ask(team_ids=[], person_ids=[beside.people["lu"].id], attachment_ids=[kept["id"]])
    assert other["id"]
    assert (await beside.partner.get(f"/sides/{side['id']}/files/{kept['id']}")).status_code == 404


async def test_quoted_message_is_seen_by_whom_it_was_quoted_for(beside: Beside) -> None:
    first = await beside.site.desk.column(beside.ticket, "last_message_id")
    side = await beside.ask(entry_ids=[first], text="Please look:")
    [message] = (await beside.partner.get(f"/sides/{side['id']}")).json()["messages"]
    assert message["text"].startswith("Please look:")
    assert message["text"].endswith("It leaks")


async def test_forward_is_a_side_conversation(beside: Beside) -> None:
    body = {"to": [{"address": MAKER}], "subject": "Part", "text": "Look", "client_key": client_key()}
    entry = (await beside.lu.post(f"/tickets/{beside.ticket}/forwards", body)).json()
    side = await beside.show({"id": entry["side_id"]})
    assert (side["subject"], side["kind"], side["to"]) == ("Part", "mail", [{"address": MAKER, "name": ""}])
    await beside.lu.delete(f"/tickets/{beside.ticket}/forwards/{entry['id']}")
    assert (await beside.lu.get(f"/tickets/{beside.ticket}/sides")).json()["items"] == []


async def test_message_of_a_side_conversation_leaves_the_composers_draft(beside: Beside) -> None:
    draft = f"/tickets/{beside.ticket}/drafts/forward"
    await beside.lu.put(draft, {"text": "half a thought"})
    side = await beside.open()
    await beside.write(side)
    assert (await beside.lu.get(draft)).json()["text"] == "half a thought"


RICH = "<p>When does it <strong>come</strong>?</p>"


async def test_marks_go_along_by_mail_and_in_the_app(beside: Beside) -> None:
    for side in (await beside.open(html=RICH), await beside.ask(html=RICH)):
        await beside.write(side, html="<p>And <em>where</em> is it?<script>x</script></p>")
        shown = await beside.show(side)
        assert [one["html"] for one in shown["messages"]] == [RICH, "<p>And <em>where</em> is it?</p>"]
        assert [one["text"] for one in shown["messages"]] == ["When does it come?", "And where is it?"]
    seen = (await beside.partner.get(f"/sides/{side['id']}")).json()["messages"]
    assert [one["html"] for one in seen] == [RICH, "<p>And <em>where</em> is it?</p>"]


async def test_each_side_conversation_keeps_a_draft_that_its_message_takes_along(beside: Beside) -> None:
    first, second = await beside.open(), await beside.ask()
    path = f"/tickets/{beside.ticket}/drafts"
    drafts = [f"{path}/side-{number}" for number in (first["id"], second["id"], 0)]
    for draft in drafts:
        kept = await beside.lu.put(draft, {"text": "Half", "details": {"html": "<p><em>Half</em></p>"}})
        assert kept.status_code == 200, kept.text
    await beside.write(first)
    texts = [(await beside.lu.get(draft)).json() for draft in drafts]
    assert [one and one["details"]["html"] for one in texts] == [None, *["<p><em>Half</em></p>"] * 2]
    await beside.ask()
    assert (await beside.lu.get(drafts[2])).json() is None
    assert (await beside.ma.get(drafts[1])).status_code in {403, 404}


@pytest.mark.parametrize("kind", ["side-", "side-x", "Side-1", "side--1", "sides-1", f"side-{10**18}"])
async def test_draft_of_nothing_is_refused(beside: Beside, kind: str) -> None:
    answer = await beside.lu.put(f"/tickets/{beside.ticket}/drafts/{kind}", {"text": "Half"})
    assert answer.status_code in {400, 404}


async def test_agent_without_mail_rights_asks_in_the_app_only(beside: Beside) -> None:
    key = await beside.site.program(await beside.boss(), "tickets.read", "tickets.note")
    body = {"subject": "Part", "text": "Yes?", "client_key": client_key()}
    path = f"/tickets/{beside.ticket}/sides"
    assert (await key.post(path, body | {"to": [{"address": MAKER}]})).status_code == 403
    assert (await key.post(path, body | {"team_ids": [beside.logistics]})).status_code == 201


async def leaks(beside: Beside) -> list[str]:
    """Every place a customer reads in which the secret stands."""
    desk = beside.site.desk
    found = [one for one in await beside.public() if SECRET in one]
    sql = "select coalesce(array_agg(preview), '{}') from ticket where id = %(id)s"
    found += [one for one in await desk.sql(sql, id=beside.ticket) if SECRET in one]
    await beside.lu.post(f"/tickets/{beside.ticket}/replies", reply_of("We ordered it.", force=True))
    while True:
        letter = await beside.letter()
        if [one.address for one in letter.to] == ["rosa@example.com"]:
            break
    found += [letter.text] * (SECRET in letter.text) + [one for one in letter.references if ".side." in one]
    return found


async def test_customer_gets_nothing_of_side_conversations(beside: Beside) -> None:
    mail, app = await beside.open(), await beside.ask()
    await beside.mailed(SECRET, side_ids=[mail["id"]])
    await beside.answer(app)
    assert await leaks(beside) == []
    boss = await beside.site.browser(await beside.boss())
    customer = await beside.site.desk.column(beside.ticket, "customer_id")
    await boss.post(f"/customers/{customer}/checks", {"method": "documents"})
    exported = await boss.get(f"/customers/{customer}/export")
    assert (exported.status_code, "It leaks" in exported.text, SECRET in exported.text) == (200, True, False)


@pytest.mark.parametrize("trace", ["address", "reference", "both", "batch"])
async def test_customer_with_forged_headers_joins_no_side_conversation(beside: Beside, trace: str) -> None:
    side = await beside.open()
    letter = await beside.letter()
    more: dict[str, Any] = {} if trace == "reference" else {"side_ids": [side["id"]]}
    if trace in {"reference", "both"}:
        more["references"] = [letter.message_id]
    if trace == "batch":
        channel = await beside.site.desk.column(beside.ticket, "channel_id")
        maker = beside.site.desk.mail("Yes", MAKER, message_id="yes@maker.example", side_ids=[side["id"]])
        forged = beside.site.desk.mail("I am the maker", "rosa@example.com", references=["yes@maker.example"])
        await beside.site.desk.deliver(channel, maker, forged)
    else:
        await beside.mailed("I am the maker", "rosa@example.com", **more)
    texts = [one["text"] for one in (await beside.show(side))["messages"]]
    assert "I am the maker" not in texts
    # their words stand where the customer's words stand, and the side conversation's do not
    written = await beside.site.desk.sql("select array_agg(text) from public_entry")
    assert "I am the maker" in written
    assert await leaks(beside) == []


async def test_third_party_who_is_in_copy_of_the_customers_mail_stays_inside(beside: Beside) -> None:
    side = await beside.open()
    await beside.lu.post(f"/tickets/{beside.ticket}/replies", reply_of(cc=[{"address": MAKER}]))
    await beside.mailed(SECRET, side_ids=[side["id"]], proven_ticket_ids=[beside.ticket])
    assert [one["text"] for one in (await beside.show(side))["messages"]][-1] == SECRET
    assert SECRET not in await beside.public()
    refused = await beside.write(side)
    assert refused.json()["code"] == "customer_address"


async def test_merge_takes_side_conversations_along_and_gives_them_back(beside: Beside) -> None:
    side = await beside.open()
    target = await beside.site.ticket("Again", kind="email")
    merged = {"source_ids": [beside.ticket], "confirmed": True}
    assert (await beside.lu.post(f"/tickets/{target}/merge", merged)).status_code < 300
    assert [one["id"] for one in (await beside.lu.get(f"/tickets/{target}/sides")).json()["items"]] == [side["id"]]
    await beside.mailed("After the merge", side_ids=[side["id"]])
    place = "select array_agg(distinct ticket_id) from entry where side_id = %(id)s"
    assert await beside.site.desk.sql(place, id=side["id"]) == [target]
    await beside.lu.post(f"/tickets/{target}/unmerge", {"source_id": beside.ticket})
    assert await beside.site.desk.sql(place, id=side["id"]) == [beside.ticket]
    assert len((await beside.show(side))["messages"]) == 2
    assert await beside.site.desk.sql("select count(*) from public_entry where text like '%%merge'") == 0


async def test_split_leaves_side_conversations_where_they_are(beside: Beside) -> None:
    side = await beside.open()
    note = (await beside.lu.post(f"/tickets/{beside.ticket}/notes", note_of("Apart"))).json()["id"]
    messages = [one["id"] for one in side["messages"]]
    path = f"/tickets/{beside.ticket}/split"
    assert (await beside.lu.post(path, {"entry_ids": messages, "subject": "Apart"})).status_code == 400
    assert (await beside.lu.post(path, {"entry_ids": [note], "subject": "Apart"})).status_code == 201
    assert len((await beside.show(side))["messages"]) == 1


async def test_search_finds_them_for_whoever_sees_the_ticket(beside: Beside) -> None:
    await beside.ask(text="Where is pallet Qwertz77?")
    await beside.site.desk.index()
    found = (await beside.lu.get("/search?q=qwertz77&kind=notes")).json()["items"]
    assert [one["snippet"]["text"] for one in found] == ["Where is pallet Qwertz77?"]
    # asked, but not one of those who see the ticket
    assert (await beside.ma.get("/search?q=qwertz77&kind=notes")).json()["items"] == []
    assert (await beside.partner.get("/search?q=qwertz77")).status_code == 403


@pytest.mark.parametrize("scope", ["customers.read", "outgoing.read", "messages.write", "tasks.work", "events.read"])
async def test_key_without_the_tickets_scope_reads_nothing(beside: Beside, scope: str) -> None:
    side = await beside.ask()
    await beside.answer(side)
    key = await beside.site.program(await beside.boss(), scope)
    paths = [f"/tickets/{beside.ticket}/sides", f"/tickets/{beside.ticket}/sides/{side['id']}", f"/sides/{side['id']}"]
    answers = [await key.get(path) for path in [*paths, "/sides", "/events"]]
    assert {one.status_code for one in answers[:3]} <= {403, 404}
    assert not [one for one in answers if SECRET in one.text or "Where is it?" in one.text]
