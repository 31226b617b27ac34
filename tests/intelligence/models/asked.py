"""A desk's models on a fake server: short ways to enter an endpoint and to ask."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec import Struct

from ombud.accounts.permissions import ROLES
from ombud.intelligence.models import endpoints, queries
from ombud.intelligence.models.schemas import (
    ModelEndpoint,
    ModelEndpointIn,
    ModelPurposeIn,
    ModelSettings,
    Outcome,
    Purpose,
    Source,
    Task,
)
from ombud.intelligence.models.services import Models, ask
from ombud.shared.actor import Actor
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database, row, value
from ombud.shared.outbound import Guard
from tests.modelserver import ModelServer

ADMIN = Actor("person", None, "Ada", ROLES["administrator"], None)
KEYS = KeyRing(b"k" * 32)
TASK = Task("Say what colour the parcel has.", (Source("message", "My parcel is red."),), max_tokens=50)


class Colour(Struct, forbid_unknown_fields=True):
    """What is asked for in these tests."""

    colour: str


def said(**fields: Any) -> str:
    """An answer of the model."""
    return json.dumps(fields, ensure_ascii=False)


@dataclass
class Asked:
    """Models, the server that they ask, and the pauses that were made."""

    models: Models
    server: ModelServer
    pauses: list[float] = field(default_factory=list)

    @property
    def now(self) -> Any:
        """The moment."""
        return self.models.clock.now()

    async def endpoint(self, *, url: str = "", key: str = "sk-abcdefgh12345", **more: Any) -> ModelEndpoint:
        """Enter one that leads to the fake server."""
        given = ModelEndpointIn(
            more.pop("name", "Local"), url or self.server.url, more.pop("model", "tiny"), key, **more
        )
        async with self.models.database.transaction() as tx:
            return await endpoints.add_endpoint(
                tx, given, keys=KEYS, guard=self.models.guard, by=ADMIN, now=self.models.clock.now()
            )

    async def purpose(self, endpoint_id: int | None, name: Purpose = "reply", **more: Any) -> ModelSettings:
        """Let a purpose use an endpoint."""
        given = ModelPurposeIn(endpoint_id, more.pop("is_on", True), **more)
        async with self.models.database.transaction() as tx:
            return await endpoints.set_purpose(tx, name, given, by=ADMIN, now=self.models.clock.now())

    async def ready(self, **more: Any) -> ModelEndpoint:
        """An endpoint that the purpose of replies uses."""
        endpoint = await self.endpoint(**more)
        await self.purpose(endpoint.id)
        return endpoint

    async def ask(self, task: Task = TASK, **more: Any) -> Outcome[Colour]:
        """Ask for a colour."""
        return await ask(self.models, more.pop("purpose", "reply"), task, Colour, **more)

    async def state(self, endpoint_id: int) -> ModelEndpoint:
        """How an endpoint does."""
        async with self.models.database.transaction() as tx:
            return await queries.get_endpoint(tx, endpoint_id)

    async def spent(self, name: str = "reply") -> int:
        """Tokens that were spent on a purpose."""
        async with self.models.database.transaction() as tx:
            return await value(tx, int, "select tokens from model_spending where purpose = %(p)s", {"p": name}) or 0

    async def exchange(self) -> Any:
        """The newest exchange."""
        async with self.models.database.transaction() as tx:
            return await row(tx, Kept, "select * from model_exchange order by id desc limit 1")

    async def count(self) -> int:
        """How many exchanges are kept."""
        async with self.models.database.transaction() as tx:
            return await value(tx, int, "select count(*) from model_exchange") or 0


class Kept(Struct):
    """An exchange as it is kept."""

    id: int
    purpose: str
    state: str
    problem: str
    problem_detail: str
    request: list[dict[str, str]]
    attempts: list[dict[str, Any]]
    answer: str
    hidden: int
    injections: int
    tokens_in: int
    tokens_out: int
    micros: int
    ticket_id: int | None
    person_id: int | None


def models_on(database: Database, server: ModelServer, *, allow: tuple[str, ...] = ("127.0.0.1/32",)) -> Asked:
    """Models that may call loopback, and pause without waiting."""
    found = Asked(Models(database, KEYS, Clock(), Guard(allow)), server)

    async def pause(seconds: float) -> None:
        found.pauses.append(seconds)

    found.models.sleep = pause
    return found


__all__ = ["ADMIN", "TASK", "Asked", "Colour", "Path", "models_on", "said"]
