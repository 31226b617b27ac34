"""What a brand's own site says of a customer who is signed in there: a signed token, good once and for minutes."""

import hashlib
from datetime import datetime
from typing import Any

import jwt
import msgspec
from msgspec import Struct

from ombud.shared.errors import NotSignedIn

MIN_SECRET = 32
LEEWAY_SECONDS = 30
LONGEST_SECONDS = 600
MAX_SUBJECT = 200
MAX_TOKEN = 4_000
NEEDED = ["exp", "sub", "aud", "jti"]


class TokenRefused(NotSignedIn):
    """The site's token is not valid here: HS256 with this brand's secret, aud, sub, jti, and exp within 10 minutes."""

    code = "token_refused"


class Claims(Struct):
    """What the site says. ``email_verified``: the site has made sure that the address is theirs."""

    sub: str
    jti: str
    exp: float
    name: str = ""
    email: str = ""
    email_verified: bool = False
    locale: str = ""

    @property
    def digest(self) -> bytes:
        """Under what a used token is remembered."""
        return hashlib.sha256(self.jti.encode()).digest()


def read_token(token: str, secret: str, audience: str, *, now: datetime) -> Claims:
    """What a token says. Whether it was used before is for the caller to see.

    The algorithm is pinned: a token that names another, or none, is refused. A clock that is 30 seconds off does no
    harm.

    Raises:
        TokenRefused: anything about it is wrong, or the brand has no secret.
    """
    if len(secret) < MIN_SECRET or len(token) > MAX_TOKEN:
        raise TokenRefused
    options: Any = {"require": NEEDED, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        payload = jwt.decode(token, secret, algorithms=["HS256"], audience=audience, options=options)
        claims = msgspec.convert(payload, Claims)
        begins = float(payload.get("nbf", 0))
        # JSON can hold half of a sign, which no database takes.
        f"{claims.sub}{claims.jti}{claims.name}{claims.email}{claims.locale}".encode()
    except (jwt.PyJWTError, msgspec.ValidationError, TypeError, ValueError) as problem:
        raise TokenRefused from problem
    moment = now.timestamp()
    is_now = moment - LEEWAY_SECONDS < claims.exp <= moment + LONGEST_SECONDS + LEEWAY_SECONDS
    if not is_now or begins > moment + LEEWAY_SECONDS:
        raise TokenRefused
    for text in (claims.sub, claims.jti):
        if not text.strip() or len(text) > MAX_SUBJECT or "\x00" in text:
            raise TokenRefused
    return claims
