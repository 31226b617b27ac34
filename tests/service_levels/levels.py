"""A desk with calendars and policies, whose log is read and whose clocks are taken at the test's own pace."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ombud.config.parts import Parts
from ombud.service_levels.queries import load_clocks
from ombud.service_levels.reactions import CLOCKS
from ombud.service_levels.schemas import CalendarIn, Clock, Policy, PolicyIn
from ombud.service_levels.services.calendars import make_calendar
from ombud.service_levels.services.firing import fire_due
from ombud.service_levels.services.policies import change_policy, make_policy
from ombud.service_levels.services.telling import Pager, tell_waiting
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.calendars.schemas import CalendarSpec
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from ombud.tickets.schemas import NoteIn, ReplyIn, TicketPatch
from ombud.tickets.services.changes import add_note, change_ticket
from ombud.tickets.services.replies import reply
from tests.accounts.desk import Outbox
from tests.desk import Desk
from tests.shared.calendars.made import CHINA
from tests.site import client_key

ALWAYS = CalendarSpec("UTC", {day: [("00:00", "24:00")] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
HALF_HOUR = {"metric": "first_response", "span": {"amount": 30, "unit": "natural_minutes"}}


def target(metric: str, amount: int, unit: str = "natural_minutes", **more: Any) -> dict[str, Any]:
    """A target as the API takes it."""
    return {"metric": metric, "span": {"amount": amount, "unit": unit}, **more}


class Levels:
    """A desk on which promises are kept by the clock."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.calendar_id = 0
        self.outbox = Outbox()
        self.pager = Pager(self.outbox, "https://desk.example")

    @property
    def parts(self) -> Parts:
        """The desk's parts."""
        return self.desk.parts

    async def begin(self, spec: CalendarSpec = CHINA) -> None:
        """A default calendar, and the reader at the head of the log."""
        self.calendar_id = await self.calendar(spec)
        async with self.parts.database.transaction() as tx:
            await register_reader(tx, CLOCKS)

    async def calendar(self, spec: CalendarSpec) -> int:
        """A new calendar."""
        async with self.parts.database.transaction() as tx:
            made = await make_calendar(tx, CalendarIn(spec, "Hours", "时间"), by=SYSTEM, now=self.desk.now)
        return made.id

    def policy_in(self, targets: Sequence[dict[str, Any]], **more: Any) -> PolicyIn:
        """A policy as entered."""
        whole = {"calendar_id": self.calendar_id, "targets": list(targets), "name_en": "Standard", **more}
        return msgspec.convert(whole, PolicyIn)

    async def policy(self, *targets: dict[str, Any], **more: Any) -> Policy:
        """A new policy behind the others."""
        async with self.parts.database.transaction() as tx:
            return await make_policy(tx, self.policy_in(targets, **more), by=SYSTEM, now=self.desk.now)

    async def change(self, policy_id: int, *targets: dict[str, Any], **more: Any) -> Policy:
        """Another version of a policy."""
        async with self.parts.database.transaction() as tx:
            return await change_policy(tx, policy_id, self.policy_in(targets, **more), by=SYSTEM, now=self.desk.now)

    async def ticket(self, text: str = "It leaks.", who: str = "c1", *, priority: int | None = None) -> int:
        """A new ticket by a customer's message, its clocks started."""
        channel = await self.desk.channel()
        await self.desk.deliver(channel, self.desk.message(text, who))
        ticket_id = (await self.desk.tickets())[-1]
        if priority is not None:
            await self.patch(ticket_id, priority=priority)
        await self.read()
        return ticket_id

    async def read(self) -> None:
        """Let the reader read what has happened."""
        async with self.parts.database.transaction() as tx:
            while await sequence_events(tx, now=self.desk.now):
                pass
        while (await read_batch(self.parts.database, CLOCKS, now=self.desk.now)).passed:
            pass

    async def asked(self, ticket_id: int, text: str = "And now?") -> None:
        """The customer writes again."""
        sql = "select channel_id, key from conversation where ticket_id = %(id)s"
        async with self.parts.database.transaction() as tx:
            channel_id, key = await (await tx.execute(sql, {"id": ticket_id})).fetchone() or (0, "")
        await self.desk.deliver(channel_id, self.desk.message(text, key))
        await self.read()

    async def told(self, ticket_id: int, by: Actor, *, undo_seconds: int | None = None) -> int:
        """An agent answers; gives the entry's id."""
        async with self.parts.database.transaction() as tx:
            data = ReplyIn("We see to it.", client_key(), force=True)
            entry = await reply(tx, ticket_id, data, by=by, now=self.desk.now, undo_seconds=undo_seconds)
        await self.read()
        return entry.id

    async def noted(self, ticket_id: int, by: Actor) -> None:
        """An agent writes an internal note."""
        async with self.parts.database.transaction() as tx:
            await add_note(tx, ticket_id, NoteIn("Asked the plant.", client_key()), by=by, now=self.desk.now)
        await self.read()

    async def patch(self, ticket_id: int, **changes: Any) -> None:
        """Fields of a ticket get other values."""
        async with self.parts.database.transaction() as tx:
            await change_ticket(tx, ticket_id, TicketPatch(**changes), by=SYSTEM, now=self.desk.now)
        await self.read()

    async def status(self, ticket_id: int, category: str) -> None:
        """The ticket goes into the usual status of a category."""
        sql = "select id from status where category = %(category)s and is_default"
        await self.patch(ticket_id, status_id=await self.desk.sql(sql, category=category))

    async def fire(self) -> None:
        """Take everything that is due."""
        while await fire_due(self.parts.database, self.pager, now=self.desk.now):
            pass
        async with self.parts.database.transaction() as tx:
            await tell_waiting(tx, now=self.desk.now)

    async def clocks(self, ticket_id: int) -> dict[str, Clock]:
        """A ticket's clocks by metric and round."""
        async with self.parts.database.transaction() as tx:
            found = await load_clocks(tx, [ticket_id])
        return {one.metric if one.round == 1 else f"{one.metric} {one.round}": one for one in found}

    async def kinds(self, only: Iterable[str] = ()) -> list[str]:
        """What the log says of clocks, in order."""
        found = [one for one in await self.desk.events() if one.kind.startswith("clock_")]
        return [
            f"{one.kind.removeprefix('clock_')} {one.data['metric']}" for one in found if not only or one.kind in only
        ]

    async def told_people(self, kind: str) -> list[int]:
        """Who was notified, in order."""
        async with self.parts.database.transaction() as tx:
            sql = "select person_id from notification where kind = %(kind)s order by id"
            return [row[0] for row in await (await tx.execute(sql, {"kind": kind})).fetchall()]

    async def due(self, ticket_id: int) -> datetime | None:
        """The ticket's next deadline."""
        found: datetime | None = await self.desk.column(ticket_id, "due_at")
        return found
