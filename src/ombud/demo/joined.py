"""Merged, split and linked tickets of the demo desk, made by the verbs that people use."""

from datetime import datetime, timedelta

from msgspec import Struct

from ombud.accounts.permissions import ROLES
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, value, values
from ombud.tickets.schemas import TicketPatch
from ombud.tickets.schemas.merge import LinkIn, LinkVerb, MergeIn, SplitIn
from ombud.tickets.services.changes import change_ticket
from ombud.tickets.services.merging.links import link_tickets
from ombud.tickets.services.merging.merge import merge_tickets
from ombud.tickets.services.merging.split import split_ticket

MERGES = 6
SPLITS = 4
HISTORIES = 12
FAMILY = 6
SUBJECTS = {"zh-CN": "另一件事：发票", "en": "Another matter: the invoice"}


class _Pair(Struct):
    older: int
    newer: int


class _Talk(Struct):
    id: int
    locale: str
    entry_id: int


async def join_some(tx: Transaction, you: int, *, now: datetime) -> None:
    """Merge, split and link a few tickets, some of them the signed-in person's own, by that person's hand."""
    name = await value(tx, str, "select name from person where id = %(id)s", {"id": you})
    by = Actor("person", you, name or "", ROLES["administrator"], None)
    for pair in await _pairs(tx):
        await merge_tickets(tx, pair.older, MergeIn([pair.newer]), by=by, now=now)
    for talk in await _talks(tx, you):
        subject = SUBJECTS["zh-CN" if talk.locale == "zh-CN" else "en"]
        new_id = await split_ticket(tx, talk.id, SplitIn([talk.entry_id], subject), by=by, now=now)
        await change_ticket(tx, new_id, TicketPatch(type_id=await _type(tx)), by=by, now=now)
    await _link_family(tx, you, by=by, now=now)
    await _change_fields(tx, you, by=by, now=now)


async def _type(tx: Transaction) -> int | None:
    """What another matter is, until somebody says better."""
    return await value(tx, int, "select id from ticket_type where archived_at is null order by position desc limit 1")


async def _change_fields(tx: Transaction, you: int, *, by: Actor, now: datetime) -> None:
    """A visit that was put off and a fault that was another one, so that fields have a history to look at."""
    sql = """
        select id from ticket where is_open and fields ? 'fault' and merged_into_id is null
        order by assignee_id = %(you)s desc nulls last, id desc limit %(most)s"""
    for ticket_id in await values(tx, int, sql, {"you": you, "most": HISTORIES}):
        for days, fault in ((2, "noise"), (4, "leak")):
            fields = {"visit_on": (now + timedelta(days=days)).date().isoformat(), "fault": fault}
            await change_ticket(tx, ticket_id, TicketPatch(fields=fields), by=by, now=now)


async def _pairs(tx: Transaction) -> list[_Pair]:
    """Open tickets of one customer in one team, the newest customers first."""
    sql = """
        select min(id) as older, max(id) as newer from ticket
        where is_open and snoozed_until is null
        group by customer_id, team_id, channel_id having count(*) = 2 order by max(id) desc limit %(most)s"""
    return await rows(tx, _Pair, sql, {"most": MERGES})


async def _talks(tx: Transaction, you: int) -> list[_Talk]:
    """Open tickets with a long talk, the person's own first, with the last thing that the customer said."""
    sql = """
        select t.id, c.locale, (select max(e.id) from public_entry e
                                where e.ticket_id = t.id and e.direction = 'in') as entry_id
        from ticket t join customer c on c.id = t.customer_id
        where t.is_open and t.message_count >= 5 and t.merged_into_id is null and not exists (
            select from ticket_shift s where t.id in (s.from_id, s.to_id))
        order by t.assignee_id = %(you)s desc nulls last, t.id desc limit %(most)s"""
    return await rows(tx, _Talk, sql, {"you": you, "most": SPLITS})


async def _link_family(tx: Transaction, you: int, *, by: Actor, now: datetime) -> None:
    sql = """
        select id from ticket where is_open and assignee_id = %(you)s and merged_into_id is null
        order by activity_at desc, id desc limit %(most)s"""
    parent, *others = await values(tx, int, sql, {"you": you, "most": FAMILY}) or [0]
    kinds: tuple[LinkVerb, ...] = ("child_of", "child_of", "child_of", "related", "duplicate_of")
    for other, kind in zip(others, kinds, strict=False):
        await link_tickets(tx, other, LinkIn(parent, kind), by=by, now=now)
