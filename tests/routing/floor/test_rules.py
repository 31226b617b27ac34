"""Pure rules of breaks: what counts, which shift, who may go."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.floor.rules import fits, grantable, highest, is_blocked, place_of, shift_start, used_breaks
from ombud.routing.floor.schemas import BreakRule, Level, StateStretch, TeamRule, Waiting

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def stretch(state: str, begin: float, end: float | None, reason: str = "") -> StateStretch:
    """A stretch that began and ended some hours ago."""
    to_at = None if end is None else NOW - timedelta(hours=end)
    return StateStretch(state, reason, NOW - timedelta(hours=begin), to_at, None, None)  # type: ignore[arg-type]


def waiting(number: int, *teams: int) -> Waiting:
    return Waiting(number, number, "rest", 15, "waiting", NOW + timedelta(seconds=number), None, list(teams))


def team(number: int, most: int | None = None, level: Level | None = None, blocked: Level | None = None) -> TeamRule:
    return TeamRule(number, BreakRule(at_most_at_once=most, blocked_from=blocked), level)


def test_used_breaks_count_meals_and_rests_of_this_shift_only() -> None:
    log = [
        stretch("break", 15, 14.5, "rest"),
        stretch("offline", 14, 8),
        stretch("online", 8, 3),
        stretch("break", 3, 2.5, "meal"),
        stretch("break", 2.5, 2.25, "restroom"),
        stretch("busy", 2.25, 2, "missed"),
        stretch("break", 2, 1, "training"),
        stretch("break", 0.1, None, "rest"),
    ]
    used = used_breaks(log, [BreakRule(60, 3), BreakRule(50, None)], NOW)
    assert (used.minutes, used.times, used.minutes_left, used.times_left) == (36, 2, 14, 1)


def test_shift_start_short_absence_is_the_same_shift() -> None:
    log = [stretch("offline", 12, 7), stretch("online", 7, 4), stretch("offline", 4, 3), stretch("online", 3, None)]
    assert shift_start(log, NOW) == NOW - timedelta(hours=7)
    assert shift_start([], NOW) == NOW - timedelta(hours=16)


@pytest.mark.parametrize(("minutes", "is_fine"), [(14, True), (15, False)])
def test_fits_breaks_within_the_minutes_left(minutes: int, is_fine: bool) -> None:
    used = used_breaks([stretch("break", 1, 0.9, "rest")], [BreakRule(20, 2)], NOW)
    assert fits(used, minutes) is is_fine
    assert not fits(used_breaks([stretch("break", 1, 0.9, "rest")], [BreakRule(None, 1)], NOW), 1)


@pytest.mark.parametrize(
    ("blocked_from", "level", "blocked"),
    [(None, "red", False), ("orange", None, False), ("orange", "yellow", False), ("orange", "red", True)],
)
def test_is_blocked_from_the_chosen_level_on(blocked_from: Level | None, level: Level | None, blocked: bool) -> None:
    assert is_blocked(BreakRule(blocked_from=blocked_from), level) is blocked


def test_highest_of_levels_is_the_worst() -> None:
    assert highest(["blue", None, "orange", "yellow"]) == "orange"
    assert highest([None]) is None


def test_grantable_first_come_first_served_up_to_the_bound() -> None:
    queue = [waiting(1, 1), waiting(2, 1), waiting(3, 1)]
    assert grantable(queue, {1: team(1, 2)}, {}) == [1, 2]
    assert grantable(queue, {1: team(1, 2)}, {1: 1}) == [1]
    assert grantable(queue, {1: team(1)}, {1: 7}) == [1, 2, 3]


def test_grantable_who_needs_two_teams_waits_for_both_and_nobody_passes_them() -> None:
    queue = [waiting(1, 1, 2), waiting(2, 2), waiting(3, 3)]
    teams = {1: team(1, 1), 2: team(2, 1), 3: team(3, 1)}
    assert grantable(queue, teams, {1: 1}) == [3]


def test_grantable_blocked_team_waits_and_others_go() -> None:
    teams = {1: team(1, 5, "red", "orange"), 2: team(2, 5, "blue", "orange")}
    assert grantable([waiting(1, 1), waiting(2, 2)], teams, {}) == [2]


def test_place_of_counts_those_who_wait_for_the_same_team() -> None:
    queue = [waiting(1, 1), waiting(2, 2), waiting(3, 1, 2), waiting(4, 2)]
    assert [place_of(queue, number) for number in (1, 2, 3, 4, 5)] == [1, 1, 3, 3, None]


@given(
    st.lists(st.sets(st.integers(1, 3), min_size=1), max_size=12),
    st.lists(st.integers(1, 3), min_size=3, max_size=3),
    st.lists(st.integers(0, 4), min_size=3, max_size=3),
)
def test_grantable_never_passes_a_bound(wanted: list[set[int]], most: list[int], away: list[int]) -> None:
    queue = [waiting(number, *teams) for number, teams in enumerate(wanted, 1)]
    teams = {number: team(number, most[number - 1]) for number in (1, 2, 3)}
    gone = {number: away[number - 1] for number in (1, 2, 3)}
    chosen = grantable(queue, teams, gone)
    for number in (1, 2, 3):
        granted = sum(1 for one in queue if one.id in chosen and number in one.team_ids)
        assert granted <= max(most[number - 1] - gone[number], 0)
