"""Clocks on tickets: what starts, rests, moves and ends them, told by the log."""

from datetime import timedelta

from ombud.service_levels.reactions import CLOCKS
from ombud.service_levels.services.keeping import refresh_clocks
from ombud.shared.actor import SYSTEM
from ombud.tickets.schemas.merge import MergeIn
from ombud.tickets.services.merging.merge import merge_tickets
from ombud.tickets.services.replies import undo_reply
from tests.service_levels.levels import HALF_HOUR, Levels, target

HALF = timedelta(minutes=30)


async def test_a_ticket_without_a_policy_has_no_clock(levels: Levels) -> None:
    ticket = await levels.ticket()
    assert await levels.clocks(ticket) == {}
    assert await levels.due(ticket) is None


async def test_a_new_ticket_starts_its_clocks_and_shows_the_next_deadline(levels: Levels) -> None:
    await levels.policy(HALF_HOUR, target("resolution", 8, "natural_hours"))
    ticket = await levels.ticket()
    clocks = await levels.clocks(ticket)
    assert {name: one.due_at for name, one in clocks.items()} == {
        "first_response": levels.desk.now + HALF,
        "resolution": levels.desk.now + timedelta(hours=8),
    }
    assert await levels.due(ticket) == levels.desk.now + HALF
    assert await levels.desk.column(ticket, "due_metric") == "first_response"
    assert await levels.kinds() == ["started first_response", "started resolution"]


async def test_an_answer_meets_the_first_response_and_a_question_starts_the_next(levels: Levels) -> None:
    await levels.policy(HALF_HOUR, target("next_response", 20))
    agent = await levels.desk.person("Lin")
    ticket = await levels.ticket()
    levels.desk.later(minutes=10)
    await levels.noted(ticket, agent)
    assert (await levels.clocks(ticket))["first_response"].state == "running"
    await levels.told(ticket, agent)
    first = (await levels.clocks(ticket))["first_response"]
    assert (first.state, first.outcome, first.breached_at) == ("ended", "met", None)
    assert await levels.due(ticket) is None
    asked_at = levels.desk.later(minutes=10)
    await levels.asked(ticket)
    levels.desk.later(minutes=5)
    await levels.asked(ticket, "Hello?")
    assert (await levels.clocks(ticket))["next_response"].due_at == asked_at + timedelta(minutes=20)
    await levels.told(ticket, agent)
    await levels.asked(ticket)
    assert (await levels.clocks(ticket))["next_response 2"].started_at == levels.desk.now
    met, _ = await levels.desk.events("clock_met")
    assert met.data["is_late"] is False


async def test_an_answer_that_is_taken_back_lets_the_clock_run_on(levels: Levels) -> None:
    await levels.policy(HALF_HOUR)
    agent = await levels.desk.person("Lin")
    channel = await levels.desk.channel("email", address="help@desk.example")
    await levels.desk.deliver(channel, levels.desk.mail())
    [ticket] = await levels.desk.tickets()
    await levels.read()
    entry = await levels.told(ticket, agent, undo_seconds=10)
    assert (await levels.clocks(ticket))["first_response"].outcome == "met"
    async with levels.parts.database.transaction() as tx:
        await undo_reply(tx, ticket, entry, by=agent, now=levels.desk.now)
    await levels.read()
    assert (await levels.clocks(ticket))["first_response"].state == "running"
    assert (await levels.kinds())[-1] == "resumed first_response"


async def test_the_resolution_rests_in_the_states_of_its_target(levels: Levels) -> None:
    await levels.policy(target("resolution", 4, "natural_hours", rests_in=["waiting", "on_hold"]))
    agent = await levels.desk.person("Lin")
    ticket = await levels.ticket()
    start = levels.desk.now
    levels.desk.later(hours=1)
    await levels.told(ticket, agent)
    resting = (await levels.clocks(ticket))["resolution"]
    assert (resting.state, resting.due_at, resting.next_at) == ("resting", None, None)
    assert await levels.due(ticket) is None
    levels.desk.later(hours=10)
    await levels.asked(ticket)
    assert (await levels.clocks(ticket))["resolution"].due_at == start + timedelta(hours=14)
    levels.desk.later(hours=1)
    await levels.status(ticket, "on_hold")
    levels.desk.later(hours=1)
    await levels.status(ticket, "solved")
    ended = (await levels.clocks(ticket))["resolution"]
    assert (ended.outcome, ended.breached_at) == ("met", None)
    kinds = ["started", "paused", "resumed", "paused", "met"]
    assert await levels.kinds() == [f"{kind} resolution" for kind in kinds]


async def test_a_ticket_that_is_opened_again_goes_on_where_it_stopped(levels: Levels) -> None:
    await levels.policy(target("resolution", 4, "natural_hours"), target("agent_work", 3, "natural_hours"))
    ticket = await levels.ticket()
    start = levels.desk.now
    levels.desk.later(hours=1)
    await levels.status(ticket, "solved")
    levels.desk.later(hours=5)
    await levels.asked(ticket)
    clocks = await levels.clocks(ticket)
    assert clocks["resolution"].due_at == start + timedelta(hours=9)
    assert clocks["agent_work"].due_at == start + timedelta(hours=8)
    assert {one.state for one in clocks.values()} == {"running"}


async def test_periodic_updates_are_met_by_words_to_the_customer_only(levels: Levels) -> None:
    await levels.policy(target("periodic_update", 24, "natural_hours"))
    agent = await levels.desk.person("Lin")
    ticket = await levels.ticket()
    levels.desk.later(hours=5)
    await levels.noted(ticket, agent)
    await levels.asked(ticket)
    assert list(await levels.clocks(ticket)) == ["periodic_update"]
    await levels.told(ticket, agent)
    clocks = await levels.clocks(ticket)
    assert clocks["periodic_update"].outcome == "met"
    assert clocks["periodic_update 2"].due_at == levels.desk.now + timedelta(hours=24)
    levels.desk.later(hours=1)
    await levels.status(ticket, "solved")
    assert (await levels.clocks(ticket))["periodic_update 2"].outcome == "dropped"


async def test_a_higher_priority_takes_its_own_target(levels: Levels) -> None:
    await levels.policy(target("resolution", 60, priorities=[4]), target("resolution", 480))
    ticket = await levels.ticket()
    start = levels.desk.now
    levels.desk.later(minutes=5)
    await levels.patch(ticket, priority=4)
    assert await levels.due(ticket) == start + timedelta(minutes=60)
    assert (await levels.kinds())[-1] == "moved resolution"


async def test_a_policy_is_chosen_by_the_first_condition_that_holds(levels: Levels) -> None:
    vip = {"field": "tags", "op": "any_of", "value": ["vip"]}
    await levels.policy(target("resolution", 60), condition=vip)
    standard = await levels.policy(target("resolution", 480))
    ticket = await levels.ticket()
    start = levels.desk.now
    assert await levels.due(ticket) == start + timedelta(minutes=480)
    await levels.patch(ticket, tags=["vip"])
    assert await levels.due(ticket) == start + timedelta(minutes=60)
    await levels.change(standard.id, target("resolution", 30))
    await levels.patch(ticket, subject="Another subject")
    assert await levels.due(ticket) == start + timedelta(minutes=60)


async def test_a_policy_that_is_changed_leaves_clocks_that_run(levels: Levels) -> None:
    policy = await levels.policy(target("resolution", 480))
    ticket = await levels.ticket()
    start = levels.desk.now
    levels.desk.later(minutes=1)
    await levels.change(policy.id, target("resolution", 60))
    await levels.patch(ticket, subject="Another subject")
    assert await levels.due(ticket) == start + timedelta(minutes=480)
    other = await levels.ticket(who="c2")
    assert await levels.due(other) == levels.desk.now + timedelta(minutes=60)


async def test_a_policy_is_nothing_to_tickets_from_before_it(levels: Levels) -> None:
    ticket = await levels.ticket()
    levels.desk.later(minutes=1)
    await levels.policy(target("resolution", 480))
    await levels.patch(ticket, subject="Another subject")
    assert await levels.clocks(ticket) == {}


async def test_a_policy_that_is_the_tickets_no_more_drops_its_clocks(levels: Levels) -> None:
    vip = {"field": "tags", "op": "any_of", "value": ["vip"]}
    await levels.policy(target("resolution", 60), condition=vip)
    ticket = await levels.ticket()
    await levels.patch(ticket, tags=["vip"])
    await levels.patch(ticket, tags=[])
    assert (await levels.clocks(ticket))["resolution"].outcome == "dropped"
    assert await levels.due(ticket) is None
    await levels.patch(ticket, tags=["vip"])
    assert (await levels.clocks(ticket))["resolution"].state == "running"


async def test_refresh_clocks_twice_changes_and_tells_nothing(levels: Levels) -> None:
    await levels.policy(HALF_HOUR, target("resolution", 4, "natural_hours"), target("periodic_update", 60))
    ticket = await levels.ticket()
    before, told = await levels.clocks(ticket), await levels.kinds()
    for anew in (False, True):
        async with levels.parts.database.transaction() as tx:
            assert await refresh_clocks(tx, [ticket], now=levels.desk.now, anew=anew) == 0
    assert await levels.clocks(ticket) == before
    assert await levels.kinds() == told


async def test_a_merged_ticket_leaves_its_clocks_and_the_other_counts_from_the_older_question(levels: Levels) -> None:
    await levels.policy(HALF_HOUR)
    older = await levels.ticket(who="c1")
    levels.desk.later(minutes=5)
    newer = await levels.ticket(who="c2")
    async with levels.parts.database.transaction() as tx:
        await merge_tickets(tx, newer, MergeIn([older], confirmed=True), by=SYSTEM, now=levels.desk.now)
    await levels.read()
    assert await levels.due(older) is None
    assert (await levels.clocks(older))["first_response"].outcome == "dropped"
    assert await levels.due(newer) == levels.desk.now + timedelta(minutes=25)


def test_the_reader_has_a_name_that_never_changes() -> None:
    assert CLOCKS.name == "clocks"
