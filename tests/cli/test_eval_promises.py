"""``ombud eval promises`` on files."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from ombud.cli.evaluations import promises
from ombud.shared.installation import InstallationError

TEXT = "我们会在24小时内给您回复。"
ROW = {"text": TEXT, "sent_at": "2026-11-23T10:05:00+08:00", "tz": "Asia/Shanghai"}
TRUE = {"span": [0, 12], "due_at": "2026-11-24T10:05:00+08:00"}


def evaluate(folder: Path, *lines: Any) -> list[Any]:
    """Run the evaluation over some lines; its answers."""
    data, out = folder / "data.jsonl", folder / "out.jsonl"
    data.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert promises.run(argparse.Namespace(data=data, out=out, json=True)) == 0
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_eval_promises_writes_span_and_moment_with_offset(tmp_path: Path) -> None:
    [answer] = evaluate(tmp_path, ROW)
    assert answer == {"promises": [{"span": [0, 13], "due_at": "2026-11-24T10:05:00+08:00"}]}


def test_eval_promises_vague_one_has_no_moment(tmp_path: Path) -> None:
    [answer] = evaluate(tmp_path, ROW | {"text": "我会尽快给您答复"})
    assert answer == {"promises": [{"span": [0, 8], "due_at": None}]}


def test_eval_promises_without_truth_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(tmp_path, ROW)
    assert "1 texts answered; none holds the truth" in capsys.readouterr().out


def test_eval_promises_with_truth_prints_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(tmp_path, ROW | {"promises": [TRUE]}, ROW | {"text": "24小时内回复吗？", "promises": []})
    *_, sentence, figures = capsys.readouterr().out.splitlines()
    assert "precision 1.000 (1 of 1), recall 1.000 (1 of 1), deadline right 1.000 (1 of 1)" in sentence
    assert json.loads(figures) == {"texts": 2, "scored": 2, "precision": 1, "recall": 1, "deadline": 1}


def test_eval_promises_unknown_zone_leaves_the_others_their_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = evaluate(tmp_path, ROW | {"tz": "Moon/Sea"}, ROW)
    assert (first, len(second["promises"])) == ({"promises": []}, 1)
    assert "text 1: not answered (UnknownZone" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["{", '{"text": 3}', '{"text": "a", "sent_at": "soon"}'])
def test_eval_promises_broken_line_is_named(tmp_path: Path, line: str) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(InstallationError, match=r"data\.jsonl:2 is no line like"):
        promises.run(argparse.Namespace(data=data, out=tmp_path / "out", json=False))


def test_eval_promises_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match="cannot be read"):
        promises.run(argparse.Namespace(data=tmp_path / "none", out=tmp_path / "out", json=False))
