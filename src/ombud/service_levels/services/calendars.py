"""Verbs that define calendars, and what a calendar would say before it is saved."""

from datetime import date, datetime, timedelta

import msgspec
from psycopg.types.json import Jsonb

from ombud.service_levels.events import CalendarChanged
from ombud.service_levels.queries import list_calendars
from ombud.service_levels.rules import MOST
from ombud.service_levels.schemas import CalendarIn, CalendarRow, IcalDays, TeamHours, Trial, TrialDay, TrialIn
from ombud.shared.actor import Actor
from ombud.shared.calendars.arithmetic import deadline, is_beyond_table
from ombud.shared.calendars.holidays import with_table
from ombud.shared.calendars.ical import read_ical
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec, Span
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit

DAYS_SHOWN = 42
YEARS_AHEAD = 3


class ClosedAlways(Invalid):
    """The calendar has no open hour in the week. Give it working hours on at least one day."""

    code = "calendar_closed_always"


class CalendarInUse(Conflict):
    """Policies count in this calendar, or it is the default one. Give those another calendar first."""

    code = "calendar_in_use"


def checked_spec(spec: CalendarSpec, tables: list[str]) -> CalendarSpec:
    """A calendar that can be counted in, with the days of the tables.

    Raises:
        UnknownZone: no such time zone.
        ClosedAlways: it never opens.
        Invalid: no such table, or a day is named as off and as worked.
    """
    for table in tables:
        spec = with_table(spec, table)
    Calendar(spec)
    if not any(spec.week.get(day) for day in WEEKDAYS):
        raise ClosedAlways
    both = {one.on for one in spec.days_off} & {one.on for one in spec.exchanged}
    if both:
        raise Invalid(f"{min(both)} is named as a holiday and as a working day.", fields={"days_off": "twice"})
    return spec


def _check_name(data: CalendarIn) -> None:
    if not (data.name_en.strip() or data.name_zh.strip()):
        raise Invalid("Give the calendar a name.", fields={"name_en": "required"})


async def make_calendar(tx: Transaction, data: CalendarIn, *, by: Actor, now: datetime) -> CalendarRow:
    """Make a calendar. The first one is the default.

    Raises:
        Invalid: it has no name, or cannot be counted in.

    Emits: CalendarChanged
    """
    _check_name(data)
    spec = checked_spec(data.spec, data.tables)
    is_default = data.is_default or not await value(tx, bool, "select exists (select from calendar where is_default)")
    if is_default:
        await tx.execute("update calendar set is_default = false where is_default")
    sql = """
        insert into calendar (name_en, name_zh, is_default, created_at)
        values (%(name_en)s, %(name_zh)s, %(is_default)s, %(now)s) returning id"""
    params = {"name_en": data.name_en.strip(), "name_zh": data.name_zh.strip(), "is_default": is_default, "now": now}
    calendar_id = await value(tx, int, sql, params) or 0
    await _add_version(tx, calendar_id, spec, by=by, now=now)
    await emit(tx, CalendarChanged(calendar_id=calendar_id, change="made"), by=by, at=now)
    return await find_calendar(tx, calendar_id)


async def change_calendar(
    tx: Transaction, calendar_id: int, data: CalendarIn, *, by: Actor, now: datetime
) -> CalendarRow:
    """Change a calendar. Hours and days make a new version: clocks that run go on in the one that they began with.

    Raises:
        NotFound: no such calendar.
        CalendarInUse: it would be archived, and policies count in it or it is the default one.
        Invalid: it has no name, or cannot be counted in.

    Emits: CalendarChanged
    """
    await tx.execute("select from calendar where id = %(id)s for update", {"id": calendar_id})
    known = await find_calendar(tx, calendar_id)
    _check_name(data)
    spec = checked_spec(data.spec, data.tables)
    is_default = data.is_default or known.is_default
    if data.is_archived and (is_default or await _is_used(tx, calendar_id)):
        raise CalendarInUse
    if is_default and not known.is_default:
        await tx.execute("update calendar set is_default = false where is_default")
    sql = """
        update calendar set name_en = %(name_en)s, name_zh = %(name_zh)s, is_default = %(is_default)s,
            archived_at = case when %(is_archived)s then coalesce(archived_at, %(now)s) end
        where id = %(id)s"""
    params = {"id": calendar_id, "name_en": data.name_en.strip(), "name_zh": data.name_zh.strip(), "now": now}
    await tx.execute(sql, params | {"is_default": is_default, "is_archived": data.is_archived})
    if spec != known.spec:
        await _add_version(tx, calendar_id, spec, by=by, now=now)
    change = CalendarChanged(calendar_id=calendar_id, change="archived" if data.is_archived else "changed")
    await emit(tx, change, by=by, at=now)
    return await find_calendar(tx, calendar_id)


async def _is_used(tx: Transaction, calendar_id: int) -> bool:
    sql = """
        select exists (select from team where calendar_id = %(id)s) or exists (
            select from service_policy p cross join lateral (
                select spec from service_policy_version where policy_id = p.id order by id desc limit 1) v
            where p.archived_at is null and (v.spec ->> 'calendar_id')::bigint = %(id)s)"""
    return bool(await value(tx, bool, sql, {"id": calendar_id}))


async def _add_version(tx: Transaction, calendar_id: int, spec: CalendarSpec, *, by: Actor, now: datetime) -> None:
    sql = """
        insert into calendar_version (calendar_id, spec, made_by, created_at)
        values (%(id)s, %(spec)s, %(by)s, %(now)s)"""
    params = {"id": calendar_id, "spec": Jsonb(msgspec.to_builtins(spec)), "by": by.person_id or None, "now": now}
    await tx.execute(sql, params)


async def find_calendar(tx: Transaction, calendar_id: int) -> CalendarRow:
    """A calendar in its newest version.

    Raises:
        NotFound: no such calendar.
    """
    found = next((one for one in await list_calendars(tx) if one.id == calendar_id), None)
    if found is None:
        raise NotFound("There is no such calendar.")
    return found


async def set_team_hours(tx: Transaction, team_id: int, data: TeamHours, *, by: Actor, now: datetime) -> None:
    """Say which calendar a team's hours are; the same again changes nothing.

    Raises:
        NotFound: no such team or calendar.

    Emits: CalendarChanged
    """
    if data.calendar_id is not None and (await find_calendar(tx, data.calendar_id)).is_archived:
        raise NotFound("The calendar is archived.")
    if not await value(tx, bool, "select exists (select from team where id = %(id)s)", {"id": team_id}):
        raise NotFound("There is no such team.")
    sql = """
        update team set calendar_id = %(calendar)s
        where id = %(id)s and calendar_id is distinct from %(calendar)s"""
    if await execute(tx, sql, {"id": team_id, "calendar": data.calendar_id}):
        await emit(tx, CalendarChanged(calendar_id=data.calendar_id, change="team", team_id=team_id), by=by, at=now)


def check_span(span: Span) -> None:
    """Refuse a target that is no plan but a mistake.

    Raises:
        Invalid: it is more than about ten years.
    """
    if span.amount > MOST[span.unit]:
        raise Invalid(
            f"A target is at most {MOST[span.unit]:,} {span.unit.replace('_', ' ')}.", fields={"span": "too_long"}
        )


def try_calendar(data: TrialIn) -> Trial:
    """When something would be due in a calendar, and its open hours of six weeks.

    Raises:
        NeverOpen: it never opens.
        Invalid: it cannot be counted in, or the target is too long.
    """
    check_span(data.span)
    calendar = Calendar(checked_spec(data.spec, data.tables))
    due_at = deadline(calendar, data.start, data.span) or data.start
    days = [] if data.days_from is None else _days(calendar, data.days_from)
    return Trial(
        due_at=due_at,
        is_beyond_table=is_beyond_table(calendar, due_at),
        is_open_at_start=calendar.is_open(data.start),
        week_minutes=_week_minutes(calendar),
        days=days,
    )


def _week_minutes(calendar: Calendar) -> int:
    plain = Calendar(CalendarSpec("UTC", calendar.spec.week))
    monday = date(2026, 11, 23)
    periods = [one for day in range(7) for one in plain.periods_on(monday + timedelta(days=day))]
    return int(sum((one.end - one.start).total_seconds() for one in periods)) // 60


def _days(calendar: Calendar, first: date) -> list[TrialDay]:
    off = {one.on: one for one in calendar.spec.days_off}
    worked = {one.on: one for one in calendar.spec.exchanged}
    found = []
    for day in (first + timedelta(days=count) for count in range(DAYS_SHOWN)):
        kind = "off" if day in off else "special" if day in calendar.spec.special else "plain"
        kind = "exchanged" if kind == "plain" and day in worked else kind
        named = off.get(day) or worked.get(day)
        midnight = calendar.moment(day, 0)
        hours = [(_minutes(one.start - midnight), _minutes(one.end - midnight)) for one in calendar.periods_on(day)]
        names = (named.name_en, named.name_zh) if named else ("", "")
        found.append(TrialDay(day, hours, kind, *names))  # type: ignore[arg-type]  # one of its words
    return found


def _minutes(delta: timedelta) -> int:
    return int(delta.total_seconds()) // 60


def read_holidays(text: str, *, now: datetime) -> IcalDays:
    """The days of an iCalendar file, for a look before they are saved.

    Raises:
        BadCalendarFile: it is none, or holds no whole days.
    """
    found = read_ical(text, until=date(now.year + YEARS_AHEAD, 12, 31))
    return IcalDays(found.days_off, found.exchanged, found.skipped)
