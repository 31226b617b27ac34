"""Finding and making customers: for messages that come in, and by hand."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from ombud.customers.queries import live_customer_id
from ombud.customers.rules import display_name
from ombud.fields.services.values import ADDRESS_LIKE
from ombud.customers.schemas import NewCustomer, Sender, normal_value
from ombud.shared.database import Transaction, draw_ids, execute, rows, value
from ombud.shared.errors import Invalid
from ombud.shared.words import tsvector


class Known(msgspec.Struct):
    """An identity that exists, with what is known of its customer."""

    kind: str
    scope: str
    value: str
    customer_id: int
    is_verified: bool
    is_blocked: bool


async def find_or_make_customers(
    tx: Transaction, senders: Sequence[Sender], *, now: datetime
) -> dict[tuple[str, str, str], Known]:
    """Customers of many senders in a few statements, made where they are new; by identity key.

    Two transactions that meet the same new identity end with one customer: the identity is unique, and the
    customer of the loser is removed.
    """
    wanted = {sender.key: sender for sender in senders}
    if not wanted:
        return {}
    known = await _known(tx, list(wanted))
    missing = [sender for key, sender in wanted.items() if key not in known]
    if missing:
        await _make(tx, missing, now=now)
        known = await _known(tx, list(wanted))
    proven = [key for key, sender in wanted.items() if sender.is_verified and not known[key].is_verified]
    if proven:
        await _mark_verified(tx, proven, now=now)
    return known


async def find_customers(tx: Transaction, senders: Sequence[Sender]) -> dict[tuple[str, str, str], Known]:
    """Customers of those senders who are known, by identity key; nobody is made."""
    return await _known(tx, [sender.key for sender in senders]) if senders else {}


def _columns(keys: Sequence[tuple[str, str, str]]) -> dict[str, object]:
    return {"kinds": [key[0] for key in keys], "scopes": [key[1] for key in keys], "values": [key[2] for key in keys]}


async def _known(tx: Transaction, keys: list[tuple[str, str, str]]) -> dict[tuple[str, str, str], Known]:
    sql = """
        select i.kind, i.scope, i.value, i.customer_id, i.verified_at is not null as is_verified, c.is_blocked
        from unnest(%(kinds)s::text[], %(scopes)s::text[], %(values)s::text[]) as w (kind, scope, value)
        join identity i on (i.kind, i.scope, i.value) = (w.kind, w.scope, w.value)
        join customer c on c.id = i.customer_id"""
    found = await rows(tx, Known, sql, _columns(keys))
    return {(one.kind, one.scope, one.value): one for one in found}


async def _make(tx: Transaction, senders: Sequence[Sender], *, now: datetime) -> None:
    ids = await draw_ids(tx, "customer", len(senders))
    names = [display_name(one.name, one.email or (one.value if one.kind == "email" else "")) for one in senders]
    emails = [one.email or (one.value if one.kind == "email" else "") for one in senders]
    sql = """
        insert into customer (id, name, email, phone, locale, words, organisation_id, created_at, updated_at)
        select n.id, n.name, n.email, n.phone, n.locale, n.words::tsvector, d.organisation_id, %(now)s, %(now)s
        from unnest(%(ids)s::bigint[], %(names)s::text[], %(emails)s::text[], %(phones)s::text[],
                    %(locales)s::text[], %(words)s::text[], %(domains)s::text[])
            as n (id, name, email, phone, locale, words, domain)
        left join organisation_domain d on d.domain = n.domain"""
    params: dict[str, object] = {
        "ids": ids,
        "names": names,
        "emails": emails,
        "phones": [one.phone or (one.value if one.kind == "phone" else "") for one in senders],
        "locales": [one.locale for one in senders],
        "words": [
            tsvector(f"{name} {email} {one.phone} {one.value if one.kind in {'email', 'phone'} else ''}")
            for name, email, one in zip(names, emails, senders, strict=True)
        ],
        # Only who writes by mail belongs to its domain: a typed address proves nothing.
        "domains": [one.value.rpartition("@")[2] if one.kind == "email" else "" for one in senders],
        "now": now,
    }
    await tx.execute(sql, params)
    sql = """
        insert into identity (customer_id, kind, scope, value, verified_at, created_at)
        select n.id, n.kind, n.scope, n.value, case when n.is_verified then %(now)s::timestamptz end, %(now)s
        from unnest(%(ids)s::bigint[], %(kinds)s::text[], %(scopes)s::text[], %(values)s::text[],
                    %(verified)s::boolean[]) as n (id, kind, scope, value, is_verified)
        on conflict (kind, scope, value) do nothing"""
    keys = _columns([one.key for one in senders])
    made = await execute(tx, sql, {"ids": ids, "now": now, "verified": [one.is_verified for one in senders], **keys})
    if made < len(ids):
        sql = """
            delete from customer c where c.id = any(%(ids)s)
                and not exists (select from identity i where i.customer_id = c.id)"""
        await tx.execute(sql, {"ids": ids})


async def _mark_verified(tx: Transaction, keys: list[tuple[str, str, str]], *, now: datetime) -> None:
    sql = """
        update identity i set verified_at = %(now)s
        from unnest(%(kinds)s::text[], %(scopes)s::text[], %(values)s::text[]) as w (kind, scope, value)
        where (i.kind, i.scope, i.value) = (w.kind, w.scope, w.value) and i.verified_at is null"""
    await tx.execute(sql, {"now": now, **_columns(keys)})


async def enter_customer(tx: Transaction, data: NewCustomer, *, now: datetime) -> int:
    """The customer of a ticket made by hand: the one with this address or number, else a new one; gives the id.

    Raises:
        Invalid: neither name, nor address, nor number.
    """
    email, phone = normal_value("email", data.email), normal_value("phone", data.phone)
    if not (data.name.strip() or email or phone):
        raise Invalid("Give the customer's name, e-mail address or phone number.", fields={"customer": "required"})
    if email:
        sender = Sender("email", email, name=data.name, email=email, phone=phone)
    elif phone:
        sender = Sender("phone", phone, name=data.name, phone=phone)
    else:
        return await _insert_nameless(tx, data.name, now=now)
    return (await find_or_make_customers(tx, [sender], now=now))[sender.key].customer_id


async def _insert_nameless(tx: Transaction, name: str, *, now: datetime) -> int:
    sql = """
        insert into customer (name, words, created_at, updated_at)
        values (%(name)s, %(words)s::tsvector, %(now)s, %(now)s) returning id"""
    made = await value(tx, int, sql, {"name": name.strip(), "words": tsvector(name), "now": now})
    return made or 0


async def hold_customer(tx: Transaction, customer_id: int) -> int:
    """The live number of a customer who cannot be merged away until the end of the transaction.

    For verbs that make something point to a customer: a merge at the same moment would pass it by.

    Raises:
        NotFound: there never was one.
    """
    while True:
        live = await live_customer_id(tx, customer_id)
        sql = "select merged_into_id is null from customer where id = %(id)s for key share"
        if await value(tx, bool, sql, {"id": live}):
            return live


async def refresh_words(tx: Transaction, customer_id: int) -> None:
    """Compute a customer's search words anew from names, addresses, numbers and serial numbers."""
    await rewrite_customer_words(tx, [customer_id])


class _Worded(msgspec.Struct):
    """What a customer's search words are made of."""

    id: int
    text: str


async def rewrite_customer_words(tx: Transaction, customer_ids: Collection[int]) -> int:
    """Make the search words of customers anew from what they are; how many there are."""
    sql = """
        select c.id, concat_ws(' ', c.name, c.email, c.phone, (select string_agg(i.value, ' ' order by i.id)
            from identity i where i.customer_id = c.id and i.kind in ('email', 'phone')), (select
            string_agg(p.serial, ' ' order by p.id) from product_owned p
            where p.customer_id = c.id and p.serial <> ''), (select string_agg(v.value, ' ' order by v.key)
            from jsonb_each_text(c.fields) v join field f on f.subject = 'customer' and f.key = v.key
            where f.kind = 'text' and f.key !~* %(hidden)s)) as text
        from customer c where c.id = any(%(ids)s)"""
    found = await rows(tx, _Worded, sql, {"ids": list(customer_ids), "hidden": ADDRESS_LIKE.pattern})
    sql = """
        update customer c set words = n.words::tsvector
        from unnest(%(ids)s::bigint[], %(words)s::text[]) as n (id, words) where c.id = n.id"""
    params = {"ids": [one.id for one in found], "words": [tsvector(one.text) for one in found]}
    return await execute(tx, sql, params)
