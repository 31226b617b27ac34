"""The record of decisions: what happened to work, why, and who else could have had it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from psycopg.types.json import Jsonb

from ombud.shared.database import Transaction, draw_ids

# What was weighed for each ticket: half a year of it answers complaints, more only grows.
KEPT = timedelta(days=180)


class Line(Struct, kw_only=True):
    """One line of the record."""

    ticket_id: int
    team_id: int
    kind: str
    person_id: int | None = None
    step: int | None = None
    score: float | None = None
    details: dict[str, Any] = {}


async def write_lines(tx: Transaction, lines: Sequence[Line], *, now: datetime) -> list[int]:
    """Write lines of the record in their order; gives their numbers."""
    if not lines:
        return []
    ids = await draw_ids(tx, "routing_decision", len(lines))
    sql = """
        insert into routing_decision (id, ticket_id, team_id, at, kind, person_id, step, score, details)
        select n.id, n.ticket_id, n.team_id, %(now)s, n.kind, n.person_id, n.step, n.score, n.details
        from jsonb_to_recordset(%(lines)s) as n (id bigint, ticket_id bigint, team_id bigint, kind text,
            person_id bigint, step smallint, score float8, details jsonb)"""
    # One parameter for all: lists of texts are escaped item by item.
    texts = [{"id": each, **asdict(one)} for each, one in zip(ids, lines, strict=True)]
    await tx.execute(sql, {"lines": Jsonb(texts), "now": now})
    return ids


async def forget_decisions(tx: Transaction, *, now: datetime) -> None:
    """Forget lines after half a year, with their offers; who got the ticket and why stays on its timeline."""
    await tx.execute("delete from routing_decision where at < %(before)s", {"before": now - KEPT})
