"""When an endpoint is left alone, what a question may cost, and how long to wait before asking again. Pure."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from ombud.intelligence.models.schemas import Message, Output, Problem, Usage

# Failures in a row until an endpoint rests; a wrong key does not become right by asking again.
PATIENCE: Final[dict[Problem, int]] = {
    **dict.fromkeys(("wrong_key", "wrong_address"), 1),
    **dict.fromkeys(("unreachable", "timeout", "failed", "wrong_model", "cut"), 3),
    "nonsense": 5,
}
RESTS: Final = tuple(timedelta(seconds=one) for one in (60, 120, 300, 900, 1_800))
LONGEST_LIMIT: Final = timedelta(minutes=10)
PAUSES: Final = (1.0, 3.0)
DEGRADED: Final[dict[Output, Output]] = {"json_schema": "json_object", "json_object": "text"}
PER_MILLION: Final = 1_000_000
# Our own words are written in at most so many characters a token; Chinese takes about one a character.
CHARACTERS_PER_TOKEN: Final = 3
WIDE: Final = 0x2E80


def rest_after(problem: Problem, failures: int) -> timedelta | None:
    """How long an endpoint rests after its latest of so many failures in a row; None: not at all."""
    patience = PATIENCE.get(problem)
    if patience is None or failures < patience:
        return None
    return RESTS[min(failures - patience, len(RESTS) - 1)]


def limit_rest(asked: str | None, *, now: datetime) -> timedelta:
    """How long an endpoint is left alone that has had enough of us: as long as it asks, within reason."""
    seconds = retry_after(asked, now=now) or 0.0
    return min(max(timedelta(seconds=min(seconds, 86_400)), timedelta(seconds=5)), LONGEST_LIMIT)


def tokens_of(text: str) -> int:
    """About how many tokens a text has, rather too many."""
    wide = sum(1 for one in text if ord(one) >= WIDE)
    return wide + (len(text) - wide) // CHARACTERS_PER_TOKEN + 1


def estimate(messages: list[Message], max_tokens: int) -> Usage:
    """What a question may take at most."""
    return Usage(sum(tokens_of(one.content) + 4 for one in messages), max_tokens)


def cost_micros(usage: Usage, price_in: int | None, price_out: int | None) -> int:
    """What it cost, in millionths; unknown prices cost nothing."""
    return (usage.tokens_in * (price_in or 0) + usage.tokens_out * (price_out or 0)) // PER_MILLION


def fits(spent: int, more: int, most: int | None) -> bool:
    """Whether a budget holds it."""
    return most is None or spent + more <= most


def pause_before(attempt: int, asked: str | None, *, now: datetime) -> float:
    """Seconds to wait before another attempt: as long as the other side asked, else our own."""
    said = retry_after(asked, now=now)
    own = PAUSES[min(attempt, len(PAUSES) - 1)]
    return own if said is None else max(0.0, said)


def retry_after(text: str | None, *, now: datetime) -> float | None:
    """Seconds of a Retry-After header, which names them or a moment; None where it says nothing."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None
