"""Facts about what a machine takes tickets for."""

from typing import Literal

from ombud.shared.events import Fact


class TicketClassified(Fact, frozen=True, kw_only=True):
    """A machine has looked at a ticket and some of its labels are other ones; ``fields`` names the aspects."""

    fields: list[str]


class LabelDecided(Fact, frozen=True, kw_only=True):
    """Somebody confirmed or corrected a label."""

    fields: list[str]
    state: Literal["confirmed", "corrected"]


class ClassificationChanged(Fact, frozen=True, kw_only=True):
    """What is looked at, from when it is set, or which head does it, is otherwise."""

    aspect: str
    change: Literal["setting", "learnt", "refused", "chosen"]
