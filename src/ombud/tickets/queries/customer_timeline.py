"""One timeline of everything with a customer, over all tickets and channels.

Each *source* loads its own items before a place; the newest of all of them make a page. Rooms above add their sources
(calls, surveys, compensations) in ``config/customer_timeline.py``: this file does not change for them.
"""

import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ombud.customers.queries.details import BY_NAME
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, rows
from ombud.shared.errors import Invalid
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page
from ombud.tickets.customer_schemas import CustomerEvent

Place = tuple[datetime, str, int]


@dataclass(frozen=True)
class Window:
    """Which items are wanted: of a customer, before a place, at most so many, for whom."""

    customer_id: int
    by: Actor
    before: Place | None
    limit: int
    channel: str | None
    now: datetime

    def params(self, kind: str) -> dict[str, object]:
        """Parameters of a source's statement; ``key`` says where items of this kind begin at the place's moment."""
        at, place_kind, number = self.before or (None, "", 0)
        # At one moment items are ordered by kind, then id, both downwards.
        key = number if kind == place_kind else (2**62 if kind < place_kind else 0)
        return {
            "customer": self.customer_id,
            **self.by.sight(),
            "at": at,
            "key": key,
            "limit": self.limit,
            "channel": self.channel,
            "now": self.now,
        }


Load = Callable[[Transaction, Window], Awaitable[list[CustomerEvent]]]


@dataclass(frozen=True)
class Source:
    """One kind of items. ``has_channel`` is false where a filter by channel leaves nothing."""

    kind: str
    load: Load
    has_channel: bool = False


SEEN = seen()
CHANNEL = "(%(channel)s::text is null or ch.kind = %(channel)s)"
START = 400


def _before(at: str, number: str) -> str:
    return f"(%(at)s::timestamptz is null or ({at}, {number}) < (%(at)s, %(key)s))"


def _author(kind: str, number: str) -> str:
    name = BY_NAME.format(kind=kind, id=number)
    return f"jsonb_build_object('kind', {kind}, 'id', {number}, 'name', coalesce({name}, '')) as author"


async def _entries(tx: Transaction, window: Window, kind: str) -> list[CustomerEvent]:
    # Ticket by ticket, so that each is read from its own end: a customer's tickets are few, the table is not.
    sql = f"""
        select '{kind}' as kind, e.id, e.at, left(e.text, {START}) as text, e.ticket_id, e.subject,
            ch.kind as channel_kind, e.direction, {_author("e.author_kind", "e.author_id")},
            jsonb_build_object('files', (select count(*) from attachment a where a.entry_id = e.id)) as details
        from (
            select x.*, t.subject from ticket t cross join lateral (
                select n.id, n.at, n.text, n.ticket_id, n.direction, n.author_kind, n.author_id, n.channel_id
                from entry n left join channel ch on ch.id = n.channel_id
                where n.ticket_id = t.id and n.kind = '{kind}' and n.undone_at is null and {_before("n.at", "n.id")}
                    and {CHANNEL}
                order by n.at desc, n.id desc limit %(limit)s) x
            where t.customer_id = %(customer)s and {SEEN}
            order by x.at desc, x.id desc limit %(limit)s) e
        left join channel ch on ch.id = e.channel_id order by e.at desc, e.id desc"""
    return await rows(tx, CustomerEvent, sql, window.params(kind))


async def _messages(tx: Transaction, window: Window) -> list[CustomerEvent]:
    return await _entries(tx, window, "message")


async def _notes(tx: Transaction, window: Window) -> list[CustomerEvent]:
    return await _entries(tx, window, "note")


async def _opened(tx: Transaction, window: Window) -> list[CustomerEvent]:
    sql = f"""
        select 'ticket_opened' as kind, t.id, t.created_at as at, t.subject as text, t.id as ticket_id, t.subject,
            ch.kind as channel_kind, jsonb_build_object('category', t.category, 'status_id', t.status_id,
                'priority', t.priority) as details
        from ticket t left join channel ch on ch.id = t.channel_id
        where t.customer_id = %(customer)s and {SEEN} and {CHANNEL} and {_before("t.created_at", "t.id")}
        order by t.created_at desc, t.id desc limit %(limit)s"""
    return await rows(tx, CustomerEvent, sql, window.params("ticket_opened"))


async def _solved(tx: Transaction, window: Window) -> list[CustomerEvent]:
    sql = f"""
        select 'ticket_solved' as kind, t.id, t.solved_at as at, t.subject as text, t.id as ticket_id, t.subject,
            ch.kind as channel_kind, jsonb_build_object('category', t.category, 'status_id', t.status_id) as details
        from ticket t left join channel ch on ch.id = t.channel_id
        where t.customer_id = %(customer)s and t.solved_at is not null and {SEEN} and {CHANNEL}
            and {_before("t.solved_at", "t.id")}
        order by t.solved_at desc, t.id desc limit %(limit)s"""
    return await rows(tx, CustomerEvent, sql, window.params("ticket_solved"))


async def _customer_notes(tx: Transaction, window: Window) -> list[CustomerEvent]:
    sql = f"""
        select 'customer_note' as kind, n.id, n.created_at as at, left(n.text, {START}) as text,
            {_author("n.author_kind", "n.author_id")}, jsonb_build_object('is_pinned', n.is_pinned) as details
        from customer_note n where n.customer_id = %(customer)s and n.removed_at is null
            and {_before("n.created_at", "n.id")}
        order by n.created_at desc, n.id desc limit %(limit)s"""
    return await rows(tx, CustomerEvent, sql, window.params("customer_note"))


async def _checks(tx: Transaction, window: Window) -> list[CustomerEvent]:
    sql = f"""
        select 'identity_check' as kind, k.id, k.at, k.note as text, {_author("k.by_kind", "k.by_id")},
            jsonb_build_object('level', k.level, 'method', k.method, 'valid_until', k.valid_until,
                'is_revoked', k.revoked_at is not null) as details
        from identity_check k where k.customer_id = %(customer)s and {_before("k.at", "k.id")}
        order by k.at desc, k.id desc limit %(limit)s"""
    return await rows(tx, CustomerEvent, sql, window.params("identity_check"))


async def _consents(tx: Transaction, window: Window) -> list[CustomerEvent]:
    sql = f"""
        select 'consent' as kind, k.id, k.at, k.source as text, {_author("k.by_kind", "k.by_id")},
            jsonb_build_object('purpose', k.purpose, 'channel', k.channel, 'is_given', k.is_given) as details
        from consent k where k.customer_id = %(customer)s and {_before("k.at", "k.id")}
        order by k.at desc, k.id desc limit %(limit)s"""
    return await rows(tx, CustomerEvent, sql, window.params("consent"))


async def _merges(tx: Transaction, window: Window) -> list[CustomerEvent]:
    sql = f"""
        select 'customer_merge' as kind, m.id, m.at, a.name as text, {_author("m.by_kind", "m.by_id")},
            jsonb_build_object('absorbed_id', m.absorbed_id, 'reason', m.reason,
                'is_undone', m.undone_at is not null) as details
        from customer_merge m join customer a on a.id = m.absorbed_id
        where m.survivor_id = %(customer)s and {_before("m.at", "m.id")}
        order by m.at desc, m.id desc limit %(limit)s"""
    return await rows(tx, CustomerEvent, sql, window.params("customer_merge"))


async def _products(tx: Transaction, window: Window) -> list[CustomerEvent]:
    sql = f"""
        select 'product' as kind, p.id, p.created_at as at, p.model as text,
            jsonb_build_object('name', p.name, 'batch', p.batch, 'region', p.region) as details
        from product_owned p where p.customer_id = %(customer)s and {_before("p.created_at", "p.id")}
        order by p.created_at desc, p.id desc limit %(limit)s"""
    return await rows(tx, CustomerEvent, sql, window.params("product"))


OWN_SOURCES = (
    Source("message", _messages, has_channel=True),
    Source("note", _notes),
    Source("ticket_opened", _opened, has_channel=True),
    Source("ticket_solved", _solved, has_channel=True),
    Source("customer_note", _customer_notes),
    Source("identity_check", _checks),
    Source("consent", _consents),
    Source("customer_merge", _merges),
    Source("product", _products),
)
"""What this room and those below it know of a customer."""


def chosen_sources(sources: Sequence[Source], kinds: Sequence[str], channel: str | None) -> list[Source]:
    """The sources that a filter asks for.

    Raises:
        Invalid: a kind that no source has.
    """
    known = {one.kind for one in sources}
    unknown = sorted(set(kinds) - known)
    if unknown:
        raise Invalid(f"There is no kind {unknown[0]!r}. Choose of: {', '.join(sorted(known))}.")
    return [one for one in sources if (not kinds or one.kind in kinds) and (channel is None or one.has_channel)]


async def load_customer_timeline(
    tx: Transaction,
    customer_id: int,
    sources: Sequence[Source],
    *,
    kinds: Sequence[str],
    channel: str | None,
    cursor: str | None,
    limit: int,
    by: Actor,
    now: datetime,
) -> Paged[CustomerEvent]:
    """One page of everything with a customer, newest first; only from tickets that ``by`` may see.

    Visibility of the customer is the caller's.
    """
    before = decode_cursor(cursor, tuple[datetime, str, int]) if cursor else None
    window = Window(customer_id, by, before, checked_limit(limit) + 1, channel, now)
    found = [await source.load(tx, window) for source in chosen_sources(sources, kinds, channel)]
    newest = islice(heapq.merge(*found, key=_place, reverse=True), limit + 1)
    return page(list(newest), limit, _place)


def _place(one: CustomerEvent) -> Place:
    return (one.at, one.kind, one.id)
