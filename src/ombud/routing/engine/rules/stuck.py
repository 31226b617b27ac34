"""Work that nobody can take, and why: not merely that all are busy."""

from collections.abc import Sequence

from ombud.routing.engine.rules.fitness import why_not
from ombud.routing.engine.rules.waiting import CLOCK_SECONDS
from ombud.routing.engine.schemas import Agent, Work

# Whoever is away for a while comes back; whoever is offline does not count as there.
BACK_SOON = frozenset({"busy", "break", "wrap_up", "away"})
# What passes by itself.
PASSING = frozenset({"capacity", "limit", "ramp", "preferred"})


def why_stuck(work: Work, members: Sequence[Agent], now: float, *, is_archived: bool = False) -> str | None:
    """Why nobody of the teams that work is offered to can take it; None: somebody can, sooner or later.

    The first that holds: ``team_archived``, ``nobody_in_team``, ``no_capacity`` (nobody may carry that much),
    ``nobody_skilled``, ``refused``, ``nobody_allowed`` (brand, channel or customer), ``nobody_online``,
    ``clock`` (it began to wait in the future).
    """
    if is_archived:
        return "team_archived"
    if work.eligible_at > now + CLOCK_SECONDS:
        return "clock"
    left = [(one, {found.code for found in why_not(work, one, now)}) for one in members]
    left = [(one, codes) for one, codes in left if "team" not in codes]
    if not left:
        return "nobody_in_team"
    for reason, against in (
        ("no_capacity", {"no_capacity"}),
        ("nobody_skilled", {"skills"}),
        ("refused", {"refused"}),
        ("nobody_allowed", {"brand", "channel", "customer", "role", "deactivated", "suspended"}),
    ):
        left = [(one, codes) for one, codes in left if not codes & against and one.capacity >= work.points]
        if not left:
            return reason
    is_there = any(not one.unavailable or one.unavailable in BACK_SOON for one, _ in left)
    return None if is_there else "nobody_online"
