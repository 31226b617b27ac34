"""The automatic acknowledgement: once for each new ticket, never to a machine, bounded for each sender."""

import json
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from ombud.channels.email.acknowledgement import ACKNOWLEDGEMENTS, TEXTS, FirstMail, fill_text, language_of
from ombud.channels.schemas import ChannelPatch
from ombud.channels.services import change_channel
from ombud.channels.settings import PLACEHOLDERS, SETTINGS, Acknowledgement, BothLanguages, EmailSettings, checked
from ombud.shared.actor import SYSTEM
from ombud.shared.errors import Invalid
from ombud.shared.readers import read_batch, register_reader
from ombud.tickets.schemas import EntryDetails, ReplyIn
from ombud.tickets.services.announcements import AnnouncedWords, announce, announced, end_announcements
from ombud.tickets.services.replies import reply, undo_reply
from tests.channels.email.test_mailbox import letter, make_mailbox, send_all, take_all
from tests.desk import Desk
from tests.mailserver import ADDRESS, Outside, outside

LOCALES = Path(__file__).parents[3] / "web" / "agent" / "src" / "locales"


@pytest.fixture
def world() -> Iterator[Outside]:
    with outside() as running:
        yield running


async def mailbox(desk: Desk, world: Outside, **settings: Any) -> int:
    async with desk.parts.database.transaction() as tx:
        await register_reader(tx, ACKNOWLEDGEMENTS)
    return await make_mailbox(desk, server=None, world=world, **{"acknowledgement": {"is_on": True}, **settings})


async def arrive(desk: Desk, channel: int, *mails: EmailMessage | bytes) -> None:
    sql = """
        insert into inbox (channel_id, key, received_at, raw, state)
        values (%(c)s, md5(%(raw)s || random()::text::bytea), %(now)s, %(raw)s, 'unread')"""
    for mail in mails:
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        await desk.run(sql, c=channel, raw=raw, now=desk.now)
    await take_all(desk)
    await react(desk)


async def react(desk: Desk) -> None:
    await desk.events()
    await read_batch(desk.parts.database, ACKNOWLEDGEMENTS, now=desk.now)


async def counted(desk: Desk) -> int:
    return int(await desk.sql("select count(*) from entry where author_kind = 'system' and kind = 'message'"))


async def test_acknowledge_new_ticket_answers_once_with_its_headers(desk: Desk, world: Outside) -> None:
    channel = await mailbox(desk, world)
    await arrive(desk, channel, letter("Leak", "It leaks."))
    await send_all(desk)
    [mail] = world.mails
    first = letter("Leak", "It leaks.")["Message-ID"]
    [ticket] = await desk.tickets()
    assert (mail["Auto-Submitted"], mail["Precedence"]) == ("auto-replied", "auto_reply")
    assert mail["In-Reply-To"] == mail["References"] == first
    assert mail["To"] == "Rosa Müller <rosa@example.com>"
    assert f"#{ticket}" in mail.get_content()
    assert "Hello Rosa Müller," in mail.get_content()


async def test_acknowledge_new_ticket_leaves_it_waiting_for_a_person(desk: Desk, world: Outside) -> None:
    channel = await mailbox(desk, world)
    await arrive(desk, channel, letter("Leak", "It leaks."))
    [ticket] = await desk.tickets()
    entry = (await desk.timeline(ticket))[-1]
    assert (entry.author.kind, entry.direction, entry.delivery and entry.delivery.state) == ("system", "out", "queued")
    assert await desk.column(ticket, "category") == "new"
    assert await desk.column(ticket, "waiting_since") is not None
    assert await desk.column(ticket, "preview") == "It leaks."
    assert await desk.column(ticket, "message_count") == 2
    [event] = await desk.events("reply_sent")
    assert (event.actor_kind, event.data) == ("system", {"entry_id": entry.id, "is_automatic": True})


async def test_acknowledge_does_not_make_an_agents_reply_stale(desk: Desk, world: Outside) -> None:
    agent = await desk.person("Lu")
    channel = await mailbox(desk, world)
    await arrive(desk, channel, letter("Leak", "It leaks."))
    [ticket] = await desk.tickets()
    seen = (await desk.timeline(ticket))[0].id
    async with desk.parts.database.transaction() as tx:
        data = ReplyIn("We come.", "answer-1", last_seen_entry_id=seen)
        sent = await reply(tx, ticket, data, by=agent, now=desk.now, undo_seconds=10)
        await undo_reply(tx, ticket, sent.id, by=agent, now=desk.now)
    assert await desk.column(ticket, "preview") == "It leaks."


async def test_acknowledge_further_mails_of_a_ticket_stay_unanswered(desk: Desk, world: Outside) -> None:
    channel = await mailbox(desk, world)
    first = letter("Leak", "It leaks.")
    await arrive(desk, channel, first)
    await arrive(desk, channel, letter("Re: Leak", "Still.", In_Reply_To=first["Message-ID"]))
    await react(desk)
    assert await counted(desk) == 1


async def test_acknowledge_same_events_twice_answers_once(desk: Desk, world: Outside) -> None:
    channel = await mailbox(desk, world)
    await arrive(desk, channel, letter("Leak", "It leaks."))
    await desk.run("update reader set seq = 0")
    await react(desk)
    assert await counted(desk) == 1


@pytest.mark.parametrize(
    "settings",
    [{"acknowledgement": {"is_on": False}}, {"acknowledgement": {}}, {"automatic_answers_per_day": 0}],
)
async def test_acknowledge_switched_off_answers_nobody(desk: Desk, world: Outside, settings: dict[str, Any]) -> None:
    channel = await mailbox(desk, world, **settings)
    await arrive(desk, channel, letter("Leak", "It leaks."))
    assert await counted(desk) == 0


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"List_Id": "<news.example>"}, "mailing_list"),
        ({"Precedence": "bulk"}, "precedence"),
        ({"Reply_To": "noreply@example.com"}, "no_reply_address"),
        ({"Reply_To": ADDRESS}, "own_address"),
        ({"X_Auto_Response_Suppress": "All"}, "response_suppressed"),
        ({"Return_Path": "<>"}, "null_return_path"),
        ({"Date": "Mon, 02 Nov 2026 10:00:00 +0000"}, "too_old"),
    ],
)
async def test_acknowledge_refused_by_the_guard_says_why(
    desk: Desk, world: Outside, headers: dict[str, str], reason: str
) -> None:
    channel = await mailbox(desk, world)
    await arrive(desk, channel, letter("Leak", "It leaks.", **headers))
    for ticket in await desk.tickets():
        assert (await desk.timeline(ticket))[0].details.auto_answer == reason
    assert await counted(desk) == 0


async def test_acknowledge_bounce_and_out_of_office_get_nothing(desk: Desk, world: Outside) -> None:
    channel = await mailbox(desk, world)
    away = letter("Automatic reply: order", "I am away.", Auto_Submitted="auto-replied")
    bounce = letter("Undelivered Mail Returned to Sender", "<x@example.org>: host said: 550 5.1.1 user unknown")
    bounce.replace_header("From", "MAILER-DAEMON@example.com")
    await arrive(desk, channel, away, bounce)
    assert await counted(desk) == 0


async def test_acknowledge_burst_of_one_sender_stops_at_the_limit(desk: Desk, world: Outside) -> None:
    channel = await mailbox(desk, world)
    await arrive(desk, channel, *[letter(f"Leak {number}", f"It leaks {number}.") for number in range(50)])
    assert len(await desk.tickets()) == 50
    assert await counted(desk) == 3
    desk.later(hours=23)
    await arrive(desk, channel, letter("Once more", "Leaks"))
    assert await counted(desk) == 3
    desk.later(hours=2)
    await arrive(desk, channel, letter("Next day", "Leaks"))
    assert await counted(desk) == 4


@pytest.mark.parametrize("field", ["From", "Reply-To"])
async def test_acknowledge_many_names_for_one_address_share_the_limit(desk: Desk, world: Outside, field: str) -> None:
    channel = await mailbox(desk, world)
    mails = [letter(f"Leak {number}", f"It leaks {number}.") for number in range(8)]
    for number, mail in enumerate(mails):
        mail["Reply-To"] = "victim@example.org"
        mail.replace_header(field, f"Rosa <rosa{number}@example.com>")
    await arrive(desk, channel, *mails)
    assert await counted(desk) == 3


async def test_acknowledge_two_desks_that_answer_each_other_end_at_once(desk: Desk, world: Outside) -> None:
    ours = await mailbox(desk, world)
    theirs = await mailbox(desk, world)
    await desk.run(
        'update channel set settings = settings || \'{"address": "b@other.example"}\' where id = %(c)s', c=theirs
    )
    await desk.run(
        'update channel set settings = settings || \'{"address": "a@shop.example"}\' where id = %(c)s', c=ours
    )
    opening = letter("Hello", "From desk to desk.")
    await arrive(desk, ours, opening)
    for _ in range(5):
        await send_all(desk)
        written, world.mails[:] = list(world.mails), []
        for mail in written:
            # The other desk's copy: it has never heard of our Message-IDs.
            await desk.run("delete from mail_reference")
            mail.replace_header("From", "Rosa <rosa@example.com>")
            await arrive(desk, theirs, mail)
    assert len(await desk.tickets()) == 1
    assert await counted(desk) == 1


async def test_acknowledge_robot_without_any_header_is_bounded(desk: Desk, world: Outside) -> None:
    channel = await mailbox(desk, world)
    await arrive(desk, channel, letter("Ticket 1", "We have your message 1."))
    for round_ in range(2, 12):
        await send_all(desk)
        await arrive(desk, channel, letter(f"Ticket {round_}", f"We have your message {round_}."))
    assert len(world.mails) + await desk.sql("select count(*) from outbox where state = 'queued'") == 3


async def test_acknowledge_chinese_mail_is_answered_in_chinese(desk: Desk, world: Outside) -> None:
    channel = await mailbox(
        desk, world, acknowledgement={"is_on": True, "text": {"zh-CN": "{{ customer.name }}：已收到{{ticket.id}}"}}
    )
    mail = letter("漏水", "净水机又漏水了")
    mail.replace_header("From", "王芳 <wang@example.com>")
    await arrive(desk, channel, mail)
    [ticket] = await desk.tickets()
    assert (await desk.timeline(ticket))[-1].text == f"王芳：已收到#{ticket}"


@pytest.mark.parametrize("text", ["Hello {{name}}", "Hello {{customer.name}", "Hello {{}}"])
async def test_change_channel_with_wrong_placeholder_is_refused(desk: Desk, world: Outside, text: str) -> None:
    channel = await mailbox(desk, world)
    patch = ChannelPatch(settings={"acknowledgement": {"is_on": True, "text": {"en": text}}})
    with pytest.raises(Invalid, match="placeholder") as refused:
        async with desk.parts.database.transaction() as tx:
            await change_channel(tx, channel, patch, keys=desk.parts.key_ring, by=SYSTEM, now=desk.now)
    assert list(refused.value.fields or {}) == ["acknowledgement"]


def mail_of(**changes: Any) -> FirstMail:
    given: dict[str, Any] = {"name": "", "locale": "", "brand": " ", "subject": " ", "text": "", **changes}
    return FirstMail(1, 1, 1, 1, EmailSettings(address=ADDRESS), details=EntryDetails(), **given)


ALL = "|".join(f"{{{{{name}}}}}" for name in sorted(PLACEHOLDERS))


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_fill_text_without_values_leaves_no_gap(locale: str) -> None:
    text = fill_text(Acknowledgement(text=BothLanguages(ALL, ALL)), mail_of(locale=locale))
    assert all(piece.strip() for piece in text.split("|"))
    assert "{" not in text
    assert "{" not in fill_text(Acknowledgement(), mail_of(locale=locale))


@pytest.mark.parametrize(
    "name", ["Win at www.evil.example", "call 0900 123456", "x" * 50, "a@b.c", "<b>hi</b>", "evil.com", "{{ticket.id}}"]
)
def test_fill_text_with_a_name_that_speaks_does_not_repeat_it(name: str) -> None:
    assert (
        fill_text(Acknowledgement(text=BothLanguages("Hello {{customer.name}}")), mail_of(name=name)) == "Hello there"
    )


@pytest.mark.parametrize(("own", "said"), [(BothLanguages("only"), "only"), (BothLanguages("", "只有"), "只有")])
@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_fill_text_with_one_language_uses_it_for_all(own: BothLanguages, said: str, locale: str) -> None:
    assert fill_text(Acknowledgement(text=own), mail_of(locale=locale)) == said


@pytest.mark.parametrize(
    ("locale", "text", "language"),
    [("", "净水机漏水", "zh-CN"), ("", "It leaks", "en"), ("", "水が漏れています", "en"), ("", "누수 漏水", "en"),
     ("zh-TW", "It leaks", "zh-CN"), ("de", "净水机漏水", "en")],
)  # fmt: skip
def test_language_of_a_mail_follows_customer_then_text(locale: str, text: str, language: str) -> None:
    assert language_of(mail_of(locale=locale, text=text)) == language


def test_checked_settings_without_acknowledgement_have_it_off() -> None:
    off = {"is_on": False, "text": {"en": "", "zh-CN": ""}, "tells_wait": False}
    assert checked(SETTINGS, "email", {})["acknowledgement"] == off


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_screen_shows_the_text_that_ships(locale: str) -> None:
    shown = json.loads((LOCALES / locale / "visitor.json").read_text())["acknowledgement"]
    names = {"customer": "{{customer.name}}", "ticket": "{{ticket.id}}", "brand": "{{brand.name}}"}
    assert shown.format(**names) == TEXTS[locale]


async def first_outgoing(desk: Desk, world: Outside, prepare: str) -> Any:
    """When the acknowledgement to a known customer leaves, after something was noted of them."""
    channel = await mailbox(desk, world, automatic_answers_per_day=9)
    await arrive(desk, channel, letter("Fridge", "It hums"))
    await desk.run("delete from outbox")
    await desk.run(prepare)
    await arrive(desk, channel, letter("Oven", "It is cold"))
    return await desk.sql("select max(not_before) from outbox")


async def test_acknowledgement_waits_for_the_end_of_quiet_hours(desk: Desk, world: Outside) -> None:
    now = desk.now
    start, end = now.hour * 60 + now.minute, (now.hour * 60 + now.minute + 90) % 1440
    hours = f"jsonb_build_object('start', {start}, 'end', {end})"
    sql = f"update customer set time_zone = 'UTC', preferences = jsonb_build_object('quiet_hours', {hours})"
    leaves = await first_outgoing(desk, world, sql)
    assert leaves == now.replace(second=0, microsecond=0) + timedelta(minutes=90)


async def test_acknowledgement_never_goes_to_whoever_bars_mail(desk: Desk, world: Outside) -> None:
    sql = """insert into contact_bar (customer_id, channel, by_kind, since)
        select id, 'email', 'system', now() from customer"""
    assert await first_outgoing(desk, world, sql) is None


async def test_acknowledge_begins_with_what_everybody_is_told_just_now(desk: Desk, world: Outside) -> None:
    channel = await mailbox(desk, world)
    texts = AnnouncedWords("The app is down; we are on it.", "App 故障处理中。")
    async with desk.parts.database.transaction() as tx:
        until = desk.now + timedelta(hours=1)
        await announce(tx, "test", texts, [channel], now=desk.now, until=until)
    await arrive(desk, channel, letter("Leak", "It leaks."))
    said = await desk.sql("select text from entry where author_kind = 'system' and kind = 'message'")
    assert said.startswith("The app is down; we are on it.\n\n")
    async with desk.parts.database.transaction() as tx:
        await end_announcements(tx, "test", now=desk.now)
        assert await announced(tx, channel, now=desk.now) is None
