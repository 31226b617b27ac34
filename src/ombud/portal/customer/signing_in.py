"""Signing in: links by mail, and tokens of a brand's own site. Nobody learns here which addresses we know."""

import re
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from ombud.customers.schemas import Sender, normal_value
from ombud.customers.services import find_or_make_customers
from ombud.portal.customer.letters import letter
from ombud.portal.customer.tokens import Claims, TokenRefused, read_token
from ombud.portal.rules import Place, audience_of
from ombud.portal.schemas import PageLocale
from ombud.shared.crypto import KeyRing, hash_token, new_token
from ombud.shared.database import Database, Transaction, execute, row, value
from ombud.shared.errors import LimitReached, NotFound
from ombud.shared.lines import ADDRESS, one_line
from ombud.shared.throttle import Limit, take

LINK_MINUTES = 30
OF_ADDRESS = Limit("portal_link_address", 3, 900)
OF_CLIENT = Limit("portal_link_client", 15, 600)
READING = Limit("portal_link_read", 60, 600)
ENTERING = Limit("portal_enter", 20, 600)
TOKENS = Limit("portal_token", 60, 600)
LONGEST_ADDRESS = 254


class LinkGone(NotFound):
    """The link was used, is too old, or was never made. Ask for a new one."""

    code = "link_gone"


def secret_place(brand_id: int) -> str:
    """To which row the secret of a site is bound."""
    return f"portal_site.jwt_secret.{brand_id}"


def read_address(text: str) -> str:
    """An address as it is kept; empty where it is none."""
    address = normal_value("email", text.replace("\x00", ""))
    return address if re.match(ADDRESS, address) and len(address) <= LONGEST_ADDRESS else ""


# Whom we know: who wrote to us by mail, and who gave the address in a form of this brand.
KNOWN = """
    select exists (select from identity i join customer c on c.id = i.customer_id
            where i.kind = 'email' and i.scope = '' and i.value = %(address)s and not c.is_blocked)
        or (exists (select from customer c join ticket t on t.customer_id = c.id
                join channel h on h.id = t.channel_id and h.kind = 'form'
            where lower(c.email) = %(address)s and t.brand_id = %(brand)s and not c.is_blocked)
            and not exists (select from identity i join customer c on c.id = i.customer_id
                where i.kind = 'email' and i.scope = '' and i.value = %(address)s and c.is_blocked))"""


async def mail_link(
    database: Database, place: Place, address: str, *, client: str, locale: PageLocale, mail: Any, now: datetime
) -> None:
    """Mail a link to sign in by, if the address is known; whoever asks learns nothing of that.

    Raises:
        LimitReached: too many from one client. Too many for one address only end the mails to it.
    """
    async with database.transaction() as tx:
        await take(tx, OF_CLIENT, client, now=now)
    try:
        async with database.transaction() as tx:
            await take(tx, OF_ADDRESS, f"{place.site.brand_id}:{address}", now=now)
            if await value(tx, bool, KNOWN, {"address": address, "brand": place.site.brand_id}):
                await _send(tx, place, address, locale, mail, now=now)
    except LimitReached:
        # An error would tell nothing new to its owner and much to others.
        return


async def _send(tx: Transaction, place: Place, address: str, locale: PageLocale, mail: Any, *, now: datetime) -> None:
    token = new_token()
    sql = """
        insert into portal_link (token_hash, brand_id, address, locale, made_at, expires_at)
        values (%(token)s, %(brand)s, %(address)s, %(locale)s, %(now)s, %(expires)s)"""
    params = {
        "token": hash_token(token),
        "brand": place.site.brand_id,
        "address": address,
        "locale": locale,
        "now": now,
        "expires": now + timedelta(minutes=LINK_MINUTES),
    }
    await execute(tx, sql, params)
    brand = place.site.look.name.said(locale) or place.site.brand
    text = letter(locale, brand=one_line(brand), link=f"{place.portal_url}/enter/{token}", minutes=LINK_MINUTES)
    await mail(tx, to=address, subject=text.subject, text=text.text, now=now, brand_id=place.site.brand_id)


class Link(Struct):
    """A link that still can be used."""

    address: str
    locale: PageLocale


async def look_at_link(tx: Transaction, place: Place, token: str, *, now: datetime) -> Link:
    """Whom a link signs in. Looking uses nothing up: programs that look through mails open every link in them.

    Raises:
        LinkGone: it cannot be used.
    """
    sql = """
        select address, locale from portal_link where token_hash = %(token)s and brand_id = %(brand)s
            and used_at is null and expires_at > %(now)s"""
    params = {"token": hash_token(token), "brand": place.site.brand_id, "now": now}
    found = await row(tx, Link, sql, params)
    if found is None:
        raise LinkGone
    return found


async def use_link(tx: Transaction, place: Place, token: str, *, now: datetime) -> tuple[int, Link]:
    """Use a link up; gives the identity that it proves, and the link. Others to the same address end with it.

    Raises:
        LinkGone: it was used, is too old, or belongs to somebody who was blocked.
    """
    link = await look_at_link(tx, place, token, now=now)
    sql = """
        update portal_link set used_at = %(now)s
        where token_hash = %(token)s and used_at is null returning id"""
    params = {"token": hash_token(token), "now": now}
    # Of two who click at once the second waits here, and finds it used.
    if await value(tx, int, sql, params) is None:
        raise LinkGone
    sql = """
        update portal_link set used_at = %(now)s
        where brand_id = %(brand)s and address = %(address)s and used_at is null"""
    await execute(tx, sql, {"now": now, "brand": place.site.brand_id, "address": link.address})
    sender = Sender("email", link.address, is_verified=True, email=link.address, locale=link.locale)
    return await _identity(tx, sender, now=now), link


async def _identity(tx: Transaction, sender: Sender, *, now: datetime) -> int:
    known = (await find_or_make_customers(tx, [sender], now=now))[sender.key]
    if known.is_blocked:
        raise LinkGone
    sql = "select id from identity where (kind, scope, value) = (%(kind)s, %(scope)s, %(value)s)"
    params = {"kind": sender.kind, "scope": sender.scope, "value": sender.value}
    return await value(tx, int, sql, params) or 0


async def use_token(tx: Transaction, place: Place, token: str, *, keys: KeyRing, now: datetime) -> tuple[int, Claims]:
    """Take a site's token, once; gives the identity that it proves, and what it says.

    Raises:
        TokenRefused: it is not valid, or was used before, or belongs to somebody who was blocked.
    """
    site = place.site
    if site.jwt_secret is None:
        raise TokenRefused
    secret = keys.open(site.jwt_secret, place=secret_place(site.brand_id)).decode()
    claims = read_token(token, secret, audience_of(site), now=now)
    sql = """
        insert into portal_jwt_used (brand_id, token_id_hash, expires_at)
        values (%(brand)s, %(digest)s, %(expires)s) on conflict do nothing"""
    expires = now + timedelta(minutes=LINK_MINUTES)
    if not await execute(tx, sql, {"brand": site.brand_id, "digest": claims.digest, "expires": expires}):
        raise TokenRefused
    sender = Sender(
        "external",
        claims.sub.strip(),
        scope=f"portal:{site.brand_id}",
        is_verified=True,
        name=one_line(claims.name)[:200],
        email=read_address(claims.email),
        locale="zh-CN" if claims.locale.lower().startswith("zh") else "en" if claims.locale else "",
    )
    if claims.email_verified and sender.email:
        await _join(tx, sender, now=now)
    try:
        return await _identity(tx, sender, now=now), claims
    except LinkGone as problem:
        raise TokenRefused from problem


async def _join(tx: Transaction, sender: Sender, *, now: datetime) -> None:
    """Somebody new to the site's tokens is the customer whom we know by the address that the site has verified."""
    sql = """
        insert into identity (customer_id, kind, scope, value, verified_at, created_at)
        select i.customer_id, 'external', %(scope)s, %(value)s, %(now)s, %(now)s from identity i
        where i.kind = 'email' and i.scope = '' and i.value = %(address)s
        on conflict (kind, scope, value) do nothing"""
    params = {"scope": sender.scope, "value": sender.value, "address": sender.email, "now": now}
    await execute(tx, sql, params)
