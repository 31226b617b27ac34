"""Hides personal data in texts, and in whole answers, from whoever may not see it. Pure.

A mask is as long as what it hides, so that places in the text, of a mark or of a risk, stay true.
"""

import copy
import html
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, get_args, get_type_hints

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from ombud.intelligence.personal_data.finding import find_personal_data, find_proven
from ombud.intelligence.personal_data.schemas import SUSPECTS, Kind
from ombud.shared.personal import CUT, HTML, TEXT

SIGN: Final = "*"
# How many signs of a number stay at its start and its end, by how many it has: 138****0000.
_SHOWN: Final = ((11, 3, 4), (8, 2, 2), (0, 0, 2))
_SHOWN_PLACE: Final = 3
# Without one of these no number and no mail address is there.
_HINT: Final = re.compile(r"(?:\d\W?){6}|@")
_UNHINTED: Final = frozenset({"name", "address", "plate"})
_NUMBERS: Final = frozenset({"id_number", "bank_card", "phone", "passport"})
# A beginning that is shorter than this is the whole text.
_CUT: Final = 60
_HALF_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){4,18}…?$")
_TAG: Final = re.compile(r"(<[^>]*>)")
_DIALS: Final = re.compile(r"""(href\s*=\s*)(["'])(?:mailto|tel|sms):[^"']*\2""", re.IGNORECASE)

Hidden = frozenset[str]


def mask_text(text: str, hidden: Hidden, *, is_cut: bool = False) -> str:
    """A text without the pieces of the hidden kinds; ``is_cut``: it may end within a number."""
    if not hidden or not text or not (hidden & _UNHINTED or _HINT.search(text)):
        return text
    found = find_personal_data(text) if hidden & SUSPECTS else find_proven(text)
    parts: list[str] = []
    done = 0
    for one in found:
        if one.kind in hidden:
            parts += (text[done : one.start], hide(one.kind, text[one.start : one.end]))
            done = one.end
    rest = text[done:]
    if is_cut and len(text) >= _CUT and hidden & _NUMBERS and not (found and found[-1].end == len(text)):
        rest = _HALF_NUMBER.sub(lambda match: _hide_number(match[0], 3, 0), rest)
    return "".join((*parts, rest))


def hide(kind: Kind, piece: str) -> str:
    """One piece as it is shown to whoever may not see it."""
    if kind == "email":
        name, at, domain = piece.partition("@")
        return name[:1] + SIGN * (len(name) - 1) + at + domain
    if kind == "name":
        return piece[:1] + re.sub(r"\w", SIGN, piece[1:])
    if kind == "address":
        shown = 0 if piece.isascii() else _SHOWN_PLACE
        return piece[:shown] + re.sub(r"\w", SIGN, piece[shown:])
    if kind == "plate":
        return piece[:2] + re.sub(r"\w", SIGN, piece[2:-1]) + piece[-1:]
    count = sum(sign.isalnum() for sign in piece)
    first, last = next((first, last) for least, first, last in _SHOWN if count >= least)
    return _hide_number(piece, first, last)


def _hide_number(piece: str, first: int, last: int) -> str:
    places = [place for place, sign in enumerate(piece) if sign.isalnum()]
    gone = set(places[first : len(places) - last])
    return "".join(SIGN if place in gone else sign for place, sign in enumerate(piece))


def holds_mask(text: str, original: str, hidden: Hidden) -> bool:
    """Whether a text holds what a mask left of another one: written back, it would destroy what it hid."""
    masked = mask_text(original, hidden)
    return masked != original and any(piece in text for piece in re.findall(r"\S*\*{2,}\S*", masked))


def mask_html(text: str, hidden: Hidden) -> str | None:
    """Formatted text without the pieces of the hidden kinds; None where tags tear a piece apart."""
    if not hidden or not text:
        return text
    parts = [
        _mask_tag(part, hidden) if part.startswith("<") else _mask_escaped(part, hidden) for part in _TAG.split(text)
    ]
    masked = "".join(parts)
    plain = html.unescape(_TAG.sub("", masked))
    return masked if mask_text(plain, hidden) == plain else None


def _mask_tag(tag: str, hidden: Hidden) -> str:
    if "=" not in tag:
        return tag
    if hidden & {"email", "phone"}:
        tag = _DIALS.sub(r"\1\2#\2", tag)
    return mask_text(tag, hidden - _UNHINTED)


def _mask_escaped(part: str, hidden: Hidden) -> str:
    plain = html.unescape(part)
    masked = mask_text(plain, hidden)
    return part if masked == plain else html.escape(masked, quote=False)


def mask_tree(value: Any, hidden: Hidden) -> Any:
    """An answer with every field that holds what people wrote masked; what changes is copied, nothing is changed."""
    if not hidden:
        return value
    if isinstance(value, Struct):
        return _mask_struct(value, hidden)
    if isinstance(value, list | tuple):
        masked = [mask_tree(one, hidden) for one in value]
        is_same = all(new is old for new, old in zip(masked, value, strict=True))
        return value if is_same else type(value)(masked)
    if isinstance(value, dict):
        changed = {key: new for key, old in value.items() if (new := mask_tree(old, hidden)) is not old}
        return {**value, **changed} if changed else value
    return value


def _mask_struct(value: Struct, hidden: Hidden) -> Struct:
    changed = {}
    for name, how in _plan(type(value)).items():
        old = getattr(value, name)
        new = _MASKS[how](old, hidden)
        if new is not old and new != old:
            changed[name] = new
    if not changed:
        return value
    masked = copy.copy(value)
    for name, new in changed.items():
        force_setattr(masked, name, new)
    return masked


def _mask_words(value: Any, hidden: Hidden) -> Any:
    if isinstance(value, str):
        return mask_text(value, hidden)
    if isinstance(value, list):
        return [_mask_words(one, hidden) for one in value]
    if isinstance(value, dict):
        return {key: _mask_words(one, hidden) for key, one in value.items()}
    return value


def _mask_beginning(value: Any, hidden: Hidden) -> Any:
    return mask_text(value, hidden, is_cut=True) if isinstance(value, str) else value


def _mask_formatted(value: Any, hidden: Hidden) -> Any:
    return mask_html(value, hidden) if isinstance(value, str) else value


_MASKS: Final = {TEXT: _mask_words, CUT: _mask_beginning, HTML: _mask_formatted, "deep": mask_tree}


@cache
def _plan(shape: type[Struct]) -> Mapping[str, str]:
    """Which fields of a struct to mask, and how; those that can hold nothing to hide are left out."""
    fields = get_type_hints(shape, include_extras=True)
    plan = {}
    for name in shape.__struct_fields__:
        how = _mark_of(fields[name])
        if how is None and any(_holds(one) for one in _structs_in(fields[name])):
            how = "deep"
        if how is not None:
            plan[name] = how
    return plan


def _mark_of(annotation: Any) -> str | None:
    for meta in getattr(annotation, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.extra:
            return next((mark for mark in _MASKS if mark in meta.extra), None)
    return next((mark for one in get_args(annotation) if (mark := _mark_of(one))), None)


def _structs_in(annotation: Any) -> set[type[Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return {annotation}
    return {found for one in get_args(annotation) for found in _structs_in(one)}


@cache
def _holds(shape: type[Struct]) -> bool:
    """Whether a struct, or any that stands in it, has a marked field."""
    waiting, known = [shape], {shape}
    while waiting:
        fields = get_type_hints(waiting.pop(), include_extras=True).values()
        if any(_mark_of(one) for one in fields):
            return True
        fresh = {found for one in fields for found in _structs_in(one)} - known
        known |= fresh
        waiting += fresh
    return False
