"""Endpoints of teamwork and tasks."""

from datetime import datetime, timedelta
from typing import Annotated

from litestar import Router, get, patch, post, put
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody
from litestar.response import Stream
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Meta

from ombud.shared.errors import Invalid
from ombud.shared.http import SHOWN, By, Now, Reading, Tx, file_headers, may
from ombud.shared.periods import period_of
from ombud.teamwork import queries
from ombud.teamwork.schemas import (
    DispatchIn,
    ExtensionDecision,
    ExtensionIn,
    FirstContactList,
    ReasonIn,
    SupervisionIn,
    Task,
    TaskIn,
    TaskItemPatch,
    TaskList,
    TaskResult,
    TaskWordIn,
    TeamworkFigures,
    TeamworkView,
    UrgeIn,
)
from ombud.teamwork.services import dispatching, extensions, tasks, urging
from ombud.teamwork.services.showing import show_teamwork
from ombud.tickets.schemas import FileRef
from ombud.tickets.services import closing, uploads

TEAMWORK = "/tickets/{ticket_id:int}"
Moment = Annotated[datetime, Meta(tz=True)]
SHOWN_SPAN = timedelta(days=30)
LONGEST = timedelta(days=400)


@get(f"{TEAMWORK}/teamwork", guards=[may("tickets.read")])
async def get_teamwork(reading: Reading, actor: By, ticket_id: FromPath[int]) -> TeamworkView:
    """Departments, urges, supervision, extensions, tasks and the closing of a ticket."""
    return await show_teamwork(reading, ticket_id, by=actor)


@post(f"{TEAMWORK}/dispatches", guards=[may("tickets.assign")], status_code=HTTP_201_CREATED)
async def post_dispatch(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[DispatchIn]) -> None:
    """Give the ticket to a department; whoever does not see that team does not see the ticket afterwards."""
    await dispatching.dispatch_ticket(tx, ticket_id, data, by=actor, now=now)


@put(f"{TEAMWORK}/dispatch/acceptance", guards=[may("tickets.write")])
async def put_acceptance(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int]) -> TeamworkView:
    """Accept the ticket for one's department: its clock starts."""
    await dispatching.accept_dispatch(tx, ticket_id, by=actor, now=now)
    return await show_teamwork(tx, ticket_id, by=actor)


@put(f"{TEAMWORK}/dispatch/return", guards=[may("tickets.write")])
async def put_return(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[ReasonIn]) -> None:
    """Give the ticket back with a reason. 409 ``returns_used_up`` after the second time."""
    await dispatching.return_dispatch(tx, ticket_id, data, by=actor, now=now)


@post(f"{TEAMWORK}/urges", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_urge(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[UrgeIn]) -> TeamworkView:
    """Count that the customer asked again; the third time escalates."""
    await urging.urge_ticket(tx, ticket_id, data, by=actor, now=now)
    return await show_teamwork(tx, ticket_id, by=actor)


@post(f"{TEAMWORK}/supervision", guards=[may("teamwork.lead")], status_code=HTTP_201_CREATED)
async def post_supervision(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[SupervisionIn]
) -> TeamworkView:
    """Watch the ticket as a manager: a report is due in each span."""
    await urging.supervise(tx, ticket_id, data, by=actor, now=now)
    return await show_teamwork(tx, ticket_id, by=actor)


@post(f"{TEAMWORK}/supervision/reports", guards=[may("tickets.note")], status_code=HTTP_201_CREATED)
async def post_report(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[ReasonIn]) -> TeamworkView:
    """Report to the manager who watches."""
    await urging.report(tx, ticket_id, data, by=actor, now=now)
    return await show_teamwork(tx, ticket_id, by=actor)


@put(f"{TEAMWORK}/supervision/end", guards=[may("teamwork.lead")])
async def put_supervision_end(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int]) -> TeamworkView:
    """Watch the ticket no longer."""
    await urging.end_supervision(tx, ticket_id, by=actor, now=now)
    return await show_teamwork(tx, ticket_id, by=actor)


@post(f"{TEAMWORK}/extensions", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_extension(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[ExtensionIn]
) -> TeamworkView:
    """Ask for more time for the department, before its deadline."""
    await extensions.ask_extension(tx, ticket_id, data, by=actor, now=now)
    return await show_teamwork(tx, ticket_id, by=actor)


@put(f"{TEAMWORK}/extensions/{{extension_id:int}}/decision", guards=[may("teamwork.lead")])
async def put_extension_decision(
    tx: Tx,
    actor: By,
    now: Now,
    ticket_id: FromPath[int],
    extension_id: FromPath[int],
    data: JSONBody[ExtensionDecision],
) -> TeamworkView:
    """Grant more time and tell the customer, or refuse it."""
    await extensions.decide_extension(tx, ticket_id, extension_id, data, by=actor, now=now)
    return await show_teamwork(tx, ticket_id, by=actor)


@put(f"{TEAMWORK}/withdrawal", guards=[may("tickets.write")])
async def put_withdrawal(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[ReasonIn]
) -> TeamworkView:
    """Close the ticket because its customer takes the matter back."""
    await urging.withdraw_ticket(tx, ticket_id, data, by=actor, now=now)
    return await show_teamwork(tx, ticket_id, by=actor)


@patch(f"{TEAMWORK}/closing", guards=[may("tickets.write")])
async def patch_closing(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[closing.ClosingPatch]
) -> closing.Closing:
    """Say what the ticket is closed with; nothing has a default."""
    return await closing.change_closing(tx, ticket_id, data, by=actor, now=now)


@post(f"{TEAMWORK}/tasks", guards=[may("tickets.assign")], status_code=HTTP_201_CREATED)
async def post_task(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[TaskIn]) -> Task:
    """Ask a department for something. It sees what stands in the task, and not the ticket."""
    return await tasks.give_task(tx, ticket_id, data, by=actor, now=now)


@get("/tasks", guards=[may("tasks.work")])
async def get_tasks(reading: Reading, actor: By, ended: FromQuery[bool] = False) -> TaskList:
    """Tasks of one's departments: those to do by their deadline, or the last that ended."""
    return TaskList(await queries.list_own_tasks(reading, by=actor, ended=ended))


@get("/tasks/{task_id:int}", guards=[may("tasks.work")])
async def get_task(reading: Reading, actor: By, task_id: FromPath[int]) -> Task:
    """A task, with all that its department sees of the ticket."""
    return await queries.find_task(reading, task_id, by=actor)


@put("/tasks/{task_id:int}/acceptance", guards=[may("tasks.work")])
async def put_task_acceptance(tx: Tx, actor: By, now: Now, task_id: FromPath[int]) -> Task:
    """Accept a task for one's department; accepting twice changes nothing."""
    return await tasks.accept_task(tx, task_id, by=actor, now=now)


@put("/tasks/{task_id:int}/result", guards=[may("tasks.work")])
async def put_task_result(tx: Tx, actor: By, now: Now, task_id: FromPath[int], data: JSONBody[TaskResult]) -> Task:
    """Report what came out."""
    return await tasks.finish_task(tx, task_id, data, by=actor, now=now)


@put("/tasks/{task_id:int}/return", guards=[may("tasks.work")])
async def put_task_return(tx: Tx, actor: By, now: Now, task_id: FromPath[int], data: JSONBody[ReasonIn]) -> Task:
    """Give a task back with the reason."""
    return await tasks.return_task(tx, task_id, data, by=actor, now=now)


@put("/tasks/{task_id:int}/read", guards=[may("tasks.work")], status_code=HTTP_204_NO_CONTENT)
async def put_task_read(tx: Tx, actor: By, now: Now, task_id: FromPath[int]) -> None:
    """Take what told the actor of a task as read."""
    await tasks.read_task(tx, task_id, by=actor, now=now)


@put("/tasks/{task_id:int}/withdrawal", guards=[may("tickets.assign")])
async def put_task_withdrawal(tx: Tx, actor: By, now: Now, task_id: FromPath[int]) -> Task:
    """Take a task back; for those who see its ticket."""
    return await tasks.withdraw_task(tx, task_id, by=actor, now=now)


@post("/tasks/{task_id:int}/words", guards=[may("tasks.work")], status_code=HTTP_201_CREATED)
async def post_task_word(tx: Tx, actor: By, now: Now, task_id: FromPath[int], data: JSONBody[TaskWordIn]) -> Task:
    """Ask or answer something within a task; the customer never sees it."""
    return await tasks.say(tx, task_id, data, by=actor, now=now)


@patch("/tasks/{task_id:int}/items/{item_id:int}", guards=[may("tasks.work")])
async def patch_task_item(
    tx: Tx, actor: By, now: Now, task_id: FromPath[int], item_id: FromPath[int], data: JSONBody[TaskItemPatch]
) -> Task:
    """Tick something off a task's checklist, or open it again."""
    return await tasks.tick_item(tx, task_id, item_id, data, by=actor, now=now)


@post(
    "/tasks/{task_id:int}/files",
    guards=[may("tasks.work")],
    status_code=HTTP_201_CREATED,
    request_max_body_size=uploads.MAX_UPLOAD_BYTES + 64 * 1024,
)
async def post_task_file(
    tx: Tx,
    actor: By,
    now: Now,
    state: State,
    task_id: FromPath[int],
    data: MultipartBody[dict[str, UploadFile]],
) -> FileRef:
    """Upload a file (form field ``file``) to give it back with the result."""
    await queries.find_task(tx, task_id, by=actor)
    upload = data.get("file")
    if not isinstance(upload, UploadFile):
        raise Invalid("Send the file in the form field named file.", fields={"file": "required"})
    return await uploads.keep_upload(tx, state.files, upload.filename, await upload.read(), by=actor, now=now)


@get("/tasks/{task_id:int}/files/{file_id:int}", guards=[may("tasks.work")])
async def get_task_file(tx: Tx, actor: By, state: State, task_id: FromPath[int], file_id: FromPath[int]) -> Stream:
    """A file of a task that the actor sees."""
    found = await queries.find_task_file(tx, task_id, file_id, by=actor)
    kind = found.type if found.type in SHOWN else "application/octet-stream"
    return Stream(state.files.chunks(found.token), media_type=kind, headers=file_headers(found.name, found.type))


@get("/first-contacts", guards=[may("tickets.read")])
async def get_first_contacts(reading: Reading, actor: By) -> FirstContactList:
    """Open tickets that the actor took first, wherever they are."""
    return FirstContactList(await queries.first_contacts(reading, by=actor))


@get("/teamwork/figures", guards=[may("teamwork.lead")])
async def get_teamwork_figures(
    reading: Reading,
    actor: By,
    now: Now,
    starts_at: FromQuery[Moment | None] = None,
    ends_at: FromQuery[Moment | None] = None,
) -> TeamworkFigures:
    """Teamwork of a period, the last 30 days if none is named."""
    start, end = period_of(starts_at, ends_at, now=now, shown=SHOWN_SPAN, longest=LONGEST, field="starts_at")
    return await queries.figures(reading, start=start, end=end, by=actor)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_teamwork, post_dispatch, put_acceptance, put_return, post_urge),
            *(post_supervision, post_report, put_supervision_end, post_extension, put_extension_decision),
            *(put_withdrawal, patch_closing, post_task, get_tasks, get_task, put_task_acceptance, put_task_result),
            *(
                put_task_return,
                put_task_read,
                put_task_withdrawal,
                post_task_word,
                patch_task_item,
                post_task_file,
                get_task_file,
            ),
            *(get_first_contacts, get_teamwork_figures),
        ],
        tags=["teamwork"],
    )
]
