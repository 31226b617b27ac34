"""A small application of this room's routers, people to sign in with, and a clock that tests own."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import AsyncTestClient
from msgspec import Struct, field

from ombud.accounts.api import routers
from ombud.accounts.authentication import Authenticator
from ombud.accounts.passwords import hash_password
from ombud.accounts.schemas import NewPerson
from ombud.accounts.services.people import add_person
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database, Transaction, execute, rows
from ombud.shared.events import Event
from ombud.shared.http import DEPENDENCIES, EXCEPTION_HANDLERS

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a lamp under seven boats"
ADMIN, AGENT, OTHER = "ada@example.com", "bo@example.com", "chen@example.cn"
KEYS = KeyRing(b"k" * 32)


class Surroundings(Struct):
    address: str = "http://testserver.local"
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


class Desk:
    """The application, its parts and shorthands for tests."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.clock.set(START)
        self.outbox = Outbox()
        self.settings = Surroundings()
        authenticator = Authenticator(database, keys=KEYS, clock=self.clock, settings=self.settings)
        state = {
            "database": database,
            "clock": self.clock,
            "key_ring": KEYS,
            "settings": self.settings,
            "system_mail": self.outbox,
            "authenticate": authenticator.authenticate,
        }
        self.app = Litestar(
            routers,
            state=State(state),
            dependencies=DEPENDENCIES,
            exception_handlers=EXCEPTION_HANDLERS,
            openapi_config=None,
        )

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def pass_time(self, **parts: float) -> None:
        self.clock.set(self.clock.now() + timedelta(**parts))

    def browser(self, **headers: str) -> "Browser":
        return Browser(self.app, headers)

    async def signed_in(self, email: str) -> "Browser":
        browser = self.browser()
        await browser.sign_in(email)
        return browser

    async def events(self, kind: str) -> list[Event]:
        sql = """
            select id as seq, kind, ticket_id, team_id, actor_kind, actor_id, at, data
            from event_new where kind = %(kind)s order by id"""
        async with self.database.transaction() as tx:
            return await rows(tx, Event, sql, {"kind": kind})

    async def run(self, sql: str, **params: object) -> int:
        async with self.database.transaction() as tx:
            return await execute(tx, sql, params)

    async def look(self, sql: str, **params: object) -> list[Any]:
        async with self.database.transaction() as tx:
            return await rows(tx, dict[str, Any], sql, params)


class Browser:
    """A client that keeps its cookie and sends the word for unsafe requests, as our pages do."""

    def __init__(self, app: Litestar, headers: dict[str, str]) -> None:
        self.client = AsyncTestClient(app, base_url="http://testserver.local")
        self.client.headers.update(headers)

    async def send(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        return await self.client.request(method, f"/api/v1{path}", json=json, headers=headers)

    async def get(self, path: str, **headers: str) -> Any:
        return await self.send("GET", path, **headers)

    async def post(self, path: str, json: Any = None, **headers: str) -> Any:
        return await self.send("POST", path, {} if json is None else json, **headers)

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


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hashed once: it is slow by design, and the same for everybody here."""
    return passwords_hash()


def passwords_hash() -> str:
    import asyncio  # noqa: PLC0415

    return asyncio.run(hash_password(PASSWORD))


async def add(tx: Transaction, email: str, role: Any, password_hash: str, **more: Any) -> int:
    person_id = await add_person(
        tx, wanted=NewPerson(email, email.partition("@")[0].title(), role, **more), by=SYSTEM, now=START
    )
    await execute(
        tx, "update person set password_hash = %(hash)s where id = %(id)s", {"hash": password_hash, "id": person_id}
    )
    return person_id


class People(Struct):
    admin: int
    agent: int
    other: int


@pytest.fixture
async def people(database: Database, password_hash: str) -> People:
    """An administrator, an agent of the first team, and another agent of none."""
    async with database.transaction() as tx:
        admin = await add(tx, ADMIN, "administrator", password_hash)
        agent = await add(tx, AGENT, "agent", password_hash, team_ids=[1])
        other = await add(tx, OTHER, "agent", password_hash, locale="zh-CN")
        await execute(tx, "delete from event_new")
    return People(admin, agent, other)


@pytest.fixture
async def desk(database: Database, people: People) -> AsyncIterator[Desk]:
    assert people.admin
    desk = Desk(database)
    async with AsyncTestClient(desk.app):
        yield desk


@pytest.fixture
async def admin(desk: Desk) -> Browser:
    return await desk.signed_in(ADMIN)


@pytest.fixture
async def agent(desk: Desk) -> Browser:
    return await desk.signed_in(AGENT)


@pytest.fixture
def base32_secret() -> str:
    return base64.b32encode(b"12345678901234567890").decode()
