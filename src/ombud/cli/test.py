"""``ombud test``: the test suite of the source tree."""

import argparse
import subprocess
import sys

from ombud.cli.checkout import checkout_root
from ombud.cli.commands import Commands

WORKERS = ("-n", "2")
# A line for each test that failed, and for each left out with the missing program that is the reason.
TELL = ("-r", "fEs")


def add_commands(commands: Commands) -> None:
    """Add ``test``."""
    # A prefix that nobody types: so -k and --help belong to pytest, not to this parser.
    about = "run the tests; what follows goes to pytest"
    parser = commands.add_parser("test", help=about, add_help=False, prefix_chars="\0")
    parser.add_argument("options", nargs="*")
    parser.set_defaults(run=run_test)


def run_test(arguments: argparse.Namespace) -> int:
    """Run pytest on two workers, or on as many as the options ask for."""
    workers = () if _names_workers(arguments.options) else WORKERS
    command = [sys.executable, "-m", "pytest", *workers, *TELL, *arguments.options]
    return subprocess.run(command, cwd=checkout_root(), check=False).returncode


def _names_workers(options: list[str]) -> bool:
    return any(option.startswith(("-n", "--numprocesses", "-h", "--help")) for option in options)
