"""What clocks show, as a pure function of a history: examples of a desk, and what holds for every history."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.service_levels.rules import (
    Happening,
    Moment,
    Round,
    history,
    left_seconds,
    read_clock,
    rests_of,
    rounds,
    step_at,
    steps_of,
    target_of,
)
from ombud.service_levels.schemas import Metric, PolicySpec, Step, Target
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import CalendarSpec, Rest, Span
from tests.shared.calendars.made import at, calendars, china, wall

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
ALWAYS = Calendar(CalendarSpec())
METRICS: tuple[Metric, ...] = (
    *("first_response", "next_response", "periodic_update"),
    *("agent_work", "requester_wait", "resolution"),
)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def end_of(happenings: list[Happening]) -> str:
    return [one for one in history(START, happenings, "", START) if one.category][-1].category


def told_story(*steps: tuple[float, str]) -> list[Moment]:
    """A history from minutes and words: asked, told, or the name of a state."""
    happenings = [
        Happening(after(minutes), word, None)  # type: ignore[arg-type]  # one of the two
        if word in {"asked", "told"}
        else Happening(after(minutes), "state", word)
        for minutes, word in steps
    ]
    return history(START, happenings, end_of(happenings), START)


def shown(found: list[Round]) -> list[tuple[float, float | None, str | None]]:
    def minutes(moment: datetime | None) -> float | None:
        return None if moment is None else (moment - START).total_seconds() / 60

    return [(minutes(one.started_at) or 0, minutes(one.ended_at), one.outcome) for one in found]


STORY = told_story(
    (0, "asked"), (10, "told"), (30, "asked"), (35, "asked"), (50, "told"), (60, "solved"), (90, "asked")
)


def test_history_follows_questions_and_answers_where_the_timeline_says_no_state() -> None:
    states = [(one.category, (one.at - START).total_seconds() / 60) for one in STORY if one.what == "state"]
    assert states == [("new", 0), ("waiting", 10), ("open", 30), ("waiting", 50), ("solved", 60), ("open", 90)]


def test_history_ends_in_the_state_that_the_ticket_is_in() -> None:
    moments = history(START, [Happening(after(5), "asked")], "on_hold", after(9))
    assert (moments[-1].category, moments[-1].at) == ("on_hold", after(9))
    early = history(START, [Happening(after(5), "asked")], "open", after(1))
    assert early[-1].at == after(5)


@pytest.mark.parametrize(
    ("metric", "found"),
    [
        ("first_response", [(0, 10, "met")]),
        ("next_response", [(30, 50, "met"), (90, None, None)]),
        ("periodic_update", [(0, 10, "met"), (10, 50, "met"), (50, 60, "dropped"), (90, None, None)]),
        ("resolution", [(0, None, None)]),
        ("agent_work", [(0, None, None)]),
    ],
)
def test_rounds_are_all_the_times_that_a_clock_was_needed(
    metric: Metric, found: list[tuple[float, float | None, str | None]]
) -> None:
    assert shown(rounds(metric, STORY)) == found


def test_rounds_of_a_ticket_that_we_opened_owe_no_first_response() -> None:
    ours = told_story((0, "told"), (20, "asked"))
    assert rounds("first_response", ours) == []
    assert shown(rounds("next_response", ours)) == [(20, None, None)]


def test_rounds_of_a_ticket_solved_without_an_answer_are_dropped() -> None:
    silent = told_story((0, "asked"), (20, "solved"))
    assert shown(rounds("first_response", silent)) == [(0, 20, "dropped")]
    assert shown(rounds("resolution", silent)) == [(0, 20, "met")]
    again = told_story((0, "asked"), (20, "solved"), (40, "asked"))
    assert shown(rounds("next_response", again)) == [(40, None, None)]


def test_rests_of_states_are_cut_to_the_round() -> None:
    found = rests_of(STORY, frozenset({"waiting", "solved"}), after(15), after(55))
    assert found == [Rest(after(15), after(30)), Rest(after(50), after(55))]
    assert rests_of(STORY[:-1], frozenset({"solved"}), START, None) == [Rest(after(60))]


def test_read_clock_rests_by_the_metric_and_by_the_target() -> None:
    [one] = rounds("agent_work", STORY)
    target = Target("agent_work", Span(60, "natural_minutes"))
    # It ran 10 + 20 minutes before, and runs again since minute 90.
    assert read_clock(one, target, ALWAYS, STORY).due_at == after(120)
    resting = read_clock(one, target, ALWAYS, STORY[:4])
    assert (resting.state, resting.due_at) == ("resting", None)
    whole = Target("resolution", Span(60, "natural_minutes"), rests_in=["waiting"])
    assert read_clock(rounds("resolution", STORY)[0], whole, ALWAYS, STORY).due_at == after(120)


def test_read_clock_in_a_calendar_that_never_opens_has_no_deadline() -> None:
    [one] = rounds("resolution", STORY)
    assert read_clock(one, Target("resolution", Span(1, "working_hours")), ALWAYS, STORY).due_at is None


def test_target_of_a_ticket_is_the_first_that_fits() -> None:
    quick = Target("resolution", Span(1, "working_hours"), priorities=[4], channels=["chat"])
    gold = Target("resolution", Span(2, "working_hours"), tiers=["gold"])
    spec = PolicySpec(1, [quick, gold], "Standard")
    assert target_of(spec, "resolution", priority=4, tier="gold", channel="chat") is quick
    assert target_of(spec, "resolution", priority=4, tier="gold", channel="email") is gold
    assert target_of(spec, "resolution", priority=4, tier="", channel="email") is None
    assert target_of(spec, "first_response", priority=4, tier="gold", channel="chat") is None


@pytest.mark.parametrize(
    ("step", "when"),
    [
        (Step(percent=50), "Tue 11-24 09:30"),
        (Step(minutes=-60), "Tue 11-24 09:30"),
        (Step(), "Tue 11-24 10:30"),
        (Step(minutes=120), "Tue 11-24 14:00"),
    ],
)
def test_step_at_counts_in_working_time(step: Step, when: str) -> None:
    start, due = at("2026-11-23 17:30"), at("2026-11-24 10:30")
    assert wall(step_at(step, Span(2, "working_hours"), china(), start, due, [])) == when


def test_step_at_of_natural_time_counts_rests_out() -> None:
    rests = [Rest(after(10), after(40))]
    span = Span(60, "natural_minutes")
    assert step_at(Step(percent=50), span, ALWAYS, START, after(90), rests) == after(60)
    assert step_at(Step(minutes=-15), span, ALWAYS, START, after(90), rests) == after(75)


def test_steps_of_a_metric_keep_their_numbers() -> None:
    steps = [Step(metrics=["resolution"]), Step(), Step(metrics=["first_response"])]
    assert [number for number, _ in steps_of(steps, "first_response")] == [1, 2]


def test_left_seconds_are_of_the_clocks_own_time() -> None:
    span, start, due = Span(2, "working_hours"), at("2026-11-23 17:30"), at("2026-11-24 10:30")
    assert left_seconds(span, china(), start, due, [], at("2026-11-23 20:00")) == 5_400
    assert left_seconds(span, china(), start, due, [], at("2026-11-24 12:30")) == -5_400
    rests = [Rest(at("2026-11-23 17:45"))]
    assert left_seconds(span, china(), start, None, rests, at("2026-11-24 12:30")) == 6_300
    assert left_seconds(Span(1, "working_days"), china(), start, None, rests, due) is None


stories = st.lists(
    st.tuples(st.integers(1, 600), st.sampled_from(("asked", "told", "open", "waiting", "on_hold", "solved"))),
    max_size=14,
)


def placed(gaps: list[tuple[int, str]]) -> list[Happening]:
    found, minutes = [Happening(START, "asked")], 0
    for gap, word in gaps:
        minutes += gap
        is_said = word in {"asked", "told"}
        found.append(Happening(after(minutes), word if is_said else "state", None if is_said else word))  # type: ignore[arg-type]
    return found


@given(stories)
def test_rounds_of_any_history_do_not_overlap_and_only_the_last_is_open(gaps: list[tuple[int, str]]) -> None:
    happenings = placed(gaps)
    moments = history(START, happenings, end_of(happenings), START)
    for metric in METRICS:
        found = rounds(metric, moments)
        assert [one.number for one in found] == list(range(1, len(found) + 1))
        assert all(one.ended_at is not None for one in found[:-1])
        for one, other in pairwise(found):
            assert one.started_at <= (one.ended_at or START) <= other.started_at


@given(stories, calendars(), st.integers(1, 2_000))
def test_clocks_of_any_history_grow_as_they_were_lived(
    gaps: list[tuple[int, str]], calendar: Calendar, amount: int
) -> None:
    """What has ended stays as it is whatever follows, and what is due while it runs is due when it is told again."""
    happenings = placed(gaps)
    whole = history(START, happenings, end_of(happenings), START)
    for count in range(1, len(happenings)):
        so_far = history(START, happenings[:count], end_of(happenings[:count]), START)
        assert whole[: len(so_far)] == so_far
        for metric in ("first_response", "next_response", "periodic_update"):
            then, now = rounds(metric, so_far), rounds(metric, whole)
            ended = [one for one in then if one.ended_at is not None]
            assert now[: len(ended)] == ended
            target = Target(metric, Span(amount, "working_minutes"), rests_in=["on_hold"])
            assert [read_clock(one, target, calendar, whole) for one in ended] == [
                read_clock(one, target, calendar, so_far) for one in ended
            ]


@given(stories, st.integers(1, 2_000))
def test_deadlines_of_any_history_come_later_with_a_longer_target(gaps: list[tuple[int, str]], amount: int) -> None:
    happenings = placed(gaps)
    moments = history(START, happenings, end_of(happenings), START)
    for metric in METRICS:
        for one in rounds(metric, moments):
            short = Target(metric, Span(amount, "natural_minutes"), rests_in=["waiting"])
            longer = msgspec.structs.replace(short, span=Span(amount + 60, "natural_minutes"))
            first, last = (read_clock(one, target, ALWAYS, moments).due_at for target in (short, longer))
            assert last is None or (first is not None and first <= last)
