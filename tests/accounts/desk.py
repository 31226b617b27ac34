"""A small application of this room's routers, with a clock that tests own, and browsers that behave as our pages do."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx
from litestar import Litestar
from litestar.datastructures import State
from msgspec import Struct, field

from ombud.accounts.api import routers
from ombud.accounts.authentication import Authenticator
from ombud.accounts.queries.people import credentials_by_email
from ombud.accounts.schemas import Origin
from ombud.accounts.services.sessions import start_session
from ombud.intelligence.personal_data.services import mask_tree
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database, Transaction, execute, rows
from ombud.shared.events import Event
from ombud.shared.http import DEPENDENCIES, EXCEPTION_HANDLERS

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a lamp under seven boats"
NEW_PASSWORD = "nine clouds above one river"
ADMIN, AGENT, OTHER, READER = "ada@example.com", "bo@example.com", "chen@example.cn", "dee@example.com"
KEYS = KeyRing(b"k" * 32)
ADDRESS = "http://testserver.local"


class Surroundings(Struct):
    address: str = ADDRESS
    proxies: list[str] = field(default_factory=list)


class Outbox:
    """What would be mailed; without a mailbox, nothing can be."""

    def __init__(self) -> None:
        self.mails: list[dict[str, str]] = []
        self.can_send = True

    async def __call__(self, tx: Transaction, *, to: str, subject: str, text: str, now: datetime) -> bool:
        assert not tx.closed
        assert now.tzinfo
        if self.can_send:
            self.mails.append({"to": to, "subject": subject, "text": text})
        return self.can_send

    def token(self) -> str:
        """The token in the last mail's link."""
        return token_in(self.mails[-1]["text"])


def token_in(text: str) -> str:
    return text.partition("/#/link/")[2].split()[0]


class Browser:
    """A client that keeps its cookie and sends the word for unsafe requests."""

    def __init__(self, app: Litestar, headers: dict[str, str], ip: str) -> None:
        transport = httpx.ASGITransport(app=app, client=(ip, 40_000))  # type: ignore[arg-type]
        self.client = httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers)

    async def send(self, method: str, path: str, json: Any = None, **headers: str | bytes) -> Any:
        raw = {name.encode(): word if isinstance(word, bytes) else word.encode() for name, word in headers.items()}
        return await self.client.request(method, f"/api/v1{path}", json=json, headers=raw)

    async def get(self, path: str) -> Any:
        return await self.send("GET", path)

    async def post(self, path: str, json: Any = None) -> Any:
        return await self.send("POST", path, {} if json is None else json)

    async def put(self, path: str, json: Any) -> Any:
        return await self.send("PUT", path, json)

    async def patch(self, path: str, json: Any) -> Any:
        return await self.send("PATCH", path, json)

    async def delete(self, path: str, json: Any = None) -> Any:
        return await self.send("DELETE", path, json)

    async def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        answer = await self.post("/session", {"email": email, "password": password})
        if answer.status_code == 200 and answer.json()["state"] == "signed_in":
            await self.learn_csrf()
        return answer

    async def learn_csrf(self) -> None:
        self.client.headers["X-CSRF-Token"] = (await self.get("/session")).json()["csrf"]

    @property
    def token(self) -> str:
        return str(self.client.cookies.get("ombud_session"))

    @token.setter
    def token(self, token: str) -> None:
        self.client.cookies.set("ombud_session", token, domain="testserver.local")


@cache
def _app() -> Litestar:
    """The routes, put together once for all tests of a process; what they work with is a test's own."""
    return Litestar(routers, dependencies=DEPENDENCIES, exception_handlers=EXCEPTION_HANDLERS, openapi_config=None)


class Desk:
    """The application, its parts and shorthands."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.clock.set(START)
        self.outbox = Outbox()
        self.settings = Surroundings()
        self.authenticator = Authenticator(database, keys=KEYS, clock=self.clock, settings=self.settings)
        state = {
            "database": database,
            "clock": self.clock,
            "key_ring": KEYS,
            "settings": self.settings,
            "system_mail": self.outbox,
            "authenticate": self.authenticator.authenticate,
            "mask": mask_tree,
        }
        self.app = _app()
        self.app.state = State(state)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def pass_time(self, **parts: float) -> None:
        self.clock.set(self.clock.now() + timedelta(**parts))

    def browser(self, *, ip: str = "192.0.2.7", **headers: str) -> Browser:
        return Browser(self.app, headers, ip)

    async def session_token(self, email: str) -> str:
        """A session as a password would begin it, without the slow hash."""
        async with self.database.transaction() as tx:
            person = await credentials_by_email(tx, email)
            assert person
            origin = Origin("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
            return (await start_session(tx, person=person, origin=origin, way="password", now=self.now)).token

    async def signed_in(self, email: str) -> Browser:
        browser = self.browser()
        browser.token = await self.session_token(email)
        await browser.learn_csrf()
        return browser

    async def key(self, admin: Browser, *scopes: str, team_ids: list[int] | None = None) -> Browser:
        """A program with a key of these scopes."""
        answer = await admin.post("/api-keys", {"name": "Shop", "scopes": list(scopes), "team_ids": team_ids})
        return self.browser(Authorization=f"Bearer {answer.json()['key']}")

    async def events(self, kind: str) -> list[Event]:
        sql = """
            select id as seq, kind, ticket_id, team_id, actor_kind, actor_id, at, data
            from event_new where kind = %(kind)s order by id"""
        async with self.database.transaction() as tx:
            return await rows(tx, Event, sql, {"kind": kind})

    async def no_events(self) -> None:
        """Forget the events so far."""
        await self.run("delete from event_new")

    async def kinds(self) -> list[str]:
        return [str(one["kind"]) for one in await self.look("select kind from event_new order by id")]

    async def run(self, sql: str, **params: object) -> int:
        async with self.database.transaction() as tx:
            return await execute(tx, sql, params)

    async def look(self, sql: str, **params: object) -> list[dict[str, Any]]:
        async with self.database.transaction() as tx:
            return await rows(tx, dict[str, Any], sql, params)
