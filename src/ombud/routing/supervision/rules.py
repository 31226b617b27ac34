"""Arithmetic of adherence. No database, no clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ombud.routing.floor.schemas import StateStretch
from ombud.shared.calendars.arithmetic import open_between
from ombud.shared.calendars.opening import Calendar

# What somebody is at work in. Breaks and other work are within the plan up to their limit, and no longer.
AT_WORK = frozenset({"online", "wrap_up", "busy", "break"})


def kept_time(stretches: Iterable[StateStretch], hours: Calendar, *, since: datetime, now: datetime) -> timedelta:
    """How much of the planned time between two moments somebody was where the plan has them."""
    kept = timedelta()
    for one in stretches:
        if one.state not in AT_WORK:
            continue
        end = min(now, one.to_at or now)
        if one.limit_at is not None:
            end = min(end, one.limit_at)
        kept += open_between(hours, max(one.from_at, since), end)
    return kept


def percent_of(kept: timedelta, planned: timedelta) -> int | None:
    """The share in per cent; None where nothing was planned."""
    return round(100 * kept / planned) if planned else None
