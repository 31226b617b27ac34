"""In whose hours and time zone what somebody writes on a ticket counts, and what has been promised for these hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ombud.service_levels.promises import queries
from ombud.service_levels.services.own_clocks import hours_of
from ombud.shared.calendars.opening import Calendar, UnknownZone
from ombud.shared.calendars.schemas import ALWAYS
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


async def duty_of(tx: Transaction, person_id: int | None) -> Calendar | None:
    """Somebody's own working hours; None where they have the team's."""
    spec = await queries.own_hours(tx, person_id) if person_id else None
    return Calendar(spec.spec) if spec else None


async def full_slots(
    tx: Transaction, team_id: int, person_id: int | None, limit: int, calendar: Calendar, *, now: datetime
) -> frozenset[datetime]:
    """The half hours to come in which a person, or a team for all of its members, can take no more promises."""
    if not limit:
        return frozenset()
    members = await queries.count_members(tx, team_id)
    found = await queries.due_by_slot(tx, team_id, person_id, calendar.spec.time_zone, now=now)
    return frozenset(one.slot for one in found if one.own >= limit or one.teams >= limit * max(1, members))
