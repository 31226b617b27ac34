"""Words of a text as numbers, counted: what an index of many passages holds and compares."""

import zlib
from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ombud.shared.words import pieces

MOST: Final = 255
# So much more often a word of the headings counts than one of the text.
HEADING_COUNTS: Final = 2
_KEY_BYTES: Final = 4
_FIRST_CHINESE: Final = "\u3005"

Keys = NDArray[np.uint32]
Counts = NDArray[np.uint8]


def counted_terms(text: str, heading: str = "") -> Counter[int]:
    """How often each word stands in a text."""
    counts = Counter(_keys(text))
    for key in _keys(heading):
        counts[key] += HEADING_COUNTS
    return counts


def packed_terms(counts: Counter[int]) -> bytes:
    """Counted words as they are kept: all keys in their order, then all counts."""
    keys = np.array(sorted(counts), dtype=np.uint32)
    many = np.array([min(counts[int(key)], MOST) for key in keys], dtype=np.uint8)
    return keys.tobytes() + many.tobytes()


def unpacked_terms(kept: bytes) -> tuple[Keys, Counts]:
    """Keys and counts as they were kept."""
    number = len(kept) // (_KEY_BYTES + 1)
    return np.frombuffer(kept, np.uint32, number), np.frombuffer(kept, np.uint8, number, number * _KEY_BYTES)


def _keys(text: str) -> list[int]:
    found: list[int] = []
    for piece in pieces(text):
        form = piece.forms[0]
        if form[0] >= _FIRST_CHINESE and len(piece.forms) == 1 and len(form) <= 2:  # noqa: PLR2004  # a pair, or the last
            if len(form) > 1:
                found.append(_key(form))
            found.append(_key(form[0]))
        else:
            found += map(_key, piece.forms)
    return found


def _key(form: str) -> int:
    return zlib.crc32(form.encode())
