"""Endpoints of the widget. Public: a visitor token in the Authorization header says who asks; no cookies, no CSRF."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, Router, asgi, delete, get, post, put
from litestar.connection import ASGIConnection
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody, SkipValidation
from litestar.response import Stream as FileStream
from litestar.status_codes import HTTP_201_CREATED, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT
from litestar.types import Receive, Scope, Send

from ombud.channels.chat import assets, limits, queries, services, tokens, waiting
from ombud.channels.chat.cors import open_to_pages
from ombud.channels.chat.machine import say_helped
from ombud.channels.chat.rules import office_state
from ombud.channels.chat.schemas import (
    CallbackIn,
    ContactIn,
    HelpedIn,
    MessageAccepted,
    MessageIn,
    PreparedUseIn,
    QueueState,
    TypingIn,
    VisitorIn,
    VisitorOut,
    VisitorReadIn,
    WidgetCallback,
    WidgetChoice,
    WidgetConfig,
    WidgetFile,
    WidgetPage,
    WidgetPrepared,
    WidgetQuestion,
)
from ombud.channels.chat.stream import tell_typing
from ombud.channels.chat.tokens import Visitor
from ombud.channels.queries import find_public_channel
from ombud.channels.questions import Question, load_questions
from ombud.channels.settings import BothLanguages
from ombud.realtime.api import last_event_id
from ombud.realtime.stream import Stream
from ombud.shared.clients import client_ip, limit_address
from ombud.shared.errors import Invalid, NotSignedIn
from ombud.shared.http import SILENT, Connection, Now, Tx, anybody
from ombud.shared.throttle import take
from ombud.tickets.services.announcements import AnnouncedWords, announced
from ombud.tickets.services.prepared import note_prepared, prepared_now

MAX_JSON_BYTES = 64 * 1024
MAX_UPLOAD_BYTES = 26 * 1024 * 1024
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def _bearer(connection: Connection) -> Visitor | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    state = connection.app.state
    return tokens.read(state.key_ring, token.strip(), now=state.clock.now())


def visitor_of(connection: Connection) -> Visitor:
    """The visitor who asks.

    Raises:
        NotSignedIn: no visitor token, or one that is not valid.
    """
    found = _bearer(connection)
    if found is None:
        raise NotSignedIn("Send the visitor token in the Authorization header.")
    return found


async def provide_address(request: Request[Any, Any, Any], now: Now) -> str:  # noqa: ARG001 – found one by one
    """The address that limits count."""
    return limit_address(client_ip(request, request.app.state.settings))


Address = NamedDependency[SkipValidation[str]]


async def provide_visitor(request: Request[Any, Any, Any], address: Address) -> Visitor:  # noqa: ARG001 – as above
    """The visitor of a request."""
    return visitor_of(request)


Asking = NamedDependency[SkipValidation[Visitor]]


@get("/{public_key:str}/config", guards=[anybody], operation_id="get_widget_config", summary="How a widget looks")
async def get_config(tx: Tx, now: Now, state: State, public_key: FromPath[str]) -> Response[WidgetConfig]:
    """What the widget must know before anybody wrote: looks, questions, whether somebody is there, the usual wait."""
    stored = await find_public_channel(tx, "chat", public_key[:100])
    settings = queries.settings_of(stored.settings)
    office = office_state(settings.office_hours, now)
    told = await announced(tx, stored.id, now=now)
    config = WidgetConfig(
        name=await queries.brand_name(tx, stored.brand_id),
        color=settings.color,
        greeting=settings.greeting,
        pre_chat=settings.pre_chat,
        questions=[_shown(one) for one in await load_questions(tx, settings.questions)],
        office=office,
        away_message=settings.away_message,
        wait=waiting.shown_wait(await state.waits.newcomer(tx, stored.team_id, now=now), is_open=office.is_open),
        file_max_bytes=settings.file_max_bytes,
        file_types=settings.file_types,
        locale_default=settings.locale_default,
        announcement=_both(told) if told else None,
        prepared=[
            WidgetPrepared(one.id, _both(one.question), _both(one.answer))
            for one in await prepared_now(tx, stored.id, now=now)
        ],
        is_machine_on=await state.machine.is_answering(tx, stored.id),
    )
    return Response(config, headers={"Cache-Control": "public, max-age=30"})


def _both(words: AnnouncedWords) -> BothLanguages:
    return BothLanguages(words.en, words.zh)


@post(
    "/{public_key:str}/prepared/{answer_id:int}",
    guards=[anybody],
    status_code=HTTP_204_NO_CONTENT,
    operation_id="use_prepared_answer",
    summary="What became of a prepared answer",
    request_max_body_size=MAX_JSON_BYTES,
    opt=SILENT,
)
async def post_prepared(
    tx: Tx,
    now: Now,
    address: Address,
    public_key: FromPath[str],
    answer_id: FromPath[int],
    data: JSONBody[PreparedUseIn],
) -> None:
    """Say that a prepared answer was shown, opened, or helped or not; each counts once for a browser."""
    stored = await find_public_channel(tx, "chat", public_key[:100])
    await take(tx, limits.PREPARED, address, now=now)
    await note_prepared(tx, stored.id, answer_id, data.what, data.browser, now=now)


def _shown(question: Question) -> WidgetQuestion:
    field = question.field
    return WidgetQuestion(
        field.key,
        field.kind,
        BothLanguages(field.name_en, field.name_zh),
        BothLanguages(field.options.hint_en, field.options.hint_zh),
        question.is_required,
        [WidgetChoice(one.value, BothLanguages(one.name_en, one.name_zh)) for one in question.choices],
        field.options.currency if field.kind == "money" else "",
        field.options.max_length,
    )


@post(
    "/{public_key:str}/visitors",
    guards=[anybody],
    status_code=HTTP_201_CREATED,
    operation_id="begin_visit",
    summary="Become a visitor",
    request_max_body_size=MAX_JSON_BYTES,
)
async def post_visitor(
    tx: Tx,
    now: Now,
    state: State,
    address: Address,
    request: Request[Any, Any, Any],
    public_key: FromPath[str],
    data: JSONBody[VisitorIn],
) -> VisitorOut:
    """A visitor token: for whom the host page signs, for the visitor of the token sent along, or for a new visitor.

    401 ``identity_refused`` when the signature is not valid.
    """
    stored = await find_public_channel(tx, "chat", public_key[:100])
    await take(tx, limits.VISITORS, address, now=now)
    try:
        before = _bearer(request)
    except NotSignedIn:
        before = None
    return await services.begin_visit(tx, stored, data, before=before, keys=state.key_ring, now=now)


@post(
    "/messages",
    guards=[anybody],
    status_code=HTTP_202_ACCEPTED,
    operation_id="send_visitor_message",
    summary="Write to the desk",
    request_max_body_size=MAX_JSON_BYTES,
    opt=SILENT,
)
async def post_message(
    now: Now, state: State, visitor: Asking, address: Address, data: JSONBody[MessageIn]
) -> MessageAccepted:
    """Write a message; it is kept when this answers. The same ``client_key`` again is the same message.

    429 with ``Retry-After`` after too many; 403 ``blocked``.
    """
    async with state.database.statements() as tx:
        arrival = await services.accept_message(tx, visitor, data, address=address, keys=state.key_ring, now=now)
    await state.door.receive(arrival)
    return MessageAccepted(data.client_key)


@get("/messages", guards=[anybody], operation_id="list_visitor_messages", summary="The talk so far")
async def get_messages(
    tx: Tx, now: Now, state: State, visitor: Asking, after: FromQuery[int] = 0, limit: FromQuery[int] = 100
) -> WidgetPage:
    """The visitor's own talk, oldest first, after a message; and where they stand in the queue."""
    place = await queries.load_place(tx, visitor)
    if place.customer_id is None:
        return WidgetPage([], QueueState("none"))
    found = await queries.list_messages(tx, place, after=after, limit=limit)
    return WidgetPage(found, await waiting.standing(tx, place, state.waits, now=now))


@put(
    "/callback",
    guards=[anybody],
    operation_id="ask_visitor_callback",
    summary="A call or a mail instead of waiting",
    request_max_body_size=MAX_JSON_BYTES,
)
async def put_callback(tx: Tx, now: Now, state: State, visitor: Asking, data: JSONBody[CallbackIn]) -> WidgetCallback:
    """Ask for a call or a mail instead of waiting; gives by when it comes. The place in the queue is kept.

    409 ``not_waiting`` when somebody has the talk by now; 403 ``way_not_offered``, ``blocked``.
    """
    place = await queries.load_place(tx, visitor)
    await take(tx, limits.CALLBACKS, visitor.public_id, now=now)
    if place.is_blocked:
        raise services.Blocked
    return await waiting.ask_callback(tx, place, data, state.waits, now=now)


@delete("/callback", guards=[anybody], operation_id="withdraw_visitor_callback", summary="Wait after all")
async def delete_callback(tx: Tx, now: Now, state: State, visitor: Asking) -> None:
    """Wait after all; where nothing was asked for nothing happens."""
    place = await queries.load_place(tx, visitor)
    await take(tx, limits.CALLBACKS, visitor.public_id, now=now)
    await waiting.withdraw_callback(tx, place, state.waits, now=now)


@put(
    "/messages/{entry_id:int}/helped",
    guards=[anybody],
    status_code=HTTP_204_NO_CONTENT,
    operation_id="put_visitor_helped",
    summary="Whether an answer helped",
    request_max_body_size=MAX_JSON_BYTES,
)
async def put_helped(
    tx: Tx, now: Now, state: State, visitor: Asking, entry_id: FromPath[int], data: JSONBody[HelpedIn]
) -> None:
    """Say whether a machine's answer helped: if so the talk is solved, if not a person takes over."""
    place = await queries.load_place(tx, visitor)
    await take(tx, limits.SIGNALS, visitor.public_id, now=now, cost=5)
    await say_helped(tx, place, entry_id, state.machine, helped=data.helped, now=now)


@asgi("/stream", guards=[anybody], copy_scope=False)
async def get_stream(scope: Scope, receive: Receive, send: Send) -> None:
    """The visitor's own events, resumable with Last-Event-ID."""
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope, receive)
    visitor = visitor_of(connection)
    state = connection.app.state
    async with state.database.transaction() as tx:
        await queries.load_place(tx, visitor)
        await take(tx, limits.STREAMS, visitor.public_id, now=state.clock.now())
    stream = Stream(send, topic=visitor.topic)
    await stream.begin()
    try:
        await state.hub.join(stream, last_seq=last_event_id(dict(connection.headers)))
        await stream.wait(receive)
    finally:
        state.hub.leave(stream)


@post(
    "/typing",
    guards=[anybody],
    status_code=HTTP_204_NO_CONTENT,
    operation_id="visitor_types",
    summary="Say that the visitor types",
    request_max_body_size=MAX_JSON_BYTES,
    opt=SILENT,
)
async def post_typing(tx: Tx, now: Now, state: State, visitor: Asking, data: JSONBody[TypingIn]) -> None:
    """Tell the agents that the visitor types, never what; forgotten after some seconds."""
    place = await queries.load_place(tx, visitor)
    await take(tx, limits.SIGNALS, visitor.public_id, now=now)
    ticket = await queries.open_ticket_of(tx, place)
    if ticket is not None and data.text_length and not place.is_blocked:
        tell_typing(state.bus, ticket)


@post(
    "/read",
    guards=[anybody],
    status_code=HTTP_204_NO_CONTENT,
    operation_id="visitor_read",
    summary="Confirm answers",
    request_max_body_size=MAX_JSON_BYTES,
)
async def post_read(tx: Tx, now: Now, visitor: Asking, data: JSONBody[VisitorReadIn]) -> None:
    """Say up to which answer the widget has got, or the visitor has seen, the talk."""
    await take(tx, limits.SIGNALS, visitor.public_id, now=now)
    await services.confirm(tx, visitor, data, now=now)


@put(
    "/contact",
    guards=[anybody],
    status_code=HTTP_204_NO_CONTENT,
    operation_id="put_visitor_contact",
    summary="Leave name and address",
    request_max_body_size=MAX_JSON_BYTES,
)
async def put_contact(tx: Tx, now: Now, visitor: Asking, data: JSONBody[ContactIn]) -> None:
    """Leave a name or an address after the first message. Typed, so it proves nothing."""
    await take(tx, limits.SIGNALS, visitor.public_id, now=now, cost=5)
    await services.note_contact(tx, visitor, data, now=now)


@post(
    "/files",
    guards=[anybody],
    status_code=HTTP_201_CREATED,
    operation_id="upload_visitor_file",
    summary="Upload a file",
    request_max_body_size=MAX_UPLOAD_BYTES,
)
async def post_file(
    tx: Tx,
    now: Now,
    state: State,
    visitor: Asking,
    address: Address,
    data: MultipartBody[dict[str, UploadFile]],
) -> WidgetFile:
    """Upload a file (form field ``file``) for the next message.

    413 ``file_too_large``, 415 ``file_type_refused``: by what the bytes are, whatever the name says.
    """
    upload = data.get("file")
    if not isinstance(upload, UploadFile):
        raise Invalid("Send the file in the form field named file.", fields={"file": "required"})
    content = await upload.read()
    return await services.keep_file(
        tx, state.files, visitor, upload.filename, content, address=address, keys=state.key_ring, now=now
    )


@get(
    "/files/{token:str}/{name:str}",
    guards=[anybody],
    operation_id="get_visitor_file",
    summary="A file of the talk",
)
async def get_file(tx: Tx, state: State, token: FromPath[str], name: FromPath[str]) -> FileStream:  # noqa: ARG001 – the name is for the reader
    """A file of the talk, by its unguessable name; files of internal notes are not found here."""
    found = await queries.find_public_file(tx, token)
    is_shown = found.type in SHOWN
    place = "inline" if is_shown else "attachment"
    headers = {
        "Content-Disposition": f"{place}; filename*=UTF-8''{quote(found.name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, max-age=86400, immutable",
    }
    kind = found.type if is_shown else "application/octet-stream"
    return FileStream(state.files.chunks(found.token), media_type=kind, headers=headers)


routers = [
    Router(
        "/widget/v1",
        route_handlers=[
            get_config,
            post_prepared,
            post_visitor,
            post_message,
            get_messages,
            get_stream,
            post_typing,
            post_read,
            put_contact,
            put_callback,
            delete_callback,
            put_helped,
            post_file,
            get_file,
        ],
        dependencies={"visitor": Provide(provide_visitor), "address": Provide(provide_address)},
        middleware=[open_to_pages],
        tags=["widget"],
    ),
    Router("/", route_handlers=[assets.get_widget, assets.get_part], middleware=[open_to_pages]),
]
