"""The one priority score: what each fact brings, in points."""

import math

from ombud.routing.engine.rules.fitness import BAND
from ombud.routing.engine.schemas import Facts, Score, ScorePart, Weights

TOP_URGENCY = 4
# From so many contacts on, more of them say no more.
MANY_CONTACTS = 6


def score(facts: Facts, weights: Weights) -> Score:
    """Score a piece of work.

    Each fact is brought to 0 … 1 and multiplied by its weight; waiting adds ``ageing`` for each minute, alike for all,
    without end. Safety and law lift work into a band above everything else, whatever the weights.
    """
    parts = (
        ScorePart("urgency", facts.urgency, weights.urgency * (facts.urgency - 1) / (TOP_URGENCY - 1)),
        ScorePart("severity", facts.severity, weights.severity * _share(facts.severity)),
        ScorePart("people", facts.people, weights.people * _log_share(facts.people, weights.people_at_most)),
        ScorePart(
            "money", facts.money_cents, weights.money * _log_share(facts.money_cents, weights.money_at_most_cents)
        ),
        ScorePart("customer", *_customer(facts, weights)),
        ScorePart("deadline", *_deadline(facts, weights)),
        ScorePart("risk", facts.risk, weights.risk * _share(facts.risk)),
        ScorePart("contacts", facts.contacts, weights.contacts * _share((facts.contacts - 1) / (MANY_CONTACTS - 1))),
        ScorePart("waiting", max(facts.waiting_seconds, 0.0), weights.ageing * max(facts.waiting_seconds, 0.0) / 60),
        ScorePart("safety", float(facts.is_safety), 0.0),
        ScorePart("law", float(facts.is_law), 0.0),
    )
    band = int(facts.is_safety or facts.is_law)
    # However long something waits, the band above stays above.
    points = min(max(sum(part.points for part in parts), 0.0), BAND - 1)
    return Score(band * BAND + points, band, tuple(part for part in parts if part.points or part.fact))


def deadline_share(due_in_seconds: float | None, deadline_minutes: float) -> float:
    """How near a deadline is: 0 until ``deadline_minutes`` before it, 1 when it has come."""
    if due_in_seconds is None:
        return 0.0
    return _share(1 - due_in_seconds / max(deadline_minutes * 60, 1.0))


def _deadline(facts: Facts, weights: Weights) -> tuple[float, float]:
    share = deadline_share(facts.due_in_seconds, weights.deadline_minutes)
    return (0.0 if facts.due_in_seconds is None else facts.due_in_seconds, weights.deadline * share)


def _customer(facts: Facts, weights: Weights) -> tuple[float, float]:
    worth = _share(weights.tiers.get(facts.tier, 0.0))
    return (worth, weights.customer * worth)


def _share(one: float) -> float:
    return min(max(one, 0.0), 1.0)


def _log_share(amount: float, most: float) -> float:
    return _share(math.log1p(max(amount, 0)) / math.log1p(max(most, 1)))
