"""``ombud eval queueing``: simulated queues held against exact ones, and what two skills an agent are worth."""

import argparse
import json
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ombud.routing.simulation.evaluation import RELAXED_SECONDS, Checked, SkillValues, check_row, check_skills
from ombud.shared.installation import InstallationError

FILE = "erlang_reference.json"
# Two skills an agent must come so near to all of them, where skills are asked for step by step.
NEAR_ENOUGH = 0.10


def run(arguments: argparse.Namespace) -> int:
    """Simulate each row, write what came of it, and say how many figures lie within their interval; 1 if any is off."""
    rows = _read(arguments.data)
    # Days of 90 agents take longest, so they begin first; each core plays queues of its own.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        playing = pool.submit(check_skills)
        checks = [_told(row, found) for row, found in zip(rows, pool.map(check_row, rows), strict=True)]
        skills = playing.result()
    lines = [json.dumps({"row": number, **_plain(one)}) for number, one in enumerate(checks)]
    arguments.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    scores = {
        "rows": len(checks),
        "figures": sum(len(one) for one in checks),
        "right": sum(figure.is_right for one in checks for figure in one.values()),
        **_told_skills(skills),
    }
    print(f"{scores['right']} of {scores['figures']} figures of {scores['rows']} rows within their interval")
    if arguments.json:
        print(json.dumps(scores))
    return int(scores["right"] < scores["figures"] or abs(skills.relaxed.mean / skills.pooled - 1) > NEAR_ENOUGH)


def _told_skills(skills: SkillValues) -> dict[str, float]:
    print(f"90 agents, 84 erlang, 6 kinds; everybody knows all: {skills.pooled:.2f} s (exact)")
    for name, one in (("for good", skills.strict), (f"for {RELAXED_SECONDS:.0f} s, then anybody", skills.relaxed)):
        over = f"{(one.mean / skills.pooled - 1) * 100:+.1f} %"
        print(f"  two skills an agent, asked for {name}: {one.mean:.2f} ± {one.margin or 0:.2f} s ({over})")
    print(f"  {skills.relaxed_match * 100:.1f} % of the latter went to somebody with the skill")
    return {
        "pooled_wait": round(skills.pooled, 3),
        "two_skills_strict_over": round(skills.strict.mean / skills.pooled - 1, 4),
        "two_skills_relaxed_over": round(skills.relaxed.mean / skills.pooled - 1, 4),
        "two_skills_relaxed_match": round(skills.relaxed_match, 4),
    }


def _read(data: Path) -> list[Mapping[str, Any]]:
    path = data / FILE if data.is_dir() else data
    if not path.is_file():
        msg = f"{data} holds no {FILE}."
        raise InstallationError(msg)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        msg = f"{path} is not JSON: {problem}"
        raise InstallationError(msg) from problem
    return list(found)


def _told(row: Mapping[str, Any], checks: dict[str, Checked]) -> dict[str, Checked]:
    name = row.get("name") or "{calls_per_30min} calls, {aht_s} s, {agents} agents, patience {mean_patience_s}".format(
        **row
    )
    shown = ", ".join(
        f"{key} {one.simulated:.4f} (exact {one.exact:.4f}, ± {one.margin:.4f})" for key, one in checks.items()
    )
    print(f"{'ok ' if all(one.is_right for one in checks.values()) else 'OFF'} {name}: {shown}", flush=True)
    return checks


def _plain(checks: dict[str, Checked]) -> dict[str, Any]:
    return {
        key: {"exact": one.exact, "simulated": one.simulated, "margin": one.margin, "right": one.is_right}
        for key, one in checks.items()
    }
