"""``ombud test``: the test suite of the source tree."""

import argparse
import subprocess
import sys

from ombud.cli.checkout import checkout_root
from ombud.cli.commands import Commands

WORKERS = ("-n", "2")


def add_commands(commands: Commands) -> None:
    """Add ``test``."""
    parser = commands.add_parser("test", help="run the tests; what follows goes to pytest", add_help=False)
    parser.add_argument("options", nargs=argparse.REMAINDER)
    parser.set_defaults(run=run_test)


def run_test(arguments: argparse.Namespace) -> int:
    """Run pytest on two workers, or on as many as the options ask for."""
    workers = () if _names_workers(arguments.options) else WORKERS
    command = [sys.executable, "-m", "pytest", *workers, *arguments.options]
    return subprocess.run(command, cwd=checkout_root(), check=False).returncode


def _names_workers(options: list[str]) -> bool:
    return any(option.startswith(("-n", "--numprocesses", "-h", "--help")) for option in options)
