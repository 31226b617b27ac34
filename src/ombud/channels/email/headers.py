"""Header block of a mail: split, unfold, decode (RFC 5322, 2047, 2231), forgiving whatever real senders do."""

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from ombud.channels.email.charsets import decode_text

_NAME = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:")
_END = re.compile(rb"\n[ \t]*\n|\n\r\n")
_WORD = re.compile(r"=\?([\w.:()+-]{1,60})(?:\*[\w-]*)?\?([bBqQ])\?(.{0,1500}?)\?=", re.DOTALL)
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[\w.:()+-]{1,60}(?:\*[\w-]*)?\?[bBqQ]\?)")
_Q_CODE = re.compile(rb"=([0-9A-Fa-f]{2})")
_PARAMETER = re.compile(r""";?\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)""", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


_TEXT_CHARS = 20_000


class Headers:
    """Header fields in order; lookups ignore case and give the first field."""

    def __init__(self, fields: list[tuple[str, bytes]], hint: str = "") -> None:
        self.fields = fields
        self.hint = hint

    def raw(self, name: str) -> bytes:
        """The unfolded bytes of the first field of this name, or nothing."""
        return next((value for key, value in self.fields if key == name), b"")

    def has(self, name: str) -> bool:
        """Whether the field occurs at all, even empty."""
        return any(key == name for key, _ in self.fields)

    def all_raw(self, name: str) -> list[bytes]:
        """The bytes of every field of this name, top first."""
        return [value for key, value in self.fields if key == name]

    def plain(self, name: str) -> str:
        """The field without decoding encoded words: what addresses and tokens are read from."""
        return decode_text(self.raw(name), hint=self.hint).strip()

    def text(self, name: str) -> str:
        """The decoded, printable field."""
        return decode_words(self.plain(name)[:_TEXT_CHARS], self.hint)

    def content_type(self) -> tuple[str, dict[str, str]]:
        """Lower-case media type and its parameters; an empty type when there is none."""
        value, parameters = parse_parameters(self.plain("content-type"), self.hint)
        return value.lower() if "/" in value else "", parameters

    def disposition(self) -> tuple[str, dict[str, str]]:
        """``inline``, ``attachment`` or nothing, and parameters."""
        value, parameters = parse_parameters(self.plain("content-disposition"), self.hint)
        return value.lower(), parameters


def split_headers(data: bytes, start: int, end: int, max_bytes: int) -> tuple[Headers, int]:
    """Header fields from ``start`` and where the body begins.

    A header block without a blank line after it ends at the first line that cannot be a header.
    """
    fields: list[tuple[str, list[bytes]]] = []
    position, stop = start, min(end, start + max_bytes)
    while position < stop:
        newline = data.find(b"\n", position, stop)
        next_line = newline + 1 if newline >= 0 else stop
        line = data[position:next_line].rstrip(b"\r\n")
        if not line.strip():
            return _joined_headers(fields), next_line
        if not _take_line(fields, line) and not _is_junk_inside(data, line, next_line, stop):
            return _joined_headers(fields), position
        position = next_line
    return _joined_headers(fields), position


def _joined_headers(fields: list[tuple[str, list[bytes]]]) -> Headers:
    return Headers([(name, b" ".join(pieces)) for name, pieces in fields[:_MAX_FIELDS]])


def _take_line(fields: list[tuple[str, list[bytes]]], line: bytes) -> bool:
    is_lost = _LOST_PARAMETER.match(line) is not None and bool(fields) and fields[-1][1][-1].endswith(b";")
    if line[:1] in {b" ", b"\t"} or is_lost:
        if fields:
            fields[-1][1].append(line.strip())
        return True
    match = _NAME.match(line)
    if not match:
        return False
    fields.append((match[1].decode("ascii").lower(), [line[match.end() :].strip()]))
    return True


_MAX_FIELDS = 5_000
_LOST_PARAMETER = re.compile(rb"(?i)(?:boundary|charset|name|filename|type|report-type|format)=")


def _is_junk_inside(data: bytes, line: bytes, next_line: int, stop: int) -> bool:
    """A stray line among headers, recognised because a header follows; a boundary line is never junk."""
    following = data[next_line : min(next_line + 300, stop)]
    return not line.startswith(b"--") and _NAME.match(following) is not None and b" " not in line.strip()


def decode_words(value: str, hint: str = "") -> str:
    """Decode encoded words (RFC 2047), also broken ones: with spaces, in quotes, cut inside a character."""
    if "=?" not in value:
        return _printable(value)
    value = _BETWEEN_WORDS.sub(r"\1", value)
    return _printable("".join(_decoded_runs(value, hint)))


def _decoded_runs(value: str, hint: str) -> Iterator[str]:
    """Plain stretches and decoded ones; neighbours of one charset are joined as bytes first."""
    position, charset = 0, ""
    words: list[tuple[str, str]] = []
    for match in _WORD.finditer(value):
        if match.start() > position or match[1].lower() != charset:
            yield decode_text(_run_bytes(words), charset, hint)
            words = []
        yield value[position : match.start()]
        charset, position = match[1].lower(), match.end()
        words.append((match[2].upper(), match[3]))
    yield decode_text(_run_bytes(words), charset, hint)
    yield value[position:]


def _run_bytes(words: list[tuple[str, str]]) -> bytes:
    """The bytes of neighbouring words; base64 that a careless program cut anywhere is put together again."""
    joined: list[tuple[str, str]] = []
    for encoding, payload in words:
        is_cut = (
            bool(joined) and joined[-1][0] == encoding == "B" and len(joined[-1][1]) % 4 and "=" not in joined[-1][1]
        )
        if is_cut:
            joined[-1] = ("B", joined[-1][1] + payload.strip())
        else:
            joined.append((encoding, payload.strip() if encoding == "B" else payload))
    return b"".join(_word_bytes(encoding, payload) for encoding, payload in joined)


def _word_bytes(encoding: str, payload: str) -> bytes:
    if encoding in "bB":
        return decode_base64(payload.encode("ascii", "ignore"))
    raw = payload.replace("_", " ").encode("utf-8")
    return _Q_CODE.sub(lambda match: bytes([int(match[1], 16)]), raw)


def decode_base64(data: bytes) -> bytes:
    """Decode as much as is sound: foreign characters are skipped, missing padding is added, a half quantum dropped."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        pass
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return base64.b64decode(clean + b"=" * (-len(clean) % 4))


def _printable(value: str) -> str:
    return _CONTROL.sub("", value.replace("\r", " ").replace("\n", " ").replace("\t", " ")).strip()


def parse_parameters(value: str, hint: str = "") -> tuple[str, dict[str, str]]:
    """A header value and its parameters, RFC 2231 continuations and charsets and RFC 2047 misuse decoded."""
    head, _, rest = value.partition(";")
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(rest[:_PARAMETER_CHARS]):
        _add_piece(pieces, match[1].lower(), _unquoted(match[2]))
    head = re.sub(r"\([^)]*\)", "", head).strip()
    return head.split()[0] if head.split() else "", {name: _joined(found, hint) for name, found in pieces.items()}


_PARAMETER_CHARS = 20_000


def _unquoted(value: str) -> str:
    value = value.strip()
    if not value.startswith('"'):
        return value
    inner = value[1:-1] if value.endswith('"') and len(value) > 1 else value[1:]
    return re.sub(r'\\(["\\])', r"\1", inner)


def _add_piece(pieces: dict[str, list[tuple[int, bool, str]]], key: str, value: str) -> None:
    match = re.fullmatch(r"([^*]+)(?:\*(\d{1,3}))?(\*)?", key)
    if not match:
        return
    found = pieces.setdefault(match[1], [])
    piece = (int(match[2] or 0), match[3] is not None, value)
    if match[2] is None and found:
        # Both ``name`` and ``name*`` given: the second form is the better one.
        if piece[1]:
            pieces[match[1]] = [piece]
        return
    found.append(piece)


def _joined(found: list[tuple[int, bool, str]], hint: str) -> str:
    found = sorted(found, key=lambda piece: piece[0])
    if not any(is_encoded for _, is_encoded, _ in found):
        return decode_words("".join(value for _, _, value in found), hint)
    charset, raw = "", b""
    for index, (_, is_encoded, value) in enumerate(found):
        text = value
        if is_encoded and index == 0 and text.count("'") >= 2:  # noqa: PLR2004 -- charset'language'text
            charset, _, text = text.split("'", 2)
        raw += unquote_to_bytes(text) if is_encoded else text.encode("utf-8")
    return _printable(decode_text(raw, charset, hint))
