"""The product's router on a simulated clock: the same score, the same choice."""

from collections.abc import Sequence

from ombud.routing.engine.rules.deciding import decide
from ombud.routing.engine.rules.scoring import score
from ombud.routing.engine.schemas import Agent, Decision, Facts, Need, Step, Weights, Work
from ombud.routing.simulation.rules.chance import Arrival
from ombud.routing.simulation.rules.people import Item
from ombud.routing.simulation.schemas import Kind, NeedStep, Policy

TEAM = 1
WEIGHTS = Weights()
URGENCY = {"low": 1, "normal": 2, "high": 3, "critical": 4}
SEVERITY = {"low": 0.0, "normal": 0.2, "high": 0.6, "critical": 1.0}


class PolicyRouter:
    """Chooses by one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy: Policy = policy

    def __call__(self, works: Sequence[Work], agents: Sequence[Agent], now: float) -> Sequence[Decision]:
        """Give waiting work to free agents."""
        return decide(works, agents, now=now, policy=self.policy, keep=0)


def score_item(item: Item, now: float) -> float:
    """Score a piece of work as the product does."""
    kind, waited = item.kind, now - item.arrival.at
    facts = Facts(
        urgency=URGENCY[kind.severity],
        severity=SEVERITY[kind.severity],
        is_safety=kind.is_safety,
        tier="VIP" if kind.is_vip else "",
        due_in_seconds=kind.target_seconds - waited,
        waiting_seconds=waited,
    )
    return score(facts, WEIGHTS).value


def steps_of(kind: Kind, skill_ids: dict[str, int]) -> tuple[Step, ...]:
    """What a kind asks for, in the engine's words."""
    return tuple(Step(_need(one, skill_ids), one.seconds) for one in kind.steps)


def relax(steps: tuple[Step, ...], times: float) -> tuple[Step, ...]:
    """The same steps, each for so many times as long."""
    return tuple(Step(one.need, one.seconds * times if one.seconds is not None else None) for one in steps)


def _need(step: NeedStep, skill_ids: dict[str, int]) -> Need:
    needs = [Need(skill_id=skill_ids[name], level=level) for name, level in step.all.items()]
    choice = tuple(Need(skill_id=skill_ids[name], level=level) for name, level in step.any.items())
    if choice:
        needs.append(Need(any_of=choice))
    return needs[0] if len(needs) == 1 else Need(all_of=tuple(needs))


def work_of(number: int, arrival: Arrival, kind: Kind, steps: tuple[Step, ...]) -> Work:
    """An arrival in the engine's words."""
    return Work(
        id=number,
        team_ids=(TEAM,),
        customer_id=number,
        channel=kind.channel,
        points=kind.points,
        is_interruptible=kind.is_interruptible,
        eligible_at=arrival.at,
        steps=steps,
        is_hard=arrival.is_hard,
    )
