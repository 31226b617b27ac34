"""Signed traces that bring an answer back to its ticket: in the reply address, the subject and the Message-ID.

A token proves that we made it for this ticket; it does not prove who sends it.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from hashlib import sha256

from ombud.channels.email.addresses import add_plus, split_plus

_TOKEN_CHARS = 12
_SUBJECT_CHARS = 6
_ADDRESS_TOKEN = re.compile(r"t(\d{1,18})-([a-z2-7]{12})")
_SIDE_TOKEN = re.compile(r"s(\d{1,18})-([a-z2-7]{12})")
_SUBJECT_TOKEN = re.compile(r"\[#(\d{1,18})-([a-z2-7]{6})\]")
_MESSAGE_ID = re.compile(r"<?ombud\.(\d{1,18})\.([a-z2-7]{12})\.([\w-]{1,40})@[^\s<>@]+>?")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def _mark(key: bytes, purpose: str, text: str, length: int) -> str:
    """A keyed mark in letters that survive mail systems which lower-case addresses."""
    digest = hmac.digest(key, f"ombud-mail:{purpose}:{text}".encode(), sha256)
    number = int.from_bytes(digest, "big")
    return "".join(_ALPHABET[(number >> (5 * index)) & 31] for index in range(length))


def sign_reply_address(ticket_id: int, key: bytes, address: str) -> str:
    """Our address with the ticket's signed token in its plus part; the mark is bound to the address."""
    base = split_plus(address)[0].lower()
    return add_plus(address, f"t{ticket_id}-{_mark(key, 'address', f'{ticket_id}:{base}', _TOKEN_CHARS)}")


def read_reply_token(address: str, key: bytes) -> int | None:
    """The ticket of a signed reply address; None when there is no token or it is not ours."""
    base, token = split_plus(address.strip())
    match = _ADDRESS_TOKEN.fullmatch(token.lower())
    if not match:
        return None
    expected = _mark(key, "address", f"{int(match[1])}:{base.lower()}", _TOKEN_CHARS)
    return int(match[1]) if hmac.compare_digest(match[2], expected) else None


def sign_side_address(side_id: int, key: bytes, address: str) -> str:
    """Our address for answers in a side conversation: its token leads there, and never to the customer's."""
    base = split_plus(address)[0].lower()
    return add_plus(address, f"s{side_id}-{_mark(key, 'side', f'{side_id}:{base}', _TOKEN_CHARS)}")


def read_side_token(address: str, key: bytes) -> int | None:
    """The side conversation of an address; None when there is no token or it is not ours."""
    base, token = split_plus(address.strip())
    match = _SIDE_TOKEN.fullmatch(token.lower())
    if not match:
        return None
    expected = _mark(key, "side", f"{int(match[1])}:{base.lower()}", _TOKEN_CHARS)
    return int(match[1]) if hmac.compare_digest(match[2], expected) else None


def make_side_message_id(domain: str) -> str:
    """A new Message-ID of a side mail: random, and no proof of a ticket's conversation."""
    return f"ombud.side.{secrets.token_hex(16)}@{domain}"


def sign_subject(ticket_id: int, key: bytes, subject: str) -> str:
    """The subject with the ticket's token at its end; a token that it already carries is replaced."""
    plain = re.sub(r"\s{2,}", " ", _SUBJECT_TOKEN.sub("", subject)).strip()
    return f"{plain} [#{ticket_id}-{_mark(key, 'subject', str(ticket_id), _SUBJECT_CHARS)}]".strip()


def read_subject_token(subject: str, key: bytes) -> int | None:
    """The ticket of the first valid token in a subject.

    Its six letters only stop guessing by hand: join a ticket on it only for a sender that the ticket already knows.
    """
    for match in _SUBJECT_TOKEN.finditer(subject.lower()):
        if hmac.compare_digest(match[2], _mark(key, "subject", str(int(match[1])), _SUBJECT_CHARS)):
            return int(match[1])
    return None


def make_message_id(ticket_id: int, key: bytes, domain: str) -> str:
    """A new Message-ID without angle brackets: random, and signed for the ticket."""
    random = secrets.token_hex(8)
    return f"ombud.{ticket_id}.{_mark(key, 'message-id', f'{ticket_id}:{random}', _TOKEN_CHARS)}.{random}@{domain}"


def read_message_ids(message_ids: Iterable[str], key: bytes) -> int | None:
    """The ticket of the last of these ids that we signed: the newest mail of ours that an answer refers to."""
    found: int | None = None
    for message_id in message_ids:
        match = _MESSAGE_ID.fullmatch(message_id.strip())
        if match and hmac.compare_digest(
            match[2], _mark(key, "message-id", f"{int(match[1])}:{match[3]}", _TOKEN_CHARS)
        ):
            found = int(match[1])
    return found
