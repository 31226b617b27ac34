"""Whether promises can be kept, and safe words: rules, and properties over random moments and calendars."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.service_levels.promises.contact import SITTING, is_contact, is_kept_by, is_money
from ombud.service_levels.promises.feasible import SLOT, Frame, Outside, problems_of, safe_words, slot_of
from ombud.service_levels.promises.rules import recognise
from ombud.service_levels.promises.schemas import PromiseProblem
from ombud.shared.calendars.arithmetic import add_open, deadline
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec, Span
from tests.service_levels.promises.said import calendar

OFFICE = calendar()
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
# Hypothesis adds the zone itself.
FIRST, LAST = datetime(2026, 1, 1), datetime(2026, 11, 30)  # noqa: DTZ001 – as it wants them
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC)).map(lambda at: at.replace(second=0, microsecond=0))
zh_or_en = st.sampled_from(["我们会尽快处理", "We will see to it asap"])


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("我们会在24小时内给您回复", True),
        ("明天给您一个结果", True),
        ("we will get back to you within 2 days", True),
        ("I'll let you know tomorrow", True),
        ("我们会在24小时内给您回电", False),
        ("5个工作日内为您退款并通知您", False),
        ("our technician will contact you tomorrow", False),
        ("we will ship it tomorrow", False),
        ("we will call you tomorrow", False),
    ],
)
def test_contact_is_only_what_a_message_can_keep(words: str, wanted: bool) -> None:
    assert is_contact(words) is wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("we will refund you", True),
        ("赔偿您100元", True),
        ("补偿一张优惠券", True),
        ("给您回复", False),
        ("we call", False),
    ],
)
def test_money_is_what_money_is_worth(words: str, wanted: bool) -> None:
    assert is_money(words) is wanted


@given(moments, st.integers(1, 10_000), st.integers(0, 20_000))
def test_a_message_keeps_word_after_the_sitting_and_before_the_deadline(
    made_at: datetime, minutes: int, after: int
) -> None:
    due, written = made_at + timedelta(minutes=minutes), made_at + timedelta(minutes=after)
    if is_kept_by(made_at, due, written):
        assert made_at < written <= due
        assert written - made_at >= min(SITTING, (due - made_at) / 2)
    elif written > made_at + SITTING:
        assert written > due


@given(moments, st.integers(1, 60))
def test_working_hours_promised_are_due_when_the_calendar_says(sent_at: datetime, hours: int) -> None:
    [one] = recognise(f"我们会在{hours}个工作小时内给您回复。", sent_at=sent_at, tz=OFFICE.zone, calendar=OFFICE)
    assert one.due_at == add_open(OFFICE, sent_at, timedelta(hours=hours))
    assert problems_of("", one.due_at, Frame(OFFICE, sent_at)) == []


@given(moments, st.integers(1, 15))
def test_working_days_promised_are_due_at_the_end_of_the_calendars_day(sent_at: datetime, days: int) -> None:
    text = f"We will refund you within {days} working days."
    [one] = recognise(text, sent_at=sent_at, tz=OFFICE.zone, calendar=OFFICE)
    last = deadline(OFFICE, sent_at, Span(days, "working_days"))
    assert last is not None
    assert one.due_at == last + timedelta(seconds=1)
    assert problems_of("", one.due_at, Frame(OFFICE, sent_at)) == []


@given(moments, st.integers(1, 200))
def test_hours_promised_are_a_length_of_time_whatever_the_calendar(sent_at: datetime, hours: int) -> None:
    [one] = recognise(f"我们会在{hours}小时内给您回复。", sent_at=sent_at, tz=OFFICE.zone, calendar=OFFICE)
    assert one.due_at == sent_at + timedelta(hours=hours)


@given(moments, zh_or_en, st.none() | st.integers(1, 20_000), st.integers(1, 60))
def test_safe_words_are_a_promise_that_can_be_kept(now: datetime, words: str, outside: int | None, days: int) -> None:
    ends = [] if outside is None else [Outside("Court", now + timedelta(minutes=outside))]
    frame = Frame(OFFICE, now, ends, longest_days=days, may_promise_money=False)
    safe = safe_words(words, [PromiseProblem("money")], frame)
    if safe is None:
        # there is no working moment left before what limits us
        assert frame.latest < now + timedelta(days=12)
        return
    [one] = recognise(f"{safe}.", sent_at=now, tz=OFFICE.zone, calendar=OFFICE)
    assert one.due_at is not None
    assert now < one.due_at <= frame.latest
    assert problems_of(safe, one.due_at, frame) == []


@given(moments, st.integers(1, 40_000))
def test_a_doubt_about_hours_is_never_raised_where_we_are_always_there(now: datetime, minutes: int) -> None:
    always = Calendar(CalendarSpec("UTC", {day: [("00:00", "24:00")] for day in WEEKDAYS}))
    assert problems_of("", now + timedelta(minutes=minutes), Frame(always, now)) == []


def test_a_calendar_that_never_opens_has_no_safe_words() -> None:
    never = Calendar(CalendarSpec("UTC", {}))
    assert safe_words("asap", [], Frame(never, MONDAY)) is None


def test_a_holiday_is_named_in_both_languages() -> None:
    october = datetime(2026, 9, 29, 2, 0, tzinfo=UTC)
    [doubt] = problems_of("", datetime(2026, 10, 1, 2, 0, tzinfo=UTC), Frame(OFFICE, october))
    assert doubt.kind == "holiday"
    assert doubt.label_zh
    assert doubt.label_en


def test_only_the_next_deadline_from_outside_is_named() -> None:
    ends = [Outside("one", MONDAY + timedelta(days=1)), Outside("two", MONDAY + timedelta(days=2))]
    found = problems_of("", MONDAY + timedelta(days=3), Frame(OFFICE, MONDAY, ends))
    assert [one.label_en for one in found] == ["one"]
    gone = [Outside("gone", MONDAY - timedelta(days=1))]
    assert problems_of("", MONDAY + timedelta(days=3), Frame(OFFICE, MONDAY, gone)) == []


def test_words_are_in_the_language_and_case_of_those_that_they_replace() -> None:
    frame = Frame(OFFICE, MONDAY)
    assert safe_words("we will do it asap", [], frame) == "we will get back to you within 1 working day"
    assert safe_words("We will do it asap", [], frame) == "We will get back to you within 1 working day"
    assert safe_words("尽快处理", [], frame) == "我们会在1个工作日内给您回复"
    # what goes on with a sentence goes on with it
    assert safe_words("and will call you", [], frame) == "and we will get back to you within 1 working day"
    assert safe_words("并给您回电", [], frame) == "并在1个工作日内给您回复"

    money = [PromiseProblem("money")]
    assert safe_words("为您退款", money, frame) == "我们会为您核实，在1个工作日内给您回复"


@pytest.mark.parametrize(
    ("before", "words", "safe"),
    [
        ("As I said, ", "I will call tomorrow", "we will get back to you within 1 working day"),
        ("Sorry. ", "I will call tomorrow", "We will get back to you within 1 working day"),
        (
            "Your parcel, which left on Monday, ",
            "will arrive tomorrow",
            "will be looked into, and we will get back to you within 1 working day",
        ),
        ("", "will arrive tomorrow", "we will get back to you within 1 working day"),
    ],
)
def test_words_fit_into_the_middle_of_a_sentence(before: str, words: str, safe: str) -> None:
    assert safe_words(words, [], Frame(OFFICE, MONDAY), before) == safe


LATE_SHIFT = Calendar(CalendarSpec("Asia/Shanghai", {day: [("13:30", "18:00")] for day in WEEKDAYS[:5]}))


@given(moments, st.integers(1, 5_000), zh_or_en)
def test_safe_words_are_never_off_the_writers_duty(at: datetime, minutes: int, words: str) -> None:
    frame = Frame(OFFICE, at, duty=LATE_SHIFT)
    problems = problems_of(words, at + timedelta(minutes=minutes), frame)
    safe = safe_words(words, problems, frame)
    assert safe is not None
    [found] = recognise(safe, sent_at=at, tz=OFFICE.zone, calendar=OFFICE)
    assert problems_of(safe, found.due_at, frame) == []


@given(moments, st.integers(1, 2_000), st.sets(st.integers(0, 96), max_size=60), zh_or_en)
def test_the_free_moment_that_is_offered_is_free(at: datetime, minutes: int, taken: set[int], words: str) -> None:
    full = frozenset(slot_of(at) + SLOT * number for number in taken)
    frame = Frame(OFFICE, at, full=full)
    problems = problems_of(words, at + timedelta(minutes=minutes), frame)
    for one in problems:
        if one.kind == "no_slot":
            assert one.at is not None
            assert problems_of(words, one.at, frame) == []
            safe = safe_words(words, problems, frame) or ""
            [found] = recognise(safe, sent_at=at, tz=OFFICE.zone, calendar=OFFICE)
            assert found.due_at == one.at


@pytest.mark.parametrize(
    ("due", "begins"), [("15:00", "14:30"), ("15:01", "15:00"), ("15:30", "15:00"), ("00:00", "23:30")]
)
def test_whatever_is_due_at_the_end_of_a_half_hour_lies_in_it(due: str, begins: str) -> None:
    found = slot_of(datetime.fromisoformat(f"2026-11-23T{due}:00+00:00"))
    assert found.strftime("%H:%M") == begins


def test_nothing_is_free_behind_the_longest_promise() -> None:
    due = MONDAY + timedelta(hours=4)
    full = frozenset(slot_of(MONDAY) + SLOT * number for number in range(200))
    [one] = problems_of("call", due, Frame(OFFICE, MONDAY, longest_days=2, full=full))
    assert (one.kind, one.at) == ("no_slot", None)
