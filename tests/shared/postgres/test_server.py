"""A server starts, answers to us alone, keeps what was committed, and ends."""

import contextlib
import os
import stat
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
import pytest

from ombud.shared.installation import InstallationError
from ombud.shared.postgres import Server, find_binaries, running_url, start_server, temporary_server, url_of
from ombud.shared.postgres.leftovers import processes_of

Ask = Callable[[str, str], list[tuple[object, ...]]]
Quick = Mapping[str, str]


def owners_of(cluster: Path) -> set[int]:
    """Who runs a server's processes; one that ends while we look is nobody's."""
    found = set()
    for pid in processes_of(cluster):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found.add(Path(f"/proc/{pid}").stat().st_uid)
    return found


def test_start_server_new_folder_makes_a_sound_cluster(data_dir: Path, ask: Ask) -> None:
    server = start_server(data_dir)
    try:
        shown = [
            ask(server.url, f"show {name}")[0][0] for name in ("data_checksums", "fsync", "listen_addresses", "jit")
        ]
        assert shown == ["on", "on", "", "off"]
        assert ask(server.url, "select current_database(), current_user") == [("ombud", "ombud")]
        assert ask(server.url, "select pg_encoding_to_char(encoding) from pg_database where datname = 'ombud'") == [
            ("UTF8",)
        ]
    finally:
        server.stop()


def test_start_server_version_18_sorts_by_code_point_everywhere(data_dir: Path, quick: Quick, ask: Ask) -> None:
    server = start_server(data_dir, settings=quick, binaries=find_binaries(18))
    try:
        provider = "select datlocprovider, datlocale from pg_database where datname = 'ombud'"
        assert ask(server.url, provider) == [("b", "C.UTF-8")]
        assert ask(server.url, "select lower('ÄÖ') , 'B' < 'a'") == [("äö", True)]
    finally:
        server.stop()


def test_start_server_again_finds_the_rows(data_dir: Path, ask: Ask) -> None:
    first = start_server(data_dir)
    ask(first.url, "create table kept (word text)")
    ask(first.url, "insert into kept values ('洗衣机')")
    first.stop()
    second = start_server(data_dir)
    try:
        assert ask(second.url, "select word from kept") == [("洗衣机",)]
    finally:
        second.stop()


def test_start_server_folders_are_closed_to_others(data_dir: Path, quick: Quick) -> None:
    server = start_server(data_dir, settings=quick)
    try:
        for folder in (data_dir / "cluster", server.socket_dir):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((server.socket_dir / ".s.PGSQL.5432").stat().st_mode) == 0o700
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")
def test_start_server_as_root_runs_as_somebody_else(data_dir: Path, quick: Quick) -> None:
    server = start_server(data_dir, settings=quick)
    try:
        owners = owners_of(data_dir / "cluster")
        assert owners
        assert 0 not in owners
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_start_server_as_root_on_a_users_cluster_keeps_its_owner(data_dir: Path, quick: Quick) -> None:
    start_server(data_dir, settings=quick).stop()
    nobody = 65534
    for path in (data_dir / "cluster", *(data_dir / "cluster").rglob("*"), data_dir / "socket"):
        os.lchown(path, nobody, nobody)
    server = start_server(data_dir, settings=quick)
    try:
        owners = owners_of(data_dir / "cluster")
        assert owners == {nobody}
    finally:
        server.stop()


def test_start_server_settings_override_the_machines(data_dir: Path, ask: Ask) -> None:
    server = start_server(data_dir, settings={"fsync": "off", "work_mem": "5MB"})
    try:
        assert ask(server.url, "show work_mem") == [("5MB",)]
    finally:
        server.stop()


def test_start_server_wrong_setting_says_what_the_server_said(data_dir: Path) -> None:
    with pytest.raises(InstallationError, match='invalid value for parameter "work_mem"'):
        start_server(data_dir, settings={"work_mem": "much"})


def test_start_server_twice_on_one_folder_refuses(data_dir: Path, quick: Quick) -> None:
    server = start_server(data_dir, settings=quick)
    try:
        with pytest.raises(InstallationError, match="Another Ombud works on"):
            start_server(data_dir, settings=quick)
    finally:
        server.stop()


def test_start_server_in_a_thread_refuses(data_dir: Path) -> None:
    complaints: list[str] = []

    def start() -> None:
        try:
            start_server(data_dir)
        except InstallationError as error:
            complaints.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in complaints[0]


def test_start_server_long_path_puts_the_socket_elsewhere(data_dir: Path, quick: Quick, ask: Ask) -> None:
    deep = data_dir / ("long" * 25)
    server = start_server(deep, settings=quick)
    try:
        assert deep not in server.socket_dir.parents
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
        assert ask(server.url, "select 1") == [(1,)]
    finally:
        server.stop()
        server.socket_dir.rmdir()


def test_start_server_path_with_spaces_and_quotes_works(data_dir: Path, quick: Quick, ask: Ask) -> None:
    server = start_server(data_dir / "my 'own\" 数据 %41", settings=quick)
    try:
        assert ask(server.url, "select 1") == [(1,)]
    finally:
        server.stop()


def test_start_server_folder_is_a_file_says_so(data_dir: Path) -> None:
    data_dir.write_text("")
    with pytest.raises(InstallationError, match="cannot be used"):
        start_server(data_dir)


def test_stop_twice_is_harmless_and_leaves_no_process(
    data_dir: Path, quick: Quick, no_process_within: Callable[[Path, float], bool]
) -> None:
    server = start_server(data_dir, settings=quick)
    server.stop()
    server.stop()
    assert not server.is_running
    # Its children are reaped a moment after it.
    assert no_process_within(data_dir, 10)


def test_stop_with_open_transaction_rolls_it_back(data_dir: Path, quick: Quick, ask: Ask) -> None:
    server = start_server(data_dir, settings=quick)
    ask(server.url, "create table kept (number int)")
    connection = psycopg.connect(server.url)
    connection.execute("insert into kept values (1)")
    server.stop()
    connection.close()
    again = start_server(data_dir, settings=quick)
    try:
        assert ask(again.url, "select count(*) from kept") == [(0,)]
    finally:
        again.stop()


def test_running_url_follows_the_server(data_dir: Path, quick: Quick) -> None:
    assert running_url(data_dir) is None
    server = start_server(data_dir, settings=quick)
    assert running_url(data_dir) == server.url == url_of(data_dir)
    server.stop()
    assert running_url(data_dir) is None


def test_url_of_database_names_another_one(data_dir: Path) -> None:
    assert url_of(data_dir).startswith("postgresql://ombud@/ombud?host=%2F")


def test_temporary_server_ends_and_leaves_no_file(ask: Ask) -> None:
    with temporary_server(durable=False) as server:
        kept: Server = server
        assert ask(server.url, "show fsync") == [("off",)]
        assert ask(server.url_of("postgres"), "select current_database()") == [("postgres",)]
    assert not kept.is_running
    assert not kept.data_dir.parent.exists()


def test_temporary_server_durable_syncs(ask: Ask) -> None:
    with temporary_server(settings={"shared_buffers": "32MB"}) as server:
        assert ask(server.url, "show fsync") == [("on",)]
