"""What a head is to be learnt from, and what came of it: as they go to the process that learns and back."""

from typing import Final

from msgspec import Struct

# Fewer examples of a label say too little of it; fewer in all, or of one label only, nothing.
LEAST_OF_LABEL: Final = 5
LEAST: Final = 30
# One example in so many is kept apart, always the same ones, so that no head has ever seen them.
KEPT_APART: Final = 5


class Example(Struct, frozen=True):
    """A text with its label; ``key`` decides once and for all whether it is kept apart. Seeds are never."""

    key: int
    text: str
    label: str
    is_seed: bool = False

    @property
    def is_apart(self) -> bool:
        """Whether heads are measured on it and never learn from it."""
        # Ids of tickets made in one go must not all fall on one side.
        return not self.is_seed and (self.key * 2_654_435_761 % 2**32) % KEPT_APART == 0


class Lesson(Struct):
    """Examples, the head that works now, and whether the model of meaning may be used."""

    examples: list[Example]
    before: bytes | None = None
    with_meaning: bool = True


class Learnt(Struct):
    """A new head and how often it, and the one before, were right on the examples kept apart."""

    head: bytes
    embedded_by: str | None
    examples: int
    labels: int
    held_out: int
    score: float
    score_before: float | None


def usable(examples: list[Example]) -> list[Example]:
    """Examples of labels that have enough of them; none where they teach nothing."""
    counts: dict[str, int] = {}
    for one in examples:
        counts[one.label] = counts.get(one.label, 0) + 1
    kept = [one for one in examples if counts[one.label] >= LEAST_OF_LABEL]
    is_enough = len(kept) >= LEAST and len({one.label for one in kept}) > 1
    return kept if is_enough and any(one.is_apart for one in kept) else []
