"""Merged, split and linked tickets of the demo desk, made by the verbs that people use."""

import re
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.accounts.permissions import ROLES
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, rows, value, values
from ombud.tickets.schemas import TicketPatch
from ombud.tickets.schemas.merge import LinkIn, LinkVerb, MergeIn, SplitIn
from ombud.tickets.services.changes import change_ticket
from ombud.tickets.services.merging.links import link_tickets
from ombud.tickets.services.merging.merge import merge_tickets
from ombud.tickets.services.merging.split import split_ticket

MERGES = 6
SPLITS = 3
# Shorter than that nobody brings up another matter.
TOLD_LENGTH = 24
HISTORIES = 12
FAMILY = 6
# A greeting and the name after it are no subject.
GREETING = re.compile(
    r"^(?:客服)?(?:您好|你好|你们好|(?:Hi|Hello|Dear)\b)[^,，。.!！\n]{0,20}[,，。.!！\s]+", re.IGNORECASE
)
SUBJECT_LENGTH = {"zh-CN": 22, "en": 48}


class _Pair(Struct):
    older: int
    newer: int


class _Talk(Struct):
    id: int
    locale: str
    entry_id: int
    text: str


async def join_some(tx: Transaction, you: int, *, now: datetime) -> None:
    """Merge, split and link a few tickets, some of them the signed-in person's own, by that person's hand."""
    name = await value(tx, str, "select name from person where id = %(id)s", {"id": you})
    by = Actor("person", you, name or "", ROLES["administrator"], None)
    for pair in await _pairs(tx):
        await merge_tickets(tx, pair.older, MergeIn([pair.newer]), by=by, now=now)
    for number, talk in enumerate(await _talks(tx, you), start=1):
        at = now - timedelta(minutes=23 * number)
        new_id = await split_ticket(tx, talk.id, SplitIn([talk.entry_id], _subject_of(talk)), by=by, now=at)
        await change_ticket(tx, new_id, TicketPatch(type_id=await _type(tx)), by=by, now=at)
    await _link_family(tx, you, by=by, now=now)
    await _change_fields(tx, you, by=by, now=now)
    await _put_back(tx, now=now)


async def _put_back(tx: Transaction, *, now: datetime) -> None:
    """Have tickets stand in lists where their talk puts them, not all at the moment of loading."""
    sql = """
        update ticket t set activity_at = said.at
        from (select ticket_id, max(at) as at from entry where kind in ('message', 'note') group by 1) said
        where said.ticket_id = t.id and t.activity_at >= %(now)s and said.at < %(now)s"""
    await execute(tx, sql, {"now": now})


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
    """Open tickets with a long talk, one of the person's own first, with the longest thing said after the first."""
    sql = """
        select distinct on (mine, t.customer_id) t.id, c.locale, said.id as entry_id, said.text,
            t.assignee_id is not distinct from %(you)s as mine
        from ticket t join customer c on c.id = t.customer_id
        cross join lateral (
            select e.id, e.text from public_entry e where e.ticket_id = t.id and e.direction = 'in'
                and length(e.text) >= %(least)s and e.id > (
                    select min(f.id) from public_entry f where f.ticket_id = t.id and f.direction = 'in')
            order by length(e.text) desc, e.id limit 1) said
        where t.is_open and t.message_count >= 5 and t.merged_into_id is null and not exists (
            select from ticket_shift s where t.id in (s.from_id, s.to_id))
        order by mine desc, t.customer_id desc, t.id limit %(most)s"""
    return await rows(tx, _Talk, sql, {"you": you, "most": SPLITS, "least": TOLD_LENGTH})


def _subject_of(talk: _Talk) -> str:
    words = GREETING.sub("", talk.text.strip()) or talk.text.strip()
    most = SUBJECT_LENGTH["zh-CN" if talk.locale == "zh-CN" else "en"]
    first = re.split(r"[。！？!?\n]|\. ", words, maxsplit=1)[0].strip() or words
    first = f"{first[:1].upper()}{first[1:]}"
    return first if len(first) <= most else f"{first[: most - 1].rstrip()}…"


async def _link_family(tx: Transaction, you: int, *, by: Actor, now: datetime) -> None:
    sql = """
        select id from ticket where is_open and assignee_id = %(you)s and merged_into_id is null
        order by activity_at desc, id desc limit %(most)s"""
    parent, *others = await values(tx, int, sql, {"you": you, "most": FAMILY}) or [0]
    kinds: tuple[LinkVerb, ...] = ("child_of", "child_of", "child_of", "related", "duplicate_of")
    for other, kind in zip(others, kinds, strict=False):
        await link_tickets(tx, other, LinkIn(parent, kind), by=by, now=now)
