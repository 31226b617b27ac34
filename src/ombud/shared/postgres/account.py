"""Which operating system user runs the server: ourselves, or an unprivileged one when we are root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ombud.shared.installation import InstallationError

ACCOUNT_NAME = "ombud-pg"
STAND_INS = ("postgres", "nobody")
NOLOGIN = "/usr/sbin/nologin"
OTHERS_MAY_ENTER = 0o001


@dataclass(frozen=True)
class Account:
    """One operating system user. ``switch`` says that we are root and have to become this user."""

    name: str
    uid: int
    gid: int
    switch: bool

    @property
    def switch_uid(self) -> int | None:
        """The user id to change to, or None to stay."""
        return self.uid if self.switch else None

    @property
    def switch_gid(self) -> int | None:
        """The group id to change to, or None to stay."""
        return self.gid if self.switch else None

    def take_over(self, folder: Path) -> None:
        """Make a private folder that belongs to this user."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.switch:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def choose_account(existing: Path) -> Account:
    """Find the user for a cluster; root serves an existing one as its owner, else as ``ombud-pg``, made if need be.

    Raises:
        InstallationError: we have no name, or the cluster belongs to somebody else.
    """
    if os.geteuid() != 0:
        return _ourselves(existing)
    owner = existing.stat().st_uid if existing.exists() else 0
    entry = _entry_of(owner) if owner else _unprivileged_entry()
    return _account(entry, switch=True)


def can_reach(account: Account, path: Path) -> bool:
    """Tell whether the account may pass through every folder above the path."""
    if not account.switch:
        return True
    return all(
        parent.stat().st_mode & OTHERS_MAY_ENTER or parent.stat().st_uid == account.uid for parent in path.parents
    )


def _ourselves(existing: Path) -> Account:
    if existing.exists() and existing.stat().st_uid != os.geteuid():
        msg = f"{existing} belongs to user id {existing.stat().st_uid}. Start Ombud as that user or as root."
        raise InstallationError(msg)
    return _account(_entry_of(os.geteuid()), switch=False)


def _account(entry: pwd.struct_passwd, *, switch: bool) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, switch=switch)


def _entry_of(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        msg = f"User id {uid} has no name, and PostgreSQL wants one. Add it to /etc/passwd, or set DATABASE_URL."
        raise InstallationError(msg) from None


def _unprivileged_entry() -> pwd.struct_passwd:
    if ACCOUNT_NAME not in _names():
        _make_account()
    for name in (ACCOUNT_NAME, *STAND_INS):
        if name in _names():
            return pwd.getpwnam(name)
    msg = f"PostgreSQL must not run as root. Make a user for it: useradd --system --shell {NOLOGIN} {ACCOUNT_NAME}"
    raise InstallationError(msg)


def _names() -> set[str]:
    return {entry.pw_name for entry in pwd.getpwall()}


def _make_account() -> None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if useradd is None:
        return
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", NOLOGIN]
    # A failure is answered by the stand-ins: a read-only /etc is no reason to give up.
    subprocess.run([useradd, *options, ACCOUNT_NAME], check=False, capture_output=True)
