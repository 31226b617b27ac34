"""``ombud restore FILE``: bring a backup back."""

import argparse
from pathlib import Path

from ombud.cli import passphrase
from ombud.cli.commands import Commands
from ombud.cli.database import open_database
from ombud.cli.progress import Progress
from ombud.config.restore import Restored, Wishes, check_backup, restore_backup
from ombud.config.settings import Settings
from ombud.shared.clock import utc_now
from ombud.shared.installation import InstallationError
from ombud.shared.postgres import running_url


def add_commands(commands: Commands) -> None:
    """Add ``restore``."""
    parser = commands.add_parser("restore", help="bring a backup back into an empty installation")
    parser.add_argument("file", type=Path, help="what `ombud backup` wrote")
    parser.add_argument("--check", action="store_true", help="only read it and compare every digest")
    parser.add_argument("--replace", action="store_true", help="overwrite a desk that holds people or tickets")
    parser.add_argument("--without-key", action="store_true", help="restore although the key is not here")
    parser.add_argument("--resume-sending", action="store_true", help="send what waited; for a move of a stopped desk")
    parser.add_argument("--demo", action="store_true", help="the demo desk")
    passphrase.add_options(parser)
    parser.set_defaults(run=run_restore)


def run_restore(arguments: argparse.Namespace) -> int:
    """Check the whole file first; then restore, and tell what is left to do by hand."""
    settings = Settings.from_env()
    settings = settings.for_demo() if arguments.demo else settings
    progress = Progress()
    manifest = check_backup(arguments.file, progress)
    progress.clear()
    rows = sum(manifest.tables.values())
    made = f"{manifest.made_at:%Y-%m-%d %H:%M} UTC by Ombud {manifest.ombud}"
    print(f"{arguments.file}: whole; {rows} rows and {manifest.file_count} files, made {made}")
    if arguments.check:
        return 0
    _refuse_while_running(settings)
    wishes = Wishes(
        replace=arguments.replace,
        without_key=arguments.without_key,
        resume_sending=arguments.resume_sending,
        passphrase=passphrase.read_passphrase(arguments, twice=False),
    )
    with open_database(settings) as url:
        done = restore_backup(settings, url, arguments.file, manifest, wishes, now=utc_now(), progress=progress)
    progress.clear()
    _report(done)
    return 0


def _refuse_while_running(settings: Settings) -> None:
    if not settings.database_url and running_url(settings.postgres_home):
        msg = f"The desk on {settings.data} is running. Stop it first."
        raise InstallationError(msg)


def _report(done: Restored) -> None:
    rows = sum(done.manifest.tables.values())
    print(f"restored {rows} rows and {done.files_written} files; events go on after {done.manifest.event_seq}")
    if done.migrations:
        print(f"{len(done.migrations)} newer migrations applied")
    if done.keys_added:
        print(f"the key {', '.join(done.keys_added)} was added to the key file")
    if done.held:
        print(f"{done.held} messages that waited to be sent are held as unconfirmed: send or dismiss them by hand")
    print("everybody has to sign in again; API keys that were revoked since the backup are valid again")
