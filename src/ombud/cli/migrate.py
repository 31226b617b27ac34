"""``ombud migrate``: bring the database's schema up to this version."""

import argparse

from ombud.cli.commands import Commands
from ombud.cli.database import open_database
from ombud.config.settings import Settings
from ombud.shared.migrations import applied_migrations, apply_migrations, pending_migrations


def add_commands(commands: Commands) -> None:
    """Add ``migrate``."""
    parser = commands.add_parser("migrate", help="bring the database's schema up to this version")
    parser.add_argument("--list", action="store_true", help="only say what is applied and what is pending")
    parser.set_defaults(run=run_migrate)


def run_migrate(arguments: argparse.Namespace) -> int:
    """Apply or list migrations."""
    with open_database(Settings.from_env()) as url:
        if arguments.list:
            _print_names("applied", applied_migrations(url))
            _print_names("pending", pending_migrations(url))
        else:
            _print_names("applied now", apply_migrations(url))
    return 0


def _print_names(state: str, names: list[str]) -> None:
    print(f"{state}: {len(names)}")
    for name in names:
        print(f"  {name}")
