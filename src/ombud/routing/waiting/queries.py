"""Reads of waiting: who waits where, how fast it goes, whether anybody is there, and how true it was."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from ombud.routing.waiting.schemas import Basis, Callback, Pace, Wait
from ombud.shared.actor import Actor
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import CalendarSpec
from ombud.shared.database import Transaction, row, rows, values
from ombud.tickets.queries.lists import visible_team_ids

# How long a pace is looked back for: the first span in which enough happened.
SPANS = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=3))
MOST = 2_000
# Mails are looked back for at longer.
MAIL_SPAN, NEWEST_MAILS = timedelta(days=7), 60


class Waiting(Struct):
    """A chat that nobody has taken yet; the position is that among the chats of its team."""

    ticket_id: int
    team_id: int
    since: datetime
    position: int


async def waiting_chats(tx: Transaction) -> list[Waiting]:
    """Chats that wait, each with its place: in the order in which they are given out, as far as that is known."""
    sql = f"""
        with waits as (
            select w.ticket_id as id, w.place from work_wait w join ticket t on t.id = w.ticket_id
                join channel c on c.id = t.channel_id and c.kind = 'chat'
            where w.held_until is null
            union all
            select t.id, null from ticket t join team m on m.id = t.team_id and m.routing = 'manual'
                join channel c on c.id = t.channel_id and c.kind = 'chat'
            where t.team_id in (select team_id from channel where kind = 'chat' and deleted_at is null)
                and t.assignee_id is null and t.is_open and t.snoozed_until is null and t.category in ('new', 'open')
                and not exists (select from machine_talk k where k.ticket_id = t.id and k.state = 'talking')
            limit {MOST})
        select t.id as ticket_id, t.team_id, coalesce(t.waiting_since, t.created_at) as since,
            row_number() over (partition by t.team_id order by w.place desc nulls last, t.priority desc,
                t.waiting_since, t.id) as position
        from waits w join ticket t on t.id = w.id order by t.team_id, position"""
    return await rows(tx, Waiting, sql, {})


class Told(Struct):
    """What is told at present to somebody who waits."""

    id: int
    ticket_id: int
    team_id: int
    waits_since: datetime
    position: int
    basis: Basis
    low_seconds: int | None
    high_seconds: int | None

    @property
    def wait(self) -> Wait:
        """As it is shown."""
        return Wait(self.basis, self.position, self.low_seconds, self.high_seconds)


TOLD = "select id, ticket_id, team_id, waits_since, position, basis, low_seconds, high_seconds from wait_estimate"


async def open_estimates(tx: Transaction) -> list[Told]:
    """What is told to those who wait."""
    return await rows(tx, Told, f"{TOLD} where ended_at is null and kind = 'chat'", {})


async def told_of(tx: Transaction, ticket_id: int) -> Wait | None:
    """What is told on a ticket; None where it does not wait, or nobody has looked yet."""
    found = await row(
        tx, Told, f"{TOLD} where ended_at is null and kind = 'chat' and ticket_id = %(id)s", {"id": ticket_id}
    )
    return found.wait if found else None


class _Gone(Struct):
    ticket_id: int
    has_assignee: bool
    is_done: bool


async def outcomes(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, str]:
    """What became of tickets that wait no more: somebody took them, they were done without, or they left the queue."""
    sql = """
        select id as ticket_id, assignee_id is not null as has_assignee, category in ('solved', 'closed') as is_done
        from ticket where id = any(%(ids)s)"""
    found = {one.ticket_id: one for one in await rows(tx, _Gone, sql, {"ids": list(ticket_ids)})}
    names: dict[int, str] = {}
    for ticket_id in ticket_ids:
        one = found.get(ticket_id)
        taken = "answered" if one is not None and one.has_assignee else "left"
        names[ticket_id] = "done" if one is not None and one.is_done else taken
    return names


class _Measured(Struct):
    team_id: int
    span: int
    seconds: float
    places: int


async def paces(tx: Transaction, team_ids: Sequence[int], *, enough: int, now: datetime) -> dict[int, Pace]:
    """How fast the queues of teams move: from the last half hour, or longer back until enough happened.

    Whoever still waits counts from when somebody is there: the hours before say nothing of how fast it goes.
    """
    sql = """
        with w as (
            select team_id, ended_at, waits_since,
                case when ended_at is null then greatest(first_position - position, 0) else first_position end as places
            from wait_estimate
            where team_id = any(%(teams)s) and kind = 'chat' and (ended_at is null
                or (ended_at > %(now)s - %(longest)s::interval and outcome = 'answered')))
        select w.team_id, s.place as span, sum(w.places)::int as places,
            extract(epoch from sum(greatest(coalesce(w.ended_at, %(now)s) - greatest(w.waits_since, %(now)s - s.span,
                case when w.ended_at is null then p.since end), interval '0')))::float8 as seconds
        from unnest(%(spans)s::interval[]) with ordinality as s (span, place)
        join w on w.ended_at is null or w.ended_at > %(now)s - s.span
        left join lateral (
            select min(coalesce(r.online_since, r.since)) as since from present r
            join membership m on m.person_id = r.person_id and m.team_id = w.team_id
            where r.state not in ('offline', 'away') and r.there_until > %(now)s) p on true
        group by w.team_id, s.place order by s.place"""
    params = {"teams": list(team_ids), "now": now, "longest": SPANS[-1], "spans": list(SPANS)}
    found: dict[int, Pace] = {}
    for one in await rows(tx, _Measured, sql, params):
        known = found.get(one.team_id)
        if known is None or known.places < enough:
            found[one.team_id] = Pace(one.seconds, one.places)
    return found


async def teams_with_people(tx: Transaction, team_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Teams of which somebody is there, if only busy just now; who is suspended or silent is not."""
    sql = """
        select distinct m.team_id from membership m join present r on r.person_id = m.person_id
        join person p on p.id = m.person_id
        left join agent_routing a on a.person_id = p.id
        where m.team_id = any(%(teams)s) and p.deactivated_at is null and p.role not in ('read_only', 'partner')
            and r.state not in ('offline', 'away') and r.there_until > %(now)s and a.suspended_at is null"""
    return set(await values(tx, int, sql, {"teams": list(team_ids), "now": now}))


class _Hours(Struct):
    team_id: int
    spec: CalendarSpec


async def hours_of_teams(tx: Transaction, team_ids: Sequence[int]) -> dict[int, Calendar]:
    """The hours of teams, by the calendar that is theirs or the desk's; a team without one is not there."""
    sql = """
        select t.id as team_id, v.spec from team t
        join calendar c on c.id = coalesce(t.calendar_id, (select id from calendar where is_default))
        cross join lateral (
            select spec from calendar_version where calendar_id = c.id order by id desc limit 1) v
        where t.id = any(%(teams)s)"""
    return {one.team_id: Calendar(one.spec) for one in await rows(tx, _Hours, sql, {"teams": list(team_ids)})}


async def count_waiting(tx: Transaction, team_id: int) -> int:
    """How many wait in a team, as far as they were told."""
    sql = "select count(*) from wait_estimate where team_id = %(team)s and ended_at is null and kind = 'chat'"
    return (await values(tx, int, sql, {"team": team_id}))[0]


async def callback_of(tx: Transaction, ticket_id: int) -> Callback | None:
    """The call or the mail that a ticket's customer wants instead of waiting."""
    sql = "select way, contact, due_at from callback_offer where ticket_id = %(id)s and withdrawn_at is null"
    return await row(tx, Callback, sql, {"id": ticket_id})


class Ended(Struct):
    """One wait that is over, with what was said of it first."""

    team_id: int
    kind: Literal["chat", "mail"]
    waited: float
    low: int | None
    high: int | None
    outcome: str
    # not the queue's doing: nobody was there to take it
    has_callback: bool


async def ended_waits(tx: Transaction, team_ids: Sequence[int], *, since: datetime, until: datetime) -> list[Ended]:
    """Waits of a period that are over."""
    sql = """
        select w.team_id, w.kind,
            extract(epoch from w.ended_at - coalesce(w.first_told_at, w.told_at))::float8 as waited,
            w.first_low_seconds as low, w.first_high_seconds as high, w.outcome,
            exists (select from callback_offer c where c.ticket_id = w.ticket_id and c.asked_at >= w.waits_since
                and c.asked_at <= w.ended_at) as has_callback
        from wait_estimate w
        where w.team_id = any(%(teams)s) and w.ended_at between %(since)s and %(until)s limit 100000"""
    return await rows(tx, Ended, sql, {"teams": list(team_ids), "since": since, "until": until})


class TeamNow(Struct):
    """A team that takes chats, and who waits in it now."""

    id: int
    name: str
    waiting: int
    longest_seconds: int


async def chat_teams(tx: Transaction, *, by: Actor, now: datetime) -> list[TeamNow]:
    """Teams of the actor's that take chats or had some wait."""
    sql = """
        select m.id, m.name, count(w.id) as waiting,
            coalesce(extract(epoch from %(now)s - min(w.waits_since)), 0)::int as longest_seconds
        from team m left join wait_estimate w on w.team_id = m.id and w.ended_at is null and w.kind = 'chat'
        where m.archived_at is null and m.id = any(%(teams)s)
            and (w.id is not null or exists (select from channel c where c.team_id = m.id and c.kind = 'chat'
                and c.deleted_at is null) or exists (select from wait_estimate e where e.team_id = m.id))
        group by m.id, m.name order by waiting desc, m.name"""
    return await rows(tx, TeamNow, sql, {"teams": await visible_team_ids(tx, by), "now": now})


async def mail_waits(tx: Transaction, team_id: int, *, now: datetime) -> list[float]:
    """Seconds that the newest mails of a team took to be answered by a person, or have waited so far."""
    sql = f"""
        select extract(epoch from coalesce(a.at, %(now)s) - t.created_at)::float8
        from ticket t join channel c on c.id = t.channel_id and c.kind = 'email'
        cross join lateral (
            select min(e.at) as at from public_entry e
            where e.ticket_id = t.id and e.direction = 'out' and e.author_kind = 'person') a
        where t.team_id = %(team)s and t.created_at > %(since)s and t.created_at < %(now)s
            and (a.at is not null or t.is_open and t.snoozed_until is null and t.category in ('new', 'open'))
        order by t.created_at desc limit {NEWEST_MAILS}"""
    return await values(tx, float, sql, {"team": team_id, "since": now - MAIL_SPAN, "now": now})


async def mails_ahead(tx: Transaction, team_id: int, ticket_id: int) -> int:
    """How many mails of a team came before a ticket's and have had no answer yet."""
    sql = """
        select count(*) from ticket t join channel c on c.id = t.channel_id and c.kind = 'email'
        where t.team_id = %(team)s and t.id < %(id)s and t.is_open and t.snoozed_until is null
            and t.category in ('new', 'open') and t.waiting_since is not null"""
    return (await values(tx, int, sql, {"team": team_id, "id": ticket_id}))[0]
