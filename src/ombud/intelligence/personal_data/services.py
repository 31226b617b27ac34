"""The personal data of a text, the text without it, and as others may see it. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec.json import encode

from ombud.intelligence.personal_data.finding import find_personal_data
from ombud.intelligence.personal_data.masking import hide, holds_mask, mask_html, mask_text, mask_tree
from ombud.intelligence.personal_data.schemas import Kind, Redacted

find = find_personal_data

# What stands in the place of a piece; people and language models read it alike.
NAMES: Final[Mapping[Kind, str]] = {
    "id_number": "ID_NUMBER",
    "bank_card": "BANK_CARD",
    "phone": "PHONE",
    "email": "EMAIL",
    "address": "ADDRESS",
    "name": "NAME",
    "plate": "PLATE",
    "passport": "PASSPORT",
}
# A longer text is looked at in the background: 2 ms of a processor for each message while it is written.
LONGEST: Final = 2_000
_PLACEHOLDER: Final = re.compile(rf"\[(?:{'|'.join(NAMES.values())})_\d+\]")
# Kinds that people write in groups: 138 0013 8000 is 13800138000.
_GROUPED: Final = frozenset[Kind]({"id_number", "bank_card", "phone", "plate", "passport"})


def kept_spans(text: str) -> str | None:
    """Where personal data stands in a message, as its row keeps it; None for a text that is looked at later."""
    return None if len(text) > LONGEST else encode(find_personal_data(text)).decode()


def redact(text: str, *, known: Mapping[str, str] | None = None) -> Redacted:
    """Put a placeholder such as [PHONE_1] where personal data stands; the same piece has the same one throughout.

    ``known`` carries the placeholders of texts before, so that several texts of one exchange agree. Placeholders
    that somebody wrote are told apart: the numbers that they use are left out.
    """
    kept = dict(known or {})
    by_piece = {_same(kind, piece): name for name, piece in kept.items() for kind in (_kind_of(name),)}
    taken = {*kept, *_PLACEHOLDER.findall(text)}
    parts: list[str] = []
    done = 0
    for one in find_personal_data(text):
        piece = text[one.start : one.end]
        name = by_piece.get(_same(one.kind, piece))
        if name is None:
            name = _free(one.kind, taken)
            taken.add(name)
            by_piece[_same(one.kind, piece)] = name
            kept[name] = piece
        parts += (text[done : one.start], name)
        done = one.end
    return Redacted("".join((*parts, text[done:])), kept)


def restore(text: str, kept: Mapping[str, str]) -> str:
    """Put the pieces back where their placeholders stand; placeholders that stand for nothing stay."""
    return _PLACEHOLDER.sub(lambda match: kept.get(match[0], match[0]), text)


def _free(kind: Kind, taken: set[str]) -> str:
    number = 1
    while f"[{NAMES[kind]}_{number}]" in taken:
        number += 1
    return f"[{NAMES[kind]}_{number}]"


def _kind_of(name: str) -> Kind:
    word = name.strip("[]").rpartition("_")[0]
    return next(kind for kind, one in NAMES.items() if one == word)


def _same(kind: Kind, piece: str) -> tuple[Kind, str]:
    return kind, re.sub(r"[\s·.-]", "", piece).upper() if kind in _GROUPED else piece.lower()


__all__ = [
    "LONGEST",
    "NAMES",
    "find",
    "find_personal_data",
    "hide",
    "holds_mask",
    "kept_spans",
    "mask_html",
    "mask_text",
    "mask_tree",
    "redact",
    "restore",
]
