"""What happens to the tickets of people who left."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, draw_ids, rows
from ombud.shared.events import emit_all
from ombud.tickets.events import TicketAssigned
from ombud.tickets.schemas import EntryDetails, Reason

REASON = "holder_left"
# Longer than the page offers to undo it.
GRACE = timedelta(seconds=15)


class _Held(Struct):
    id: int
    team_id: int
    assignee_id: int


async def release_tickets(tx: Transaction, *, now: datetime, limit: int = 500) -> int:
    """Give open tickets of people who left back to their teams, with the reason on each timeline; how many.

    Not at once: whoever is deactivated by mistake and comes back within ``GRACE`` keeps theirs.

    Emits: TicketAssigned
    """
    # Two branches, because each has its own index.
    sql = """
        with gone as (select id from person where deactivated_at <= %(before)s),
        held as (
            select t.id from gone g join ticket t on t.assignee_id = g.id where t.is_open and t.snoozed_until is null
            union all
            select t.id from gone g join ticket t on t.assignee_id = g.id where t.snoozed_until is not null
        )
        select t.id, t.team_id, t.assignee_id from ticket t
        where t.id in (select id from held limit %(limit)s) and t.is_open and t.assignee_id in (select id from gone)
        order by t.id for update of t"""
    held = await rows(tx, _Held, sql, {"before": now - GRACE, "limit": limit})
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
    return EntryDetails(field="assignee", from_value=ticket.assignee_id, to_value=None, reason=Reason(REASON))
