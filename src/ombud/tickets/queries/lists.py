"""Lists of tickets: the shipped views, a customer's tickets. Every list is keyset-paged."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from msgspec import Struct

from ombud.shared.actor import Actor, of_brands, seen
from ombud.shared.database import Transaction, rows, values
from ombud.shared.errors import Invalid
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page
from ombud.tickets.schemas import TicketRow, View, ViewCount

VIEWS: tuple[str, ...] = get_args(View)
COUNT_CAP = 1_000

ROW = """
    t.id, t.subject, t.status_id, t.category, t.priority, t.team_id, t.assignee_id, t.brand_id, t.type_id,
    t.tags, t.fields, t.snoozed_until, t.created_at, t.activity_at, t.waiting_since, t.due_at,
    t.due_metric, t.preview, t.preview_by, t.last_message_id, t.message_count, t.version, t.merged_into_id,
    ch.kind as channel_kind,
    jsonb_build_object('id', c.id, 'name', c.name, 'tier', c.tier) as customer"""
UNREAD = "coalesce(t.preview_by = 'customer' and t.last_message_id > coalesce(r.entry_id, 0), false) as unread"
JOINS = "join customer c on c.id = t.customer_id left join channel ch on ch.id = t.channel_id"
READ = "left join ticket_read r on r.ticket_id = t.id and r.person_id = %(me)s"

# A value behind a select is unknown to the planner, so the plan is the same for all values, and PostgreSQL keeps it:
# planning a page anew takes longer than reading it.
TEAMS = "(select %(teams)s::bigint[])"
ME = "(select %(me)s::bigint)"
LIMIT = "limit (select %(limit)s::bigint)"
IS_MINE = f"t.assignee_id = {ME} and t.team_id = any({TEAMS}::bigint[])"
# Where a page goes on: the sort key of the last row before it.
KEY = "(select %(at)s::timestamptz), (select %(id)s::bigint)"

# A list over several teams reads a page from each team's index and merges them: it costs teams x page, never the table.
FILTERS = {
    "unassigned": "t.is_open and t.snoozed_until is null and t.assignee_id is null",
    "open": "t.is_open and t.snoozed_until is null",
    "all": "t.merged_into_id is null",
}


async def visible_team_ids(tx: Transaction, by: Actor, *, only: int | None = None) -> list[int]:
    """The teams whose tickets the actor sees, all of them or just one if it is among them."""
    if only is not None:
        return [only] if by.sees_team(only) else []
    if by.team_ids is not None:
        return sorted(by.team_ids)
    return await values(tx, int, "select id from team order by id")


async def list_tickets(
    tx: Transaction,
    view: str,
    *,
    by: Actor,
    team_id: int | None = None,
    status_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Paged[TicketRow]:
    """One page of a view.

    Raises:
        Invalid: an unknown view, a bad cursor or limit.
    """
    if view not in VIEWS:
        raise Invalid(f"There is no view {view!r}. Choose one of: {', '.join(VIEWS)}.", fields={"view": "unknown"})
    checked_limit(limit)
    params: dict[str, object] = {"me": by.person_id, "limit": limit + 1, "status": status_id}
    params["teams"] = await visible_team_ids(tx, by, only=team_id)
    params["brands"] = by.visible_brands()
    narrowed = of_brands(by) + ("" if status_id is None else " and t.status_id = %(status)s")
    if view == "mentions":
        return await _mentions(tx, params, narrowed, cursor, limit)
    if view == "following":
        return await _following(tx, params, narrowed, cursor, limit)
    if view == "snoozed":
        return await _snoozed(tx, params, narrowed, cursor, limit)
    after = narrowed
    if cursor is not None:
        params["at"], params["id"] = decode_cursor(cursor, tuple[datetime, int])
        after += f" and (t.activity_at, t.id) < ({KEY})"
    sql = _mine(after) if view == "mine" else _by_team(FILTERS[view], after)
    found = await rows(tx, TicketRow, sql, params)
    return page(found, limit, lambda one: (one.activity_at, one.id))


def _mine(after: str) -> str:
    return f"""
        select {ROW}, {UNREAD} from ticket t {JOINS} {READ}
        where {IS_MINE} and t.is_open and t.snoozed_until is null {after}
        order by t.activity_at desc, t.id desc {LIMIT}"""


def _by_team(condition: str, after: str) -> str:
    return f"""
        with picked as (
            select p.id from unnest({TEAMS}) as v (team_id) cross join lateral (
                select t.id, t.activity_at from ticket t
                where t.team_id = v.team_id and {condition} {after}
                order by t.activity_at desc, t.id desc {LIMIT}) p
            order by p.activity_at desc, p.id desc {LIMIT}
        )
        select {ROW}, {UNREAD} from picked join ticket t on t.id = picked.id {JOINS} {READ}
        order by t.activity_at desc, t.id desc"""


def by_team_statement(view: str) -> str:
    """The statement of a first page over teams, for measures of what the database alone can do."""
    return _by_team(FILTERS[view], "")


class MentionRow(TicketRow):
    """A row of the mentions view with its sort key."""

    mention_id: int


async def _mentions(
    tx: Transaction, params: dict[str, object], narrowed: str, cursor: str | None, limit: int
) -> Paged[TicketRow]:
    after = narrowed
    if cursor is not None:
        params["before"] = decode_cursor(cursor, int)
        after += " and m.entry_id < (select %(before)s::bigint)"
    sql = f"""
        select {ROW}, {UNREAD}, m.entry_id as mention_id
        from mention m join ticket t on t.id = m.ticket_id {JOINS} {READ}
        where m.person_id = {ME} and t.team_id = any({TEAMS}::bigint[]) {after}
            and not exists (select from mention newer where newer.person_id = m.person_id
                            and newer.ticket_id = m.ticket_id and newer.entry_id > m.entry_id)
        order by m.entry_id desc {LIMIT}"""
    found = await rows(tx, MentionRow, sql, params)
    whole = page(found, limit, lambda one: one.mention_id)
    return Paged(list(whole.items), whole.next)


async def _following(
    tx: Transaction, params: dict[str, object], narrowed: str, cursor: str | None, limit: int
) -> Paged[TicketRow]:
    after = narrowed
    if cursor is not None:
        params["at"], params["id"] = decode_cursor(cursor, tuple[datetime, int])
        after += f" and (t.activity_at, t.id) < ({KEY})"
    sql = f"""
        select {ROW}, {UNREAD} from follower f join ticket t on t.id = f.ticket_id {JOINS} {READ}
        where f.person_id = {ME} and t.team_id = any({TEAMS}::bigint[]) {after}
        order by t.activity_at desc, t.id desc {LIMIT}"""
    found = await rows(tx, TicketRow, sql, params)
    return page(found, limit, lambda one: (one.activity_at, one.id))


async def _snoozed(
    tx: Transaction, params: dict[str, object], narrowed: str, cursor: str | None, limit: int
) -> Paged[TicketRow]:
    after = narrowed
    if cursor is not None:
        params["at"], params["id"] = decode_cursor(cursor, tuple[datetime, int])
        after += f" and (t.snoozed_until, t.id) > ({KEY})"
    order = f"order by t.snoozed_until, t.id {LIMIT}"
    sql = f"""
        with picked as (
            (select t.id from ticket t where {IS_MINE} and t.snoozed_until is not null {after} {order})
            union all
            (select p.id from unnest({TEAMS}) as v (team_id) cross join lateral (
                select t.id from ticket t
                where t.team_id = v.team_id and t.assignee_id is null and t.snoozed_until is not null {after}
                {order}) p)
        )
        select {ROW}, {UNREAD} from picked join ticket t on t.id = picked.id {JOINS} {READ} {order}"""
    found = await rows(tx, TicketRow, sql, params)
    return page(found, limit, lambda one: (one.snoozed_until, one.id))


async def count_views(tx: Transaction, *, by: Actor) -> list[ViewCount]:
    """How many tickets each shipped view holds, counted to 1,000: no count walks further."""
    teams = await visible_team_ids(tx, by)
    brands = of_brands(by)
    per_team = f"""
        (select count(*) from (select from unnest(%(teams)s::bigint[]) as v (team_id) cross join lateral (
            select from ticket t where t.team_id = v.team_id and {{condition}}{brands}
            limit %(cap)s) p limit %(cap)s) n)"""
    sql = f"""
        select key, least(count, {COUNT_CAP}) as count, count > {COUNT_CAP} as is_capped from (values
            ('mine', (select count(*) from (select from ticket t where t.assignee_id = %(me)s
                and t.team_id = any(%(teams)s) and t.is_open and t.snoozed_until is null{brands} limit %(cap)s) n)),
            ('unassigned', {per_team.format(condition=FILTERS["unassigned"])}),
            ('open', {per_team.format(condition=FILTERS["open"])}),
            ('mentions', (select count(*) from (select from mention m join ticket t on t.id = m.ticket_id
                where m.person_id = %(me)s and m.read_at is null and t.team_id = any(%(teams)s){brands}
                limit %(cap)s) n)),
            ('following', (select count(*) from (select from follower f join ticket t on t.id = f.ticket_id
                where f.person_id = %(me)s and t.team_id = any(%(teams)s) and t.is_open{brands} limit %(cap)s) n)),
            ('snoozed', (select count(*) from (select from ticket t where t.snoozed_until is not null
                and t.team_id = any(%(teams)s) and (t.assignee_id = %(me)s or t.assignee_id is null){brands}
                limit %(cap)s) n)),
            ('all', {per_team.format(condition=FILTERS["all"])})
        ) as counted (key, count)"""
    params = {"me": by.person_id, "teams": teams, "brands": by.visible_brands(), "cap": COUNT_CAP + 1}
    return await rows(tx, ViewCount, sql, params)


async def load_rows(tx: Transaction, ticket_ids: Sequence[int]) -> list[TicketRow]:
    """Rows of tickets by id, for streams; ``unread`` is left false because it differs by reader."""
    sql = f"select {ROW}, false as unread from ticket t {JOINS} where t.id = any((select %(ids)s::bigint[])::bigint[])"
    return await rows(tx, TicketRow, sql, {"ids": list(ticket_ids)})


class Place(Struct):
    """Of which team and brand a ticket is: who sees it."""

    id: int
    team_id: int
    brand_id: int


async def places_of(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, Place]:
    """Where each ticket is at this moment."""
    sql = "select id, team_id, brand_id from ticket where id = any(%(ids)s)"
    return {one.id: one for one in await rows(tx, Place, sql, {"ids": list(ticket_ids)})}


async def list_customer_tickets(
    tx: Transaction, customer_id: int, *, by: Actor, cursor: str | None, limit: int
) -> Paged[TicketRow]:
    """A customer's tickets that the actor may see, newest first."""
    params: dict[str, object] = {"customer": customer_id, "me": by.person_id, "limit": checked_limit(limit) + 1}
    params |= {**by.sight(), "before": decode_cursor(cursor, int) if cursor else None}
    sql = f"""
        select {ROW}, {UNREAD} from ticket t {JOINS} {READ}
        where t.customer_id = %(customer)s and t.merged_into_id is null
            and {seen()}
            and (%(before)s::bigint is null or t.id < %(before)s)
        order by t.id desc limit %(limit)s"""
    return page(await rows(tx, TicketRow, sql, params), limit, lambda one: one.id)
