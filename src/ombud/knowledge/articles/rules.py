"""Pure rules: names in addresses, differences, who stands above whom among audiences, when to read again."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from itertools import groupby

from pypinyin import lazy_pinyin

from ombud.knowledge.articles.schemas import DiffPiece, Reader
from ombud.shared.lines import one_line

# From those who may read least to those who may read most; a team's articles are beside them.
AUDIENCES = ("public", "customers", "agents")
READS = {"public": ("public",), "customer": ("public", "customers"), "agent": AUDIENCES}
MAX_SLUG = 80
# What is compared word by word: a longer stretch that changed is shown as gone and new as a whole.
MOST_TOKENS = 6_000
# A line at least so alike is the same line with other words.
ALIKE = 0.35
_TOKEN = re.compile(r"[^\W\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+|\s+|.", re.DOTALL)


def slug_of(title: str) -> str:
    """A title as a name in addresses: Chinese by its sound, no accents; '' where nothing is left."""
    sounds = " ".join(lazy_pinyin(title[:100]))
    plain = unicodedata.normalize("NFKD", sounds).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    return slug if len(slug) <= MAX_SLUG else slug[:MAX_SLUG].rpartition("-")[0] or slug[:MAX_SLUG]


def one_a_line(text: str) -> str:
    """Texts one a line, each once, without blank ones."""
    return "\n".join(dict.fromkeys(line for each in text.splitlines() if (line := one_line(each))))


def audiences_of(reader: Reader) -> list[str]:
    """Audiences whose articles somebody may read, beside those of teams."""
    return list(READS[reader.kind])


def narrower(one: str, other: str) -> str:
    """The audience of the two that fewer people belong to."""
    return max(one, other, key=AUDIENCES.index)


def is_wider(one: str, than: str) -> bool:
    """Whether more people belong to one audience than to another; a team is the narrowest."""
    order = [*AUDIENCES, "team"]
    return order.index(one) < order.index(than)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def diff(before: str, after: str) -> list[DiffPiece]:
    """What changed between two texts: lines that are the same as a whole, others by words and Chinese characters."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return list(_joined(_changes(old, new)))


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffPiece]:
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        gone, came = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if kind == "equal":
            yield DiffPiece("same", gone)
        else:
            yield from _word_changes(gone, came)


def _word_changes(gone: str, came: str) -> Iterator[DiffPiece]:
    old, new = _TOKEN.findall(gone), _TOKEN.findall(came)
    if len(old) + len(new) > MOST_TOKENS:
        yield from (DiffPiece("gone", gone), DiffPiece("new", came))
        return
    matcher = SequenceMatcher(lambda token: token.isspace(), old, new, autojunk=False)
    if old and new and matcher.ratio() < ALIKE:
        yield from (DiffPiece("gone", gone), DiffPiece("new", came))
        return
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            yield DiffPiece("same", "".join(old[old_from:old_to]))
            continue
        yield DiffPiece("gone", "".join(old[old_from:old_to]))
        yield DiffPiece("new", "".join(new[new_from:new_to]))


def _joined(pieces: Iterator[DiffPiece]) -> Iterator[DiffPiece]:
    said = (piece for piece in pieces if piece.text)
    for kind, run in groupby(said, key=lambda piece: piece.kind):
        yield DiffPiece(kind, "".join(piece.text for piece in run))
