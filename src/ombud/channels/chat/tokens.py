"""Visitor tokens, file tokens and the host page's signature."""

import base64
import binascii
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

import jwt
import msgspec
from msgspec import Struct

from ombud.channels.chat.schemas import VisitorOut
from ombud.shared.crypto import KeyRing, new_token
from ombud.shared.errors import Invalid, NotSignedIn

SIGNATURE_BYTES = 32
ANONYMOUS_DAYS = 90
VERIFIED_DAYS = 1
LEEWAY_SECONDS = 30
MAX_SUBJECT = 200
MIN_SECRET = 32
TOPIC = "visitor"
T = TypeVar("T")


class IdentityRefused(NotSignedIn):
    """The host page's signed token is not valid here. It must be HS256 with this widget's secret, with sub and exp."""

    code = "identity_refused"


class BadFile(Invalid):
    """An attachment is not an upload of this visitor. Upload it again."""

    code = "unknown_attachment"


class Visitor(Struct, frozen=True):
    """Who holds a visitor token: one identity on one widget."""

    channel_id: int
    kind: Literal["visitor", "external"]
    value: str

    @property
    def scope(self) -> str:
        """The identity's scope: what a host page signs means something on its own widget only."""
        return str(self.channel_id) if self.kind == "external" else ""

    @property
    def conversation(self) -> str:
        """The key of the visitor's talk on the widget."""
        return f"{self.kind}:{self.value}"

    @property
    def topic(self) -> str:
        """The topic of the visitor's stream."""
        return topic_of(self.channel_id, self.kind, self.value)

    @property
    def public_id(self) -> str:
        """A name for the visitor that tells nothing of a signed subject."""
        return hashlib.sha256(self.topic.encode()).hexdigest()[:20]


class Claims(Struct):
    """What a host page says of a signed-in visitor."""

    sub: str
    name: str = ""
    email: str = ""


class _Token(Struct, array_like=True):
    visitor: Visitor
    expires: int


class FileClaim(Struct, array_like=True, frozen=True):
    """A stored file and whose upload it is."""

    topic: str
    token: str
    name: str
    type: str
    size: int
    sha256: str


def topic_of(channel_id: int, kind: str, value: str) -> str:
    """The topic under which frames for a visitor are sent."""
    return f"{TOPIC}:{channel_id}:{kind}:{value}"


def new_visitor(channel_id: int) -> Visitor:
    """Somebody new and anonymous."""
    return Visitor(channel_id, "visitor", new_token("v_"))


def issue(keys: KeyRing, visitor: Visitor, *, now: datetime) -> VisitorOut:
    """A token for a visitor: 90 days for an anonymous one, a day for one whom the host page can sign again."""
    is_verified = visitor.kind == "external"
    expires = now + timedelta(days=VERIFIED_DAYS if is_verified else ANONYMOUS_DAYS)
    token = _seal(keys, "visitor token", _Token(visitor, int(expires.timestamp())))
    return VisitorOut(token, visitor.public_id, expires, is_verified)


def read(keys: KeyRing, token: str, *, now: datetime) -> Visitor:
    """The visitor of a token.

    Raises:
        NotSignedIn: it is not ours, was changed, or has expired.
    """
    found = _unseal(keys, "visitor token", token, _Token)
    if found is None or datetime.fromtimestamp(found.expires, UTC) <= now:
        raise NotSignedIn("The visitor token is missing, not valid or has expired. Ask for a new one.")
    return found.visitor


def issue_file(keys: KeyRing, claim: FileClaim) -> str:
    """A token by which a visitor's message names an uploaded file; nobody else's message can."""
    return _seal(keys, "visitor file", claim)


def read_file(keys: KeyRing, token: str, visitor: Visitor) -> FileClaim:
    """The file of a token.

    Raises:
        BadFile: not ours, changed, or somebody else's upload.
    """
    found = _unseal(keys, "visitor file", token, FileClaim)
    if found is None or found.topic != visitor.topic:
        raise BadFile
    return found


def verify_jwt(token: str, secret: str, *, now: datetime) -> Claims:
    """What a host page says of its visitor.

    The algorithm is pinned: a token that names another, or none, is refused. ``exp`` is required; a clock that is
    30 seconds off does no harm.

    Raises:
        IdentityRefused: anything about it is wrong, or the widget has no secret.
    """
    if len(secret) < MIN_SECRET:
        raise IdentityRefused("This widget has no secret for signed visitors yet. Make one in its settings.")
    options: Any = {"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        payload = jwt.decode(token, secret, algorithms=["HS256"], options=options)
        claims = msgspec.convert(payload, Claims)
        expires = float(payload["exp"])
        begins = float(payload.get("nbf", 0))
        # JSON can hold half of a sign, which no database takes.
        f"{claims.sub}{claims.name}{claims.email}".encode()
    except (jwt.PyJWTError, msgspec.ValidationError, TypeError, ValueError) as problem:
        raise IdentityRefused from problem
    moment = now.timestamp()
    if not moment - LEEWAY_SECONDS < expires or begins > moment + LEEWAY_SECONDS:
        raise IdentityRefused("The host page's signed token has expired or is not valid yet.")
    if not claims.sub.strip() or len(claims.sub) > MAX_SUBJECT or "\x00" in claims.sub:
        raise IdentityRefused
    return claims


def _seal(keys: KeyRing, purpose: str, content: Struct) -> str:
    payload = msgspec.json.encode(content)
    return f"{_encode(payload)}.{_encode(keys.sign(purpose, payload, length=SIGNATURE_BYTES))}"


def _unseal(keys: KeyRing, purpose: str, token: str, shape: type[T]) -> T | None:
    payload_text, _, signature_text = token.partition(".")
    try:
        payload, signature = _decode(payload_text), _decode(signature_text)
        # A cut signature would be easier to guess.
        if len(signature) != SIGNATURE_BYTES or not keys.verify(purpose, payload, signature):
            return None
        return msgspec.json.decode(payload, type=shape)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return None


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
