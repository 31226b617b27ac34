"""Promises by hand: made on the phone, moved with a reason, kept, dropped."""

from typing import Any

import pytest

from tests.service_levels.promises.counter import Counter

TUESDAY = "2026-11-24T02:00:00Z"
LATER = "2026-11-25T07:00:00Z"
CALL = {"words": "明早给您回电", "due_at": "2026-11-24T02:00:00Z", "way": "phone"}


async def called(counter: Counter, **more: Any) -> tuple[int, dict[str, Any]]:
    """A ticket with a promise that was made on the phone."""
    ticket = await counter.ticket()
    answer = await counter.lin.post(f"/tickets/{ticket}/promises", CALL | more)
    assert answer.status_code == 201, answer.text
    [one] = answer.json()["items"]
    return ticket, one


async def move(counter: Counter, ticket: int, promise: int, due_at: str = LATER, reason: str = "配件未到") -> Any:
    body = {"due_at": due_at, "reason": reason}
    return await counter.lin.put(f"/tickets/{ticket}/promises/{promise}/moment", body)


async def test_add_a_promise_of_the_phone_watches_it(counter: Counter) -> None:
    ticket, one = await called(counter)
    assert (one["way"], one["status"], one["due_at"], one["entry_id"]) == ("phone", "open", TUESDAY, None)
    assert await counter.clocks(ticket) == [("running", None, TUESDAY)]
    assert await counter.lines(ticket) == ["made"]
    [fact] = await counter.site.desk.events("promise_made")
    assert fact.data["way"] == "phone"


@pytest.mark.parametrize(
    "wrong",
    [
        {"due_at": "2026-11-23T01:00:00Z"},
        {"due_at": "2099-01-01T00:00:00Z"},
        {"due_at": "2026-11-24T10:00:00"},
        {"words": ""},
        {"words": "  "},
        {"way": "message"},
        {"way": "pigeon"},
    ],
)
async def test_add_a_promise_that_cannot_be_is_refused(counter: Counter, wrong: dict[str, str]) -> None:
    ticket = await counter.ticket()
    answer = await counter.lin.post(f"/tickets/{ticket}/promises", CALL | wrong)
    assert answer.status_code in {400, 422}, answer.text
    assert await counter.promises(ticket) == []


async def test_add_beyond_fifty_is_refused(counter: Counter) -> None:
    ticket, _ = await called(counter)
    await counter.site.desk.run(
        "insert into promise (ticket_id, home_ticket_id, way, kind, words, team_id, made_at, status)"
        " select %(t)s, %(t)s, 'phone', 'fixed', 'x', 1, now(), 'open' from generate_series(1, 49)",
        t=ticket,
    )
    answer = await counter.lin.post(f"/tickets/{ticket}/promises", CALL)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_promises")


async def test_move_keeps_the_history_and_the_reason(counter: Counter) -> None:
    ticket, one = await called(counter)
    assert (await move(counter, ticket, one["id"])).status_code == 200
    [moved] = await counter.promises(ticket)
    assert (moved["due_at"], moved["first_due_at"]) == (LATER, TUESDAY)
    [step] = moved["moves"]
    assert (step["due_before"], step["due_after"], step["reason"]) == (TUESDAY, LATER, "配件未到")
    assert step["moved_by"] == counter.people["lin"].id
    assert await counter.clocks(ticket) == [("running", None, LATER)]
    assert await counter.lines(ticket) == ["made", "moved"]
    assert len(await counter.site.desk.events("promise_moved")) == 1


async def test_move_to_the_same_moment_changes_nothing(counter: Counter) -> None:
    ticket, one = await called(counter)
    assert (await move(counter, ticket, one["id"], TUESDAY)).status_code == 200
    assert await counter.site.desk.events("promise_moved") == []
    assert (await counter.promises(ticket))[0]["moves"] == []


@pytest.mark.parametrize(("due_at", "reason"), [(LATER, ""), (LATER, "  "), ("2026-11-23T01:00:00Z", "x")])
async def test_move_without_reason_or_into_the_past_is_refused(counter: Counter, due_at: str, reason: str) -> None:
    ticket, one = await called(counter)
    assert (await move(counter, ticket, one["id"], due_at, reason)).status_code in {400, 422}
    assert (await counter.promises(ticket))[0]["due_at"] == TUESDAY


async def test_move_of_a_promise_without_a_moment_gives_it_its_first(counter: Counter) -> None:
    ticket, one = await counter.promised("We will refund you within 3 days of receiving the parcel.")
    assert (await move(counter, ticket, one["id"])).status_code == 200
    [given] = await counter.promises(ticket)
    assert (given["due_at"], given["first_due_at"]) == (LATER, LATER)
    assert await counter.clocks(ticket) == [("running", None, LATER)]
    assert await counter.site.desk.sql("select moves from promise where id = %(id)s", id=one["id"]) == 0


async def test_move_of_a_vague_promise_begins_to_watch_it(counter: Counter) -> None:
    ticket, one = await counter.promised("我们会尽快给您处理。")
    assert (await move(counter, ticket, one["id"])).status_code == 200
    assert [two["status"] for two in await counter.promises(ticket)] == ["open"]
    await counter.later(days=3)
    assert [two["status"] for two in await counter.promises(ticket)] == ["broken"]


async def test_move_of_a_broken_or_ended_promise_is_refused(counter: Counter) -> None:
    ticket, one = await called(counter)
    await counter.later(days=2)
    answer = await move(counter, ticket, one["id"], "2026-11-27T07:00:00Z")
    assert (answer.status_code, answer.json()["code"]) == (409, "promise_over")
    await counter.end(ticket, one["id"])
    answer = await move(counter, ticket, one["id"], "2026-11-27T07:00:00Z")
    assert (answer.status_code, answer.json()["code"]) == (409, "promise_over")


async def test_keep_in_time_ends_promise_and_clock(counter: Counter) -> None:
    ticket, one = await called(counter)
    assert (await counter.end(ticket, one["id"])).status_code == 200
    [kept] = await counter.promises(ticket)
    assert (kept["status"], kept["ended_by"]) == ("kept", counter.people["lin"].id)
    assert await counter.clocks(ticket) == [("ended", "met", TUESDAY)]
    [fact] = await counter.site.desk.events("promise_kept")
    assert (fact.data["is_late"], fact.data["is_by_message"]) == (False, False)
    await counter.later(days=2)
    assert [two["status"] for two in await counter.promises(ticket)] == ["kept"]


async def test_keep_twice_changes_nothing(counter: Counter) -> None:
    ticket, one = await called(counter)
    await counter.end(ticket, one["id"])
    assert (await counter.end(ticket, one["id"], "dropped", reason="x")).status_code == 200
    assert [two["status"] for two in await counter.promises(ticket)] == ["kept"]
    assert await counter.lines(ticket) == ["made", "kept"]


async def test_keep_after_the_moment_stays_broken_and_says_late(counter: Counter) -> None:
    ticket, one = await called(counter)
    await counter.later(days=2)
    assert (await counter.end(ticket, one["id"])).status_code == 200
    [late] = await counter.promises(ticket)
    assert (late["status"], late["ended_at"] is not None) == ("broken", True)
    assert await counter.clocks(ticket) == [("ended", "met", TUESDAY)]
    assert [fact.data["is_late"] for fact in await counter.site.desk.events("promise_kept")] == [True]


async def test_drop_needs_a_reason_and_is_not_broken_later(counter: Counter) -> None:
    ticket, one = await called(counter)
    assert (await counter.end(ticket, one["id"], "dropped")).status_code in {400, 422}
    answer = await counter.end(ticket, one["id"], "dropped", reason="客户自行解决")
    assert answer.status_code == 200
    [dropped] = await counter.promises(ticket)
    assert (dropped["status"], dropped["reason"]) == ("dropped", "客户自行解决")
    assert await counter.clocks(ticket) == [("ended", "dropped", TUESDAY)]
    await counter.later(days=2)
    assert [two["status"] for two in await counter.promises(ticket)] == ["dropped"]


async def test_drop_of_a_broken_promise_is_refused(counter: Counter) -> None:
    ticket, one = await called(counter)
    await counter.later(days=2)
    answer = await counter.end(ticket, one["id"], "dropped", reason="算了")
    assert (answer.status_code, answer.json()["code"]) == (409, "promise_over")
    assert [two["status"] for two in await counter.promises(ticket)] == ["broken"]


async def test_a_promise_of_another_ticket_is_not_found(counter: Counter) -> None:
    _, one = await called(counter)
    other = await counter.ticket("另一张", who="c2")
    assert (await counter.end(other, one["id"])).status_code == 404
    assert (await move(counter, other, one["id"])).status_code == 404


async def test_who_only_reads_may_look_and_change_nothing(counter: Counter) -> None:
    ticket, one = await called(counter)
    reader = await counter.site.browser(await counter.site.desk.person("Ren", role="read_only"))
    assert len(await counter.promises(ticket, reader)) == 1
    path = f"/tickets/{ticket}/promises"
    tried = [
        await reader.post(path, CALL),
        await reader.put(f"{path}/{one['id']}/end", {"outcome": "kept"}),
        await reader.put(f"{path}/{one['id']}/moment", {"due_at": LATER, "reason": "x"}),
        await reader.post(f"/tickets/{ticket}/promise-offers", {"text": "x"}),
    ]
    assert {one.status_code for one in tried} == {403}
