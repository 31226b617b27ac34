"""Who sends a request: the cookie of a person's session, or the key of a program."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from msgspec import Struct

from ombud.accounts import rules
from ombud.accounts.queries.actors import key_actor, person_behind
from ombud.accounts.schemas import Origin
from ombud.accounts.services.api_keys import PREFIX
from ombud.accounts.services.sessions import Started, note_key_used, note_session_seen
from ombud.shared.actor import Actor
from ombud.shared.clients import client_ip
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing, hash_token
from ombud.shared.database import Database
from ombud.shared.errors import NotAllowed, NotSignedIn

Connection = ASGIConnection[Any, Any, Any, Any]
COOKIE = "ombud_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
MAX_USER_AGENT_CHARACTERS = 400
# How long a process may act on what it has read: revoked sessions and rights end this late at most.
REMEMBERED = timedelta(seconds=2)
MOST_REMEMBERED = 20_000


class ForeignRequest(NotAllowed):
    """The request does not come from our own pages. Reload the page and try again."""

    code = "foreign_request"


class SecondFactorNeeded(NotSignedIn):
    """Give the code of your second factor first."""

    code = "second_factor_needed"


class Surroundings(Protocol):
    """The settings that matter here."""

    @property
    def address(self) -> str:
        """The public address, without a slash at its end."""
        ...

    @property
    def proxies(self) -> Sequence[str]:
        """Networks of trusted proxies."""
        ...


class _Known(Struct, frozen=True):
    actor: Actor
    until: datetime


class Authenticator:
    """Finds the actors of requests; remembers them for two seconds, so that a busy page costs no queries."""

    def __init__(self, database: Database, *, keys: KeyRing, clock: Clock, settings: Surroundings) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._settings = settings
        self._known: dict[bytes, _Known] = {}

    async def authenticate(self, connection: Connection) -> Actor | None:
        """The actor of a request; None for a stranger.

        A key in the header goes before a cookie: a program that sends both means the key.

        Raises:
            ForeignRequest: an unsafe request with a cookie that our own pages did not send.
            SecondFactorNeeded: a sign-in stopped half way.
        """
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return await self._find_key(key.strip())
        token = session_token(connection, self._settings)
        if token is None:
            return None
        actor = await self._find_person(token)
        if actor is not None and connection.scope.get("method", "GET") not in SAFE_METHODS:
            check_own_page(connection, self._settings)
            check_csrf(connection, actor)
        return actor

    async def _find_person(self, token: str) -> Actor | None:
        token_hash, now = hash_token(token), self._clock.now()
        known = self._known.get(token_hash)
        if known is not None and known.until > now:
            return known.actor
        async with self._database.statements() as connection:
            behind = await person_behind(connection, token_hash, now=now)
            if behind is None:
                return None
            if not behind.is_complete:
                raise SecondFactorNeeded
            if behind.seen_at <= now - rules.SEEN_EVERY:
                await note_session_seen(connection, session_id=behind.session_id, now=now)
        return self._remember(token_hash, behind.actor(csrf_of(token, self._keys)), now)

    async def _find_key(self, key: str) -> Actor | None:
        if not key.startswith(PREFIX):
            return None
        key_hash, now = hash_token(key), self._clock.now()
        known = self._known.get(key_hash)
        if known is not None and known.until > now:
            return known.actor
        async with self._database.transaction() as tx:
            behind = await key_actor(tx, key_hash)
            if behind is None:
                return None
            if behind.last_used_at is None or behind.last_used_at <= now - rules.SEEN_EVERY:
                await note_key_used(tx, key_id=behind.id, now=now)
        return self._remember(key_hash, behind.actor(), now)

    def _remember(self, token_hash: bytes, actor: Actor, now: datetime) -> Actor:
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[token_hash] = _Known(actor, now + REMEMBERED)
        return actor


def csrf_of(token: str, keys: KeyRing) -> str:
    """The word that unsafe requests of a session must carry; only our own pages can read it."""
    return base64.urlsafe_b64encode(keys.sign("csrf", hash_token(token), length=24)).decode()


def check_csrf(connection: Connection, actor: Actor) -> None:
    """Refuse an unsafe request without its session's word.

    Raises:
        ForeignRequest: the word is missing or wrong.
    """
    if not hmac.compare_digest(connection.headers.get("x-csrf-token", "").encode(), actor.csrf.encode()):
        raise ForeignRequest


def check_own_page(connection: Connection, settings: Surroundings) -> None:
    """Refuse what a browser says another site sent. Programs say nothing, and carry no cookie by accident.

    Raises:
        ForeignRequest: it was another site.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        if site not in OWN_SITES:
            raise ForeignRequest
        return
    origin = connection.headers.get("origin")
    if origin is not None and not _is_own(origin, connection, settings):
        raise ForeignRequest


def _is_own(origin: str, connection: Connection, settings: Surroundings) -> bool:
    host = urlsplit(origin).netloc.lower()
    return bool(host) and host in {
        connection.headers.get("host", "").lower(),
        urlsplit(settings.address).netloc.lower(),
    }


def is_secure(settings: Surroundings) -> bool:
    """Whether people reach us by https only."""
    return settings.address.startswith("https://")


def cookie_name(settings: Surroundings) -> str:
    """The cookie's name; the prefix makes browsers refuse one that another host or plain http has set."""
    return f"__Host-{COOKIE}" if is_secure(settings) else COOKIE


def session_token(connection: Connection, settings: Surroundings) -> str | None:
    """The token in the session's cookie."""
    return connection.cookies.get(cookie_name(settings))


def session_cookie(started: Started, settings: Surroundings, *, now: datetime) -> Cookie:
    """The cookie of a new session."""
    lasts = int((started.expires_at - now).total_seconds())
    return _cookie(started.token, lasts, settings)


def no_cookie(settings: Surroundings) -> Cookie:
    """The cookie that takes a session's cookie away."""
    return _cookie("", 0, settings)


def _cookie(value: str, max_age: int, settings: Surroundings) -> Cookie:
    return Cookie(
        key=cookie_name(settings),
        value=value,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(settings),
    )


def origin_of(connection: Connection, settings: Surroundings) -> Origin:
    """Where a sign-in comes from, as its session remembers it."""
    agent = connection.headers.get("user-agent", "")[:MAX_USER_AGENT_CHARACTERS].replace("\x00", "")
    return Origin(client_ip(connection, settings), agent)
