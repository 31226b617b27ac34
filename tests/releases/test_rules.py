"""Where a note stands, by its dates and decision."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.releases.rules import AHEAD, NEWS, answer_due, is_short, standing_of
from ombud.releases.schemas import ReleaseRow

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def note(days: float, **more: Any) -> ReleaseRow:
    given_ = {"decision": None, "called_off_at": None, "announced_at": NOW} | more
    at = NOW + timedelta(days=days)
    return ReleaseRow(
        id=1,
        kind="release",
        title="t",
        team_id=1,
        team_name="p",
        owner_id=1,
        owner_name="o",
        live_at=at,
        items_done=0,
        items_all=0,
        questions_open=0,
        is_read=False,
        **given_,
    )


@pytest.mark.parametrize(
    ("days", "more", "standing"),
    [
        (3, {}, "coming"),
        (3, {"decision": "go"}, "coming"),
        (-1, {"decision": "go"}, "live"),
        (-1, {}, "coming"),
        (-1, {"decision": "no_go"}, "coming"),
        (-40, {"decision": "go"}, "past"),
        (3, {"called_off_at": NOW}, "past"),
    ],
)
def test_standing_of_a_note_needs_its_day_and_its_go(days: float, more: dict[str, Any], standing: str) -> None:
    assert standing_of(note(days, **more), now=NOW) == standing


@given(st.floats(min_value=-100, max_value=100), st.sampled_from([None, "go", "no_go"]))
def test_nothing_is_live_without_a_go(days: float, decision: Any) -> None:
    is_live = standing_of(note(days, decision=decision), now=NOW) == "live"
    assert is_live == (decision == "go" and -NEWS < timedelta(days=days) <= timedelta(0))


def test_short_notice_is_less_than_two_weeks() -> None:
    assert is_short(note(AHEAD.days - 1))
    assert not is_short(note(AHEAD.days))


def test_answer_is_due_in_three_days_or_before_it_goes_live() -> None:
    assert answer_due(NOW + timedelta(days=10), now=NOW) == NOW + timedelta(days=3)
    assert answer_due(NOW + timedelta(days=1), now=NOW) == NOW + timedelta(days=1)
    assert answer_due(NOW - timedelta(days=1), now=NOW) == NOW + timedelta(days=3)
