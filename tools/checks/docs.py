"""What people must be able to look up is written: docstrings in the source, names in ``docs/``."""

import argparse
import ast
import importlib
import importlib.util
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ombud.cli.main import build_parser
from ombud.config.settings import variables
from tools.checks.report import Report, package_folder

DOCUMENTED_FILES = ("services", "queries", "rules", "events")
PERMISSIONS = "ombud.accounts.permissions"
FACT = "Fact"


def check(root: Path) -> Report:
    """Rooms and public functions have docstrings; settings, permissions, events and commands are named in docs/."""
    package = package_folder(root)
    wanted = {
        "setting": variables(),
        "permission": permissions(),
        "event": sorted(event_kinds(package)),
        "command": commands(),
    }
    told = read_docs(root)
    missing = [
        f"docs/ does not name the {kind} {name}" for kind, names in wanted.items() for name in unnamed(names, told)
    ]
    undocumented = [*rooms_without_docstring(package), *functions_without_docstring(package)]
    counts = ", ".join(f"{len(names)} {kind}s" for kind, names in wanted.items())
    return Report(figures=[f"{counts}; missing {len(missing) + len(undocumented)}"], faults=[*undocumented, *missing])


def read_docs(root: Path) -> str:
    """Read all that is written for people."""
    return "\n".join(path.read_text() for path in sorted((root / "docs").rglob("*.md")))


def unnamed(names: Iterable[str], text: str) -> list[str]:
    """List the names that do not stand in the text as a whole word."""
    return [name for name in names if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text)]


def rooms_without_docstring(package: Path) -> Iterator[str]:
    """Find rooms that do not say what they are for."""
    for path in sorted(package.glob("**/__init__.py")):
        if not ast.get_docstring(ast.parse(path.read_text())):
            yield f"{path.relative_to(package.parent)} has no docstring: what is the room for?"


def functions_without_docstring(package: Path) -> Iterator[str]:
    """Find public functions and classes of the documented files that say nothing."""
    for path in sorted(package.rglob("*.py")):
        if set(DOCUMENTED_FILES) & set(path.relative_to(package).with_suffix("").parts):
            yield from _silent(path, package)


def _silent(path: Path, package: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text()).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if not node.name.startswith("_") and not ast.get_docstring(node):
            yield f"{path.relative_to(package.parent)}:{node.lineno} {node.name} has no docstring"


def permissions() -> list[str]:
    """List all permissions that roles and keys can hold."""
    if importlib.util.find_spec(PERMISSIONS.rpartition(".")[0]) is None:
        return []
    return sorted(importlib.import_module(PERMISSIONS).ALL)


def event_kinds(package: Path) -> Iterator[str]:
    """Find the kinds of all facts that rooms announce: their class's name in snake case."""
    for path in package.glob("*/**/events.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith(FACT) for base in node.bases):
                yield re.sub(r"(?<!^)(?=[A-Z])", "_", node.name).lower()


def commands() -> list[str]:
    """List all commands, those within commands included: ``ombud mail parse``."""
    return sorted(_commands_of(build_parser(), "ombud"))


def _commands_of(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001  # argparse offers no other way to look
    if not groups:
        yield name
    for group in groups:
        for word, inner in group.choices.items():
            yield from _commands_of(inner, f"{name} {word}")
