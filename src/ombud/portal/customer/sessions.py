"""Who is signed in to a portal: found by a cookie of this host and brand, as the customer of an identity."""

import base64
import hmac
from datetime import datetime, timedelta
from typing import Any, Literal

from litestar.datastructures import Cookie
from msgspec import Struct

from ombud.portal.edge import AnyRequest
from ombud.portal.events import PortalSignedIn, PortalSignedOut
from ombud.portal.rules import Place
from ombud.portal.schemas import PageLocale
from ombud.shared.actor import Actor
from ombud.shared.clients import client_ip
from ombud.shared.crypto import KeyRing, hash_token, new_token
from ombud.shared.database import Transaction, execute, row, rows, value, values
from ombud.shared.events import emit

COOKIE = "ombud_portal"
LASTS: dict[str, timedelta] = {"link": timedelta(days=14), "jwt": timedelta(days=1)}
# How long ago a sign-in may be for what must not fall into wrong hands.
FRESH = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=5)
MAX_USER_AGENT = 400


class Me(Struct, frozen=True):
    """A customer who is signed in.

    ``addresses`` are those that were proven to be theirs; ``organisation_id``: they may see all of its tickets.
    """

    session_id: int
    identity_id: int
    brand_id: int
    customer_id: int
    kind: Literal["email", "external", "phone", "visitor"]
    scope: str
    value: str
    name: str
    addresses: list[str]
    organisation_id: int | None
    locale: PageLocale
    time_zone: str
    way: Literal["link", "jwt"]
    created_at: datetime
    seen_at: datetime

    @property
    def shown(self) -> str:
        """What they are called on their own pages."""
        return self.name or (self.addresses[0] if self.addresses else self.value)

    @property
    def actor(self) -> Actor:
        """The customer as the one who acts, on tickets of this brand only."""
        return Actor("customer", self.customer_id, self.shown, team_ids=None, brand_ids=frozenset({self.brand_id}))

    def is_fresh(self, now: datetime) -> bool:
        """Whether they signed in a short while ago."""
        return self.created_at > now - FRESH


ME = """
    select s.id as session_id, s.identity_id, s.brand_id, i.customer_id, i.kind, i.scope, i.value, c.name, s.locale,
        coalesce(nullif(s.time_zone, ''), c.time_zone) as time_zone, s.way, s.created_at, s.seen_at,
        array(select a.value from identity a where a.customer_id = c.id and a.kind = 'email'
            and a.verified_at is not null order by a.is_main desc, a.id) as addresses,
        (select v.organisation_id from portal_viewer v join identity a on a.value = v.address
            where v.organisation_id = c.organisation_id and a.customer_id = c.id and a.kind = 'email'
                and a.verified_at is not null limit 1) as organisation_id
    from portal_session s join identity i on i.id = s.identity_id join customer c on c.id = i.customer_id
    where s.token_hash = %(token)s and s.brand_id = %(brand)s and s.revoked_at is null and s.expires_at > %(now)s
        and not c.is_blocked"""


def cookie_name(place: Place) -> str:
    """The cookie of a brand's portal; the prefix makes browsers refuse one that another host or plain http has set."""
    prefix = "__Host-" if place.origin.startswith("https://") else ""
    return f"{prefix}{COOKIE}_{place.site.brand_id}"


def token_of(request: AnyRequest, place: Place) -> str | None:
    """The token in the cookie."""
    return request.cookies.get(cookie_name(place))


async def who_is(request: AnyRequest, state: Any, place: Place) -> Me | None:
    """The customer who asks; None for a stranger, for one who was blocked, and where the portal is off."""
    token = token_of(request, place)
    if token is None or not place.site.has_portal or not place.site.is_on:
        return None
    now = state.clock.now()
    async with state.database.statements() as connection:
        params = {"token": hash_token(token), "brand": place.site.brand_id, "now": now}
        me = await row(connection, Me, ME, params)
        if me is not None and me.seen_at <= now - SEEN_EVERY:
            sql = "update portal_session set seen_at = %(now)s where id = %(id)s"
            await execute(connection, sql, {"now": now, "id": me.session_id})
    return me


def csrf_of(request: AnyRequest, place: Place, keys: KeyRing) -> str:
    """The word that each form of a session carries; only our own pages can read it."""
    token = token_of(request, place) or ""
    return base64.urlsafe_b64encode(keys.sign("portal csrf", hash_token(token), length=24)).decode()


def has_csrf(request: AnyRequest, place: Place, keys: KeyRing, given: str) -> bool:
    """Whether a form came from a page of this very session."""
    return hmac.compare_digest(csrf_of(request, place, keys).encode(), given.encode())


def cookie_of(place: Place, token: str, lasts: timedelta) -> Cookie:
    """The cookie of a session; an empty token takes it away."""
    return Cookie(
        key=cookie_name(place),
        value=token,
        max_age=int(lasts.total_seconds()) if token else 0,
        path="/",
        httponly=True,
        samesite="lax",
        secure=place.origin.startswith("https://"),
    )


async def start_session(
    tx: Transaction,
    request: AnyRequest,
    place: Place,
    identity_id: int,
    *,
    way: Literal["link", "jwt"],
    locale: str,
    settings: Any,
    now: datetime,
) -> Cookie:
    """Begin a session of an identity that was just proven.

    Emits: PortalSignedIn
    """
    token, lasts = new_token(), LASTS[way]
    sql = """
        insert into portal_session (token_hash, brand_id, identity_id, way, ip, user_agent, locale, created_at,
            seen_at, expires_at)
        values (%(token)s, %(brand)s, %(identity)s, %(way)s, %(ip)s, %(agent)s, %(locale)s, %(now)s, %(now)s,
            %(expires)s) returning id"""
    params = {
        "token": hash_token(token),
        "brand": place.site.brand_id,
        "identity": identity_id,
        "way": way,
        "ip": client_ip(request, settings),
        "agent": request.headers.get("user-agent", "").replace("\x00", "")[:MAX_USER_AGENT],
        "locale": locale,
        "now": now,
        "expires": now + lasts,
    }
    session_id = await value(tx, int, sql, params) or 0
    owner = "select customer_id from identity where id = %(id)s"
    customer_id = await value(tx, int, owner, {"id": identity_id}) or 0
    fact = PortalSignedIn(brand_id=place.site.brand_id, customer_id=customer_id, session_id=session_id, way=way)
    await emit(tx, fact, by=Actor("customer", customer_id), at=now)
    return cookie_of(place, token, lasts)


class SessionRow(Struct):
    """A session as its owner sees it."""

    id: int
    user_agent: str
    created_at: datetime
    seen_at: datetime


async def sessions_of(tx: Transaction, me: Me, *, now: datetime) -> list[SessionRow]:
    """Where a customer is signed in with this brand, the last used first."""
    sql = """
        select s.id, s.user_agent, s.created_at, s.seen_at from portal_session s join identity i on i.id = s.identity_id
        where i.customer_id = %(customer)s and s.brand_id = %(brand)s and s.revoked_at is null
            and s.expires_at > %(now)s order by s.seen_at desc, s.id desc limit 50"""
    return await rows(tx, SessionRow, sql, {"customer": me.customer_id, "brand": me.brand_id, "now": now})


async def end_sessions(tx: Transaction, me: Me, *, everywhere: bool, now: datetime) -> None:
    """End a customer's session, or all that they have with this brand.

    Emits: PortalSignedOut
    """
    sql = """
        update portal_session s set revoked_at = %(now)s from identity i
        where i.id = s.identity_id and i.customer_id = %(customer)s and s.brand_id = %(brand)s
            and s.revoked_at is null and (%(everywhere)s or s.id = %(id)s) returning s.id"""
    params = {"customer": me.customer_id, "brand": me.brand_id, "id": me.session_id, "now": now}
    ended = sorted(await values(tx, int, sql, params | {"everywhere": everywhere}))
    if ended:
        fact = PortalSignedOut(brand_id=me.brand_id, customer_id=me.customer_id, session_ids=ended)
        await emit(tx, fact, by=me.actor, at=now)


async def forget_sessions(tx: Transaction, *, now: datetime) -> None:
    """Drop links, sessions and used tokens that are over for some days."""
    old = {"old": now - timedelta(days=7)}
    for table in ("portal_link", "portal_session", "portal_jwt_used"):
        await tx.execute(f"delete from {table} where expires_at < %(old)s", old)
