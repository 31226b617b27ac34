"""Endpoints of files. What goes out can run nowhere: attachment, nosniff, sandboxed."""

from litestar import get, post
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath, MultipartBody
from litestar.response import Stream
from litestar.status_codes import HTTP_201_CREATED

from ombud.shared.errors import Invalid
from ombud.shared.http import SHOWN, By, Now, Tx, file_headers, may
from ombud.tickets.schemas import FileRef
from ombud.tickets.services import uploads


@post(
    "/files",
    guards=[may("tickets.note")],
    status_code=HTTP_201_CREATED,
    request_max_body_size=uploads.MAX_UPLOAD_BYTES + 64 * 1024,
)
async def post_file(
    tx: Tx,
    actor: By,
    now: Now,
    state: State,
    data: MultipartBody[dict[str, UploadFile]],
) -> FileRef:
    """Upload a file (form field ``file``) to attach it to a reply or note."""
    upload = data.get("file")
    if not isinstance(upload, UploadFile):
        raise Invalid("Send the file in the form field named file.", fields={"file": "required"})
    content = await upload.read()
    return await uploads.keep_upload(tx, state.files, upload.filename, content, by=actor, now=now)


@get("/files/{token:str}/{name:str}", guards=[may("tickets.read")])
async def get_file(tx: Tx, actor: By, state: State, token: FromPath[str], name: FromPath[str]) -> Stream:  # noqa: ARG001 – the name is for the reader
    """A file of a ticket that the actor sees, or their own upload."""
    found = await uploads.find_file(tx, token, by=actor)
    kind = found.type if found.type in SHOWN else "application/octet-stream"
    return Stream(state.files.chunks(found.token), media_type=kind, headers=file_headers(found.name, found.type))


HANDLERS = [post_file, get_file]
