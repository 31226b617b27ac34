"""Waiting work by its kind: the same agents can take all of a kind, equally well, so one look at each serves all."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from functools import reduce
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ombud.routing.engine.rules.fitness import LEAST_HARD_SHARE, PREFERRED, WITHOUT_SKILL, worth
from ombud.routing.engine.rules.needs import ideal_need, present_need, skill_ids
from ombud.routing.engine.schemas import Agent, Need, Work

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Kind(Struct):
    """Work of one kind, the most urgent first; ``place`` is the next one to be given."""

    works: list[Work]
    need: Need
    worths: list[float]
    place: int = 0

    def head(self) -> float:
        """What the next one is worth; 0 when all are given."""
        return self.worths[self.place] if self.place < len(self.worths) else 0.0

    def take(self) -> Work:
        """Take the next one."""
        self.place += 1
        return self.works[self.place - 1]


def order(work: Work) -> tuple[float, float, int]:
    """The order among work that is equal otherwise: the higher score, the longer wait, the lower number."""
    return (-work.score, work.eligible_at, work.id)


def kinds_of(works: Iterable[Work], excluded: Container[int], now: float) -> list[Kind]:
    """Sort work into kinds, the most urgent first; ``excluded``: customers whom some agent does not get."""
    needs: dict[tuple[Any, ...], Need] = {}
    groups: dict[tuple[Any, ...], list[Work]] = {}
    for work in sorted(works, key=order):
        need = present_need(work, now)
        key = (
            *(work.team_ids, work.brand_id, work.channel, work.points, work.is_interruptible, work.is_hard, need),
            *(ideal_need(work), work.refused_by, work.preferred_id, now < work.preferred_until),
            work.customer_id if work.customer_id in excluded else 0,
        )
        groups.setdefault(key, []).append(work)
        needs[key] = need
    return [Kind(group, needs[key], [worth(one.score) for one in group]) for key, group in groups.items()]


class Floor:
    """The agents of a batch as columns of numbers, and what they carry while it is decided."""

    def __init__(self, agents: Sequence[Agent]) -> None:
        self.agents = agents
        self.capacity = np.array([one.capacity for one in agents], dtype=np.int64)
        self.load = np.array([one.load for one in agents], dtype=np.int64)
        self.firm_load = np.array([one.firm_load for one in agents], dtype=np.int64)
        self.ramp = np.array(
            [2**31 if one.ramp_at_most is None else one.ramp_at_most for one in agents], dtype=np.int64
        )
        # Of agents with limits, by place, as soon as they were given something; as loads, they outlast a band.
        self.per_channel: dict[int, dict[str, int]] = {}
        self.recent = np.array([one.recent for one in agents], dtype=np.float64)
        self._hard = np.array([max(one.hard_share, LEAST_HARD_SHARE) for one in agents], dtype=np.float64)
        self._ids = np.array([one.id for one in agents], dtype=np.int64)
        self._is_there = np.array([not one.unavailable for one in agents], dtype=np.bool_)
        # Columns come into being as they are asked for.
        self._levels: defaultdict[int, NDArray[np.int64]] = defaultdict(lambda: np.zeros(len(agents), dtype=np.int64))
        self._members: defaultdict[int, Flags] = defaultdict(lambda: np.zeros(len(agents), dtype=np.bool_))
        self._met: dict[Need, Flags] = {}
        self._fits: dict[Need, Floats] = {}
        self._takers: dict[tuple[int, str], Flags] = {}
        self.excluded = frozenset[int]().union(*(one.excluded_customers for one in agents))

    def matches(self, kind: Kind, now: float) -> Floats:
        """How well each agent suits a kind of work; 0 where it may not be given to them, whatever room they have."""
        work = kind.works[0]
        suits = WITHOUT_SKILL + (1 - WITHOUT_SKILL) * self._fit(ideal_need(work))
        if work.is_hard:
            suits = suits * self._hard
        may = self._is_there & self._is_met(kind.need) & self._in_teams(work.team_ids) & self._takes(work)
        if work.refused_by:
            may &= ~np.isin(self._ids, work.refused_by)
        if work.preferred_id is not None:
            is_preferred = self._ids == work.preferred_id
            suits = np.where(is_preferred, suits * PREFERRED, suits)
            if now < work.preferred_until:
                may &= is_preferred
        return np.where(may, suits, 0.0)

    def exclusions(self, kind: Kind) -> dict[str, int]:
        """How many of the agents who are there may not have a kind of work, by the first reason against them."""
        work = kind.works[0]
        found: dict[str, int] = {}
        left = self._is_there.copy()
        refused = np.isin(self._ids, work.refused_by)
        for code, fits in (
            ("team", self._in_teams(work.team_ids)),
            ("takes", self._takes(work)),
            ("skills", self._is_met(kind.need)),
            ("refused", ~refused),
        ):
            count = int(np.count_nonzero(left & ~fits))
            if count:
                found[code] = count
            left &= fits
        return found

    def _in_teams(self, team_ids: tuple[int, ...]) -> Flags:
        if not self._members:
            for place, agent in enumerate(self.agents):
                for team_id in agent.team_ids:
                    self._members[team_id][place] = True
        nobody = np.zeros(len(self.agents), dtype=np.bool_)
        return reduce(np.logical_or, (self._members[one] for one in team_ids), nobody)

    def _takes(self, work: Work) -> Flags:
        key = (work.brand_id, work.channel)
        found = self._takers.get(key)
        if found is None:
            may = [
                (one.brand_ids is None or work.brand_id in one.brand_ids)
                and (one.accepts is None or work.channel in one.accepts)
                for one in self.agents
            ]
            found = self._takers[key] = np.array(may, dtype=np.bool_)
        if work.customer_id in self.excluded:
            found = found & np.array([work.customer_id not in one.excluded_customers for one in self.agents])
        return found

    def _level(self, skill_id: int) -> NDArray[np.int64]:
        if not self._levels:
            for place, agent in enumerate(self.agents):
                for held, level in agent.skills.items():
                    self._levels[held][place] = level
        return self._levels[skill_id]

    def _is_met(self, need: Need) -> Flags:
        found = self._met.get(need)
        if found is None:
            found = self._met[need] = self._now_met(need)
        return found

    def _now_met(self, need: Need) -> Flags:
        if need.skill_id:
            return self._level(need.skill_id) >= need.level
        everybody = np.ones(len(self.agents), dtype=np.bool_)
        if need.any_of:
            return reduce(np.logical_or, (self._is_met(one) for one in need.any_of))
        return reduce(np.logical_and, (self._is_met(one) for one in need.all_of), everybody)

    def _fit(self, need: Need) -> Floats:
        found = self._fits.get(need)
        if found is None:
            found = self._fits[need] = self._now_fit(need)
        return found

    def _now_fit(self, need: Need) -> Floats:
        if need.skill_id:
            return np.minimum(self._level(need.skill_id) / need.level, 1.0)
        if need.any_of:
            return reduce(np.maximum, (self._fit(one) for one in need.any_of))
        if need.all_of:
            return sum((self._fit(one) for one in need.all_of), np.zeros(len(self.agents))) / len(need.all_of)
        return np.ones(len(self.agents))


def floor_of(agents: Iterable[Agent]) -> Floor:
    """Those of some agents who are there at all, as a floor."""
    return Floor([one for one in agents if not one.unavailable and one.capacity > 0])


def asks_for_skills(kinds: Iterable[Kind]) -> bool:
    """Whether any work names a skill, now or at first."""
    return any(any(skill_ids(ideal_need(kind.works[0]))) or any(skill_ids(kind.need)) for kind in kinds)
