"""How work ages, when it wants another look, which teams it is offered to, and how agents come back to full pace."""

import math
from collections.abc import Iterable, Mapping

from msgspec import Struct

from ombud.routing.engine.rules.fitness import BAND
from ombud.routing.engine.rules.needs import NOTHING, step_at, step_ends_at
from ombud.routing.engine.schemas import Need, Score, ScorePart, Step, Weights, Work

MINUTE = 60.0
# While a deadline comes nearer, the score is made anew so often.
RESCORE_SECONDS = 60.0
# A clock that was set back shows in work that began to wait in the future.
CLOCK_SECONDS = 60.0


class OverflowRule(Struct, frozen=True):
    """A team that helps another: from when on, and with how much waiting there and free here."""

    to_team_id: int
    after_seconds: float
    min_waiting: int = 0
    min_free: int = 0


def place(score: float, scored_at: float, weights: Weights) -> float:
    """What waiting work is ordered by: the score without the part that grows for all alike.

    Two pieces of work keep their order while they only wait, so it need not be written again.
    """
    return score - weights.ageing * scored_at / MINUTE


def score_at(place_of: float, now: float, weights: Weights) -> float:
    """The score at a moment, of work that has only waited since it was scored."""
    return place_of + weights.ageing * now / MINUTE


def opened_teams(
    team_ids: tuple[int, ...],
    overflow: Iterable[OverflowRule],
    *,
    waited: float,
    waiting: int,
    free: Mapping[int, int],
) -> tuple[int, ...]:
    """The teams that work is offered to: those so far, and the teams that help as soon as their conditions hold.

    ``waiting``: pieces of work in the own team; ``free``: agents with room, by team. A team once opened stays so.
    """
    helping = [
        one.to_team_id
        for one in overflow
        if one.to_team_id not in team_ids
        and waited >= one.after_seconds
        and waiting >= one.min_waiting
        and free.get(one.to_team_id, 0) >= one.min_free
    ]
    return (*team_ids, *helping)


def next_overflow(team_ids: tuple[int, ...], overflow: Iterable[OverflowRule], *, waited: float) -> float | None:
    """Seconds until another team may have to be opened; None: never. One that is only short of agents: soon."""
    left = [one.after_seconds - waited for one in overflow if one.to_team_id not in team_ids]
    return max(min(left), RESCORE_SECONDS / 12) if left else None


def next_look(
    work: Work, *, now: float, due_in: float | None, overflow_in: float | None, weights: Weights
) -> float | None:
    """When something is to be done about waiting work: its next step, a helping team, a deadline that comes near."""
    moments = [step_ends_at(work.steps, step_at(work, now), work.eligible_at)]
    if work.preferred_id is not None and work.preferred_until > now:
        moments.append(work.preferred_until)
    if overflow_in is not None:
        moments.append(now + overflow_in)
    if due_in is not None and due_in > 0:
        moments.append(now + max(due_in - weights.deadline_minutes * MINUTE, min(RESCORE_SECONDS, due_in)))
    return min((one for one in moments if one is not None), default=None)


def with_ends(steps: tuple[Step, ...], anyone_after: float) -> tuple[Step, ...]:
    """Steps without an end of their own last as long as the team waits before anybody may have its work."""
    return tuple(one if one.seconds is not None else Step(one.need, anyone_after) for one in steps)


def shorter(steps: tuple[Step, ...], times: float) -> tuple[Step, ...]:
    """Steps that hold so many times as long."""
    if times >= 1:
        return steps
    return tuple(Step(one.need, one.seconds * times if one.seconds is not None else None) for one in steps)


def lifted(found: Score, points: float) -> Score:
    """A score with points on top of it, within its band."""
    if not points:
        return found
    value = min(found.value + points, found.band * BAND + BAND - 1)
    return Score(value, found.band, (*found.parts, ScorePart("surge", points, points)))


def present(work: Work, now: float) -> Need:
    """What work asks for at its step."""
    step = step_at(work, now)
    return work.steps[step].need if step < len(work.steps) else NOTHING


def ramp_room(*, online_seconds: float, ramp_seconds: float, capacity: int, load: int) -> int | None:
    """How many pieces of work may come to somebody who went online lately; None: as many as they have room for.

    One at once, and all that they can carry at the end of the ramp.
    """
    if ramp_seconds <= 0 or online_seconds >= ramp_seconds:
        return None
    return max(1 + math.floor(capacity * max(online_seconds, 0.0) / ramp_seconds) - load, 0)


def faded(recent: float, seconds: float, window_seconds: float) -> float:
    """What counts still of recent work: a window later a third of it."""
    return recent * math.exp(-max(seconds, 0.0) / max(window_seconds, 1.0))
