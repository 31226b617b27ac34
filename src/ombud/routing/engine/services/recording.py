"""The record of decisions: what happened to work, why, and who else could have had it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.shared.database import Transaction, draw_ids


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
        from unnest(%(ids)s::bigint[], %(tickets)s::bigint[], %(teams)s::bigint[], %(kinds)s::text[],
                    %(people)s::bigint[], %(steps)s::smallint[], %(scores)s::float8[], %(details)s::jsonb[])
            as n (id, ticket_id, team_id, kind, person_id, step, score, details)"""
    params = {
        "ids": ids,
        "tickets": [one.ticket_id for one in lines],
        "teams": [one.team_id for one in lines],
        "kinds": [one.kind for one in lines],
        "people": [one.person_id for one in lines],
        "steps": [one.step for one in lines],
        "scores": [one.score for one in lines],
        "details": [Jsonb(one.details) for one in lines],
        "now": now,
    }
    await tx.execute(sql, params)
    return ids
