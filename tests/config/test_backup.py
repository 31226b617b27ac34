"""A backup comes back row for row and file for file, or nothing changes."""

import stat
from pathlib import Path

import msgspec
import psycopg
import pytest

from ombud.config.archive import DUMP, read_manifest, write_archive
from ombud.config.backup import BEFORE_SCHEMA, count_rows, programs_for, take_backup, without_password
from ombud.config.restore import Wishes, check_backup, restore_backup
from ombud.config.sealed_key import add_key, key_ids
from ombud.config.settings import Settings
from ombud.shared.crypto import KeyRing
from ombud.shared.files import FileStore, StoredFile
from ombud.shared.installation import InstallationError
from ombud.shared.migrations import apply_migrations
from ombud.shared.postgres import find_binaries, temporary_server
from tests.config.backups import NOW, PASSPHRASE, back_up, bring_back, content, scalar, silent
from tests.config.conftest import make_desk


async def test_restore_into_a_new_cluster_is_row_for_row_the_same(
    desk: Settings, backup: Path, tmp_path: Path, stored: StoredFile
) -> None:
    with temporary_server(durable=False) as server:
        target = Settings(data=tmp_path / "new", database_url=server.url)
        add_key(target, desk.key_file.read_text())
        done = bring_back(target, backup)
        with psycopg.connect(desk.database_url) as old, psycopg.connect(server.url) as new:
            assert count_rows(new) == count_rows(old) == done.manifest.tables
        assert content(server.url) == content(desk.database_url)
        assert await FileStore(target.files).get(stored.token) == "附件".encode() * 1_000
        secret = scalar(server.url, "select secret from webhook")
        assert isinstance(secret, bytes)
        assert KeyRing.load(target.key_file).open(secret, place="webhook.secret.1") == b"whsec_1"


def test_restore_goes_on_numbering_where_the_backup_stopped(backup: Path, target: Settings) -> None:
    bring_back(target, backup)
    assert scalar(target.database_url, "select seq from event_head") == 50
    new = scalar(
        target.database_url,
        "insert into customer (name, created_at, updated_at) values ('new', now(), now()) returning id",
    )
    assert new == 51
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        scalar(target.database_url, "delete from customer returning 1")


def test_restore_can_be_backed_up_and_restored_again(backup: Path, target: Settings, tmp_path: Path) -> None:
    bring_back(target, backup)
    back_up(target, tmp_path / "second.tar")
    bring_back(target, tmp_path / "second.tar", replace=True)
    assert scalar(target.database_url, "select count(*) from ticket") == 50
    query = f"select count(*) from pg_namespace where nspname = '{BEFORE_SCHEMA}'"
    assert scalar(target.database_url, query) == 0


def test_restore_holds_what_may_have_been_sent_since(backup: Path, target: Settings) -> None:
    assert bring_back(target, backup).held == 25
    states = "select string_agg(distinct state, ',' order by state) from outbox"
    assert scalar(target.database_url, states) == "failed,sent,unconfirmed"
    assert scalar(target.database_url, "select count(*) from session where revoked_at is null") == 0


def test_restore_of_a_moved_desk_resumes_sending(backup: Path, target: Settings) -> None:
    assert bring_back(target, backup, resume_sending=True).held == 13
    assert scalar(target.database_url, "select count(*) from outbox where state = 'queued'") == 12


def test_restore_into_a_desk_with_people_is_refused(backup: Path, desk: Settings) -> None:
    before = content(desk.database_url)
    with pytest.raises(InstallationError, match=r"not empty.*1 in person.*--replace"):
        bring_back(desk, backup)
    assert content(desk.database_url) == before


def test_restore_with_replace_overwrites(backup: Path, desk: Settings) -> None:
    scalar(desk.database_url, "update ticket set subject = 'changed' returning 1")
    scalar(desk.database_url, "insert into tag values ('later', now()) returning 1")
    bring_back(desk, backup, replace=True)
    assert scalar(desk.database_url, "select count(*) from ticket where subject = 'changed'") == 0
    assert scalar(desk.database_url, "select count(*) from tag") == 0


def test_restore_into_a_fresh_schema_needs_no_replace(backup: Path, desk: Settings) -> None:
    tables = "outbox, event, entry, ticket, customer, session, webhook, person"
    with psycopg.connect(desk.database_url, autocommit=True) as connection:
        connection.execute(f"truncate {tables} cascade")
    bring_back(desk, backup)
    assert scalar(desk.database_url, "select count(*) from ticket") == 50


def test_restore_into_somebody_elses_database_is_refused(backup: Path, target: Settings) -> None:
    with psycopg.connect(target.database_url) as connection:
        connection.execute("create table orders (id int)")
    with pytest.raises(InstallationError, match="not Ombud's"):
        bring_back(target, backup, replace=True)


def test_restore_while_somebody_is_connected_is_refused(backup: Path, target: Settings) -> None:
    with psycopg.connect(target.database_url), pytest.raises(InstallationError, match="Stop the desk"):
        bring_back(target, backup)


def test_restore_that_fails_in_the_middle_changes_nothing(backup: Path, desk: Settings) -> None:
    before = content(desk.database_url)
    manifest = check_backup(backup, silent)
    wrong = msgspec.structs.replace(manifest, tables=manifest.tables | {"ticket": 51})
    with pytest.raises(InstallationError, match="ticket: 50 of 51"):
        restore_backup(desk, desk.database_url, backup, wrong, Wishes(replace=True), now=NOW, progress=silent)
    assert content(desk.database_url) == before


def test_restore_after_a_kill_in_the_middle_starts_from_what_was_there(backup: Path, desk: Settings) -> None:
    with psycopg.connect(desk.database_url) as connection:
        connection.execute(f"alter schema public rename to {BEFORE_SCHEMA}")
        connection.execute("create schema public")
        connection.execute("create table half (id int)")
    with pytest.raises(InstallationError, match="not empty"):
        bring_back(desk, backup)
    assert scalar(desk.database_url, "select count(*) from ticket") == 50


def test_restore_without_the_key_is_refused_and_says_the_ways(backup: Path, target: Settings) -> None:
    target.key_file.unlink()
    with pytest.raises(InstallationError, match=r"--without-key"):
        bring_back(target, backup)
    assert scalar(target.database_url, "select to_regclass('ticket')") is None
    assert bring_back(target, backup, without_key=True).keys_added == []


def test_restore_with_the_passphrase_brings_the_key(desk: Settings, target: Settings, tmp_path: Path) -> None:
    path = tmp_path / "keyed.tar"
    assert back_up(desk, path, PASSPHRASE).has_key
    target.key_file.write_text("11" * 32 + "\n")
    done = bring_back(target, path, passphrase=PASSPHRASE)
    wanted = desk.key_file.read_text().strip()
    assert target.key_file.read_text().split() == ["11" * 32, wanted]
    assert done.keys_added == key_ids(wanted)
    assert stat.S_IMODE(target.key_file.stat().st_mode) == 0o600


def test_restore_with_a_wrong_passphrase_changes_nothing(desk: Settings, target: Settings, tmp_path: Path) -> None:
    path = tmp_path / "keyed.tar"
    back_up(desk, path, PASSPHRASE)
    with pytest.raises(InstallationError, match="does not open"):
        bring_back(target, path, passphrase="something else entirely")
    assert scalar(target.database_url, "select to_regclass('ticket')") is None


def test_backup_holds_no_readable_key(desk: Settings, tmp_path: Path) -> None:
    back_up(desk, tmp_path / "plain.tar")
    back_up(desk, tmp_path / "keyed.tar", PASSPHRASE)
    key = desk.key_file.read_text().strip()
    for path in tmp_path.glob("*.tar"):
        assert key.encode() not in path.read_bytes()
        assert bytes.fromhex(key) not in path.read_bytes()
    assert not read_manifest(tmp_path / "plain.tar", silent).has_key


def test_backup_is_private_and_leaves_nothing_beside_it(desk: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    back_up(desk, folder / "a.tar")
    assert [path.name for path in folder.iterdir()] == ["a.tar"]
    assert stat.S_IMODE((folder / "a.tar").stat().st_mode) == 0o600


def test_backup_never_overwrites(desk: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("precious")
    with pytest.raises(InstallationError, match="exists already"):
        back_up(desk, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_text() == "precious"


def test_backup_into_a_missing_folder_says_so(desk: Settings, tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match="could not be written"):
        back_up(desk, tmp_path / "nowhere" / "a.tar")


def test_backup_of_an_empty_database_is_refused(tmp_path: Path, empty_url: str) -> None:
    settings = Settings(data=tmp_path, database_url=empty_url)
    with pytest.raises(InstallationError, match="never set up"):
        back_up(settings, tmp_path / "a.tar")
    assert list(tmp_path.glob("*.tar*")) == []


def test_write_archive_interrupted_leaves_no_half_file(tmp_path: Path) -> None:
    def interrupted() -> None:
        with write_archive(tmp_path / "a.tar") as archive:
            archive.add_bytes(DUMP, b"x" * 100_000)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_backup_while_rows_arrive_is_one_snapshot(desk: Settings, target: Settings, tmp_path: Path) -> None:
    writes = iter(range(10_000))

    def write(_step: str, _done: int, _total: int) -> None:
        with psycopg.connect(desk.database_url, autocommit=True) as connection:
            connection.execute("insert into tag values (%s, now())", [f"t{next(writes)}"])

    take_backup(desk, desk.database_url, tmp_path / "live.tar", passphrase=None, now=NOW, progress=write)
    assert next(writes) > 0
    assert bring_back(target, tmp_path / "live.tar").manifest.tables["tag"] == 0


def test_restore_twice_writes_files_once(backup: Path, target: Settings) -> None:
    assert bring_back(target, backup).files_written == 1
    assert bring_back(target, backup, replace=True).files_written == 0


def test_without_password_keeps_it_off_the_command_line() -> None:
    address, environment = without_password("postgresql://ada:s3cret@db.example:5433/desk?sslmode=require")
    assert "s3cret" not in address
    assert environment["PGPASSWORD"] == "s3cret"
    assert "port=5433" in address
    assert "sslmode=require" in address


def test_programs_for_a_server_are_of_its_version(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert programs_for(connection).major == connection.info.server_version // 10_000


def test_backup_of_debians_postgres_comes_back(tmp_path: Path) -> None:
    try:
        binaries = find_binaries(15)
    except InstallationError:
        pytest.skip("PostgreSQL 15 is not installed here")
    with temporary_server(durable=False, binaries=binaries) as server:
        settings = Settings(data=tmp_path, database_url=server.url)
        apply_migrations(server.url)
        make_desk(server.url, settings)
        assert back_up(settings, tmp_path / "old.tar").postgres == 15
        before = content(server.url)
        bring_back(settings, tmp_path / "old.tar", replace=True)
        assert content(server.url) == before
    with temporary_server(durable=False) as server:
        bring_back(Settings(data=tmp_path, database_url=server.url), tmp_path / "old.tar")
        assert content(server.url) == before


def test_restore_into_an_older_postgres_is_refused_in_words(backup: Path, tmp_path: Path) -> None:
    try:
        binaries = find_binaries(15)
    except InstallationError:
        pytest.skip("PostgreSQL 15 is not installed here")
    if check_backup(backup, silent).postgres == binaries.major:
        pytest.skip("the tests run on PostgreSQL 15")
    with temporary_server(durable=False, binaries=binaries) as server:
        elsewhere = Settings(data=tmp_path / "elsewhere", database_url=server.url)
        with pytest.raises(InstallationError, match="this database is 15, which cannot read it"):
            bring_back(elsewhere, backup, without_key=True)
        assert not content(server.url)
