"""Turns events about tickets into frames for agents' screens: each changed ticket and entry is read once."""

from collections.abc import Sequence

from ombud.realtime.schemas import Frame
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.tickets.queries.lists import Place, load_rows, places_of
from ombud.tickets.queries.timeline import load_entries
from ombud.tickets.schemas import Entry, GoneFrame, Notification, TicketFrame, TicketRow
from ombud.tickets.services.drafts import load_notifications

# Events that two tickets hear: where the other one's number stands.
OTHERS = {
    "ticket_merged": "source_id",
    "ticket_unmerged": "source_id",
    "ticket_split": "new_id",
    "ticket_linked": "other_id",
    "ticket_unlinked": "other_id",
}


async def ticket_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """Frames for a batch of events: one for each ticket and kind, with the ticket's row and the entries it is about.

    Each kind has a frame of its own because screens act by kind: an assignment must not hide a message.
    """
    groups = _groups(events)
    found = {row.id: row for row in await load_rows(tx, sorted({ticket_id for ticket_id, _, _ in groups}))}
    wanted = [entry_id for group in groups.values() for event in group for entry_id in _entry_ids(event)]
    loaded = {entry.id: entry for entry in await load_entries(tx, wanted, now=utc_now())} if wanted else {}
    frames = [
        _frame(group, found[ticket_id], loaded) for (ticket_id, _, _), group in groups.items() if ticket_id in found
    ]
    return [*_gone(events, found), *frames]


def _groups(events: Sequence[Event]) -> dict[tuple[int, str, int], list[Event]]:
    groups: dict[tuple[int, str, int], list[Event]] = {}
    for event in events:
        if event.ticket_id is None or event.kind == "notification_made":
            continue
        # A frame has room for one reply that was taken back.
        apart = event.seq if event.kind == "reply_undone" else 0
        groups.setdefault((event.ticket_id, event.kind, apart), []).append(event)
        if event.kind in OTHERS:
            groups.setdefault((int(event.data[OTHERS[event.kind]]), event.kind, apart), []).append(event)
    return groups


def _entry_ids(event: Event) -> list[int]:
    ids = [event.data.get("entry_id"), *event.data.get("entry_ids", ())]
    return [one for one in ids if isinstance(one, int)]


def _frame(group: list[Event], row: TicketRow, loaded: dict[int, Entry]) -> Frame:
    # The team is the row's of this moment, not the event's: rights are checked at delivery.
    ids = dict.fromkeys(entry_id for event in group for entry_id in _entry_ids(event))
    entries = [loaded[one] for one in ids if one in loaded and loaded[one].ticket_id == row.id]
    first = group[0]
    undone = first.data.get("entry_id") if first.kind == "reply_undone" else None
    data = TicketFrame(first.kind, row, entries, undone)
    return Frame("ticket", data, seq=first.seq, last=group[-1].seq, team_id=row.team_id, brand_id=row.brand_id)


def _gone(events: Sequence[Event], found: dict[int, TicketRow]) -> list[Frame]:
    # Whoever sees the team where the ticket is now keeps it, whatever ways it went.
    return [
        Frame(
            "gone",
            GoneFrame(event.ticket_id or 0),
            seq=event.seq,
            team_id=int(event.data["from_team_id"]),
            brand_id=found[event.ticket_id].brand_id,
            unless_team_id=found[event.ticket_id].team_id,
        )
        for event in events
        if event.kind == "ticket_moved" and event.ticket_id in found
    ]


async def notification_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """New notifications, each for the one person it is for, as long as they see the ticket that it names."""
    made = {int(event.data["notification_id"]): event for event in events if event.kind == "notification_made"}
    if not made:
        return []
    found = await load_notifications(tx, list(made))
    places = await places_of(tx, sorted({one.ticket_id for one in found if one.ticket_id is not None}))
    return [_told(one, made[one.id], places.get(one.ticket_id or 0)) for one in found]


def _told(one: Notification, event: Event, place: Place | None) -> Frame:
    return Frame(
        "notification",
        one,
        seq=event.seq,
        person_id=int(event.data["person_id"]),
        team_id=place.team_id if place else None,
        brand_id=place.brand_id if place else None,
    )
