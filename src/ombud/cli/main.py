"""The program ``ombud``: finds the command, runs it, and says errors in one clear line."""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType

import psycopg

import ombud
import ombud.cli
from ombud.config.settings import WrongSetting
from ombud.shared.installation import InstallationError

FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 failed, 2 wrong use, 130 interrupted."""
    parsed = build_parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except WrongSetting as error:
        return _complain(str(error), WRONG_USE)
    except InstallationError as error:
        return _complain(str(error), FAILED)
    except psycopg.OperationalError as error:
        return _complain(f"The database does not answer: {error}\nSee that it runs, then try: ombud doctor", FAILED)
    except BrokenPipeError:
        # Whoever read our output has gone, as in `ombud … | head`.
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="ombud",
        description="Ombud, a customer-service system. Begin with: ombud up",
        epilog="Settings are environment variables; docs/settings.md names them.",
    )
    parser.add_argument("--version", action="version", version=f"ombud {ombud.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in command_modules():
        module.add_commands(commands)
    return parser


def command_modules() -> Iterator[ModuleType]:
    """Find the modules of this package that bring commands: a new one needs no line elsewhere."""
    for found in pkgutil.iter_modules(ombud.cli.__path__, "ombud.cli."):
        module = importlib.import_module(found.name)
        if hasattr(module, "add_commands"):
            yield module


def _complain(message: str, code: int) -> int:
    print(f"ombud: {message}", file=sys.stderr)
    return code
