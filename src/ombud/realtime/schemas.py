"""Frames of a stream and their audience."""

from typing import Any, Literal

import msgspec
from msgspec import Struct

ByeReason = Literal["session_ended", "restart"]


class Frame(Struct, frozen=True):
    """One server-sent event and who hears it.

    Exactly one audience is set: a team and brand (all who see it, but not those who also see ``unless_team_id``), a
    person, a topic (a visitor's conversation), or everybody who is signed in. A person's frame about a ticket names
    team and brand, too: it is theirs only as long as they see these. ``seq`` is the first event that it stands for and
    ``last`` the last, where these are several; ``seq`` None: fleeting, never replayed.
    """

    event: str
    data: Any
    seq: int | None = None
    last: int | None = None
    team_id: int | None = None
    # of what is about a ticket; whoever is limited to brands hears nothing without one
    brand_id: int | None = None
    unless_team_id: int | None = None
    person_id: int | None = None
    topic: str | None = None
    is_for_all: bool = False
    # of what is about a team and no ticket: only whoever holds this permission, whatever brands they see
    needs: str | None = None

    def encode(self, data: Any) -> bytes:
        """The frame as it goes over the wire, without a number: that is each stream's own.

        ``data`` is the frame's own, or what the listener may see of it.
        """
        return f"event: {self.event}\n".encode() + b"data: " + msgspec.json.encode(data) + b"\n\n"


KEEP_ALIVE = b": keep-alive\n\n"
RESET = b"event: reset\ndata: {}\n\n"


class ByeFrame(Struct, frozen=True):
    """Why a stream ends."""

    reason: ByeReason


class EmptyFrame(Struct, frozen=True):
    """The name of the event says it all."""


def bye(reason: ByeReason) -> bytes:
    """The last frame of a stream: why it ends."""
    return b"event: bye\ndata: " + msgspec.json.encode(ByeFrame(reason)) + b"\n\n"
