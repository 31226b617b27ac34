"""In whose hours and time zone what somebody writes on a ticket counts."""

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ombud.service_levels.promises import queries
from ombud.service_levels.services.own_clocks import ALWAYS, hours_of
from ombud.shared.calendars.opening import Calendar, UnknownZone
from ombud.shared.database import Transaction


async def hours_for(tx: Transaction, team_id: int, person_id: int | None) -> tuple[Calendar, ZoneInfo]:
    """The team's calendar and its zone; a team without one is always there, in the writer's zone."""
    version_id, calendar = await hours_of(tx, team_id)
    if version_id is None:
        zone = await queries.zone_of(tx, person_id)
        try:
            calendar = Calendar(replace(ALWAYS, time_zone=zone or "UTC"))
        except UnknownZone:
            calendar = Calendar(ALWAYS)
    return calendar, calendar.zone
