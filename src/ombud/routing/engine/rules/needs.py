"""What work asks of agents, step by step: met or not, how well, and what is missing."""

from collections.abc import Iterator, Mapping

from ombud.routing.engine.schemas import Need, Step, Work

TOP_LEVEL = 5
NOTHING = Need()


def is_met(need: Need, skills: Mapping[int, int]) -> bool:
    """Whether an agent's skills meet a need; an empty one is met by everybody."""
    if need.skill_id:
        return skills.get(need.skill_id, 0) >= need.level
    if need.any_of:
        return any(is_met(one, skills) for one in need.any_of)
    return all(is_met(one, skills) for one in need.all_of)


def fit(need: Need, skills: Mapping[int, int]) -> float:
    """How far skills meet a need, 0 to 1: a level short of the need counts in part, a level above it not more."""
    if need.skill_id:
        return min(skills.get(need.skill_id, 0) / need.level, 1.0)
    if need.any_of:
        return max(fit(one, skills) for one in need.any_of)
    if need.all_of:
        return sum(fit(one, skills) for one in need.all_of) / len(need.all_of)
    return 1.0


def missing(need: Need, skills: Mapping[int, int]) -> tuple[Need, ...]:
    """The parts of a need that are not met: the choice as a whole where none of its parts is."""
    if is_met(need, skills):
        return ()
    if need.all_of and not need.skill_id:
        return tuple(lack for one in need.all_of for lack in missing(one, skills))
    return (need,)


def skill_ids(need: Need) -> Iterator[int]:
    """Every skill that a need names."""
    if need.skill_id:
        yield need.skill_id
    for one in (*need.any_of, *need.all_of):
        yield from skill_ids(one)


def step_at(work: Work, now: float) -> int:
    """The step that work has reached; ``len(work.steps)``: anybody in the team will do.

    It never goes back, whatever the clock does.
    """
    waited = now - work.eligible_at
    reached = 0
    for step in work.steps:
        if step.seconds is None or waited < step.seconds:
            break
        waited -= step.seconds
        reached += 1
    return max(reached, work.step)


def step_ends_at(steps: tuple[Step, ...], step: int, eligible_at: float) -> float | None:
    """When the next step begins; None: never."""
    if step >= len(steps) or any(one.seconds is None for one in steps[: step + 1]):
        return None
    return eligible_at + sum(one.seconds or 0.0 for one in steps[: step + 1])


def present_need(work: Work, now: float) -> Need:
    """What the work asks for just now."""
    step = step_at(work, now)
    return work.steps[step].need if step < len(work.steps) else NOTHING


def ideal_need(work: Work) -> Need:
    """What the work asked for at first, whatever it is content with by now."""
    return work.steps[0].need if work.steps else NOTHING
