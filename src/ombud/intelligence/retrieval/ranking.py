"""An index of passages and its answers: the best of each article first, with how sure it is of them."""

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ombud.intelligence.embedding.schemas import Vectors
from ombud.intelligence.retrieval.segments import K1, MOST_PASSAGES, Entry, Segment
from ombud.intelligence.retrieval.terms import Keys, asked_terms

# How much a likeness of one spread above the usual weighs against all words of the question.
MEANING: Final = 0.1
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


Places = NDArray[np.int64]


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
    # share of what the question's words are worth, and what the matched ones are worth (BM25)
    words: float
    matched: float
    # likeness of meaning; None without a model
    meaning: float | None


class Ranked(Struct):
    """Every passage's score, those that are gone at the very end."""

    scores: NDArray[np.float32]
    words: NDArray[np.float32]
    meaning: NDArray[np.float32]
    # what all words of the question would be worth
    ideal: float


def query_of(text: str, vector: Vectors | None = None, locale: str | None = None) -> Query:
    """A question as the index understands it."""
    return Query(dict(asked_terms(text[:LONGEST_QUERY])), vector, locale)


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
        self._is_question = np.array([asks for one in segments for asks in one.are_questions], dtype=bool)
        self._by_article = np.argsort(self._article_ids, kind="stable")
        _, starts = np.unique(self._article_ids[self._by_article], return_index=True)
        self._starts = np.append(starts, size)
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
        texts = np.concatenate(lengths)[~self._is_question] if lengths else np.empty(0, dtype=np.float32)
        return float(texts.mean()) if len(texts) else 0.0

    def rank(self, query: Query) -> Ranked:
        """Score every passage."""
        (words, ideal), meaning = self._score_words(query), self._score_meaning(query)
        scores = words.copy()
        if query.vector is not None and self._has_meaning:
            scores += MEANING * meaning
        if query.locale:
            scores += np.float32(SAME_LANGUAGE) * self._is_in(query.locale)
        scores[~self._alive] = -np.inf
        return Ranked(scores, words, meaning, ideal)

    def best(self, query: Query, limit: int) -> list[Hit]:
        """The best passage of each article, at most ``limit``."""
        if not len(self):
            return []
        ranked = self.rank(query)
        tops = np.maximum.reduceat(ranked.scores[self._by_article], self._starts[:-1])
        some = min(limit, len(tops))
        chosen = np.argpartition(-tops, some - 1)[:some]
        chosen = chosen[np.argsort(-tops[chosen], kind="stable")]
        is_own = self._is_in(query.locale) if query.locale else np.ones(len(self._alive), dtype=bool)
        places = [
            self._by_article[self._starts[one] : self._starts[one + 1]] for one in chosen if np.isfinite(tops[one])
        ]
        return [self._hit(ranked, query, one, is_own) for one in places]

    def _hit(self, ranked: Ranked, query: Query, places: Places, is_own: NDArray[np.bool_]) -> Hit:
        """What of an article is shown, and what speaks for it: the same, or a question that it is asked by."""
        shown = self._shown(ranked, places, is_own)
        best = int(places[np.argmax(ranked.scores[places])])
        evidence = best if self._is_question[best] else shown
        has_meaning = query.vector is not None and self._has_meaning and bool(self._has_vector[evidence])
        return Hit(
            id=int(self._ids[shown]),
            article_id=int(self._article_ids[shown]),
            locale=self._languages[self._language_of[shown]],
            score=float(ranked.scores[evidence]),
            words=float(ranked.words[evidence]),
            matched=float(ranked.words[evidence]) * ranked.ideal,
            meaning=float(ranked.meaning[evidence]) if has_meaning else None,
        )

    def _shown(self, ranked: Ranked, places: Places, is_own: NDArray[np.bool_]) -> int:
        """The passage that says most of it; one in the reader's language where that says nearly as much."""
        alive = places[self._alive[places]]
        said = alive[~self._is_question[alive]]
        said = said if len(said) else alive
        best = int(said[np.argmax(ranked.scores[said])])
        own = said[is_own[said]]
        if not len(own):
            return best
        first = int(own[np.argmax(ranked.scores[own])])
        return first if ranked.scores[first] >= NEARLY * ranked.scores[best] else best

    def _is_in(self, locale: str) -> NDArray[np.bool_]:
        """Which passages are in a language, or in a sister of it."""
        spoken = locale.partition("-")[0]
        of_language = np.array([one.partition("-")[0] == spoken for one in self._languages], dtype=bool)
        found: NDArray[np.bool_] = of_language[self._language_of]
        return found

    def _score_words(self, query: Query) -> tuple[NDArray[np.float32], float]:
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
        scored = [one.score_words(span, worth) for one, span in zip(self._segments, spans, strict=True)]
        return _joined_scores(scored), ideal

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
    texts = [one for one in entries if not one.is_question]
    if not texts:
        return USUAL_LENGTH
    sample = texts[:: max(1, len(texts) // 500)]
    return math.fsum(_length(one) for one in sample) / len(sample)


def _length(entry: Entry) -> float:
    return float(np.frombuffer(entry.terms, np.uint8, len(entry.terms) // 5, len(entry.terms) // 5 * 4).sum())
