"""What the composer offers before a reply is sent: promises with their moments, doubts, and safe words."""

import json
import time
from typing import Any

import pytest

from tests.service_levels.promises.counter import IN_24_HOURS, Counter

MONDAY_NOON = "2026-11-23T04:00:00Z"
REFUND = "We will refund you within 5 working days."


async def only(counter: Counter, text: str, ticket: int | None = None, **more: Any) -> dict[str, Any]:
    """The one promise that is offered."""
    [one] = await counter.offers(ticket or await counter.ticket(), text, **more)
    return one


async def doubts(counter: Counter, text: str, ticket: int | None = None) -> list[str]:
    """Why the one promise may not be kept."""
    return [one["kind"] for one in (await only(counter, text, ticket))["problems"]]


async def test_offer_holds_words_place_and_moment_by_the_teams_calendar(counter: Counter) -> None:
    text = f"您好。{IN_24_HOURS}"
    one = await only(counter, text)
    assert text[one["start"] : one["end"]] == one["words"] == "我们会在24小时内给您回复"
    assert (one["kind"], one["due_at"]) == ("fixed", "2026-11-24T10:00:00+08:00")
    assert (one["problems"], one["safe"]) == ([], None)


async def test_offer_counts_places_as_browsers_do(counter: Counter) -> None:
    text = f"😀👍 {REFUND}"
    one = await only(counter, text)
    units = text.encode("utf-16-le")
    assert units[2 * one["start"] : 2 * one["end"]].decode("utf-16-le") == one["words"]


async def test_offer_for_later_counts_from_then(counter: Counter) -> None:
    one = await only(counter, IN_24_HOURS, send_at="2026-11-25T02:00:00Z")
    assert one["due_at"] == "2026-11-26T10:00:00+08:00"


@pytest.mark.parametrize(
    "text", ["", "您好,请问型号是什么?", "If you send us a photo, we will refund you within 2 days."]
)
async def test_nothing_is_offered_where_nothing_is_promised(counter: Counter, text: str) -> None:
    assert await counter.offers(await counter.ticket(), text) == []


@pytest.mark.parametrize("send_at", ["9999-12-31T23:59:59Z", "2027-11-25T00:00:00Z"])
async def test_offer_for_later_than_a_reply_can_be_planned_is_refused(counter: Counter, send_at: str) -> None:
    ticket = await counter.ticket()
    for text in ("我们3天内给您退款", "We'll refund you within 3 months.", "你好"):
        answer = await counter.lin.post(f"/tickets/{ticket}/promise-offers", {"text": text, "send_at": send_at})
        assert (answer.status_code, answer.json()["fields"]) == (400, {"send_at": "too_far"})


async def test_offer_for_a_moment_that_has_passed_counts_from_now(counter: Counter) -> None:
    ticket = await counter.ticket()
    [now] = await counter.offers(ticket, IN_24_HOURS)
    for send_at in ("0001-01-01T00:00:00Z", "2026-11-22T00:00:00+08:00"):
        [past] = await counter.offers(ticket, IN_24_HOURS, send_at=send_at)
        assert past["due_at"] == now["due_at"]


async def test_nothing_of_an_offer_is_saved(counter: Counter) -> None:
    ticket = await counter.ticket()
    before = len(await counter.site.desk.events())
    await counter.offers(ticket, IN_24_HOURS)
    assert await counter.promises(ticket) == []
    assert len(await counter.site.desk.events()) == before


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("我们会尽快给您处理。", "我们会在1个工作日内给您回复"),
        ("We will get back to you asap.", "We will get back to you within 1 working day"),
    ],
)
async def test_vague_words_come_with_safe_ones(counter: Counter, text: str, safe: str) -> None:
    one = await only(counter, text)
    assert (one["kind"], one["due_at"], one["problems"]) == ("vague", None, [])
    assert one["safe"] == safe


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("我们会在11月28日15:00前给您回电话。", "closed_day"),
        ("我们会在明天晚上9点前给您回电话。", "closed_hours"),
        ("We will call you within 10 minutes of working time.", None),
        ("我们会在2027年3月1日前给您退款。", "too_long"),
    ],
)
async def test_moments_that_may_not_be_kept_are_doubted(counter: Counter, text: str, doubt: str | None) -> None:
    found = [one["kind"] for offer in await counter.offers(await counter.ticket(), text) for one in offer["problems"]]
    assert found == ([doubt] if doubt else [])


async def test_a_moment_that_has_passed_is_doubted(counter: Counter) -> None:
    counter.site.desk.later(hours=6)
    assert await doubts(counter, "我们会在今天15:00前给您回电话。") == ["past"]


async def test_a_holiday_is_doubted_with_its_name(counter: Counter) -> None:
    one = await only(counter, "我们会在2027年1月1日10:00前给您回电话。")
    kinds = {problem["kind"] for problem in one["problems"]}
    assert kinds & {"holiday", "too_long"}


async def test_a_night_without_working_time_is_doubted(counter: Counter) -> None:
    counter.site.desk.later(hours=9)
    assert await doubts(counter, "我们会在2小时内给您回复。") == ["no_hours"]


async def test_a_promise_behind_a_deadline_from_outside_is_doubted(counter: Counter) -> None:
    ticket = await counter.ticket()
    await counter.lin.post(f"/tickets/{ticket}/deadlines", {"label": "监管答复", "due_at": "2026-11-25T08:00:00Z"})
    one = await only(counter, "我们会在5个工作日内给您答复。", ticket)
    [doubt] = one["problems"]
    assert (doubt["kind"], doubt["label_zh"], doubt["at"]) == ("behind_deadline", "监管答复", "2026-11-25T08:00:00Z")
    # the safe words lie before it
    [safe] = await counter.offers(ticket, one["safe"])
    assert (safe["problems"], safe["due_at"] < "2026-11-25T16:00:00+08:00") == ([], True)


async def limits(counter: Counter, **change: Any) -> None:
    """Set rules of the desk."""
    admin = await counter.site.browser(await counter.site.desk.person("Admin", role="administrator"))
    answer = await admin.patch("/desk", change)
    assert answer.status_code == 200, answer.text


async def test_the_longest_promise_is_the_desks(counter: Counter) -> None:
    assert await doubts(counter, REFUND) == []
    await limits(counter, promise_days=3)
    one = await only(counter, REFUND)
    assert [problem["kind"] for problem in one["problems"]] == ["too_long"]
    assert one["problems"][0]["at"] == "2026-11-26T02:00:00Z"


async def test_money_is_for_whom_the_desk_lets_promise_it(counter: Counter) -> None:
    await limits(counter, promise_money="permitted")
    one = await only(counter, REFUND)
    assert [problem["kind"] for problem in one["problems"]] == ["money"]
    assert one["safe"] == "We will check this and get back to you within 1 working day"
    ticket = await counter.ticket(who="c2")
    answer = await counter.wu.post(f"/tickets/{ticket}/promise-offers", {"text": REFUND})
    assert answer.json()["items"][0]["problems"] == []
    assert await doubts(counter, IN_24_HOURS) == []


CALL_AT_THREE = "我们会在今天15:00前给您回电话。"


async def duty(counter: Counter, hours: list[tuple[str, str]]) -> None:
    """Give Lin working hours of her own, on working days."""
    spec = {"time_zone": "Asia/Shanghai", "week": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), hours)}
    sql = """
        with c as (insert into calendar (name_en, name_zh, created_at) values ('Late', '', now()) returning id),
            v as (insert into calendar_version (calendar_id, spec, created_at) select id, %(spec)s::jsonb, now() from c)
        insert into agent_routing (person_id, calendar_id) select %(person)s, id from c"""
    await counter.site.desk.run(sql, person=counter.people["lin"].id, spec=json.dumps(spec))


async def promise_at_three(counter: Counter, times: int, who: str = "Lin") -> None:
    """Promises that are due at 15:00 today, each on a ticket of its own."""
    browser = counter.lin if who == "Lin" else counter.wu
    for number in range(times):
        ticket = await counter.ticket(who=f"three-{who}-{number}")
        wanted = {"words": "回电", "due_at": "2026-11-23T15:00:00+08:00", "way": "phone"}
        assert (await browser.post(f"/tickets/{ticket}/promises", wanted)).status_code == 201


async def test_a_moment_off_the_writers_own_duty_is_doubted(counter: Counter) -> None:
    assert await doubts(counter, CALL_AT_THREE) == []
    await duty(counter, [("09:00", "12:00")])
    one = await only(counter, CALL_AT_THREE)
    assert [problem["kind"] for problem in one["problems"]] == ["off_duty"]
    assert one["safe"] == "我们会在1个工作日内给您回复"
    assert await doubts(counter, "我们会在明天11:30前给您回电话。") == []
    # Wu works in the team's hours.
    answer = await counter.wu.post(f"/tickets/{await counter.ticket()}/promise-offers", {"text": CALL_AT_THREE})
    assert answer.json()["items"][0]["problems"] == []


async def test_a_full_half_hour_is_doubted_and_the_next_free_one_offered(counter: Counter) -> None:
    await promise_at_three(counter, 2)
    assert await doubts(counter, CALL_AT_THREE) == []
    await promise_at_three(counter, 3)
    one = await only(counter, CALL_AT_THREE)
    assert [(problem["kind"], problem["at"]) for problem in one["problems"]] == [("no_slot", "2026-11-23T07:30:00Z")]
    assert one["safe"] == "我们会在2026年11月23日15:30前给您回复"
    assert await doubts(counter, one["safe"]) == []
    await limits(counter, promise_slots=0)
    assert await doubts(counter, CALL_AT_THREE) == []


async def test_a_team_has_as_many_places_as_its_members_have(counter: Counter) -> None:
    await limits(counter, promise_slots=1)
    members = await counter.site.desk.sql("select count(*) from membership where team_id = 1")
    await promise_at_three(counter, members - 1, who="Wu")
    assert await doubts(counter, CALL_AT_THREE) == []
    await promise_at_three(counter, members, who="Wu")
    assert await doubts(counter, CALL_AT_THREE) == ["no_slot"]
    # by 24:00 there is time all day
    assert await doubts(counter, "我们会在今天之内给您回电话。") == []


@pytest.mark.parametrize(
    "change", [{"promise_days": 0}, {"promise_days": 400}, {"promise_money": "nobody"}, {"promise_slots": 51}]
)
async def test_impossible_rules_are_refused(counter: Counter, change: dict[str, Any]) -> None:
    admin = await counter.site.browser(await counter.site.desk.person("Admin", role="administrator"))
    assert (await admin.patch("/desk", change)).status_code in {400, 422}


async def test_an_unseen_ticket_has_no_offers(counter: Counter) -> None:
    other = await counter.site.desk.team("别的团队")
    outsider = await counter.site.browser(await counter.site.desk.person("Out", other))
    ticket = await counter.ticket()
    assert (await outsider.post(f"/tickets/{ticket}/promise-offers", {"text": REFUND})).status_code == 404
    assert (await outsider.get(f"/tickets/{ticket}/promises")).status_code == 404


async def test_a_team_without_hours_is_always_there(counter: Counter) -> None:
    await counter.site.desk.run("update calendar set is_default = false")
    assert await doubts(counter, "我们会在11月28日23:00前给您回电话。") == []


async def test_a_long_text_is_offered_at_once(counter: Counter) -> None:
    ticket = await counter.ticket()
    began = time.perf_counter()
    found = await counter.offers(ticket, "您好,这是一段很长的说明。" * 1_500 + IN_24_HOURS)
    # a bound against mistakes such as a search that grows with the square of the text, not a measurement
    assert time.perf_counter() - began < 5
    assert len(found) <= 1
