"""Files that people upload, and who may read a file again."""

import mimetypes
from datetime import datetime
from urllib.parse import quote

from msgspec import Struct

from ombud.customers.queries.customers import VISIBLE
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import Invalid, NotFound, TooLarge
from ombud.shared.files import FileStore
from ombud.tickets.schemas import FileRef

MAX_UPLOAD_BYTES = 25 * 1024 * 1024


def clean_name(name: str) -> str:
    """A file name without folders and signs that addresses or headers could mistake."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in bare if char.isprintable() and char not in '"<>|:*?').strip(". ")[:150] or "file"


def type_of(name: str) -> str:
    """A file's type by its name; what a client claims is not believed."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def file_url(token: str, name: str) -> str:
    """Where agents read a file."""
    return f"/api/v1/files/{token}/{quote(name)}"


async def keep_upload(
    tx: Transaction, files: FileStore, name: str, data: bytes, *, by: Actor, now: datetime
) -> FileRef:
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
    return FileRef(made, stored.token, cleaned, type_of(cleaned), stored.size, file_url(stored.token, cleaned))


class FileRow(Struct):
    """What is known of a stored file."""

    token: str
    name: str
    type: str
    size: int


async def find_file(tx: Transaction, token: str, *, by: Actor) -> FileRow:
    """A file that the actor may read: their own upload, one on a ticket they see, or in a customer's field.

    Raises:
        NotFound: there is none, or they may not.
    """
    sql = f"""
        select f.token, f.name, f.type, f.size from file f
        where f.token = %(token)s and (
            (f.uploaded_by_kind = %(kind)s and f.uploaded_by_id is not distinct from %(by)s)
            or exists (select from attachment a join ticket t on t.id = a.ticket_id
                       where a.file_id = f.id and {seen()})
            or (%(reads)s and exists (select from record_file r left join customer c on c.id = r.customer_id
                       where r.file_id = f.id and (c.id is null or {VISIBLE}))))"""
    params = {"token": token, "kind": by.kind, "by": by.id, **by.sight()}
    params |= {"reads": by.may("customers.read")}
    found = await row(tx, FileRow, sql, params)
    if found is None:
        raise NotFound
    return found


class _Kept(FileRow):
    id: int


async def load_files(tx: Transaction, file_ids: list[int], ticket_id: int, *, by: Actor) -> list[FileRef]:
    """Those of some files that the actor may attach on a ticket: their own uploads and the ticket's files."""
    sql = """
        select f.id, f.token, f.name, f.type, f.size from file f where f.id = any(%(ids)s::bigint[])
            and ((f.uploaded_by_kind = %(kind)s and f.uploaded_by_id is not distinct from %(by)s)
                 or exists (select from attachment a where a.file_id = f.id and a.ticket_id = %(ticket)s))
        order by f.id"""
    found = await rows(tx, _Kept, sql, {"ids": file_ids, "ticket": ticket_id, "kind": by.kind, "by": by.id})
    return [FileRef(one.id, one.token, one.name, one.type, one.size, file_url(one.token, one.name)) for one in found]
