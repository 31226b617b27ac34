"""Which language of an article is shown, what goes with it, what fits while somebody types. No database."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from ombud.portal.help_centre.schemas import Entry, Shelf
from ombud.shared.words import STOP_WORDS, folded, pieces, stem_of, words_of

LANGUAGE_NAMES = {
    "en": "English",
    "zh-CN": "中文",
    "zh-TW": "繁體中文",
    "zh-HK": "繁體中文",
    "ja": "日本語",
    "ko": "한국어",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "it": "Italiano",
    "ru": "Русский",
    "th": "ไทย",
    "vi": "Tiếng Việt",
    "id": "Bahasa Indonesia",
    "ms": "Bahasa Melayu",
    "ar": "العربية",
}
SPOKEN = ("en", "zh-CN")
# Words that ask and name nothing.
_ASKING = (
    "how",
    "long",
    "do",
    "does",
    "did",
    "what",
    "which",
    "where",
    "when",
    "why",
    "who",
    "can",
    "could",
    "not",
    "take",
)
ASKING = frozenset([*_ASKING, *map(stem_of, _ASKING)])
MOST_RELATED = 4
MOST_SUGGESTED = 6
SNIPPET = 220
LEAD = 60


def language_name(locale: str) -> str:
    """What a language calls itself."""
    return LANGUAGE_NAMES.get(locale) or LANGUAGE_NAMES.get(locale.partition("-")[0]) or locale


def nearness(locale: str, wanted: str, default: str) -> int:
    """How well a language suits a reader; the smaller the better."""
    if locale == wanted:
        return 0
    if locale.partition("-")[0] == wanted.partition("-")[0]:
        return 1
    return 2 if locale == default else 3


def best_languages(entries: Sequence[Entry], wanted: str) -> list[Entry]:
    """Each article once, in the language that suits best; pinned ones first, then by title."""
    by_article = groupby(sorted(entries, key=lambda one: one.article_id), key=lambda one: one.article_id)
    chosen = [
        min(group, key=lambda one: (nearness(one.locale, wanted, one.default_locale), one.locale))
        for _, group in by_article
    ]
    far = {one.article_id: nearness(one.locale, wanted, one.default_locale) > 1 for one in chosen}
    return sorted(chosen, key=lambda one: (far[one.article_id], not one.is_pinned, one.title))


def locales_of(entries: Iterable[Entry]) -> list[str]:
    """Languages of a help centre: both of ours, and whatever else articles are written in."""
    return [*SPOKEN, *sorted({one.locale for one in entries} - set(SPOKEN))]


def below(shelves: Sequence[Shelf], shelf_id: int) -> set[int]:
    """A category and all below it."""
    found, fresh = {shelf_id}, {shelf_id}
    while fresh:
        fresh = {one.id for one in shelves if one.parent_id in fresh} - found
        found |= fresh
    return found


def way_to(shelves: Sequence[Shelf], shelf_id: int | None) -> list[Shelf]:
    """The categories from the top down to one."""
    by_id = {one.id: one for one in shelves}
    way: list[Shelf] = []
    while shelf_id is not None and shelf_id in by_id and by_id[shelf_id] not in way:
        way.insert(0, by_id[shelf_id])
        shelf_id = by_id[shelf_id].parent_id
    return way


def related(entry: Entry, others: Sequence[Entry]) -> list[Entry]:
    """Articles that go with one: they share its words, and its category counts, too."""
    own = _words(entry)

    def likeness(other: Entry) -> float:
        theirs = _words(other)
        shared = len(own & theirs) / (len(own | theirs) or 1)
        return shared + (0.2 if entry.category_id is not None and entry.category_id == other.category_id else 0)

    ranked = sorted(
        ((likeness(one), one) for one in others if one.article_id != entry.article_id),
        key=lambda pair: (-pair[0], pair[1].title),
    )
    return [one for score, one in ranked[:MOST_RELATED] if score > 0.05]  # noqa: PLR2004 – a stray word is no kinship


def _words(entry: Entry) -> frozenset[str]:
    found = words_of(f"{entry.title} {entry.keywords}")
    return frozenset(one for one in found if one not in STOP_WORDS | ASKING and len(one) > 1)


class Typing:
    """The titles of one language, ready to be searched with every key press."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._rows = [(one, folded(one.title), frozenset(words_of(f"{one.title} {one.keywords}"))) for one in entries]

    def suggest(self, typed: str) -> list[Entry]:
        """Articles whose title or keywords fit, the best first; the last word may be half typed."""
        text = folded(typed).strip()
        words = [one for one in dict.fromkeys(words_of(text)) if one not in STOP_WORDS] or words_of(text)
        if not words:
            return []
        scored = [(_fit(text, words, title, known), entry) for entry, title, known in self._rows]
        ranked = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], len(pair[1].title)))
        return [one for _, one in ranked[:MOST_SUGGESTED]]


def _fit(text: str, words: Sequence[str], title: str, known: frozenset[str]) -> float:
    if title.startswith(text):
        return 3
    if text in title:
        return 2
    met = sum(1 for word in words if word in known)
    last = words[-1]
    if last not in known and any(one.startswith(last) for one in known):
        met += 1
    share = met / len(words)
    return share if share >= 0.5 else 0  # noqa: PLR2004 – less than half of the words is a coincidence


def marked(text: str, question: str) -> Markup:
    """The stretch of a passage that holds the words of a question, with these marked."""
    asked = {form for form in words_of(question) if form not in STOP_WORDS}
    found = [(piece.start, piece.end) for piece in pieces(text) if asked.intersection(piece.forms)]
    start = _word_start(text, max(0, found[0][0] - LEAD)) if found else 0
    end = min(len(text), start + SNIPPET)
    out, at = Markup("… ") if start else Markup(""), start
    for left, right in found:
        if left >= at and right <= end:
            out += escape(text[at:left]) + Markup("<mark>{}</mark>").format(text[left:right])
            at = right
    return out + escape(text[at:end]) + (Markup(" …") if end < len(text) else Markup(""))


def _word_start(text: str, at: int) -> int:
    """The place, or the beginning of the next word where it is in the midst of one."""
    while 0 < at < len(text) and text[at - 1].isascii() and text[at - 1].isalnum() and text[at].isalnum():
        at += 1
    return at
