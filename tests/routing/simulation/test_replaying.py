"""Policies side by side, the figures of a day, and queues against exact values."""

import json
from pathlib import Path

import pytest

from ombud.cli.main import main
from ombud.routing.simulation.evaluation import Checked, Queue, check_row, exact, play_queue, queue_of, scenario_of
from ombud.routing.simulation.rules.figures import work_out
from ombud.routing.simulation.rules.replaying import Ask, Comparison, compare, play_all, plays_of
from ombud.routing.simulation.rules.spread import Estimate
from ombud.routing.simulation.rules.telling import tell
from ombud.routing.simulation.schemas import Relief, Spell
from tests.routing.simulation.days import group, kind, play, scenario, step

SMALL = scenario(
    {
        "a": kind(per_day=150, patience=Spell(120), target_seconds=20, steps=[step(30, any=3)], hard_share=0.5),
        "rare": kind(per_day=40, patience=Spell(120), steps=[step(20, rare=3)]),
    },
    {"g": group(2), "r": group(1, skills={"any": 3, "rare": 5})},
    unskilled_times=1.5,
)


def played(ask: Ask) -> Comparison:
    return compare(ask, list(play_all(ask)))


def test_work_out_counts_everything_once() -> None:
    day = play(SMALL)
    found = work_out(day)
    assert found.all.arrived == len(day.items)
    assert found.all.arrived == found.all.answered + found.all.abandoned + found.all.left
    assert found.all.arrived == sum(one.arrived for one in found.kinds.values())
    assert found.all.answered == sum(one.served for one in found.groups.values())
    assert sum(one.arrived for one in found.bars) == found.all.arrived


def test_work_out_shares_lie_between_none_and_all() -> None:
    found = work_out(play(SMALL))
    shares = [found.all.service_level, found.all.skill_match, found.occupancy, found.fairness, found.all.p_wait]
    assert all(0 < one <= 1 for one in shares)
    assert found.strain_most >= found.strain > 0


def test_work_out_without_arrivals_has_no_division_by_nothing() -> None:
    found = work_out(play(scenario({"a": kind(per_day=0)})))
    assert (found.all.arrived, found.all.service_level, found.occupancy) == (0, 1.0, 0.0)


def test_work_out_service_level_counts_who_gave_up_as_missed() -> None:
    alone = scenario({"a": kind(patience=Spell(5, "fixed"))}, {"g": group(0)})
    assert work_out(play(alone)).all.service_level == 0


def test_compare_sets_each_policy_beside_ours() -> None:
    found = played(Ask(SMALL, ["skills", "longest_idle", "round_robin"], 3, 1))
    assert [one.policy for one in found.sides] == ["skills", "longest_idle", "round_robin"]
    assert set(found.against) == {"longest_idle", "round_robin"}
    ours, theirs = (one.figures["service_level"].mean for one in found.sides[:2])
    assert found.against["longest_idle"]["service_level"].mean == pytest.approx(ours - theirs)


def test_compare_a_plan_with_the_day_without_it() -> None:
    ask = Ask(SMALL, ["skills"], 2, 1, Relief(starts="09:10", minutes=30, wrap_up_times=0), is_relief_compared=True)
    found = played(ask)
    assert [one.is_relieved for one in found.sides] == [False, True]
    assert found.sides[1].relieved_minutes == pytest.approx(30, abs=1)
    assert "skills+plan" in found.against


def test_plays_of_every_policy_meet_the_same_chance() -> None:
    plays = plays_of(Ask(SMALL, ["skills", "round_robin"], 2, 7))
    assert [(one.policy, one.seed) for one in plays] == [
        *(("skills", 7), ("skills", 8)),
        *(("round_robin", 7), ("round_robin", 8)),
    ]


def test_tell_names_every_figure_kind_and_group() -> None:
    text = tell(played(Ask(SMALL, ["skills", "longest_idle"], 2, 1)), SMALL)
    for part in ("service level", "fairness", "skills less longest_idle", "by kind", "by group", "± holds 19 times"):
        assert part in text


# One row of each sort, so small that a test may play it; `ombud eval queueing` plays them all, longer.
@pytest.mark.parametrize(
    "queue",
    [
        Queue(100 / 1_800, 180, 14),
        Queue(100 / 1_800, 180, 14, 60),
        Queue(200 / 1_800, 300, 18, 180),
        Queue(10 / 600, 600, 10, None, 0),
    ],
)
def test_play_queue_meets_the_exact_values(queue: Queue) -> None:
    days = play_queue(queue, replications=4, seed=3, arrivals=1_500)
    truth = exact(queue)
    seen = sum(one.all.p_wait for one in days) / len(days)
    blocked = sum(one.all.blocked / one.all.arrived for one in days) / len(days)
    assert seen == pytest.approx(truth.p_wait, abs=0.06)
    assert blocked == pytest.approx(truth.p_block, abs=0.04)
    assert sum(one.occupancy for one in days) / len(days) == pytest.approx(truth.occupancy, abs=0.03)


def test_check_row_holds_each_figure_against_the_file() -> None:
    row = {"calls_per_30min": 60, "aht_s": 60, "agents": 4, "mean_patience_s": 60}
    found = check_row(row, replications=4, arrivals=800)
    assert set(found) == {"p_wait", "asa", "p_abandon", "p_block", "occupancy"}
    wrong = check_row({**row, "p_wait": 0.9}, replications=4, arrivals=800)
    assert not wrong["p_wait"].is_right


def test_checked_is_right_within_its_margin_only() -> None:
    assert Checked(1.0, 1.1, 0.2).is_right
    assert not Checked(1.0, 1.3, 0.2).is_right


def test_scenario_of_six_kinds_gives_each_agent_two_skills() -> None:
    found = scenario_of(queue_of({}), kinds=6)
    assert [len(one.skills) for one in found.groups.values()] == [2] * 30
    assert sum(one.count for one in found.groups.values()) == 90


def test_estimate_low_and_high_of_one_play_are_its_mean() -> None:
    assert (Estimate(3.0, None).low, Estimate(3.0, None).high) == (3.0, 3.0)


def test_simulate_prints_one_object(tmp_path: Path) -> None:
    path, out = tmp_path / "mine.toml", tmp_path / "out.json"
    path.write_text(
        'based_on = "normal_day"\n[profiles]\nday = [1]\nmail = [1]\n[[changes]]\nwhat = "arrivals"\ntimes = 0.1\n'
    )
    more = ["--replications", "1", "--compare", "--json", "--out", str(out)]
    assert main(["simulate", str(path), *more]) == 0
    found = json.loads(out.read_text())
    assert [one["policy"] for one in found["sides"]] == ["skills", "longest_idle", "round_robin"]


def test_simulate_unknown_scenario_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "nowhere"]) == 1
    assert "normal_day" in capsys.readouterr().err


def test_simulate_wrong_number_of_replications_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "normal_day", "--replications", "0"]) == 1
    assert "between 1" in capsys.readouterr().err


def test_eval_queueing_without_the_file_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "queueing", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "erlang_reference.json" in capsys.readouterr().err
