"""Two customers who became one: each device hears of its own talk only."""

from typing import Any

import pytest

from ombud.channels.chat.stream import visitor_frames
from ombud.shared.actor import SYSTEM
from ombud.shared.events import events_after
from ombud.tickets.customer_schemas import CustomerMergeIn
from ombud.tickets.services.customer_merge import merge_customers, undo_merge
from tests.channels.conftest import Desk, sign
from tests.channels.visitors import Visitor, arrive


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    await desk.add_channel("chat")
    return desk


async def customer_of(desk: Desk, ticket: int) -> int:
    return int(await desk.sql(int, "select customer_id from ticket where id = %(id)s", id=ticket))


async def join(desk: Desk, survivor: int, absorbed: int) -> int:
    """Merge the customers of two tickets; the id of the merge."""
    into, away = await customer_of(desk, survivor), await customer_of(desk, absorbed)
    data = CustomerMergeIn(away)
    await desk.write(lambda tx: merge_customers(tx, into, data, by=SYSTEM, now=desk.now))
    return int(await desk.sql(int, "select max(id) from customer_merge"))


async def two(desk: Desk) -> tuple[Visitor, Visitor, int, int]:
    """The phone and the laptop of two customers who are one by now, and their tickets."""
    phone, laptop = await arrive(desk), await arrive(desk)
    first, second = await phone.write("from the phone"), await laptop.write("from the laptop")
    await join(desk, first, second)
    return phone, laptop, first, second


async def test_each_device_reads_its_own_talk_after_the_merge(chat: Desk) -> None:
    phone, laptop, first, second = await two(chat)
    await chat.answer(first, "to the phone")
    await chat.answer(second, "to the laptop")
    assert await phone.texts() == ["from the phone", "to the phone"]
    assert await laptop.texts() == ["from the laptop", "to the laptop"]


async def test_each_device_goes_on_in_its_own_ticket(chat: Desk) -> None:
    phone, laptop, first, second = await two(chat)
    assert await phone.write("once more") == first
    assert await laptop.write("me too") == second
    assert await phone.texts() == ["from the phone", "once more"]


async def test_ticket_that_a_device_opens_later_is_its_own(chat: Desk) -> None:
    phone, laptop, _, second = await two(chat)
    await chat.execute(
        "update ticket set category = 'closed', status_id = (select id from status where category = 'closed' limit 1),"
        " solved_at = %(at)s, closed_at = %(at)s where id = %(id)s",
        at=chat.now.replace(year=2020),
        id=second,
    )
    later = await laptop.write("a new matter")
    assert later != second
    assert await laptop.texts() == ["from the laptop", "a new matter"]
    assert await phone.texts() == ["from the phone"]


async def heard(desk: Desk) -> dict[str, list[str]]:
    """Texts by the topic of the visitor who hears them."""
    await desk.settled()

    async def load(tx: Any) -> list[Any]:
        return await visitor_frames(tx, await events_after(tx, 0, limit=1000))

    found: dict[str, list[str]] = {}
    for frame in await desk.write(load):
        if frame.event == "message":
            found.setdefault(frame.topic, []).append(frame.data.text)
    return found


async def test_streams_of_two_devices_stay_apart(chat: Desk) -> None:
    _, _, first, second = await two(chat)
    await chat.answer(first, "to the phone")
    await chat.answer(second, "to the laptop")
    told = sorted(map(tuple, (await heard(chat)).values()))
    assert told == [("from the laptop", "to the laptop"), ("from the phone", "to the phone")]


async def test_receipts_and_queue_of_one_device_are_not_the_others(chat: Desk) -> None:
    phone, laptop, first, _ = await two(chat)
    entry = await chat.answer(first, "to the phone")
    await laptop.post("read", entry_id=entry.id, state="read")
    assert await chat.sql(bool, "select read_at is null from outbox where entry_id = %(id)s", id=entry.id)
    await phone.post("read", entry_id=entry.id, state="read")
    assert await chat.sql(bool, "select read_at is not null from outbox where entry_id = %(id)s", id=entry.id)


async def test_undone_merge_leaves_each_device_its_talk(chat: Desk) -> None:
    phone, laptop = await arrive(chat), await arrive(chat)
    first, second = await phone.write("from the phone"), await laptop.write("from the laptop")
    made = await join(chat, first, second)
    await chat.write(lambda tx: undo_merge(tx, made, by=SYSTEM, now=chat.now))
    assert await phone.texts() == ["from the phone"]
    assert await laptop.texts() == ["from the laptop"]


async def test_same_signed_visitor_on_two_devices_has_one_talk_before_and_after(chat: Desk) -> None:
    one, other = await arrive(chat), await arrive(chat)
    ticket = await one.write("before signing in")
    await one.begin(token=sign(sub="customer-7"))
    await other.begin(token=sign(sub="customer-7"))
    assert await other.write("on the other device") == ticket
    assert await one.texts() == await other.texts() == ["before signing in", "on the other device"]
