"""Findings, and how they read in both languages."""

from typing import Literal

from msgspec import Struct

from ombud.config.doctor.wording import WORDING

Level = Literal["ok", "warn", "bad"]
Locale = Literal["en", "zh"]


class Finding(Struct, frozen=True):
    """One line. ``check`` is what was looked at, ``code`` what was found, ``values`` fill the text."""

    check: str
    level: Level
    code: str
    values: dict[str, str | int | float] = {}

    def text(self, locale: Locale) -> str:
        """What was found."""
        wording = WORDING[self.code]
        return (wording.zh if locale == "zh" else wording.en).format(**self.values)

    def mend(self, locale: Locale) -> str:
        """What to do about it; empty where nothing is to be done."""
        wording = WORDING[self.code]
        return (wording.mend_zh if locale == "zh" else wording.mend_en).format(**self.values)


def ok(check: str, code: str, **values: str | float) -> Finding:
    """Something is well."""
    return Finding(check, "ok", code, values)


def warn(check: str, code: str, **values: str | float) -> Finding:
    """Something works, but not for long or not well."""
    return Finding(check, "warn", code, values)


def bad(check: str, code: str, **values: str | float) -> Finding:
    """Something does not work."""
    return Finding(check, "bad", code, values)
