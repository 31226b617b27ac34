"""What the demo desk's customers wrote of risks lately, and what its people said of some of it."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.intelligence.risk.services import find_risks, phrase_of
from ombud.shared.database import Transaction, rows

SINCE = timedelta(days=14)
# One alert in so many was called false, and one in so many confirmed, by whoever holds the ticket.
FALSE, CONFIRMED = 9, 4


class _Said(Struct):
    id: int
    ticket_id: int
    text: str
    at: datetime
    assignee_id: int | None


class _Row(Struct):
    ticket_id: int
    entry_id: int
    kind: str
    starts: int
    ends: int
    words: str
    phrase: str
    at: datetime
    state: str = "open"
    decided_by: int | None = None
    decided_at: datetime | None = None


async def make_risks(tx: Transaction, *, now: datetime) -> int:
    """Keep the alerts of the last days' messages, as if they had been looked at when they came; how many."""
    sql = """
        select e.id, e.ticket_id, e.text, e.at, t.assignee_id from public_entry e join ticket t on t.id = e.ticket_id
        where e.direction = 'in' and e.author_kind = 'customer' and e.at > %(since)s order by e.id"""
    found = [row for said in await rows(tx, _Said, sql, {"since": now - SINCE}) for row in _rows(said)]
    for place, one in enumerate(found):
        _decide(one, place)
    names = ", ".join(_Row.__struct_fields__)
    sql = f"""
        insert into risk_alert ({names}) select {names} from jsonb_to_recordset(%(rows)s) as r (
            ticket_id bigint, entry_id bigint, kind text, starts int, ends int, words text, phrase text,
            at timestamptz, state text, decided_by bigint, decided_at timestamptz)"""
    await tx.execute(sql, {"rows": Jsonb([msgspec.to_builtins(one) for one in found])})
    return len(found)


def _rows(said: _Said) -> list[_Row]:
    return [
        _Row(
            said.ticket_id,
            said.id,
            one.kind,
            one.start,
            one.end,
            said.text[one.start : one.end],
            phrase_of(said.text[one.start : one.end]),
            said.at,
            decided_by=said.assignee_id,
        )
        for one in find_risks(said.text)
    ]


def _decide(one: _Row, place: int) -> None:
    if one.decided_by is not None and place % CONFIRMED == 0:
        one.state, one.decided_at = "confirmed", one.at + timedelta(minutes=7)
    elif one.decided_by is not None and place % FALSE == 1:
        one.state, one.decided_at = "false_alarm", one.at + timedelta(minutes=3)
    else:
        one.decided_by = None
