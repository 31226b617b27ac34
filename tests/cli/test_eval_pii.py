"""``ombud eval pii``, as somebody with own texts runs it."""

import json
from pathlib import Path

import pytest

from ombud.cli.main import main

ROWS = [
    {"id": 1, "text": "电话13800138000", "spans": [[2, 13, "PHONE"]]},
    {"id": 2, "text": "您好", "spans": []},
    {"id": 3, "text": "写给ann@example.org", "spans": [[0, 2, "PERSON"], [2, 17, "EMAIL"]]},
]


def run(data: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, float]]:
    assert main(["eval", "pii", "--data", str(data), "--out", str(out), "--json"]) == 0
    figures: dict[str, dict[str, float]] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return figures


def test_eval_array_scores_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data.json").write_text(json.dumps(ROWS))
    figures = run(tmp_path / "data.json", tmp_path / "out.jsonl", capsys)
    assert figures["PHONE"] == {"precision": 1, "recall": 1, "true": 1}
    assert figures["EMAIL"]["recall"] == 1
    assert figures["PERSON"] == {"precision": 1, "recall": 0, "true": 1}
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert answers[0] == {"id": 1, "spans": [[2, 13, "PHONE"]]}
    assert answers[1] == {"id": 2, "spans": []}


def test_eval_lines_without_truth_are_answered_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data.jsonl").write_text('{"text": "a@b.example"}\n\n{"text": ""}\n')
    assert run(tmp_path / "data.jsonl", tmp_path / "out.jsonl", capsys) == {}
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("content", ["[{]", '{"words": 1}', "[1]", '{"text": 3}'])
def test_eval_broken_data_says_what_it_should_be(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text(content)
    assert main(["eval", "pii", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]) != 0
    assert "does not hold texts like" in capsys.readouterr().err
