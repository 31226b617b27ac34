"""Search words, computed once when text is written and again for a query, so that both sides always agree.

Chinese, Japanese and Korean stand in the index as pairs of neighbouring characters with their places, so that whatever
is in a text is found whatever a segmenter made of its surroundings; a query's run of characters is cut into words by
rjieba. Other scripts stand word by word, each with its unaccented form and its English stem at the same place. Ids such
as ``AB-2024-0931`` are one word beside their parts. Places make phrases hold.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

import rjieba
import snowballstemmer

_CJK = "\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"([a-z0-9]+(?:[-_./@+][a-z0-9]+)+)|([^\W_{_CJK}]+)|([{_CJK}]+)")
_PART = re.compile(r"[a-z0-9]+")
_MIXED = re.compile(r"[a-z]+|[0-9]+")
_ID, _RUN = 1, 3
MAX_TEXT_LENGTH = 100_000
MAX_WORD_LENGTH = 60
MAX_WORDS = 10_000
# What PostgreSQL keeps of places: up to this one, and so many of one word.
MAX_PLACE = 16_383
MAX_PLACES = 255
MIN_STEMMED = 3
# Full-width letters, digits and signs as the plain ones, each still one character long.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# Said in every other text: they narrow nothing down beside another word.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for from has have i in is it its me my of on or our so that the their this to "
        "was we were will with you your",
    )
)
_PARTICLES = frozenset("的了吗呢吧啊呀么地得着")


class Piece(NamedTuple):
    """A word in a text: its forms in the index, its place among the words, and where it stands."""

    forms: tuple[str, ...]
    place: int
    start: int
    end: int


class Part(NamedTuple):
    """One word of a term: its form in the index, how far behind the first it stands, and whether it may go on."""

    form: str
    offset: int = 0
    is_beginning: bool = False


# What must be found: one word, or several in a row.
Term = tuple[Part, ...]


def folded(text: str) -> str:
    """A text in the spelling that is compared, character for character as long as before."""
    lower = text.translate(_NARROW).lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := char.translate(_NARROW).lower()) == 1 else char for char in text)


def pieces(text: str) -> Iterator[Piece]:
    """All words of a text with their forms, in their order."""
    place = 0
    for match in _PIECE.finditer(folded(text[:MAX_TEXT_LENGTH])):
        start = match.start()
        if run := match[3]:
            for index in range(len(run) - 1):
                yield Piece((run[index : index + 2],), place + index, start + index, start + index + 2)
            place += len(run)
            yield Piece((run[-1],), place - 1, match.end() - 1, match.end())
        elif match[2]:
            yield Piece(_forms(match[2]), place, start, match.end())
            place += 1
        else:
            yield Piece((match[1],), place, start, match.end())
            for part in _PART.finditer(match[1]):
                yield Piece(_forms(part[0]), place, start + part.start(), start + part.end())
                place += 1


def words_of(text: str) -> list[str]:
    """The words of a text as the index holds them, in their order; a word may repeat."""
    found = [form for piece in pieces(text) for form in piece.forms if len(form) <= MAX_WORD_LENGTH]
    return found[:MAX_WORDS]


def tsvector(text: str, *marks: str) -> str:
    """A text's words with their places as a tsvector literal, with marks (never words of a text) beside them."""
    places: dict[str, list[str]] = {}
    place = 1
    # The same walk as in pieces(), without an object for each word: this one is taken for every message.
    for match in _PIECE.finditer(folded(text[:MAX_TEXT_LENGTH])):
        word, kind = match[0], match.lastindex
        if kind == _RUN:
            for index in range(len(word) - 1):
                places.setdefault(word[index : index + 2], []).append(_number(place + index))
            place += len(word)
            places.setdefault(word[-1], []).append(_number(place - 1))
            continue
        if kind == _ID and len(word) <= MAX_WORD_LENGTH:
            places.setdefault(word, []).append(_number(place))
        for part in _PART.findall(word) if kind == _ID else (word,):
            for form in _forms(part) if len(part) <= MAX_WORD_LENGTH else ():
                places.setdefault(form, []).append(_number(place))
            place += 1
    words = [f"'{form}':{','.join(found[:MAX_PLACES])}" for form, found in islice(places.items(), MAX_WORDS)]
    return " ".join([*(f"'{mark}'" for mark in marks), *words])


def tsquery(text: str) -> str:
    """A query for texts with all words of ``text``, the last of which may be a beginning; empty without words."""
    return " & ".join(query_of(term) for term in terms_of(text, is_typing=True))


def terms_of(text: str, *, is_typing: bool = False) -> list[Term]:
    """What a text without quotes asks for: all of its words, in any order.

    ``is_typing``: the last one may be a beginning.
    """
    matches = list(_PIECE.finditer(folded(text[:MAX_TEXT_LENGTH])))
    found: list[Term] = []
    for match in matches:
        is_last = is_typing and match is matches[-1] and match.end() == len(text.rstrip())
        if match[3]:
            found += _run_terms(match[3], is_typing=is_last)
        elif len(match[0]) <= MAX_WORD_LENGTH:
            found += _word_terms(match[0], is_id=bool(match[1]), is_last=is_last)
    said = [term for term in found if term[0].form not in STOP_WORDS or term[0].is_beginning]
    return list(dict.fromkeys(said or found))


def phrase_of(text: str) -> Term:
    """What a text in quotes asks for: its words in this order, one behind the other; empty without words."""
    found: list[Part] = []
    place = 0
    for match in _PIECE.finditer(folded(text[:MAX_TEXT_LENGTH])):
        if match[3]:
            found += (Part(part.form, part.offset + place, part.is_beginning) for part in _in_pairs(match[3]))
            place += len(match[3])
            continue
        for word in _PART.findall(match[1]) if match[1] else [match[2]]:
            found.append(Part(word, place))
            place += 1
    return tuple(part for part in found if len(part.form) <= MAX_WORD_LENGTH)


def beginning_of(word: str) -> list[Term]:
    """What ``word*`` asks for."""
    return terms_of(word, is_typing=True)


def query_of(term: Term) -> str:
    """A term as a tsquery."""
    if len(term) == 1:
        return _written(term[0])
    text, place = _written(term[0]), term[0].offset
    for part in term[1:]:
        text, place = f"{text} <{part.offset - place}> {_written(part)}", part.offset
    return f"({text})"


def is_open_ended(term: Term) -> bool:
    """Whether a term holds a beginning: many words of the index may go on from it, so that it is dear to look up."""
    return any(part.is_beginning for part in term)


@lru_cache(maxsize=1 << 16)
def stem_of(word: str) -> str:
    """The English stem of a word; a number or a short word is its own."""
    if len(word) < MIN_STEMMED or not word.isalpha():
        return word
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=1 << 16)
def _forms(word: str) -> tuple[str, ...]:
    plain = _plain(word)
    mixed = _MIXED.findall(plain) if not plain.isalpha() and not plain.isdigit() else ()
    return tuple(dict.fromkeys((word, plain, stem_of(plain), *(part for part in mixed if len(part) > 1))))


def _plain(word: str) -> str:
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


@lru_cache(maxsize=1 << 14)
def _number(place: int) -> str:
    return str(min(place, MAX_PLACE))


def _word_terms(word: str, *, is_id: bool, is_last: bool) -> list[Term]:
    if is_id:
        return [(Part(word, is_beginning=is_last),)]
    plain = _plain(word)
    return [(Part(plain if is_last else stem_of(plain), is_beginning=is_last),)]


def _run_terms(run: str, *, is_typing: bool) -> list[Term]:
    """A run of characters as words; single characters stay with the word behind them, in a row, else with the last."""
    cut = list(rjieba.cut(run, hmm=False)) if len(run) > 1 else [run]
    tail = cut.pop() if is_typing and len(cut) > 1 and len(cut[-1]) == 1 else ""
    groups: list[str] = []
    single = ""
    for word in cut:
        if len(word) > 1:
            groups.append(single + word)
            single = ""
        elif word not in _PARTICLES or single or not groups:
            single += word
    if single and groups:
        groups[-1] += single
    elif single:
        groups = [single]
    if tail and (tail not in _PARTICLES or not groups):
        groups.append(tail)
    return [_in_pairs(group) for group in groups]


def _in_pairs(run: str) -> Term:
    """As few pairs as cover a run; a single character begins pairs."""
    if len(run) == 1:
        return (Part(run, is_beginning=True),)
    starts = [*range(0, len(run) - 1, 2)]
    if len(run) % 2:
        starts.append(len(run) - 2)
    return tuple(Part(run[start : start + 2], start) for start in starts)


def _written(part: Part) -> str:
    return f"'{part.form}'" + (":*" if part.is_beginning else "")
