"""How the words of a rule are written, and what a rule is."""

import re
from collections.abc import Mapping

from msgspec import Struct

from ombud.intelligence.risk.schemas import Kind


class Rule(Struct, frozen=True):
    """Words that show a risk, and words of the same sentence that make them harmless."""

    kind: Kind
    words: re.Pattern[str]
    unless: re.Pattern[str] | None = None


def written(pattern: str) -> re.Pattern[str]:
    """A pattern in which ``_8_`` is up to eight characters of a clause, and ``_3w_`` up to three words."""
    pattern = re.sub(r"_(\d+)w_", r"(?:[\\w'-]+ ){0,\1}", pattern)
    pattern = re.sub(r"_(\d+)_", r"[^,。!?;\\n]{0,\1}", pattern)
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


def rules(words: Mapping[Kind, tuple[str, ...]], harmless: Mapping[Kind, str]) -> tuple[Rule, ...]:
    """One rule for each kind."""
    return tuple(
        Rule(kind, written("|".join(some)), written(harmless[kind]) if kind in harmless else None)
        for kind, some in words.items()
    )
