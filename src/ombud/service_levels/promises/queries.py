"""Reads of promises; every list goes through what the reader sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from ombud.service_levels.promises.feasible import Outside
from ombud.service_levels.promises.schemas import Kind, PromiseRow, Status, WatchedPromise, Way
from ombud.shared.actor import Actor, seen
from ombud.shared.calendars.schemas import CalendarSpec
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page
from ombud.tickets.queries.lists import visible_team_ids

ListState = Literal["open", "overdue", "all"]
_FAR = "'9999-01-01T00:00:00Z'::timestamptz"


class Row(Struct):
    """A promise as verbs decide by it."""

    id: int
    ticket_id: int
    entry_id: int | None
    way: Way
    kind: Kind
    words: str
    is_contact: bool
    due_at: datetime | None
    made_by: int | None
    team_id: int
    made_at: datetime
    status: Status | Literal["undone"]
    ended_at: datetime | None
    kept_entry_id: int | None


_ROW = """
    p.id, p.ticket_id, p.entry_id, p.way, p.kind, p.words, p.is_contact, p.due_at, p.made_by, p.team_id, p.made_at,
    p.status, p.ended_at, p.kept_entry_id"""


async def find_promise(tx: Transaction, ticket_id: int, promise_id: int) -> Row | None:
    """A promise of a ticket that the caller has locked; none that was taken back with its message."""
    sql = f"select {_ROW} from promise p where p.id = %(id)s and p.ticket_id = %(ticket)s and p.status <> 'undone'"
    return await row(tx, Row, sql, {"id": promise_id, "ticket": ticket_id})


async def by_entry(tx: Transaction, entry_id: int) -> list[Row]:
    """The promises that a message made."""
    sql = f"select {_ROW} from promise p where p.entry_id = %(id)s order by p.place"
    return await rows(tx, Row, sql, {"id": entry_id})


async def kept_by_entry(tx: Transaction, entry_id: int) -> list[Row]:
    """The promises that a message kept."""
    sql = f"select {_ROW} from promise p where p.kept_entry_id = %(id)s order by p.id"
    return await rows(tx, Row, sql, {"id": entry_id})


async def waiting_of(tx: Transaction, ticket_id: int) -> list[Row]:
    """The promises of a ticket that are open, oldest first."""
    sql = f"select {_ROW} from promise p where p.ticket_id = %(id)s and p.status = 'open' order by p.id"
    return await rows(tx, Row, sql, {"id": ticket_id})


async def list_of_ticket(tx: Transaction, ticket_id: int) -> list[WatchedPromise]:
    """All promises of a ticket: those to be done first, the next one on top; the ended ones newest first."""
    sql = """
        select p.id, p.ticket_id, p.entry_id, p.way, p.kind, p.words, p.due_at, p.first_due_at, p.made_by, p.made_at,
            p.status, p.ended_at, p.ended_by, p.kept_entry_id, p.reason,
            coalesce((select jsonb_agg(jsonb_build_object('due_before', m.due_before, 'due_after', m.due_after,
                'reason', m.reason, 'moved_by', m.moved_by, 'at', m.at) order by m.id)
                from promise_move m where m.promise_id = p.id), '[]') as moves,
            p.ended_at is null and exists (
                select from entry e where e.ticket_id = p.ticket_id and e.kind = 'message' and e.direction = 'out'
                    and e.author_kind in ('person', 'api_key') and e.undone_at is null and e.at > p.made_at)
                as is_answered
        from promise p where p.ticket_id = %(id)s and p.status <> 'undone'
        order by p.ended_at is not null or p.status = 'vague', case when p.ended_at is null then p.due_at end,
            p.ended_at desc, p.id desc"""
    return await rows(tx, WatchedPromise, sql, {"id": ticket_id})


class Wanted(Struct, frozen=True):
    """Which promises a list shows; without a team or person those of all."""

    state: ListState = "open"
    team_id: int | None = None
    person_id: int | None = None


_STATES: dict[ListState, str] = {
    "open": "p.status in ('open', 'broken') and p.ended_at is null",
    "overdue": "p.status in ('open', 'broken') and p.ended_at is null and p.due_at <= %(now)s",
    "all": "p.status not in ('undone', 'vague')",
}


async def list_promises(
    tx: Transaction, wanted: Wanted, *, by: Actor, now: datetime, cursor: str | None = None, limit: int = 50
) -> Paged[PromiseRow]:
    """Promises on tickets that the actor sees: the next deadline first; of all, the newest first.

    A promise belongs to whoever made it, or holds the ticket.

    Raises:
        Invalid: a bad cursor or limit.
    """
    limit = checked_limit(limit)
    params: dict[str, object] = {
        "teams": await visible_team_ids(tx, by, only=wanted.team_id),
        "brands": by.visible_brands(),
        "person": wanted.person_id,
        "now": now,
        "limit": limit + 1,
        "at": None,
        "id": 0,
    }
    if cursor is not None:
        params["at"], params["id"] = decode_cursor(cursor, tuple[datetime, int])
    is_all = wanted.state == "all"
    key = "p.made_at" if is_all else f"coalesce(p.due_at, {_FAR})"
    direction, sign = ("desc", "<") if is_all else ("asc", ">")
    sql = f"""
        select p.id, p.ticket_id, t.subject, t.customer_id, c.name as customer_name, t.team_id, t.assignee_id,
            p.made_by, p.made_at, p.way, p.words, p.due_at, p.status, p.ended_at
        from promise p join ticket t on t.id = p.ticket_id join customer c on c.id = t.customer_id
        where {_STATES[wanted.state]} and {seen()}
            and (%(person)s::bigint is null or p.made_by = %(person)s or t.assignee_id = %(person)s)
            and (%(at)s::timestamptz is null or ({key}, p.id) {sign} (%(at)s, %(id)s))
        order by {key} {direction}, p.id {direction} limit %(limit)s"""
    return page(await rows(tx, PromiseRow, sql, params), limit, lambda one: _key(one, is_all=is_all))


def _key(one: PromiseRow, *, is_all: bool) -> tuple[Any, int]:
    far = "9999-01-01T00:00:00Z"
    return (one.made_at if is_all else one.due_at or far), one.id


async def outside_deadlines(tx: Transaction, ticket_id: int) -> list[Outside]:
    """Deadlines from outside that a ticket still has, the next one first."""
    sql = """
        select label, due_at from clock
        where ticket_id = %(id)s and metric = 'external' and state <> 'ended' and due_at is not null order by due_at"""
    return await rows(tx, Outside, sql, {"id": ticket_id})


class Said(Struct):
    """A message of ours as it stands, with its writer."""

    id: int
    ticket_id: int
    text: str
    at: datetime
    author_id: int | None
    choices: list[Any]


async def load_said(tx: Transaction, entry_ids: Sequence[int]) -> dict[int, Said]:
    """Messages that people or programs of ours wrote, unless they were taken back."""
    sql = """
        select e.id, e.ticket_id, e.text, e.at, case when e.author_kind = 'person' then e.author_id end as author_id,
            coalesce(e.details -> 'promises', '[]') as choices
        from entry e
        where e.id = any(%(ids)s) and e.kind = 'message' and e.direction = 'out' and e.undone_at is null
            and e.author_kind in ('person', 'api_key')"""
    return {one.id: one for one in await rows(tx, Said, sql, {"ids": list(entry_ids)})}


async def zone_of(tx: Transaction, person_id: int | None) -> str | None:
    """The time zone of a person."""
    return await value(tx, str, "select time_zone from person where id = %(id)s", {"id": person_id})


class OwnHours(Struct):
    """The newest state of somebody's own calendar."""

    spec: CalendarSpec


async def own_hours(tx: Transaction, person_id: int) -> OwnHours | None:
    """A person's own working hours, as routing keeps them; None where they work in those of their team."""
    sql = """
        select v.spec from agent_routing a cross join lateral (
            select spec from calendar_version where calendar_id = a.calendar_id order by id desc limit 1) v
        where a.person_id = %(id)s"""
    return await row(tx, OwnHours, sql, {"id": person_id})


async def count_members(tx: Transaction, team_id: int) -> int:
    """How many people of a team can keep promises."""
    sql = """
        select count(*) from membership m join person p on p.id = m.person_id
        where m.team_id = %(team)s and p.deactivated_at is null and p.role not in ('read_only', 'partner')"""
    return await value(tx, int, sql, {"team": team_id}) or 0


class SlotCount(Struct):
    """How many promises are due in the half hour that begins at ``slot``: of one person, and of the team."""

    slot: datetime
    own: int
    teams: int


async def due_by_slot(
    tx: Transaction, team_id: int, person_id: int | None, zone: str, *, now: datetime
) -> list[SlotCount]:
    """What is promised from now on, by half hours; whatever is due by 24:00 has the whole day and does not count.

    A promise belongs to whoever holds its ticket now, else to whoever made it.
    """
    sql = """
        select date_bin('30 minutes', p.due_at - interval '1 second', timestamptz '2000-01-01 00:00Z') as slot,
            count(*) filter (where coalesce(t.assignee_id, p.made_by) = %(person)s) as own,
            count(*) filter (where t.team_id = %(team)s) as teams
        from promise p join ticket t on t.id = p.ticket_id
        where p.status = 'open' and p.ended_at is null and p.due_at > %(now)s
            and (p.due_at at time zone %(zone)s)::time <> time '00:00'
            and (t.team_id = %(team)s or t.assignee_id = %(person)s or p.made_by = %(person)s)
        group by 1"""
    params = {"team": team_id, "person": person_id, "zone": zone, "now": now}
    return await rows(tx, SlotCount, sql, params)
