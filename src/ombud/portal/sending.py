"""Finished pages on their way out: not sent again to whom has them, packed where that is understood."""

from litestar.types import Scope, Send

from ombud.portal.kept import Header, Page
from ombud.portal.pages import HTML, policy_of
from ombud.portal.schemas import Look

SAFE = frozenset({"GET", "HEAD"})
# Fresh for everybody at once, and a page that did not change costs a header.
PUBLIC = b"public, max-age=0, must-revalidate"
PRIVATE = b"private, no-store"


def page_headers(look: Look, spoken: str, *, is_public: bool, has_script: bool = False) -> list[Header]:
    """What goes with a page; anybody's own page is kept nowhere."""
    return [
        (b"content-type", HTML.encode()),
        (b"content-language", spoken.encode()),
        (b"content-security-policy", policy_of(look, has_script=has_script).encode()),
        (b"cache-control", PUBLIC if is_public else PRIVATE),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]


def header_of(scope: Scope, name: bytes) -> bytes:
    """One header of a request; empty where it is missing."""
    headers: list[Header] = scope["headers"]  # type: ignore[assignment]  # as the server gives them
    return next((value for key, value in headers if key == name), b"")


async def send_page(scope: Scope, send: Send, page: Page) -> None:
    """Send a page that anybody may have, or say that it did not change."""
    is_packed = b"gzip" in header_of(scope, b"accept-encoding")
    etag = page.packed_etag if is_packed else page.etag
    headers = [*page.headers, (b"etag", etag), (b"vary", b"Accept-Encoding, Cookie")]
    if page.status == 200 and _has(header_of(scope, b"if-none-match"), page):  # noqa: PLR2004 – all is well
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    body = page.packed if is_packed else page.body
    if is_packed:
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": page.status, "headers": headers})
    body = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _has(known: bytes, page: Page) -> bool:
    # Either form of the page is this page: who has the one need not fetch the other.
    return bool(known) and (page.etag in known or page.packed_etag in known or known == b"*")


async def send_private(scope: Scope, send: Send, body: bytes, headers: list[Header], status: int = 200) -> None:
    """Send a page that is one reader's own."""
    headers = [*headers, (b"content-length", str(len(body)).encode()), (b"vary", b"Cookie")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": body, "more_body": False})
