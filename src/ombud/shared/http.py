"""The edge that every endpoint shares: who asks, what they may, one transaction, errors as problem documents."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import SkipValidation
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from litestar.types import Scope
from psycopg import DataError, OperationalError
from psycopg.errors import CheckViolation, ForeignKeyViolation, QueryCanceled, UniqueViolation
from psycopg_pool import PoolTimeout

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Invalid, LimitReached, NotSignedIn, OmbudError
from ombud.shared.lending import Lending

log = logging.getLogger(__name__)
Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
Authenticate = Callable[[Connection], Awaitable[Actor | None]]

Tx = NamedDependency[SkipValidation[Transaction]]
Reading = NamedDependency[SkipValidation[Transaction]]
By = NamedDependency[SkipValidation[Actor]]
Now = NamedDependency[SkipValidation[datetime]]

NOBODY = Actor(kind="customer")
MEDIA_TYPE = "application/problem+json"
# What Litestar says, as an error of ours, when a client leaves or its body is cut or garbled.
CLIENT_LEFT = "client disconnected prematurely"
# The ``opt`` of handlers that emit no event themselves: nobody is woken to number one.
EMITS = "emits"
SILENT = {EMITS: False}
CACHE_PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Page(msgspec.Struct):
    """The query of a keyset list: an opaque cursor and how many."""

    cursor: str | None = None
    limit: int = 50


def may(permission: str) -> Guard:
    """A guard: only actors who hold the permission pass. Documented in OpenAPI by ``opt``."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        (await signed_in_actor(connection)).require(permission)

    guard.permission = permission  # type: ignore[attr-defined]  # read by the documentation and its test
    return guard


async def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    """A guard: anybody who is signed in, or a valid API key."""
    await signed_in_actor(connection)


async def anybody(_connection: Connection, _: BaseRouteHandler) -> None:
    """A guard that says in the open that an endpoint is public; the endpoint limits itself."""


async def signed_in_actor(connection: Connection) -> Actor:
    """The actor of a request, found once.

    Raises:
        NotSignedIn: no valid session and no valid key.
    """
    scope: dict[str, Any] = connection.scope  # type: ignore[assignment]  # a place for our own
    known: Actor | None = scope.get("ombud_actor")
    if known is None:
        authenticate: Authenticate = connection.app.state.authenticate
        known = await authenticate(connection)
        if known is None:
            raise NotSignedIn
        scope["ombud_actor"] = known
    return known


# Dependencies name each other so that Litestar finds them one after the other: those that it may find at once get a
# task each, which takes longer than all the finding.


async def provide_tx(state: State, scope: Scope, actor: By) -> AsyncIterator[Transaction]:  # noqa: ARG001 – see above
    """One transaction a request, committed before the answer leaves."""
    async with Lending(scope, state.database.transaction()) as tx:
        yield tx


async def provide_reading(state: State, scope: Scope, actor: By) -> AsyncIterator[Transaction]:  # noqa: ARG001 – see above
    """A connection for endpoints that only read, without a transaction around them."""
    async with Lending(scope, state.database.statements()) as connection:
        yield connection


async def provide_actor(request: Request[Any, Any, Any], now: Now) -> Actor:  # noqa: ARG001 – see above
    """Who asks; a guard has let them in already. Behind a guard that asked nobody: one who may and sees nothing."""
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]  # a place for our own
    known: Actor = scope.get("ombud_actor", NOBODY)
    return known


async def provide_now(state: State) -> datetime:
    """The moment of the request, from the one clock."""
    now: datetime = state.clock.now()
    return now


DEPENDENCIES = {
    "tx": Provide(provide_tx),
    "reading": Provide(provide_reading),
    "actor": Provide(provide_actor),
    "now": Provide(provide_now),
}


def problem(status: int, code: str, detail: str, **extra: object) -> Response[bytes]:
    """An RFC 9457 problem document."""
    document = {
        "type": "about:blank",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "code": code,
    }
    return Response(
        msgspec.json.encode(document | extra), status_code=status, media_type=MEDIA_TYPE, headers=CACHE_PRIVATE
    )


def ombud_problem(request: Request[Any, Any, Any], error: OmbudError) -> Response[bytes]:
    """Our own errors speak for themselves; what they quote is masked like every answer."""
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]  # a place for our own
    actor: Actor = scope.get("ombud_actor", NOBODY)
    extra = error.extra()
    if extra and actor.hidden_kinds:
        extra = request.app.state.mask(extra, actor.hidden_kinds)
    answer = problem(error.status, error.code, error.detail, **extra)
    if isinstance(error, LimitReached):
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer


def http_problem(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What Litestar found: unknown paths, wrong methods, input that does not fit its struct."""
    extra = error.extra if isinstance(error.extra, list) else []
    fields = {str(one.get("key", "")): str(one.get("message", "")) for one in extra if isinstance(one, dict)}
    codes = {
        400: "invalid",
        401: "not_signed_in",
        403: "not_allowed",
        404: "not_found",
        405: "method_not_allowed",
        413: "too_large",
    }
    if error.status_code == HTTP_500_INTERNAL_SERVER_ERROR and str(error.detail) == CLIENT_LEFT:
        return problem(Invalid.status, Invalid.code, "The request ended before its body was complete.")
    code = codes.get(error.status_code, "http_error")
    return problem(error.status_code, code, str(error.detail), **({"fields": fields} if fields else {}))


def input_problem(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A value that no check of ours caught and the database cannot hold: NUL in text, a number beyond bigint."""
    log.info("Refused input: %s", error)
    return problem(
        Invalid.status, Invalid.code, "A value cannot be stored: it is out of range or holds a NUL character."
    )


def reference_problem(_: Request[Any, Any, Any], error: ForeignKeyViolation) -> Response[bytes]:
    """An id in the input that names nothing, or that went away meanwhile."""
    log.info("Refused input: %s", error)
    name = error.diag.constraint_name
    return problem(Invalid.status, "unknown_reference", "The input names something that is not there.", constraint=name)


def encoding_problem(_: Request[Any, Any, Any], error: UnicodeError) -> Response[bytes]:
    """Bytes that are no UTF-8, or half a character."""
    log.info("Refused input: %s", error)
    return problem(Invalid.status, Invalid.code, "The input is not valid UTF-8.")


def depth_problem(request: Request[Any, Any, Any], error: RecursionError) -> Response[bytes]:
    """JSON nested deeper than any reader follows; a recursion of our own stays a bug."""
    if "deserializing" not in str(error):
        return unknown_problem(request, error)
    return problem(Invalid.status, Invalid.code, "The JSON is nested too deeply.")


def conflict_problem(_: Request[Any, Any, Any], error: UniqueViolation) -> Response[bytes]:
    """Somebody else was first, or the name is taken."""
    return problem(
        409,
        "already_exists",
        "Something with this name or address exists already.",
        constraint=error.diag.constraint_name,
    )


def database_problem(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The database is away or too slow for the moment; clients may try again."""
    log.warning("The database did not answer: %s", error)
    answer = problem(
        503, "database_unavailable", "The database does not answer at the moment. Try again in some seconds."
    )
    answer.headers["Retry-After"] = "2"
    return answer


def unknown_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A bug: the log keeps the traceback, the answer tells nothing of it."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "internal_error", "Something went wrong on our side. It has been logged; try again.")


EXCEPTION_HANDLERS: dict[Any, Any] = {
    OmbudError: ombud_problem,
    HTTPException: http_problem,
    DataError: input_problem,
    CheckViolation: input_problem,
    ForeignKeyViolation: reference_problem,
    UnicodeError: encoding_problem,
    RecursionError: depth_problem,
    UniqueViolation: conflict_problem,
    OperationalError: database_problem,
    PoolTimeout: database_problem,
    QueryCanceled: database_problem,
    Exception: unknown_problem,
}


# Types that a browser may show in place; everything else is downloaded. No SVG: it can hold scripts.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def file_headers(name: str, kind: str) -> dict[str, str]:
    """Headers under which a stranger's file is safe to hand out."""
    place = "inline" if kind in SHOWN else "attachment"
    return {
        "Content-Disposition": f"{place}; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, max-age=86400, immutable",
    }
