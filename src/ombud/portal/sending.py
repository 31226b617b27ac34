"""Finished pages on their way out: not sent again to whom has them, packed where that is understood."""

from litestar.datastructures import MutableScopeHeaders
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from ombud.portal.kept import Header, Page
from ombud.portal.pages import HTML, policy_of
from ombud.portal.schemas import Look

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


class Finished(ASGIResponse):
    """An answer whose headers and body are as they leave: nothing is made of them any more."""

    def __init__(self, status: int, headers: list[Header], body: bytes) -> None:
        super().__init__(status_code=status)
        self.headers = MutableScopeHeaders({"headers": headers})
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 – as its base has it
        """Send it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.headers.headers})
        body = b"" if scope["method"] == "HEAD" else self.body  # type: ignore[typeddict-item]  # no websocket
        await send({"type": "http.response.body", "body": body, "more_body": False})


def finished(scope: Scope, page: Page) -> Finished:
    """A page that anybody may have, or word that it did not change."""
    is_packed = b"gzip" in header_of(scope, b"accept-encoding")
    headers = [
        *page.headers,
        (b"etag", page.packed_etag if is_packed else page.etag),
        (b"vary", b"Accept-Encoding, Cookie"),
    ]
    if page.status == 200 and _has(header_of(scope, b"if-none-match"), page):  # noqa: PLR2004 – all is well
        return Finished(304, headers, b"")
    body = page.packed if is_packed else page.body
    if is_packed:
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    return Finished(page.status, headers, body)


def _has(known: bytes, page: Page) -> bool:
    # Either form of the page is this page: who has the one need not fetch the other.
    return bool(known) and (page.etag in known or page.packed_etag in known or known == b"*")


def private(page: Page) -> Finished:
    """A page that is one reader's own."""
    headers = [*page.headers, (b"content-length", str(len(page.body)).encode()), (b"vary", b"Cookie")]
    return Finished(page.status, headers, page.body)
