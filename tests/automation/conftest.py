"""A desk of two teams with webhooks, a receiver outside, and a courier between them."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg
import pytest

from ombud.automation.webhooks.jobs import Courier
from ombud.automation.webhooks.reactions import WEBHOOKS
from ombud.automation.webhooks.schemas import NewWebhook, WebhookIn
from ombud.automation.webhooks.services import create_webhook
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database
from ombud.shared.events import Fact, emit_all
from ombud.shared.outbound import Guard, Limits, Outbound
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from tests.automation.webhook_facts import Happen, Make
from tests.receiver import Receiver, receiving

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    one = Clock()
    one.set(NOW)
    return one


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing(secrets.token_bytes(32))


@pytest.fixture
def guard() -> Guard:
    return Guard(["127.0.0.1/32"])


@pytest.fixture
async def outbound(guard: Guard) -> AsyncIterator[Outbound]:
    async with Outbound(guard) as one:
        yield one


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture
def by(database_url: str) -> Actor:
    """An administrator who sees every team."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        sql = (
            "insert into person (email, name, role, created_at)"
            " values ('ada@example.com', 'Ada', 'administrator', now()) returning id"
        )
        (person_id,) = connection.execute(sql).fetchone() or (0,)
        connection.execute("insert into team (name, created_at) values ('Repairs', now())")
    permissions = frozenset({"webhooks.manage"})
    return Actor(kind="person", id=person_id, name="Ada", permissions=permissions, team_ids=None)


@pytest.fixture
async def courier(database: Database, keys: KeyRing, outbound: Outbound, clock: Clock) -> Courier:
    return Courier(database, keys, outbound, clock, limits=Limits(seconds=1.0, body_bytes=4_096))


@pytest.fixture
async def make(database: Database, keys: KeyRing, guard: Guard, by: Actor, receiver: Receiver) -> Make:
    """Makes a webhook that leads to the receiver."""

    async def one(
        *, path: str = "/hook", kinds: tuple[str, ...] = ("*",), team_ids: list[int] | None = None, url: str = ""
    ) -> NewWebhook:
        given = WebhookIn(name="CRM", url=url or receiver.url(path), kinds=list(kinds), team_ids=team_ids)
        async with database.transaction() as tx:
            await register_reader(tx, WEBHOOKS)
            return await create_webhook(tx, given, keys=keys, guard=guard, by=by, now=NOW)

    return one


@pytest.fixture
async def happen(database: Database, clock: Clock) -> Happen:
    """Lets facts happen and the webhooks' reader hear of them."""

    async def some(*facts: Fact) -> None:
        async with database.transaction() as tx:
            await emit_all(tx, facts, by=SYSTEM, at=clock.now())
        async with database.transaction() as tx:
            await sequence_events(tx, now=clock.now())
        while (await read_batch(database, WEBHOOKS, now=clock.now())).passed:
            pass

    return some
