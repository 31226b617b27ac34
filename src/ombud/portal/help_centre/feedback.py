"""Whether an article helped, as readers say it."""

from datetime import datetime
from typing import Any, get_args

from msgspec import Struct

from ombud.portal.help_centre.schemas import FeedbackReason
from ombud.shared.database import Transaction

LONGEST_NOTE = 1_000


class Said(Struct, frozen=True):
    """What a reader said of an article."""

    helped: bool
    locale: str
    version_id: int | None
    reason: str
    note: str


def read_feedback(sent: Any, locale: str) -> Said:
    """What the form of an article's page says; what makes no sense is left out."""
    version, reason = str(sent.get("version", "")), str(sent.get("reason", ""))
    note = str(sent.get("note", "")).replace("\x00", "").strip()[:LONGEST_NOTE]
    return Said(
        helped=sent.get("helped") == "yes",
        locale=locale,
        version_id=int(version) if version.isdecimal() and len(version) < 16 else None,  # noqa: PLR2004 – a bigint
        reason=reason if reason in get_args(FeedbackReason) else "",
        note=note,
    )


async def keep_feedback(tx: Transaction, article_id: int, said: Said, *, now: datetime) -> None:
    """Keep it for those who write the articles."""
