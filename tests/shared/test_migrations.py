"""The schema is brought up once, whoever asks, and a newer one is refused."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from ombud.shared.installation import InstallationError
from ombud.shared.migrations import (
    applied_migrations,
    apply_migrations,
    check_schema,
    known_migrations,
    migrations_folder,
    pending_migrations,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in migrations_folder().glob("*.sql"):
        shutil.copy(path, tmp_path)
    (tmp_path / "9000.shelf.sql").write_text("create table shelf (id int);\ninsert into shelf values (1);\n")
    return tmp_path


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_apply_migrations_up_to_date_applies_nothing(database_url: str) -> None:
    assert apply_migrations(database_url) == []
    assert applied_migrations(database_url) == known_migrations()
    check_schema(database_url)


def test_apply_migrations_new_file_applies_only_it(database_url: str, folder: Path) -> None:
    assert pending_migrations(database_url, folder) == ["9000.shelf"]
    assert apply_migrations(database_url, folder) == ["9000.shelf"]
    assert execute(database_url, "select count(*) from shelf") == [(1,)]
    assert pending_migrations(database_url, folder) == []


def test_apply_migrations_many_at_once_applies_each_once(database_url: str, folder: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: apply_migrations(database_url, folder), range(4)))
    assert sorted(done) == [[], [], [], ["9000.shelf"]]
    assert execute(database_url, "select count(*) from shelf") == [(1,)]


def test_apply_migrations_lock_row_of_a_killed_one_goes_on(database_url: str, folder: Path) -> None:
    execute(database_url, "insert into yoyo_lock (locked, ctime, pid) values (1, now(), 4711)")
    assert apply_migrations(database_url, folder) == ["9000.shelf"]


def test_apply_migrations_broken_file_takes_it_back_and_says_which_error(database_url: str, folder: Path) -> None:
    (folder / "9001.broken.sql").write_text("create table kept_by_nobody (id int);\nselect nonsense;\n")
    with pytest.raises(InstallationError, match='column "nonsense" does not exist'):
        apply_migrations(database_url, folder)
    assert applied_migrations(database_url)[-1] == "9000.shelf"
    assert execute(database_url, "select to_regclass('kept_by_nobody')") == [(None,)]


def test_check_schema_newer_database_refuses(database_url: str, folder: Path) -> None:
    apply_migrations(database_url, folder)
    with pytest.raises(InstallationError, match=r"newer Ombud \(migration 9000.shelf\)"):
        check_schema(database_url)


def test_check_schema_empty_database_names_the_command(database_url: str) -> None:
    execute(database_url, "delete from _yoyo_migration")
    with pytest.raises(InstallationError, match="Run: ombud migrate"):
        check_schema(database_url)
