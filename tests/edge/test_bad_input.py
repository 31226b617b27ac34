"""Bad input over HTTP: always a clear problem document, never a 5xx, and nothing else is disturbed."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of

PROBLEM = "application/problem+json"


@pytest.fixture
async def agent(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator", everywhere=True))


@pytest.fixture
async def ticket(site: Site, agent: Browser) -> AsyncIterator[int]:
    """A ticket, which must look the same after every bad request."""
    made = await site.ticket(kind="email")
    before = (await agent.get(f"/tickets/{made}")).json()
    yield made
    assert (await agent.get(f"/tickets/{made}")).json() == before


def assert_clear(answer: Any, *statuses: int) -> None:
    """A problem document with one of the statuses, which tells nothing of our inside."""
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["code"] == document["code"].lower()
    assert document["detail"]
    for word in ("Traceback", "psycopg", "select ", "/site-packages/"):
        assert word not in answer.text


async def send_raw(agent: Browser, path: str, body: bytes, kind: str = "application/json", **headers: str) -> Any:
    return await agent.client.post(f"/api/v1{path}", content=body, headers={"Content-Type": kind, **headers})


RAW = {
    "no JSON": b"{not json",
    "nothing": b"",
    "half a document": b'{"text": "x"',
    "invalid UTF-8": b'{"text": "\xff\xfe", "client_key": "12345678"}',
    "a lone surrogate": b'{"text": "\\ud800", "client_key": "12345678"}',
    "a NUL": b'{"text": "x", "client_key": "1234\\u00005678"}',
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "wrong types": b'{"text": 7, "client_key": ["x"]}',
    "unknown fields": b'{"text": "x", "client_key": "12345678", "is_admin": true}',
    "missing fields": b"{}",
    "a huge number": b'{"text": "x", "client_key": "12345678", "mentions": [1e400]}',
    "a number beyond bigint": b'{"text": "x", "client_key": "12345678", "attachment_ids": [99999999999999999999]}',
    "NaN": b'{"text": "x", "client_key": "12345678", "mentions": [NaN]}',
    "deep lists": b'{"text": "x", "client_key": "12345678", "mentions": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a gzip bomb": gzip.compress(b"0" * 20_000_000),
    "UTF-16": '{"text": "x", "client_key": "12345678"}'.encode("utf-16"),
}


@pytest.mark.parametrize("what", RAW)
async def test_note_of_bad_body_is_a_clear_400(agent: Browser, ticket: int, what: str) -> None:
    headers = {"Content-Encoding": "gzip"} if "gzip" in what else {}
    assert_clear(await send_raw(agent, f"/tickets/{ticket}/notes", RAW[what], **headers), 400)


async def test_draft_of_deep_or_odd_details_is_a_clear_400(agent: Browser, ticket: int) -> None:
    for details in (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b'{"a": "\\u0000"}', b'{"a": "\\udc80"}', b"[1]"):
        body = b'{"text": "x", "details": ' + details + b"}"
        answer = await agent.client.put(f"/api/v1/tickets/{ticket}/drafts/note", content=body)
        assert_clear(answer, 400)


async def test_body_beyond_the_limit_is_413(agent: Browser, ticket: int) -> None:
    body = json.dumps(note_of("x" * 3_000_000)).encode()
    assert_clear(await send_raw(agent, f"/tickets/{ticket}/notes", body), 413)


async def test_upload_beyond_the_limit_is_413(agent: Browser) -> None:
    files = {"file": ("big.bin", b"\0" * (26 * 1024 * 1024), "application/octet-stream")}
    assert_clear(await agent.client.post("/api/v1/files", files=files), 413)


@pytest.mark.parametrize(
    ("files", "data"),
    [({}, {"file": "not a file"}), ({"other": ("a.txt", b"x")}, {}), ({"file": ("a.txt", b"")}, {}), ({}, {"x": "y"})],
)
async def test_upload_without_a_file_is_a_clear_400(agent: Browser, files: Any, data: Any) -> None:
    assert_clear(await agent.client.post("/api/v1/files", files=files or None, data=data or None), 400)


async def test_upload_of_broken_multipart_is_a_clear_400(agent: Browser) -> None:
    for body, kind in (
        (b"--x\r\nnothing", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"{}", "application/json"),
        (
            b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--x--",
            "multipart/form-data; boundary=" + "x" * 500,
        ),
    ):
        assert_clear(await send_raw(agent, "/files", body, kind), 400)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "a\r\nSet-Cookie: x=1.txt",
        '"><script>.txt',
        "x" * 400,
        "报告\u202e.exe",
    ],
)
async def test_upload_under_a_hostile_name_is_kept_under_a_safe_one(agent: Browser, name: str) -> None:
    made = await agent.client.post("/api/v1/files", files={"file": (name, b"hello")})
    assert made.status_code == 201, made.text
    kept = made.json()["name"]
    assert not any(sign in kept for sign in '/\\"<>\r\n\u202e')
    assert len(kept) <= 150
    fetched = await agent.client.get(made.json()["url"])
    assert fetched.content == b"hello"
    assert "set-cookie" not in fetched.headers


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.svg", "image/svg+xml"), ("a.html", "text/html"), ("a.xhtml", "application/xhtml+xml"), ("a.pdf", "image/png")],
)
async def test_upload_that_could_run_is_handed_out_as_a_dead_attachment(agent: Browser, name: str, kind: str) -> None:
    made = await agent.client.post("/api/v1/files", files={"file": (name, b"<script>alert(1)</script>", kind)})
    fetched = await agent.client.get(made.json()["url"])
    assert fetched.headers["content-type"] == "application/octet-stream"
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert fetched.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert fetched.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/files/..%2f..%2fkey/x",
        "/api/v1/files/%2e%2e%2f%2e%2e%2fkey/x",
        "/api/v1/files/..%5c..%5ckey/x",
        "/api/v1/files/%00/x",
    ],
)
async def test_file_by_a_path_out_of_the_store_is_not_found(agent: Browser, path: str) -> None:
    assert_clear(await agent.client.get(path), 404, 400)


@pytest.mark.parametrize("path", ["/assets/../../key", "/assets/%2e%2e/%2e%2e/pyproject.toml", "/widget/..%2f..%2fkey"])
async def test_asset_by_a_path_out_of_the_folder_gives_nothing_of_ours(site: Site, path: str) -> None:
    answer = await site.stranger().client.get(path)
    assert answer.status_code in {200, 404}
    assert "project" not in answer.text
    assert len(answer.content) < 2_000 or b"<!doctype html" in answer.content.lower()


@pytest.mark.parametrize(
    "path",
    [
        "/tickets?limit=0",
        "/tickets?limit=-1",
        "/tickets?limit=101",
        "/tickets?limit=99999999999999999999",
        "/tickets?limit=ten",
        "/tickets?view=everything",
        "/tickets?view=open'--",
        "/tickets?team_id=x",
        "/tickets?cursor=nonsense",
        "/tickets?cursor=W10",
        "/tickets?cursor=%00",
        "/tickets?cursor=%F0%9F%98%80",
        "/tickets?cursor=" + "A" * 5_000,
        "/tickets?view=mentions&cursor=Ijci",
        "/tickets?view=snoozed&cursor=MQ",
        "/tickets/{ticket}/timeline?limit=1000",
        "/tickets/{ticket}/timeline?before=99999999999999999999",
        "/tickets/{ticket}/timeline?after=x",
        "/customers?limit=-5",
        "/customers?cursor=W10",
        "/notifications?limit=0",
        "/notifications?cursor=e30",
        "/search",
    ],
)
async def test_list_with_bad_query_is_a_clear_400(agent: Browser, ticket: int, path: str) -> None:
    assert_clear(await agent.get(path.format(ticket=ticket)), 400)


@pytest.mark.usefixtures("ticket")
@pytest.mark.parametrize(
    "text", ["", "%00", "'; drop table ticket; --", "\\", "'&|!:*", "%ED%A0%80", "x" * 5_000, "%F0%9F%98%80", "((("]
)
async def test_search_for_odd_text_finds_nothing_and_breaks_nothing(agent: Browser, text: str) -> None:
    for path in (f"/search?q={text}", f"/customers?q={text}", f"/tags?prefix={text}", f"/canned-replies?q={text}"):
        answer = await agent.get(path)
        assert answer.status_code in {200, 400}, (path[:60], answer.text)
        if path.startswith("/search") and answer.status_code == 200:
            assert answer.json()["items"] == []


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "1.5", "abc", "%00", "1%27"])
async def test_ticket_by_a_number_that_is_none_is_not_found(agent: Browser, ticket: int, number: str) -> None:
    for path in (f"/tickets/{number}", f"/customers/{number}", f"/tickets/{number}/timeline"):
        assert_clear(await agent.get(path), 404, 400)
    assert_clear(await agent.post(f"/tickets/{ticket}/replies/{number}/retry"), 404, 400, 405)


async def test_reply_to_ten_thousand_recipients_is_refused(agent: Browser, ticket: int) -> None:
    crowd = [{"address": f"a{number}@example.com"} for number in range(10_000)]
    assert_clear(await agent.post(f"/tickets/{ticket}/replies", reply_of(to=crowd)), 400)
    assert_clear(await agent.post(f"/tickets/{ticket}/replies", reply_of(cc=crowd)), 400)


@pytest.mark.parametrize(
    "change",
    [
        {"attachment_ids": list(range(31))},
        {"attachment_ids": [2**70]},
        {"client_key": "x"},
        {"client_key": "x" * 81},
        {"html": 7},
        {"status_id": "x"},
        {"to": "a@b.c"},
    ],
)
async def test_reply_with_bad_field_is_a_clear_400(agent: Browser, ticket: int, change: dict[str, Any]) -> None:
    assert_clear(await agent.post(f"/tickets/{ticket}/replies", reply_of(**change)), 400)


async def test_open_ticket_with_bad_field_is_a_clear_4xx(agent: Browser) -> None:
    good = {"subject": "s", "text": "t", "team_id": 1, "customer": {"name": "n"}}
    for change in (
        {"team_id": 2**70},
        {"team_id": -1},
        {"channel_id": 10**9},
        {"customer_id": 2**70},
        {"customer": None},
        {"customer": {"name": " "}},
        {"customer": {"name": "\0"}},
        {"priority": 0},
        {"priority": 5},
        {"tags": ["x" * 61]},
        {"tags": ["t"] * 51},
        {"subject": "\0"},
        {"subject": "x" * 301},
        {"write_as": "shout"},
    ):
        answer = await agent.post("/tickets", good | {"client_key": client_key()} | change)
        assert_clear(answer, 400, 404, 422)


async def test_request_without_session_or_with_a_wrong_one_is_401(site: Site, ticket: int) -> None:
    stranger = site.stranger()
    assert_clear(await stranger.get(f"/tickets/{ticket}"), 401)
    for token in ("x", "", "omb_" + "A" * 43, "ü", "x" * 8_000):
        assert_clear(await stranger.send("GET", "/tickets", Authorization=f"Bearer {token}".encode()), 401)
        assert_clear(await stranger.send("GET", "/tickets", Cookie=f"ombud_session={token}".encode()), 401)
    assert_clear(await stranger.send("GET", "/tickets", Authorization="Basic eDp5"), 401)


async def test_unsafe_request_without_csrf_or_from_elsewhere_is_403(site: Site, agent: Browser, ticket: int) -> None:
    path, body = f"/tickets/{ticket}/notes", note_of()
    bare = site.stranger()
    bare.token = agent.token
    assert_clear(await bare.post(path, body), 403)
    assert_clear(await bare.send("POST", path, body, **{"X-CSRF-Token": "ü".encode()}), 403)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert_clear(await agent.send("POST", path, body, **headers), 403)


async def test_wrong_method_and_unknown_path_are_problem_documents(agent: Browser) -> None:
    assert_clear(await agent.send("PUT", "/tickets"), 405)
    assert_clear(await agent.send("TRACE", "/tickets"), 405)
    assert_clear(await agent.get("/nothing"), 404)
    assert_clear(await agent.client.get("/api/v2/tickets"), 404)
    assert_clear(await agent.post("/nothing"), 404, 405)


async def test_huge_headers_and_queries_disturb_nobody(agent: Browser, ticket: int) -> None:
    answer = await agent.send("GET", f"/tickets/{ticket}?{'a=1&' * 3_000}", **{"X-Odd": "y" * 20_000})
    assert answer.status_code in {200, 400, 431}
    headers = {"Last-Event-ID": "9" * 500, "If-None-Match": "*", "Range": "bytes=0-1", "Accept": "image/webp"}
    assert (await agent.send("GET", f"/tickets/{ticket}", **headers)).status_code == 200
