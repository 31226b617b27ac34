"""Shapes of what was found."""

from typing import Literal

from msgspec import Struct

Kind = Literal[
    "media_regulator",
    "legal",
    "safety",
    "self_harm",
    "fraud",
    "privacy_leak",
    "churn",
    "abuse",
    "leadership",
    "agent_language",
    # no words of one message show it, but the tickets before
    "third_contact",
]
# Which side wrote a text: risks of a customer's words, or the language of one of us.
Side = Literal["customer", "agent"]


class Finding(Struct, frozen=True):
    """Words that show a risk; ``start`` and ``end`` count characters of the text."""

    kind: Kind
    start: int
    end: int
