"""A surge plan on a simulated day: it begins, acts, ends, and leaves everything as it was."""

from typing import Any

from ombud.routing.simulation.rules.day import Day
from ombud.routing.simulation.schemas import Break, Relief, Spell
from tests.routing.simulation.days import group, kind, of, play, scenario, states, step

# Twice what two people can carry.
BUSY = kind(per_day=240, patience=Spell(900), is_call_back_possible=True)


def relieved(relief: Relief, **given: Any) -> Day:
    reserve = group(4, is_reserve=True)
    return play(scenario({"a": BUSY}, {"g": group(2), "r": reserve}, **given), relief=relief)


def test_relief_many_waiting_begins_and_calls_the_reserve() -> None:
    day = relieved(Relief(waiting_over=10, reserve_share=0.75, reserve_after_seconds=120))
    assert day.hand
    since, _ = day.hand.stretches[0]
    reserve = [one for one in day.floor.people.values() if one.member.is_reserve and one.served]
    assert len(reserve) == 3
    first = min(one.began_at or 0 for one in day.items if one.person in reserve)
    assert first >= since + 120


def test_relief_few_waiting_never_begins() -> None:
    day = play(scenario(), relief=Relief(waiting_over=50, reserve_share=1))
    assert day.hand
    assert day.hand.stretches == []


def test_relief_after_its_minutes_everything_is_as_it_was() -> None:
    relief = Relief(
        starts="09:10", minutes=10, reserve_share=1, more_at_a_time=2, wrap_up_times=0.5, blocks_breaks=True
    )
    people = {"g": group(2, capacity=4, limits={"chat": 2}), "r": group(4, is_reserve=True)}
    day = play(scenario({"a": BUSY}, people), relief=relief)
    floor = day.floor
    assert [(one.agent.capacity, one.agent.limits) for one in floor.people.values() if not one.member.is_reserve] == [
        (4, {"chat": 2})
    ] * 2
    assert (floor.blocks_breaks, floor.wrap_up_times) == (False, 1.0)
    assert not any(one.is_on_shift for one in floor.people.values() if one.member.is_reserve)
    assert day.hand
    assert len(day.hand.stretches) == 1


def test_relief_calm_for_long_enough_ends_early() -> None:
    relief = Relief(waiting_over=8, minutes=120, calm_minutes=2, reserve_share=1, reserve_after_seconds=0)
    day = relieved(relief)
    assert day.hand
    since, until = day.hand.stretches[0]
    assert until is not None
    assert until - since < 3_600


def test_relief_more_at_a_time_has_more_in_hand_while_it_holds() -> None:
    people = {"g": group(1, capacity=2, limits={"chat": 1})}
    busy = scenario({"a": kind(per_day=200, points=2)}, people)
    day = play(busy, relief=Relief(starts="09:20", minutes=20, more_at_a_time=1))
    most = max(one.in_hand for one in day.samples)
    assert most == 2
    assert max(one.in_hand for one in day.samples if one.at < 9 * 3_600 + 1_200) == 1


def test_relief_low_value_work_waits_and_is_not_lost() -> None:
    kinds = {"a": kind(per_day=30), "low": kind(per_day=30, is_low_value=True)}
    day = play(scenario(kinds), relief=Relief(starts="09:20", minutes=20, stops_low_value=True))
    begun = [one.began_at or 0 for one in of(day, "low")]
    assert not [at for at in begun if 9 * 3_600 + 1_215 < at < 9 * 3_600 + 2_385]
    assert states(day) == {"done": len(day.items)}
    assert day.parked == {}


def test_relief_steps_hold_half_as_long() -> None:
    needs = kind(per_day=30, steps=[step(60, rare=3)])
    day = play(scenario({"a": needs}, {"g": group(9)}), relief=Relief(starts="09:20", minutes=20, step_times=0.5))
    within = [round(one.waited) for one in day.items if 9 * 3_600 + 1_260 < one.arrival.at < 9 * 3_600 + 2_300]
    assert set(within) == {30}
    assert {round(one.waited) for one in day.items if one.arrival.at < 9 * 3_600 + 1_000} == {60}


def test_relief_call_back_keeps_who_would_have_given_up() -> None:
    offer = Relief(starts="09:05", minutes=50, call_back_after_seconds=60, call_back_share=1)
    without, with_it = (relieved(one) for one in (Relief(starts="09:05", minutes=50), offer))
    assert states(with_it).get("abandoned", 0) < states(without)["abandoned"]
    assert any(one.is_called_back and one.state == "done" for one in with_it.items)


def test_relief_blocked_break_is_counted_as_missed() -> None:
    rest = Break(at="09:30", minutes=10)
    day = play(scenario(groups={"g": group(1, breaks=[rest])}), relief=Relief(starts="09:20", blocks_breaks=True))
    assert [one.missed_breaks for one in day.floor.people.values()] == [1]


def test_relief_announcement_informs_some_but_nobody_in_danger() -> None:
    kinds = {"a": kind(per_day=200), "danger": kind(per_day=100, is_safety=True)}
    day = play(scenario(kinds, {"g": group(9)}), relief=Relief(starts="09:00", announcement_share=0.5))
    informed = sum(one.state == "informed" for one in of(day, "a"))
    assert 0.3 < informed / len(of(day, "a")) < 0.7
    assert not [one for one in of(day, "danger") if one.state == "informed"]
