"""The file of a backup: a plain tar of the database's dump, the files, the sealed key if wanted, and a manifest.

The manifest comes last: a file that was cut off has none and is refused. It holds a digest of every other member.
"""

import contextlib
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from ombud.shared.installation import InstallationError

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
KEY = "key.sealed"
FILES = "files/"
FILE_NAME = re.compile(r"[a-z0-9_-]{2}/[A-Za-z0-9_-]{20,100}")
CHUNK_BYTES = 1024 * 1024
MAX_MANIFEST_BYTES = 1024**3

Progress = Callable[[str, int, int], None]


class Member(Struct, frozen=True):
    """One member of the tar."""

    size: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup holds. ``key_ids`` tell which keys open its secrets, newest first."""

    format: int = FORMAT
    ombud: str
    made_at: datetime
    postgres: int
    migrations: list[str]
    key_ids: list[str]
    event_seq: int
    tables: dict[str, int]
    members: dict[str, Member]

    @property
    def has_key(self) -> bool:
        """Whether the key is inside, under a passphrase."""
        return KEY in self.members

    @property
    def file_count(self) -> int:
        """How many files it holds."""
        return sum(name.startswith(FILES) for name in self.members)


class Hashing:
    """A stream that is read once, with the digest of what passed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._stream.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data

    @property
    def member(self) -> Member:
        """Size and digest of what was read."""
        return Member(self.size, self.digest.hexdigest())


class ArchiveWriter:
    """Adds members one by one."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, Member] = {}

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a small member."""
        self._add(name, io.BytesIO(data), len(data))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file as it is."""
        with path.open("rb") as stream:
            self._add(name, stream, os.fstat(stream.fileno()).st_size)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, which makes the backup whole."""
        data = msgspec.json.encode(manifest)
        self._tar.addfile(_info(MANIFEST, len(data)), io.BytesIO(data))

    def _add(self, name: str, stream: IO[bytes], size: int) -> None:
        hashing = Hashing(stream)
        self._tar.addfile(_info(name, size), hashing)
        self.members[name] = hashing.member


@contextlib.contextmanager
def write_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write a backup beside its place and move it there when it is whole; a failure leaves nothing there.

    Raises:
        InstallationError: something of that name is there already, or the folder cannot be written to.
    """
    if path.exists():
        msg = f"{path} exists already. Choose another name; a backup never overwrites one."
        raise InstallationError(msg)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _private(draft) as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield ArchiveWriter(tar)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(path)
        _flush_folder(path.parent)
    except OSError as error:
        msg = f"The backup could not be written: {error.strerror or error} ({error.filename or path})."
        raise InstallationError(msg) from error
    finally:
        draft.unlink(missing_ok=True)


def read_manifest(path: Path, progress: Progress) -> Manifest:
    """Read the whole backup, compare every digest, and give its manifest.

    Raises:
        InstallationError: it is no backup, or not whole, or damaged, or holds what does not belong there.
    """
    total = path.stat().st_size if path.is_file() else 0
    try:
        with tarfile.open(path, mode="r:") as tar:
            manifest, seen = _read_all(tar, progress, total)
    except (OSError, tarfile.TarError, msgspec.MsgspecError, EOFError) as error:
        msg = f"{path} is not a whole backup of Ombud: {error}"
        raise InstallationError(msg) from error
    progress("checking", total, total)
    return _compared(manifest, seen, path)


@contextlib.contextmanager
def open_member(path: Path, name: str) -> Iterator[IO[bytes]]:
    """Read one member of a backup that was checked before."""
    with tarfile.open(path, mode="r:") as tar:
        stream = tar.extractfile(name)
        if stream is None:
            msg = f"{path} holds no {name}."
            raise InstallationError(msg)
        yield stream


def unpack_files(path: Path, folder: Path, progress: Progress, *, total: int) -> int:
    """Write the files of a checked backup into the folder; those that are there stay. How many were written."""
    written = seen = 0
    with tarfile.open(path, mode="r:") as tar:
        for info in tar:
            stream = tar.extractfile(info) if info.name.startswith(FILES) else None
            if stream is not None:
                seen += 1
                progress("files", seen, total)
                written += _unpack(stream, folder / _checked_name(info).removeprefix(FILES), info.size)
    os.sync()
    return written


def stored_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a local store by their names there; drafts of the store are passed over."""
    for shelf in sorted(folder.glob("*")):
        for path in sorted(shelf.glob("*")):
            name = f"{shelf.name}/{path.name}"
            if FILE_NAME.fullmatch(name) and path.is_file():
                yield name, path


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _private(draft: Path) -> IO[bytes]:
    # It holds all that customers ever wrote: nobody else on the machine reads it.
    return os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checked_name(info: tarfile.TarInfo) -> str:
    is_known = info.name in {DUMP, KEY} or FILE_NAME.fullmatch(info.name.removeprefix(FILES))
    if not info.isfile() or not is_known:
        msg = f"{info.name!r} does not belong into a backup"
        raise tarfile.TarError(msg)
    return info.name


def _read_all(tar: tarfile.TarFile, progress: Progress, total: int) -> tuple[Manifest | None, dict[str, Member]]:
    manifest: Manifest | None = None
    seen: dict[str, Member] = {}
    for info in tar:
        progress("checking", info.offset_data, total)
        if info.name == MANIFEST:
            manifest = _decode(tar, info)
            continue
        name = _checked_name(info)
        seen[name] = _measure(tar, info)
    return manifest, seen


def _decode(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Manifest:
    stream = tar.extractfile(info)
    if stream is None or info.size > MAX_MANIFEST_BYTES:
        msg = "its manifest cannot be read"
        raise tarfile.TarError(msg)
    return msgspec.json.decode(stream.read(), type=Manifest)


def _measure(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    stream = tar.extractfile(info)
    hashing = Hashing(stream or io.BytesIO())
    while hashing.read(CHUNK_BYTES):
        pass
    return hashing.member


def _compared(manifest: Manifest | None, seen: dict[str, Member], path: Path) -> Manifest:
    if manifest is None:
        msg = f"{path} has no manifest: the backup was cut off. Take another one."
        raise InstallationError(msg)
    if manifest.format != FORMAT:
        msg = f"{path} is a backup of format {manifest.format}, and this version reads {FORMAT}. Use a newer Ombud."
        raise InstallationError(msg)
    damaged = sorted(name for name in {*manifest.members, *seen} if manifest.members.get(name) != seen.get(name))
    if damaged or DUMP not in seen:
        msg = f"{path} is damaged: {', '.join(damaged[:5]) or DUMP} is not as it was written. Take another backup."
        raise InstallationError(msg)
    return manifest


def _unpack(stream: IO[bytes], target: Path, size: int) -> int:
    if target.exists() and target.stat().st_size == size:
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}#{os.getpid()}")
    with draft.open("wb") as out:
        while chunk := stream.read(CHUNK_BYTES):
            out.write(chunk)
    draft.rename(target)
    return 1
