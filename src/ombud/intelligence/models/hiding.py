"""Personal data is taken out before a text leaves, and put back into the answer.

One piece has one placeholder throughout an exchange, so that a model can follow who is who without knowing who.
"""

import re
from collections.abc import Iterable
from typing import Final

from ombud.intelligence.personal_data.services import redact, restore

PLACEHOLDER: Final = re.compile(r"\[([A-Z_]+_\d+)\]")
SHORTEST_NAME: Final = 2


class Hiding:
    """The placeholders of one exchange."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._kept: dict[str, str] = {}
        known = sorted({one.strip() for one in names if len(one.strip()) >= SHORTEST_NAME}, key=len, reverse=True)
        self._names = re.compile("|".join(_as_word(one) for one in known), re.IGNORECASE) if known else None

    @property
    def count(self) -> int:
        """How many pieces were taken out."""
        return len(self._kept)

    def hide(self, text: str) -> str:
        """The text with placeholders. What looks like a placeholder already is none of ours, and is broken."""
        text = PLACEHOLDER.sub(r"(\1)", text)
        if self._names is not None:
            text = self._names.sub(lambda found: self._name(found.group()), text)
        redacted = redact(text, known=self._kept)
        self._kept = redacted.kept
        return redacted.text

    def restore(self, text: str) -> str:
        """The text with what its placeholders stand for; unknown ones stay."""
        return restore(text, self._kept)

    def _name(self, name: str) -> str:
        known = next((place for place, kept in self._kept.items() if kept.casefold() == name.casefold()), None)
        if known is None:
            known = f"[NAME_{1 + sum(place.startswith('[NAME_') for place in self._kept)}]"
            self._kept[known] = name
        return known


def _as_word(name: str) -> str:
    # A name of letters stands alone; Chinese knows no spaces.
    return rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name)
