"""What must not be in the repository: this machine's folders, registries' addresses, secrets, large files."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.checks.report import Report

# Written so that this file does not find itself.
FORBIDDEN = {
    "a folder of somebody's machine": re.compile(r"(?<![\w.~-])/(?:work|root|Users|home/[a-z][\w-]*)/[\w.]"),
    "a registry's address": re.compile(
        r"registry\.npmjs|files\.pythonhosted|pypi\.org/simple|npm[m]irror|\"resolved\": *\"https?:"
    ),
    "a secret": re.compile(
        r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abp]-\w{10}|sk-[a-zA-Z0-9]{32}|-----BEGIN (?:\w+ )?PRIVATE " + "KEY"
    ),
    "a mark of an unfinished merge": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
}
LARGEST_BYTES = 2_000_000


def check(root: Path) -> Report:
    """No tracked file holds what belongs to one machine or to nobody else."""
    names = tracked_files(root)
    faults = [fault for name in names for fault in faults_of(root / name, name)]
    return Report(figures=[f"{len(names)} tracked files"], faults=faults)


def tracked_files(root: Path) -> list[str]:
    """List what git keeps, and what it would keep with the next commit; nothing outside of a repository."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    return sorted(name for name in listed.split("\0") if name and (root / name).is_file())


def faults_of(path: Path, name: str) -> Iterator[str]:
    """Find what is wrong with one file."""
    content = path.read_bytes()
    if len(content) > LARGEST_BYTES:
        yield f"{name} has {len(content)} bytes"
    if b"\0" in content:
        return
    text = content.decode(errors="replace")
    for what, pattern in FORBIDDEN.items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{name}:{line} holds {what}"
