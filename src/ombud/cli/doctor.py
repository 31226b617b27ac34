"""``ombud doctor``: what is wrong with an installation, and how to mend it."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator

from ombud.channels.email.connection_test import test_mailbox
from ombud.cli.commands import Commands
from ombud.cli.database import open_database
from ombud.config.doctor.examine import examine
from ombud.config.doctor.findings import Finding, Locale, bad
from ombud.config.settings import Settings, WrongSetting
from ombud.shared.clock import utc_now
from ombud.shared.installation import InstallationError

SIGNS = {"ok": "✓", "warn": "!", "bad": "✗"}
COLOURS = {"ok": "\x1b[32m", "warn": "\x1b[33m", "bad": "\x1b[31m"}
PLAIN = "\x1b[0m"
ENDINGS = {
    "en": ("all is well", "{warn} warnings", "{bad} problems, {warn} warnings"),
    "zh": ("一切正常", "{warn} 个警告", "{bad} 个问题，{warn} 个警告"),
}


def add_commands(commands: Commands) -> None:
    """Add ``doctor``."""
    parser = commands.add_parser("doctor", help="say what is wrong with this installation and how to mend it")
    parser.add_argument("--json", action="store_true", help="print one object, for monitoring")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the findings")
    parser.add_argument("--connect", action="store_true", help="try every mailbox now (IMAP and SMTP)")
    parser.add_argument("--demo", action="store_true", help="the demo desk")
    parser.set_defaults(run=run_doctor)


def run_doctor(arguments: argparse.Namespace) -> int:
    """Print a line per finding; the exit code is 1 when something is bad."""
    found = _examine(arguments)
    _print_json(found) if arguments.json else _print_lines(found, arguments.lang)
    return int(any(finding.level == "bad" for finding in found))


def _examine(arguments: argparse.Namespace) -> list[Finding]:
    try:
        settings = Settings.from_env()
    except WrongSetting as problem:
        return [bad("settings", "settings_wrong", problem=str(problem))]
    settings = settings.for_demo() if arguments.demo else settings
    try:
        with _database(settings) as url:
            return examine(settings, url, now=utc_now(), test_mailbox=test_mailbox if arguments.connect else None)
    except InstallationError as problem:
        found = examine(settings, None, now=utc_now())[:-1]
        path = str(settings.postgres_home)
        return [*found, bad("database", "database_down", problem=str(problem), path=path)]


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[str | None]:
    # A look must not make a database where there is none.
    if settings.database_url or (settings.postgres_home / "cluster").exists():
        with open_database(settings) as url:
            yield url
    else:
        yield None


def _print_json(found: list[Finding]) -> None:
    lines = [
        {
            "check": finding.check,
            "level": finding.level,
            "code": finding.code,
            "text": finding.text("en"),
            "mend": finding.mend("en"),
            "values": finding.values,
        }
        for finding in found
    ]
    print(json.dumps({"ok": not any(finding.level == "bad" for finding in found), "findings": lines}))


def _print_lines(found: list[Finding], language: str) -> None:
    locale: Locale = "zh" if language == "zh" else "en"
    is_coloured = sys.stdout.isatty()
    for finding in found:
        sign = SIGNS[finding.level]
        print(f"{COLOURS[finding.level]}{sign}{PLAIN}" if is_coloured else sign, finding.text(locale))
        if finding.mend(locale):
            print(f"    → {finding.mend(locale)}")
    levels = [finding.level for finding in found]
    counts = {"bad": levels.count("bad"), "warn": levels.count("warn")}
    ending = ENDINGS[locale][2 if counts["bad"] else 1 if counts["warn"] else 0]
    print(ending.format(**counts))
