"""What giving a piece of work to an agent is worth, and why it may not be given to them."""

from ombud.routing.engine.rules.needs import fit, ideal_need, is_met, missing, present_need
from ombud.routing.engine.schemas import Agent, Exclusion, Work

# Safety and law: every score of the band is above every score below it.
BAND = 1_000_000.0
# The least that work is worth, so that a score of nothing is still worth an agent.
LEAST = 10.0
# An agent who has nothing of what was asked for at first is worth so much of one who has it all.
WITHOUT_SKILL = 0.4
PREFERRED = 1.25
# Given away by a full agent against an idle one, and by one who had much of the recent work against one who had none.
LOAD = 0.15
FAIRNESS = 0.05
# A bound on hard work is no ban: where nobody else is, it is given.
LEAST_HARD_SHARE = 0.05


def worth(score: float) -> float:
    """What the work itself is worth within its band."""
    return max(LEAST + score - band(score) * BAND, 1.0)


def band(score: float) -> int:
    """The band of a score: work of a higher one is given out before any other."""
    return max(int(score // BAND), 0)


def match(work: Work, agent: Agent) -> float:
    """How well an agent suits a piece of work, whatever else they do: about 0 to 1.25."""
    suits = WITHOUT_SKILL + (1 - WITHOUT_SKILL) * fit(ideal_need(work), agent.skills)
    if work.preferred_id == agent.id:
        suits *= PREFERRED
    if work.is_hard:
        suits *= max(agent.hard_share, LEAST_HARD_SHARE)
    return suits


def spare(load: float, capacity: int, recent: float) -> float:
    """What is left of an agent's worth by their load and by the work that they had lately."""
    return 1.0 - LOAD * min(load / max(capacity, 1), 2.0) - FAIRNESS * recent / (recent + 10.0)


def value(work: Work, agent: Agent) -> float:
    """The worth of an assignment: of the work x how well they suit x how free they are.

    The engine gives out work so that the sum of it is as high as it can be.
    """
    return worth(work.score) * match(work, agent) * spare(agent.load, agent.capacity, agent.recent)


def why_not(work: Work, agent: Agent, now: float) -> list[Exclusion]:
    """Every reason why an agent does not get a piece of work now; none: they could."""
    found = [Exclusion(agent.unavailable)] if agent.unavailable else []
    if not set(work.team_ids) & set(agent.team_ids):
        found.append(Exclusion("team"))
    if agent.brand_ids is not None and work.brand_id not in agent.brand_ids:
        found.append(Exclusion("brand"))
    found += _not_this_work(work, agent, now)
    found += _no_room(work, agent)
    return found


def _not_this_work(work: Work, agent: Agent, now: float) -> list[Exclusion]:
    found = []
    if agent.accepts is not None and work.channel not in agent.accepts:
        found.append(Exclusion("channel"))
    need = present_need(work, now)
    if not is_met(need, agent.skills):
        found.append(Exclusion("skills", needs=missing(need, agent.skills)))
    if agent.id in work.refused_by:
        found.append(Exclusion("refused"))
    if work.customer_id in agent.excluded_customers:
        found.append(Exclusion("customer"))
    if work.preferred_id not in (None, agent.id) and now < work.preferred_until:
        found.append(Exclusion("preferred", at_most=work.preferred_until))
    return found


def _no_room(work: Work, agent: Agent) -> list[Exclusion]:
    found = []
    load = agent.load if work.is_interruptible else agent.firm_load
    if agent.capacity <= 0:
        found.append(Exclusion("no_capacity"))
    elif load + work.points > agent.capacity:
        found.append(Exclusion("capacity", has=load, at_most=agent.capacity))
    most = agent.limits.get(work.channel)
    has = agent.per_channel.get(work.channel, 0)
    if most is not None and has >= most:
        found.append(Exclusion("limit", has=has, at_most=most))
    if agent.ramp_at_most is not None and agent.ramp_at_most <= 0:
        found.append(Exclusion("ramp"))
    return found
