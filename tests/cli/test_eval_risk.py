"""``ombud eval risk`` on files."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from ombud.cli.evaluations import risk
from ombud.shared.installation import InstallationError


def evaluate(folder: Path, *lines: Any) -> list[Any]:
    """Run the evaluation over some lines; its answers."""
    data, out = folder / "data.jsonl", folder / "out.jsonl"
    data.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert risk.run(argparse.Namespace(data=data, out=out, json=True)) == 0
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_eval_risk_writes_kinds_and_words(tmp_path: Path) -> None:
    first, second = evaluate(tmp_path, {"text": "I will sue."}, {"text": "Whatever.", "side": "agent"})
    assert first == {"risks": ["legal"], "words": ["sue"]}
    assert second["risks"] == ["agent_language"]


def test_eval_risk_with_truth_prints_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(tmp_path, {"text": "I will sue.", "risks": ["legal"]}, {"text": "Thanks!", "risks": []}, {"text": "x"})
    out = capsys.readouterr().out
    assert "3 texts answered, 2 scored" in out
    assert "precision 1.000 (1 of 1), recall 1.000 (1 of 1)" in out
    figures = json.loads(out.splitlines()[-1])
    assert figures["legal"] == figures["all"] == {"precision": 1.0, "recall": 1.0, "true": 1}


@pytest.mark.parametrize("line", ["{", '{"text": 3}', '{"text": "a", "risks": ["weather"]}'])
def test_eval_risk_broken_line_is_named(tmp_path: Path, line: str) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(line, encoding="utf-8")
    with pytest.raises(InstallationError, match=r"data\.jsonl does not hold lines"):
        risk.run(argparse.Namespace(data=data, out=tmp_path / "out", json=False))
