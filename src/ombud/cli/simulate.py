"""``ombud simulate SCENARIO``: a simulated day with the router of the product, compared with other ways to choose."""

import argparse
import sys
import time
from pathlib import Path

import msgspec

from ombud.cli.commands import Commands
from ombud.routing.simulation.files import NAMES, WrongScenario, read_relief, read_scenario
from ombud.routing.simulation.rules.figures import DayFigures
from ombud.routing.simulation.rules.replaying import SEED, Ask, Comparison, compare, play_all, plays_of
from ombud.routing.simulation.rules.telling import tell
from ombud.routing.simulation.schemas import POLICIES, Policy
from ombud.shared.installation import InstallationError

MOST_REPLICATIONS = 200


def add_commands(commands: Commands) -> None:
    """Add ``simulate``."""
    parser = commands.add_parser("simulate", help="a simulated day, with the router of the product")
    parser.add_argument("scenario", help=f"a .toml file, or one of: {', '.join(NAMES)}")
    parser.add_argument("--policy", choices=POLICIES, default="skills", help="who is chosen: by skills (ours) or else")
    parser.add_argument("--compare", action="store_true", help="play it with every policy and say how they differ")
    parser.add_argument("--plan", help="a surge plan: `standard`, or a .toml file")
    parser.add_argument("--compare-plan", action="store_true", help="play it without the plan, too")
    parser.add_argument("--replications", type=int, default=10, help="how many times, each with other chance")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same days")
    parser.add_argument("--json", action="store_true", help="print one object instead of tables")
    parser.add_argument("--out", type=Path, help="write to this file instead of the terminal")
    parser.set_defaults(run=run_simulate)


def run_simulate(arguments: argparse.Namespace) -> int:
    """Play it and say what came of it."""
    ask = _ask(arguments)
    began = time.monotonic()
    figures = [_told(one, number, ask) for number, one in enumerate(play_all(ask), 1)]
    comparison = compare(ask, figures)
    took = time.monotonic() - began
    text = _text(comparison, ask, took, as_json=arguments.json)
    if arguments.out:
        arguments.out.write_text(f"{text}\n", encoding="utf-8")
    else:
        print(text)
    return 0


def _ask(arguments: argparse.Namespace) -> Ask:
    if not 1 <= arguments.replications <= MOST_REPLICATIONS:
        msg = f"--replications is between 1 and {MOST_REPLICATIONS}."
        raise InstallationError(msg)
    try:
        scenario = read_scenario(arguments.scenario)
        relief = read_relief(arguments.plan) if arguments.plan else None
    except WrongScenario as problem:
        raise InstallationError(str(problem)) from problem
    others: list[Policy] = [one for one in POLICIES if one != arguments.policy] if arguments.compare else []
    return Ask(
        scenario,
        [arguments.policy, *others],
        arguments.replications,
        arguments.seed,
        relief,
        is_relief_compared=arguments.compare_plan and relief is not None,
    )


def _told(figures: DayFigures, number: int, ask: Ask) -> DayFigures:
    if sys.stderr.isatty():
        print(f"\r{number} of {len(plays_of(ask))} days played", end="", file=sys.stderr, flush=True)
    return figures


def _text(comparison: Comparison, ask: Ask, took: float, *, as_json: bool) -> str:
    if as_json:
        return msgspec.json.encode({"took_seconds": round(took, 3), **msgspec.to_builtins(comparison)}).decode()
    return f"{tell(comparison, ask.scenario)}\n\n{len(plays_of(ask))} days in {took:.1f} s"
