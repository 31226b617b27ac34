"""Pure rules of tickets: when an answer reopens, what a row shows, what a ticket weighs."""

import re
from datetime import datetime, timedelta

from ombud.shared.lines import has_control
from ombud.tickets.schemas import Category

# Points of an agent's capacity, by channel: a chat wants attention at once, a mail does not. Calls will take 4.
LOAD_POINTS = {"chat": 2, "email": 1, "form": 1, "api": 1}
PREVIEW_LENGTH = 160
SUBJECT_LENGTH = 300


def load_points(channel_kind: str | None) -> int:
    """Points that a ticket takes from its agent's capacity."""
    return LOAD_POINTS.get(channel_kind or "", 1)


def is_too_old_to_reopen(category: Category, solved_at: datetime | None, *, now: datetime, reopen_days: int) -> bool:
    """Whether a new message opens a new, linked ticket instead of reopening this one."""
    if category == "closed":
        return True
    return category == "solved" and solved_at is not None and now - solved_at > timedelta(days=reopen_days)


def preview_of(text: str) -> str:
    """The first words of a message on one line."""
    return re.sub(r"\s+", " ", text[: PREVIEW_LENGTH * 4]).strip()[:PREVIEW_LENGTH]


def is_mail_address(address: str) -> bool:
    """Whether a text is one bare mail address, with nothing in it that a header could take for something else."""
    return re.fullmatch(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\\]+", address) is not None and not has_control(address)


def subject_of(subject: str, text: str) -> str:
    """A ticket's subject: the mail's, without its chain of Re and Fwd, else the first words of the text."""
    bare = re.sub(
        r"^(?:\s*(?:re|fw|fwd|aw|wg|sv|回复|答复|转发)\s*(?:\[\d+\])?\s*[:：])+", "", subject, flags=re.IGNORECASE
    )
    cleaned = re.sub(r"\s+", " ", bare.replace("\x00", "")).strip() or preview_of(text)[:80]
    return cleaned[:SUBJECT_LENGTH] or "(no subject)"
