"""Signatures, outcomes and pauses, without any I/O."""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

SIGNATURE_VERSION = "v1"
# Pauses before the second to the tenth attempt: fifteen hours in all, long enough for a bad night.
PAUSES_SECONDS = (10, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600)
MAX_ATTEMPTS = len(PAUSES_SECONDS) + 1
MAX_RETRY_AFTER_SECONDS = 21_600
PAUSED_AFTER = timedelta(days=5)
KEPT_FOR = timedelta(days=30)
STALE_AFTER = timedelta(minutes=2)
EXCERPT_LENGTH = 500
RETRIED_STATUSES = frozenset({408, 425, 429})

# What an event's data may hold on its way out: numbers, moments and words of ours. Anything that might have been
# written by somebody is left out, whatever room put it there.
_WORD = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,63}|[0-9T:.+-]{10,40}Z?", re.IGNORECASE)
_WRITTEN = frozenset(
    {
        "address",
        "body",
        "comment",
        "content",
        "email",
        "excerpt",
        "html",
        "message",
        "name",
        "note",
        "notes",
        "phone",
        "preview",
        "problem",
        "quoted",
        "subject",
        "tag",
        "tags",
        "text",
        "title",
        "url",
    }
)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of ``X-Ombud-Signature``: a keyed digest of the time of sending, a dot and the body."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hexdigest()
    return f"{SIGNATURE_VERSION}={digest}"


def state_after(status: int, attempts: int) -> Literal["delivered", "queued", "failed"]:
    """What an answer means: ``delivered``, ``queued`` for another attempt, or ``failed``."""
    if 200 <= status < 300:  # noqa: PLR2004 – the class of success
        return "delivered"
    is_retried = status >= 500 or status in RETRIED_STATUSES  # noqa: PLR2004 – the class of their own errors
    return "queued" if is_retried and attempts < MAX_ATTEMPTS else "failed"


def pause_seconds(attempts: int, *, spread: int, retry_after: float = 0.0) -> float:
    """How long to wait after so many attempts; up to a tenth longer by ``spread``, so that not all come at once."""
    planned = PAUSES_SECONDS[min(attempts, len(PAUSES_SECONDS)) - 1]
    return max(planned * (1 + spread % 100 / 1_000), retry_after)


def retry_after_seconds(header: str | None, *, now: datetime) -> float:
    """What a receiver asked for by ``Retry-After``, as seconds or a date, within reason; 0 if it asked for nothing."""
    if not header:
        return 0.0
    if header.strip().isdecimal():
        return float(min(int(header.strip()[:9]), MAX_RETRY_AFTER_SECONDS))
    try:
        wanted = (parsedate_to_datetime(header) - now).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return min(max(wanted, 0.0), float(MAX_RETRY_AFTER_SECONDS))


def excerpt(body: bytes) -> str:
    """The beginning of an answer as readable text that the database can hold."""
    text = body[: EXCERPT_LENGTH * 4].decode("utf-8", "replace")
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)[:EXCERPT_LENGTH].strip()


def without_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """An event's data without anything that somebody may have written."""
    return {key: _reduced(value) for key, value in data.items() if key not in _WRITTEN and _passes(value)}


def _passes(value: object) -> bool:
    if isinstance(value, str):
        return _WORD.fullmatch(value) is not None
    return value is None or isinstance(value, bool | int | float | list | dict)


def _reduced(value: Any) -> Any:
    if isinstance(value, dict):
        return without_words(value)
    if isinstance(value, list):
        return [_reduced(one) for one in value if _passes(one)]
    return value
