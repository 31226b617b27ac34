"""What a head is asked for and what it says."""

from msgspec import Struct


class Guess(Struct, frozen=True):
    """The likeliest label, how sure that is, and whether the text is like none that was learnt."""

    label: str
    confidence: float
    is_unknown: bool = False
