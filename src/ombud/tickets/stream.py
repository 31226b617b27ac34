"""Turns events about tickets into frames for agents' screens: each changed ticket and entry is read once."""

from collections.abc import Sequence

import msgspec

from ombud.realtime.schemas import Frame
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.tickets.queries.lists import load_rows
from ombud.tickets.queries.timeline import load_entries
from ombud.tickets.schemas import Entry, TicketRow
from ombud.tickets.services.drafts import load_notifications


async def ticket_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """One frame for each ticket that a batch of events touches, with its row and the entries that are new or changed."""
    newest: dict[int, Event] = {}
    entries: dict[int, list[int]] = {}
    for event in events:
        if event.ticket_id is None or event.kind == "notification_made":
            continue
        newest[event.ticket_id] = event
        entries.setdefault(event.ticket_id, []).extend(_entry_ids(event))
    if not newest:
        return _gone(events)
    rows = await load_rows(tx, list(newest))
    wanted = [entry_id for ids in entries.values() for entry_id in ids]
    loaded = {entry.id: entry for entry in await load_entries(tx, wanted, now=utc_now())}
    frames = [_frame(newest[row.id], row, [loaded[one] for one in entries[row.id] if one in loaded]) for row in rows]
    return [*_gone(events), *frames]


def _entry_ids(event: Event) -> list[int]:
    ids = [event.data.get("entry_id"), *event.data.get("entry_ids", ())]
    return [one for one in ids if isinstance(one, int)]


def _frame(event: Event, row: TicketRow, entries: list[Entry]) -> Frame:
    # The team is the row's of this moment, not the event's: rights are checked at delivery.
    undone = event.data.get("entry_id") if event.kind == "reply_undone" else None
    data = {"kind": event.kind, "ticket": row, "entries": entries, "undone_entry_id": undone}
    return Frame("ticket", data, seq=event.seq, team_id=row.team_id)


def _gone(events: Sequence[Event]) -> list[Frame]:
    return [
        Frame(
            "gone",
            {"ticket_id": event.ticket_id},
            seq=event.seq,
            team_id=int(event.data["from_team_id"]),
            unless_team_id=event.team_id,
        )
        for event in events
        if event.kind == "ticket_moved"
    ]


async def notification_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """New notifications, each for the one person it is for."""
    made = {int(event.data["notification_id"]): event for event in events if event.kind == "notification_made"}
    if not made:
        return []
    return [
        Frame(
            "notification",
            msgspec.to_builtins(one),
            seq=made[one.id].seq,
            person_id=int(made[one.id].data["person_id"]),
        )
        for one in await load_notifications(tx, list(made))
    ]
