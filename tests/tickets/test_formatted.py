"""Formatted answers, from what a client sends to what the customer's mail says: safe, whole, and with its pictures."""

from email.message import EmailMessage
from typing import Any

import pytest

from ombud.channels.email.compose import compose_mail
from ombud.channels.email.outgoing import build_mail, claim_mail
from ombud.channels.settings import EmailSettings
from ombud.shared.actor import Actor
from ombud.tickets.services.uploads import keep_upload
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of

KEY = b"k" * 32
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
EVIL = '<p onclick="x()">a<script>x()</script><a href="javascript:x()">b</a><b style="background:url(x)">c</b></p>'
SAFE = "<p>a<a>b</a><b>c</b></p>"


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def mail(site: Site) -> int:
    return await site.ticket("It leaks", kind="email", subject="Leak")


async def upload(site: Site, by: Actor, name: str = "leak.png", data: bytes = PNG) -> int:
    parts = site.desk.parts
    async with parts.database.transaction() as tx:
        return (await keep_upload(tx, parts.files, name, data, by=by, now=site.desk.now)).id


async def sent(site: Site, ticket: int, **settings: Any) -> EmailMessage:
    """The next due mail as it goes over the line."""
    channel = await site.desk.column(ticket, "channel_id")
    made = EmailSettings(address="help@desk.example", sender_name="Help", **settings)
    site.desk.later(minutes=1)
    parts = site.desk.parts
    async with parts.database.transaction() as tx:
        claimed = await claim_mail(tx, channel, KEY, "desk.example", now=site.desk.now)
        assert claimed
        return compose_mail(
            await build_mail(tx, claimed, made, parts.files, parts.key_ring, key=KEY, now=site.desk.now)
        )


def part(message: EmailMessage, kind: str) -> Any:
    return next(one for one in message.walk() if one.get_content_type() == kind)


async def answer(agent: Browser, ticket: int, verb: str = "replies", **more: Any) -> Any:
    found = await agent.post(f"/tickets/{ticket}/{verb}", reply_of(**more))
    assert found.status_code == 201, found.text
    return found.json()


async def test_reply_goes_out_as_text_and_html(site: Site, agent: Browser, mail: int) -> None:
    html = "<h2>Hi</h2><ul><li><p>one</p></li></ul><p></p><p><strong>Bye</strong></p>"
    made = await answer(agent, mail, html=html)
    assert (made["text"], made["html"]) == ("Hi\n- one\n\nBye", html)
    message = await sent(site, mail)
    assert message.get_content_type() == "multipart/alternative"
    assert part(message, "text/plain").get_content() == "Hi\n- one\n\nBye\n"
    shown = part(message, "text/html").get_content()
    assert '<p style="margin:0"><br></p><p style="margin:0"><strong>Bye</strong></p>' in shown


async def test_plain_reply_goes_out_as_text_alone(site: Site, agent: Browser, mail: int) -> None:
    assert (await answer(agent, mail))["html"] is None
    assert (await sent(site, mail)).get_content_type() == "text/plain"


@pytest.mark.parametrize("verb", ["replies", "notes"])
async def test_html_is_made_safe_on_the_way_in(site: Site, agent: Browser, mail: int, verb: str) -> None:
    more = reply_of(html=EVIL) if verb == "replies" else note_of(html=EVIL)
    made = (await agent.post(f"/tickets/{mail}/{verb}", more)).json()
    assert (made["html"], made["text"]) == (SAFE, "abc")
    assert await site.desk.sql("select html from entry where id = %(id)s", id=made["id"]) == SAFE


async def test_forward_carries_marks_above_what_is_passed_on(site: Site, agent: Browser, mail: int) -> None:
    first = await site.desk.column(mail, "last_message_id")
    body = {"to": [{"address": "parts@maker.example"}], "subject": "Part", "client_key": client_key()}
    made = (await agent.post(f"/tickets/{mail}/forwards", body | {"html": EVIL, "entry_ids": [first]})).json()
    assert made["html"].startswith(SAFE + "<p></p><p>----------")
    assert made["text"].startswith("abc\n\n----------")
    assert "It leaks" in part(await sent(site, mail), "text/html").get_content()


async def test_planned_reply_is_kept_safe_and_sent_with_its_marks(site: Site, agent: Browser, mail: int) -> None:
    at = site.desk.now.replace(hour=12).isoformat()
    seen = await site.desk.column(mail, "last_message_id")
    body = {"send_at": at, "reply": reply_of(html=EVIL, last_seen_entry_id=seen)}
    made = (await agent.post(f"/tickets/{mail}/planned-replies", body)).json()
    assert (made["html"], made["text"]) == (SAFE, "abc")
    entry = (await agent.post(f"/tickets/{mail}/planned-replies/{made['id']}/sending", {})).json()
    assert entry["html"] == SAFE


async def test_undone_reply_comes_back_with_its_marks_and_pictures(
    site: Site, agent: Browser, lu: Actor, mail: int
) -> None:
    file = await upload(site, lu)
    html = f'<p><b>x</b><img src="cid:file-{file}" alt="leak.png"></p>'
    made = await answer(agent, mail, html=html, attachment_ids=[file])
    undone = (await agent.delete(f"/tickets/{mail}/replies/{made['id']}")).json()
    assert (undone["html"], undone["text"]) == (html, "x[leak.png]")
    assert [one["id"] for one in undone["attachments"]] == [file]


async def test_draft_keeps_safe_marks(agent: Browser, mail: int) -> None:
    path = f"/tickets/{mail}/drafts/reply"
    assert (await agent.put(path, {"text": "abc", "details": {"html": EVIL}})).status_code == 200
    assert (await agent.get(path)).json()["details"]["html"] == SAFE


async def test_shared_draft_keeps_safe_marks(agent: Browser, mail: int) -> None:
    path = f"/tickets/{mail}/shared-draft"
    assert (await agent.put(path, {"text": "abc", "html": EVIL})).json()["html"] == SAFE
    assert (await agent.get(path)).json()["html"] == SAFE


async def test_picture_is_sent_inside_the_mail(site: Site, agent: Browser, lu: Actor, mail: int) -> None:
    file, bill = await upload(site, lu), await upload(site, lu, "bill.pdf")
    html = f'<p>See <img src="cid:file-{file}" alt="leak.png"></p>'
    made = await answer(agent, mail, html=html, attachment_ids=[file, bill])
    shown = {one["name"]: (one["is_inline"], one["content_id"]) for one in made["attachments"]}
    assert shown == {"leak.png": (True, f"file-{file}"), "bill.pdf": (False, None)}
    message = await sent(site, mail)
    picture = part(message, "image/png")
    name = picture["Content-ID"].strip("<>")
    assert f'src="cid:{name}"' in part(message, "text/html").get_content()
    assert (picture.get_content(), picture.get_content_disposition()) == (PNG, "inline")
    assert part(message, "multipart/related").get_payload()[1] is picture
    assert part(message, "application/pdf").get_content_disposition() == "attachment"
    assert part(message, "text/plain").get_content() == "See [leak.png]\n"


@pytest.mark.parametrize("name", ["drawing.svg", "page.html", "notes.txt"])
async def test_what_is_no_picture_stays_a_file(site: Site, agent: Browser, lu: Actor, mail: int, name: str) -> None:
    file = await upload(site, lu, name)
    made = await answer(agent, mail, html=f'<p>See <img src="cid:file-{file}"></p>', attachment_ids=[file])
    assert made["html"] == "<p>See </p>"
    assert not made["attachments"][0]["is_inline"]


async def test_picture_of_somebody_else_is_not_shown(site: Site, agent: Browser, mail: int) -> None:
    other = await site.desk.person("Bo")
    file = await upload(site, other)
    html = f'<p>x<img src="cid:file-{file}"></p>'
    assert (await answer(agent, mail, html=html))["html"] == "<p>x</p>"
    refused = await agent.post(f"/tickets/{mail}/replies", reply_of(html=html, attachment_ids=[file]))
    assert refused.status_code == 400


@pytest.mark.parametrize("kind", ["chat", "api"])
async def test_chat_gets_text_and_its_pictures_as_files(site: Site, agent: Browser, lu: Actor, kind: str) -> None:
    ticket = await site.ticket("It leaks", kind=kind)
    file = await upload(site, lu)
    html = (
        f'<ul><li><a href="https://x.example/a">Manual</a></li></ul><p><img src="cid:file-{file}" alt="leak.png"></p>'
    )
    made = await answer(agent, ticket, html=html, attachment_ids=[file])
    assert (made["text"], made["html"]) == ("- Manual (https://x.example/a)\n[leak.png]", None)
    assert not made["attachments"][0]["is_inline"]


@pytest.mark.parametrize("html", ["<p>{{customer.name}}</p>", "<p>{{<b>customer</b>.name}}</p>"])
async def test_placeholder_between_marks_is_refused(agent: Browser, mail: int, html: str) -> None:
    refused = await agent.post(f"/tickets/{mail}/replies", reply_of(html=html))
    assert (refused.status_code, refused.json()["code"]) == (422, "placeholder_unfilled")


@pytest.mark.parametrize("html", ["<p></p>", "<script>x</script>", '<p><img src="https://x.example/1.png"></p>'])
async def test_reply_that_says_nothing_is_refused(agent: Browser, mail: int, html: str) -> None:
    refused = await agent.post(f"/tickets/{mail}/replies", reply_of("x", html=html))
    assert (refused.status_code, refused.json()["fields"]) == (400, {"text": "required"})


async def test_reply_of_files_alone_needs_no_words(site: Site, agent: Browser, lu: Actor, mail: int) -> None:
    file = await upload(site, lu)
    assert (await answer(agent, mail, text="", attachment_ids=[file]))["text"] == ""


async def test_html_from_before_is_made_safe_when_it_leaves(site: Site, agent: Browser, mail: int) -> None:
    made = await answer(agent, mail)
    await site.desk.run("update entry set html = %(html)s where id = %(id)s", html=EVIL, id=made["id"])
    shown = part(await sent(site, mail), "text/html").get_content()
    assert "script" not in shown
    assert "x()" not in shown


async def test_note_with_marks_never_leaves(site: Site, agent: Browser, mail: int) -> None:
    note = (await agent.post(f"/tickets/{mail}/notes", note_of(html="<p><b>secret</b></p>"))).json()
    assert note["html"] == "<p><b>secret</b></p>"
    assert await site.desk.sql("select count(*) from outbox") == 0
    assert await site.desk.sql("select count(*) from public_entry where id = %(id)s", id=note["id"]) == 0


async def sign(site: Site, person: Actor, own: str = "", brand: str = "") -> None:
    await site.desk.run("update person set signature = %(own)s where id = %(id)s", own=own, id=person.id)
    await site.desk.run("update brand set signature = %(brand)s", brand=brand)


async def set_mailbox(site: Site, ticket: int, signature: str) -> None:
    sql = "update channel set settings = settings || jsonb_build_object('signature', %(new)s::text) where id = %(id)s"
    await site.desk.run(sql, new=signature, id=await site.desk.column(ticket, "channel_id"))


async def test_brand_signs_where_the_mailbox_does_not(site: Site, agent: Browser, lu: Actor, mail: int) -> None:
    await sign(site, lu, own="{{agent.name}}", brand="{{brand.name}} team\nTicket {{ticket.id}}")
    await answer(agent, mail, text="Soon", html="<p><b>Soon</b></p>")
    assert (await agent.get(f"/tickets/{mail}/signature")).json() == {"text": f"Lu\nOmbud team\nTicket {mail}"}
    message = await sent(site, mail)
    assert part(message, "text/plain").get_content() == f"Soon\n\n-- \nLu\nOmbud team\nTicket {mail}\n"
    assert f"-- <br>Lu<br>Ombud team<br>Ticket {mail}</p>" in part(message, "text/html").get_content()


async def test_mailbox_signature_comes_before_the_brands(site: Site, agent: Browser, lu: Actor, mail: int) -> None:
    await sign(site, lu, brand="Brand")
    await set_mailbox(site, mail, "Mailbox")
    assert (await agent.get(f"/tickets/{mail}/signature")).json() == {"text": "Mailbox"}


async def test_signature_line_without_a_value_is_left_out(site: Site, agent: Browser, lu: Actor, mail: int) -> None:
    await site.desk.run("update person set display_name = '' where id = %(id)s", id=lu.id)
    await sign(site, lu, brand="Yours, {{ agent.name }}\nShop\n{{no.such}} {{brand.name}}")
    assert (await agent.get(f"/tickets/{mail}/signature")).json() == {"text": "Shop"}
    await answer(agent, mail)
    assert "{{" not in (await sent(site, mail)).as_string()


async def test_signature_cannot_bring_marks_of_its_own(site: Site, agent: Browser, lu: Actor, mail: int) -> None:
    await sign(site, lu, own="<script>x()</script>", brand='<img src=x onerror="x()">')
    await answer(agent, mail, html="<p><b>Soon</b></p>")
    shown = part(await sent(site, mail), "text/html").get_content()
    assert "&lt;script&gt;x()&lt;/script&gt;<br>&lt;img src=x" in shown


async def test_chat_has_no_signature(site: Site, agent: Browser, lu: Actor) -> None:
    ticket = await site.ticket("It leaks", kind="chat")
    await sign(site, lu, own="Lu", brand="Shop")
    assert (await agent.get(f"/tickets/{ticket}/signature")).json() == {"text": ""}


async def test_signature_of_an_unseen_ticket_is_not_found(site: Site, mail: int) -> None:
    team = await site.desk.team("Far")
    stranger = await site.browser(await site.desk.person("Bo", team))
    assert (await stranger.get(f"/tickets/{mail}/signature")).status_code == 404
