"""Files through one door: a local folder by default, any object store that obstore knows by setting."""

import contextlib
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import obstore
from msgspec import Struct
from obstore.store import LocalStore, from_url

from ombud.shared.crypto import new_token
from ombud.shared.errors import NotFound


class StoredFile(Struct, frozen=True):
    """What the store knows of a file: its token (its only name there), size in bytes and digest."""

    token: str
    size: int
    sha256: bytes


class FileStore:
    """Writes once, reads often, never overwrites: each file has an unguessable name of its own."""

    def __init__(self, location: str | Path) -> None:
        self._folder = Path(location) if "://" not in str(location) else None
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        self._store: Any = LocalStore(self._folder) if self._folder is not None else from_url(str(location))

    async def put(self, data: bytes) -> StoredFile:
        """Keep some bytes; they are on disk when this returns."""
        token = new_token()
        await obstore.put_async(self._store, _key(token), data)
        if self._folder is not None:
            _flush(place_of(self._folder, token))
        return StoredFile(token, len(data), hashlib.sha256(data).digest())

    async def get(self, token: str) -> bytes:
        """All bytes of a file."""
        return b"".join([chunk async for chunk in self.chunks(token)])

    async def chunks(self, token: str) -> AsyncIterator[bytes]:
        """A file in pieces of at most some MiB.

        Raises:
            NotFound: the store has no such file.
        """
        try:
            found = await obstore.get_async(self._store, _key(token))
        except FileNotFoundError as problem:
            raise NotFound("The file is not in the store.") from problem
        async for chunk in found.stream():
            yield bytes(chunk)

    async def delete(self, token: str) -> None:
        """Remove a file; one that is gone already is no error."""
        with contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, _key(token))


def place_of(folder: Path, token: str) -> Path:
    """Where a local store keeps a file."""
    return folder / _key(token)


def _key(token: str) -> str:
    # Two letters of folder keep a local folder listable at millions of files.
    return f"{token[:2].lower()}/{token}"


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
