"""The page's words in both languages, from its own files: a journey presses what the reader of a language reads."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest

FOLDER = Path(__file__).parents[2] / "web" / "agent" / "src" / "locales"
Language = Literal["en", "zh-CN"]


@cache
def _file(locale: str, feature: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / locale / f"{feature}.json").read_text())
    return found


@dataclass(frozen=True)
class Speech:
    """One language."""

    locale: Language

    @property
    def browser(self) -> str:
        """The locale of a browser whose reader speaks it."""
        return "en-GB" if self.locale == "en" else "zh-CN"

    @property
    def short(self) -> str:
        """For names of people and tickets: en or zh."""
        return self.locale[:2]

    def __call__(self, key: str, number: int | None = None, /, **values: object) -> str:
        """The words of ``feature.key``, filled; ``number`` chooses between the forms of a number."""
        feature, *path = key.split(".")
        found: Any = _file(self.locale, feature)
        for part in path:
            found = found[part]
        forms = [one.strip() for one in str(found).split("|")]
        text = forms[0] if number is None else forms[min(2 if number != 1 else 1, len(forms) - 1)]
        return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1], match[0])), text)


BOTH = pytest.mark.parametrize("say", [Speech("en"), Speech("zh-CN")], ids=["en", "zh"])
