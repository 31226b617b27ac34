"""Endpoints of imports."""

import msgspec
from litestar import Response, Router, get, post, put
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath, JSONBody, MultipartBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from ombud.knowledge.imports import queries, services
from ombud.knowledge.imports.schemas import ImportList, ImportOptions, ImportPage
from ombud.shared.errors import Invalid
from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.shared.spreadsheets import TYPES, write_file
from ombud.shared.uploads import MAX_UPLOAD_BYTES

MANAGE = "knowledge.manage"
IMPORT = "/knowledge/imports/{import_id:int}"


@get("/knowledge/imports", guards=[may(MANAGE)])
async def get_imports(reading: Reading) -> ImportList:
    """The last imports, the newest first."""
    return ImportList(await queries.list_imports(reading))


@post(
    "/knowledge/imports",
    guards=[may(MANAGE)],
    status_code=HTTP_201_CREATED,
    request_max_body_size=MAX_UPLOAD_BYTES + 64 * 1024,
)
async def post_import(
    tx: Tx, actor: By, now: Now, state: State, data: MultipartBody[dict[str, UploadFile]]
) -> ImportPage:
    """Read a file and show what would be made of it; nothing is made yet.

    Form fields: ``file``, and ``options`` as a file of JSON in the shape of ``ImportOptions``.
    """
    upload = data.get("file")
    if not isinstance(upload, UploadFile):
        raise Invalid("Send the file in the form field named file.", fields={"file": "required"})
    options = data.get("options")
    try:
        chosen = msgspec.json.decode(await options.read() if options else b"{}", type=ImportOptions)
    except msgspec.MsgspecError as problem:
        raise Invalid(f"The options cannot be like this: {problem}", fields={"options": "invalid"}) from problem
    content = await upload.read()
    return await services.read_import(tx, state.files, upload.filename, content, chosen, by=actor, now=now)


@get(IMPORT, guards=[may(MANAGE)])
async def get_import(reading: Reading, import_id: FromPath[int]) -> ImportPage:
    """An import with its items; failed ones come first."""
    return await queries.find_import(reading, import_id)


@put(f"{IMPORT}/options", guards=[may(MANAGE)])
async def put_import_options(
    tx: Tx, actor: By, now: Now, state: State, import_id: FromPath[int], data: JSONBody[ImportOptions]
) -> ImportPage:
    """Read the same file with other options, such as what each column holds."""
    return await services.read_again(tx, state.files, import_id, data, by=actor, now=now)


@post(f"{IMPORT}/run", guards=[may(MANAGE)], status_code=HTTP_200_OK)
async def post_import_run(tx: Tx, actor: By, now: Now, state: State, import_id: FromPath[int]) -> ImportPage:
    """Make the next 25 articles. Call it until the state is ``done``; whoever stops can go on or undo later."""
    return await services.carry_out(tx, state.files, import_id, by=actor, now=now)


@post(f"{IMPORT}/undoing", guards=[may(MANAGE)], status_code=HTTP_200_OK)
async def post_import_undoing(tx: Tx, actor: By, now: Now, import_id: FromPath[int]) -> ImportPage:
    """Take back what the import made; what somebody changed since stays and is counted as ``kept``."""
    return await services.undo_import(tx, import_id, by=actor, now=now)


@get(f"{IMPORT}/failed", guards=[may(MANAGE)])
async def get_import_failed(reading: Reading, import_id: FromPath[int]) -> Response[bytes]:
    """What could not be read, as it came and with the reason, as a table."""
    found = await queries.failed_items(reading, import_id)
    names = list(dict.fromkeys(name for one in found for name in one.raw or {}))
    cells = [[*((one.raw or {}).get(name, "") for name in names), one.name, one.problem or ""] for one in found]
    content = write_file([*names, "where", "problem"], cells, "csv")
    headers = {"Content-Disposition": "attachment; filename=not-imported.csv", "Cache-Control": "no-store"}
    return Response(content, media_type=TYPES["csv"], headers=headers)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_imports, post_import, get_import, put_import_options),
            *(post_import_run, post_import_undoing, get_import_failed),
        ],
        tags=["knowledge"],
    )
]
