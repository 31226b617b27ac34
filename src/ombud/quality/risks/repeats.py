"""Whether a customer comes for the same thing again: by what tickets say of it, or by nearly the same words. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from ombud.shared.words import words_of

# The third contact is the second repetition.
ENOUGH: Final = 2
# Shares of words that two contacts have in common; short ones have too few to tell.
_ALIKE: Final = 0.45
_LEAST_WORDS: Final = 4
# Fields that tell what a ticket is about, by how their keys begin.
_TELLING: Final = ("reason", "product", "fault", "model", "order")


class Contact(Struct):
    """A ticket as it is compared: what it is about, and the customer's first words."""

    id: int
    type_id: int | None
    fields: dict[str, Any]
    text: str


def repeated(contact: Contact, earlier: Sequence[Contact]) -> list[int]:
    """Tickets before that are about the same thing, when there are enough of them to make this the third contact."""
    alike = [one.id for one in earlier if is_same_thing(contact, one)]
    return alike if len(alike) >= ENOUGH else []


def is_same_thing(one: Contact, other: Contact) -> bool:
    """Whether two contacts are about the same thing."""
    mine, theirs = _telling(one.fields), _telling(other.fields)
    shared = {key for key in mine if mine[key] == theirs.get(key)}
    differing = {key for key in mine if key in theirs and mine[key] != theirs[key]}
    if shared and not differing and (one.type_id == other.type_id or len(shared) > 1):
        return True
    return not differing and likeness(one.text, other.text) >= _ALIKE


def likeness(one: str, other: str) -> float:
    """The share of words that two texts have in common, 0 to 1; 0 for texts of a few words."""
    mine, theirs = set(words_of(one)), set(words_of(other))
    if min(len(mine), len(theirs)) < _LEAST_WORDS:
        return 0.0
    return len(mine & theirs) / len(mine | theirs)


def _telling(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key.startswith(_TELLING) and value not in ("", None, [])}
