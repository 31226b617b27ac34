"""Whether an article helped, as readers say it."""

import re
from typing import Any, cast, get_args

from ombud.knowledge.reports.schemas import FeedbackIn, FeedbackReason

LONGEST_NOTE = 1_000
LOCALE = re.compile(r"[A-Za-z0-9-]{0,35}")


def read_feedback(sent: Any, locale: str) -> FeedbackIn:
    """What the form of an article's page says; what makes no sense is left out."""
    version, reason = str(sent.get("version", "")), str(sent.get("reason", ""))
    note = str(sent.get("note", "")).replace("\x00", "").strip()[:LONGEST_NOTE]
    return FeedbackIn(
        helped=sent.get("helped") == "yes",
        locale=locale if LOCALE.fullmatch(locale) else "",
        version_id=int(version) if version.isdecimal() and len(version) < 16 else None,  # noqa: PLR2004 – a bigint
        reason=cast("FeedbackReason", reason if reason in get_args(FeedbackReason) else ""),
        note=note,
    )
