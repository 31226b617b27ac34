"""The whole web application on a test's own desk, and browsers of people of different roles and teams."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from litestar import Litestar

from ombud.accounts.queries.people import credentials_by_email
from ombud.accounts.schemas import Origin
from ombud.accounts.services.sessions import start_session
from ombud.config.app import build_app, build_state
from ombud.config.metrics import RequestCounts
from ombud.config.open_requests import OpenRequests
from ombud.config.parts import Parts
from ombud.realtime.schemas import Frame
from ombud.realtime.stream import Stream
from ombud.shared.actor import Actor
from ombud.shared.events import events_after
from tests.accounts.desk import Browser
from tests.desk import Desk

_keys = count(1)
ORIGIN = Origin("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")


def client_key() -> str:
    """A key as a client makes one for what it sends."""
    return f"client-key-{next(_keys)}"


_apps: list[Litestar] = []


def app_on(parts: Parts) -> Litestar:
    """The application on these parts.

    Its routes are put together once for all tests of a process (a fifth of a second); what it knows is a test's own.
    """
    if not _apps:
        _apps.append(build_app(parts))
    app = _apps[0]
    counts, requests = app.state.request_counts, app.state.open_requests
    vars(counts).update(vars(RequestCounts()))
    vars(requests).update(vars(OpenRequests()))
    app.state = build_state(parts, counts=counts, requests=requests)
    return app


@dataclass
class Site:
    """The application without its background loops: tests move the log themselves, so nothing depends on timing."""

    desk: Desk
    app: Litestar
    browsers: dict[int, Browser] = field(default_factory=dict)

    @classmethod
    def of(cls, desk: Desk) -> "Site":
        """The application of a desk."""
        return cls(desk, app_on(desk.parts))

    def stranger(self, **headers: str) -> Browser:
        """A browser that nobody is signed in with."""
        return Browser(self.app, headers, "192.0.2.7")

    async def browser(self, person: Actor) -> Browser:
        """The browser of a signed-in person."""
        assert person.id
        if person.id not in self.browsers:
            browser = self.stranger()
            browser.token = await self.session_token(person)
            await browser.learn_csrf()
            self.browsers[person.id] = browser
        return self.browsers[person.id]

    async def session_token(self, person: Actor) -> str:
        """A new session of a person, without the slow hash of a password."""
        email = await self.desk.sql("select email from person where id = %(id)s", id=person.id)
        async with self.desk.parts.database.transaction() as tx:
            known = await credentials_by_email(tx, email)
            assert known
            started = await start_session(tx, person=known, origin=ORIGIN, way="password", now=self.desk.now)
        return started.token

    async def program(self, by: Actor, *scopes: str, teams: list[int] | None = None) -> Browser:
        """A program with an API key of these scopes."""
        admin = await self.browser(by)
        answer = await admin.post("/api-keys", {"name": f"Shop {next(_keys)}", "scopes": scopes, "team_ids": teams})
        assert answer.status_code == 201, answer.text
        return self.stranger(Authorization=f"Bearer {answer.json()['key']}")

    async def ticket(
        self, text: str = "The machine leaks.", *, kind: str = "api", team: int = 1, brand: int = 1, **more: Any
    ) -> int:
        """A new ticket by a customer's message on a channel of a team and a brand."""
        settings = {"address": "help@desk.example"} if kind == "email" else {}
        channel = await self.desk.channel(kind, team, brand, **settings)
        message = self.desk.mail(text, **more) if kind == "email" else self.desk.message(text, **more)
        await self.desk.deliver(channel, message)
        return (await self.desk.tickets())[-1]

    async def frames(self, actor: Actor, *, after: int = 0) -> list[Frame]:
        """What a stream of this actor gets for all events after a number, as the hub would send it."""
        await self.desk.events()
        hub = self.app.state.hub
        stream = Stream(_nowhere, actor=actor)
        async with self.desk.parts.database.transaction() as tx:
            batch = await hub._load(tx, await events_after(tx, after, limit=10_000), upto=0)
        return [frame for frame in batch.frames if hub._is_for(stream, frame)]


async def _nowhere(_: Any) -> None:
    """Where frames go that a test only counts."""


def reply_of(text: str = "We look into it.", **more: Any) -> dict[str, Any]:
    """A reply as the composer sends it, whatever is newer."""
    return {"text": text, "client_key": client_key(), "force": True} | more


def note_of(text: str = "Between us.", **more: Any) -> dict[str, Any]:
    """An internal note as the composer sends it."""
    return {"text": text, "client_key": client_key()} | more


__all__ = ["Site", "client_key", "note_of", "reply_of"]
