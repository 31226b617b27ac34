"""Shapes of channels."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from ombud.shared.lines import FILLED
from ombud.tickets.schemas import ChannelKind

Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=FILLED)]


class ConnectionHealth(Struct, frozen=True):
    """How the last connection in one direction went."""

    ok: bool
    problem: str
    at: datetime


class ChannelHealth(Struct, frozen=True):
    """How a mailbox's connections went; what was never tried is left out."""

    imap: ConnectionHealth | UnsetType = UNSET
    smtp: ConnectionHealth | UnsetType = UNSET


class ChannelBrief(Struct):
    """What everybody who is signed in may know of a channel."""

    id: int
    kind: ChannelKind
    name: str
    public_key: str | None
    brand_id: int
    team_id: int
    is_active: bool
    health: ChannelHealth


class Channel(ChannelBrief):
    """A channel with its settings; of secrets only which are set."""

    settings: dict[str, Any]
    secrets_set: list[str]
    created_at: datetime


class ChannelIn(Struct, forbid_unknown_fields=True):
    """A new channel."""

    kind: ChannelKind
    name: Name
    brand_id: int
    team_id: int
    settings: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    is_active: bool = True


class ChannelPatch(Struct, forbid_unknown_fields=True):
    """Changes to a channel; what is left out stays. A secret that is not given stays, an empty one is removed."""

    name: Name | UnsetType = UNSET
    brand_id: int | UnsetType = UNSET
    team_id: int | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    secrets: dict[str, str] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class ConnectionTest(Struct):
    """Whether a channel's outside answers; ``problem`` says in words what to mend."""

    ok: bool
    problem: str = ""
    details: dict[str, dict[str, str]] = {}
