"""Where a command gets the passphrase from that seals the key in a backup."""

import argparse
import getpass
from pathlib import Path

from ombud.shared.installation import InstallationError


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the two ways to give one."""
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--passphrase-file", type=Path, help="file whose first line is the passphrase of the key")
    ways.add_argument("--ask-passphrase", action="store_true", help="ask for the passphrase of the key")


def read_passphrase(arguments: argparse.Namespace, *, twice: bool) -> str | None:
    """The passphrase, or None when none is wanted; asked ``twice`` where a slip would lose the key.

    Raises:
        InstallationError: the file cannot be read or is empty, or the two differ.
    """
    if arguments.passphrase_file is not None:
        return _from_file(arguments.passphrase_file)
    if not arguments.ask_passphrase:
        return None
    passphrase = getpass.getpass("passphrase of the key: ")
    if twice and getpass.getpass("once more: ") != passphrase:
        msg = "The two are not the same. Nothing was done."
        raise InstallationError(msg)
    return passphrase


def _from_file(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        msg = f"{path} cannot be read: {why}."
        raise InstallationError(msg) from error
    if not lines or not lines[0]:
        msg = f"{path} is empty: its first line must be the passphrase."
        raise InstallationError(msg)
    return lines[0]
