"""The signed time stamp in a form's page: a script that posts without reading the page has none, or is too quick."""

import secrets
from datetime import UTC, datetime, timedelta

from ombud.shared.crypto import KeyRing

PURPOSE = "form proof"
QUICKEST = timedelta(seconds=2)
LONGEST = timedelta(hours=24)
SIGNATURE_BYTES = 16


def make_proof(keys: KeyRing, public_key: str, *, now: datetime) -> str:
    """A stamp for one showing of one form; its random part is also the key under which the message is kept once."""
    content = f"{int(now.timestamp())}.{secrets.token_urlsafe(12)}"
    return f"{content}.{_sign(keys, public_key, content).hex()}"


def read_proof(keys: KeyRing, public_key: str, proof: str, *, now: datetime) -> str | None:
    """The random part of a stamp; None when it is not ours, for another form, too young or too old."""
    content, _, signature_text = proof.rpartition(".")
    moment_text, _, nonce = content.partition(".")
    try:
        signature = bytes.fromhex(signature_text)
    except ValueError:
        return None
    is_whole = len(signature) == SIGNATURE_BYTES and moment_text.isdecimal() and len(moment_text) < 12  # noqa: PLR2004 – year 5138
    if not is_whole or not keys.verify(PURPOSE, _message(public_key, content), signature):
        return None
    age = now - datetime.fromtimestamp(int(moment_text), UTC)
    return nonce if QUICKEST <= age <= LONGEST else None


def _message(public_key: str, content: str) -> bytes:
    return f"{public_key}:{content}".encode()


def _sign(keys: KeyRing, public_key: str, content: str) -> bytes:
    return keys.sign(PURPOSE, _message(public_key, content), length=SIGNATURE_BYTES)
