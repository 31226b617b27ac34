"""``backup``, ``restore`` and ``doctor`` as somebody types them."""

import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from ombud.cli.passphrase import read_passphrase
from ombud.cli.progress import Progress
from ombud.shared.installation import InstallationError
from ombud.shared.postgres.leftovers import processes_of

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tar(tmp_path: Path) -> Path:
    return tmp_path / "desk.tar"


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text("correct horse battery\n")
    return path


def test_backup_and_restore_carry_a_private_desk_elsewhere(
    run: Run, data: Path, tar: Path, passphrase_file: Path
) -> None:
    assert run("migrate").returncode == 0
    (data / "key").write_text("ab" * 32 + "\n")
    done = run("backup", str(tar), "--passphrase-file", str(passphrase_file))
    assert done.returncode == 0, done.stderr
    assert "The key is inside, under your passphrase." in done.stdout
    assert stat.S_IMODE(tar.stat().st_mode) == 0o600
    other = data.with_name("other")
    more = {"OMBUD_DATA": str(other)}
    back = run("restore", str(tar), "--passphrase-file", str(passphrase_file), **more)
    assert back.returncode == 0, back.stderr
    assert "events go on after 0" in back.stdout
    assert "everybody has to sign in again" in back.stdout
    assert (other / "key").read_text() == "ab" * 32 + "\n"
    assert run("db", "--", "-Atc", "select count(*) from status", **more).stdout == "10\n"
    assert processes_of(other / "postgres" / "cluster") == []


def test_backup_without_a_passphrase_says_loudly_where_the_key_is(run: Run, tar: Path, database_url: str) -> None:
    done = run("backup", str(tar), DATABASE_URL=database_url, OMBUD_KEY="cd" * 32)
    assert done.returncode == 0, done.stderr
    assert "THE KEY IS NOT IN THIS FILE. Keep OMBUD_KEY" in done.stdout
    assert "cd" * 32 not in done.stdout


def test_backup_onto_a_file_that_is_there_fails_in_one_line(run: Run, tar: Path, database_url: str) -> None:
    tar.write_text("mine")
    done = run("backup", str(tar), DATABASE_URL=database_url)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert tar.read_text() == "mine"


def test_restore_check_only_reads(run: Run, tar: Path, database_url: str, data: Path) -> None:
    assert run("backup", str(tar), DATABASE_URL=database_url).returncode == 0
    done = run("restore", str(tar), "--check")
    assert done.returncode == 0
    assert "whole" in done.stdout
    assert not (data / "postgres").exists()


def test_restore_of_a_damaged_file_starts_nothing(run: Run, tar: Path, data: Path) -> None:
    tar.write_bytes(b"nonsense" * 100)
    done = run("restore", str(tar))
    assert done.returncode == 1
    assert "not a whole backup" in done.stderr
    assert not (data / "postgres").exists()


def test_restore_into_a_used_database_is_refused(run: Run, tar: Path, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("insert into customer (name, created_at, updated_at) values ('Ada', now(), now())")
    assert run("backup", str(tar), DATABASE_URL=database_url).returncode == 0
    done = run("restore", str(tar), DATABASE_URL=database_url)
    assert (done.returncode, "1 in customer" in done.stderr) == (1, True)
    again = run("restore", str(tar), "--replace", DATABASE_URL=database_url)
    assert again.returncode == 0, again.stderr


def test_doctor_of_nothing_yet_makes_nothing(run: Run, data: Path) -> None:
    done = run("doctor", "--json")
    found = {one["code"] for one in json.loads(done.stdout)["findings"]}
    assert "database_none_yet" in found
    assert not data.exists()


def test_doctor_of_a_private_desk_finds_it_durable(run: Run, data: Path) -> None:
    assert run("migrate").returncode == 0
    found = {one["check"]: one for one in json.loads(run("doctor", "--json").stdout)["findings"]}
    assert [found[check]["level"] for check in ("database", "durability", "checksums", "encoding", "schema")] == [
        "ok"
    ] * 5
    assert processes_of(data / "postgres" / "cluster") == []


def test_doctor_with_a_wrong_setting_says_which(run: Run) -> None:
    done = run("doctor", OMBUD_PORT="many")
    assert done.returncode == 1
    assert "OMBUD_PORT" in done.stdout


def test_doctor_with_a_database_away_ends_with_one(run: Run) -> None:
    done = run("doctor", "--lang", "zh", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "数据库无应答" in done.stdout
    assert "个问题" in done.stdout


def test_doctor_json_exit_code_follows_the_findings(run: Run, database_url: str) -> None:
    done = run("doctor", "--json", DATABASE_URL=database_url)
    told = json.loads(done.stdout)
    assert told["ok"] == (done.returncode == 0)
    assert all(one["mend"] for one in told["findings"] if one["level"] != "ok")


class Given:
    """Options as the parser gives them."""

    def __init__(self, passphrase_file: Path | None, *, ask: bool = False) -> None:
        self.passphrase_file = passphrase_file
        self.ask_passphrase = ask


def test_read_passphrase_takes_the_first_line(passphrase_file: Path, tmp_path: Path) -> None:
    assert read_passphrase(Given(passphrase_file), twice=True) == "correct horse battery"  # type: ignore[arg-type]
    assert read_passphrase(Given(None), twice=True) is None  # type: ignore[arg-type]
    passphrase_file.write_text("\n")
    for wrong in (passphrase_file, tmp_path / "none"):
        with pytest.raises(InstallationError):
            read_passphrase(Given(wrong), twice=True)  # type: ignore[arg-type]


def test_read_passphrase_asked_twice_must_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["one passphrase", "another", "one passphrase", "one passphrase"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    with pytest.raises(InstallationError, match="not the same"):
        read_passphrase(Given(None, ask=True), twice=True)  # type: ignore[arg-type]
    assert read_passphrase(Given(None, ask=True), twice=True) == "one passphrase"  # type: ignore[arg-type]


def test_progress_without_a_terminal_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    progress("database", 1, 2)
    progress.clear()
    assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_shows_the_share(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = Progress()
    progress("database", 1, 2)
    progress("database", 2, 2)
    progress.clear()
    told = capsys.readouterr().err
    assert "database 50%" in told
    assert "100%" not in told
