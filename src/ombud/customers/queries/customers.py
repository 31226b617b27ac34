"""Reads of customers. ``VISIBLE`` is the only door to rows that a person may see."""

from datetime import datetime

from msgspec import Struct

from ombud.customers.queries.policy import customer_policy
from ombud.customers.rules import mask_customer, mask_item, quiet_until
from ombud.customers.schemas import Customer, CustomerBrief, CustomerListItem
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound
from ombud.shared.words import tsquery

COLUMNS = """
    c.id, c.name, c.tier, c.email, c.phone, c.created_at, c.is_blocked, case when o.id is not null then
        jsonb_build_object('id', o.id, 'name', o.name) end as organisation"""
# Customers belong to whoever sees a ticket of theirs; those without any ticket yet to everybody.
VISIBLE = f"""
    ((%(teams)s::bigint[] is null and %(brands)s::bigint[] is null)
     or not exists (select from ticket t where t.customer_id = c.id)
     or exists (select from ticket t where t.customer_id = c.id and {seen()}))"""
# A merged customer lives on in who absorbed them.
LIVE = "c.merged_into_id is null"
PRODUCTS_SHOWN = 50


async def live_customer_id(tx: Transaction, customer_id: int) -> int:
    """The customer that a number stands for: itself, or whoever absorbed it, however often.

    Raises:
        NotFound: there never was one.
    """
    sql = """
        with recursive way (id, next_id, steps) as (
            select id, merged_into_id, 0 from customer where id = %(id)s
            union all
            select c.id, c.merged_into_id, w.steps + 1 from way w join customer c on c.id = w.next_id
            where w.steps < 1000
        )
        select id from way where next_id is null"""
    found = await value(tx, int, sql, {"id": customer_id})
    if found is None:
        raise NotFound
    return found


async def load_customer(tx: Transaction, customer_id: int, *, by: Actor, now: datetime) -> Customer:
    """A live customer with all that is known of them, nothing masked; for verbs.

    Raises:
        NotFound: there is none, or the actor sees none of their tickets.
    """
    sql = f"""
        select c.id, c.name, c.email, c.phone, c.locale, c.time_zone, c.tier, c.notes, c.is_blocked, c.created_at,
               c.preferences, c.fields, c.version,
               coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'scope', i.scope,
                           'value', i.value, 'verified_at', i.verified_at, 'is_main', i.is_main)
                           order by i.is_main desc, i.id)
                         from identity i where i.customer_id = c.id), '[]') as identities,
               (select count(*) from ticket t where t.customer_id = c.id
                   and {seen()}) as ticket_count,
               (select jsonb_build_object('id', o.id, 'name', o.name) from organisation o
                   where o.id = c.organisation_id) as organisation,
               coalesce((select jsonb_agg(jsonb_build_object('channel', b.channel, 'reason', b.reason,
                           'since', b.since) order by b.channel)
                         from contact_bar b where b.customer_id = c.id), '[]') as contact_bars,
               coalesce((select jsonb_agg(p order by p.id desc) from (
                           select id, model, name, serial, batch, bought_on, region, warranty_until
                           from product_owned where customer_id = c.id order by id desc limit {PRODUCTS_SHOWN}) p),
                   '[]') as products,
               coalesce((select jsonb_build_object('level', k.level, 'method', k.method,
                           'valid_until', k.valid_until)
                         from identity_check k where k.customer_id = c.id and k.revoked_at is null
                            and k.valid_until > %(now)s
                         order by k.level desc, k.valid_until desc limit 1), '{{}}') as standing
        from customer c where c.id = %(id)s and {LIVE} and {VISIBLE}"""
    found = await row(tx, Customer, sql, {"id": customer_id, **by.sight(), "now": now})
    if found is None:
        raise NotFound
    return found


async def get_customer(tx: Transaction, customer_id: int, *, by: Actor, now: datetime) -> Customer:
    """A customer as the actor may see them: by any number they ever had, masked by what is not proven.

    Raises:
        NotFound: there is none, or the actor sees none of their tickets.
    """
    live = await live_customer_id(tx, customer_id)
    found = await load_customer(tx, live, by=by, now=now)
    if live != customer_id:
        found.redirected_from = customer_id
    found.quiet_until = quiet_until(found.preferences, found.time_zone, now)
    return found if by.may("customers.unmask") else mask_customer(found, await customer_policy(tx))


async def find_customers(tx: Transaction, text: str, *, by: Actor, limit: int) -> list[CustomerListItem]:
    """Visible customers whose name, addresses or numbers hold all words of the text, newest first."""
    return await match_customers(tx, tsquery(text), by=by, limit=limit)


async def match_customers(
    tx: Transaction, query: str, *, by: Actor, before_id: int | None = None, limit: int
) -> list[CustomerListItem]:
    """Visible customers whose words match a tsquery, newest first; none if it is empty."""
    if not query:
        return []
    # + 0: a plan that walks the key backwards takes a second for a rare name.
    sql = f"""
        select {COLUMNS} from customer c left join organisation o on o.id = c.organisation_id
        where c.words @@ %(query)s::tsquery and (%(before)s::bigint is null or c.id < %(before)s)
            and {LIVE} and {VISIBLE}
        order by c.id + 0 desc limit %(limit)s"""
    params: dict[str, object] = {"query": query, **by.sight(), "limit": limit, "before": before_id}
    return await _masked(tx, await rows(tx, CustomerListItem, sql, params), by=by)


async def list_customers(
    tx: Transaction, *, by: Actor, before_id: int | None, limit: int, organisation_id: int | None = None
) -> list[CustomerListItem]:
    """Visible customers, newest first; all of them or those of one organisation."""
    wanted = "" if organisation_id is None else "and c.organisation_id = %(organisation)s"
    sql = f"""
        select {COLUMNS} from customer c left join organisation o on o.id = c.organisation_id
        where (%(before)s::bigint is null or c.id < %(before)s) {wanted} and {LIVE} and {VISIBLE}
        order by c.id desc limit %(limit)s"""
    params: dict[str, object] = {"before": before_id, **by.sight(), "limit": limit}
    found = await rows(tx, CustomerListItem, sql, params | {"organisation": organisation_id})
    return await _masked(tx, found, by=by)


async def _masked(tx: Transaction, found: list[CustomerListItem], *, by: Actor) -> list[CustomerListItem]:
    if by.may("customers.unmask") or not found:
        return found
    policy = await customer_policy(tx)
    return [mask_item(one, policy) for one in found]


async def is_customer_visible(tx: Transaction, customer_id: int, *, by: Actor) -> bool:
    """Whether the actor sees a ticket of the customer, or the customer has none yet."""
    sql = f"""
        select exists (select from customer c where c.id = %(id)s and {LIVE} and {VISIBLE})"""
    return bool(await value(tx, bool, sql, {"id": customer_id, **by.sight()}))


async def require_customer(tx: Transaction, customer_id: int, *, by: Actor) -> int:
    """The live number of a customer whom the actor may see.

    Raises:
        NotFound: there is none, or the actor sees none of their tickets.
    """
    live = await live_customer_id(tx, customer_id)
    if not await is_customer_visible(tx, live, by=by):
        raise NotFound
    return live


async def lock_customer(tx: Transaction, customer_id: int, *, by: Actor) -> int:
    """The live number of a visible customer whose row is locked until the end of the transaction.

    Raises:
        NotFound: there is none, or the actor sees none of their tickets.
    """
    while True:
        live = await require_customer(tx, customer_id, by=by)
        sql = "select merged_into_id is null from customer where id = %(id)s for no key update"
        # Somebody may have merged them while this waited: then the way goes on to the survivor.
        if await value(tx, bool, sql, {"id": live}):
            return live


class Shown(Struct):
    """A team and a brand that have a ticket of a customer, and what their rows show of them."""

    team_id: int
    brand_id: int
    customer: CustomerBrief


async def load_shown(tx: Transaction, customer_ids: list[int]) -> list[Shown]:
    """What rows show of customers, once for each team and brand that have a ticket of theirs, for streams."""
    sql = """
        select t.team_id, t.brand_id, jsonb_build_object('id', c.id, 'name', c.name, 'tier', c.tier) as customer
        from (select distinct customer_id, team_id, brand_id from ticket where customer_id = any(%(ids)s)) t
        join customer c on c.id = t.customer_id order by c.id, t.team_id, t.brand_id"""
    return await rows(tx, Shown, sql, {"ids": customer_ids})
