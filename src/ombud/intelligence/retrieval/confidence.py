"""How often a passage with such evidence is the right one: a logistic curve over what speaks for it.

The weights were learnt on 600 questions of customers, in Chinese and English, to 72 articles of three trades, 150 of
them answered by no article; each was asked a second time with the right article taken away, and two of the trades a
second time with questions that customers ask written to each article. Learnt on the other trades and asked of one, of
those called 0.8 to 1 sure 0.9 were right, of those below 0.1 one in twenty-five. The questions are colloquial: the
share of the words, which is enough where a question repeats its article, called most of them unknown.
"""

import math
from collections.abc import Sequence
from typing import Final

from ombud.intelligence.retrieval.ranking import Hit, Query

# Weights of: one, what the matched words are worth, meaning, lead over the next, logarithm of how many words there are.
BY_BOTH: Final = (-7.38, 0.04, 0.917, 12.06, 1.05)
BY_WORDS: Final = (-3.35, 0.072, 0.0, 12.21, 0.0)
MOST_LEAD: Final = 0.3


def confidence_of(query: Query, hit: Hit, next_scores: Sequence[float]) -> float:
    """From 0 to 1; ``next_scores``: of the next best article, empty where there is none.

    Without a word in common, and without a model of meaning, nothing speaks for it: 0.
    """
    if hit.matched <= 0 and hit.meaning is None:
        return 0.0
    lead = min(max(hit.score - max(next_scores, default=0.0), 0.0), MOST_LEAD)
    features = (1.0, hit.matched, hit.meaning or 0.0, lead, math.log(max(len(query.terms), 1)))
    weights = BY_WORDS if hit.meaning is None or query.vector is None else BY_BOTH
    summed = sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, summed))))
