"""What holds for every endpoint of this room."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.routes import HTTPRoute

from ombud.accounts.api import routers
from ombud.accounts.permissions import ALL
from ombud.shared.http import DEPENDENCIES, anybody, signed_in
from tests.accounts.desk import Browser

APP = Litestar(routers, dependencies=DEPENDENCIES, openapi_config=OpenAPIConfig(title="Ombud", version="0"))
PUBLIC = {
    "sign_in",
    "prove_second_factor",
    "inspect_one_time_link",
    "redeem_one_time_link",
    "request_password_reset",
}


def endpoints() -> list[tuple[str, str, HTTPRouteHandler]]:
    """Method, path and handler of each."""
    found: list[tuple[str, str, HTTPRouteHandler]] = []
    for route in APP.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                methods = handler.http_methods - {"OPTIONS", "HEAD"}
                found += [(str(method), route.path, handler) for method in methods if route.path.startswith("/api/v1")]
    # Workers of one run must agree on the order.
    return sorted(found, key=lambda one: one[:2])


def operation(handler: HTTPRouteHandler) -> str:
    return str(handler.operation_id)


ENDPOINTS = endpoints()
IDS = [f"{method} {path}" for method, path, _ in ENDPOINTS]


def test_endpoints_are_all_there() -> None:
    assert len(ENDPOINTS) == 30
    assert len({operation(handler) for _, _, handler in ENDPOINTS}) == 30


@pytest.mark.parametrize(("method", "path", "handler"), ENDPOINTS, ids=IDS)
def test_endpoint_names_its_permission(method: str, path: str, handler: HTTPRouteHandler) -> None:
    assert method
    assert path
    guards = handler.guards or ()
    named = {getattr(guard, "permission", None) for guard in guards} - {None}
    assert named <= ALL
    assert (anybody in guards) == (operation(handler) in PUBLIC)
    assert named or signed_in in guards or anybody in guards


@pytest.mark.parametrize(("method", "path", "handler"), ENDPOINTS, ids=IDS)
def test_endpoint_is_described(method: str, path: str, handler: HTTPRouteHandler) -> None:
    described: Any = APP.openapi_schema.to_schema()["paths"][path.replace(":int", "")][method.lower()]
    assert described["operationId"] == operation(handler)
    assert described["summary"]
    assert described["tags"]


@pytest.mark.parametrize(("method", "path", "handler"), ENDPOINTS, ids=IDS)
async def test_endpoint_refuses_strangers(stranger: Browser, method: str, path: str, handler: HTTPRouteHandler) -> None:
    where = path.removeprefix("/api/v1").replace("{person_id:int}", "1")
    for name in ("team_id", "brand_id", "key_id", "session_id"):
        where = where.replace(f"{{{name}:int}}", "1")
    status = (await stranger.send(method, where, {"unknown": 1})).status_code
    assert status == (400 if operation(handler) in PUBLIC else 401)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"null", b'{"email": "\\ud800", "password": "x"}'])
async def test_endpoint_refuses_broken_json(stranger: Browser, body: bytes) -> None:
    answer = await stranger.client.post("/api/v1/session", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_endpoint_refuses_deep_json(stranger: Browser) -> None:
    body = b'{"email": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    answer = await stranger.client.post("/api/v1/session", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


async def test_preferences_refuse_deep_json(agent: Browser) -> None:
    body = b'{"preferences": {"x": ' + b"[" * 900 + b"]" * 900 + b"}}"
    answer = await agent.client.patch("/api/v1/me", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 400}


@pytest.mark.parametrize("path", ["/people/99999999999999999999", "/teams/99999999999999999999"])
async def test_endpoint_refuses_numbers_beyond_the_database(admin: Browser, path: str) -> None:
    assert (await admin.patch(path, {"name": "X"})).status_code in {400, 404}
