"""What a head is asked for and what it says."""

from msgspec import Struct


class Guess(Struct, frozen=True):
    """The likeliest label, how sure that is, and whether the text is like none that was learnt."""

    label: str
    confidence: float
    is_unknown: bool = False


class Learnt(Struct, frozen=True):
    """How good a head is on examples that it was not made from."""

    examples: int
    labels: int
    held_out: int
    score: float
    score_before: float | None = None
