"""Facts about waiting. Where somebody stands is no fact: it is told and forgotten."""

from datetime import datetime
from typing import Literal

from ombud.shared.events import Fact


class CallbackAsked(Fact, frozen=True, kw_only=True):
    """A customer who waited wants a call or a mail instead; by when it comes is promised to them."""

    way: Literal["call", "mail"]
    due_at: datetime
    entry_id: int
    locale: str


class CallbackWithdrawn(Fact, frozen=True, kw_only=True):
    """The customer waits after all."""

    way: Literal["call", "mail"]
    entry_id: int
