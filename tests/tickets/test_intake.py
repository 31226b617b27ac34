"""Intake: durable, once, in order, and never stopped by one message."""

import asyncio

import pytest

from ombud.customers.schemas import Sender
from ombud.shared.actor import SYSTEM
from ombud.shared.sequencer import BATCH, sequence_events
from ombud.tickets.schemas import Bounce, BounceRecipient, Reason, ReplyIn, TicketPatch
from ombud.tickets.services.changes import change_ticket
from ombud.tickets.services.intake.door import Arrival, receive
from ombud.tickets.services.intake.work import take_in
from ombud.tickets.services.replies import reply
from tests.desk import Desk


async def test_receive_same_key_twice_keeps_one_message(desk: Desk) -> None:
    channel = await desk.channel()
    arrival = Arrival(channel, "same", desk.message())
    async with desk.parts.database.transaction() as tx:
        first = await receive(tx, [arrival, arrival], now=desk.now)
        again = await receive(tx, [arrival], now=desk.now)
    assert [one.is_new for one in first] == [True, False]
    assert not again[0].is_new
    assert {one.id for one in first + again} == {first[0].id}


async def test_door_many_at_once_are_all_durable_and_in_order(desk: Desk) -> None:
    channel = await desk.channel()
    arrivals = [Arrival(channel, f"k{number}", desk.message(str(number))) for number in range(300)]
    receipts = await asyncio.gather(*(desk.parts.door.receive(one) for one in arrivals))
    assert all(one.is_new for one in receipts)
    assert [one.id for one in receipts] == sorted(one.id for one in receipts)
    assert await desk.sql("select count(*) from inbox where state = 'waiting'") == 300


async def test_door_refused_message_fails_alone(desk: Desk) -> None:
    channel = await desk.channel()
    good, bad = Arrival(channel, "good", desk.message()), Arrival(10**9, "bad", desk.message())
    answers = await asyncio.gather(desk.parts.door.receive(good), desk.parts.door.receive(bad), return_exceptions=True)
    assert not isinstance(answers[0], BaseException)
    assert isinstance(answers[1], Exception)


async def test_take_in_new_customer_opens_one_ticket_with_its_facts(desk: Desk) -> None:
    channel = await desk.channel()
    await desk.deliver(channel, desk.message("漏水了,三天没人来"))
    [ticket] = await desk.tickets()
    [entry] = await desk.timeline(ticket)
    assert (entry.text, entry.direction, entry.author.name) == ("漏水了,三天没人来", "in", "C1")
    assert await desk.column(ticket, "waiting_since") == desk.now
    assert await desk.column(ticket, "preview") == "漏水了,三天没人来"
    assert [one.kind for one in await desk.events("ticket_opened", "message_received")] == [
        "ticket_opened",
        "message_received",
    ]


async def test_take_in_ten_messages_of_a_new_customer_make_one_ticket_in_order(desk: Desk) -> None:
    channel = await desk.channel("chat")
    await desk.deliver(channel, *(desk.message(str(number)) for number in range(10)))
    [ticket] = await desk.tickets()
    assert [entry.text for entry in await desk.timeline(ticket)] == [str(number) for number in range(10)]
    assert await desk.sql("select count(*) from customer") == 1
    assert await desk.column(ticket, "message_count") == 10


async def test_take_in_two_workers_at_once_neither_double_nor_reorder(desk: Desk) -> None:
    channel = await desk.channel("chat")
    arrivals = [Arrival(channel, f"k{n}", desk.message(str(n), who=f"c{n % 3}")) for n in range(60)]
    async with desk.parts.database.transaction() as tx:
        await receive(tx, arrivals, now=desk.now)

    async def work() -> None:
        # 0 also when another is at work: who asked only for a number of rounds might miss the last rows.
        while await desk.sql("select count(*) from inbox where state = 'waiting'"):
            await take_in(desk.parts.database, desk.parts.clock, limit=7)

    await asyncio.gather(work(), work(), work())
    assert len(await desk.tickets()) == 3
    for ticket in await desk.tickets():
        texts = [int(entry.text) for entry in await desk.timeline(ticket)]
        assert texts == sorted(texts)
        assert len(texts) == 20


async def test_take_in_numbers_its_events_in_the_same_commit(desk: Desk) -> None:
    await desk.deliver(await desk.channel("chat"), desk.message("It leaks"))
    assert await desk.sql("select count(*) from event_new") == 0
    assert await desk.sql("select max(seq) = (select seq from event_head) from event")


async def test_take_in_while_a_sequencer_is_at_work_leaves_its_events_to_it(desk: Desk) -> None:
    channel = await desk.channel("chat")
    async with desk.parts.database.transaction() as tx:
        await sequence_events(tx, now=desk.now)
        await desk.deliver(channel, desk.message("It leaks"))
        assert await desk.sql("select count(*) from event_new") > 0
    assert "message_received" in [one.kind for one in await desk.events()]


@pytest.mark.parametrize("is_alone", [True, False])
async def test_take_in_tells_whether_the_sequencer_is_needed(desk: Desk, is_alone: bool) -> None:
    arrival = Arrival(await desk.channel("chat"), "k", desk.message("It leaks"))
    async with desk.parts.database.transaction() as tx:
        await receive(tx, [arrival], now=desk.now)
    async with desk.parts.database.transaction() as tx:
        if not is_alone:
            await sequence_events(tx, now=desk.now)
        taken = await take_in(desk.parts.database, desk.parts.clock)
    assert (taken.rows, taken.is_numbered) == (1, is_alone)
    assert not await take_in(desk.parts.database, desk.parts.clock)


async def test_take_in_more_events_than_are_numbered_at_once_wants_the_sequencer(desk: Desk) -> None:
    sql = """
        insert into event_new (kind, actor_kind, at, data)
        select 'desk_changed', 'system', %(now)s, '{}' from generate_series(1, %(count)s)"""
    await desk.run(sql, now=desk.now, count=BATCH)
    arrival = Arrival(await desk.channel("chat"), "k", desk.message("It leaks"))
    async with desk.parts.database.transaction() as tx:
        await receive(tx, [arrival], now=desk.now)
    assert not (await take_in(desk.parts.database, desk.parts.clock)).is_numbered
    assert await desk.sql("select count(*) from event_new") > 0


async def test_take_in_poison_message_is_set_aside_and_stops_nobody(desk: Desk) -> None:
    channel = await desk.channel()
    good = desk.message("good", who="good")
    async with desk.parts.database.transaction() as tx:
        await receive(
            tx, [Arrival(channel, "poison", desk.message("x", who="bad")), Arrival(channel, "good", good)], now=desk.now
        )
        await tx.execute("""update inbox set message = '{"sender": 7}' where key = 'poison'""")
    for _ in range(3):
        await take_in(desk.parts.database, desk.parts.clock)
    assert await desk.sql("select state from inbox where key = 'poison'") == "set_aside"
    assert "sender" in await desk.sql("select problem from inbox where key = 'poison'")
    assert await desk.sql("select state from inbox where key = 'good'") == "done"
    assert [one.kind for one in await desk.events("message_set_aside")] == ["message_set_aside"]


async def test_take_in_null_character_is_set_aside_not_lost(desk: Desk) -> None:
    channel = await desk.channel()
    await desk.deliver(channel, desk.message("fine"))
    with pytest.raises(Exception, match=r"\\u0000|NUL|0x00|unsupported Unicode"):
        await desk.deliver(channel, desk.message("bad \x00 text"))
    assert len(await desk.tickets()) == 1


async def test_take_in_blocked_sender_is_dismissed_with_reason(desk: Desk) -> None:
    channel = await desk.channel()
    await desk.deliver(channel, desk.message("first"))
    await desk.run("update customer set is_blocked = true")
    await desk.deliver(channel, desk.message("second"), keys=["blocked"])
    assert await desk.sql("select state from inbox where key = 'blocked'") == "dismissed"
    assert await desk.sql("select problem from inbox where key = 'blocked'") == "the sender is blocked"
    assert len(await desk.timeline((await desk.tickets())[0])) == 1


async def _solve(desk: Desk, ticket: int, category: str = "solved") -> None:
    status = await desk.sql("select id from status where category = %(c)s and is_default", c=category)
    async with desk.parts.database.transaction() as tx:
        await change_ticket(tx, ticket, TicketPatch(status_id=status), by=SYSTEM, now=desk.now)


async def test_take_in_answer_to_solved_ticket_reopens_it(desk: Desk) -> None:
    channel = await desk.channel()
    await desk.deliver(channel, desk.message("first"))
    [ticket] = await desk.tickets()
    await _solve(desk, ticket)
    desk.later(days=13)
    await desk.deliver(channel, desk.message("still broken"))
    assert await desk.tickets() == [ticket]
    assert await desk.column(ticket, "category") == "open"
    assert await desk.column(ticket, "solved_at") is None
    assert len(await desk.events("ticket_reopened")) == 1


@pytest.mark.parametrize(("category", "days"), [("solved", 15), ("closed", 0)])
async def test_take_in_answer_too_late_opens_linked_ticket(desk: Desk, category: str, days: int) -> None:
    channel = await desk.channel()
    await desk.deliver(channel, desk.message("first"))
    [old] = await desk.tickets()
    await _solve(desk, old, category)
    desk.later(days=days, minutes=1)
    await desk.deliver(channel, desk.message("again"), desk.message("and again"))
    _, new = await desk.tickets()
    assert await desk.sql("select other_id from ticket_link where ticket_id = %(id)s", id=new) == old
    assert [entry.text for entry in await desk.timeline(new)] == ["again", "and again"]


async def test_take_in_mail_answer_by_reference_joins_its_ticket(desk: Desk) -> None:
    channel = await desk.channel("email", address="help@desk.example")
    first = desk.mail("first")
    await desk.deliver(channel, first)
    await desk.deliver(channel, desk.mail("second", references=[first.message_id]))
    [ticket] = await desk.tickets()
    entries = await desk.timeline(ticket)
    assert [entry.text for entry in entries] == ["first", "second"]
    # A reference to the customer's own mail can be guessed: shown, but marked.
    assert [entry.details.is_verified for entry in entries] == [True, False]


async def test_take_in_mail_and_its_answer_in_one_batch_share_a_ticket(desk: Desk) -> None:
    channel = await desk.channel("email", address="help@desk.example")
    first = desk.mail("first")
    await desk.deliver(channel, first, desk.mail("second", references=[first.message_id]))
    assert len(await desk.tickets()) == 1


async def test_take_in_same_mail_to_two_mailboxes_is_one_message(desk: Desk) -> None:
    help_, sales = (
        await desk.channel("email", address="a@x.example"),
        await desk.channel("email", address="b@x.example"),
    )
    mail = desk.mail("to both")
    await desk.deliver(help_, mail)
    await desk.deliver(sales, mail, keys=["double"])
    assert len(await desk.tickets()) == 1
    assert await desk.sql("select problem from inbox where key = 'double'") == "duplicate"


async def test_take_in_same_message_id_other_text_is_kept(desk: Desk) -> None:
    channel = await desk.channel("email", address="a@x.example")
    await desk.deliver(channel, desk.mail("one", message_id="same@x"))
    await desk.deliver(channel, desk.mail("two", message_id="same@x"))
    assert len(await desk.tickets()) == 2


async def test_take_in_subject_hint_of_stranger_opens_own_ticket(desk: Desk) -> None:
    channel = await desk.channel("email", address="a@x.example")
    await desk.deliver(channel, desk.mail("mine"))
    [ticket] = await desk.tickets()
    await desk.deliver(channel, desk.mail("let me in", address="eve@example.com", hinted_ticket_ids=[ticket]))
    await desk.deliver(channel, desk.mail("me again", hinted_ticket_ids=[ticket]))
    assert len(await desk.tickets()) == 2
    assert [entry.text for entry in await desk.timeline(ticket)] == ["mine", "me again"]


async def test_take_in_automatic_mail_neither_reopens_nor_opens(desk: Desk) -> None:
    channel = await desk.channel("email", address="a@x.example")
    first = desk.mail("first")
    await desk.deliver(channel, first)
    [ticket] = await desk.tickets()
    await _solve(desk, ticket)
    away = desk.mail("I am on holiday", kind="auto_reply", references=[first.message_id])
    stray = desk.mail("Out of office", kind="auto_reply")
    await desk.deliver(channel, away, stray, keys=["away", "stray"])
    assert await desk.column(ticket, "category") == "solved"
    assert await desk.column(ticket, "waiting_since") is None
    assert await desk.sql("select state from inbox where key = 'stray'") == "dismissed"


async def test_take_in_bounce_is_shown_on_its_message(desk: Desk) -> None:
    agent = await desk.person("Lu")
    channel = await desk.channel("email", address="a@x.example")
    await desk.deliver(channel, desk.mail("first"))
    [ticket] = await desk.tickets()
    async with desk.parts.database.transaction() as tx:
        sent = await reply(tx, ticket, ReplyIn("answer", "key-12345", 10**9), by=agent, now=desk.now, undo_seconds=0)
        await tx.execute("insert into mail_reference values ('ours@x', %(e)s, %(t)s)", {"e": sent.id, "t": ticket})
    bounce = desk.mail("550 no such user", kind="bounce", about_message_ids=["ours@x"])
    bounce.bounce_recipients = [BounceRecipient("rosa@example.com", "5.1.1", hard=True)]
    await desk.deliver(channel, bounce)
    assert len(await desk.tickets()) == 1
    assert await desk.sql("select state from outbox where entry_id = %(id)s", id=sent.id) == "failed"
    assert (await desk.timeline(ticket))[-1].details.bounce == Bounce(
        "bounce", bounce.bounce_recipients, sent.id, bounce.text
    )
    assert await desk.sql("select count(*) from notification where kind = 'delivery_failed'") == 1


async def test_take_in_bounce_of_nothing_is_dismissed(desk: Desk) -> None:
    channel = await desk.channel("email", address="a@x.example")
    await desk.deliver(channel, desk.mail("?", kind="bounce", about_message_ids=["unknown@x"]), keys=["b"])
    assert await desk.tickets() == []
    assert "no message of ours" in await desk.sql("select problem from inbox where key = 'b'")


async def test_take_in_verified_identity_is_remembered(desk: Desk) -> None:
    channel = await desk.channel("chat")
    plain, proven = Sender("external", "u1"), Sender("external", "u1", is_verified=True)
    await desk.deliver(channel, desk.message("a", sender=plain))
    assert await desk.sql("select verified_at from identity") is None
    await desk.deliver(channel, desk.message("b", sender=proven))
    assert await desk.sql("select verified_at from identity") == desk.now


async def test_take_in_reopened_ticket_of_absent_holder_returns_to_team(desk: Desk) -> None:
    agent = await desk.person("Lu")
    channel = await desk.channel()
    await desk.deliver(channel, desk.message("first"))
    [ticket] = await desk.tickets()
    await desk.run("update ticket set assignee_id = %(id)s", id=agent.id)
    await _solve(desk, ticket)
    await desk.deliver(channel, desk.message("again"))
    assert await desk.column(ticket, "assignee_id") is None
    assert (await desk.timeline(ticket))[-1].details.reason == Reason("holder_not_there")


async def test_take_in_message_tells_present_holder(desk: Desk) -> None:
    agent = await desk.person("Lu")
    await desk.online(agent)
    channel = await desk.channel()
    await desk.deliver(channel, desk.message("first"))
    await desk.run("update ticket set assignee_id = %(id)s", id=agent.id)
    await desk.deliver(channel, desk.message("second"))
    assert await desk.sql("select kind from notification where person_id = %(id)s", id=agent.id) == "customer_replied"


async def test_take_in_message_that_the_database_refuses_stops_nobody(desk: Desk) -> None:
    channel = await desk.channel()
    await desk.deliver(channel, desk.message("first", client_key="one-and-the-same"))
    again = desk.message("second", client_key="one-and-the-same")
    await desk.deliver(channel, again, desk.message("other", who="c2"), keys=["again", "other"])
    assert await desk.sql("select state from inbox where key = 'again'") == "set_aside"
    assert "entry_client_key" in await desk.sql("select problem from inbox where key = 'again'")
    assert await desk.sql("select state from inbox where key = 'other'") == "done"
