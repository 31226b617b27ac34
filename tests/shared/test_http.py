"""What the edge answers when something goes wrong, whatever it is: a clear document, and nothing of our inside."""

import json
from typing import Any, cast

import pytest
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException, ValidationException
from msgspec import Struct
from psycopg import DataError, OperationalError
from psycopg.errors import CheckViolation, ForeignKeyViolation, QueryCanceled, UniqueViolation
from psycopg_pool import PoolTimeout

from ombud.shared import http
from ombud.shared.actor import Actor
from ombud.shared.errors import (
    Conflict,
    Invalid,
    LimitReached,
    NotAllowed,
    NotFound,
    NotSignedIn,
    OmbudError,
    TooLarge,
    Unprocessable,
)
from ombud.shared.http import CLIENT_LEFT, EXCEPTION_HANDLERS, file_headers


class Asked(Struct):
    """As much of a request as the handlers look at."""

    scope: dict[str, Any] = {}
    method: str = "POST"
    app: Any = None

    @property
    def url(self) -> Any:
        return type("Url", (), {"path": "/api/v1/tickets"})


def answered(error: Exception, actor: Actor | None = None) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, document and headers of what a handler of its kind, or of its nearest base, answers."""
    handler = next(EXCEPTION_HANDLERS[one] for one in type(error).__mro__ if one in EXCEPTION_HANDLERS)
    app = type("App", (), {"state": type("State", (), {"mask": staticmethod(lambda _, kinds: {"hidden": len(kinds)})})})
    scope = {"ombud_actor": actor} if actor else {}
    answer = handler(cast("Any", Asked(scope, app=app)), error)
    document = json.loads(answer.content)
    assert document["status"] == answer.status_code
    assert document["title"] == document["code"].replace("_", " ")
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, document, dict(answer.headers)


class Sealed(Conflict):
    """It is sealed. Open it first."""

    code = "sealed"

    def extra(self) -> dict[str, object]:
        """What quotes somebody."""
        return {"quoted": "13800138000"}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound(), 404, "not_found"),
        (NotAllowed("No."), 403, "not_allowed"),
        (NotSignedIn(), 401, "not_signed_in"),
        (Invalid("Bad.", fields={"text": "required"}), 400, "invalid"),
        (Unprocessable("No."), 422, "unprocessable"),
        (TooLarge("Too large."), 413, "too_large"),
        (Sealed(), 409, "sealed"),
        (NotFoundException(), 404, "not_found"),
        (MethodNotAllowedException(), 405, "method_not_allowed"),
        (ValidationException("Bad.", extra=[{"key": "text", "message": "Expected `str`"}]), 400, "invalid"),
        (ValidationException("Bad.", extra={"not": "a list"}), 400, "invalid"),
        (HTTPException(status_code=418, detail="I am a teapot"), 418, "http_error"),
        (HTTPException(status_code=500, detail=CLIENT_LEFT), 400, "invalid"),
        (DataError("cannot contain NUL"), 400, "invalid"),
        (CheckViolation("ticket_check"), 400, "invalid"),
        (ForeignKeyViolation("team"), 400, "unknown_reference"),
        (UniqueViolation("team_name_key"), 409, "already_exists"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "secret"), 400, "invalid"),
        (RecursionError("maximum recursion depth exceeded while deserializing an object"), 400, "invalid"),
        (RecursionError("maximum recursion depth exceeded"), 500, "internal_error"),
        (OperationalError("password of host db.internal"), 503, "database_unavailable"),
        (PoolTimeout("30 s"), 503, "database_unavailable"),
        (QueryCanceled("select secret from ticket"), 503, "database_unavailable"),
        (KeyError("secret"), 500, "internal_error"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else str(one),
)
def test_error_of_any_kind_is_a_problem_document(error: Exception, status: int, code: str) -> None:
    got, document, _ = answered(error)
    assert (got, document["code"]) == (status, code)
    assert document["detail"]
    assert not {"secret", "db.internal", "select", "Traceback"} & set(document["detail"].replace("'", " ").split())


def test_error_names_the_fields_that_are_wrong() -> None:
    assert answered(Invalid("Bad.", fields={"text": "required"}))[1]["fields"] == {"text": "required"}
    extra = [{"key": "text", "message": "Expected `str`"}, "nonsense"]
    assert answered(ValidationException("Bad.", extra=extra))[1]["fields"] == {"text": "Expected `str`"}
    assert "fields" not in answered(NotFoundException())[1]


def test_limit_says_when_to_come_back() -> None:
    status, _, headers = answered(LimitReached(retry_after_seconds=17))
    assert (status, headers["Retry-After"]) == (429, "17")
    assert answered(PoolTimeout("x"))[2]["Retry-After"] == "2"


def test_error_that_quotes_somebody_is_masked_for_whom_it_is_hidden() -> None:
    limited = Actor("person", 7, hidden_kinds=frozenset({"phone"}))
    assert answered(Sealed())[1]["quoted"] == "13800138000"
    document = answered(Sealed(), limited)[1]
    assert "quoted" not in document
    assert document["hidden"] == 1


def test_every_error_of_ours_has_a_status_and_tells_what_to_do() -> None:
    kinds = [OmbudError]
    for one in kinds:
        kinds += [each for each in one.__subclasses__() if each.__module__.startswith("ombud.")]
    for one in kinds:
        assert 400 <= one.status <= 599, one
        assert one.code == one.code.lower().replace(" ", "_"), one
        assert (one.__doc__ or "").strip().endswith((".", "?")), one


@pytest.mark.parametrize(
    ("name", "kind", "place"),
    [
        ("a.png", "image/png", "inline; filename*=UTF-8''a.png"),
        ("a.svg", "image/svg+xml", "attachment; filename*=UTF-8''a.svg"),
        ("报告 1.pdf", "application/pdf", "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A%201.pdf"),
        ('a";\r\nX: y.txt', "text/plain", "attachment; filename*=UTF-8''a%22%3B%0D%0AX%3A%20y.txt"),
        ("a.png", "image/png; charset=x", "attachment; filename*=UTF-8''a.png"),
    ],
)
def test_file_is_handed_out_so_that_it_cannot_act(name: str, kind: str, place: str) -> None:
    headers = file_headers(name, kind)
    assert headers["Content-Disposition"] == place
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert http.SHOWN.isdisjoint({"image/svg+xml", "text/html", "application/pdf"})
