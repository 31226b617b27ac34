"""Scenario files: the shipped ones, one's own, and what is wrong with a wrong one."""

from pathlib import Path

import pytest

from ombud.routing.simulation.files import NAMES, WrongScenario, parse_scenario, read_relief, read_scenario
from ombud.routing.simulation.rules.cast import set_up


@pytest.mark.parametrize("name", NAMES)
def test_read_scenario_shipped_is_whole_and_in_both_languages(name: str) -> None:
    found = read_scenario(name)
    words = [found.name, found.about, *(one.name for one in found.kinds.values())]
    words += [one.name for one in found.groups.values()]
    assert all(one.en and one.zh and one.en != one.zh for one in words)
    assert set_up(found).members


def test_read_scenario_based_on_another_keeps_the_rest() -> None:
    normal, surge = read_scenario("normal_day"), read_scenario("surge")
    assert surge.kinds == normal.kinds
    assert surge.changes[0].times == 4
    assert normal.changes == []


def test_read_scenario_surge_is_four_times_the_load_for_two_hours() -> None:
    normal, surge = (set_up(read_scenario(one)).sources[0] for one in ("normal_day", "surge"))
    at = 10.25 * 3_600
    rates = [next(one for one in each.stretches if one.starts <= at < one.ends) for each in (normal, surge)]
    assert rates[1].per_second == pytest.approx(4 * rates[0].per_second)


def test_parse_scenario_own_group_replaces_the_one_of_the_base() -> None:
    text = """
        based_on = "normal_day"
        name = { en = "Mine", zh = "我的" }
        [groups.reserve]
        name = { en = "None", zh = "无" }
        count = 0
        skills = {}
        starts = "08:00"
        ends = "20:00"
    """
    found = parse_scenario(text)
    assert found.groups["reserve"].count == 0
    assert len(found.groups) == len(read_scenario("normal_day").groups)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("based_on = 'nowhere'", "nowhere"),
        ("this is no TOML", "line 1"),
        ("based_on = 'normal_day'\nopens = '20:00'", "closes at"),
        ("based_on = 'normal_day'\nopens = '25:00'", "opens"),
        ("based_on = 'normal_day'\nunknown = 1", "unknown"),
        ("based_on = 'normal_day'\n[[changes]]\nwhat = 'arrivals'\nkinds = ['x']", "x"),
        ("based_on = 'normal_day'\n[[changes]]\nwhat = 'skill'\nskill = 'juggling'", "juggling"),
        ("based_on = 'normal_day'\n[[changes]]\nwhat = 'outage'\nstarts = '11:00'\nends = '10:00'", "not after"),
        ("based_on = 'normal_day'\n[profiles]\nday = []", "profile"),
        ("name = {en='a', zh='b'}\nabout = {en='a', zh='b'}", "no kinds"),
    ],
)
def test_parse_scenario_wrong_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(WrongScenario, match=said):
        parse_scenario(text)


KIND = """
based_on = 'normal_day'
[kinds.x]
name = { en = 'X', zh = '某' }
channel = 'chat'
profile = 'mine'
per_day = PER_DAY
handling = { mean_seconds = SECONDS }
[profiles]
mine = WEIGHTS
"""


@pytest.mark.parametrize(
    ("per_day", "seconds", "weights", "said"),
    [
        ("inf", "60", "[1.0]", "no number"),
        ("nan", "60", "[1.0]", "no number"),
        ("5", "inf", "[1.0]", "no number"),
        ("5", "nan", "[1.0]", "no number"),
        ("5", "60", "[nan, 1.0]", "no number"),
        ("5", "60", "[inf]", "no number"),
        ("5", "60", "[5.0, -1.0]", "less than none"),
        ("5", "60", "[0.0]", "no arrivals"),
        ("1e12", "60", "[1.0]", "arrive in a day"),
        ("-1", "60", "[1.0]", "per_day"),
        ("5", "0", "[1.0]", "mean_seconds"),
    ],
)
def test_parse_scenario_that_nobody_could_play_is_refused(per_day: str, seconds: str, weights: str, said: str) -> None:
    text = KIND.replace("PER_DAY", per_day).replace("SECONDS", seconds).replace("WEIGHTS", weights)
    with pytest.raises(WrongScenario, match=said):
        parse_scenario(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[changes]]\nwhat = 'arrivals'\ntimes = inf", "no number"),
        ("[[changes]]\nwhat = 'arrivals'\ntimes = 1e9", "arrive in a day"),
        ("[[changes]]\nwhat = 'people'\ntimes = 1e9", "people would work"),
        ("[groups.g]\nname={en='a',zh='b'}\ncount=1000000000\nskills={}\nstarts='08:00'\nends='20:00'", "people would"),
    ],
)
def test_parse_scenario_that_would_fill_the_memory_is_refused(text: str, said: str) -> None:
    with pytest.raises(WrongScenario, match=said):
        parse_scenario(f"based_on = 'normal_day'\n{text}")


def test_read_scenario_that_is_not_there_names_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(WrongScenario, match="normal_day"):
        read_scenario(str(tmp_path / "missing.toml"))


def test_read_relief_standard_and_ones_own(tmp_path: Path) -> None:
    assert read_relief("standard").more_at_a_time == 1
    mine = tmp_path / "mine.toml"
    mine.write_text('starts = "10:00"\nminutes = 30\n')
    assert read_relief(str(mine)).minutes == 30
    mine.write_text("minutes = 0\n")
    with pytest.raises(WrongScenario, match="minutes"):
        read_relief(str(mine))
