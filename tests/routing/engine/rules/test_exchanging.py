"""Kinds, and the exchange within blocks: never worse than what was given at first, and nobody overloaded by it."""

from collections import Counter

import numpy as np
import pytest

from ombud.routing.engine.rules.assigning import give_all
from ombud.routing.engine.rules.batch import Batch
from ombud.routing.engine.rules.exchanging import exchange
from ombud.routing.engine.rules.kinds import Floor, asks_for_skills, kinds_of
from ombud.routing.engine.schemas import Agent, Need, Step, Work
from tests.routing.engine.rules.floors import NOW, agent, step, work


def floor_of(seed: int) -> tuple[list[Work], list[Agent]]:
    chance = np.random.default_rng(seed)
    people = [
        agent(
            number,
            capacity=int(chance.integers(1, 4)),
            skills={int(skill): int(chance.integers(1, 6)) for skill in chance.choice(6, 3)},
            idle_since=float(chance.integers(0, 900)),
        )
        for number in range(1, 25)
    ]
    waiting = [
        work(
            number,
            score=float(chance.integers(0, 90)),
            steps=(Step(Need(int(chance.integers(0, 6)) or 6, int(chance.integers(1, 5))), None),),
        )
        for number in range(1, 60)
    ]
    return waiting, people


def batch_of(waiting: list[Work], people: list[Agent]) -> Batch:
    floor = Floor(people)
    return Batch(kinds_of(waiting, floor.excluded, NOW), floor, now=NOW, keep=3)


@pytest.mark.parametrize("seed", range(5))
def test_exchange_is_never_worse_and_overloads_nobody(seed: int) -> None:
    waiting, people = floor_of(seed)
    batch = batch_of(waiting, people)
    picks = give_all(batch)
    before = sum(one.worth * float(batch.matches[one.agent, one.kind]) * one.spare for one in picks)
    exchange(picks, batch)
    after = sum(one.worth * float(batch.matches[one.agent, one.kind]) * one.spare for one in picks)
    assert after >= before * (1 - 1e-6)
    assert max(Counter(one.work.id for one in picks).values()) == 1
    carried = Counter(one.agent for one in picks)
    assert all(count <= people[place].capacity for place, count in carried.items())
    assert all(batch.matches[one.agent, one.kind] > 0 for one in picks)


def test_kinds_of_puts_together_what_the_same_agents_can_take() -> None:
    waiting = [
        work(1, score=5, steps=(step((1, 2)),)),
        work(2, score=9, steps=(step((1, 2)),)),
        work(3, score=7, steps=(step((1, 3)),)),
        work(4, score=6, refused_by=(8,), steps=(step((1, 2)),)),
        work(5, score=1, customer_id=4, steps=(step((1, 2)),)),
        work(6, score=2, customer_id=5, steps=(step((1, 2)),)),
    ]
    kinds = kinds_of(waiting, {5}, NOW)
    assert [[one.id for one in kind.works] for kind in kinds] == [[2, 1, 5], [3], [4], [6]]
    assert asks_for_skills(kinds)
    assert not asks_for_skills(kinds_of([work()], frozenset[int](), NOW))


def test_kind_gives_its_work_in_order_and_then_nothing() -> None:
    [kind] = kinds_of([work(1, score=1), work(2, score=4)], frozenset[int](), NOW)
    assert (kind.head(), kind.take().id, kind.head(), kind.take().id, kind.head()) == (14, 2, 11, 1, 0)


def test_floor_exclusions_count_each_agent_once_by_the_first_reason() -> None:
    people = [
        agent(1, skills={1: 5}),
        agent(2),
        agent(3, team_ids=(9,)),
        agent(4, accepts=frozenset({"email"})),
        agent(5, skills={1: 5}),
        agent(6, unavailable="offline"),
    ]
    one = work(channel="chat", steps=(step((1, 3)),), refused_by=(5,))
    [kind] = kinds_of([one], frozenset[int](), NOW)
    assert Floor(people).exclusions(kind) == {"team": 1, "takes": 1, "skills": 1, "refused": 1}


def test_batch_others_are_the_best_few_with_the_chosen_one_first() -> None:
    people = [agent(number, load=number) for number in range(4)]
    batch = batch_of([work(1)], [one for one in people if one.id])
    count, others = batch.others(2, 0)
    assert (count, others) == (3, [2, 0, 1])
