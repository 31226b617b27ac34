"""Shapes of webhooks, as kept, as given and as sent."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

EVERY_KIND = "*"

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Url = Annotated[str, Meta(min_length=1, max_length=2_000)]
Kind = Annotated[str, Meta(pattern=r"^(\*|[a-z][a-z0-9_]{0,59})$")]
Kinds = Annotated[list[Kind], Meta(min_length=1, max_length=100)]
TeamIds = Annotated[list[Annotated[int, Meta(ge=1, le=2**53)]], Meta(min_length=1, max_length=1_000)]
DeliveryState = Literal["queued", "sending", "delivered", "failed"]


class Webhook(Struct):
    """A receiver. ``team_ids`` None means every team; ``paused_at`` says that we stopped it because it kept failing."""

    id: int
    name: str
    url: str
    kinds: list[str]
    team_ids: list[int] | None
    is_active: bool
    created_at: datetime
    failing_since: datetime | None
    paused_at: datetime | None


class NewWebhook(Webhook):
    """A webhook and the secret of its signatures, which is shown this once."""

    secret: str


class NewSecret(Struct):
    """A secret, which is shown this once."""

    secret: str


class WebhookIn(Struct, forbid_unknown_fields=True):
    """What makes a webhook. ``kinds`` are kinds of events, or ``*`` for all."""

    name: Name
    url: Url
    kinds: Kinds
    team_ids: TeamIds | None = None
    is_active: bool = True


class WebhookChange(Struct, forbid_unknown_fields=True):
    """What may be changed; what is left out stays."""

    name: Name | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    kinds: Kinds | UnsetType = UNSET
    team_ids: TeamIds | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class WebhookDelivery(Struct):
    """One event for one webhook and how it went. Without a status there was no answer; the excerpt says why."""

    id: int
    event_id: int
    kind: str | None
    ticket_id: int | None
    state: DeliveryState
    attempts: int
    not_before: datetime
    response_status: int | None
    response_excerpt: str | None
    duration_ms: int | None
    created_at: datetime
    done_at: datetime | None


class Ping(Struct):
    """How a receiver answered to a trial."""

    ok: bool
    response_status: int | None
    response_excerpt: str
    duration_ms: int


class EventActor(Struct, frozen=True):
    """Who did it."""

    kind: str
    id: int | None


class Payload(Struct, frozen=True):
    """What a receiver gets: the body, as JSON."""

    id: int
    kind: str
    at: datetime
    ticket_id: int | None
    team_id: int | None
    actor: EventActor
    data: dict[str, Any]


class Claimed(Struct, frozen=True):
    """A delivery that this process has taken on."""

    id: int
    webhook_id: int
    seq: int
    attempts: int
    claimed_at: datetime
    url: str
    secret: bytes


class Outcome(Struct, frozen=True):
    """How one attempt ended."""

    state: Literal["queued", "delivered", "failed"]
    status: int | None
    excerpt: str
    duration_ms: int
    wait_seconds: float = 0.0
