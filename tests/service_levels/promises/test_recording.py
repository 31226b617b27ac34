"""Promises of messages: recorded once with them, as decided in the composer; undone with them; kept by the next one."""

from datetime import timedelta

import pytest

from ombud.service_levels.promises.reactions import PROMISES
from ombud.shared.readers import read_batch
from tests.service_levels.promises.counter import IN_24_HOURS, MONDAY, Counter

TUESDAY = "2026-11-24T02:00:00Z"
LATER = "2026-11-25T07:00:00Z"
WORDS = "我们会在24小时内给您回复"


async def test_send_without_deciding_records_the_promise_as_recognised(counter: Counter) -> None:
    ticket, one = await counter.promised()
    assert (one["words"], one["due_at"], one["status"]) == (WORDS, TUESDAY, "open")
    assert (one["way"], one["kind"], one["made_by"]) == ("message", "fixed", counter.people["lin"].id)
    assert await counter.clocks(ticket) == [("running", None, TUESDAY)]
    assert await counter.lines(ticket) == ["made"]
    [made] = await counter.site.desk.events("promise_made")
    assert (made.data["promise_id"], made.data["has_moment"], made.actor_id) == (one["id"], True, one["made_by"])
    assert (await counter.site.desk.column(ticket, "due_at")).isoformat() == "2026-11-24T02:00:00+00:00"


async def test_send_with_another_moment_records_that_one(counter: Counter) -> None:
    _, one = await counter.promised(promises=[{"words": WORDS, "due_at": LATER}])
    assert (one["due_at"], one["first_due_at"]) == (LATER, LATER)


async def test_send_with_a_dropped_promise_records_only_the_others(counter: Counter) -> None:
    ticket = await counter.ticket()
    text = "我们会在24小时内给您回复。另外我们会在3个工作日内为您退款。"
    await counter.say(ticket, text, promises=[{"words": WORDS, "is_dropped": True}])
    [one] = await counter.promises(ticket)
    assert "退款" in one["words"]
    assert one["due_at"] == "2026-11-26T16:00:00Z"


async def test_a_choice_about_words_that_are_not_there_changes_nothing(counter: Counter) -> None:
    _, one = await counter.promised(promises=[{"words": "明天给您电话", "is_dropped": True}])
    assert one["status"] == "open"


async def test_sending_twice_with_one_key_records_once(counter: Counter) -> None:
    ticket = await counter.ticket()
    await counter.say(ticket, client_key="the-same-key-1")
    await counter.say(ticket, client_key="the-same-key-1")
    assert len(await counter.promises(ticket)) == 1


async def test_reading_the_log_twice_records_once(counter: Counter) -> None:
    ticket, _ = await counter.promised()
    await counter.site.desk.run("update reader set seq = 0 where name = 'promises'")
    assert (await read_batch(counter.site.desk.parts.database, PROMISES, now=counter.site.desk.now)).passed
    await counter.follow()
    assert len(await counter.promises(ticket)) == 1
    assert len(await counter.clocks(ticket)) == 1


async def test_vague_words_are_marked_and_not_watched(counter: Counter) -> None:
    ticket, one = await counter.promised("我们会尽快给您处理。")
    assert (one["status"], one["due_at"]) == ("vague", None)
    assert await counter.clocks(ticket) == []
    assert await counter.lines(ticket) == []


async def test_vague_words_with_a_moment_given_in_the_composer_are_watched(counter: Counter) -> None:
    choice = {"words": "我们会尽快给您处理", "due_at": LATER}
    ticket, one = await counter.promised("我们会尽快给您处理。", promises=[choice])
    assert (one["status"], one["due_at"]) == ("open", LATER)
    assert await counter.clocks(ticket) == [("running", None, LATER)]


async def test_a_promise_that_counts_from_an_event_waits_for_its_moment(counter: Counter) -> None:
    text = "We will refund you within 3 days of receiving the parcel."
    ticket, one = await counter.promised(text)
    assert (one["kind"], one["status"], one["due_at"]) == ("on_event", "open", None)
    assert await counter.clocks(ticket) == []


async def test_no_promise_leaves_nothing(counter: Counter) -> None:
    ticket = await counter.ticket()
    await counter.say(ticket, "请问您什么时候方便?")
    assert await counter.promises(ticket) == []
    assert await counter.site.desk.events("promise_made") == []


async def mailed(counter: Counter) -> tuple[int, int]:
    """A promise in a mail that can still be taken back; the ticket and the entry."""
    desk = counter.site.desk
    await desk.deliver(await desk.channel("email", address="help@shop.example"), desk.mail())
    ticket = (await desk.tickets())[-1]
    return ticket, await counter.say(ticket)


async def test_undo_of_the_message_takes_its_promise_along(counter: Counter) -> None:
    ticket, entry = await mailed(counter)
    assert len(await counter.promises(ticket)) == 1
    assert (await counter.lin.delete(f"/tickets/{ticket}/replies/{entry}")).status_code == 200
    await counter.follow()
    assert await counter.promises(ticket) == []
    assert await counter.lines(ticket) == []
    assert [state for state, _, _ in await counter.clocks(ticket)] == ["ended"]
    assert await counter.site.desk.column(ticket, "due_at") is None


async def test_undo_before_anybody_read_of_it_records_nothing(counter: Counter) -> None:
    desk = counter.site.desk
    await desk.deliver(await desk.channel("email", address="help@shop.example"), desk.mail())
    ticket = (await desk.tickets())[-1]
    body = {"text": IN_24_HOURS, "client_key": "undone-soon", "force": True}
    entry = (await counter.lin.post(f"/tickets/{ticket}/replies", body)).json()["id"]
    assert (await counter.lin.delete(f"/tickets/{ticket}/replies/{entry}")).status_code == 200
    await counter.follow()
    assert await counter.promises(ticket) == []
    assert await desk.events("promise_made") == []


async def planned(counter: Counter, ticket: int, **more: object) -> int:
    """The same answer for tomorrow at 9:00 in Shanghai."""
    reply = {"text": IN_24_HOURS, "client_key": "for-tomorrow", "force": True, **more}
    body = {"send_at": "2026-11-24T01:00:00Z", "reply": reply}
    answer = await counter.lin.post(f"/tickets/{ticket}/planned-replies", body)
    assert answer.status_code == 201, answer.text
    found: int = answer.json()["id"]
    return found


async def test_a_planned_reply_promises_from_when_it_goes_out(counter: Counter) -> None:
    ticket = await counter.ticket()
    number = await planned(counter, ticket)
    await counter.follow()
    assert await counter.promises(ticket) == []
    counter.site.desk.later(hours=23)
    assert (await counter.lin.post(f"/tickets/{ticket}/planned-replies/{number}/sending")).status_code == 201
    await counter.follow()
    [one] = await counter.promises(ticket)
    assert one["due_at"] == "2026-11-25T01:00:00Z"


async def test_a_planned_reply_keeps_what_was_decided(counter: Counter) -> None:
    ticket = await counter.ticket()
    number = await planned(counter, ticket, promises=[{"words": WORDS, "due_at": LATER}])
    counter.site.desk.later(hours=23)
    await counter.lin.post(f"/tickets/{ticket}/planned-replies/{number}/sending")
    await counter.follow()
    assert [one["due_at"] for one in await counter.promises(ticket)] == [LATER]


async def test_a_moment_that_passed_before_a_planned_reply_went_out_does_not_count(counter: Counter) -> None:
    ticket = await counter.ticket()
    number = await planned(counter, ticket, promises=[{"words": WORDS, "due_at": "2026-11-23T09:00:00Z"}])
    counter.site.desk.later(hours=23)
    await counter.lin.post(f"/tickets/{ticket}/planned-replies/{number}/sending")
    await counter.follow()
    assert [one["due_at"] for one in await counter.promises(ticket)] == ["2026-11-25T01:00:00Z"]


async def test_a_cancelled_planned_reply_promises_nothing(counter: Counter) -> None:
    ticket = await counter.ticket()
    number = await planned(counter, ticket)
    await counter.lin.delete(f"/tickets/{ticket}/planned-replies/{number}")
    await counter.later(hours=30)
    assert await counter.promises(ticket) == []


async def test_the_next_message_keeps_a_promise_of_word(counter: Counter) -> None:
    ticket, one = await counter.promised()
    await counter.later(hours=3)
    entry = await counter.say(ticket, "经检测是滤芯未装到位,已经为您更换。")
    [kept] = await counter.promises(ticket)
    assert (kept["status"], kept["kept_entry_id"], kept["id"]) == ("kept", entry, one["id"])
    assert await counter.clocks(ticket) == [("ended", "met", TUESDAY)]
    assert await counter.lines(ticket) == ["made", "kept"]
    [fact] = await counter.site.desk.events("promise_kept")
    assert (fact.data["is_by_message"], fact.data["is_late"]) == (True, False)


@pytest.mark.parametrize(
    ("text", "wait", "answer"),
    [
        ("我们会在24小时内给您回复。", timedelta(seconds=20), "还有其他可以帮您的吗?"),
        ("我们会在24小时内给您回复。", timedelta(hours=3), "仍在检测,我们会在明天下午三点前给您答复。"),
        ("我们会在24小时内给您回电话。", timedelta(hours=3), "经检测是滤芯未装到位。"),
        ("我们会在3个工作日内为您退款。", timedelta(hours=3), "已提交财务。"),
    ],
    ids=["same sitting", "promises word again", "a call", "money"],
)
async def test_a_message_that_is_not_what_was_promised_keeps_nothing(
    counter: Counter, text: str, wait: timedelta, answer: str
) -> None:
    ticket, one = await counter.promised(text)
    await counter.later(seconds=wait.total_seconds())
    await counter.say(ticket, answer)
    found = {two["id"]: two for two in await counter.promises(ticket)}[one["id"]]
    # It is offered instead: somebody says whether that was it.
    assert (found["status"], found["is_answered"]) == ("open", True)


async def test_a_customers_message_and_a_note_keep_nothing(counter: Counter) -> None:
    ticket, _ = await counter.promised()
    await counter.later(hours=3)
    await counter.lin.post(f"/tickets/{ticket}/notes", {"text": "已联系工厂", "client_key": "a-note-1"})
    await counter.follow()
    [one] = await counter.promises(ticket)
    assert (one["status"], one["is_answered"]) == ("open", False)


async def test_undo_of_the_message_that_kept_it_opens_the_promise_again(counter: Counter) -> None:
    ticket, _ = await mailed(counter)
    await counter.later(hours=3)
    entry = await counter.say(ticket, "经检测是滤芯未装到位。")
    assert [one["status"] for one in await counter.promises(ticket)] == ["kept"]
    await counter.lin.delete(f"/tickets/{ticket}/replies/{entry}")
    await counter.follow()
    assert [one["status"] for one in await counter.promises(ticket)] == ["open"]
    assert await counter.clocks(ticket) == [("running", None, TUESDAY)]
    assert await counter.lines(ticket) == ["made"]
    await counter.later(days=2)
    assert [one["status"] for one in await counter.promises(ticket)] == ["broken"]


async def test_a_program_promises_too_and_an_automatic_answer_does_not(counter: Counter) -> None:
    desk = counter.site.desk
    program = await counter.site.program(await desk.person("Admin", role="administrator"), "tickets.reply", teams=[1])
    ticket = await counter.ticket()
    body = {"text": IN_24_HOURS, "client_key": "by-program-1", "force": True}
    answer = await program.post(f"/tickets/{ticket}/replies", body)
    assert answer.status_code == 201, answer.text
    await counter.follow()
    [one] = await counter.promises(ticket)
    assert (one["made_by"], one["status"], one["due_at"]) == (None, "open", TUESDAY)
    await desk.run("update entry set author_kind = 'system', author_id = null where id = %(id)s", id=one["entry_id"])
    await desk.run("truncate promise, promise_move")
    await desk.run("update reader set seq = 0 where name = 'promises'")
    await counter.follow()
    assert await counter.promises(ticket) == []


def test_monday_is_the_day_that_the_moments_above_count_from() -> None:
    assert MONDAY.isoformat() == "2026-11-23T02:00:00+00:00"
