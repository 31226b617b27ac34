"""Office hours of the teams of tickets: open or closed now, and when that changes."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.service_levels.queries import hours_of_teams
from ombud.shared.calendars.opening import Calendar, NeverOpen
from ombud.shared.database import Transaction, rows


class _Place(Struct):
    id: int
    team_id: int


# Whether it is open, and when that changes; None: never, as far as is known.
Opening = tuple[bool, datetime | None]


async def opening_of(tx: Transaction, ticket_ids: Sequence[int], *, now: datetime) -> dict[int, Opening]:
    """Whether the offices of tickets' teams are open, by their calendars; a team without one is always there."""
    sql = "select id, team_id from ticket where id = any(%(ids)s::bigint[])"
    places = await rows(tx, _Place, sql, {"ids": list(ticket_ids)})
    hours = await hours_of_teams(tx, sorted({one.team_id for one in places}))
    known = {team: opening(calendar, now) for team, calendar in hours.items()}
    return {one.id: known.get(one.team_id, (True, None)) for one in places}


def opening(calendar: Calendar, now: datetime) -> Opening:
    """Whether a calendar is open at a moment, and when that changes."""
    try:
        period = next(iter(calendar.after(now)), None)
    except NeverOpen:
        return False, None
    if period is None:
        return False, None
    return (True, period.end) if period.start <= now else (False, period.start)
