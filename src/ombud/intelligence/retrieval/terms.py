"""Words of a text as numbers, counted: what an index of many passages holds and compares."""

import zlib
from collections import Counter
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ombud.shared.words import pieces

MOST: Final = 255
# So much more often a word of the headings counts than one of the text.
HEADING_COUNTS: Final = 2
_KEY_BYTES: Final = 4
_FIRST_CHINESE: Final = "\u3005"

# Words of a question that say nothing of what is asked: how, who and to whom.
_FUNCTION_WORDS: Final = (
    "今天 明天 昨天 现在 怎么样 怎么 怎样 如何 怎么办 咋 咋办 怎 么 吗 呢 啊 吧 呀 嘛 请问 请 什么 啥 的 了 是 "
    "我 你 您 们 我们 你们 您们 这 那 这个 那个 个 有 没 没有 不 能 可以 可 会 就 都 "
    "还 和 跟 在 把 被 也 很 为什么 一下 一个 得 着 过 "
    "a an the i me my you your we our it its is are was were be been am do does did how what when where who "
    "why which can could would should will may to of in on at for from with and or but if so this that these "
    "those there here have has had not no don't doesn't please hi hello get got just any some about as by "
    "then than i'm i've can't "
)

Keys = NDArray[np.uint32]
Counts = NDArray[np.uint8]


def counted_terms(text: str, heading: str = "") -> Counter[int]:
    """How often each word stands in a text."""
    counts = Counter(_keys(text))
    for key in _keys(heading):
        counts[key] += HEADING_COUNTS
    return counts


def asked_terms(text: str) -> Counter[int]:
    """The words of a question that say what is asked; all of them where nothing else is there."""
    counts = counted_terms(text)
    kept = Counter({key: count for key, count in counts.items() if key not in _function_keys()})
    return kept or counts


@cache
def _function_keys() -> frozenset[int]:
    return frozenset(_keys(_FUNCTION_WORDS))


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
