"""Mail addresses: read them from what people really send, write them so that nothing can be smuggled in."""

import re
from collections.abc import Collection, Iterator
from email.utils import formataddr

from ombud.channels.email.headers import decode_words
from ombud.channels.email.schemas import MailAddress

# Every branch takes at least one character and never goes back: a hostile header costs linear time.
_TOKENS = re.compile(
    r""""(?:[^"\\]|\\.)*+"?|\((?:[^()\\]|\\.)*+\)?|<[^<>]*+>?|=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,400}+\?="""
    r"""|[,;:]|(?:(?!=\?)[^"(<,;:])+|.""",
    re.DOTALL,
)
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()]+")
_ENCODED_WHOLE = re.compile(r"<\s*([^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()]+)\s*>?\s*$")
_STRICT = re.compile(r"[^\s<>,;:\"()\[\]@\\\x00-\x1f\x7f]{1,200}@[A-Za-z0-9\u0080-\U0010ffff](?:[\w.-]*\w)?")
_NO_REPLY = re.compile(
    r"^(?:no[._-]?repl(?:y|ies)|do[._-]?not[._-]?reply|noreply[\w.-]*|mailer[._-]?daemon|postmaster|bounces?(?:[+._=-].*)?"
    r"|auto[._-]?(?:reply|confirm|mailer)|notifications?[._-]no[._-]?reply|unattended|nobody|devnull|.*[._+-]no[._-]?reply)$"
)


# C0 controls without the tab, DEL, and what some programs take for a line end.
_FORBIDDEN = frozenset(map(chr, [*range(9), *range(10, 32), 127, 0x85, 0x2028, 0x2029]))


_NAME_CHARS = 2_000


class HeaderInjection(ValueError):
    """A value for a mail header contains a line break or another control character. Remove it and try again."""

    code = "header_injection"


def parse_addresses(value: str, limit: int = 10_000, hint: str = "") -> list[MailAddress]:
    """Every address of a header, groups flattened; a name without an address is kept with an empty one."""
    found: list[MailAddress] = []
    for tokens in _split(value):
        address = _read_one(tokens, hint)
        if address.name or address.address:
            found.append(address)
        if len(found) >= limit:
            break
    return found


def _split(value: str) -> Iterator[list[str]]:
    """Token runs between commas; a colon ends a group's name, a semicolon the group."""
    pieces: list[str] = []
    for piece in _TOKENS.findall(value):
        if piece in {",", ";"}:
            yield pieces
            pieces = []
        elif piece == ":" and not any("@" in seen for seen in pieces):
            pieces = []
        elif piece.startswith('"') and not (piece.endswith('"') and len(piece) > 1):
            # A quote that never closes: what follows it is read as if no quote were there.
            yield from _split("".join([*pieces, piece.replace('"', " ")]))
            return
        else:
            pieces.append(piece)
    yield pieces


def _read_one(tokens: list[str], hint: str) -> MailAddress:
    address, comments, words = "", [], []
    for token in tokens:
        if token.startswith("<") and ("@" in token or token.endswith(">")):
            address = address or _clean(token.strip("<>"))
        elif token.startswith("(") and len(token) > 1:
            comments.append(token[1:-1])
        else:
            words.append(_unquote(token))
    name = "".join(words)[:_NAME_CHARS]
    if not address and (match := _ADDRESS.search(name)):
        address = _clean(match[0])
        name = (name[: match.start()] + name[match.end() :]).strip(" <>'\"")
    name = decode_words(name, hint) or decode_words(" ".join(comments)[:_NAME_CHARS], hint)
    if not address and (match := _ENCODED_WHOLE.search(name)):
        # Some programs encode the address together with the name.
        address, name = match[1], name[: match.start()]
    return MailAddress(_tidy_name(name, address), address)


def _unquote(token: str) -> str:
    if token.startswith('"') and token.endswith('"') and len(token) > 1:
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    return token


def _clean(text: str) -> str:
    text = decode_words(text) if "=?" in text else text
    text = re.sub(r"\s+", "", text.split("mailto:")[-1])
    text = text.split(":")[-1] if text.startswith("@") else text  # an old source route
    return text.strip("<>'\"").rstrip(".")


def _tidy_name(name: str, address: str) -> str:
    name = re.sub(r"\s+", " ", name).strip().removesuffix(">").strip()
    while len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return "" if name.lower() == address.lower() else name


def is_address(value: str) -> bool:
    """Whether a mail can be sent to it as it stands."""
    return _STRICT.fullmatch(value) is not None and ".." not in value.partition("@")[2]


def check_header(value: str) -> str:
    """The value itself.

    Raises:
        HeaderInjection: it holds a line break or another control character.
    """
    if any(char in _FORBIDDEN for char in value):
        raise HeaderInjection(f"Control character in a mail header: {value[:60]!r}")
    return value


def format_address(address: MailAddress) -> str:
    """One address for a header, the name encoded where it must be.

    Raises:
        HeaderInjection: a control character in name or address, or no valid address.
    """
    check_header(address.name)
    if not is_address(check_header(address.address)):
        raise HeaderInjection(f"Not a mail address: {address.address[:60]!r}")
    return formataddr((address.name, address.address)) if address.name else address.address


def split_plus(address: str) -> tuple[str, str]:
    """The address without its plus part, and that part: ``help+t5@x`` gives ``help@x`` and ``t5``."""
    local, at, domain = address.rpartition("@")
    base, _, token = local.partition("+")
    return (f"{base}{at}{domain}", token) if at else (address, "")


def add_plus(address: str, token: str) -> str:
    """The address with a plus part in place of any it had."""
    base, _ = split_plus(address)
    local, at, domain = base.rpartition("@")
    return f"{local}+{token}{at}{domain}"


def is_own_address(address: str, own: Collection[str]) -> bool:
    """Whether an address is one of ours, plus parts and case aside; ``@domain`` in ``own`` means the whole domain."""
    plain = split_plus(address.strip().lower())[0]
    domain = "@" + plain.rpartition("@")[2]
    return any(plain == split_plus(mine.lower())[0] or domain == mine.lower() for mine in own)


def is_no_reply(address: str) -> bool:
    """Whether nobody reads what is sent to it."""
    return _NO_REPLY.match(address.partition("@")[0].lower()) is not None
