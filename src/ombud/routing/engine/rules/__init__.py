"""The pure core: no clock, no database, no randomness. The same input gives the same decisions, in any process."""

from ombud.routing.engine.rules.deciding import decide
from ombud.routing.engine.rules.fitness import why_not
from ombud.routing.engine.rules.needs import step_at, step_ends_at
from ombud.routing.engine.rules.scoring import score

__all__ = ["decide", "score", "step_at", "step_ends_at", "why_not"]
