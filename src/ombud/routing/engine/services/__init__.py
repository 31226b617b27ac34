"""Verbs of the engine."""

from ombud.routing.engine.services.offers import accept, decline, end_missed
from ombud.routing.engine.services.pulling import pull
from ombud.routing.engine.services.recording import forget_decisions
from ombud.routing.engine.services.returning import give_back
from ombud.routing.engine.services.routing import BATCH, route
from ombud.routing.engine.services.stuck import note_stuck

__all__ = ["BATCH", "accept", "decline", "end_missed", "forget_decisions", "give_back", "note_stuck", "pull", "route"]
