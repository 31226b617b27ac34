"""Facts of the floor. Ids and enumerations only: what was said, and why somebody takes a break, is in no event."""

from typing import Literal

from ombud.shared.events import Fact


class PresenceChanged(Fact, frozen=True, kw_only=True):
    """A person is in another state, by choice, by silence or because a span was over."""

    person_id: int
    state: Literal["online", "away", "offline", "busy", "break", "wrap_up"]
    by_silence: bool = False


class BreakChanged(Fact, frozen=True, kw_only=True):
    """A request for a break stands elsewhere."""

    request_id: int
    person_id: int
    change: Literal["asked", "waiting", "granted", "taken", "refused", "withdrawn", "lapsed"]


class FloorRulesChanged(Fact, frozen=True, kw_only=True):
    """A team's rules for breaks or alarms, or its warning level, are others; or how long screens may be silent."""

    what: Literal["breaks", "thresholds", "level", "silence"]


class HandRaised(Fact, frozen=True, kw_only=True):
    """Somebody asks a colleague for help at once."""

    hand_id: int
    person_id: int
    wants: Literal["leader", "expert"]


class HandChanged(Fact, frozen=True, kw_only=True):
    """Somebody came to a raised hand, said something, or it is down again."""

    hand_id: int
    person_id: int
    change: Literal["taken", "said", "answered", "withdrawn"]


class WhisperSent(Fact, frozen=True, kw_only=True):
    """A colleague said something to another about a ticket, and to nobody else. No event of the ticket."""

    whisper_id: int
    about_ticket_id: int | None
    from_id: int
    to_id: int


class AlarmRaised(Fact, frozen=True, kw_only=True):
    """The floor of a team wants a look."""

    alarm_id: int
    alarm: str
    person_id: int | None


class AlarmChanged(Fact, frozen=True, kw_only=True):
    """Somebody has seen an alarm, or its cause is gone."""

    alarm_id: int
    change: Literal["acknowledged", "ended"]


class DutyNoteChanged(Fact, frozen=True, kw_only=True):
    """The duty log has another note, or one of its open matters is done."""

    note_id: int
    change: Literal["written", "done"]


class HandoverChanged(Fact, frozen=True, kw_only=True):
    """A shift was handed over, or the next duty manager accepted one of its matters, or the last."""

    handover_id: int
    change: Literal["made", "item_accepted", "accepted"]
