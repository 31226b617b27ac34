"""What others do, to be compared with: first come, first served, by turns."""

from collections.abc import Sequence

from msgspec.structs import replace

from ombud.routing.engine.rules import fitness
from ombud.routing.engine.rules.needs import fit, ideal_need, step_at
from ombud.routing.engine.schemas import Agent, Decision, Policy, Work


def decide_in_turn(works: Sequence[Work], agents: Sequence[Agent], *, now: float, policy: Policy) -> list[Decision]:
    """Give the oldest work first, to who is idle longest, or to who was given the least lately (round robin)."""
    people = [replace(one, per_channel=dict(one.per_channel)) for one in agents]
    decisions = []
    for work in sorted(works, key=lambda one: (one.eligible_at, one.id)):
        free = [one for one in people if not fitness.why_not(work, one, now)]
        if free:
            agent = min(free, key=lambda one: _turn(one, policy))
            decisions.append(_decision(work, agent, now, len(free)))
            _give(work, agent, now)
    return decisions


def _turn(agent: Agent, policy: Policy) -> tuple[float, ...]:
    if policy == "round_robin":
        return (agent.given_at, agent.id)
    return (agent.idle_since, agent.id)


def _give(work: Work, agent: Agent, now: float) -> None:
    agent.load += work.points
    agent.firm_load += 0 if work.is_interruptible else work.points
    agent.per_channel[work.channel] = agent.per_channel.get(work.channel, 0) + 1
    agent.idle_since = now
    agent.given_at = now
    if agent.ramp_at_most is not None:
        agent.ramp_at_most -= 1


def _decision(work: Work, agent: Agent, now: float, candidates: int) -> Decision:
    return Decision(
        work_id=work.id,
        person_id=agent.id,
        team_id=next(one for one in work.team_ids if one in agent.team_ids),
        step=step_at(work, now),
        score=work.score,
        value=fitness.value(work, agent),
        fit=fit(ideal_need(work), agent.skills),
        load=agent.load,
        capacity=agent.capacity,
        idle_since=agent.idle_since,
        candidate_count=candidates,
    )
