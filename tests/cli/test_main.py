"""The program says what it can do, and says errors in one line."""

import subprocess
from collections.abc import Callable

import psycopg
import pytest

import ombud
from ombud.cli import main as program
from ombud.shared.installation import InstallationError

Run = Callable[..., "subprocess.CompletedProcess[str]"]
COMMANDS = ("bench", "db", "eval", "migrate", "serve", "test", "up")


class Failing:
    """A command whose run ends as it is told."""

    def __init__(self, outcome: BaseException | int) -> None:
        self.outcome = outcome

    def parse_args(self, _arguments: object) -> "Failing":
        return self

    def run(self, _parsed: object) -> int:
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


def outcome_of(monkeypatch: pytest.MonkeyPatch, outcome: BaseException | int) -> int:
    monkeypatch.setattr(program, "build_parser", lambda: Failing(outcome))
    return program.main([])


def test_help_names_every_command(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"\n    {command} " in done.stdout


def test_version_is_the_packages(run: Run) -> None:
    assert run("--version").stdout == f"ombud {ombud.__version__}\n"


def test_no_command_is_wrong_use(run: Run) -> None:
    done = run()
    assert done.returncode == 2
    assert "required" in done.stderr


def test_unknown_command_is_wrong_use(run: Run) -> None:
    assert run("fly").returncode == 2


def test_wrong_setting_is_one_line_and_wrong_use(run: Run) -> None:
    done = run("migrate", OMBUD_PORT="ab")
    assert done.returncode == 2
    assert done.stderr == "ombud: OMBUD_PORT='ab' cannot be: expected `int`, got `str`.\n"


def test_database_away_is_one_clear_message(run: Run) -> None:
    done = run("migrate", DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stderr.startswith("ombud: The database does not answer: ")
    assert "Traceback" not in done.stderr


def test_main_hands_the_commands_code_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome_of(monkeypatch, 0) == 0
    assert outcome_of(monkeypatch, 7) == 7


def test_main_installation_error_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome_of(monkeypatch, InstallationError("The disk is full.")) == 1
    assert capsys.readouterr().err == "ombud: The disk is full.\n"


def test_main_interrupted_tells_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome_of(monkeypatch, KeyboardInterrupt()) == 130


def test_main_lost_database_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome_of(monkeypatch, psycopg.OperationalError("gone")) == 1


def test_main_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        outcome_of(monkeypatch, ZeroDivisionError())


def test_command_modules_each_bring_a_run() -> None:
    names = [module.__name__.rpartition(".")[2] for module in program.command_modules()]
    assert set(COMMANDS) <= set(names)
    assert "supervisor" not in names
