"""The one clock. Tests and the simulator own it; nothing else calls ``datetime.now``."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def known_zone(name: str) -> ZoneInfo | None:
    """A time zone by name; None where the name means nothing here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of(name: str) -> ZoneInfo:
    """A time zone by name; UTC where the name means nothing here."""
    return known_zone(name) or ZoneInfo("UTC")


class Clock:
    """A settable clock: real time until somebody sets it."""

    def __init__(self) -> None:
        self._fixed: datetime | None = None

    def now(self) -> datetime:
        """The present moment in UTC, or the one that was set."""
        return self._fixed or utc_now()

    def set(self, moment: datetime | None) -> None:
        """Stop the clock at a moment; None lets it run again."""
        self._fixed = moment
