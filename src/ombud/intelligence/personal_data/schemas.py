"""Shapes of what was found."""

from typing import Literal

from msgspec import Struct

Kind = Literal["id_number", "bank_card", "phone", "email", "address", "name", "plate", "passport"]
# Nothing in them proves that they are what they look like.
SUSPECTS: frozenset[Kind] = frozenset({"address", "name"})


class Finding(Struct, frozen=True):
    """A piece of personal data; ``start`` and ``end`` count characters of the text."""

    kind: Kind
    start: int
    end: int

    @property
    def is_suspect(self) -> bool:
        """Whether it only looks like it: no checksum and no fixed form says so."""
        return self.kind in SUSPECTS


class Redacted(Struct, frozen=True):
    """A text with placeholders, and what each of them stands for."""

    text: str
    kept: dict[str, str]
