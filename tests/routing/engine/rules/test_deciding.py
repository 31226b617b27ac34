"""Deciding, by properties and by cases: nothing forbidden, nothing twice, nothing left that fits, near the best."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import linear_sum_assignment

from ombud.routing.engine.rules import decide, why_not
from ombud.routing.engine.rules.fitness import band, value
from ombud.routing.engine.schemas import Agent, Decision, Policy, Work
from tests.routing.engine.rules.floors import NOW, agent, agents, step, work, works

HEBREW = 7


def carry(one: Work, somebody: Agent) -> None:
    somebody.load += one.points
    somebody.firm_load += 0 if one.is_interruptible else one.points
    somebody.per_channel = {**somebody.per_channel, one.channel: somebody.per_channel.get(one.channel, 0) + 1}
    if somebody.ramp_at_most is not None:
        somebody.ramp_at_most -= 1


def pairs(decisions: list[Decision]) -> list[tuple[int, int]]:
    return [(one.work_id, one.person_id) for one in decisions]


@pytest.mark.parametrize("policy", ["skills", "longest_idle", "round_robin"])
@given(works(), agents())
@settings(max_examples=60, deadline=None)
def test_decide_gives_each_work_once_to_who_may_have_it_and_leaves_nothing_that_fits(
    policy: Policy, waiting: list[Work], people: list[Agent]
) -> None:
    decisions = decide(waiting, people, now=NOW, policy=policy)
    by_work, by_person = {one.id: one for one in waiting}, {one.id: one for one in people}
    assert max(Counter(one.work_id for one in decisions).values(), default=1) == 1
    for one in decisions:
        assert why_not(by_work[one.work_id], by_person[one.person_id], NOW) == []
        assert one.team_id in by_person[one.person_id].team_ids
        carry(by_work[one.work_id], by_person[one.person_id])
    left = set(by_work) - {one.work_id for one in decisions}
    assert all(why_not(by_work[number], one, NOW) for number in left for one in people)


@given(works(), agents())
@settings(max_examples=40, deadline=None)
def test_decide_is_the_same_whatever_the_order_and_changes_nothing(waiting: list[Work], people: list[Agent]) -> None:
    before = repr((waiting, people))
    first = decide(waiting, people, now=NOW)
    assert repr((waiting, people)) == before
    again = decide(waiting[::-1], people[::-1], now=NOW)
    assert sorted(pairs(first)) == sorted(pairs(again))


@given(works(), agents())
@settings(max_examples=40, deadline=None)
def test_decide_a_higher_band_takes_its_agents_first(waiting: list[Work], people: list[Agent]) -> None:
    upper = [one for one in waiting if band(one.score)]
    together = [one for one in decide(waiting, people, now=NOW) if band(one.score)]
    assert pairs(together) == pairs(decide(upper, people, now=NOW))


def test_decide_plain_desk_takes_the_least_loaded_then_the_longest_idle() -> None:
    people = [agent(1, load=1, idle_since=0), agent(2, idle_since=20), agent(3, idle_since=10)]
    waiting = [work(number, score=50 - number) for number in range(1, 7)]
    assert pairs(decide(waiting, people, now=NOW)) == [(1, 3), (2, 2), (3, 1), (4, 2), (5, 3), (6, 1)]


def test_decide_urgent_work_counts_toward_the_limit_of_its_channel() -> None:
    people = [agent(1, capacity=5, limits={"chat": 1})]
    waiting = [work(1, score=0, channel="chat"), work(2, score=1_000_005, channel="chat")]
    assert pairs(decide(waiting, people, now=NOW)) == [(2, 1)]


def test_decide_twice_the_capacity_carries_twice_the_work() -> None:
    people = [agent(1, capacity=5), agent(2, capacity=10)]
    given_to = Counter(one.person_id for one in decide([work(n) for n in range(12)], people, now=NOW))
    assert given_to == {1: 4, 2: 8}


def test_decide_specialist_is_kept_for_the_work_that_needs_them() -> None:
    people = [agent(1, capacity=1, skills={HEBREW: 5}, idle_since=0), agent(2, capacity=1, idle_since=500)]
    waiting = [work(1, score=21, steps=()), work(2, score=20, steps=(step((HEBREW, 3)),))]
    assert sorted(pairs(decide(waiting, people, now=NOW))) == [(1, 2), (2, 1)]


def test_decide_large_work_that_fits_nobody_does_not_stop_the_small() -> None:
    waiting = [work(1, points=5, score=99), work(2), work(3, team_ids=(9,), score=99)]
    assert pairs(decide(waiting, [agent()], now=NOW)) == [(2, 1)]


def test_decide_says_what_it_weighed() -> None:
    people = [agent(1, skills={HEBREW: 2}, load=1), agent(2, skills={HEBREW: 5})]
    [one] = decide([work(score=12, steps=(step((HEBREW, 4), seconds=5), step((HEBREW, 2))))], people, now=NOW)
    assert (one.person_id, one.team_id, one.step, one.score, one.fit, one.candidate_count) == (2, 1, 1, 12, 1, 2)
    assert [found.person_id for found in one.candidates] == [2, 1]
    assert one.value == pytest.approx(value(work(score=12, steps=(step((HEBREW, 4)),)), people[1]))


def test_decide_preferred_agent_is_worth_more_than_an_idle_one() -> None:
    people = [agent(1, load=2), agent(2)]
    assert pairs(decide([work(preferred_id=1)], people, now=NOW)) == [(1, 1)]


def test_decide_round_robin_takes_turns_and_longest_idle_does_not() -> None:
    people = [agent(1, given_at=5, idle_since=1), agent(2, given_at=3, idle_since=2)]
    assert pairs(decide([work()], people, now=NOW, policy="round_robin")) == [(1, 2)]
    assert pairs(decide([work()], people, now=NOW, policy="longest_idle")) == [(1, 1)]


@pytest.mark.parametrize("seed", range(4))
def test_decide_comes_within_two_percent_of_the_exact_assignment(seed: int) -> None:
    chance = np.random.default_rng(seed)
    people = [
        agent(n, capacity=1, skills={int(s): int(chance.integers(1, 6)) for s in chance.choice(12, 4)})
        for n in range(60)
    ]
    waiting = [
        work(n, score=float(chance.gamma(2, 20)), steps=(step((int(chance.integers(12)), int(chance.integers(1, 5)))),))
        for n in range(300)
    ]
    table = np.array([[0.0 if why_not(w, a, NOW) else value(w, a) for w in waiting] for a in people])
    best = table[linear_sum_assignment(table, maximize=True)].sum()
    assert sum(one.value for one in decide(waiting, people, now=NOW)) >= 0.98 * best
