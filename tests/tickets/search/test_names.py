"""Names by what people type of them; moments; windows of the past; operators' own names."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.tickets.search import operators
from ombud.tickets.search.moments import EXAMPLES, Span, span_of
from ombud.tickets.search.names import best, rank_of
from ombud.tickets.search.windows import LEVELS, marks_of, windows

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("退款政策", "tk"),
        ("退款政策", "tkzc"),
        ("退款政策", "tuikuan"),
        ("退款政策", "tuik"),
        ("退款政策", "退k"),
        ("申请退款", "tk"),
        ("王伟", "ww"),
        ("王伟", "wang wei"),
        ("重庆", "cq"),
        ("重庆", "zhongqing"),
        ("绿色", "lvse"),
        ("VIP 客户", "vipkh"),
        ("Anna Smith", "as"),
        ("Anna Smith", "annas"),
        ("Anna Smith", "smi"),
        ("退款", ""),
    ],
)
def test_name_is_found_by_its_beginning_a_part_or_its_sound(name: str, typed: str) -> None:
    assert rank_of(name, typed) is not None


@pytest.mark.parametrize(
    ("name", "typed"), [("退款", "kt"), ("退款", "tkx"), ("王伟", "wl"), ("Anna", "nx"), ("", "a")]
)
def test_name_is_not_found_by_what_it_does_not_sound_like(name: str, typed: str) -> None:
    assert rank_of(name, typed) is None


def test_best_prefers_the_exact_name_to_its_beginning_and_that_to_its_sound() -> None:
    names = ["退款政策", "退款", "tk", "tk list"]
    assert best(names, "tk", lambda one: [one]) == ["tk"]
    assert best(names, "退款", lambda one: [one]) == ["退款"]
    assert best(names, "tui", lambda one: [one]) == ["退款政策", "退款"]
    assert best(names, "zz", lambda one: [one]) == []


@given(st.text(max_size=20), st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_rank_of_any_texts_is_a_rank_or_none(name: str, typed: str) -> None:
    assert rank_of(name, typed) in {None, 0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        ("<7d", Span(since=NOW - timedelta(days=7))),
        (">7d", Span(until=NOW - timedelta(days=7))),
        ("<7天", Span(since=NOW - timedelta(days=7))),
        ("<36h", Span(since=NOW - timedelta(hours=36))),
        (">2w", Span(until=NOW - timedelta(days=14))),
        ("today", Span(datetime(2026, 11, 20, tzinfo=SHANGHAI), datetime(2026, 11, 21, tzinfo=SHANGHAI))),
        ("昨天", Span(datetime(2026, 11, 19, tzinfo=SHANGHAI), datetime(2026, 11, 20, tzinfo=SHANGHAI))),
        ("2026-1-5", Span(datetime(2026, 1, 5, tzinfo=SHANGHAI), datetime(2026, 1, 6, tzinfo=SHANGHAI))),
        (">2026-01-01", Span(since=datetime(2026, 1, 2, tzinfo=SHANGHAI))),
        (">=2026-01-01", Span(since=datetime(2026, 1, 1, tzinfo=SHANGHAI))),
        ("<2026-01-01", Span(until=datetime(2026, 1, 1, tzinfo=SHANGHAI))),
        ("<=2026-01-01", Span(until=datetime(2026, 1, 2, tzinfo=SHANGHAI))),
        (
            "2026-01-01..2026-01-31",
            Span(datetime(2026, 1, 1, tzinfo=SHANGHAI), datetime(2026, 2, 1, tzinfo=SHANGHAI)),
        ),
    ],
)
def test_span_of_what_is_typed_is_meant_in_the_readers_zone(typed: str, span: Span) -> None:
    assert span_of(typed, now=NOW, zone=SHANGHAI) == span


@pytest.mark.parametrize("typed", ["", "soon", "7d", "<7", "2026-02-30", "0000-01-01", ">9999y", "9999-12-31", "<d"])
def test_span_of_nonsense_is_none(typed: str) -> None:
    assert span_of(typed, now=NOW, zone=SHANGHAI) is None


def test_examples_of_moments_are_all_understood() -> None:
    assert all(span_of(one, now=NOW, zone=SHANGHAI) for one in EXAMPLES)


@given(st.integers(0, 30_000_000), st.integers(0, 20_000_000))
@settings(max_examples=100, deadline=None)
def test_windows_hold_every_id_once_and_their_blocks_hold_all_of_theirs(before: int, lowest: int) -> None:
    found = list(windows(before, lowest=lowest))
    edges = [before, *(one.low for one in found)]
    assert [one.high for one in found] == edges[:-1]
    assert edges[-1] <= max(lowest, 0) or not found
    assert len(found) <= 14
    for one in found:
        assert len(one.marks) <= 70
        for number in {one.low, (one.low + one.high) // 2, one.high - 1}:
            assert set(marks_of(number)) & set(one.marks), (one, number)


def test_marks_are_no_words_of_any_text() -> None:
    assert all(mark[0].isupper() for mark in marks_of(123_456_789))
    assert len(marks_of(5)) == len(LEVELS)


def test_operators_and_values_have_one_meaning_each() -> None:
    for known in (operators.OPERATORS, operators.PRIORITIES, operators.CHANNELS, operators.HAS, operators.STATES):
        every = [alias for name, aliases in known.items() for alias in (name, *aliases)]
        assert len(every) == len(set(every))
        assert all(any(not alias.isascii() for alias in aliases) for aliases in known.values())
        for alias in every:
            assert operators.value_named(alias.upper(), known) in known
