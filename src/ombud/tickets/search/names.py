"""Finds names by what people type of them: their beginning, a part, pinyin or its initials (``tk`` → 退款)."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

import pypinyin

T = TypeVar("T")
EXACT, BEGINS, SOUNDS, CONTAINS, SOUNDS_WITHIN = range(5)
MAX_TYPED = 40


def rank_of(name: str, typed: str) -> int | None:
    """How well a name fits what was typed: 0 is best, None is not at all."""
    name, typed = name.lower(), typed.lower().strip()[:MAX_TYPED]
    if not typed or name == typed:
        return EXACT
    if name.startswith(typed):
        return BEGINS
    sounds = typed.replace(" ", "").replace("'", "")
    if name.replace(" ", "").startswith(sounds) or _sounds_like(name, sounds):
        return SOUNDS
    if typed in name:
        return CONTAINS
    if any(_sounds_like(name[start:], sounds) for start in _word_starts(name)):
        return SOUNDS_WITHIN
    return None


def best(items: Iterable[T], typed: str, names: Callable[[T], Iterable[str]]) -> list[T]:
    """All items that fit as well as the best one does."""
    ranked = ranked_items(items, typed, names)
    return [item for rank, item in ranked if rank == ranked[0][0]]


def ranked_items(items: Iterable[T], typed: str, names: Callable[[T], Iterable[str]]) -> list[tuple[int, T]]:
    """Items that fit, the best first, otherwise in their order."""
    found: list[tuple[int, T]] = []
    for item in items:
        ranks = [rank for name in names(item) if name and (rank := rank_of(name, typed)) is not None]
        if ranks:
            found.append((min(ranks), item))
    return sorted(found, key=lambda one: one[0])


def _word_starts(name: str) -> Iterable[int]:
    """Where a sound may begin inside of a name: at each Chinese character and behind each space or sign."""
    for index in range(1, min(len(name), MAX_TYPED)):
        if name[index] > "\u3400" or (name[index].isalnum() and not name[index - 1].isalnum()):
            yield index


@lru_cache(maxsize=1 << 14)
def _sounds(char: str) -> tuple[str, ...]:
    """What may be typed for a character: itself, or any of its readings whole or begun."""
    readings = pypinyin.pinyin(char, style=pypinyin.Style.NORMAL, heteronym=True)[0] if char > "\u3400" else []
    plain = [one.replace("ü", "v") for one in readings]
    return tuple(dict.fromkeys([char, *plain]))


def _sounds_like(name: str, typed: str) -> bool:
    """Whether what was typed can be read off the beginning of a name, character by character, each begun at least."""
    letters = [char for char in name[:MAX_TYPED] if char.isalnum()]
    # A Latin word is typed by its beginning only; the caller has compared that already.
    if not any(char > "\u3400" for char in letters[: len(typed)]):
        return _initials_of(name).startswith(typed) and len(typed) > 1
    ends = {0}
    for char in letters:
        ends = {end + length for end in ends for length in _matching(char, typed[end:])}
        if len(typed) in ends:
            return True
        if not ends:
            return False
    return False


def _matching(char: str, rest: str) -> set[int]:
    """How many letters of the rest a character may stand for."""
    lengths = set()
    for sound in _sounds(char):
        most = 0
        while most < min(len(sound), len(rest)) and sound[most] == rest[most]:
            most += 1
        lengths |= set(range(1, most + 1))
    return lengths


def _initials_of(name: str) -> str:
    return "".join(word[0] for word in name.replace("-", " ").replace(".", " ").split() if word[0].isalnum())
