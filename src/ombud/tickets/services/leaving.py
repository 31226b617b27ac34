"""What happens to the tickets of people who left."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, draw_ids, rows
from ombud.shared.events import emit_all
from ombud.tickets.events import TicketAssigned
from ombud.tickets.schemas import EntryDetails

REASON = "holder_left"


class _Held(Struct):
    id: int
    team_id: int
    assignee_id: int


async def release_tickets(tx: Transaction, person_ids: Collection[int], *, now: datetime) -> int:
    """Give the open tickets of people who left back to their teams, with the reason on each timeline; how many.

    Somebody who came back meanwhile keeps theirs.

    Emits: TicketAssigned
    """
    sql = """
        select t.id, t.team_id, t.assignee_id from ticket t join person p on p.id = t.assignee_id
        where t.assignee_id = any(%(people)s) and t.is_open and p.deactivated_at is not null
        order by t.id for update of t"""
    held = await rows(tx, _Held, sql, {"people": sorted(person_ids)})
    if not held:
        return 0
    entry_ids = await draw_ids(tx, "entry", len(held))
    sql = """
        insert into entry (id, ticket_id, kind, author_kind, at, details)
        select n.id, n.ticket_id, 'change', 'system', %(now)s, n.details
        from unnest(%(ids)s::bigint[], %(tickets)s::bigint[], %(details)s::jsonb[]) as n (id, ticket_id, details)"""
    tickets = [one.id for one in held]
    details = [Jsonb(msgspec.to_builtins(_change(one))) for one in held]
    await tx.execute(sql, {"ids": entry_ids, "tickets": tickets, "details": details, "now": now})
    sql = """
        update ticket set assignee_id = null, version = version + 1, activity_at = %(now)s
        where id = any(%(tickets)s)"""
    await tx.execute(sql, {"tickets": tickets, "now": now})
    facts = [
        TicketAssigned(
            ticket_id=one.id, team_id=one.team_id, entry_id=entry, from_id=one.assignee_id, to_id=None, reason=REASON
        )
        for one, entry in zip(held, entry_ids, strict=True)
    ]
    await emit_all(tx, facts, by=SYSTEM, at=now)
    return len(held)


def _change(ticket: _Held) -> EntryDetails:
    return EntryDetails(field="assignee", from_value=ticket.assignee_id, to_value=None, reason={"code": REASON})
