"""Search words, computed once when text is written and again for a query, so that both sides always agree.

Chinese is cut by rjieba into words and sub-words, everything else by spaces and signs; ids such as ``AB-2024-0931``
stay one word beside their parts.
"""

import re

import rjieba

_ID = re.compile(r"[a-z0-9]+(?:[-_./@+][a-z0-9]+)+")
_WORD = re.compile(r"[a-z0-9\u00c0-\u024f]+|[\u3400-\u9fff\uf900-\ufaff]+")
MAX_WORD_LENGTH = 60
MAX_WORDS = 4_000


def words_of(text: str) -> list[str]:
    """The words of a text in their order, lower case; a word may repeat."""
    folded = text.lower()[:100_000]
    found: list[str] = [match.group() for match in _ID.finditer(folded)]
    for match in _WORD.finditer(folded):
        word = match.group()
        found.extend(_cut_chinese(word) if word[0] >= "\u3400" else [word])
    return [word for word in found if len(word) <= MAX_WORD_LENGTH][:MAX_WORDS]


def _cut_chinese(run: str) -> list[str]:
    pieces = rjieba.cut_for_search(run, hmm=True)
    # Single characters too: a query of one character, or one cut otherwise, still finds the text.
    return [*pieces, *(char for char in run if char not in pieces)]


def tsvector(text: str) -> str:
    """A text's words as a tsvector literal (positions are left out: lists of tickets need no phrases)."""
    return " ".join(_quoted(word) for word in sorted(set(words_of(text))))


def tsquery(text: str) -> str:
    """A query for texts with all words of ``text``, the last of which may be a beginning; empty without words."""
    found = list(dict.fromkeys(words_of(text)))
    end = text.lower().rstrip()
    # An id that is still being typed ends the text as a whole and by its last part: both may be beginnings.
    return " & ".join(_quoted(word) + (":*" if end.endswith(word) or word == found[-1] else "") for word in found)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
