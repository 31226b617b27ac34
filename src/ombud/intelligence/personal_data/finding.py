"""All personal data of a text, each piece once. Pure; about 20 µs for a message of 100 characters."""

from bisect import bisect_left
from collections.abc import Sequence

from ombud.intelligence.personal_data.names import find_suspects
from ombud.intelligence.personal_data.numbers import find_numbers
from ombud.intelligence.personal_data.schemas import Finding

# Full-width signs as the plain ones, each still one character long.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def find_personal_data(text: str) -> list[Finding]:
    """What a text tells of a person, in its order; where two kinds claim the same characters the surer one has them."""
    narrow = text.translate(_NARROW)
    return _each_once([*find_numbers(narrow), *find_suspects(narrow)])


def find_proven(text: str) -> list[Finding]:
    """The same without suspects, which takes most of the time: numbers, mail addresses, plates, passports."""
    return _each_once(list(find_numbers(text.translate(_NARROW))))


def _each_once(claims: Sequence[Finding]) -> list[Finding]:
    found: list[Finding] = []
    for one in claims:
        place = bisect_left(found, one.start, key=lambda other: other.end - 1)
        if place == len(found) or found[place].start >= one.end:
            found.insert(place, one)
    return found
