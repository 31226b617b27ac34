"""The load of the last hours: words that are found, weights that hold, and no more than 100."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.strain.rules import FULL, WEIGHTS, WINDOW_MINUTES, is_hard, load_of, mark, stays_high
from ombud.routing.strain.schemas import Mark, Talk

CALM = Talk(10, 5, 3, 0, 0)
ANGRY = Talk(0, 5, 3, 3, 0)
ABUSIVE = Talk(0, 5, 3, 0, 1)
talks = st.lists(
    st.builds(
        Talk,
        st.floats(0, 400),
        st.floats(0, 300),
        st.integers(0, 100),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where is my parcel?", Mark()),
        ("我的包裹到哪了?", Mark()),
        ("This is unacceptable, the WORST service. I call my lawyer.", Mark(3)),
        ("你们太过分了,我要投诉到12315!", Mark(3)),
        ("You idiot", Mark(0, 1)),
        ("一群废物,骗子", Mark(1, 1)),
        ("Scunthorpe is a class assessment", Mark()),
        ("", Mark()),
    ],
)
def test_words_are_found_in_both_languages(text: str, found: Mark) -> None:
    assert mark(text) == found


@pytest.mark.parametrize(("anger", "abuse", "hard"), [(0, 0, False), (1, 0, False), (2, 0, True), (0, 1, True)])
def test_one_angry_word_is_not_hard_and_abuse_is(anger: int, abuse: int, *, hard: bool) -> None:
    assert is_hard(anger, abuse) is hard


def points(*given: Talk, minutes: float = 0) -> dict[str, float]:
    """Points by cause."""
    return {one.name: one.points for one in load_of(given, minutes).parts}


def test_calm_work_is_no_load() -> None:
    assert load_of([CALM] * 30, 90) == load_of([], 0)
    assert load_of([CALM] * 30, 90).value == 0


def test_each_cause_counts_by_its_weight() -> None:
    assert points(ANGRY) == {"anger": 6}
    assert points(ABUSIVE) == {"abuse": 12}
    assert points(Talk(0, 46, 3, 0, 0)) == points(Talk(0, 5, 21, 0, 0)) == {"length": 4}
    assert points(minutes=119) == {}
    assert points(minutes=160) == {"no_break": 6}


def test_hard_ones_in_a_row_count_from_the_second_and_end_with_a_calm_one() -> None:
    assert points(ANGRY, ANGRY, ANGRY)["in_a_row"] == 12
    later = [Talk(1, 5, 3, 3, 0), Talk(2, 5, 3, 0, 0), Talk(3, 5, 3, 3, 0)]
    assert "in_a_row" not in points(*later)


def test_load_fades_and_is_gone_after_the_hours() -> None:
    half = points(Talk(WINDOW_MINUTES / 2, 5, 3, 0, 1))
    assert half == {"abuse": 6}
    assert points(Talk(WINDOW_MINUTES, 5, 3, 9, 9)) == {}


@given(talks, st.floats(0, 2_000))
def test_load_is_bounded_and_is_what_its_parts_say(given: list[Talk], minutes: float) -> None:
    load = load_of(given, minutes)
    most = {one.name: one.most for one in WEIGHTS}
    assert 0 <= load.value <= FULL
    assert load.value == min(FULL, round(sum(one.points for one in load.parts), 1))
    assert all(0 <= one.points <= most[one.name] for one in load.parts)


@given(talks, st.floats(0, 2_000), st.floats(0, 300))
def test_a_calm_conversation_never_adds_and_time_never_adds_but_the_break(
    given: list[Talk], minutes: float, pause: float
) -> None:
    before = load_of(given, minutes).value
    calm = Talk(min((one.age_minutes for one in given), default=0), 1, 1, 0, 0)
    assert load_of([calm, *given], minutes).value <= before
    older = [Talk(one.age_minutes + pause, one.minutes, one.messages, one.anger, one.abuse) for one in given]
    assert load_of(older, minutes).value <= before + 0.3


@pytest.mark.parametrize(
    ("load", "was", "high"), [(59, False, False), (60, False, True), (55, True, True), (50, True, False)]
)
def test_the_bound_does_not_flutter(load: float, *, was: bool, high: bool) -> None:
    assert stays_high(load, 60, was_high=was) is high
