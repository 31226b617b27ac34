"""What a complaint is closed with: solution, cause, responsibility, verdict, compensation, follow-up, lesson.

Nothing has a default: what nobody has said is missing, and a ticket whose type asks for it is not closed without.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, value
from ombud.shared.errors import Invalid, Unprocessable
from ombud.shared.events import emit
from ombud.tickets.events import ClosingChanged
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.timeline import add_change

Verdict = Literal["upheld", "partly", "not_upheld"]
FollowUp = Literal["satisfied", "fairly_satisfied", "dissatisfied", "unsolved", "unreached", "refused"]
Words = Annotated[str, Meta(max_length=2_000)]


class ClosingMissing(Unprocessable):
    """This type of ticket is closed with everything said. Fill in what is named under Closing."""

    code = "closing_missing"


class ProcessOpen(Unprocessable):
    """The ticket's process has stages left. Finish them, then close the ticket."""

    code = "process_open"


class ClosingPatch(Struct, forbid_unknown_fields=True):
    """What is said of the end; null takes it back. Responsible is a team of the desk or somebody outside it."""

    solution: Words | UnsetType | None = UNSET
    cause: Words | UnsetType | None = UNSET
    responsible_team_id: int | UnsetType | None = UNSET
    responsible_other: Annotated[str, Meta(max_length=200)] | UnsetType | None = UNSET
    verdict: Verdict | UnsetType | None = UNSET
    has_compensation: bool | UnsetType | None = UNSET
    compensation_cents: Annotated[int, Meta(ge=1, le=10**12)] | UnsetType | None = UNSET
    compensation_currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | UnsetType | None = UNSET
    follow_up: FollowUp | UnsetType | None = UNSET
    lesson: Words | UnsetType | None = UNSET


class Closing(Struct):
    """What was said so far, whether the type asks for it, and what is missing then."""

    solution: str | None = None
    cause: str | None = None
    responsible_team_id: int | None = None
    responsible_other: str | None = None
    verdict: Verdict | None = None
    has_compensation: bool | None = None
    compensation_cents: int | None = None
    compensation_currency: str | None = None
    follow_up: FollowUp | None = None
    lesson: str | None = None
    is_needed: bool = False
    missing: list[str] = []


NAMES = tuple(ClosingPatch.__struct_fields__)
# A lesson is written where there is one to learn.
DEMANDED = ("solution", "cause", "responsible", "verdict", "compensation", "follow_up")


def missing_of(said: Closing) -> list[str]:
    """What is not said yet of what every closing says."""
    has = {
        "solution": bool(said.solution),
        "cause": bool(said.cause),
        "responsible": bool(said.responsible_team_id or said.responsible_other),
        "verdict": said.verdict is not None,
        "compensation": said.has_compensation is False or bool(said.has_compensation and said.compensation_cents),
        "follow_up": said.follow_up is not None,
    }
    return [name for name in DEMANDED if not has[name]]


async def load_closing(tx: Transaction, ticket_id: int, type_id: int | None) -> Closing:
    """What a ticket is closed with, as far as it is said."""
    sql = f"select {', '.join(NAMES)} from closing where ticket_id = %(id)s"
    said = await row(tx, Closing, sql, {"id": ticket_id}) or Closing()
    said.missing = missing_of(said)
    said.is_needed = bool(
        await value(tx, bool, "select needs_closing from ticket_type where id = %(id)s", {"id": type_id})
    )
    return said


async def change_closing(tx: Transaction, ticket_id: int, patch: ClosingPatch, *, by: Actor, now: datetime) -> Closing:
    """Say what a ticket is closed with, piece by piece; the same again changes nothing.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        Invalid: no such team, or money without an amount.

    Emits: ClosingChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    before = await load_closing(tx, ticket_id, ticket.type_id)
    given = {name: new for name, new in msgspec.structs.asdict(patch).items() if new is not UNSET}
    wanted: dict[str, Any] = {
        name: (new.strip() or None) if isinstance(new, str) else new for name, new in given.items()
    }
    changes = {name: new for name, new in wanted.items() if getattr(before, name) != new}
    if changes.get("has_compensation") is False:
        changes |= {"compensation_cents": None, "compensation_currency": None}
    if not changes:
        return before
    await _check_team(tx, changes.get("responsible_team_id"))
    names = ", ".join(changes)
    sets = ", ".join(f"{name} = excluded.{name}" for name in changes)
    sql = f"""
        insert into closing (ticket_id, {names}, changed_by, changed_at)
        values (%(ticket)s, {", ".join(f"%({name})s" for name in changes)}, %(by)s, %(now)s)
        on conflict (ticket_id) do update
        set {sets}, changed_by = excluded.changed_by, changed_at = excluded.changed_at"""
    await tx.execute(sql, {**changes, "ticket": ticket_id, "by": by.person_id or None, "now": now})
    told = {name: new for name, new in changes.items() if new is not None}
    entry_id = await add_change(tx, ticket, "closing", None, told, by=by, now=now)
    fact = ClosingChanged(ticket_id=ticket_id, team_id=ticket.team_id, entry_id=entry_id, fields=sorted(changes))
    await emit(tx, fact, by=by, at=now)
    return await load_closing(tx, ticket_id, ticket.type_id)


async def _check_team(tx: Transaction, team_id: int | None) -> None:
    sql = "select exists (select from team where id = %(id)s)"
    if team_id is not None and not await value(tx, bool, sql, {"id": team_id}):
        raise Invalid("There is no such team.", fields={"responsible_team_id": "unknown"})


async def check_closing(tx: Transaction, ticket: LockedTicket, changes: Mapping[str, Any], category: str) -> None:
    """Refuse to close a ticket whose type asks for more than was said, or whose process goes on.

    What the customer took back is closed as it is.

    Raises:
        ClosingMissing: something of it is not said.
        ProcessOpen: stages are left.
    """
    if category != "closed" or ticket.category == "closed":
        return
    if await value(tx, bool, "select true from withdrawal where ticket_id = %(id)s", {"id": ticket.id}):
        return
    sql = "select exists (select from process_run where ticket_id = %(id)s and ended_at is null)"
    if await value(tx, bool, sql, {"id": ticket.id}):
        raise ProcessOpen
    said = await load_closing(tx, ticket.id, changes.get("type_id", ticket.type_id))
    if said.is_needed and said.missing:
        raise ClosingMissing(
            f"Not said yet: {', '.join(said.missing)}.", fields=dict.fromkeys(said.missing, "required")
        )
