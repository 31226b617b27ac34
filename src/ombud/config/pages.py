"""The built front end: read once, compressed when asked for, sent with the headers that keep its scripts our own."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from ombud.portal.kept import is_own_host
from ombud.shared.errors import NotFound
from ombud.shared.http import anybody

DIST = Path(__file__).resolve().parents[1] / "web_dist"
# Styles are made by the component library at run time; pictures of mails may be remote once an agent asks for them.
PAGE_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https: http:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self'; frame-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}
COMPRESSED = frozenset({"text/html", "text/javascript", "text/css", "image/svg+xml", "application/json"})
NOT_BUILT = b"""<!doctype html><title>Ombud</title><p>The pages are not built yet. Start Ombud with ./ombud up."""


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    type: str

    @cached_property
    def packed(self) -> bytes | None:
        """Compressed; None for what compresses badly."""
        return gzip.compress(self.body, 9, mtime=0) if self.type in COMPRESSED else None

    @cached_property
    def tag(self) -> str:
        """A digest, by which browsers know that they have it."""
        return hashlib.sha256(self.body).hexdigest()[:20]


class Pages:
    """All files of the workspace, in memory."""

    def __init__(self, folder: Path = DIST / "agent") -> None:
        self.assets = {
            path.relative_to(folder).as_posix(): _asset(path) for path in folder.rglob("*") if path.is_file()
        }
        self.index = self.assets.get("index.html") or Asset(NOT_BUILT, "text/html")


def _asset(path: Path) -> Asset:
    return Asset(path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")


def _send(asset: Asset, request: Request[Any, Any, Any], cache: str) -> Response[bytes]:
    headers = {**PAGE_HEADERS, "ETag": f'"{asset.tag}"', "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers, media_type=asset.type)
    if "gzip" in request.headers.get("accept-encoding", "") and (packed := asset.packed) is not None:
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=asset.type)
    return Response(asset.body, headers=headers, media_type=asset.type)


@get("/assets/{path:path}", guards=[anybody], include_in_schema=False)
async def get_asset(request: Request[Any, Any, Any], state: State, path: FromPath[str]) -> Response[bytes]:
    """A built file; its name holds a digest, so it never changes."""
    asset = state.pages.assets.get("assets" + path)
    if asset is None:
        raise NotFound
    return _send(asset, request, "public, max-age=31536000, immutable")


@get(["/", "/{path:path}"], guards=[anybody], include_in_schema=False)
async def get_page(request: Request[Any, Any, Any], state: State, path: FromPath[str] = "") -> Response[bytes]:
    """The workspace. Every address that is no endpoint is one of its pages."""
    if path.startswith("/api/"):
        raise NotFound("There is no such endpoint.")
    if path in {"", "/"} and await is_own_host(state.portal, request):
        # A brand's own host is the customers'.
        return Response(b"", status_code=302, headers={"Location": "/help", "Cache-Control": "no-store"})
    asset = state.pages.assets.get(path.lstrip("/"))
    return _send(asset or state.pages.index, request, "no-cache")


routers = [get_asset, get_page]
