"""Spans of time in addresses."""

from datetime import UTC, datetime, timedelta

from ombud.shared.errors import Invalid


def checked_span(since: datetime, until: datetime, *, days: int) -> tuple[datetime, datetime]:
    """A span of at most so many days; a moment without a zone is in UTC.

    Raises:
        Invalid: it is longer, or ends before it begins.
    """
    begin, end = (one if one.tzinfo else one.replace(tzinfo=UTC) for one in (since, until))
    if not timedelta(0) < end - begin <= timedelta(days=days):
        raise Invalid(f"Choose a span of at most {days} days.", fields={"since": "span"})
    return begin, end
