"""What a ticket is taken for: written by the machine, confirmed or corrected by people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from msgspec import UNSET

from ombud.assistance.classification import queries
from ombud.assistance.classification.events import LabelDecided, TicketClassified
from ombud.assistance.classification.queries import KeptLabel, Read
from ombud.assistance.classification.schemas import (
    FIXED,
    OF_FIELDS,
    OF_TICKET,
    Aspect,
    AspectSetting,
    LabelChoice,
    LabelState,
    TicketLabel,
    TicketLabels,
)
from ombud.fields.queries import list_fields
from ombud.intelligence.classification.schemas import Guess
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Invalid, NotFound, OmbudError
from ombud.shared.events import Event, emit
from ombud.tickets.queries.tickets import MergedTicket, lock_visible_ticket, require_visible
from ombud.tickets.schemas import LockedTicket, TicketPatch
from ombud.tickets.services.changes import change_ticket
from ombud.tickets.services.types import list_types

NORMAL: Final = 2
# What people said stays, whatever a machine thinks later.
DECIDED: Final = frozenset[LabelState]({"corrected", "confirmed"})


async def write_guesses(
    tx: Transaction,
    read: Read,
    guesses: Mapping[Aspect, tuple[Guess, int | None]],
    settings: Mapping[Aspect, AspectSetting],
    *,
    now: datetime,
) -> int:
    """Keep what a machine takes a ticket for, each with the head that said so; how many labels are other ones.

    What is sure enough is set on the ticket where nobody has said anything; the rest is proposed.

    Emits: TicketClassified, TicketChanged
    """
    try:
        ticket = await lock_visible_ticket(tx, read.id, by=SYSTEM)
    except (NotFound, MergedTicket):
        return 0
    known = {one.aspect: one for one in await queries.list_labels(tx, read.id)}
    changed: list[str] = []
    for aspect, (guess, version_id) in guesses.items():
        before = known.get(aspect)
        if before is not None and (before.state in DECIDED or _stays(before, aspect)):
            continue
        label = "" if guess.is_unknown else guess.label
        state = await _state(tx, ticket, aspect, guess, settings[aspect], now=now)
        if before is None or (before.label, before.state) != (label, state):
            changed.append(aspect)
        await _keep(tx, read.id, aspect, label, guess.confidence, state, version_id, now=now)
    if changed:
        fact = TicketClassified(ticket_id=ticket.id, team_id=ticket.team_id, fields=changed)
        await emit(tx, fact, by=SYSTEM, at=now)
    return len(changed)


def _stays(before: KeptLabel, aspect: Aspect) -> bool:
    # What a ticket is about is set once: it must not move to and fro with every message of a chat.
    return before.state == "set" and aspect in OF_TICKET


async def _state(
    tx: Transaction,
    ticket: LockedTicket,
    aspect: Aspect,
    guess: Guess,
    setting: AspectSetting,
    *,
    now: datetime,
) -> LabelState:
    if guess.is_unknown:
        return "unknown"
    if guess.confidence < setting.threshold:
        return "proposed"
    present = value_of(ticket, aspect, setting)
    if present == guess.label:
        return "set"
    if not is_free(aspect, present):
        return "proposed"
    try:
        # Inside a savepoint: a form that refuses the value must not take the other labels along.
        async with tx.transaction():
            await apply_label(tx, ticket.id, aspect, guess.label, setting, by=SYSTEM, now=now)
    except OmbudError:
        return "proposed"
    return "set"


def is_free(aspect: Aspect, present: str | None) -> bool:
    """Whether nobody has said anything of an aspect; the usual priority is what nobody chose."""
    return present is None or (aspect == "severity" and present == str(NORMAL))


def value_of(ticket: LockedTicket, aspect: Aspect, setting: AspectSetting) -> str | None:
    """What the ticket itself says of an aspect; None where nothing, or where the ticket has no place for it."""
    if aspect == "type":
        return None if ticket.type_id is None else str(ticket.type_id)
    if aspect == "severity":
        return str(ticket.priority)
    if aspect in OF_FIELDS and setting.field_key:
        found = ticket.fields.get(setting.field_key)
        return found if isinstance(found, str) and found else None
    return None


async def apply_label(
    tx: Transaction, ticket_id: int, aspect: Aspect, label: str, setting: AspectSetting, *, by: Actor, now: datetime
) -> None:
    """Write a label to the field of the ticket that it stands for; labels of ours stand for none.

    Raises:
        Invalid: the field does not take it.
    """
    patch = TicketPatch()
    if aspect == "type":
        patch.type_id = int(label)
    elif aspect == "severity":
        patch.priority = cast("Any", int(label))
    elif aspect in OF_FIELDS and setting.field_key:
        patch.fields = {setting.field_key: label}
    if (patch.type_id, patch.priority, patch.fields) != (UNSET, UNSET, UNSET):
        await change_ticket(tx, ticket_id, patch, by=by, now=now)


async def _keep(
    tx: Transaction,
    ticket_id: int,
    aspect: Aspect,
    label: str,
    confidence: float,
    state: LabelState,
    version_id: int | None,
    *,
    now: datetime,
) -> None:
    sql = """
        insert into ticket_label as l (ticket_id, aspect, label, confidence, guess, state, version_id, at)
        values (%(ticket)s, %(aspect)s, %(label)s, %(confidence)s, %(label)s, %(state)s, %(version)s, %(now)s)
        on conflict (ticket_id, aspect) do update set label = excluded.label, confidence = excluded.confidence,
            guess = excluded.guess, state = excluded.state, version_id = excluded.version_id, at = excluded.at
        where l.decided_at is null"""
    params = {"ticket": ticket_id, "aspect": aspect, "label": label, "confidence": confidence}
    await tx.execute(sql, params | {"state": state, "version": version_id, "now": now})


async def show_labels(tx: Transaction, ticket_id: int, *, by: Actor) -> TicketLabels:
    """What a ticket is taken for, and what else each aspect could be.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    shown = await require_visible(tx, ticket_id, by=by)
    settings = await queries.list_settings(tx)
    choices = await choices_of(tx, settings)
    kept = await queries.list_labels(tx, shown)
    items = [_shown(one, choices) for one in kept if settings[one.aspect].is_on or one.state in DECIDED]
    return TicketLabels(items, choices, await queries.is_waiting(tx, shown))


def _shown(one: KeptLabel, choices: Mapping[str, Sequence[LabelChoice]]) -> TicketLabel:
    named = next((choice for choice in choices.get(one.aspect, ()) if choice.value == one.label), None)
    return TicketLabel(
        ticket_id=one.ticket_id,
        aspect=one.aspect,
        label=one.label,
        name_en=named.name_en if named else one.label,
        name_zh=named.name_zh if named else one.label,
        confidence=one.confidence,
        guess=one.guess,
        state=one.state,
        at=one.at,
        decided_by=one.decided_by,
        decided_at=one.decided_at,
    )


async def choices_of(tx: Transaction, settings: Mapping[Aspect, AspectSetting]) -> dict[str, list[LabelChoice]]:
    """The labels that each aspect may have: the desk's types, the choices of its fields, and ours by their words."""
    found = {aspect: [LabelChoice(one, one, one) for one in labels] for aspect, labels in FIXED.items()}
    types = await list_types(tx)
    found["type"] = [LabelChoice(str(one.id), one.name_en, one.name_zh) for one in types if not one.is_archived]
    fields = {one.key: one for one in await list_fields(tx, "ticket") if not one.is_archived}
    for aspect in sorted(OF_FIELDS):
        field = fields.get(settings[aspect].field_key or "")
        choices = [one for one in field.options.choices if not one.is_archived] if field else []
        found[aspect] = [LabelChoice(one.value, one.name_en, one.name_zh) for one in choices]
    return {str(aspect): labels for aspect, labels in found.items()}


async def decide_label(
    tx: Transaction, ticket_id: int, aspect: Aspect, label: str, *, by: Actor, now: datetime
) -> TicketLabels:
    """Say what a ticket is in one aspect; the machine's own label confirms it, another corrects it.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
        Invalid: the aspect has no such label.

    Emits: LabelDecided, TicketChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    settings = await queries.list_settings(tx)
    known = (await choices_of(tx, settings))[aspect]
    if label not in {one.value for one in known}:
        raise Invalid("There is no such label. Choose one of the list.", fields={"label": "unknown"})
    await apply_label(tx, ticket.id, aspect, label, settings[aspect], by=by, now=now)
    await note_decision(tx, ticket, aspect, label, by=by, now=now)
    return await show_labels(tx, ticket_id, by=by)


async def note_decision(
    tx: Transaction, ticket: LockedTicket, aspect: Aspect, label: str, *, by: Actor, now: datetime
) -> None:
    """Keep that somebody decided an aspect; the same decision again changes nothing.

    Emits: LabelDecided
    """
    sql = """
        insert into ticket_label as l (ticket_id, aspect, label, state, at, decided_by, decided_at)
        values (%(ticket)s, %(aspect)s, %(label)s, 'corrected', %(now)s, %(by)s, %(now)s)
        on conflict (ticket_id, aspect) do update set label = excluded.label,
            state = case when l.guess = excluded.label then 'confirmed' else 'corrected' end,
            decided_by = excluded.decided_by, decided_at = excluded.decided_at
        where l.decided_at is null or l.label <> excluded.label
        returning state"""
    params = {"ticket": ticket.id, "aspect": aspect, "label": label, "by": by.person_id or None, "now": now}
    state = await value(tx, str, sql, params)
    if state is not None:
        fact = LabelDecided(ticket_id=ticket.id, team_id=ticket.team_id, fields=[aspect], state=cast("Any", state))
        await emit(tx, fact, by=by, at=now)


async def follow_change(tx: Transaction, event: Event, *, now: datetime) -> None:
    """Take what a person did to a ticket's own field as their word on the machine's label.

    Emits: LabelDecided
    """
    named = {str(one) for one in event.data.get("fields", ())}
    if event.actor_kind != "person" or not named:
        return
    settings = await queries.list_settings(tx)
    touched = [aspect for aspect in queries.USUAL_KEYS if f"fields.{settings[aspect].field_key}" in named]
    touched += ["type"] if named & {"type", "type_id"} else []
    touched += ["severity"] if "priority" in named else []
    if not touched:
        return
    try:
        ticket = await lock_visible_ticket(tx, event.ticket_id or 0, by=SYSTEM)
    except (NotFound, MergedTicket):
        return
    judged = {one.aspect for one in await queries.list_labels(tx, ticket.id)}
    by = Actor(kind="person", id=event.actor_id, team_ids=None)
    for aspect in touched:
        label = value_of(ticket, aspect, settings[aspect])
        if aspect in judged and label is not None:
            await note_decision(tx, ticket, aspect, label, by=by, now=now)
