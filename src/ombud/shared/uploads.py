"""Files that people upload: named safely, typed by their name, and kept in the store and its table."""

import mimetypes
from datetime import datetime

from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Invalid, TooLarge
from ombud.shared.files import FileStore

MAX_UPLOAD_BYTES = 25 * 1024 * 1024
LONGEST_NAME, LONGEST_ENDING = 150, 10


class KeptFile(Struct, frozen=True):
    """A file in the store and in its table; ``token`` is its unguessable name in addresses."""

    id: int
    token: str
    name: str
    type: str
    size: int


def clean_name(name: str) -> str:
    """A file name without folders and signs that addresses or headers could mistake."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(char for char in bare if char.isprintable() and char not in '"<>|:*?').strip(". ")
    stem, dot, ending = clean.rpartition(".")
    if len(clean) > LONGEST_NAME and dot and len(ending) <= LONGEST_ENDING:
        # What a file is, people and programs tell by its end.
        clean = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return clean[:LONGEST_NAME].strip(". ") or "file"


def type_of(name: str) -> str:
    """A file's type by its name; what a client claims is not believed."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


async def keep_file(tx: Transaction, files: FileStore, name: str, data: bytes, *, by: Actor, now: datetime) -> KeptFile:
    """Keep an uploaded file until it is attached to something.

    Raises:
        Invalid: it is empty.
        TooLarge: more than 25 MiB.
    """
    if not data:
        raise Invalid("The file is empty.")
    if len(data) > MAX_UPLOAD_BYTES:
        raise TooLarge("A file may have at most 25 MiB. Send a link instead.")
    stored = await files.put(data)
    cleaned = clean_name(name)
    sql = """
        insert into file (token, name, type, size, sha256, uploaded_by_kind, uploaded_by_id, created_at)
        values (%(token)s, %(name)s, %(type)s, %(size)s, %(sha256)s, %(kind)s, %(by)s, %(now)s) returning id"""
    params = {
        "token": stored.token,
        "name": cleaned,
        "type": type_of(cleaned),
        "size": stored.size,
        "sha256": stored.sha256,
        "kind": by.kind,
        "by": by.id,
        "now": now,
    }
    made = await value(tx, int, sql, params) or 0
    return KeptFile(made, stored.token, cleaned, type_of(cleaned), stored.size)
