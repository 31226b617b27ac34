"""``ombud backup FILE``: database and files in one file, while the desk runs."""

import argparse
import time
from pathlib import Path

from ombud.cli import passphrase
from ombud.cli.commands import Commands
from ombud.cli.database import open_database
from ombud.cli.progress import Progress
from ombud.config.archive import Manifest
from ombud.config.backup import take_backup
from ombud.config.settings import Settings
from ombud.shared.clock import utc_now

MEBIBYTE = 1024 * 1024


def add_commands(commands: Commands) -> None:
    """Add ``backup``."""
    parser = commands.add_parser("backup", help="write database and files into one file, while the desk runs")
    parser.add_argument("file", type=Path, help="the file to write; it must not exist")
    parser.add_argument("--demo", action="store_true", help="the demo desk")
    passphrase.add_options(parser)
    parser.set_defaults(run=run_backup)


def run_backup(arguments: argparse.Namespace) -> int:
    """Take the backup, and say loudly where the key is."""
    settings = Settings.from_env()
    settings = settings.for_demo() if arguments.demo else settings
    secret = passphrase.read_passphrase(arguments, twice=True)
    progress, started = Progress(), time.monotonic()
    with open_database(settings) as url:
        manifest = take_backup(settings, url, arguments.file, passphrase=secret, now=utc_now(), progress=progress)
    progress.clear()
    size = arguments.file.stat().st_size / MEBIBYTE
    rows = sum(manifest.tables.values())
    seconds = time.monotonic() - started
    print(f"{arguments.file}: {rows} rows, {manifest.file_count} files, {size:.1f} MiB in {seconds:.1f} s")
    _tell_of_key(settings, manifest)
    return 0


def _tell_of_key(settings: Settings, manifest: Manifest) -> None:
    if manifest.has_key:
        print("The key is inside, under your passphrase. Without the passphrase it is lost.")
        return
    where = "OMBUD_KEY" if settings.key else str(settings.key_file)
    ids = ", ".join(manifest.key_ids) or "none yet"
    print(
        f"THE KEY IS NOT IN THIS FILE. Keep {where} (key {ids}) apart: without it the stored passwords\n"
        "of mailboxes and the secrets of webhooks cannot be read after a restore."
    )
