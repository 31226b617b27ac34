"""Shapes of the engine."""

from ombud.routing.engine.schemas.core import (
    Agent,
    Candidate,
    Decision,
    Exclusion,
    Facts,
    Need,
    Policy,
    Score,
    ScorePart,
    Step,
    Weights,
    Work,
)

__all__ = [
    "Agent",
    "Candidate",
    "Decision",
    "Exclusion",
    "Facts",
    "Need",
    "Policy",
    "Score",
    "ScorePart",
    "Step",
    "Weights",
    "Work",
]
