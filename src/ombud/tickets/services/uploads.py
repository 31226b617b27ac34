"""Files that people upload, and who may read a file again."""

from datetime import datetime
from urllib.parse import quote

from msgspec import Struct

from ombud.customers.queries.customers import VISIBLE
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound
from ombud.shared.files import FileStore
from ombud.shared.uploads import MAX_UPLOAD_BYTES, clean_name, keep_file, type_of
from ombud.tickets.schemas import FileRef

__all__ = ["MAX_UPLOAD_BYTES", "clean_name", "file_url", "find_file", "keep_upload", "load_files", "type_of"]


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
    kept = await keep_file(tx, files, name, data, by=by, now=now)
    return FileRef(kept.id, kept.token, kept.name, kept.type, kept.size, file_url(kept.token, kept.name))


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
