"""Parts of the past, newest first: what lets the index of words be asked for the newest hits only.

A GIN index knows no order. Each vector therefore holds the blocks of its id as marks, and a search asks for
words in a block: a common word fills its page from the first, a rare one is asked of all the past at once.
"""

from collections.abc import Iterator

from msgspec import Struct

LEVELS = (("A", 13), ("B", 17), ("C", 21))
FIRST_BITS = LEVELS[0][1]
FIRST = 1 << FIRST_BITS


class Window(Struct, frozen=True):
    """Ids from ``low`` to below ``high``, and the marks of the blocks that cover them."""

    low: int
    high: int
    marks: tuple[str, ...]


def marks_of(number: int) -> list[str]:
    """The blocks in which an id lies."""
    return [f"{letter}{number >> bits}" for letter, bits in LEVELS]


def windows(before: int, *, lowest: int = 0, first: int = FIRST) -> Iterator[Window]:
    """All ids below ``before`` down to ``lowest``, newest first, in windows that double."""
    high, size = before, first
    while high > lowest:
        window = window_below(high, size, lowest=lowest)
        yield window
        high, size = window.low, size * 2


def window_below(high: int, size: int, *, lowest: int = 0) -> Window:
    """The ids from at least ``size`` below ``high`` on, or from ``lowest``."""
    low = max((high - size) >> FIRST_BITS << FIRST_BITS, 0)
    return Window(max(low, lowest), high, tuple(_cover(low, high)))


def _cover(low: int, high: int) -> Iterator[str]:
    """Blocks that together are the ids from ``low`` (a beginning) to at least ``high``, as few as can be."""
    while low < high:
        letter, bits = next(
            (letter, bits)
            for letter, bits in reversed(LEVELS)
            if bits == FIRST_BITS or (low & ((1 << bits) - 1) == 0 and low + (1 << bits) <= high)
        )
        yield f"{letter}{low >> bits}"
        low += 1 << bits
