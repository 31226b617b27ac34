"""``ombud db``: reach the database by hand."""

import argparse
import shutil
import subprocess

from ombud.cli.commands import Commands
from ombud.cli.database import open_database
from ombud.config.settings import Settings
from ombud.shared.installation import InstallationError
from ombud.shared.postgres import find_binaries, url_of


def add_commands(commands: Commands) -> None:
    """Add ``db``."""
    parser = commands.add_parser("db", help="open psql on the database, or print its address")
    parser.add_argument("--url", action="store_true", help="only print the address")
    parser.add_argument("--demo", action="store_true", help="the database of the demo desk")
    parser.add_argument("options", nargs="*", help="handed on to psql, after --")
    parser.set_defaults(run=run_db)


def run_db(arguments: argparse.Namespace) -> int:
    """Print the address, or run psql on it."""
    settings = Settings.from_env()
    if arguments.demo:
        settings = settings.for_demo()
    if arguments.url:
        print(settings.database_url or url_of(settings.postgres_home))
        return 0
    with open_database(settings) as url:
        return subprocess.run([_psql(), url, *arguments.options], check=False).returncode


def _psql() -> str:
    psql = shutil.which(find_binaries().program("psql")) or shutil.which("psql")
    if psql is None:
        msg = "There is no psql here. Install the package postgresql-client."
        raise InstallationError(msg)
    return psql
