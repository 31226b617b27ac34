"""The talk goes on by mail when nobody fetches the answer."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from ombud.channels.chat.continuity import mail_left_visitors
from tests.channels.conftest import Desk
from tests.channels.visitors import arrive

OUTBOX = "select c.kind || ' ' || o.state from outbox o join channel c on c.id = o.channel_id order by o.id"


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    await desk.add_channel("chat", mails_per_day=2)
    smtp = {"host": "smtp.test", "port": 465}
    await desk.add_channel("email", address="help@shop.test", smtp=smtp)
    return desk


async def pass_minutes(desk: Desk, minutes: float) -> int:
    later = desk.now + timedelta(minutes=minutes)
    return int(await desk.write(lambda tx: mail_left_visitors(tx, now=later)))


async def left_visitor(desk: Desk, email: str = "anna@example.com") -> tuple[Any, int]:
    visitor = await arrive(desk)
    return visitor, await visitor.write("hello", email=email)


async def test_unfetched_answer_goes_by_mail_after_some_minutes(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    entry = await chat.answer(ticket_id, "We can come on Monday")
    assert await pass_minutes(chat, 4) == 0
    assert await pass_minutes(chat, 6) == 1
    assert await chat.column(str, OUTBOX) == ["email queued"]
    envelope = await chat.sql(dict[str, Any], "select envelope from outbox")
    assert [one["address"] for one in envelope["to"]] == ["anna@example.com"]
    assert await chat.sql(int, "select entry_id from outbox") == entry.id
    assert envelope["subject"] == "Ombud: an answer to your chat"


async def test_answer_that_moved_to_mail_is_still_in_the_widget(chat: Desk) -> None:
    visitor, ticket_id = await left_visitor(chat)
    await chat.answer(ticket_id, "We can come on Monday")
    await pass_minutes(chat, 6)
    assert await visitor.texts() == ["hello", "We can come on Monday"]


async def test_answer_goes_by_mail_once(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    await chat.answer(ticket_id)
    assert await pass_minutes(chat, 6) == 1
    assert await pass_minutes(chat, 12) == 0


async def test_fetched_answer_stays_in_the_chat(chat: Desk) -> None:
    visitor, ticket_id = await left_visitor(chat)
    entry = await chat.answer(ticket_id)
    await visitor.post("read", entry_id=entry.id, state="delivered")
    assert await pass_minutes(chat, 60) == 0


async def test_visitor_without_an_address_gets_no_mail(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat, email="")
    await chat.answer(ticket_id)
    assert await pass_minutes(chat, 60) == 0


async def test_mail_holds_no_note(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    await chat.note(ticket_id, "internal")
    assert await pass_minutes(chat, 60) == 0
    assert await chat.column(str, OUTBOX) == []


async def test_typed_address_gets_a_limited_number_a_day(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    for number in range(4):
        await chat.answer(ticket_id, f"answer {number}")
    assert await pass_minutes(chat, 6) == 2
    assert await pass_minutes(chat, 12) == 0


async def test_limit_counts_the_address_over_all_visitors(chat: Desk) -> None:
    for _ in range(3):
        _, ticket_id = await left_visitor(chat, email="victim@example.com")
        await chat.answer(ticket_id)
    assert await pass_minutes(chat, 6) == 2


async def test_yesterdays_answer_is_left_alone(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    await chat.answer(ticket_id)
    assert await pass_minutes(chat, 60 * 25) == 0


async def test_switched_off_setting_sends_nothing(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    await chat.answer(ticket_id)
    await chat.execute("update channel set settings = settings || '{\"mail_after_minutes\": 0}' where kind = 'chat'")
    assert await pass_minutes(chat, 60) == 0


async def test_without_a_mailbox_of_the_brand_nothing_is_sent(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    await chat.answer(ticket_id)
    await chat.execute("update channel set is_active = false where kind = 'email'")
    assert await pass_minutes(chat, 60) == 0


async def test_moving_to_mail_is_told_to_the_log(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    await chat.answer(ticket_id)
    await pass_minutes(chat, 6)
    await chat.settled()
    assert await chat.column(str, "select data ->> 'state' from event where kind = 'delivery_changed'") == ["queued"]


async def test_mail_of_a_left_talk_waits_for_the_end_of_quiet_hours(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    await chat.answer(ticket_id)
    now = chat.now + timedelta(minutes=6)
    start = now.hour * 60 + now.minute
    hours = {"start": start, "end": (start + 120) % 1440}
    sql = "update customer set time_zone = 'UTC', preferences = jsonb_build_object('quiet_hours', %(h)s::jsonb)"
    await chat.execute(sql, h=json.dumps(hours))
    assert await pass_minutes(chat, 6) == 1
    leaves = await chat.sql(datetime, "select not_before from outbox")
    assert leaves == now.replace(second=0, microsecond=0) + timedelta(minutes=120)


async def test_visitor_who_bars_mail_gets_none(chat: Desk) -> None:
    _, ticket_id = await left_visitor(chat)
    await chat.answer(ticket_id)
    sql = """insert into contact_bar (customer_id, channel, by_kind, since)
        select id, 'email', 'system', now() from customer"""
    await chat.execute(sql)
    assert await pass_minutes(chat, 6) == 0
