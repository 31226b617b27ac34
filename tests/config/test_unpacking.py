"""Unpacking a backup: every file in its place, nothing outside of it, and once more without harm."""

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ombud.config.archive import (
    DUMP,
    KEY,
    MANIFEST,
    ArchiveWriter,
    Manifest,
    open_member,
    read_manifest,
    stored_files,
    unpack_files,
    write_archive,
)
from ombud.shared.installation import InstallationError

ONE, TWO = "files/ab/ab" + "a" * 30, "files/-_/-_" + "Z" * 30
MADE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def silent(*_: object) -> None:
    """Progress that nobody looks at."""


def finish(writer: ArchiveWriter, **more: object) -> None:
    known = {"ombud": "1", "made_at": MADE, "postgres": 18, "migrations": [], "key_ids": [], "event_seq": 7}
    writer.finish(Manifest(**(known | {"tables": {}, "members": writer.members} | more)))  # type: ignore[arg-type]


def archive(path: Path, **members: bytes) -> Path:
    with write_archive(path) as writer:
        writer.add_bytes(DUMP, b"PGDMP")
        writer.add_bytes(ONE, b"hello")
        writer.add_bytes(TWO, b"")
        for name, data in members.items():
            writer.add_bytes(name, data)
        finish(writer)
    return path


def test_backup_that_was_written_is_read_and_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "b.tar", **{KEY: b"sealed"})
    manifest = read_manifest(path, silent)
    assert (manifest.file_count, manifest.has_key, manifest.event_seq) == (2, True, 7)
    folder = tmp_path / "files"
    assert unpack_files(path, folder, silent, total=2) == 2
    assert dict(stored_files(folder)) == {
        one.removeprefix("files/"): folder / one.removeprefix("files/") for one in (TWO, ONE)
    }
    assert (folder / ONE.removeprefix("files/")).read_bytes() == b"hello"
    with open_member(path, DUMP) as stream:
        assert stream.read() == b"PGDMP"


def test_unpack_again_writes_only_what_is_missing_or_was_cut_off(tmp_path: Path) -> None:
    path, folder = archive(tmp_path / "b.tar"), tmp_path / "files"
    unpack_files(path, folder, silent, total=2)
    assert unpack_files(path, folder, silent, total=2) == 0
    place = folder / ONE.removeprefix("files/")
    place.write_bytes(b"hel")
    assert unpack_files(path, folder, silent, total=2) == 1
    assert place.read_bytes() == b"hello"


@pytest.mark.parametrize(
    "name",
    [
        "files/../../evil",
        "files/ab/../../../evil" + "x" * 20,
        "files/ab/short",
        "/etc/passwd",
        "files/AB/" + "a" * 30,
        "x",
    ],
)
def test_backup_with_a_file_that_does_not_belong_there_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "b.tar", **{name: b"evil"})
    with pytest.raises(InstallationError):
        read_manifest(path, silent)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_backup_with_something_that_is_no_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "b.tar"
    with tarfile.open(path, "w") as tar:
        info = tarfile.TarInfo(ONE)
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(InstallationError):
        read_manifest(path, silent)


def test_backup_without_its_end_or_its_dump_is_refused(tmp_path: Path) -> None:
    with write_archive(tmp_path / "no-end.tar") as writer:
        writer.add_bytes(DUMP, b"PGDMP")
    with write_archive(tmp_path / "no-dump.tar") as writer:
        writer.add_bytes(ONE, b"x")
        finish(writer)
    for name, said in (("no-end", "no manifest"), ("no-dump", "damaged")):
        with pytest.raises(InstallationError, match=said):
            read_manifest(tmp_path / f"{name}.tar", silent)


def test_backup_of_another_format_says_what_to_do(tmp_path: Path) -> None:
    with write_archive(tmp_path / "b.tar") as writer:
        writer.add_bytes(DUMP, b"PGDMP")
        finish(writer, format=2)
    with pytest.raises(InstallationError, match="newer Ombud"):
        read_manifest(tmp_path / "b.tar", silent)


@pytest.mark.parametrize("manifest", [b"", b"{}", b"[]", b"\xff", b'{"format": "one"}'])
def test_backup_with_a_manifest_that_is_none_is_refused(tmp_path: Path, manifest: bytes) -> None:
    path = tmp_path / "b.tar"
    with tarfile.open(path, "w") as tar:
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(manifest)
        tar.addfile(info, io.BytesIO(manifest))
    with pytest.raises(InstallationError):
        read_manifest(path, silent)


def test_backup_never_overwrites_one(tmp_path: Path) -> None:
    path = archive(tmp_path / "b.tar")
    before = path.read_bytes()
    with pytest.raises(InstallationError, match="exists already"):
        archive(path)
    assert path.read_bytes() == before


def test_backup_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), write_archive(tmp_path / "b.tar") as writer:  # noqa: PT012 – raised within
        writer.add_bytes(DUMP, b"PGDMP")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_backup_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    assert archive(tmp_path / "b.tar").stat().st_mode & 0o077 == 0


def test_backup_into_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match="could not be written"):
        archive(tmp_path / "nowhere" / "b.tar")


def test_stored_files_passes_over_drafts_and_what_is_not_ours(tmp_path: Path) -> None:
    for name in (
        f"ab/ab{'a' * 30}",
        f"ab/ab{'b' * 30}#77",
        "ab/short",
        f"toolong/ab{'a' * 30}",
        f"cd/cd{'d' * 30}/inner",
    ):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")
    assert [name for name, _ in stored_files(tmp_path)] == [f"ab/ab{'a' * 30}"]
