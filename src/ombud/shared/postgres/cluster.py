"""The folders of one private server, and the making of its cluster."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ombud.shared.installation import InstallationError
from ombud.shared.leash import leashed
from ombud.shared.postgres.account import Account
from ombud.shared.postgres.binaries import Binaries

DATABASE = "ombud"
ROLE = "ombud"
SOCKET_FILE = ".s.PGSQL.5432"
SOCKET_PATH_MOST_BYTES = 107
BUILTIN_LOCALE_SINCE = 17


@dataclass(frozen=True)
class Home:
    """Our folder around one cluster. All paths follow from its own."""

    root: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "cluster"

    @property
    def lock(self) -> Path:
        """Held by the one process that runs the server."""
        return self.root / "lock"

    @property
    def start_log(self) -> Path:
        """What the server said before its own log was open."""
        return self.root / "start.log"

    @property
    def socket_dir(self) -> Path:
        """The folder of the socket: in the home, or a private one with a short path when the home's is too long."""
        inside = self.root / "socket"
        if len(os.fsencode(inside / SOCKET_FILE)) <= SOCKET_PATH_MOST_BYTES:
            return inside
        name = f"ombud-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]}"
        short = Path(tempfile.gettempdir()) / name
        return short if len(os.fsencode(short / SOCKET_FILE)) <= SOCKET_PATH_MOST_BYTES else Path("/tmp") / name  # noqa: S108  # checked by take_socket_dir

    def url(self, database: str = DATABASE) -> str:
        """Build the address of one database of this server."""
        return f"postgresql://{ROLE}@/{quote(database)}?host={quote(str(self.socket_dir), safe='')}"


def take_socket_dir(home: Home, account: Account) -> None:
    """Make the socket's folder private to the account.

    Raises:
        InstallationError: somebody else has put a folder of that name there.
    """
    folder = home.socket_dir
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid not in {account.uid, os.geteuid()}):
        msg = f"{folder} belongs to somebody else. Remove it, or set OMBUD_DATA to a shorter path."
        raise InstallationError(msg)
    account.take_over(folder)


def check_version(home: Home, binaries: Binaries) -> None:
    """Refuse a cluster of another major version, and say how to carry it over.

    Raises:
        InstallationError: the cluster was made by another major version, or nobody can tell by which.
    """
    if not home.cluster.exists():
        return
    marker = home.cluster / "PG_VERSION"
    made_by = marker.read_text(errors="replace").strip() if marker.exists() else ""
    if not re.fullmatch(r"\d{1,2}(\.\d)?", made_by):
        msg = (
            f"{home.cluster} is damaged: its PG_VERSION does not hold a version. Move {home.root} aside, start anew,"
            " and bring your data back with: ombud restore FILE"
        )
        raise InstallationError(msg)
    if made_by != str(binaries.major):
        raise InstallationError(_carry_over(home, binaries, made_by))


def _carry_over(home: Home, binaries: Binaries, made_by: str) -> str:
    aside = home.root.with_name(f"{home.root.name}-{made_by}")
    old = f"/usr/lib/postgresql/{made_by}/bin"
    return (
        f"{home.cluster} was made by PostgreSQL {made_by}, and this is {binaries.version}. To carry it over:\n"
        f"  1. mv '{home.root}' '{aside}'\n"
        f"  2. Install PostgreSQL {made_by} (Debian: postgresql-{made_by}) and, as the owner of the files, run it:\n"
        f"     {old}/pg_ctl -D '{aside}/cluster' -o \"-k '{aside}/socket' -c listen_addresses=\" -w start\n"
        f"     {old}/pg_dump -h '{aside}/socket' -U {ROLE} -Fc -f ombud.dump {DATABASE}\n"
        f"     {old}/pg_ctl -D '{aside}/cluster' -w stop\n"
        f"  3. Start Ombud, stop its processes but the database, and load the dump:\n"
        f"     {binaries.program('pg_restore')} --clean --if-exists -d '{home.url()}' ombud.dump"
    )


def make_cluster(home: Home, account: Account, binaries: Binaries) -> None:
    """Make the cluster if there is none: checksums on, UTF-8, sorted by code point on every machine alike."""
    if not home.cluster.exists():
        draft = home.root / "cluster.draft"
        shutil.rmtree(draft, ignore_errors=True)
        account.take_over(draft)
        _initdb(draft, account, binaries)
        # Whole or not at all: a killed initdb leaves a draft, which the next start throws away.
        draft.rename(home.cluster)
    _write_access(home, account)


def _initdb(folder: Path, account: Account, binaries: Binaries) -> None:
    options = [f"--pgdata={folder}", f"--username={ROLE}", "--auth=peer", "--data-checksums", "--encoding=UTF8"]
    command = [binaries.program("initdb"), *options, *_locale_options(binaries)]
    done = subprocess.run(
        leashed(command, end_signal=signal.SIGKILL, uid=account.switch_uid, gid=account.switch_gid),
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
    )
    if done.returncode != 0:
        msg = f"The database could not be made in {folder}: {done.stderr.strip() or done.stdout.strip()}"
        raise InstallationError(msg)


def _locale_options(binaries: Binaries) -> list[str]:
    if binaries.major >= BUILTIN_LOCALE_SINCE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _write_access(home: Home, account: Account) -> None:
    # The socket's folder is closed to others already; peer asks the kernel besides, so no password lies anywhere.
    users = {account.name, "root"}
    mapping = "".join(f'ombud "{name}" {ROLE}\n' for name in sorted(users))
    (home.cluster / "pg_ident.conf").write_text(mapping)
    (home.cluster / "pg_hba.conf").write_text("local all all peer map=ombud\nlocal replication all peer map=ombud\n")
