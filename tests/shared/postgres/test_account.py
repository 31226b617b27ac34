"""Root never runs the server; everybody else runs it themselves."""

import os
import pwd
from pathlib import Path

import pytest

from ombud.shared.installation import InstallationError
from ombud.shared.postgres.account import Account, can_reach, choose_account

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has the choice")
NOBODY = Account(name="nobody", uid=65534, gid=65534, switch=True)


@as_root
def test_choose_account_root_takes_a_user_that_cannot_sign_in(tmp_path: Path) -> None:
    account = choose_account(tmp_path / "cluster")
    assert account.switch
    assert account.switch_uid == account.uid != 0
    assert pwd.getpwnam(account.name).pw_shell.endswith(("nologin", "false"))


@as_root
def test_choose_account_root_serves_a_cluster_as_its_owner(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    assert choose_account(tmp_path).uid == 65534


@as_root
def test_choose_account_owner_without_a_name_says_so(tmp_path: Path) -> None:
    os.chown(tmp_path, 54321, 54321)
    with pytest.raises(InstallationError, match="User id 54321 has no name"):
        choose_account(tmp_path)


@as_root
def test_choose_account_no_user_at_all_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwall", list)
    monkeypatch.setattr("shutil.which", lambda *_args, **_options: None)
    with pytest.raises(InstallationError, match="useradd --system"):
        choose_account(tmp_path / "cluster")


@as_root
def test_choose_account_nothing_can_be_made_takes_a_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwall", lambda: [pwd.getpwnam("nobody")])
    monkeypatch.setattr("shutil.which", lambda *_args, **_options: None)
    assert choose_account(tmp_path / "cluster").name == "nobody"


def test_choose_account_ordinary_user_stays_who_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    account = choose_account(tmp_path / "cluster")
    assert (account.name, account.switch_uid, account.switch_gid) == ("nobody", None, None)


def test_choose_account_ordinary_user_refuses_a_strangers_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(InstallationError, match=f"belongs to user id {owner}"):
        choose_account(tmp_path)


def test_can_reach_open_folders_yes() -> None:
    assert can_reach(NOBODY, Path("/usr/bin/env"))


def test_can_reach_closed_folder_no(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not can_reach(NOBODY, closed / "file")


def test_can_reach_ourselves_always(tmp_path: Path) -> None:
    ourselves = Account(name="me", uid=os.geteuid(), gid=os.getegid(), switch=False)
    assert can_reach(ourselves, tmp_path / "file")


def test_take_over_opens_for_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    Account(name="me", uid=os.geteuid(), gid=os.getegid(), switch=False).take_over(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
