"""Broken installations: one clear line that says what to do, in place of a traceback or of processes that die anew."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("key", ["garbage", "abcd", "\n", "zz" * 32])
def test_up_wrong_key_file_stops_with_one_line(run: Run, data: Path, key: str) -> None:
    data.mkdir()
    (data / "key").write_text(key)
    done = run("up", "--no-build")
    assert done.returncode == 1
    assert done.stderr.startswith("ombud: ")
    assert "master key" in done.stderr
    assert "Put back the key" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (data / "postgres").exists()


def test_up_wrong_key_variable_stops_with_one_line(run: Run) -> None:
    done = run("up", "--no-build", OMBUD_KEY="short")
    assert done.returncode == 1
    assert done.stderr.startswith("ombud: The master key is not hexadecimal: check OMBUD_KEY")


def test_up_key_that_is_a_folder_stops_with_one_line(run: Run, data: Path) -> None:
    (data / "key").mkdir(parents=True)
    done = run("up", "--no-build")
    assert done.returncode == 1
    assert done.stderr.startswith(f"ombud: {data}/key cannot be read: ")


def test_doctor_lost_database_beside_files_is_bad(run: Run, data: Path) -> None:
    (data / "files" / "ab").mkdir(parents=True)
    done = run("doctor")
    assert done.returncode == 1
    assert f"the database is not in {data}/postgres" in done.stdout
    assert "ombud restore FILE" in done.stdout
    assert not (data / "postgres").exists()


def test_doctor_key_alone_before_a_restore_is_no_loss(run: Run, data: Path) -> None:
    data.mkdir()
    (data / "key").write_text("ab" * 32)
    (data / "key").chmod(0o600)
    assert "there is no database yet" in run("doctor").stdout


def test_doctor_private_database_that_does_not_start_names_the_way_out(run: Run, data: Path) -> None:
    (data / "postgres" / "cluster").mkdir(parents=True)
    (data / "postgres" / "cluster" / "PG_VERSION").write_text("")
    done = run("doctor", "--lang", "zh")
    assert done.returncode == 1
    assert "内置数据库无法启动" in done.stdout
    done = run("doctor")
    assert "the private database does not start" in done.stdout
    assert "DATABASE_URL" not in done.stdout
