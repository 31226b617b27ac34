"""Passages in memory, in parts that never change: postings of their words, and their vectors."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ombud.intelligence.embedding.schemas import Vectors, unpacked
from ombud.intelligence.retrieval.terms import Counts, Keys, unpacked_terms

# Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond": the usual values.
K1: Final = 1.2
B: Final = 0.75
# Places in postings are 16 bits wide; smaller parts keep sorting small, too.
MOST_PASSAGES: Final = 8_192


class Entry(Struct, frozen=True):
    """One passage as it is indexed: its words and its vector as they are kept.

    ``is_question``: how somebody asks for the article. It is found by that, and another passage of it is shown.
    """

    id: int
    article_id: int
    locale: str
    terms: bytes
    vector: bytes | None = None
    is_question: bool = False


class Segment:
    """Some passages, at most 8,192."""

    def __init__(self, entries: Sequence[Entry], *, average_length: float) -> None:
        self.ids = np.array([one.id for one in entries], dtype=np.int64)
        self.article_ids = np.array([one.article_id for one in entries], dtype=np.int64)
        self.locales = [one.locale for one in entries]
        self.are_questions = [one.is_question for one in entries]
        read = [unpacked_terms(one.terms) for one in entries]
        self.lengths = np.array([float(counts.sum()) for _, counts in read], dtype=np.float32)
        self._index_words(read, average_length)
        self.vectors, self.has_vector = _vectors(entries)

    def _index_words(self, read: Sequence[tuple[Keys, Counts]], average_length: float) -> None:
        keys = np.concatenate([keys for keys, _ in read]) if read else np.empty(0, np.uint32)
        places = np.repeat(np.arange(len(read), dtype=np.uint16), [len(keys) for keys, _ in read])
        counts = np.concatenate([counts for _, counts in read]).astype(np.float32) if read else np.empty(0, np.float32)
        shorter = K1 * (1 - B + B * self.lengths / max(average_length, 1.0))
        weights = counts * (K1 + 1) / (counts + shorter[places]) if read else counts
        order = np.argsort(keys, kind="stable")
        self._keys, starts = np.unique(keys[order], return_index=True)
        self._starts = np.append(starts, len(keys)).astype(np.int64)
        self._places = places[order]
        self._weights = weights[order].astype(np.float16)

    def __len__(self) -> int:
        return len(self.ids)

    def spans(self, keys: Keys) -> NDArray[np.int64]:
        """Where the postings of each word begin and end; nothing for one that does not stand here."""
        found = np.zeros((len(keys), 2), dtype=np.int64)
        if len(self._keys):
            at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            is_here = self._keys[at] == keys
            found[is_here, 0], found[is_here, 1] = self._starts[at[is_here]], self._starts[at[is_here] + 1]
        return found

    def score_words(self, spans: NDArray[np.int64], worth: NDArray[np.float32]) -> NDArray[np.float32]:
        """BM25 of every passage for words that stand at ``spans`` and are worth so much each."""
        scores = np.zeros(len(self), dtype=np.float32)
        for (start, end), weight in zip(spans, worth, strict=True):
            if end > start:
                scores[self._places[start:end]] += self._weights[start:end].astype(np.float32) * weight
        return scores

    def score_meaning(self, query: Vectors) -> NDArray[np.float32]:
        """Likeness of every passage; of one without a vector, nothing."""
        if self.vectors is None or self.vectors.shape[1] != len(query):
            return np.zeros(len(self), dtype=np.float32)
        likeness: NDArray[np.float32] = self.vectors @ query
        return likeness


def _vectors(entries: Sequence[Entry]) -> tuple[Vectors | None, NDArray[np.bool_]]:
    has_vector = np.array([one.vector is not None for one in entries], dtype=bool)
    kept = [one.vector for one in entries if one.vector is not None]
    if not kept:
        return None, has_vector
    found = unpacked(kept)
    vectors = np.zeros((len(entries), found.shape[1]), dtype=np.float32)
    vectors[has_vector] = found
    return vectors, has_vector
