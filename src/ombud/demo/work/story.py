"""One ticket of the demo desk on which people work, step by step, each at a moment after the one before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from msgspec import Struct

from ombud.demo.work.cast import Cast
from ombud.processes import queries
from ombud.processes.schemas import AdvanceIn, Answers, SolutionIn, SolutionOutcome
from ombud.processes.services import running, updates, working
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, value
from ombud.teamwork.schemas import ReasonIn, UrgeIn
from ombud.teamwork.services.urging import urge_ticket
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import ReplyIn, TicketPatch
from ombud.tickets.services.changes import change_ticket
from ombud.tickets.services.replies import reply


class Matter(Struct):
    """An open ticket, and in which language its customer speaks."""

    id: int
    locale: str


class Story:
    """A ticket and the moment that its story has come to."""

    def __init__(self, tx: Transaction, cast_: Cast, matter: Matter, now: datetime) -> None:
        self.tx, self.cast, self.ticket, self.now = tx, cast_, matter.id, now
        self._is_zh = matter.locale == "zh-CN"
        self._replies = 0

    def say(self, zh: str, en: str) -> str:
        """The words in the customer's language."""
        return zh if self._is_zh else en

    def later(self, minutes: float) -> datetime:
        """Go on in time."""
        self.now += timedelta(minutes=minutes)
        return self.now

    async def begin(self, type_id: int) -> None:
        """Give the ticket a type that has a process, and begin that."""
        patch = TicketPatch(type_id=type_id)
        await change_ticket(self.tx, self.ticket, patch, by=self.cast.you, now=self.now)
        ticket = await lock_visible_ticket(self.tx, self.ticket, by=SYSTEM)
        await running.start_run(self.tx, ticket, now=self.now)

    async def answer(self, **answers: Any) -> None:
        """Fill in the form of the stage."""
        await working.answer(self.tx, self.ticket, Answers(answers), by=self.cast.you, now=self.later(6))

    async def reply(self, zh: str, en: str, *, by: Actor | None = None) -> None:
        """Write to the customer; it has left."""
        self._replies += 1
        data = ReplyIn(self.say(zh, en), f"demo-work-{self.ticket}-{self._replies}", force=True)
        who = by or self.cast.you
        sent = await reply(self.tx, self.ticket, data, by=who, now=self.later(4), undo_seconds=None)
        sql = "update outbox set state = 'sent', sent_at = %(now)s where entry_id = %(id)s and state = 'queued'"
        await self.tx.execute(sql, {"now": self.now, "id": sent.id})
        ticket = await lock_visible_ticket(self.tx, self.ticket, by=SYSTEM)
        await updates.hear_reply(self.tx, ticket, at=self.now, now=self.now)

    async def go_on(self) -> None:
        """Go on to the next stage."""
        await running.advance(self.tx, self.ticket, AdvanceIn(), by=self.cast.you, now=self.later(2))

    async def fail(self, zh: str, en: str) -> None:
        """Try a solution that does not help."""
        text = SolutionIn(self.say(zh, en))
        made = await working.try_solution(self.tx, self.ticket, text, by=self.cast.you, now=self.later(20))
        outcome = SolutionOutcome("failed")
        await working.set_outcome(self.tx, self.ticket, made, outcome, by=self.cast.you, now=self.later(15))

    async def miss(self) -> bool:
        """Let the time of the stage pass; whether it is over by now."""
        run = await queries.open_run(self.tx, self.ticket)
        visit = await queries.open_visit(self.tx, run.id) if run else None
        if visit is None or visit.due_at is None:
            return False
        self.now = visit.due_at
        ticket = await lock_visible_ticket(self.tx, self.ticket, by=SYSTEM)
        await running.be_late(self.tx, ticket, visit.id, now=self.now)
        return True

    async def urge(self, zh: str, en: str) -> None:
        """The customer asks again."""
        await urge_ticket(self.tx, self.ticket, UrgeIn(self.say(zh, en)), by=self.cast.you, now=self.later(30))

    async def tasks(self) -> Sequence[int]:
        """Ids of the tasks that are not done."""
        sql = """
            select coalesce(array_agg(id order by id), '{}') from task
            where ticket_id = %(id)s and ended_at is null"""
        return cast("list[int]", await value(self.tx, list, sql, {"id": self.ticket}) or [])


def because(text: str) -> ReasonIn:
    """A reason."""
    return ReasonIn(text)
