"""Who hears of a deadline: at once, when the hours of the ticket's team begin, or paged at any hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.accounts.services.system_mail import SystemMail
from ombud.service_levels import queries
from ombud.service_levels.queries import LevelTicket
from ombud.service_levels.schemas import Clock, Step
from ombud.shared.actor import SYSTEM
from ombud.shared.calendars.arithmetic import add_open
from ombud.shared.calendars.opening import NeverOpen
from ombud.shared.clock import zone_of
from ombud.shared.database import Transaction, rows
from ombud.tickets.queries.tickets import visible_mentions
from ombud.tickets.services.timeline import Told, notify_all

MOST_TOLD = 50
BATCH = 500
PAGES = {
    "en": (
        "#{ticket}: {clock} {state}",
        "{clock} {state}, due {due}.\n\n{subject}\n{link}\n\nOpen it and say that you see to it.",
    ),
    "zh-CN": (
        "#{ticket}：{clock}{state}",
        "{clock}{state}，到期时间：{due}。\n\n{subject}\n{link}\n\n请打开工单并确认由您处理。",
    ),
}
STATES = {"en": ("comes near", "is overdue"), "zh-CN": ("即将超时", "已超时")}
CLOCKS: dict[str, dict[str, str]] = {
    "en": {
        "first_response": "First response",
        "next_response": "Next response",
        "periodic_update": "Update to the customer",
        "agent_work": "Working time",
        "requester_wait": "Customer's waiting time",
        "resolution": "Resolution",
    },
    "zh-CN": {
        "first_response": "首次响应",
        "next_response": "后续响应",
        "periodic_update": "定期进展",
        "agent_work": "处理时长",
        "requester_wait": "客户等待时长",
        "resolution": "解决",
    },
}


class Taken(Struct):
    """A step that is due now, with its clock and whether the deadline has passed."""

    clock: Clock
    ticket: LevelTicket
    number: int
    step: Step
    is_late: bool


class Pager(Struct):
    """The way to people who do not sit at the desk: mails of the desk, with links to its address."""

    mail: SystemMail
    address: str


class Notice(Struct):
    """Somebody who is to hear of a clock."""

    person_id: int
    clock_id: int
    ticket_id: int
    team_id: int
    kind: str
    keeps_hours: bool


async def tell_taken(tx: Transaction, taken: Sequence[Taken], pager: Pager, *, now: datetime) -> None:
    """Tell the people whom steps name; whoever is paged gets a mail, too.

    Emits: NotificationMade
    """
    notices = await _notices(tx, taken)
    await tell(tx, [notice for notice, _ in notices], now=now)
    # Several steps of a clock may come at once, each with the state that it speaks of.
    steps = {(notice.person_id, notice.clock_id): step for notice, step in notices if notice.kind == "paged"}
    for person in await _paged(tx, list(steps)):
        subject, text = _mail(person, steps[person.person_id, person.clock_id], pager.address)
        await pager.mail(tx, to=person.email, subject=subject, text=text, now=now)


class _Paged(Struct):
    person_id: int
    clock_id: int
    email: str
    locale: str
    time_zone: str


async def _paged(tx: Transaction, wanted: Sequence[tuple[int, int]]) -> list[_Paged]:
    """The addresses of people who are paged, each with a clock."""
    sql = """
        select n.person_id, n.clock_id, p.email, p.locale, p.time_zone
        from unnest(%(people)s::bigint[], %(clocks)s::bigint[]) as n (person_id, clock_id)
        join person p on p.id = n.person_id and p.deactivated_at is null order by p.id"""
    if not wanted:
        return []
    params = {"people": [person for person, _ in wanted], "clocks": [clock for _, clock in wanted]}
    return await rows(tx, _Paged, sql, params)


def _mail(person: _Paged, one: Taken, address: str) -> tuple[str, str]:
    locale = person.locale if person.locale in PAGES else "en"
    subject, text = PAGES[locale]
    due = one.clock.due_at.astimezone(zone_of(person.time_zone)) if one.clock.due_at else None
    words = {
        "ticket": str(one.ticket.id),
        "clock": CLOCKS[locale].get(one.clock.metric, one.clock.label),
        "state": STATES[locale][one.is_late],
        "due": f"{due:%Y-%m-%d %H:%M %Z}" if due else "",
        "subject": one.ticket.subject,
        "link": f"{address}/tickets/all/{one.ticket.id}",
    }
    return subject.format(**words), text.format(**words)


async def _notices(tx: Transaction, taken: Sequence[Taken]) -> list[tuple[Notice, Taken]]:
    """Who is to hear of what by which step: of several that say the same to somebody, the last one holds."""
    found: dict[tuple[int, int, str], tuple[Notice, Taken]] = {}
    groups = await _groups(tx, taken)
    for one in taken:
        kind = "paged" if one.step.pages else "overdue" if one.is_late else "due_soon"
        keeps_hours = one.step.keeps_hours and not one.step.pages
        named = one.step.tell_people
        seeing = await visible_mentions(tx, named, one.ticket) if named else []
        for person in dict.fromkeys([*seeing, *_people(one, groups)][:MOST_TOLD]):
            notice = Notice(person, one.clock.id, one.ticket.id, one.ticket.team_id, kind, keeps_hours)
            found[person, one.clock.id, kind] = (notice, one)
    return list(found.values())


class _Member(Struct):
    group: str
    key: int
    person_id: int


async def _groups(tx: Transaction, taken: Sequence[Taken]) -> dict[tuple[str, int], list[int]]:
    """Members and supervisors of teams, and followers of tickets, as far as somebody is to be told."""
    wanted = {word for one in taken for word in one.step.tell}
    if not wanted - {"holder"} and all(one.ticket.assignee_id for one in taken):
        return {}
    sql = """
        select 'team' as group, m.team_id as key, m.person_id from membership m
            join person p on p.id = m.person_id and p.deactivated_at is null where m.team_id = any(%(teams)s)
        union all
        select 'supervisors', m.team_id, m.person_id from membership m
            join person p on p.id = m.person_id and p.deactivated_at is null and p.role = 'supervisor'
            where m.team_id = any(%(teams)s)
        union all
        select 'followers', f.ticket_id, f.person_id from follower f where f.ticket_id = any(%(tickets)s)
        order by 1, 2, 3"""
    params = {
        "teams": sorted({one.ticket.team_id for one in taken}),
        "tickets": sorted({one.ticket.id for one in taken}),
    }
    found: dict[tuple[str, int], list[int]] = {}
    for one in await rows(tx, _Member, sql, params):
        found.setdefault((one.group, one.key), []).append(one.person_id)
    return found


def _people(one: Taken, groups: dict[tuple[str, int], list[int]]) -> list[int]:
    people: list[int] = []
    for word in one.step.tell:
        if word == "holder":
            # Nobody holds it: then its team is meant.
            team = groups.get(("team", one.ticket.team_id), [])
            people += [one.ticket.assignee_id] if one.ticket.assignee_id else team
        else:
            key = one.ticket.id if word == "followers" else one.ticket.team_id
            people += groups.get((word, key), [])
    return people


async def tell(tx: Transaction, notices: Sequence[Notice], *, now: datetime) -> None:
    """Tell people at once, or when the hours of the ticket's team begin.

    Emits: NotificationMade
    """
    if not notices:
        return
    hours = await queries.hours_of_teams(tx, sorted({one.team_id for one in notices if one.keeps_hours}))
    kept: list[tuple[Notice, datetime, datetime | None]] = []
    at_once: dict[str, list[Told]] = {}
    for one in notices:
        calendar = hours.get(one.team_id) if one.keeps_hours else None
        opens_at = now
        if calendar is not None and not calendar.is_open(now):
            try:
                opens_at = add_open(calendar, now, timedelta(0))
            except NeverOpen:
                opens_at = now
        kept.append((one, opens_at, None if opens_at > now else now))
        if opens_at <= now:
            at_once.setdefault(one.kind, []).append(Told(one.person_id, one.ticket_id, one.team_id, None))
    for kind, told in at_once.items():
        await notify_all(tx, kind, told, by=SYSTEM, now=now)
    # Whoever is paged never waits.
    await _keep(tx, [one for one in kept if one[0].kind != "paged"])


async def _keep(tx: Transaction, kept: Sequence[tuple[Notice, datetime, datetime | None]]) -> None:
    sql = """
        insert into escalation (clock_id, ticket_id, person_id, kind, send_at, sent_at)
        select * from unnest(%(clocks)s::bigint[], %(tickets)s::bigint[], %(people)s::bigint[], %(kinds)s::text[],
                             %(sends)s::timestamptz[], %(sents)s::timestamptz[])"""
    params = {
        "clocks": [one.clock_id for one, _, _ in kept],
        "tickets": [one.ticket_id for one, _, _ in kept],
        "people": [one.person_id for one, _, _ in kept],
        "kinds": [one.kind for one, _, _ in kept],
        "sends": [at for _, at, _ in kept],
        "sents": [sent for _, _, sent in kept],
    }
    if kept:
        await tx.execute(sql, params)


class _Waiting(Struct):
    person_id: int
    ticket_id: int
    team_id: int
    kind: str
    is_needed: bool


async def tell_waiting(tx: Transaction, *, now: datetime, limit: int = BATCH) -> int:
    """Tell those whose hours have begun, as far as the clock still runs; how many.

    Emits: NotificationMade
    """
    sql = """
        with due as (
            update escalation e set sent_at = %(now)s where e.id in (
                select id from escalation where sent_at is null and send_at <= %(now)s
                order by send_at limit %(limit)s for update skip locked)
            returning e.clock_id, e.person_id, e.ticket_id, e.kind)
        select d.person_id, d.ticket_id, t.team_id, d.kind,
            k.state <> 'ended' and k.acknowledged_at is null as is_needed
        from due d join ticket t on t.id = d.ticket_id join clock k on k.id = d.clock_id"""
    found = await rows(tx, _Waiting, sql, {"now": now, "limit": limit})
    for kind in sorted({one.kind for one in found if one.is_needed}):
        told = [Told(one.person_id, one.ticket_id, one.team_id, None) for one in found if one.kind == kind]
        await notify_all(tx, kind, told, by=SYSTEM, now=now)
    return len(found)
