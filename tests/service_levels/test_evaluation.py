"""``ombud eval sla``: cases of business time and of ticket deadlines."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from ombud.cli.evaluations import sla
from ombud.cli.main import main
from ombud.service_levels.evaluation import UnknownCase, answer_ticket_case, answer_time_case
from ombud.shared.installation import InstallationError

HOURS = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SCHEDULE = {
    "tz": "Europe/Berlin",
    "hours": HOURS,
    "shifts": {"2026-11-28": [["10:00", "12:00"]]},
    "breaks": {"2026-11-24": [["10:00", "11:00"]]},
    "holidays": ["2026-11-26"],
}
MONDAY = "2026-11-23T"


def time_case(op: str, schedule: dict[str, Any] | None = None, **args: Any) -> Any:
    return answer_time_case({"id": "x", "schedule": schedule or SCHEDULE, "op": op, "args": args})


@pytest.mark.parametrize(
    ("op", "args", "answer"),
    [
        ("add", {"time": "2026-11-23T10:00:00Z", "n": 90, "unit": "minutes"}, "2026-11-23T12:30:00Z"),
        ("add", {"time": "2026-11-23T15:59:58Z", "n": 5, "unit": "seconds"}, "2026-11-24T08:00:03Z"),
        ("add", {"time": "2026-11-25T15:00:00Z", "n": 2, "unit": "hour"}, "2026-11-27T09:00:00Z"),
        ("add", {"time": "2026-11-25T09:00:00Z", "n": 2, "unit": "days"}, "2026-11-28T09:00:00Z"),
        ("add", {"time": "2026-11-22T09:00:00Z", "n": 0, "unit": "minutes"}, "2026-11-23T08:00:00Z"),
        ("add", {"time": "2026-11-22T09:00:00Z", "n": 0, "unit": "days"}, "2026-11-23T08:00:00Z"),
        ("subtract", {"time": "2026-11-23T13:00:00Z", "n": 2, "unit": "hours"}, "2026-11-23T10:00:00Z"),
        ("subtract", {"time": "2026-11-27T09:00:00Z", "n": 1, "unit": "day"}, "2026-11-25T09:00:00Z"),
        ("subtract", {"time": "2026-11-22T09:00:00Z", "n": 0, "unit": "days"}, "2026-11-20T16:00:00Z"),
        ("is_open", {"time": "2026-11-23T08:00:00Z"}, True),
        ("is_open", {"time": "2026-11-24T09:30:00Z"}, False),
        ("on_break", {"time": "2026-11-24T09:30:00Z"}, True),
        ("on_break", {"time": "2026-11-24T10:30:00Z"}, False),
        ("on_holiday", {"time": "2026-11-25T23:30:00Z"}, True),
        ("on_holiday", {"time": "2026-11-25T22:30:00Z"}, False),
        ("within", {"start": "2026-11-23T08:00:00Z", "end": "2026-11-24T16:00:00Z", "unit": "hours"}, 13),
        ("within", {"from": "2026-11-23T09:00:00Z", "to": "2026-11-23T08:00:00Z"}, -3600),
    ],
)
def test_answer_time_case_is_the_calendars_answer(op: str, args: dict[str, Any], answer: object) -> None:
    assert time_case(op, **args) == answer


def test_answer_time_case_lists_periods_both_ways() -> None:
    assert time_case("periods_after", time="2026-11-24T08:30:00Z", take=2) == [
        ["2026-11-24T08:30:00Z", "2026-11-24T09:00:00Z"],
        ["2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"],
    ]
    assert time_case("periods_before", time="2026-11-23T12:30:00Z", take=2) == [
        ["2026-11-23T12:00:00Z", "2026-11-23T12:30:00Z"],
        ["2026-11-23T08:00:00Z", "2026-11-23T11:00:00Z"],
    ]


def test_answer_time_case_reads_hours_as_objects_and_inactive_holidays() -> None:
    hours = {"mon": {"09:00": "17:00"}}
    holidays = {"2026-11-23": {"active": False}, "2026-11-30": {"active": True}}
    schedule = {"tz": "UTC", "hours": hours, "holidays": holidays}
    assert time_case("is_open", schedule, time="2026-11-23T09:00:00Z") is True
    assert time_case("is_open", schedule, time="2026-11-30T09:00:00Z") is False


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("fly", {}),
        ("add", {"time": "2026-11-23T09:00:00Z", "n": 1, "unit": "moons"}),
        ("within", {"start": "2026-11-23"}),
    ],
)
def test_answer_time_case_that_nobody_knows_says_so(op: str, args: dict[str, Any]) -> None:
    with pytest.raises(UnknownCase):
        time_case(op, **args)


def ticket_case(**more: Any) -> dict[str, Any]:
    calendar = {"tz": "Europe/Berlin", "hours": {day: [["09:00", "17:00"]] for day in HOURS}, "holidays": []}
    minutes = {"first_response": 60, "update": 120, "solution": 180}
    return answer_ticket_case(
        {"calendar": calendar, "sla_minutes": minutes, "created": f"{MONDAY}09:00:00Z", "states": [], "events": {}}
        | more
    )


def test_answer_ticket_case_without_events_is_due_by_working_time() -> None:
    assert ticket_case() == {
        "first_response_due": f"{MONDAY}10:00:00Z",
        "first_response_in_min": None,
        "first_response_diff_min": None,
        "update_due": f"{MONDAY}11:00:00Z",
        "update_in_min": None,
        "update_diff_min": None,
        "solution_due": f"{MONDAY}12:00:00Z",
        "solution_in_min": None,
        "solution_diff_min": None,
    }


def test_answer_ticket_case_counts_what_was_taken_against_the_target() -> None:
    answer = ticket_case(events={"first_response": f"{MONDAY}10:30:00Z", "closed": f"{MONDAY}11:59:59Z"})
    assert (answer["first_response_in_min"], answer["first_response_diff_min"]) == (90, -30)
    assert (answer["solution_in_min"], answer["solution_diff_min"]) == (179, 1)


def test_answer_ticket_case_updates_count_from_the_last_contact_of_either_side() -> None:
    told = ticket_case(events={"last_agent_contact": f"{MONDAY}11:30:00Z"})
    assert (told["update_due"], told["update_in_min"], told["update_diff_min"]) == (f"{MONDAY}13:30:00Z", 150, -30)
    asked = {"last_agent_contact": f"{MONDAY}11:30:00Z", "last_customer_contact": f"{MONDAY}11:00:00Z"}
    assert ticket_case(events=asked)["update_in_min"] == 30
    again = asked | {"last_customer_contact": f"{MONDAY}12:00:00Z"}
    assert ticket_case(events=again)["update_due"] == f"{MONDAY}14:00:00Z"


def test_answer_ticket_case_rests_in_states_in_which_the_customer_acts() -> None:
    states = [["open", f"{MONDAY}09:00:00Z"], ["pending", f"{MONDAY}09:30:00Z"], ["open", f"{MONDAY}11:00:00Z"]]
    assert ticket_case(states=states)["first_response_due"] == f"{MONDAY}11:30:00Z"
    assert ticket_case(states=states[:2])["first_response_due"] is None
    twice = [*states[:2], ["pending reminder", f"{MONDAY}10:00:00Z"], *states[2:]]
    assert ticket_case(states=twice)["first_response_due"] == f"{MONDAY}11:30:00Z"


def test_answer_ticket_case_closed_by_its_state_alone_is_closed() -> None:
    states = [["pending", f"{MONDAY}09:00:00Z"], ["open", f"{MONDAY}10:00:00Z"], ["closed", f"{MONDAY}10:40:00Z"]]
    assert ticket_case(states=states)["solution_in_min"] == 40


def test_answer_ticket_case_without_a_target_has_no_deadline() -> None:
    answer = ticket_case(sla_minutes={"solution": None}, events={"closed": f"{MONDAY}10:00:00Z"})
    assert (answer["solution_due"], answer["solution_in_min"], answer["first_response_due"]) == (None, None, None)


def test_answer_ticket_case_in_a_calendar_that_never_opens_has_no_deadline() -> None:
    assert ticket_case(calendar={"tz": "UTC", "hours": {}})["solution_due"] is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    case = {"schedule": SCHEDULE, "op": "is_open", "args": {"time": "2026-11-23T08:00:00Z"}, "scored": True}
    times = [case | {"id": "t1", "expect": True}, case | {"id": "t2"}, case | {"id": "t3", "op": "fly", "expect": 1}]
    ticket = {
        "id": "k1",
        "calendar": {"tz": "UTC", "hours": HOURS},
        "sla_minutes": {"solution": 60},
        "created": "2026-11-23T09:00:00Z",
        "expect": {"solution_due": "2026-11-23T10:00:30Z"},
        "tolerance_s": 60,
    }
    (tmp_path / "business_time_cases.json").write_text(json.dumps(times))
    (tmp_path / "ticket_sla_cases.json").write_text(json.dumps([ticket]))
    return tmp_path


def test_eval_sla_writes_a_line_for_each_case_in_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "out.jsonl"
    assert main(["eval", "sla", "--data", str(folder), "--out", str(out), "--json"]) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(one["id"], one["answer"]) for one in lines[:3]] == [("t1", True), ("t2", True), ("t3", None)]
    assert lines[3] == {"id": "k1", "answer": {"solution_due": "2026-11-23T10:00:00Z"}}
    printed = capsys.readouterr().out
    assert "wrong: t3" in printed
    assert json.loads(printed.splitlines()[-1]) == {"cases": 4, "scored": 3, "right": 2}


def test_eval_sla_reads_one_file_by_any_name(folder: Path) -> None:
    other = (folder / "ticket_sla_cases.json").rename(folder / "mine.json")
    arguments = Namespace(data=other, out=folder / "out", json=False)
    assert sla.run(arguments) == 0
    assert json.loads(arguments.out.read_text())["id"] == "k1"


@pytest.mark.parametrize("text", ["{", "{}", "[1]"])
def test_eval_sla_of_something_else_says_what_is_wrong(tmp_path: Path, text: str) -> None:
    (tmp_path / "ticket_sla_cases.json").write_text(text)
    with pytest.raises(InstallationError):
        sla.run(Namespace(data=tmp_path, out=tmp_path / "out", json=False))
    with pytest.raises(InstallationError, match="holds neither"):
        sla.run(Namespace(data=tmp_path / "nothing", out=tmp_path / "out", json=False))
