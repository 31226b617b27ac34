"""``ombud eval NAME``: measure the product on somebody's own data.

It reads the data, writes one JSON object per line to ``--out`` in the order of the input, and prints the scores
where the data holds the truth.
"""

import argparse
import importlib
from collections.abc import Callable, Mapping
from pathlib import Path

from ombud.cli import eval_pii, eval_promises, eval_queueing, eval_risk, eval_sla
from ombud.cli.commands import Commands
from ombud.shared.installation import InstallationError


def _later(module: str) -> Callable[[argparse.Namespace], int]:
    """Load an evaluation when it is run: what learns takes seconds to load, which no other command should."""

    def run(arguments: argparse.Namespace) -> int:
        return int(importlib.import_module(f"ombud.cli.{module}").run(arguments))

    return run


# One line per evaluation: its name and the function that runs it.
EVALUATIONS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "intent": _later("eval_intent"),
    "knowledge": _later("eval_knowledge"),
    "pii": eval_pii.run,
    "promises": eval_promises.run,
    "queueing": eval_queueing.run,
    "risk": eval_risk.run,
    "satisfaction": _later("eval_satisfaction"),
    "sentiment": _later("eval_sentiment"),
    "sla": eval_sla.run,
}


def add_commands(commands: Commands) -> None:
    """Add ``eval``."""
    parser = commands.add_parser("eval", help="measure the product on your own data")
    parser.add_argument("name", help="which evaluation")
    parser.add_argument("--data", type=Path, required=True, help="file or folder to read")
    parser.add_argument("--train", type=Path, help="file to learn from, where the evaluation learns")
    parser.add_argument("--out", type=Path, required=True, help="file to write, one JSON object per line")
    parser.add_argument("--json", action="store_true", help="print the scores as one object on the last line")
    parser.set_defaults(run=run_eval)


def run_eval(arguments: argparse.Namespace) -> int:
    """Run the named evaluation; it gives the exit code."""
    if arguments.name not in EVALUATIONS:
        there = f"There are: {', '.join(sorted(EVALUATIONS))}." if EVALUATIONS else "This version brings none yet."
        msg = f"There is no evaluation {arguments.name!r}. {there}"
        raise InstallationError(msg)
    return EVALUATIONS[arguments.name](arguments)
