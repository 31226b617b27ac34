"""Why an agent may not have work, and what it is worth to give it to them."""

import pytest

from ombud.routing.engine.rules.fitness import match, value, why_not
from ombud.routing.engine.schemas import Agent, Need, Work
from tests.routing.engine.rules.floors import NOW, agent, step, work

HEBREW = 7


@pytest.mark.parametrize(
    ("one", "somebody", "codes"),
    [
        (work(), agent(), []),
        (work(), agent(unavailable="wrap_up"), ["wrap_up"]),
        (work(), agent(team_ids=(2,)), ["team"]),
        (work(team_ids=(1, 2)), agent(team_ids=(2,)), []),
        (work(brand_id=5), agent(brand_ids=frozenset({4})), ["brand"]),
        (work(channel="chat"), agent(accepts=frozenset({"email"})), ["channel"]),
        (work(channel="chat"), agent(limits={"chat": 2}, per_channel={"chat": 2}), ["limit"]),
        (work(points=3), agent(firm_load=2), ["capacity"]),
        (work(), agent(capacity=0), ["no_capacity"]),
        (work(), agent(ramp_at_most=0), ["ramp"]),
        (work(refused_by=(1,)), agent(), ["refused"]),
        (work(customer_id=9), agent(excluded_customers=frozenset({9})), ["customer"]),
        (work(preferred_id=2, preferred_until=NOW + 1), agent(), ["preferred"]),
        (work(preferred_id=1, preferred_until=NOW + 1), agent(), []),
        (work(preferred_id=2, preferred_until=NOW), agent(), []),
        (work(steps=(step((HEBREW, 4)),)), agent(skills={HEBREW: 3}), ["skills"]),
        (work(steps=(step((HEBREW, 4), seconds=10),)), agent(), []),
    ],
)
def test_why_not_names_each_reason(one: Work, somebody: Agent, codes: list[str]) -> None:
    assert [found.code for found in why_not(one, somebody, NOW)] == codes


def test_why_not_says_what_is_lacking_and_how_much_is_full() -> None:
    one = work(steps=(step((HEBREW, 4), (2, 1)),), points=2)
    skills, capacity = why_not(one, agent(skills={2: 3}, firm_load=3), NOW)
    assert skills.needs == (Need(HEBREW, 4),)
    assert (capacity.has, capacity.at_most) == (3, 4)


def test_why_not_work_that_can_be_put_aside_does_not_stand_in_the_way_of_firm_work() -> None:
    full_of_mail = agent(load=4, firm_load=0)
    assert why_not(work(points=4), full_of_mail, NOW) == []
    assert [one.code for one in why_not(work(is_interruptible=True), full_of_mail, NOW)] == ["capacity"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (agent(skills={HEBREW: 4}), agent(skills={HEBREW: 1})),
        (agent(load=0), agent(load=3)),
        (agent(recent=0), agent(recent=9)),
        (agent(hard_share=1), agent(hard_share=0.2)),
        (agent(1), agent(2)),
    ],
)
def test_value_prefers_the_skilled_the_free_the_rested_and_the_known(better: Agent, worse: Agent) -> None:
    one = work(steps=(step((HEBREW, 4), seconds=10),), is_hard=True, preferred_id=1)
    if better.id == worse.id:
        one.preferred_id = None
    assert value(one, better) > value(one, worse) > 0


def test_match_hard_work_is_given_to_the_strained_where_nobody_else_is() -> None:
    assert match(work(is_hard=True), agent(hard_share=0)) > 0
    assert match(work(), agent(hard_share=0)) == match(work(), agent())
