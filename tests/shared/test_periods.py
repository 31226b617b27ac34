"""Periods between two moments, whatever somebody writes into an address."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.errors import Invalid
from ombud.shared.periods import period_of

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
SHOWN, LONGEST = timedelta(days=30), timedelta(days=400)
moments = st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC))


def asked(start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    return period_of(start, end, now=NOW, shown=SHOWN, longest=LONGEST, field="since")


def test_period_without_moments_ends_now() -> None:
    assert asked(None, None) == (NOW - SHOWN, NOW)


def test_moment_without_a_zone_is_utc() -> None:
    naive = datetime(2026, 11, 22)  # noqa: DTZ001  # that is what it is about
    assert asked(naive, None) == (datetime(2026, 11, 22, tzinfo=UTC), NOW)


@pytest.mark.parametrize("days", [0, -1, 401])
def test_period_that_is_empty_or_too_long_is_refused_by_its_field(days: int) -> None:
    with pytest.raises(Invalid) as raised:
        asked(NOW - timedelta(days=days), NOW)
    assert raised.value.fields == {"since": "period"}


@given(moments, moments)
def test_period_of_any_moments_holds_or_is_refused(start: datetime | None, end: datetime | None) -> None:
    try:
        since, until = asked(start, end)
    except Invalid:
        return
    assert timedelta(0) < until - since <= LONGEST
