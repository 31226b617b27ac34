"""An index of passages and its answers: the best of each article first, with how sure it is of them."""

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ombud.intelligence.embedding.schemas import Vectors
from ombud.intelligence.retrieval.segments import K1, MOST_PASSAGES, Entry, Segment
from ombud.intelligence.retrieval.terms import Keys, counted_terms

# How much a likeness of one spread above the usual weighs against all words of the question.
MEANING: Final = 0.08
# While fewer have a vector, those that have one would go before the others for nothing but that.
ENOUGH_VECTORS: Final = 0.9
# What is written in the reader's language goes before the same thing in another.
SAME_LANGUAGE: Final = 0.02
# So much of the best score a passage in the reader's language has to have to be shown in its place.
NEARLY: Final = 0.6
# A word that stands in more of the passages than this tells nothing, and costs most.
TOO_COMMON: Final = 0.5
# Parts that changed pile up until so many are there; then all are laid together anew.
MOST_SEGMENTS: Final = 24
USUAL_LENGTH: Final = 300.0
LONGEST_QUERY: Final = 1_000


class Query(Struct):
    """A question: its words, its vector where there is a model, and the reader's language."""

    terms: dict[int, int]
    vector: Vectors | None = None
    locale: str | None = None


class Hit(Struct):
    """A passage that may answer: how it ranks, and what speaks for it."""

    id: int
    article_id: int
    locale: str
    score: float
    # share of what the question's words are worth
    words: float
    # likeness of meaning; None without a model
    meaning: float | None


class Ranked(Struct):
    """Every passage's score, those that are gone at the very end."""

    scores: NDArray[np.float32]
    words: NDArray[np.float32]
    meaning: NDArray[np.float32]


def query_of(text: str, vector: Vectors | None = None, locale: str | None = None) -> Query:
    """A question as the index understands it."""
    return Query(dict(counted_terms(text[:LONGEST_QUERY])), vector, locale)


class Index:
    """Passages of all articles. It never changes: :meth:`changed` gives another one that shares what stayed."""

    def __init__(self, segments: Sequence[Segment] = (), alive: NDArray[np.bool_] | None = None) -> None:
        self._segments = list(segments)
        size = sum(len(one) for one in segments)
        self._alive = np.ones(size, dtype=bool) if alive is None else alive
        self._ids = _joined([one.ids for one in segments])
        self._article_ids = _joined([one.article_ids for one in segments])
        self._languages = sorted({locale for one in segments for locale in one.locales})
        numbers = {locale: number for number, locale in enumerate(self._languages)}
        self._language_of = np.array([numbers[locale] for one in segments for locale in one.locales], dtype=np.int16)
        has_vector = [one.has_vector for one in segments]
        self._has_vector = np.concatenate(has_vector) if has_vector else np.empty(0, dtype=bool)
        self._has_meaning = bool(len(self) and self._has_vector[self._alive].mean() >= ENOUGH_VECTORS)

    def __len__(self) -> int:
        return int(self._alive.sum())

    @property
    def is_crowded(self) -> bool:
        """Whether it wants to be built anew from everything."""
        return len(self._segments) > MOST_SEGMENTS or 2 * len(self) < len(self._alive)

    def changed(self, gone: Collection[tuple[int, str]], entries: Iterable[Entry]) -> "Index":
        """Without the passages of some articles in some languages, and with these."""
        gone_articles = np.array(sorted({article_id for article_id, _ in gone}), dtype=np.int64)
        alive = self._alive.copy()
        for place in np.flatnonzero(alive & np.isin(self._article_ids, gone_articles)):
            if (int(self._article_ids[place]), self._languages[self._language_of[place]]) in gone:
                alive[place] = False
        fresh = list(entries)
        average = self._average_length() or _average_length(fresh)
        added = [
            Segment(fresh[start : start + MOST_PASSAGES], average_length=average)
            for start in range(0, len(fresh), MOST_PASSAGES)
        ]
        more = np.ones(len(fresh), dtype=bool)
        return Index([*self._segments, *added], np.concatenate([alive, more]))

    def _average_length(self) -> float:
        lengths = [one.lengths for one in self._segments]
        return float(np.concatenate(lengths).mean()) if lengths else 0.0

    def rank(self, query: Query) -> Ranked:
        """Score every passage."""
        words, meaning = self._score_words(query), self._score_meaning(query)
        scores = words.copy()
        if query.vector is not None and self._has_meaning:
            scores += MEANING * meaning
        if query.locale:
            scores += np.float32(SAME_LANGUAGE) * self._is_in(query.locale)
        scores[~self._alive] = -np.inf
        return Ranked(scores, words, meaning)

    def best(self, query: Query, limit: int) -> list[Hit]:
        """The best passage of each article, at most ``limit``."""
        if not len(self):
            return []
        ranked = self.rank(query)
        wide = min(len(ranked.scores), 8 * limit)
        order = np.argpartition(-ranked.scores, wide - 1)[:wide]
        order = order[np.argsort(-ranked.scores[order], kind="stable")]
        chosen = self._one_of_each([int(place) for place in order if np.isfinite(ranked.scores[place])], ranked, query)
        return [self._hit(ranked, query, place) for place in chosen[:limit]]

    def _one_of_each(self, order: Sequence[int], ranked: Ranked, query: Query) -> list[int]:
        """The best passage of each article; one in the reader's language where that says nearly as much."""
        is_own = self._is_in(query.locale) if query.locale else np.ones(len(self._alive), dtype=bool)
        best: dict[int, int] = {}
        own: dict[int, int] = {}
        for place in order:
            article_id = int(self._article_ids[place])
            first = best.setdefault(article_id, place)
            if is_own[place] and ranked.scores[place] >= NEARLY * ranked.scores[first]:
                own.setdefault(article_id, place)
        return [own.get(article_id, place) for article_id, place in best.items()]

    def _hit(self, ranked: Ranked, query: Query, place: int) -> Hit:
        has_meaning = query.vector is not None and self._has_meaning and bool(self._has_vector[place])
        return Hit(
            id=int(self._ids[place]),
            article_id=int(self._article_ids[place]),
            locale=self._languages[self._language_of[place]],
            score=float(ranked.scores[place]),
            words=float(ranked.words[place]),
            meaning=float(ranked.meaning[place]) if has_meaning else None,
        )

    def _is_in(self, locale: str) -> NDArray[np.bool_]:
        """Which passages are in a language, or in a sister of it."""
        spoken = locale.partition("-")[0]
        of_language = np.array([one.partition("-")[0] == spoken for one in self._languages], dtype=bool)
        found: NDArray[np.bool_] = of_language[self._language_of]
        return found

    def _score_words(self, query: Query) -> NDArray[np.float32]:
        keys: Keys = np.array(list(query.terms), dtype=np.uint32)
        spans = [one.spans(keys) for one in self._segments]
        holding = sum((span[:, 1] - span[:, 0] for span in spans), start=np.zeros(len(keys), dtype=np.int64))
        total = max(len(self._alive), 1)
        worth = np.log(1 + (total - holding + 0.5) / (holding + 0.5)).astype(np.float32)
        # All words in a passage of the usual length, each many times, would give one.
        ideal = float(worth.sum()) * (K1 + 1) or 1.0
        if total > 2 * MOST_SEGMENTS:
            worth = np.where(holding > TOO_COMMON * total, np.float32(0), worth)
        worth = (worth / ideal).astype(np.float32)
        return _joined_scores([one.score_words(span, worth) for one, span in zip(self._segments, spans, strict=True)])

    def _score_meaning(self, query: Query) -> NDArray[np.float32]:
        """Likeness in spreads above the usual one, so that it means the same for any question."""
        if query.vector is None or not self._has_meaning:
            return np.zeros(len(self._alive), dtype=np.float32)
        found = _joined_scores([one.score_meaning(query.vector) for one in self._segments])
        known = found[self._has_vector]
        usual, spread = float(known.mean()), float(known.std())
        scaled = (found - usual) / max(spread, 1e-3)
        return np.where(self._has_vector, scaled, 0).astype(np.float32)


def _joined(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _joined_scores(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.float32)


def _average_length(entries: Sequence[Entry]) -> float:
    if not entries:
        return USUAL_LENGTH
    sample = entries[:: max(1, len(entries) // 500)]
    return math.fsum(_length(one) for one in sample) / len(sample)


def _length(entry: Entry) -> float:
    return float(np.frombuffer(entry.terms, np.uint8, len(entry.terms) // 5, len(entry.terms) // 5 * 4).sum())
