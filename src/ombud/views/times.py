"""Time that people worked on tickets over a period: by person and team, and entry by entry as a file."""

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from ombud.intelligence.personal_data.services import mask_tree
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import Invalid
from ombud.shared.personal import Personal
from ombud.shared.spreadsheets import Cell
from ombud.tickets.queries.lists import visible_team_ids

LONGEST = timedelta(days=366)
# One file holds as many entries; a spreadsheet of more would hold its writer up for seconds.
MOST_ENTRIES = 20_000
HEAD = {
    "en": ("When", "Ticket", "Subject", "Team", "Person", "Minutes", "How", "Note"),
    "zh-CN": ("时间", "工单号", "主题", "团队", "人员", "分钟", "方式", "备注"),
}
WAYS = {"en": {"hand": "by hand", "timer": "timer"}, "zh-CN": {"hand": "手动填写", "timer": "计时器"}}
_WHERE = f"""
    from time_spent s join ticket t on t.id = s.ticket_id
        join person p on p.id = s.person_id join team g on g.id = t.team_id
    where s.at >= %(since)s and s.at < %(until)s and {seen()}
        and (%(person)s::bigint is null or s.person_id = %(person)s)"""


class TimeFilter(Struct, frozen=True):
    """Which time: from a moment, up to another one, of one person or team or of all."""

    since: datetime
    until: datetime
    person_id: int | None = None
    team_id: int | None = None


class TimeShare(Struct):
    """Time of one person on the tickets of one team."""

    person_id: int
    name: str
    team_id: int
    team: str
    seconds: int
    tickets: int
    entries: int


class TimeReport(Struct):
    """Time by person and team, the most first."""

    items: list[TimeShare]
    total_seconds: int


class _Entry(Struct):
    at: datetime
    ticket_id: int
    subject: Personal
    team: str
    name: str
    seconds: int
    way: str
    note: Personal


class _Reader(Struct):
    locale: Literal["en", "zh-CN"]
    time_zone: str


async def report_time(tx: Transaction, wanted: TimeFilter, *, by: Actor) -> TimeReport:
    """Time by person and team, of tickets that the actor sees.

    Raises:
        Invalid: the period is turned round, or longer than a year.
    """
    sql = f"""
        select s.person_id, p.name, t.team_id, g.name as team, sum(s.seconds)::bigint as seconds,
            count(distinct s.ticket_id) as tickets, count(*) as entries
        {_WHERE} group by s.person_id, p.name, t.team_id, g.name order by seconds desc, p.name, team"""
    found = await rows(tx, TimeShare, sql, await _params(tx, wanted, by))
    return TimeReport(found, sum(one.seconds for one in found))


async def list_cells(tx: Transaction, wanted: TimeFilter, *, by: Actor) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """The entries as a head and rows in the reader's language and time zone, oldest first.

    Raises:
        Invalid: the period is turned round or longer than a year, or there are too many entries for one file.
    """
    sql = f"""
        select s.at, s.ticket_id, t.subject, g.name as team, p.name, s.seconds, s.way, s.note
        {_WHERE} order by s.at, s.id limit {MOST_ENTRIES + 1}"""
    found = await rows(tx, _Entry, sql, await _params(tx, wanted, by))
    if len(found) > MOST_ENTRIES:
        raise Invalid("There are more than 20,000 entries. Choose a shorter period.", fields={"until": "too_far"})
    person = "select locale, time_zone from person where id = %(me)s"
    reader = await row(tx, _Reader, person, {"me": by.person_id}) or _Reader("en", "UTC")
    zone, ways = ZoneInfo(reader.time_zone), WAYS[reader.locale]
    return HEAD[reader.locale], [_cells(mask_tree(one, by.hidden_kinds), zone, ways) for one in found]


def _cells(one: _Entry, zone: ZoneInfo, ways: dict[str, str]) -> list[Cell]:
    at = one.at.astimezone(zone).replace(tzinfo=None)
    minutes = round(one.seconds / 60, 2)
    return [at, one.ticket_id, one.subject, one.team, one.name, minutes, ways[one.way], one.note]


async def _params(tx: Transaction, wanted: TimeFilter, by: Actor) -> dict[str, object]:
    if not wanted.since < wanted.until <= wanted.since + LONGEST:
        raise Invalid("Choose a period of at most a year.", fields={"until": "bad"})
    teams = await visible_team_ids(tx, by, only=wanted.team_id)
    params = {"since": wanted.since, "until": wanted.until, "person": wanted.person_id}
    return params | {"teams": teams, "brands": by.visible_brands()}
