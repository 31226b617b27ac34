"""Reads of chat. What a visitor may read comes from ``public_entry`` alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from ombud.channels.chat.rules import office_state
from ombud.channels.chat.schemas import WidgetFile, WidgetMachine, WidgetMessage, WidgetPromise
from ombud.channels.chat.tokens import Visitor, topic_of
from ombud.channels.settings import ChatSettings
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import NotFound
from ombud.shared.paging import checked_limit

MAX_COUNTED = 200


def settings_of(settings: dict[str, Any]) -> ChatSettings:
    """A widget's settings; what was never set has its default."""
    return msgspec.convert(settings, ChatSettings)


async def brand_name(tx: Transaction, brand_id: int) -> str:
    """The name under which customers know us."""
    return await value(tx, str, "select name from brand where id = %(id)s", {"id": brand_id}) or ""


class Office(Struct):
    """Whether a chat's people are there, and in whose time."""

    is_open: bool
    opens_at: datetime | None
    time_zone: str


async def office_of(tx: Transaction, channel_id: int, *, now: datetime) -> Office | None:
    """The hours of a chat at a moment; None for another kind of channel."""
    sql = "select settings from channel where id = %(id)s and kind = 'chat'"
    found = await value(tx, dict[str, Any], sql, {"id": channel_id})
    if found is None:
        return None
    hours = settings_of(found).office_hours
    state = office_state(hours, now)
    return Office(state.is_open, state.opens_at, hours.time_zone)


class Place(Struct):
    """Where a visitor talks and who they are by now; without a customer nobody wrote yet."""

    channel_id: int
    team_id: int
    brand_id: int
    settings: dict[str, Any]
    customer_id: int | None
    is_blocked: bool
    # of the visitor's own talk
    key: str


async def load_place(tx: Transaction, visitor: Visitor) -> Place:
    """The widget and the customer of a visitor.

    Raises:
        NotFound: the widget was switched off.
    """
    sql = """
        select c.id as channel_id, c.team_id, c.brand_id, c.settings, i.customer_id,
               coalesce(cu.is_blocked, false) as is_blocked, %(key)s::text as key
        from channel c
        left join identity i on (i.kind, i.scope, i.value) = (%(kind)s, %(scope)s, %(value)s)
        left join customer cu on cu.id = i.customer_id
        where c.id = %(channel)s and c.kind = 'chat' and c.is_active and c.deleted_at is null"""
    params = {"channel": visitor.channel_id, "kind": visitor.kind, "scope": visitor.scope, "value": visitor.value}
    params |= {"key": visitor.conversation}
    found = await row(tx, Place, sql, params)
    if found is None:
        raise NotFound("There is no such chat, or it is switched off.")
    return found


# Their talk: tickets of this customer that began on this widget, the answers by mail to them included.
# What somebody wrote who could not prove to take part stays out.
MESSAGES = """
    select e.id, e.direction, e.at, e.text, e.ticket_id,
        case when e.direction = 'in' then e.client_key end as client_key,
        case when e.author_kind = 'person' then (
            select concat_ws(' · ', nullif(p.display_name, ''), nullif(p.staff_number, ''))
            from person p where p.id = e.author_id) else '' end as author_name,
        case when e.direction = 'out' then o.read_at else (
            select min(later.at) from public_entry later
            where later.ticket_id = e.ticket_id and later.direction = 'out' and later.id > e.id) end as read_at,
        e.direction = 'in' and exists (
            select from ticket_read r where r.ticket_id = e.ticket_id and r.entry_id >= e.id) as is_seen,
        coalesce((select jsonb_agg(jsonb_build_object('name', f.name, 'type', f.type, 'size', f.size, 'token', f.token)
            order by a.id) from attachment a join file f on f.id = a.file_id where a.entry_id = e.id), '[]') as files,
        coalesce((select jsonb_agg(jsonb_build_object('due_at', p.due_at, 'is_kept', p.is_kept) order by p.due_at, p.id)
            from public_promise p where p.entry_id = e.id), '[]') as promises,
        e.details -> 'machine' || jsonb_build_object('helped', (
            select m.helped from machine_answer m where m.entry_id = e.id)) as machine
    from public_entry e join ticket t on t.id = e.ticket_id left join outbox o on o.entry_id = e.id
    where coalesce((e.details ->> 'is_verified')::boolean, true)"""


class StoredName(Struct):
    """A file of a message."""

    name: str
    type: str
    size: int
    token: str


class PublicRow(Struct):
    """A public message as the database gives it."""

    id: int
    client_key: str | None
    direction: str
    at: datetime
    text: str
    ticket_id: int
    author_name: str
    read_at: datetime | None
    is_seen: bool
    files: list[StoredName]
    promises: list[WidgetPromise]
    machine: WidgetMachine | None


def file_url(token: str, name: str) -> str:
    """Where a visitor reads a file: the unguessable name is the right to it."""
    return f"/widget/v1/files/{token}/{quote(name)}"


def as_message(found: PublicRow) -> WidgetMessage:
    """A message as the widget shows it. A message that an agent has opened counts as read from its arrival on."""
    files = [WidgetFile(one.name, one.type, one.size, file_url(one.token, one.name)) for one in found.files]
    read_at = found.read_at or (found.at if found.is_seen else None)
    direction: Any = found.direction
    who = (found.id, found.client_key, direction, found.author_name)
    return WidgetMessage(*who, found.at, found.text, files, read_at, found.promises, found.machine)


def own(alias: str) -> str:
    """Whether a ticket is part of the talk w.key on w.channel_id; one that is part of no talk is everybody's of theirs.

    Two customers who became one have several visitors: each device hears of its own tickets only.
    """
    rows_of = f"select from ticket_conversation q where q.ticket_id = {alias}.id"
    return f"""(not exists ({rows_of}) or exists (
            {rows_of} and q.channel_id = w.channel_id and q.key = w.key))"""


# Of w.customer_id, w.channel_id and w.key: what was written on a ticket of theirs, wherever it stands now. Once theirs
# went into another ticket, what they write there, and the answers if these are for them, too; never somebody else's
# words.
TALK = f"""
    ((exists (select from ticket h where h.id = coalesce(e.origin_ticket_id, e.ticket_id)
            and h.customer_id = w.customer_id and h.channel_id = w.channel_id and {own("h")})
        and not (e.direction = 'in' and e.origin_ticket_id is null and exists (
            select from ticket s where s.merged_into_id = e.ticket_id and s.customer_id = e.author_id
                and s.customer_id <> w.customer_id)))
    or (e.origin_ticket_id is null and exists (
        select from ticket s where s.merged_into_id = e.ticket_id and s.customer_id = w.customer_id
            and s.channel_id = w.channel_id and {own("s")}
            and case e.direction when 'in' then e.author_id = w.customer_id else
                e.at >= (select max(m.at) from ticket_shift m
                         where m.from_id = s.id and m.kind = 'merge' and m.undone_at is null)
                and (t.customer_id = w.customer_id or exists (select from ticket_cc k
                    where k.ticket_id = t.id and k.customer_id = w.customer_id)) end)))"""


async def list_messages(tx: Transaction, place: Place, *, after: int, limit: int) -> list[WidgetMessage]:
    """What one visitor and we said to each other on one widget, oldest first: never a note, never a change."""
    # Their tickets are few, their entries found by two indexes; the rule is asked for those alone.
    sql = f"""
        with w as (
            select %(customer)s::bigint as customer_id, %(channel)s::bigint as channel_id, %(key)s::text as key),
        own as materialized (
            select t.id, coalesce(t.merged_into_id, t.id) as present_id from ticket t cross join w
            where t.customer_id = %(customer)s and t.channel_id = %(channel)s and {own("t")})
        {MESSAGES.replace(" left join outbox", " cross join w left join outbox")}
            and (e.ticket_id = any(array(select present_id from own))
                or e.origin_ticket_id = any(array(select id from own)))
            and e.id > %(after)s and {TALK}
        order by e.id limit %(limit)s"""
    params = {"channel": place.channel_id, "customer": place.customer_id, "key": place.key, "after": after}
    params |= {"limit": checked_limit(limit)}
    return [as_message(one) for one in await rows(tx, PublicRow, sql, params)]


class TopicRow(Struct):
    """A ticket of a widget and one visitor who may hear of it."""

    ticket_id: int
    channel_id: int
    kind: str
    value: str

    @property
    def topic(self) -> str:
        """The topic of that visitor's stream."""
        return topic_of(self.channel_id, self.kind, self.value)


async def find_topics(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, list[str]]:
    """Whose streams hear of which tickets: the visitors of each ticket's customer on its widget.

    Those of tickets that were merged into it hear of it, too; what was said needs ``find_hearers`` then.
    """
    sql = f"""
        select coalesce(t.merged_into_id, t.id) as ticket_id, t.channel_id, i.kind, i.value
        from ticket t join channel c on c.id = t.channel_id and c.kind = 'chat'
        -- "offset 0" keeps the planner to the index by customer: else it hashes all identities for one ticket
        cross join lateral (
            select i.kind, i.value from identity i where i.customer_id = t.customer_id
                and (i.kind = 'visitor' or (i.kind = 'external' and i.scope = t.channel_id::text)) offset 0) i
        cross join lateral (select t.channel_id, i.kind || ':' || i.value as key) w
        where {own("t")} and (t.merged_into_id is null and t.id = any((select %(ids)s::bigint[])::bigint[])
            or t.merged_into_id = any((select %(ids)s::bigint[])::bigint[]))"""
    found: dict[int, list[str]] = {}
    for one in await rows(tx, TopicRow, sql, {"ids": list(ticket_ids)}):
        found.setdefault(one.ticket_id, []).append(one.topic)
    return found


async def joined_tickets(tx: Transaction, ticket_ids: Sequence[int]) -> set[int]:
    """Those of the tickets that others were merged into."""
    sql = "select distinct merged_into_id from ticket where merged_into_id = any(%(ids)s)"
    return set(await values(tx, int, sql, {"ids": list(ticket_ids)}))


class _Hearer(Struct):
    entry_id: int
    channel_id: int
    kind: str
    value: str


async def find_hearers(tx: Transaction, entry_ids: Sequence[int]) -> dict[int, list[str]]:
    """Whose streams hear which message, on tickets of several conversations."""
    sql = f"""
        select e.id as entry_id, v.channel_id, i.kind, i.value
        from public_entry e join ticket t on t.id = e.ticket_id
        cross join lateral (
            select t.customer_id, t.channel_id
            union select s.customer_id, s.channel_id from ticket s where s.merged_into_id = t.id) v
        join channel c on c.id = v.channel_id and c.kind = 'chat'
        cross join lateral (
            select i.kind, i.value from identity i where i.customer_id = v.customer_id
                and (i.kind = 'visitor' or (i.kind = 'external' and i.scope = v.channel_id::text)) offset 0) i
        cross join lateral (select v.customer_id, v.channel_id, i.kind || ':' || i.value as key) w
        where e.id = any(%(ids)s) and {TALK}"""
    found: dict[int, list[str]] = {}
    for one in await rows(tx, _Hearer, sql, {"ids": list(entry_ids)}):
        found.setdefault(one.entry_id, []).append(topic_of(one.channel_id, one.kind, one.value))
    return found


async def promising_entries(tx: Transaction, promise_ids: Sequence[int]) -> dict[int, int]:
    """Messages that made promises, by the promise."""
    sql = "select id, entry_id from promise where id = any(%(ids)s) and entry_id is not null"
    return {one.id: one.entry_id for one in await rows(tx, _Promising, sql, {"ids": list(promise_ids)})}


class _Promising(Struct):
    id: int
    entry_id: int


async def load_messages(tx: Transaction, entry_ids: Sequence[int]) -> dict[int, tuple[int, WidgetMessage]]:
    """Ticket and message by entry id; ids of notes, changes and undone answers find nothing."""
    # Behind a select: the plan is the same for any number of ids, and kept.
    sql = f"{MESSAGES} and e.id = any((select %(ids)s::bigint[])::bigint[])"
    found = await rows(tx, PublicRow, sql, {"ids": list(entry_ids)})
    return {one.id: (one.ticket_id, as_message(one)) for one in found}


class QueuePlace(Struct):
    """The present ticket of a visitor; ``ahead`` None: it does not wait."""

    ticket_id: int
    category: str
    ahead: int | None
    # a machine talks with the visitor, and nobody else is to
    is_held: bool


async def queue_place(tx: Transaction, place: Place) -> QueuePlace | None:
    """The visitor's present ticket, and how many chats stand before it in the queue of its team."""
    sql = f"""
        select t.id as ticket_id, t.category, case when t.assignee_id is null and t.category in ('new', 'open')
                and t.snoozed_until is null then (
            select count(*) from (select from ticket q join channel c on c.id = q.channel_id and c.kind = 'chat'
                where q.team_id = t.team_id and q.assignee_id is null and q.snoozed_until is null
                    and q.category in ('new', 'open') and q.is_open
                    and (q.priority > t.priority or (q.priority = t.priority
                        and (q.waiting_since, q.id) < (t.waiting_since, t.id)))
                limit %(most)s) as counted) end as ahead,
            exists (select from work_wait w where w.ticket_id = t.id and w.held_until is not null)
                or exists (select from machine_talk k where k.ticket_id = t.id and k.state = 'talking') as is_held
        from ticket own join ticket t on t.id = coalesce(own.merged_into_id, own.id)
        cross join (select %(channel)s::bigint as channel_id, %(key)s::text as key) w
        where own.customer_id = %(customer)s and own.channel_id = w.channel_id and {own("own")}
        order by own.id desc limit 1"""
    params: dict[str, object] = {"customer": place.customer_id, "channel": place.channel_id, "key": place.key}
    params |= {"most": MAX_COUNTED}
    return await row(tx, QueuePlace, sql, params) if place.customer_id is not None else None


class PublicFile(Struct):
    """A file that a visitor may read."""

    token: str
    name: str
    type: str


async def find_public_file(tx: Transaction, token: str) -> PublicFile:
    """A visitor's upload, or a file of a public message on a chat ticket; files of notes are not found.

    Raises:
        NotFound: there is none.
    """
    sql = """
        select f.token, f.name, f.type from file f
        where f.token = %(token)s and (f.uploaded_by_kind = 'visitor' or exists (
            select from attachment a join public_entry e on e.id = a.entry_id
            join ticket t on t.id in (e.ticket_id, e.origin_ticket_id) or t.merged_into_id = e.ticket_id
            join channel c on c.id = t.channel_id and c.kind = 'chat' where a.file_id = f.id))"""
    found = await row(tx, PublicFile, sql, {"token": token})
    if found is None:
        raise NotFound
    return found


async def shown_name(tx: Transaction, person_id: int) -> str:
    """What customers see of a person: display name and staff number, never more."""
    sql = """
        select concat_ws(' · ', nullif(display_name, ''), nullif(staff_number, '')) from person where id = %(id)s"""
    return await value(tx, str, sql, {"id": person_id}) or ""


class TypingPlace(Struct):
    """The open ticket of a visitor."""

    ticket_id: int
    team_id: int
    brand_id: int
    name: str


async def open_ticket_of(tx: Transaction, place: Place) -> TypingPlace | None:
    """The visitor's newest open ticket on the widget."""
    sql = f"""
        select t.id as ticket_id, t.team_id, t.brand_id, c.name
        from ticket own join ticket t on t.id = coalesce(own.merged_into_id, own.id)
        join customer c on c.id = own.customer_id
        cross join (select %(channel)s::bigint as channel_id, %(key)s::text as key) w
        where own.customer_id = %(customer)s and own.channel_id = w.channel_id and {own("own")} and t.is_open
        order by own.id desc limit 1"""
    params = {"customer": place.customer_id, "channel": place.channel_id, "key": place.key}
    return await row(tx, TypingPlace, sql, params)
