"""Facts about channels."""

from ombud.shared.events import Fact


class ChannelChanged(Fact, frozen=True, kw_only=True):
    """A channel was made, changed or removed."""

    channel_id: int
    channel_kind: str
    change: str
