"""The small commands: migrate, db, bench, eval, test."""

import argparse
import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from pkgutil import iter_modules

import pytest

from ombud.cli import eval as evaluation
from ombud.cli import evaluations
from ombud.cli import test as test_command
from ombud.cli.bench import bench_names
from ombud.cli.checkout import checkout_root
from ombud.shared.migrations import known_migrations
from ombud.shared.postgres.leftovers import processes_of

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_migrate_fresh_folder_applies_all_and_stops_the_server(run: Run, data: Path) -> None:
    names = known_migrations()
    done = run("migrate")
    assert done.stdout.splitlines() == [f"applied now: {len(names)}", *[f"  {name}" for name in names]]
    assert processes_of(data / "postgres" / "cluster") == []


def test_migrate_list_changes_nothing(run: Run) -> None:
    expected = ["applied: 0", f"pending: {len(known_migrations())}"]
    for _ in range(2):
        lines = run("migrate", "--list").stdout.splitlines()
        assert [line for line in lines if not line.startswith("  ")] == expected


def test_migrate_given_database_uses_it(run: Run, database_url: str, data: Path) -> None:
    assert run("migrate", DATABASE_URL=database_url).stdout == "applied now: 0\n"
    assert not data.exists()


def test_db_runs_psql_on_the_database(run: Run, database_url: str) -> None:
    done = run("db", "--", "-Atc", "select count(*) from status", DATABASE_URL=database_url)
    assert done.stdout == "10\n"


def test_db_hands_the_exit_code_on(run: Run, database_url: str) -> None:
    assert run("db", "--", "-c", "select nonsense", DATABASE_URL=database_url).returncode == 1


def test_db_url_starts_nothing(run: Run, data: Path, private_url: str) -> None:
    assert run("db", "--url").stdout == f"{private_url}\n"
    assert not data.exists()


def test_db_demo_is_another_database(run: Run, private_url: str) -> None:
    assert run("db", "--url", "--demo").stdout == private_url.replace("%2Fpostgres", "%2Fdemo%2Fpostgres") + "\n"


def test_bench_unknown_name_lists_what_there_is(run: Run) -> None:
    done = run("bench", "no_such")
    assert done.returncode == 1
    assert "There is no bench 'no_such'. There are: " in done.stderr


def test_bench_list_names_all(run: Run) -> None:
    assert run("bench", "list").stdout.split() == bench_names(checkout_root())


def test_bench_names_leaves_shared_modules_out(tmp_path: Path) -> None:
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    for name in ("intake.py", "_load.py", "__init__.py", "notes.md", "api.py"):
        (folder / name).write_text("")
    assert bench_names(tmp_path) == ["api", "intake"]


def test_eval_unknown_name_lists_what_there_is(run: Run, tmp_path: Path) -> None:
    done = run("eval", "no_such", "--data", str(tmp_path), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "There is no evaluation 'no_such'. " in done.stderr


def test_eval_names_every_evaluation_there_is() -> None:
    modules = (
        importlib.import_module(one.name) for one in iter_modules(evaluations.__path__, "ombud.cli.evaluations.")
    )
    assert [one.__name__.rpartition(".")[2] for one in modules if hasattr(one, "run")] == list(evaluation.EVALUATIONS)


def test_run_eval_known_name_runs_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text('{"text": "call 13812345678", "spans": [[5, 16, "PHONE"]]}\n')
    arguments = argparse.Namespace(name="pii", data=data, out=tmp_path / "out", json=True)
    assert evaluation.run_eval(arguments) == 0
    assert "1 texts answered" in capsys.readouterr().out


def test_what_learns_is_loaded_by_no_process_of_a_desk_and_by_no_other_command() -> None:
    code = "import sys, ombud.config.app; from ombud.cli.main import build_parser; build_parser();"
    code += "print([one for one in ('sklearn', 'scipy.stats') if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def command_of(monkeypatch: pytest.MonkeyPatch, options: list[str]) -> list[str]:
    commands: list[list[str]] = []

    def record(command: list[str], **_options: object) -> "subprocess.CompletedProcess[str]":
        commands.append(command)
        return subprocess.CompletedProcess(command, 5)

    monkeypatch.setattr(subprocess, "run", record)
    assert test_command.run_test(argparse.Namespace(options=options)) == 5
    return commands[0][3:]


def test_run_test_takes_two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert command_of(monkeypatch, ["tests/cli"]) == ["-n", "2", "-r", "fEs", "tests/cli"]


@pytest.mark.parametrize("option", ["-n0", "-n=1", "--numprocesses=1", "--help"])
def test_run_test_own_choice_wins(monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    assert command_of(monkeypatch, [option]) == ["-r", "fEs", option]


def test_test_options_go_to_pytest(run: Run) -> None:
    done = run("test", "-n0", "--collect-only", "tests/config/test_settings.py", "-k", "for_demo", "-vv")
    assert "test_for_demo_leaves_the_real_desk_alone" in done.stdout
    assert "test_using" not in done.stdout
    assert done.returncode == 0


def test_checkout_root_is_where_the_project_is() -> None:
    assert (checkout_root() / "requirements" / "run.txt").exists()
