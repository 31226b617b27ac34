"""Promises whose moment nears and passes; and promises of tickets that are solved, merged, parted and split."""

from tests.service_levels.promises.counter import Counter

TUESDAY = "2026-11-24T02:00:00Z"
PHONE = {"words": "明早给您回电", "due_at": TUESDAY, "way": "phone"}


async def status(counter: Counter, ticket: int) -> list[str]:
    return [one["status"] for one in await counter.promises(ticket)]


async def test_a_promise_is_broken_to_the_second_and_once(counter: Counter) -> None:
    ticket, _ = await counter.promised()
    await counter.later(hours=23, minutes=59, seconds=59)
    assert await status(counter, ticket) == ["open"]
    await counter.later(seconds=1)
    await counter.follow()
    assert await status(counter, ticket) == ["broken"]
    assert len(await counter.site.desk.events("promise_broken")) == 1
    assert await counter.lines(ticket) == ["made", "broken"]
    # It is still to be done: the deadline stays in the lists until then.
    assert (await counter.site.desk.column(ticket, "due_at")).isoformat() == "2026-11-24T02:00:00+00:00"


async def test_whoever_promised_is_reminded_once_and_told_with_the_supervisor_when_it_is_late(
    counter: Counter,
) -> None:
    await counter.promised()
    # four fifths of a day, in office hours of the next one only
    await counter.later(hours=23, minutes=30)
    assert (await counter.told("lin", "due_soon"), await counter.told("wu", "due_soon")) == (1, 0)
    await counter.later(hours=1)
    assert (await counter.told("lin", "overdue"), await counter.told("wu", "overdue")) == (1, 1)


async def test_a_promise_never_rests_while_the_ticket_waits_or_is_solved(counter: Counter) -> None:
    ticket, _ = await counter.promised()
    solved = await counter.site.desk.sql("select id from status where category = 'solved' and is_default")
    answer = await counter.lin.patch(f"/tickets/{ticket}", {"status_id": solved})
    assert answer.status_code == 200, answer.text
    await counter.follow()
    assert await counter.clocks(ticket) == [("running", None, TUESDAY)]
    await counter.later(days=2)
    assert await status(counter, ticket) == ["broken"]


async def merged(counter: Counter) -> tuple[int, int]:
    """A ticket with a promise by message and one by phone, gone into another one."""
    source, target = await counter.ticket("漏水"), await counter.ticket("还是漏水", who="c1")
    await counter.say(source)
    await counter.lin.post(f"/tickets/{source}/promises", PHONE)
    answer = await counter.lin.post(f"/tickets/{target}/merge", {"source_ids": [source], "confirmed": True})
    assert answer.status_code in {200, 201}, answer.text
    await counter.follow()
    return source, target


async def test_promises_go_with_a_merged_ticket_and_are_broken_there(counter: Counter) -> None:
    source, target = await merged(counter)
    assert len(await counter.promises(target)) == 2
    assert await counter.site.desk.sql("select count(*) from promise where ticket_id = %(id)s", id=source) == 0
    assert [state for state, _, _ in await counter.clocks(target)] == ["running", "running"]
    await counter.later(days=2)
    assert await status(counter, target) == ["broken", "broken"]


async def test_promises_come_back_when_a_merge_is_undone(counter: Counter) -> None:
    source, target = await merged(counter)
    answer = await counter.lin.post(f"/tickets/{target}/unmerge", {"source_id": source})
    assert answer.status_code in {200, 201}, answer.text
    await counter.follow()
    assert (len(await counter.promises(source)), await counter.promises(target)) == (2, [])
    assert len(await counter.clocks(source)) == 2


async def test_a_promise_goes_with_its_message_when_a_ticket_is_split(counter: Counter) -> None:
    ticket = await counter.ticket()
    entry = await counter.say(ticket)
    await counter.lin.post(f"/tickets/{ticket}/promises", PHONE)
    body = {"entry_ids": [entry], "subject": "另案"}
    answer = await counter.lin.post(f"/tickets/{ticket}/split", body)
    assert answer.status_code in {200, 201}, answer.text
    await counter.follow()
    new = (await counter.site.desk.tickets())[-1]
    assert [one["way"] for one in await counter.promises(new)] == ["message"]
    assert [one["way"] for one in await counter.promises(ticket)] == ["phone"]


async def test_customers_hear_nothing_of_promises(counter: Counter) -> None:
    desk = counter.site.desk
    ticket = await counter.ticket()
    secret = "内部:王经理答应退一半"
    await counter.lin.post(f"/tickets/{ticket}/promises", PHONE | {"words": secret, "way": "note"})
    await counter.say(ticket, "您好", promises=[{"words": secret, "is_dropped": True}])
    await counter.later(days=2)
    admin = await desk.person("Admin", role="administrator")
    program = await counter.site.program(admin, "outgoing.read", teams=[1])
    channel = await desk.column(ticket, "channel_id")
    out = await program.get(f"/channels/{channel}/outgoing")
    assert out.status_code == 200
    assert "您好" in out.text
    assert secret not in out.text
    # facts hold no words either: webhooks and streams of others carry ids only
    assert secret not in str([one.data for one in await desk.events()])


async def test_events_tell_the_screens_and_each_line_comes_with_its_frame(counter: Counter) -> None:
    ticket, one = await counter.promised()
    await counter.end(ticket, one["id"])
    frames = b"".join([frame.encode(frame.data) for frame in await counter.site.frames(counter.people["wu"])]).decode()
    assert "promise_made" in frames
    assert "promise.kept" in frames
