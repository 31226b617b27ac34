"""A period as somebody asks for it by two moments in an address."""

from datetime import UTC, datetime, timedelta

from ombud.shared.errors import Invalid


def period_of(
    start: datetime | None, end: datetime | None, *, now: datetime, shown: timedelta, longest: timedelta, field: str
) -> tuple[datetime, datetime]:
    """The period between two moments: without an end until now, without a start of the length ``shown``.

    A moment without a time zone is taken as UTC.

    Raises:
        Invalid: it is empty, ends before it starts, or is longer than ``longest``; ``field`` is named.
    """
    until = _aware(end or now)
    try:
        since = _aware(start) if start else until - shown
    except OverflowError:
        since = until
    if not timedelta(0) < until - since <= longest:
        raise Invalid(f"Choose a period of at most {longest.days} days.", fields={field: "period"})
    return since, until


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
