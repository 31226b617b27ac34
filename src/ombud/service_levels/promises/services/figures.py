"""Promises kept and broken over a period: by person and team, and promise by promise as a file."""

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from ombud.intelligence.personal_data.services import mask_tree
from ombud.service_levels.promises.schemas import PromiseFigures, PromiseShare
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import Invalid
from ombud.shared.personal import Personal
from ombud.shared.spreadsheets import Cell
from ombud.tickets.queries.lists import visible_team_ids

LONGEST = timedelta(days=366)
MOST_ROWS = 20_000
HEAD = {
    "en": (
        *("Promised", "Due", "First due", "Status", "Done", "Ticket", "Subject", "Team", "Person", "Way", "Words"),
        *("Times moved", "Reason"),
    ),
    "zh-CN": (
        *("承诺时间", "承诺时限", "最初时限", "状态", "完成时间", "工单号", "主题", "团队", "人员", "方式", "承诺内容"),
        *("改期次数", "原因"),
    ),
}
STATES = {
    "en": {"open": "open", "kept": "kept", "broken": "broken", "late": "broken, done late", "dropped": "dropped"},
    "zh-CN": {
        "open": "进行中",
        "kept": "已兑现",
        "broken": "未兑现",
        "late": "未兑现,逾期完成",
        "dropped": "已取消",
    },
}
WAYS = {
    "en": {"message": "message", "phone": "phone", "note": "note", "in_person": "in person"},
    "zh-CN": {"message": "消息", "phone": "电话", "note": "备注", "in_person": "当面"},
}
_FROM = """
    from promise p join ticket t on t.id = p.ticket_id join team g on g.id = p.team_id
        left join person n on n.id = p.made_by"""
_WHERE = f"""
    where p.status <> 'undone' and {seen()} and (%(person)s::bigint is null or p.made_by = %(person)s)
        and (%(team)s::bigint is null or p.team_id = %(team)s)"""
_DUE = "p.status <> 'vague' and p.due_at >= %(since)s and p.due_at < %(until)s"


class Period(Struct, frozen=True):
    """Promises due from a moment up to another one, of one person or team or of all."""

    since: datetime
    until: datetime
    person_id: int | None = None
    team_id: int | None = None


async def figures(tx: Transaction, wanted: Period, *, by: Actor) -> PromiseFigures:
    """Promises by whom made them and the team of then, on tickets that the actor sees.

    Raises:
        Invalid: the period is turned round, or longer than a year.
    """
    sql = f"""
        select p.made_by as person_id, coalesce(n.name, '') as name, p.team_id, g.name as team,
            count(*) filter (where {_DUE} and p.status in ('kept', 'broken')) as due,
            count(*) filter (where {_DUE} and p.status = 'kept') as kept,
            count(*) filter (where {_DUE} and p.status = 'broken') as broken,
            count(*) filter (where {_DUE} and p.status = 'broken' and p.ended_at is not null) as kept_late,
            count(*) filter (where {_DUE} and p.status = 'dropped') as dropped,
            count(*) filter (where {_DUE} and p.moves > 0) as moved,
            count(*) filter (where {_DUE} and p.status = 'open') as waiting,
            count(*) filter (where p.status = 'vague') as vague
        {_FROM} {_WHERE} and (({_DUE})
            or (p.status = 'vague' and p.made_at >= %(since)s and p.made_at < %(until)s))
        group by p.made_by, n.name, p.team_id, g.name order by due desc, waiting desc, name, team"""
    return PromiseFigures(await rows(tx, PromiseShare, sql, await _params(tx, wanted, by)))


class _Promise(Struct):
    made_at: datetime
    due_at: datetime
    first_due_at: datetime | None
    status: str
    ended_at: datetime | None
    ticket_id: int
    subject: Personal
    team: str
    name: str
    way: str
    words: Personal
    moves: int
    reason: Personal


class _Reader(Struct):
    locale: Literal["en", "zh-CN"]
    time_zone: str


async def list_cells(tx: Transaction, wanted: Period, *, by: Actor) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """The promises as a head and rows in the reader's language and time zone, by their moments.

    Raises:
        Invalid: the period is turned round or longer than a year, or there are too many for one file.
    """
    sql = f"""
        select p.made_at, p.due_at, p.first_due_at,
            case when p.status = 'broken' and p.ended_at is not null then 'late' else p.status end as status,
            p.ended_at, p.ticket_id, t.subject, g.name as team, coalesce(n.name, '') as name, p.way, p.words, p.moves,
            p.reason
        {_FROM} {_WHERE} and {_DUE} order by p.due_at, p.id limit {MOST_ROWS + 1}"""
    found = await rows(tx, _Promise, sql, await _params(tx, wanted, by))
    if len(found) > MOST_ROWS:
        raise Invalid("There are more than 20,000 promises. Choose a shorter period.", fields={"until": "too_far"})
    person = "select locale, time_zone from person where id = %(me)s"
    reader = await row(tx, _Reader, person, {"me": by.person_id}) or _Reader("en", "UTC")
    return HEAD[reader.locale], [_cells(mask_tree(one, by.hidden_kinds), reader) for one in found]


def _cells(one: _Promise, reader: _Reader) -> list[Cell]:
    zone = ZoneInfo(reader.time_zone)
    made, due, first, done = (
        at and at.astimezone(zone).replace(tzinfo=None)
        for at in (one.made_at, one.due_at, one.first_due_at, one.ended_at)
    )
    status, way = STATES[reader.locale][one.status], WAYS[reader.locale][one.way]
    where: list[Cell] = [one.ticket_id, one.subject, one.team, one.name, way, one.words, one.moves, one.reason]
    return [made, due, first, status, done, *where]


async def _params(tx: Transaction, wanted: Period, by: Actor) -> dict[str, object]:
    if not wanted.since < wanted.until <= wanted.since + LONGEST:
        raise Invalid("Choose a period of at most a year.", fields={"until": "bad"})
    teams = await visible_team_ids(tx, by)
    params = {"since": wanted.since, "until": wanted.until, "person": wanted.person_id, "team": wanted.team_id}
    return params | {"teams": teams, "brands": by.visible_brands()}
