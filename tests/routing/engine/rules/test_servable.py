"""The quick look before work is weighed: it never leaves out what could be given."""

from hypothesis import given, settings

from ombud.routing.engine.rules import decide, why_not
from ombud.routing.engine.rules.kinds import floor_of
from ombud.routing.engine.rules.servable import servable
from ombud.routing.engine.schemas import Agent, Work
from tests.routing.engine.rules.floors import NOW, agent, agents, step, work, works


@given(works(), agents())
@settings(max_examples=60, deadline=None)
def test_servable_is_exactly_what_somebody_could_take_now(waiting: list[Work], people: list[Agent]) -> None:
    for one in waiting:
        one.customer_id = 0
    able = {one.id for one in waiting if any(not why_not(one, each, NOW) for each in people)}
    assert servable(waiting, floor_of(people), now=NOW) == able
    assert {one.work_id for one in decide(waiting, people, now=NOW)} <= able


def test_servable_leaves_out_work_whose_agents_are_full_and_keeps_a_customer_of_others() -> None:
    waiting = [work(1, steps=(step((7, 3)),)), work(2), work(3, customer_id=5)]
    people = [agent(1, skills={7: 5}, firm_load=4), agent(2, excluded_customers=frozenset({5}))]
    assert servable(waiting, floor_of(people), now=NOW) == {2, 3}
    assert servable([], floor_of(people), now=NOW) == servable(waiting, floor_of([]), now=NOW) == set()
