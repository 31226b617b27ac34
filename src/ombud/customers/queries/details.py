"""Reads of what belongs to a customer: products, notes, consents, checks, bars."""

from datetime import datetime

from msgspec import Struct

from ombud.customers.rules import quiet_until
from ombud.customers.schemas import Consent, ContactBar, CustomerNote, IdentityCheck, Preferences, Product, Standing
from ombud.shared.database import Transaction, row, rows

BY_NAME = """
    case {kind} when 'person' then (select who.name from person who where who.id = {id})
        when 'api_key' then (select who.name from api_key who where who.id = {id})
        when 'customer' then (select who.name from customer who where who.id = {id}) else 'Ombud' end"""
AUTHOR = BY_NAME.format(kind="n.author_kind", id="n.author_id")
MAKER = BY_NAME.format(kind="k.by_kind", id="k.by_id")


async def products_of(tx: Transaction, customer_id: int, *, before: int | None, limit: int) -> list[Product]:
    """What a customer owns, newest entry first."""
    sql = """
        select id, model, name, serial, batch, bought_on, region, warranty_until from product_owned
        where customer_id = %(customer)s and (%(before)s::bigint is null or id < %(before)s)
        order by id desc limit %(limit)s"""
    return await rows(tx, Product, sql, {"customer": customer_id, "before": before, "limit": limit})


async def notes_of(tx: Transaction, customer_id: int, *, before: int | None, limit: int) -> list[CustomerNote]:
    """Notes about a customer, newest first."""
    sql = f"""
        select n.id, n.text, n.is_pinned, n.author_kind, n.author_id, {AUTHOR} as author_name, n.created_at,
            n.edited_at
        from customer_note n where n.customer_id = %(customer)s and n.removed_at is null
            and (%(before)s::bigint is null or n.id < %(before)s)
        order by n.id desc limit %(limit)s"""
    return await rows(tx, CustomerNote, sql, {"customer": customer_id, "before": before, "limit": limit})


async def note_of(tx: Transaction, customer_id: int, note_id: int) -> CustomerNote | None:
    """One note about a customer."""
    sql = f"""
        select n.id, n.text, n.is_pinned, n.author_kind, n.author_id, {AUTHOR} as author_name, n.created_at,
            n.edited_at
        from customer_note n where n.id = %(id)s and n.customer_id = %(customer)s and n.removed_at is null"""
    return await row(tx, CustomerNote, sql, {"id": note_id, "customer": customer_id})


async def consents_of(tx: Transaction, customer_id: int, *, before: int | None, limit: int) -> list[Consent]:
    """All that a customer ever agreed to or took back, newest first."""
    sql = f"""
        select k.id, k.purpose, k.channel, k.is_given, k.source, k.by_kind, {MAKER} as by_name, k.at
        from consent k where k.customer_id = %(customer)s and (%(before)s::bigint is null or k.id < %(before)s)
        order by k.id desc limit %(limit)s"""
    return await rows(tx, Consent, sql, {"customer": customer_id, "before": before, "limit": limit})


async def checks_of(
    tx: Transaction, customer_id: int, *, before: int | None, limit: int, now: datetime
) -> list[IdentityCheck]:
    """All identity checks of a customer, newest first."""
    sql = f"""
        select k.id, k.level, k.method, k.note, k.ticket_id, k.by_kind, {MAKER} as by_name, k.at, k.valid_until,
            k.revoked_at, k.revoked_at is null and k.valid_until > %(now)s as is_valid
        from identity_check k where k.customer_id = %(customer)s and (%(before)s::bigint is null or k.id < %(before)s)
        order by k.id desc limit %(limit)s"""
    return await rows(tx, IdentityCheck, sql, {"customer": customer_id, "before": before, "limit": limit, "now": now})


async def standing_of(tx: Transaction, customer_id: int, *, now: datetime) -> Standing:
    """The highest check that holds at this moment."""
    sql = """
        select level, method, valid_until from identity_check
        where customer_id = %(customer)s and revoked_at is null and valid_until > %(now)s
        order by level desc, valid_until desc limit 1"""
    return await row(tx, Standing, sql, {"customer": customer_id, "now": now}) or Standing()


async def bar_of(tx: Transaction, customer_id: int, channel: str) -> ContactBar | None:
    """The bar on one channel, if the customer must not be contacted by it."""
    sql = """
        select channel, reason, since from contact_bar where customer_id = %(customer)s and channel = %(channel)s"""
    return await row(tx, ContactBar, sql, {"customer": customer_id, "channel": channel})


class _Clock(Struct):
    preferences: Preferences
    time_zone: str


async def quiet_hours_end(tx: Transaction, customer_id: int, *, now: datetime) -> datetime | None:
    """When the quiet hours that a customer has now end; None while they may be disturbed."""
    sql = "select preferences, time_zone from customer where id = %(id)s"
    found = await row(tx, _Clock, sql, {"id": customer_id})
    return quiet_until(found.preferences, found.time_zone, now) if found else None
