"""A desk for tests: the parts on a test's own database, with short ways to make people, channels, messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from ombud.accounts.permissions import ROLES
from ombud.channels.schemas import ChannelIn
from ombud.channels.services import add_channel
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.customers.schemas import Sender
from ombud.routing.floor.services.presence import choose_presence
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import rows, value, values
from ombud.shared.events import Event, events_after
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from ombud.tickets.queries.timeline import load_timeline
from ombud.tickets.schemas import Entry, InboundMessage
from ombud.tickets.search.reactions import SEARCH
from ombud.tickets.services.intake.door import Arrival, receive
from ombud.tickets.services.intake.work import take_in

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_numbers = count(1)


@dataclass
class Desk:
    """Parts and short ways; the clock stands still unless a test moves it."""

    parts: Parts
    now: datetime = START
    people: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts.clock.set(self.now)

    def later(self, **delta: float) -> datetime:
        """Move the clock."""
        self.now += timedelta(**delta)
        self.parts.clock.set(self.now)
        return self.now

    async def sql(self, text: str, **params: object) -> Any:
        """The first value of a statement."""
        async with self.parts.database.transaction() as tx:
            return (await values(tx, object, text, params) or [None])[0]

    async def run(self, text: str, **params: object) -> None:
        """Run a statement."""
        async with self.parts.database.transaction() as tx:
            await tx.execute(text, params)

    async def team(self, name: str, routing: str = "push") -> int:
        """A new team."""
        sql = "insert into team (name, routing, created_at) values (%(name)s, %(routing)s, %(now)s) returning id"
        return int(await self.sql(sql, name=name, routing=routing, now=self.now))

    async def person(
        self,
        name: str,
        *teams: int,
        role: str = "agent",
        everywhere: bool = False,
        capacity: int = 12,
        brands: list[int] | None = None,
    ) -> Actor:
        """A person in some teams (the first team when none is named), perhaps limited to brands, as an actor."""
        sql = """
            insert into person (email, name, display_name, role, sees_all_teams, capacity_points, brand_ids, created_at)
            values (%(email)s, %(name)s, %(name)s, %(role)s, %(everywhere)s, %(capacity)s, %(brands)s::bigint[],
                %(now)s) returning id"""
        params = {"email": f"{name.lower()}{next(_numbers)}@desk.example", "name": name, "role": role}
        person_id = await self.sql(sql, **params, everywhere=everywhere, capacity=capacity, brands=brands, now=self.now)
        for team in teams or (1,):
            await self.run("insert into membership values (%(team)s, %(person)s)", team=team, person=person_id)
        team_ids = None if everywhere else frozenset(teams or (1,))
        seen = None if brands is None else frozenset(brands)
        return Actor("person", person_id, name, ROLES[role], team_ids, brand_ids=seen)  # type: ignore[index]

    async def online(self, *people: Actor) -> None:
        """These people are there."""
        async with self.parts.database.transaction() as tx:
            for one in people:
                await choose_presence(tx, "online", by=one, now=self.now)

    async def brand(self, name: str) -> int:
        """A new brand."""
        sql = "insert into brand (name, created_at) values (%(name)s, %(now)s) returning id"
        return int(await self.sql(sql, name=name, now=self.now))

    async def channel(self, kind: str = "api", team: int = 1, brand: int = 1, **settings: Any) -> int:
        """A channel of a kind."""
        data = ChannelIn(kind, f"{kind} {next(_numbers)}", brand, team, settings)  # type: ignore[arg-type]
        async with self.parts.database.transaction() as tx:
            made = await add_channel(tx, data, keys=self.parts.key_ring, by=SYSTEM, now=self.now)
        return made.id

    def message(self, text: str = "The machine leaks.", who: str = "c1", **more: Any) -> InboundMessage:
        """A message of an API or chat customer; the conversation is the customer's."""
        sender = more.pop("sender", None) or Sender("external", who, name=who.title())
        more.setdefault("conversation", who)
        return InboundMessage(sender=sender, text=text, at=self.now, **more)

    def mail(self, text: str = "Please help.", address: str = "rosa@example.com", **more: Any) -> InboundMessage:
        """A message as the mail reader builds it."""
        sender = Sender("email", address, name=address.partition("@")[0].title(), email=address)
        more.setdefault("message_id", f"m{next(_numbers)}@example.com")
        return InboundMessage(sender=more.pop("sender", sender), text=text, at=self.now, **more)

    async def deliver(self, channel_id: int, *messages: InboundMessage, keys: list[str] | None = None) -> None:
        """Put messages at the door and take them in."""
        names = keys or [f"k{next(_numbers)}" for _ in messages]
        arrivals = [Arrival(channel_id, key, one) for key, one in zip(names, messages, strict=True)]
        async with self.parts.database.transaction() as tx:
            await receive(tx, arrivals, now=self.now)
        while await take_in(self.parts.database, self.parts.clock):
            pass

    async def events(self, *kinds: str) -> list[Event]:
        """Everything in the log so far, of some kinds."""
        async with self.parts.database.transaction() as tx:
            while await sequence_events(tx, now=self.now):
                pass
        async with self.parts.database.transaction() as tx:
            found = await events_after(tx, 0, limit=10_000)
        return [one for one in found if not kinds or one.kind in kinds]

    async def index(self) -> None:
        """Let the search read what has happened, as the worker does within a second."""
        async with self.parts.database.transaction() as tx:
            await register_reader(tx, SEARCH)
            while await sequence_events(tx, now=self.now):
                pass
        while (await read_batch(self.parts.database, SEARCH, now=self.now)).passed:
            pass

    async def tickets(self) -> list[int]:
        """Ids of all tickets, oldest first."""
        async with self.parts.database.transaction() as tx:
            return await values(tx, int, "select id from ticket order by id")

    async def timeline(self, ticket_id: int) -> list[Entry]:
        """A ticket's timeline."""
        async with self.parts.database.transaction() as tx:
            return (await load_timeline(tx, ticket_id, now=self.now, before=None, after=None, limit=100)).items

    async def column(self, ticket_id: int, name: str) -> Any:
        """One column of a ticket."""
        return await self.sql(f"select {name} from ticket where id = %(id)s", id=ticket_id)


@asynccontextmanager
async def desk_on(database_url: str, folder: Path) -> AsyncIterator[Desk]:
    """A desk on a database, its clock standing still."""
    settings = Settings(data=folder, database_url=database_url, undo_seconds=10)
    parts = Parts.build(settings, max_connections=8)
    await parts.database.open()
    try:
        yield Desk(parts)
    finally:
        await parts.database.close()


__all__ = ["START", "Desk", "rows", "value"]
