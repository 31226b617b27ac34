"""Words of texts as columns of a sparse matrix: words, pairs of words and runs of characters, hashed.

No list of words is kept, so that a head is small and a word of tomorrow has its column already.
"""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ombud.shared.words import folded, stem_of

_TOKEN: Final = re.compile(
    r"([\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)|([^\W\d_]+(?:'[^\W\d_]+)?)|(\d+)|([!?。…~])"
)
_RUNS: Final = (3, 4, 5)
_CHINESE_RUNS: Final = (1, 2, 3)
# Numbers differ in every text; that there is one, and how long, may tell something.
_LONGEST_NUMBER: Final = 4
LONGEST_TEXT: Final = 3_000


class Columns(Struct, frozen=True):
    """How many columns there are, and what a word in each is worth: the rarer, the more."""

    number: int
    worth: NDArray[np.float32]


def grams(text: str) -> Iterator[str]:
    """What a text is made of: its words and their pairs, and runs of characters within them."""
    before = "^"
    for match in _TOKEN.finditer(folded(text[:LONGEST_TEXT])):
        if run := match[1]:
            for size in _CHINESE_RUNS:
                yield from (run[start : start + size] for start in range(len(run) - size + 1))
            yield f"{before[-1]}_{run[0]}"
            before = run
            continue
        if word := match[2]:
            padded = f" {word} "
            for size in _RUNS:
                yield from (padded[start : start + size] for start in range(len(padded) - size + 1))
            word = f"w{stem_of(word)}"
        else:
            word = f"#{min(len(match[3]), _LONGEST_NUMBER)}" if match[3] else match[4]
        yield word
        yield f"{before} {word}"
        before = word


def counted(texts: Sequence[str], number: int) -> csr_matrix:
    """A row a text: the logarithm of how often each column's words stand in it."""
    starts: list[int] = [0]
    columns: list[int] = []
    values: list[float] = []
    for text in texts:
        counts = Counter(zlib.crc32(gram.encode("utf-8", "replace")) % number for gram in grams(text))
        columns += counts.keys()
        values += (1 + math.log(many) for many in counts.values())
        starts.append(len(columns))
    parts = (np.array(values, np.float32), np.array(columns, np.int32), np.array(starts, np.int64))
    return csr_matrix(parts, shape=(len(texts), number))


def learn_columns(counts: csr_matrix) -> Columns:
    """What each column is worth among these texts."""
    number = counts.shape[1]
    holding = np.bincount(counts.indices, minlength=number).astype(np.float32)
    worth = np.log((1 + counts.shape[0]) / (1 + holding)) + 1
    return Columns(number, worth.astype(np.float32))


def weighted(counts: csr_matrix, columns: Columns) -> csr_matrix:
    """Rows of length one, each column by its worth."""
    found = counts.copy()
    found.data = found.data * columns.worth[found.indices]
    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    lengths = np.sqrt(np.bincount(rows, weights=found.data**2, minlength=found.shape[0]))
    found.data = (found.data / np.maximum(lengths, 1e-9)[rows]).astype(np.float32)
    return found
