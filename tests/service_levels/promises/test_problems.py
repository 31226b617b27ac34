"""What speaks against a promise, one doubt at a time, at the edges of days, hours, holidays and changes of clocks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ombud.service_levels.promises.feasible import Frame, Outside, problems_of, safe_words
from ombud.service_levels.promises.schemas import PromiseProblem
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec
from tests.service_levels.promises.said import SHANGHAI, calendar

OFFICE = calendar()
WORKDAYS = WEEKDAYS[:5]
MORNINGS = Calendar(CalendarSpec("Asia/Shanghai", {key: [("09:00", "12:00")] for key in WORKDAYS}))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A moment by a wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


NOW = at("2026-11-23T10:05")


def kinds(due: str | None, frame: Frame | None = None, words: str = "") -> list[str]:
    """What speaks against something that is due at a wall time in Shanghai."""
    return [one.kind for one in problems_of(words, at(due) if due else None, frame or Frame(OFFICE, NOW))]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-11-23T10:05", ["past"]),
        ("2026-11-22T12:00", ["past"]),
        ("2026-11-23T10:06", []),
        ("2026-11-23T12:00", []),
        ("2026-11-23T12:01", ["closed_hours"]),
        ("2026-11-23T13:30", ["closed_hours"]),
        ("2026-11-23T13:31", []),
        ("2026-11-23T18:00", []),
        ("2026-11-23T18:01", ["closed_hours"]),
        # by 24:00 is: on that day
        ("2026-11-24T00:00", []),
        ("2026-11-28T12:00", ["closed_day"]),
        ("2026-11-29T00:00", ["closed_day"]),
        ("2026-10-01T12:00", ["past"]),
        ("2027-11-23T10:05", []),
        ("2027-11-24T10:00", ["too_long"]),
    ],
)
def test_problems_of_a_moment_are_those_of_its_day_and_hour(due: str, expected: list[str]) -> None:
    assert kinds(due) == expected


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-10-01T10:00", ["holiday"]),
        ("2026-10-02T00:00", ["holiday"]),
        ("2026-10-07T23:00", ["holiday"]),
        ("2026-10-08T10:00", []),
        # a Saturday that is worked for the holiday
        ("2026-10-10T10:00", []),
        ("2026-10-10T19:00", ["closed_hours"]),
        ("2026-10-11T10:00", ["closed_day"]),
    ],
)
def test_problems_around_a_holiday_know_days_off_and_days_worked_for_them(due: str, expected: list[str]) -> None:
    assert kinds(due, Frame(OFFICE, at("2026-09-30T17:30"))) == expected


def test_problems_of_a_night_between_two_closes_say_that_nobody_is_there_until_then() -> None:
    night = Frame(OFFICE, at("2026-11-23T18:30"))
    assert kinds("2026-11-24T08:00", night) == ["no_hours"]
    assert kinds("2026-11-24T00:00", night) == ["no_hours"]
    assert kinds("2026-11-24T09:01", night) == []


def test_problems_of_no_moment_are_those_of_money_only() -> None:
    careful = Frame(OFFICE, NOW, may_promise_money=False)
    assert kinds(None) == kinds(None, careful) == []
    assert kinds(None, careful, "we refund you") == kinds(None, careful, "赔偿您") == ["money"]
    assert kinds(None, words="we refund you") == []


def test_problems_are_all_told_money_first() -> None:
    frame = Frame(OFFICE, NOW, [Outside("Court", NOW + timedelta(days=1))], 2, may_promise_money=False)
    assert kinds("2026-11-28T12:00", frame, "退款") == ["money", "behind_deadline", "too_long", "closed_day"]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-11-24T11:00", []),
        ("2026-11-24T15:00", ["off_duty"]),
        ("2026-11-25T00:00", []),
        ("2026-11-24T00:00", []),
        ("2026-11-28T11:00", ["closed_day"]),
    ],
)
def test_problems_of_a_writer_with_own_hours_are_those_of_theirs(due: str, expected: list[str]) -> None:
    assert kinds(due, Frame(OFFICE, NOW, duty=MORNINGS)) == expected


def test_problems_of_today_after_the_writers_own_close_say_off_duty() -> None:
    assert kinds("2026-11-24T00:00", Frame(OFFICE, at("2026-11-23T14:00"), duty=MORNINGS)) == ["off_duty"]


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        # The night of 8 March has no half past two in New York, that of 1 November has one o'clock twice.
        ("2026-03-06T16:00", "2026-03-09T09:01", []),
        ("2026-03-06T16:00", "2026-03-09T00:00", ["closed_day"]),
        ("2026-10-30T16:00", "2026-11-02T00:00", ["closed_day"]),
        ("2026-10-30T16:00", "2026-11-03T00:00", []),
        ("2026-10-30T16:00", "2026-11-02T18:00", []),
        ("2026-10-30T16:00", "2026-11-02T18:01", ["closed_hours"]),
    ],
)
def test_problems_over_a_change_of_clocks_go_by_the_wall(now: str, due: str, expected: Sequence[str]) -> None:
    zone = ZoneInfo("America/New_York")
    hours = Calendar(CalendarSpec(zone.key, {key: [("09:00", "18:00")] for key in WORKDAYS}))
    frame = Frame(hours, at(now, zone))
    assert [one.kind for one in problems_of("", at(due, zone), frame)] == expected


def test_latest_is_the_nearest_end_that_is_still_to_come() -> None:
    gone, near, far = (Outside(str(days), NOW + timedelta(days=days)) for days in (-1, 3, 9))
    assert Frame(OFFICE, NOW, [far, near, gone]).latest == near.due_at
    assert Frame(OFFICE, NOW, [gone], longest_days=5).latest == NOW + timedelta(days=5)
    assert Frame(OFFICE, NOW, [far], longest_days=5).latest == NOW + timedelta(days=5)


def test_safe_words_before_an_end_of_today_name_the_close() -> None:
    frame = Frame(OFFICE, NOW, [Outside("Court", at("2026-11-23T20:00"))])
    assert safe_words("asap", [], frame) == "we will get back to you by 18:00 on 23 November 2026"
    assert safe_words("尽快", [], frame) == "我们会在2026年11月23日18:00前给您回复"
    soon = Frame(OFFICE, NOW, [Outside("Court", at("2026-11-23T10:30"))])
    assert safe_words("asap", [], soon) is None


def test_safe_words_in_place_of_a_full_half_hour_name_the_free_one() -> None:
    free = PromiseProblem("no_slot", at=datetime(2026, 11, 24, 3, 30, tzinfo=UTC))
    assert safe_words("I'll call at 11", [free], Frame(OFFICE, NOW)) == (
        "We will get back to you by 11:30 on 24 November 2026"
    )
