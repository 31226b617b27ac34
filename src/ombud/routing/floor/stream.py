"""What screens hear of the floor: who is there, what to load again, and what was said to them alone."""

from collections.abc import Sequence
from typing import Literal

from ombud.realtime.schemas import Frame
from ombud.routing.floor.schemas import FloorFrame, PresenceFrame
from ombud.routing.floor.services.whispers import load_words
from ombud.shared.database import Transaction, values
from ombud.shared.events import Event

# Which list whoever leads the team loads again.
LISTS: dict[str, Literal["hands", "alarms", "duty", "rules"]] = {
    "hand_raised": "hands",
    "hand_changed": "hands",
    "alarm_raised": "alarms",
    "alarm_changed": "alarms",
    "duty_note_changed": "duty",
    "handover_changed": "duty",
    "floor_rules_changed": "rules",
}
OWN = frozenset({"presence_changed", "break_changed", "agent_suspended", "suspension_lifted", "floor_rules_changed"})
LEADS = "floor.lead"


async def floor_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """Frames for a batch of events: for each team and list one, for each person concerned one."""
    frames = [
        Frame("presence", PresenceFrame(event.data["person_id"], event.data["state"]), event.seq, is_for_all=True)
        for event in events
        if event.kind == "presence_changed"
    ]
    own = [event for event in events if event.kind in OWN]
    if own:
        frames += await _own_frames(tx, own)
    lists = [event for event in events if event.kind in LISTS]
    frames += _list_frames(lists) if lists else []
    whispers = [event for event in events if event.kind == "whisper_sent"]
    return [*frames, *(await _whisper_frames(tx, whispers) if whispers else [])]


async def _own_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    """Whose own state is another; when the queue for breaks moves, all who wait in it have another place."""
    told = {int(event.data["person_id"]): event.seq for event in events if "person_id" in event.data}
    frames = []
    if any(event.kind in {"break_changed", "floor_rules_changed"} for event in events):
        last = events[-1].seq
        sql = "select person_id from break_request where state in ('asked', 'waiting', 'granted')"
        told = dict.fromkeys(await values(tx, int, sql), last) | told
        frames = await _led_frames(tx, list(told), last)
    return [*frames, *(Frame("floor", FloorFrame("me"), seq, person_id=one) for one, seq in told.items())]


async def _led_frames(tx: Transaction, person_ids: list[int], seq: int) -> list[Frame]:
    sql = "select distinct team_id from membership where person_id = any(%(ids)s) order by 1"
    teams = await values(tx, int, sql, {"ids": person_ids})
    return [Frame("floor", FloorFrame("breaks", one), seq, team_id=one, needs=LEADS) for one in teams]


def _list_frames(events: Sequence[Event]) -> list[Frame]:
    last = {(LISTS[event.kind], event.team_id): event for event in events if event.team_id is not None}
    frames = []
    for (what, team_id), event in last.items():
        # Anybody may know an answer; who is asked is looked up when the list is loaded.
        needs = "presence.own" if what == "hands" else LEADS
        frames.append(Frame("floor", FloorFrame(what, team_id), event.seq, team_id=team_id, needs=needs))
    raisers = {int(event.data["person_id"]): event for event in events if event.kind == "hand_changed"}
    frames += [Frame("floor", FloorFrame("hands"), event.seq, person_id=one) for one, event in raisers.items()]
    return frames


async def _whisper_frames(tx: Transaction, events: Sequence[Event]) -> list[Frame]:
    seqs = {int(event.data["whisper_id"]): event.seq for event in events}
    words = await load_words(tx, list(seqs))
    return [
        Frame("whisper", word, seqs[word.id], person_id=one) for word in words for one in {word.from_id, word.to_id}
    ]
