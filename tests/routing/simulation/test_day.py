"""Simulated days: nothing is lost, people do what their shift says, and skills count."""

from itertools import pairwise

import pytest

from ombud.routing.simulation.rules.cast import set_up
from ombud.routing.simulation.rules.people import Item
from ombud.routing.simulation.schemas import Break, Change, Spell
from tests.routing.simulation.days import group, kind, of, play, scenario, states, step

NINE, TEN = 9 * 3_600, 10 * 3_600


def overlap(items: list[Item]) -> bool:
    """Whether two of them were in hand at once."""
    spans = sorted((one.began_at or 0, one.ended_at or 0) for one in items if one.began_at is not None)
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans))


def test_play_same_seed_is_the_same_day() -> None:
    one, other = (
        [(item.arrival.at, item.began_at, item.ended_at) for item in play(scenario(), seed=4).items] for _ in range(2)
    )
    assert one == other
    assert one != [(item.arrival.at, item.began_at, item.ended_at) for item in play(scenario(), seed=5).items]


def test_play_everything_that_arrived_ended_somehow() -> None:
    busy = scenario({"a": kind(per_day=300, patience=Spell(120))}, {"g": group(2)})
    day = play(busy)
    assert sum(states(day).values()) == len(day.items)
    assert set(states(day)) <= {"done", "abandoned", "waiting"}
    assert states(day)["abandoned"] > 0


def test_play_one_person_does_one_thing_at_a_time() -> None:
    day = play(scenario({"a": kind(per_day=200)}, {"g": group(1)}))
    assert not overlap(day.items)


def test_play_with_room_for_two_has_two_in_hand() -> None:
    room = group(1, capacity=4, limits={"chat": 2})
    day = play(scenario({"a": kind(per_day=400, points=2)}, {"g": room}))
    assert overlap(day.items)
    assert max(one.in_hand for one in day.samples) == 2


def test_play_who_lacks_the_skill_gets_it_only_after_the_step() -> None:
    needs = kind(per_day=40, steps=[step(30, rare=3)])
    day = play(scenario({"a": needs}, {"g": group(3)}))
    assert min(one.waited for one in day.items) == pytest.approx(30, abs=0.01)
    assert not any(one.is_matched for one in day.items)


def test_play_two_steps_open_one_after_the_other() -> None:
    steps = [step(20, rare=3), step(20, some=3), step(20, any=5)]
    day = play(scenario({"a": kind(per_day=20, steps=steps)}, {"g": group(5, skills={"some": 3})}))
    assert {round(one.waited) for one in day.items} == {20}


def test_play_safety_is_begun_before_what_waited_longer() -> None:
    kinds = {"a": kind(per_day=240), "danger": kind(per_day=20, is_safety=True, severity="critical")}
    day = play(scenario(kinds, {"g": group(2)}))
    usual, danger = ([one.waited for one in of(day, key)] for key in ("a", "danger"))
    # nobody in danger waits for longer than the one in front of them takes
    assert max(danger) < max(usual) / 4


def test_play_who_loses_patience_is_gone() -> None:
    day = play(scenario({"a": kind(patience=Spell(10, "fixed"))}, {"g": group(0)}))
    assert set(states(day)) == {"abandoned"}
    assert all(one.waited == pytest.approx(10) for one in day.items)


def test_play_nobody_there_everything_waits() -> None:
    day = play(scenario(groups={"g": group(0)}))
    assert states(day) == {"waiting": len(day.items)}


def test_play_full_waiting_room_turns_the_newest_away() -> None:
    day = play(scenario(groups={"g": group(0)}, waiting_places=3))
    assert states(day)["waiting"] == 3
    assert [one.state for one in day.items[:4]] == ["waiting"] * 3 + ["blocked"]


def test_play_nothing_is_begun_in_a_break_or_after_the_shift() -> None:
    rest = Break(at="09:20", minutes=10)
    day = play(scenario({"a": kind(per_day=300)}, {"g": group(1, breaks=[rest], ends="09:50")}))
    begun = [one.began_at for one in day.items if one.began_at is not None]
    longest = max((one.ended_at or 0) - (one.began_at or 0) for one in day.items)
    in_break = [at for at in begun if NINE + 20 * 60 + longest <= at < NINE + 30 * 60]
    assert not in_break
    assert max(begun) <= NINE + 50 * 60


def test_play_break_begins_when_the_work_in_hand_is_done() -> None:
    long_one = kind(per_day=60, handling=Spell(400, "fixed"))
    day = play(scenario({"a": long_one}, {"g": group(1, breaks=[Break(at="09:20", minutes=10)])}))
    begun = sorted(one.began_at for one in day.items if one.began_at is not None)
    gap = max(later - earlier for earlier, later in pairwise(begun))
    assert gap == pytest.approx(1_000)


def test_play_outage_stops_what_is_in_hand_and_goes_on_afterwards() -> None:
    out = Change("outage", starts="09:20", ends="09:30")
    day = play(scenario({"a": kind(per_day=300, handling=Spell(120, "fixed"))}, changes=[out]))
    lasted = [(one.ended_at or 0) - (one.began_at or 0) for one in day.items if one.state == "done"]
    assert sorted({round(one) for one in lasted}) == [120, 720]
    assert not [one for one in day.items if NINE + 1_200 <= (one.began_at or 0) < NINE + 1_800]


def test_play_mail_gives_way_to_a_chat_and_goes_on_afterwards() -> None:
    kinds = {
        "mail": kind(channel="email", per_day=20, handling=Spell(300, "fixed"), is_interruptible=True),
        "chat": kind(per_day=40, handling=Spell(30, "fixed"), points=2),
    }
    day = play(scenario(kinds, {"g": group(1, capacity=2)}))
    mails = [(one.ended_at or 0) - (one.began_at or 0) for one in of(day, "mail") if one.state == "done"]
    assert min(mails) >= 300
    assert max(mails) > 325
    assert all(one.waited < 31 for one in of(day, "chat"))


def test_play_wrap_up_keeps_them_from_the_next_one() -> None:
    day = play(scenario({"a": kind(per_day=300, handling=Spell(20, "fixed"))}, {"g": group(1, wrap_up_seconds=25)}))
    begun = sorted(one.began_at for one in day.items if one.began_at is not None)
    assert min(later - earlier for earlier, later in pairwise(begun)) == pytest.approx(45)


def test_play_without_the_skill_takes_longer() -> None:
    needs = kind(handling=Spell(60, "fixed"), steps=[step(10, rare=3)])
    day = play(scenario({"a": needs}, {"g": group(4)}, unskilled_times=1.5))
    assert {round((one.ended_at or 0) - (one.began_at or 0)) for one in day.items} == {90}


def test_set_up_five_per_cent_fewer_of_forty_are_two_fewer() -> None:
    groups = {"a": group(9), "b": group(8), "c": group(7), "d": group(16), "r": group(4, is_reserve=True)}
    cast = set_up(scenario(groups=groups, changes=[Change("people", times=0.95)]))
    assert sum(not one.is_reserve for one in cast.members) == 38
    assert sum(one.is_reserve for one in cast.members) == 4


def test_set_up_missing_skill_is_taken_from_everybody() -> None:
    cast = set_up(scenario(groups={"g": group(3, skills={"any": 3, "vip": 5})}, changes=[Change("skill", skill="vip")]))
    assert [one.skills for one in cast.members] == [{"any": 3}] * 3


def test_set_up_four_times_the_arrivals_holds_between_its_moments() -> None:
    more = Change("arrivals", times=4, starts="09:15", ends="09:45", kinds=["a"])
    cast = set_up(scenario({"a": kind(), "b": kind()}, changes=[more]))
    rates = {one.key: [round(stretch.per_second * 60, 6) for stretch in one.stretches] for one in cast.sources}
    assert rates == {"a": [1, 4, 1], "b": [1, 1, 1]}
    assert cast.sources[0].stretches[1].starts == NINE + 900
    assert cast.sources[0].stretches[-1].ends == TEN
