"""The event log: facts that verbs announce, inside their transaction, once.

A fact holds ids and enumerations only, never what a customer wrote. It is left in ``event_new``; the
sequencer moves it to ``event`` with the number that is every reader's cursor.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, value


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=_snake):
    """Something that happened. Subclasses stand in a room's ``events.py``; their kind is their name in snake case."""

    ticket_id: int | None = None
    team_id: int | None = None

    @classmethod
    def kind_name(cls) -> str:
        """The kind under which the log keeps it."""
        return cls.__struct_config__.tag  # type: ignore[return-value]  # ours is always a text


class Event(msgspec.Struct, frozen=True):
    """One numbered row of the log."""

    seq: int
    kind: str
    ticket_id: int | None
    team_id: int | None
    actor_kind: str
    actor_id: int | None
    at: datetime
    data: dict[str, Any]


async def emit(tx: Transaction, fact: Fact, *, by: Actor, at: datetime) -> None:
    """Announce one fact; it is seen by readers only if the transaction commits."""
    await emit_all(tx, [fact], by=by, at=at)


async def emit_all(tx: Transaction, facts: Iterable[Fact], *, by: Actor, at: datetime) -> None:
    """Announce many facts in one statement, kept in their order."""
    wanted = list(facts)
    if not wanted:
        return
    sql = """
        insert into event_new (kind, ticket_id, team_id, actor_kind, actor_id, at, data)
        select f.kind, f.ticket_id, f.team_id, %(actor_kind)s, %(actor_id)s, %(at)s,
            f.data::jsonb - '{kind,ticket_id,team_id}'::text[]
        from unnest(%(kinds)s::text[], %(tickets)s::bigint[], %(teams)s::bigint[], %(data)s::text[])
            with ordinality as f (kind, ticket_id, team_id, data, place)
        order by f.place"""
    params = {
        "kinds": [fact.kind_name() for fact in wanted],
        "tickets": [fact.ticket_id for fact in wanted],
        "teams": [fact.team_id for fact in wanted],
        "data": [msgspec.json.encode(fact).decode() for fact in wanted],
        "actor_kind": by.kind,
        "actor_id": by.id,
        "at": at,
    }
    await tx.execute(sql, params)


async def events_after(tx: Transaction, seq: int, *, limit: int) -> list[Event]:
    """The next ``limit`` events behind a cursor, oldest first."""
    sql = """
        select seq, kind, ticket_id, team_id, actor_kind, actor_id, at, data
        from event where seq > %(seq)s order by seq limit %(limit)s"""
    return await rows(tx, Event, sql, {"seq": seq, "limit": limit})


async def head(tx: Transaction) -> int:
    """The number of the newest event."""
    return await value(tx, int, "select seq from event_head") or 0
