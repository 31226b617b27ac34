"""``ombud eval NAME``: measure the product on somebody's own data.

It reads the data, writes one JSON object per line to ``--out`` in the order of the input, and prints the scores
where the data holds the truth.
"""

import argparse
import importlib
from pathlib import Path

from ombud.cli.commands import Commands
from ombud.shared.installation import InstallationError

# Each is a module of the package ``evaluations`` with a function ``run``.
EVALUATIONS = ("intent", "knowledge", "pii", "promises", "queueing", "risk", "satisfaction", "sentiment", "sla")


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
        msg = f"There is no evaluation {arguments.name!r}. There are: {', '.join(EVALUATIONS)}."
        raise InstallationError(msg)
    # Loaded now: what learns takes seconds, which no other command should.
    return int(importlib.import_module(f"ombud.cli.evaluations.{arguments.name}").run(arguments))
