"""The formatter, the linter and the type checker."""

from pathlib import Path

from tools.checks.report import Report, existing, run_module

TYPED = ("tools", "benchmarks", "tests")


def check_format(root: Path) -> Report:
    """Every file is as ruff would format it."""
    return run_module(root, "ruff", "format", "--check", ".")


def check_lint(root: Path) -> Report:
    """Every rule of ruff holds; exceptions stand in pyproject.toml with their reason."""
    return run_module(root, "ruff", "check", ".")


def check_types(root: Path) -> Report:
    """Mypy's strict mode passes: every function is typed."""
    packages = [word for name in ("ombud", *existing(root, TYPED)) for word in ("-p", name)]
    return run_module(root, "mypy", *packages)
