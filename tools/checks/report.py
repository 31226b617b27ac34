"""What a check found, and how checks run other programs."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_ANSWER_LINES = 60


@dataclass
class Report:
    """Figures to print, and faults that fail the run."""

    figures: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def run_module(root: Path, module: str, *arguments: str) -> Report:
    """Run a Python tool; its last line is the figure, all that it said is the fault when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=root,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0:
        return Report(faults=lines[-LONGEST_ANSWER_LINES:] or [f"{module} failed and said nothing"])
    return Report(figures=lines[-1:])


def existing(root: Path, names: Sequence[str]) -> list[str]:
    """Keep the names of what is there."""
    return [name for name in names if (root / name).exists()]


def source_folder(root: Path) -> Path:
    """Find the folder that holds the package ``ombud``."""
    return root / "src" if (root / "src" / "ombud").is_dir() else root


def package_folder(root: Path) -> Path:
    """Find the package ``ombud``."""
    return source_folder(root) / "ombud"
