"""Decide who takes which waiting work."""

from collections.abc import Sequence

from ombud.routing.engine.rules import fitness
from ombud.routing.engine.rules.assigning import assign
from ombud.routing.engine.rules.batch import Pick
from ombud.routing.engine.rules.kinds import Floor, floor_of, kinds_of
from ombud.routing.engine.rules.needs import fit, ideal_need, step_at
from ombud.routing.engine.rules.simple import decide_in_turn
from ombud.routing.engine.schemas import Agent, Candidate, Decision, Policy, Work


def decide(
    works: Sequence[Work], agents: Sequence[Agent], *, now: float, policy: Policy = "skills", keep: int = 5
) -> list[Decision]:
    """Give waiting work to agents with room, so that the sum of the assignments' values is as high as it can be.

    Work of a higher band (safety, law) is given out before any other. On ties the longest idle agent is taken. What
    nobody may take stays. ``keep``: how many candidates each decision names. The other policies are for comparison:
    first come, first served, to who is idle longest or whose turn it is, under the same requirements.

    Changes neither ``works`` nor ``agents``.
    """
    if policy != "skills":
        return decide_in_turn(works, agents, now=now, policy=policy)
    return decide_on(floor_of(agents), works, now=now, keep=keep)


def decide_on(floor: Floor, works: Sequence[Work], *, now: float, keep: int = 5) -> list[Decision]:
    """The same on a floor that was looked at before; it carries afterwards what was given."""
    bands: dict[int, list[Work]] = {}
    for work in works:
        bands.setdefault(fitness.band(work.score), []).append(work)
    if not floor.agents:
        return []
    decisions = []
    for number in sorted(bands, reverse=True):
        kinds = kinds_of(bands[number], floor.excluded, now)
        picks = assign(kinds, floor, now=now, keep=keep)
        against = {pick.kind: floor.exclusions(kinds[pick.kind]) for pick in picks} if keep else {}
        decisions += [_decision(pick, floor, now, against.get(pick.kind, {})) for pick in picks]
    return decisions


def _decision(pick: Pick, floor: Floor, now: float, excluded: dict[str, int]) -> Decision:
    agent, work = floor.agents[pick.agent], pick.work
    return Decision(
        work_id=work.id,
        person_id=agent.id,
        team_id=next(one for one in work.team_ids if one in agent.team_ids),
        step=step_at(work, now),
        score=work.score,
        value=fitness.worth(work.score) * fitness.match(work, agent) * pick.spare,
        fit=fit(ideal_need(work), agent.skills),
        load=pick.load,
        capacity=agent.capacity,
        idle_since=pick.idle_since,
        candidate_count=pick.candidates,
        excluded=excluded,
        candidates=tuple(_candidate(work, floor.agents[place]) for place in pick.others),
    )


def _candidate(work: Work, agent: Agent) -> Candidate:
    return Candidate(
        agent.id,
        round(fitness.value(work, agent), 3),
        round(fit(ideal_need(work), agent.skills), 3),
        round(agent.load / max(agent.capacity, 1), 3),
        agent.idle_since,
    )
