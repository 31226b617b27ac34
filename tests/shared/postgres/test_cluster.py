"""A cluster is made whole or not at all, and one of another version is refused with the way out."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ombud.shared.installation import InstallationError
from ombud.shared.postgres import find_binaries, start_server
from ombud.shared.postgres.account import choose_account
from ombud.shared.postgres.binaries import Binaries
from ombud.shared.postgres.cluster import Home, check_version, make_cluster, take_socket_dir

Quick = Mapping[str, str]
EIGHTEEN = Binaries(folder=Path("/opt/pg/bin"), version="18.6")


def test_check_version_no_cluster_passes(tmp_path: Path) -> None:
    check_version(Home(tmp_path), EIGHTEEN)


def test_check_version_same_major_passes(tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "PG_VERSION").write_text("18\n")
    check_version(Home(tmp_path), EIGHTEEN)


def test_check_version_other_major_names_each_step(tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "PG_VERSION").write_text("17\n")
    with pytest.raises(InstallationError) as refused:
        check_version(Home(tmp_path), EIGHTEEN)
    told = str(refused.value)
    assert "was made by PostgreSQL 17, and this is 18.6" in told
    for step in ("mv '", "postgresql-17", "pg_ctl", "pg_dump", "/opt/pg/bin/pg_restore"):
        assert step in told


def test_start_server_cluster_of_version_15_refuses_and_touches_nothing(data_dir: Path, quick: Quick) -> None:
    start_server(data_dir, settings=quick, binaries=find_binaries(15)).stop()
    before = sorted(path.name for path in (data_dir / "cluster").iterdir())
    with pytest.raises(InstallationError, match="was made by PostgreSQL 15"):
        start_server(data_dir, settings=quick, binaries=find_binaries(18))
    assert sorted(path.name for path in (data_dir / "cluster").iterdir()) == before


def test_make_cluster_after_a_killed_try_throws_the_draft_away(
    data_dir: Path, quick: Quick, ask: Callable[[str, str], list[tuple[object, ...]]]
) -> None:
    draft = data_dir / "cluster.draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("half")
    server = start_server(data_dir, settings=quick)
    try:
        assert not draft.exists()
        assert ask(server.url, "select 1") == [(1,)]
    finally:
        server.stop()


def test_make_cluster_broken_programs_says_what_initdb_said(data_dir: Path) -> None:
    folder = data_dir / "bin"
    folder.mkdir(parents=True)
    program = folder / "initdb"
    program.write_text("#!/bin/sh\necho no space left >&2\nexit 1\n")
    program.chmod(0o755)
    home = Home(data_dir)
    with pytest.raises(InstallationError, match="no space left"):
        make_cluster(home, choose_account(home.cluster), Binaries(folder=folder, version="18.6"))
    assert not home.cluster.exists()


def test_take_socket_dir_link_refuses(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "socket").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InstallationError, match="belongs to somebody else"):
        take_socket_dir(Home(tmp_path), choose_account(tmp_path / "cluster"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a stranger's folder")
def test_take_socket_dir_strangers_folder_refuses(tmp_path: Path) -> None:
    (tmp_path / "socket").mkdir()
    os.chown(tmp_path / "socket", 54321, 54321)
    with pytest.raises(InstallationError, match="belongs to somebody else"):
        take_socket_dir(Home(tmp_path), choose_account(tmp_path / "cluster"))


def test_home_short_path_keeps_the_socket_inside() -> None:
    assert Home(Path("/srv/ombud/postgres")).socket_dir == Path("/srv/ombud/postgres/socket")


def test_home_long_path_gives_each_home_its_own_socket() -> None:
    first, second = (Home(Path("/srv") / (letter * 120)).socket_dir for letter in "ab")
    assert first != second
    assert len(str(first)) < 80


def test_home_url_quotes_its_folder() -> None:
    assert Home(Path("/srv/a b&c")).url("x y") == "postgresql://ombud@/x%20y?host=%2Fsrv%2Fa%20b%26c%2Fsocket"


@pytest.mark.parametrize("kept", ["", "eighteen", None])
def test_check_version_of_a_damaged_cluster_says_how_to_go_on(tmp_path: Path, kept: str | None) -> None:
    (tmp_path / "cluster").mkdir()
    if kept is not None:
        (tmp_path / "cluster" / "PG_VERSION").write_text(kept)
    with pytest.raises(InstallationError, match=r"is damaged.*ombud restore FILE"):
        check_version(Home(tmp_path), EIGHTEEN)


def test_start_server_broken_configuration_tells_of_this_start_alone(data_dir: Path, quick: Quick) -> None:
    start_server(data_dir, settings=quick).stop()
    (data_dir / "cluster" / "postgresql.conf").open("a").write("max_connections = many\n")
    with pytest.raises(InstallationError) as refused:
        start_server(data_dir, settings=quick)
    assert 'invalid value for parameter "max_connections"' in str(refused.value)
    assert "ready to accept" not in str(refused.value)
    assert len(str(refused.value).splitlines()) < 10


def test_start_server_broken_after_its_log_is_open_tells_why(data_dir: Path, quick: Quick) -> None:
    start_server(data_dir, settings=quick).stop()
    for segment in (data_dir / "cluster" / "pg_wal").glob("0*"):
        segment.write_bytes(b"")
    with pytest.raises(InstallationError) as refused:
        start_server(data_dir, settings=quick)
    assert "checkpoint record" in str(refused.value)
    assert "ready to accept" not in str(refused.value)
