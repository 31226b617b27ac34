"""The tree of parts of a mail, cut with a stack instead of recursion so that no nesting can exhaust it."""

import quopri
import re
from dataclasses import dataclass, field

from ombud.channels.email.headers import Headers, decode_base64, split_headers
from ombud.channels.email.schemas import MailLimits

_LINE_BYTES = 400
_LOST_BOUNDARY = re.compile(
    rb"^--([^\s-][^\r\n]{0,100}?|-[^\r\n]{1,100}?)[ \t]*\r?\nContent-", re.MULTILINE | re.IGNORECASE
)


@dataclass(slots=True)
class Part:
    """One MIME entity; ``children`` only for multiparts that really hold parts."""

    headers: Headers
    type: str
    parameters: dict[str, str]
    body: bytes = b""
    children: list["Part"] = field(default_factory=list)

    @property
    def charset(self) -> str:
        """The declared charset, possibly empty or wrong."""
        return self.parameters.get("charset", "")

    @property
    def name(self) -> str:
        """File name from the disposition or the type."""
        return self.headers.disposition()[1].get("filename") or self.parameters.get("name", "")

    def content(self) -> bytes:
        """The body with its transfer encoding undone."""
        return decode_transfer(self.body, self.headers.plain("content-transfer-encoding"))


@dataclass(slots=True)
class _Open:
    """A multipart whose end has not been seen."""

    part: Part
    boundary: bytes
    is_inside: bool = False


def parse_tree(data: bytes, limits: MailLimits) -> tuple[Part, str]:
    """The root part and a problem text, empty when all was within the limits."""
    return _TreeReader(data, limits).read()


class _TreeReader:
    def __init__(self, data: bytes, limits: MailLimits) -> None:
        self.data = data
        self.limits = limits
        self.stack: list[_Open] = []
        self.count = 0
        self.problem = ""

    def read(self) -> tuple[Part, str]:
        root, position = self._begin(0, "text/plain")
        if not self.stack:
            root.body = self.data[position:]
            _keep_boundaryless(root, self.data)
            return root, self.problem
        leaf: Part | None = None
        start = position
        while not self.problem and (found := self._next_boundary(position)):
            line_start, line_end, level, is_close = found
            self._finish(leaf, start, line_start)
            leaf, start = None, line_end
            position = line_end
            del self.stack[level + 1 :]
            if is_close:
                self.stack.pop()
                if not self.stack:
                    break
                continue
            leaf, start = self._begin_child(line_end)
            position = max(start - 1, line_end - 1)
        if self.stack and leaf is not None:
            self._finish(leaf, start, len(self.data))
        _keep_boundaryless(root, self.data)
        return root, self.problem

    def _begin_child(self, position: int) -> tuple[Part | None, int]:
        parent = self.stack[-1]
        parent.is_inside = True
        fallback = "message/rfc822" if parent.part.type == "multipart/digest" else "text/plain"
        depth = len(self.stack)
        part, start = self._begin(position, fallback)
        parent.part.children.append(part)
        return (part if len(self.stack) == depth else None), start

    def _begin(self, position: int, fallback: str) -> tuple[Part, int]:
        self.count += 1
        if self.count > self.limits.parts:
            self.problem = f"The mail has more than {self.limits.parts} parts; the rest was not read."
        headers, start = split_headers(self.data, position, len(self.data), self.limits.header_bytes)
        media_type, parameters = headers.content_type()
        part = Part(headers, media_type or fallback, parameters)
        boundary = parameters.get("boundary", "").rstrip()
        if not boundary or (self.count == 1 and b"--" + boundary.encode("utf-8", "replace") not in self.data[start:]):
            boundary = self._lost_boundary(part, start) or boundary
        if part.type.startswith("multipart/") and boundary:
            if len(self.stack) >= self.limits.depth:
                self.problem = f"The mail nests more than {self.limits.depth} levels deep; the rest was not read."
            else:
                self.stack.append(_Open(part, b"--" + boundary.encode("utf-8", "replace")))
        return part, start

    def _lost_boundary(self, part: Part, start: int) -> str:
        """The boundary of a multipart that does not name it, or names a wrong one, read off its first part."""
        if not part.type.startswith("multipart/"):
            return ""
        match = _LOST_BOUNDARY.search(self.data[start : start + 5_000])
        return match[1].decode("latin-1") if match else ""

    def _next_boundary(self, position: int) -> tuple[int, int, int, bool] | None:
        """The next line that opens or closes any open multipart: innermost match first."""
        names = b"|".join(re.escape(opened.boundary[2:]) for opened in self.stack)
        # The fixed start lets the search skip through megabytes of base64.
        for found in re.compile(rb"\n--(?:" + names + rb")").finditer(self.data, max(position - 1, 0)):
            start = found.start() + 1
            newline = self.data.find(b"\n", start)
            line_end = newline + 1 if newline >= 0 else len(self.data)
            if match := self._match(self.data[start : min(line_end, start + _LINE_BYTES)].rstrip()):
                return start, line_end, *match
        return None

    def _match(self, line: bytes) -> tuple[int, bool] | None:
        for level in range(len(self.stack) - 1, -1, -1):
            boundary = self.stack[level].boundary
            if line.startswith(boundary) and line[len(boundary) :] in {b"", b"--"}:
                return level, len(line) > len(boundary)
        return None

    def _finish(self, leaf: Part | None, start: int, end: int) -> None:
        if leaf is None:
            return
        body = self.data[start:end]
        leaf.body = body.removesuffix(b"\n").removesuffix(b"\r") if end < len(self.data) else body


def _keep_boundaryless(root: Part, data: bytes) -> None:
    """A multipart whose boundary never comes is read as plain text rather than lost."""
    if root.children or not root.type.startswith("multipart/"):
        return
    _, start = split_headers(data, 0, len(data), len(data))
    root.type, root.body = "text/plain", data[start:]


def decode_transfer(body: bytes, encoding: str) -> bytes:
    """Undo base64, quoted-printable or uuencode; anything else is taken as it is."""
    words = re.split(r"[\s;(\"']", encoding.strip(" \t\"'").lower())
    if words[0] == "base64":
        return decode_base64(body)
    if words[0] == "quoted-printable":
        return quopri.decodestring(body)
    if words[0] in {"x-uuencode", "x-uue", "uuencode", "uue"}:
        files, _ = split_uuencoded(body)
        return files[0][1] if files else body
    return body


_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^(?:`|[ ])?[ \t]*\r?\n?end[ \t]*\r?$|^====", re.MULTILINE)


def split_uuencoded(body: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Files that stand uuencoded in a text, and the text without them."""
    files: list[tuple[bytes, bytes]] = []
    kept, position = b"", 0
    while match := _UU_BEGIN.search(body, position):
        end = _UU_END.search(body, match.end())
        if not end:
            break
        kept += body[position : match.start()]
        files.append((match[1], _uudecode(body[match.end() : end.start()])))
        position = end.end()
    return files, kept + body[position:]


def _uudecode(block: bytes) -> bytes:
    return b"".join(_uudecode_line(line) for line in block.splitlines())


def _uudecode_line(line: bytes) -> bytes:
    if not line or line in {b"`", b" "}:
        return b""
    wanted = (line[0] - 32) & 63
    bits = "".join(f"{(byte - 32) & 63:06b}" for byte in line[1:])
    whole = bits[: wanted * 8].ljust(wanted * 8, "0")
    return int(whole, 2).to_bytes(wanted, "big") if wanted else b""
