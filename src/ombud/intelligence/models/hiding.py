"""Personal data is taken out before a text leaves, and put back into the answer.

One piece has one placeholder throughout an exchange, so that a model can follow who is who without knowing who.
"""

import re
from collections.abc import Iterable
from typing import Final

from ombud.intelligence.personal_data.finding import find_personal_data

PLACEHOLDER: Final = re.compile(r"\[([A-Z_]+_\d+)\]")
SHORTEST_NAME: Final = 2


class Hiding:
    """The placeholders of one exchange."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._places: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        known = sorted({one.strip() for one in names if len(one.strip()) >= SHORTEST_NAME}, key=len, reverse=True)
        self._names = re.compile("|".join(_as_word(one) for one in known), re.IGNORECASE) if known else None

    @property
    def count(self) -> int:
        """How many pieces were taken out."""
        return len(self._places)

    def hide(self, text: str) -> str:
        """The text with placeholders. What looks like a placeholder already is none of ours, and is broken."""
        text = PLACEHOLDER.sub(r"(\1)", text)
        if self._names is not None:
            text = self._names.sub(lambda found: self._place("name", found.group()), text)
        parts, place = [], 0
        for one in find_personal_data(text):
            if PLACEHOLDER.search(text[one.start : one.end]):
                continue
            parts += [text[place : one.start], self._place(one.kind, text[one.start : one.end])]
            place = one.end
        return "".join([*parts, text[place:]])

    def restore(self, text: str) -> str:
        """The text with what its placeholders stand for; unknown ones stay."""
        kept = {place: value for value, place in self._places.items()}
        return PLACEHOLDER.sub(lambda found: kept.get(found.group(), found.group()), text)

    def _place(self, kind: str, value: str) -> str:
        if value not in self._places:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._places[value] = f"[{kind.upper()}_{self._counts[kind]}]"
        return self._places[value]


def _as_word(name: str) -> str:
    # A name of letters stands alone; Chinese knows no spaces.
    return rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name)
