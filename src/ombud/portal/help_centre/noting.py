"""What the help centre tells those who look after the articles: searches, and whether they found anything."""

from datetime import datetime
from typing import Literal

from ombud.shared.database import Transaction

Place = Literal["help_centre", "form"]


async def note_help_search(
    tx: Transaction, text: str, locale: str, results: int, *, place: Place = "help_centre", now: datetime
) -> None:
    """Note a search and how much it found."""


async def note_proposals(tx: Transaction, text: str, locale: str, results: int, *, now: datetime) -> None:
    """Note what somebody was about to write, and how many articles were proposed."""
    await note_help_search(tx, text, locale, results, place="form", now=now)
