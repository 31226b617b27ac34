"""Every route says who may use it, and every answer carries the headers that keep browsers safe."""

import json
from typing import Any

import pytest
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler

from ombud.accounts.permissions import ALL
from ombud.config.pages import PAGE_POLICY
from tests.site import Site, note_of, reply_of

# Public by design; each limits itself. A new public route must be written down here.
PUBLIC = {
    "DELETE": {"/widget/v1/callback"},
    "GET": {
        "/",
        "/assets/{path:path}",
        "/confirm/{token:str}",
        "/demo/shop",
        "/demo/shop/tickets",
        "/forms/{public_key:str}",
        "/health",
        "/widget.js",
        "/widget/v1/files/{token:str}/{name:str}",
        "/widget/v1/messages",
        "/widget/v1/stream",
        "/widget/v1/{public_key:str}/config",
        "/widget/{name:str}",
        "/{path:path}",
    },
    "POST": {
        "/api/v1/one-time-links/inspection",
        "/api/v1/one-time-links/redemption",
        "/api/v1/password-resets",
        "/api/v1/session",
        "/api/v1/session/second-factor",
        "/confirm/{token:str}",
        "/forms/{public_key:str}",
        "/widget/v1/files",
        "/widget/v1/messages",
        "/widget/v1/read",
        "/widget/v1/typing",
        "/widget/v1/{public_key:str}/prepared/{answer_id:int}",
        "/widget/v1/{public_key:str}/visitors",
    },
    "PUT": {"/widget/v1/callback", "/widget/v1/contact", "/widget/v1/messages/{entry_id:int}/helped"},
}


def _under(prefix: str, *rests: str) -> set[str]:
    return {f"{start}{rest}" for rest in rests for start in (prefix, f"{prefix}/s/{{site:str}}")}


# The help centre and the portal: pages of customers, who are no people of the desk.
_ARTICLE, _TICKET = "/{locale:str}/articles/{slug:str}", "/tickets/{ticket_id:int}"
_READ = _under("/help", "", "/{locale:str}", "/{locale:str}/categories/{shelf_id:int}", _ARTICLE, "/sitemap.xml") | {
    "/robots.txt"
}
PUBLIC["HEAD"] = _READ
PUBLIC["GET"] |= _READ
PUBLIC["GET"] |= _under("/help", *(f"/{{locale:str}}/{one}" for one in ("search", "suggest", "contact")))
PUBLIC["GET"] |= _under("/help", "/files/{token:str}", "/logo/{name:str}")
PUBLIC["GET"] |= _under("/portal", "", "/sign-in", "/enter/{token:str}", "/account", _TICKET)
PUBLIC["GET"] |= _under("/portal", "/files/{token:str}/{name:str}")
PUBLIC["POST"] |= _under("/help", f"{_ARTICLE}/feedback", "/{locale:str}/contact", "/{locale:str}/answers/helped")
PUBLIC["POST"] |= _under(
    "/portal", "/sign-in", "/enter/{token:str}", "/token", "/account", "/account/export", "/sign-out"
)
PUBLIC["POST"] |= _under("/portal", *(f"{_TICKET}/{one}" for one in ("messages", "solved", "appraisal")))


def handlers(site: Site) -> list[tuple[str, str, Any]]:
    """Method, path and handler of every route of ours."""
    found: list[tuple[str, str, Any]] = []
    for route in site.app.routes:
        for one in getattr(route, "route_handlers", None) or [route.route_handler]:  # type: ignore[union-attr]
            if isinstance(one, HTTPRouteHandler) and not one.fn.__module__.startswith("litestar"):
                found += [(str(method), route.path, one) for method in one.http_methods]
            elif isinstance(one, ASGIRouteHandler):
                found.append(("GET", route.path, one))
    return [one for one in found if one[0] != "OPTIONS" and not _is_document(one[1])]


def _is_document(path: str) -> bool:
    return path == "/api" or (path.startswith("/api/") and not path.startswith("/api/v1"))


async def test_every_route_has_a_guard_that_says_who_may(site: Site) -> None:
    found = handlers(site)
    assert len(found) > 80
    for method, path, handler in found:
        guards = handler.resolve_guards()
        names = {guard.__name__ for guard in guards}
        permissions = {guard.permission for guard in guards if hasattr(guard, "permission")}
        assert names & {"guard", "signed_in", "anybody", "from_here_or_with_key"}, (method, path)
        assert permissions <= ALL, (method, path)
        assert ("anybody" in names) == (path in PUBLIC.get(method, set())), (method, path)


async def test_every_unsafe_public_route_of_people_checks_the_page(site: Site) -> None:
    for method, path, handler in handlers(site):
        names = {guard.__name__ for guard in handler.resolve_guards()}
        if method != "GET" and "anybody" in names and path.startswith("/api/v1"):
            assert "own_page" in names, (method, path)


async def test_every_guarded_route_turns_a_stranger_away(site: Site) -> None:
    stranger = site.stranger()
    for method, path, handler in handlers(site):
        if "anybody" in {guard.__name__ for guard in handler.resolve_guards()}:
            continue
        address = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
        answer = await stranger.client.request(method, address)
        assert answer.status_code == 401, (method, path, answer.status_code)
        assert answer.json()["code"] == "not_signed_in"
        assert answer.headers["content-type"] == "application/problem+json"


async def test_every_route_without_its_permission_is_not_allowed(site: Site) -> None:
    ada = await site.desk.person("Ada", role="administrator")
    program = await site.program(ada, "events.read")
    for method, path, handler in handlers(site):
        needed = {guard.permission for guard in handler.resolve_guards() if hasattr(guard, "permission")}
        if not needed:
            continue
        address = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
        answer = await program.client.request(method, address)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), (method, path)
        assert next(iter(needed)) in answer.json()["detail"]


async def test_document_names_each_permission(site: Site) -> None:
    document = (await site.stranger().client.get("/api/openapi.json")).json()
    for method, path, handler in handlers(site):
        needed = [guard.permission for guard in handler.resolve_guards() if hasattr(guard, "permission")]
        if isinstance(handler, ASGIRouteHandler) or not needed:
            continue
        plain = "/".join(
            "{" + part[1:-1].partition(":")[0] + "}" if part.startswith("{") else part for part in path.split("/")
        )
        operation = document["paths"][plain][method.lower()]
        assert f"`{needed[0]}`" in operation["description"], (method, path)


async def test_pages_carry_a_strict_policy(site: Site) -> None:
    stranger = site.stranger()
    for path in ("/", "/inbox/17", "/settings/people"):
        answer = await stranger.client.get(path)
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["content-security-policy"] == PAGE_POLICY
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-cache"
        assert (await stranger.client.get(path, headers={"If-None-Match": answer.headers["etag"]})).status_code == 304
    script = PAGE_POLICY.split("style-src")[0]
    assert "unsafe" not in script
    assert "*" not in PAGE_POLICY


async def test_api_answers_are_never_kept_nor_guessed(site: Site) -> None:
    agent = await site.browser(await site.desk.person("Lu"))
    for answer in (await agent.get("/session"), await agent.get("/tickets"), await agent.get("/nothing")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


async def test_cookie_is_for_http_alone_and_this_site(site: Site) -> None:
    lu = await site.desk.person("Lu")
    email = await site.desk.sql("select email from person where id = %(id)s", id=lu.id)
    link = await site.stranger().post("/session", {"email": email, "password": "wrong"})
    assert "set-cookie" not in link.headers
    agent = await site.browser(lu)
    answer = await agent.delete("/session")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=0" in cookie
    site.desk.later(seconds=3)
    assert (await agent.get("/session")).status_code == 401


@pytest.mark.parametrize("kind", ["email", "chat"])
async def test_secrets_never_come_back(site: Site, kind: str) -> None:
    ada = await site.browser(await site.desk.person("Ada", role="administrator", everywhere=True))
    secrets = {"email": {"imap_password": "tower-of-babel"}, "chat": {"identity_secret": "tower-of-babel" * 3}}[kind]
    made = await ada.post("/channels", {"kind": kind, "name": "c", "brand_id": 1, "team_id": 1, "secrets": secrets})
    assert made.status_code == 201, made.text
    assert made.json()["secrets_set"] == list(secrets)
    number = made.json()["id"]
    seen = [made.text, (await ada.get(f"/channels/{number}")).text, (await ada.get("/channels")).text]
    seen.append((await ada.patch(f"/channels/{number}", {"name": "d"})).text)
    seen.append(json.dumps([one.data for one in await site.desk.events()]))
    assert "tower-of-babel" not in "".join(seen)
    assert (
        await site.desk.sql("select position('tower'::bytea in secrets) from channel where id = %(id)s", id=number) == 0
    )


async def test_people_are_shown_without_what_proves_them(site: Site) -> None:
    ada = await site.browser(await site.desk.person("Ada", role="administrator"))
    enrolment = (await ada.post("/me/second-factor")).json()
    for path in ("/session", "/people", "/people/brief", "/me/sessions", "/api-keys"):
        text = (await ada.get(path)).text
        for word in ("password_hash", "totp", "token", "key_hash", enrolment["secret"]):
            assert word not in text, (path, word)


async def test_typing_and_timeline_tell_no_more_than_names(site: Site) -> None:
    agent = await site.browser(await site.desk.person("Lu"))
    ticket = await site.ticket(kind="email")
    await agent.post(f"/tickets/{ticket}/replies", reply_of())
    await agent.post(f"/tickets/{ticket}/notes", note_of())
    entries = (await agent.get(f"/tickets/{ticket}/timeline")).json()["items"]
    assert all(set(one["author"]) == {"kind", "id", "name"} for one in entries)
    assert (await agent.post(f"/tickets/{ticket}/typing")).status_code == 204
