"""What the demo desk's colleagues promised in their answers of the last days, and what became of it."""

from collections import defaultdict
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.demo.levels import DESK, ZONE
from ombud.service_levels.promises.contact import is_contact, is_kept_by
from ombud.service_levels.promises.rules import recognise
from ombud.service_levels.promises.schemas import Promise
from ombud.service_levels.services.keeping import refresh_deadline
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec
from ombud.shared.database import Transaction, rows, values

SINCE = timedelta(days=4)
# One in so many promises that nothing in the talk tells of was broken, and was done a day late.
BROKEN, LATE = 7, timedelta(days=1)
CLOCKS = """
    insert into clock (ticket_id, metric, round, label, state, started_at, due_at, breached_at, next_at, made_by)
    select ticket_id, 'promise', id, left(words, 120), 'running', made_at, due_at,
        case when due_at <= %(now)s then due_at end, case when due_at > %(now)s then due_at end, made_by
    from promise where ended_at is null and due_at is not null and status in ('open', 'broken')
    returning ticket_id"""


class _Said(Struct):
    id: int
    ticket_id: int
    team_id: int
    text: str
    at: datetime
    author_id: int
    is_open: bool


class _Row(Struct):
    ticket_id: int
    entry_id: int
    place: int
    kind: str
    words: str
    is_contact: bool
    due_at: datetime | None
    made_by: int
    team_id: int
    made_at: datetime
    status: str = "open"
    ended_at: datetime | None = None
    kept_entry_id: int | None = None


async def make_promises(tx: Transaction, *, now: datetime) -> None:
    """Record the promises of the last days as if somebody had watched them; those still to be done have clocks."""
    sql = """
        select e.id, e.ticket_id, t.team_id, e.text, e.at, e.author_id, t.is_open
        from entry e join ticket t on t.id = e.ticket_id
        where e.kind = 'message' and e.direction = 'out' and e.author_kind = 'person' and e.at > %(since)s
            and e.undone_at is null order by e.ticket_id, e.at, e.id"""
    talks: dict[int, list[_Said]] = defaultdict(list)
    for one in await rows(tx, _Said, sql, {"since": now - SINCE}):
        talks[one.ticket_id].append(one)
    calendar = Calendar(CalendarSpec(ZONE, dict.fromkeys(WEEKDAYS, DESK)))
    found = [row for talk in talks.values() for row in _promises(talk, calendar, now)]
    names = ", ".join(_Row.__struct_fields__)
    sql = f"""
        insert into promise ({names}, home_ticket_id, first_due_at, way, ended_by)
        select {names}, ticket_id, due_at, 'message', case when ended_at is not null then made_by end
        from jsonb_to_recordset(%(rows)s) as r (ticket_id bigint, entry_id bigint, place int, kind text, words text,
            is_contact boolean, due_at timestamptz, made_by bigint, team_id bigint, made_at timestamptz, status text,
            ended_at timestamptz, kept_entry_id bigint)"""
    await tx.execute(sql, {"rows": Jsonb([msgspec.to_builtins(one) for one in found])})
    for ticket_id in sorted(set(await values(tx, int, CLOCKS, {"now": now}))):
        await refresh_deadline(tx, ticket_id)


def _promises(talk: list[_Said], calendar: Calendar, now: datetime) -> list[_Row]:
    made: list[_Row] = []
    for one in talk:
        found = recognise(one.text, sent_at=one.at, tz=calendar.zone, calendar=calendar)
        # Made-up talk now and then names an hour that has gone by.
        true = [promise for promise in found if promise.due_at is None or promise.due_at > one.at]
        made += [_row(one, place, promise, talk, now) for place, promise in enumerate(true)]
    return made


def _row(one: _Said, place: int, promise: Promise, talk: list[_Said], now: datetime) -> _Row:
    words = one.text[promise.start : promise.end][:500]
    row = _Row(
        ticket_id=one.ticket_id,
        entry_id=one.id,
        place=place,
        kind=promise.kind.value,
        words=words,
        is_contact=is_contact(words),
        due_at=promise.due_at,
        made_by=one.author_id,
        team_id=one.team_id,
        made_at=one.at,
    )
    if promise.is_vague:
        row.status = "vague"
    elif row.due_at is not None:
        _settle(row, row.due_at, one, talk, now)
    return row


def _settle(row: _Row, due_at: datetime, one: _Said, talk: list[_Said], now: datetime) -> None:
    """What became of it: kept by a later message, or as the ticket's number has it."""
    later = next((two for two in talk if row.is_contact and is_kept_by(one.at, due_at, two.at)), None)
    if later is not None:
        row.status, row.ended_at, row.kept_entry_id = "kept", later.at, later.id
    elif due_at <= now:
        is_broken = one.ticket_id % BROKEN == 0
        row.status = "broken" if is_broken else "kept"
        done_at = due_at + LATE if is_broken else one.at + (due_at - one.at) / 2
        row.ended_at = None if is_broken and (one.is_open or done_at > now) else done_at
