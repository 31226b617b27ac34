"""Facts about skills, levels, settings, requirement rules and weights. Numbers and names of fields only."""

from typing import Literal

from ombud.shared.events import Fact


class SkillChanged(Fact, frozen=True, kw_only=True):
    """A skill was made, changed, archived or brought back."""

    skill_id: int
    change: Literal["made", "changed", "archived", "restored"]


class AgentLevelsChanged(Fact, frozen=True, kw_only=True):
    """A person holds skills at other levels or until other days; 0 is none any more."""

    person_id: int
    # skill -> level before and after
    levels: dict[str, tuple[int, int]]


class AgentRoutingChanged(Fact, frozen=True, kw_only=True):
    """What an agent takes is another: limits, channels, wrap-up, ramp, hours, reserve."""

    person_id: int
    fields: list[str]


class AgentExclusionChanged(Fact, frozen=True, kw_only=True):
    """An agent is kept from a customer's work, or no longer."""

    person_id: int
    customer_id: int
    change: Literal["made", "changed", "removed"]


class TeamRoutingChanged(Fact, frozen=True, kw_only=True):
    """How work reaches a team's people is another."""

    fields: list[str]


class RequirementRuleChanged(Fact, frozen=True, kw_only=True):
    """A requirement rule was made, changed, switched, put elsewhere in the order, or archived."""

    rule_id: int
    version: int
    change: Literal["made", "changed", "switched", "ordered", "archived"]


class ScoreWeightsChanged(Fact, frozen=True, kw_only=True):
    """The parts of the priority score count otherwise."""

    weights_id: int
    fields: list[str]
