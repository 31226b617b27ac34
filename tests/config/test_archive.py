"""A backup that was harmed is refused, and the key inside opens for its passphrase only."""

import hashlib
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ombud.config.archive import KEY, MANIFEST
from ombud.config.restore import check_backup
from ombud.config.sealed_key import add_key, key_ids, open_key, seal_key
from ombud.config.settings import Settings
from ombud.shared.files import StoredFile
from ombud.shared.installation import InstallationError
from tests.config.backups import NOW, PASSPHRASE, silent


def cut(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size // 2)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    place = data.index(b"PGDMP") + 2_000
    data[place] ^= 1
    path.write_bytes(data)


def garble(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


def add_stranger(path: Path) -> None:
    with tarfile.open(path, "a") as tar:
        info = tarfile.TarInfo("../../etc/cron.d/evil")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))


def add_link(path: Path) -> None:
    with tarfile.open(path, "a") as tar:
        info = tarfile.TarInfo("files/ab/abababababababababababababababab")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)


@pytest.mark.parametrize("harm", [cut, flip, garble, add_stranger, add_link, Path.unlink])
def test_check_backup_that_was_harmed_is_refused(backup: Path, harm: Callable[[Path], None]) -> None:
    harm(backup)
    with pytest.raises(InstallationError):
        check_backup(backup, silent)


def _rewritten(path: Path, **changes: object) -> Path:
    """The same backup with another manifest, honest digests and all."""
    target = path.with_name("rewritten.tar")
    with tarfile.open(path) as old, tarfile.open(target, "w") as new:
        for info in old:
            stream = old.extractfile(info)
            data = stream.read() if stream else b""
            if info.name == MANIFEST:
                data = msgspec.json.encode(msgspec.json.decode(data) | changes)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
    return target


def test_check_backup_of_a_newer_version_is_refused(backup: Path) -> None:
    with pytest.raises(InstallationError, match="newer"):
        check_backup(_rewritten(backup, migrations=["9999.future"]), silent)
    with pytest.raises(InstallationError, match="format 2"):
        check_backup(_rewritten(backup, format=2), silent)


def test_check_backup_whole_gives_what_is_inside(backup: Path, stored: StoredFile, desk: Settings) -> None:
    manifest = check_backup(backup, silent)
    assert (manifest.tables["ticket"], manifest.event_seq, manifest.file_count) == (50, 50, 1)
    assert manifest.made_at == NOW
    assert manifest.key_ids == key_ids(desk.key_file.read_text())
    member = next(one for name, one in manifest.members.items() if name.endswith(stored.token))
    assert member.sha256 == hashlib.sha256("附件".encode() * 1_000).hexdigest()
    assert KEY not in manifest.members


def test_seal_key_opens_with_the_same_passphrase_only() -> None:
    sealed = seal_key("ab" * 32, PASSPHRASE)
    assert open_key(sealed, PASSPHRASE) == "ab" * 32
    for wrong in ("", PASSPHRASE + " ", PASSPHRASE.upper()):
        with pytest.raises(InstallationError):
            open_key(sealed, wrong)
    with pytest.raises(InstallationError):
        open_key(b"{}", PASSPHRASE)


def test_seal_key_with_a_short_passphrase_is_refused() -> None:
    with pytest.raises(InstallationError, match="at least 12"):
        seal_key("ab" * 32, "short")


def test_add_key_beside_an_environment_key_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, key="22" * 32)
    assert add_key(settings, "22" * 32) == []
    with pytest.raises(InstallationError, match="OMBUD_KEY"):
        add_key(settings, "33" * 32)
