"""``ombud eval sla``: business time and ticket deadlines on somebody's own cases."""

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ombud.service_levels.evaluation import UnknownCase, answer_ticket_case, answer_time_case
from ombud.shared.errors import OmbudError
from ombud.shared.installation import InstallationError

# Each file of the folder and what answers its cases.
FILES: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "business_time_cases.json": answer_time_case,
    "ticket_sla_cases.json": answer_ticket_case,
}


def run(arguments: argparse.Namespace) -> int:
    """Answer every case of a folder, or of one of its files, and count the right ones where the truth is there."""
    cases = [(case, answerer) for path, answerer in _files(arguments.data) for case in _read(path)]
    answers = [_answer(case, answerer) for case, answerer in cases]
    lines = [
        json.dumps({"id": case.get("id"), "answer": answer}, ensure_ascii=False)
        for (case, _), answer in zip(cases, answers, strict=True)
    ]
    arguments.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    judged = [
        (case, is_right(case, answer))
        for (case, _), answer in zip(cases, answers, strict=True)
        if "expect" in case and case.get("scored", True)
    ]
    for case, right in judged:
        if not right:
            print(f"wrong: {case.get('id')}")
    scores = {"cases": len(cases), "scored": len(judged), "right": sum(right for _, right in judged)}
    print(f"{scores['right']} of {scores['scored']} scored cases right, {scores['cases']} answered")
    if arguments.json:
        print(json.dumps(scores))
    return 0


def _files(data: Path) -> list[tuple[Path, Callable[[Mapping[str, Any]], Any]]]:
    if data.is_dir():
        found = [(data / name, answerer) for name, answerer in FILES.items() if (data / name).exists()]
    else:
        found = [(data, FILES.get(data.name) or _answerer(data))] if data.exists() else []
    if not found:
        msg = f"{data} holds neither {' nor '.join(FILES)}."
        raise InstallationError(msg)
    return found


def _answerer(path: Path) -> Callable[[Mapping[str, Any]], Any]:
    """What answers the cases of a file with another name, by what its first case holds."""
    cases = _read(path)
    return answer_time_case if cases and "schedule" in cases[0] else answer_ticket_case


def _read(path: Path) -> list[Mapping[str, Any]]:
    try:
        cases = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        msg = f"{path} is not JSON: {problem}"
        raise InstallationError(msg) from problem
    if not isinstance(cases, list) or not all(isinstance(one, dict) for one in cases):
        msg = f"{path} is no list of cases."
        raise InstallationError(msg)
    return cases


def _answer(case: Mapping[str, Any], answerer: Callable[[Mapping[str, Any]], Any]) -> Any:
    try:
        return answerer(case)
    except (OmbudError, UnknownCase, KeyError, TypeError, ValueError) as problem:
        # One odd case must not keep the others from their answers.
        print(f"{case.get('id')}: not answered ({type(problem).__name__}: {problem})")
        return None


def is_right(case: Mapping[str, Any], answer: Any) -> bool:
    """Whether an answer is the expected one; times may differ by the case's ``tolerance_s``."""
    expected, tolerance = case["expect"], float(case.get("tolerance_s") or 0)
    if isinstance(expected, Mapping) and isinstance(answer, Mapping):
        return all(_same(answer.get(name), wanted, tolerance) for name, wanted in expected.items())
    return _same(answer, expected, tolerance)


def _same(answer: Any, expected: Any, tolerance: float) -> bool:
    if answer == expected:
        return type(answer) is type(expected)
    try:
        between = datetime.fromisoformat(answer) - datetime.fromisoformat(expected)
    except (TypeError, ValueError):
        return False
    return abs(between.total_seconds()) <= tolerance
