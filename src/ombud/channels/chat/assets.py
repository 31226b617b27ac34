"""The widget's scripts: read and compressed once."""

import gzip
import hashlib
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from ombud.shared.errors import NotFound
from ombud.shared.http import anybody

FOLDER = Path(__file__).resolve().parents[2] / "web_dist" / "widget"
# The address of the first part never changes, so browsers ask for it again after a while and mostly hear 304.
FRESH = "public, max-age=600, stale-while-revalidate=86400"
FOREVER = "public, max-age=31536000, immutable"


class Script(Struct, frozen=True):
    """One script as it is sent."""

    body: bytes
    packed: bytes
    version: str


class Scripts:
    """The built scripts, loaded when first asked for and again when the build has changed them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, Script]] = {}

    def get(self, name: str) -> Script:
        """A script by its file name.

        Raises:
            NotFound: there is none; the front end is perhaps not built.
        """
        path = self._folder / name
        if path.suffix != ".js" or path.parent != self._folder or not path.is_file():
            raise NotFound("There is no such script. Build the front end: ./ombud up does.")
        changed = path.stat().st_mtime_ns
        known = self._known.get(name)
        if known is None or known[0] != changed:
            body = path.read_bytes()
            script = Script(body, gzip.compress(body, 9, mtime=0), hashlib.sha256(body).hexdigest()[:16])
            self._known[name] = known = (changed, script)
        return known[1]


SCRIPTS = Scripts()


def _send(script: Script, request: Request[Any, Any, Any], cache: str) -> Response[bytes]:
    headers = {
        "ETag": f'"{script.version}"',
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type="text/javascript")
    if "gzip" in request.headers.get("accept-encoding", ""):
        packed = headers | {"Content-Encoding": "gzip"}
        return Response(script.packed, headers=packed, media_type="text/javascript; charset=utf-8")
    return Response(script.body, headers=headers, media_type="text/javascript; charset=utf-8")


@get("/widget.js", guards=[anybody], include_in_schema=False, sync_to_thread=False)
def get_widget(request: Request[Any, Any, Any], v: FromQuery[str] = "") -> Response[bytes]:
    """The first part, for ``<script src>``; with ``?v=`` and its version in the address it may be kept for ever."""
    script = SCRIPTS.get("widget.js")
    return _send(script, request, FOREVER if v and v == script.version else FRESH)


@get("/widget/{name:str}", guards=[anybody], include_in_schema=False, sync_to_thread=False)
def get_part(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A further part; its name holds a digest, so it never changes."""
    return _send(SCRIPTS.get(name), request, FOREVER)
