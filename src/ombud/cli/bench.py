"""``ombud bench NAME``: one measurement of ``benchmarks/``, beside the limit measured in the same run."""

import argparse
import importlib
import sys
from pathlib import Path

from ombud.cli.checkout import checkout_root
from ombud.cli.commands import Commands
from ombud.shared.installation import InstallationError

SCALES = ("quick", "full")
# Known to those benches only whose SIZES name it.
LARGE = "disk"
HELP = "quick: at most 90 s; full: the real sizes; disk: ten million tickets, for inbox, search and api"


def add_commands(commands: Commands) -> None:
    """Add ``bench``."""
    parser = commands.add_parser("bench", help="measure: what we reach, and the limit of this machine beside it")
    parser.add_argument("name", help="which, such as intake; `list` names them all")
    parser.add_argument("--json", action="store_true", help="print one flat object on the last line")
    parser.add_argument("--scale", choices=(*SCALES, LARGE), default="quick", help=HELP)
    parser.set_defaults(run=run_bench)


def run_bench(arguments: argparse.Namespace) -> int:
    """Run ``main(arguments)`` of the named module; it gives the exit code."""
    root = checkout_root()
    names = bench_names(root)
    if arguments.name == "list":
        print("\n".join(names))
        return 0
    if arguments.name not in names:
        msg = f"There is no bench {arguments.name!r}. There are: {', '.join(names) or 'none yet'}."
        raise InstallationError(msg)
    sys.path.insert(0, str(root))
    bench = importlib.import_module(f"benchmarks.{arguments.name}")
    sizes = getattr(bench, "SIZES", SCALES)
    if arguments.scale not in sizes:
        msg = f"Bench {arguments.name!r} has no scale {arguments.scale!r}. It has: {', '.join(sizes)}."
        raise InstallationError(msg)
    return int(bench.main(arguments))


def bench_names(root: Path) -> list[str]:
    """List the benches: every module of ``benchmarks/`` whose name has no underscore at its front."""
    return sorted(path.stem for path in (root / "benchmarks").glob("[a-z]*.py"))
