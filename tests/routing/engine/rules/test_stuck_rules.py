"""Why nobody can take a piece of work, and when somebody can after all."""

import pytest
from hypothesis import given, settings

from ombud.routing.engine.rules import decide
from ombud.routing.engine.rules.stuck import why_stuck
from ombud.routing.engine.schemas import Agent, Work
from tests.routing.engine.rules.floors import NOW, agent, agents, step, work, works

RARE = 9


@pytest.mark.parametrize(
    ("one", "members", "expected"),
    [
        (work(), [agent()], None),
        (work(), [], "nobody_in_team"),
        (work(), [agent(team_ids=(2,))], "nobody_in_team"),
        (work(), [agent(capacity=0)], "no_capacity"),
        (work(points=5), [agent(capacity=4)], "no_capacity"),
        (work(steps=(step((RARE, 2)),)), [agent(skills={RARE: 1})], "nobody_skilled"),
        (work(steps=(step((RARE, 2)),)), [agent(skills={RARE: 2}, unavailable="offline")], "nobody_online"),
        (work(refused_by=(1,)), [agent()], "refused"),
        (work(brand_id=3), [agent(brand_ids=frozenset({4}))], "nobody_allowed"),
        (work(channel="chat"), [agent(accepts=frozenset({"email"}))], "nobody_allowed"),
        (work(customer_id=3), [agent(excluded_customers=frozenset({3}))], "nobody_allowed"),
        (work(), [agent(unavailable="suspended")], "nobody_allowed"),
        (work(), [agent(unavailable="offline"), agent(2, unavailable="silent")], "nobody_online"),
        (work(), [agent(unavailable="break"), agent(2, unavailable="offline")], None),
        (work(), [agent(unavailable="busy")], None),
        (work(), [agent(firm_load=4)], None),
        (work(channel="chat"), [agent(limits={"chat": 1}, per_channel={"chat": 1})], None),
        (work(), [agent(ramp_at_most=0)], None),
        (work(preferred_id=9, preferred_until=NOW + 5), [agent()], None),
        (work(eligible_at=NOW + 3_600), [agent()], "clock"),
        (work(eligible_at=NOW + 30), [agent()], None),
    ],
)
def test_why_stuck_names_the_first_reason_that_does_not_pass_by_itself(
    one: Work, members: list[Agent], expected: str | None
) -> None:
    assert why_stuck(one, members, NOW) == expected


def test_why_stuck_archived_team_comes_before_all() -> None:
    assert why_stuck(work(), [agent()], NOW, is_archived=True) == "team_archived"


@given(works(), agents())
@settings(max_examples=60, deadline=None)
def test_why_stuck_work_that_is_given_was_never_stuck(waiting: list[Work], people: list[Agent]) -> None:
    by_id = {one.id: one for one in waiting}
    for one in decide(waiting, people, now=NOW):
        assert why_stuck(by_id[one.work_id], people, NOW) in (None, "clock")
