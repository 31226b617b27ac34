"""Taking the telling sentences out of texts, and the telling words out of questions. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from ombud.shared.words import STOP_WORDS, pieces

SENTENCE: Final = re.compile(r"[^。！？!?\n]+?(?:[。！？!?]+|\.(?=\s|$)|\n|$)")
GREETING: Final = re.compile(
    r"^\s*(?:dear|hello|hi|hey|good (?:morning|afternoon|evening)|您好|你好|亲爱的|尊敬的|亲[，,]?)"
    r"[^。？?\n]{0,30}$|^\s*[^。？?\n]{0,14}(?:您好|你好)[，,！!。\s]*$",
    re.IGNORECASE,
)
THANKS: Final = re.compile(
    r"^\s*(?:many |kind |best |warm |with )*(?:thanks?|thank you|regards|greetings|sincerely|cheers"
    r"|谢谢|感谢|多谢|此致|祝)"
    r"[^。！？!?\n]{0,60}$|^\s*--\s*$",
    re.IGNORECASE,
)
TELLING: Final = re.compile(
    r"\?|？|\b(?:not|n't|cannot|can't|won't|never|broken|error|fail\w*|leak\w*|missing|wrong|late|refund|cancel|want|need"
    r"|please|how|why|when|where)\b|不|没|坏|漏|错|退|换|怎么|如何|为什么|什么时候|哪里|无法|请|要求|希望|想",
    re.IGNORECASE,
)
SHORTEST: Final = 4
MOST_WORDS: Final = 10
WORTH_SAYING: Final = 1.5


def sentences(text: str) -> list[str]:
    """The sentences of a text without greetings and thanks."""
    found = (one.strip() for one in SENTENCE.findall(text))
    return [one for one in found if len(one) >= SHORTEST and not _is_courtesy(one)]


def telling(text: str, most: int, about: Sequence[str] = ()) -> str:
    """The sentences that say most of a text, in their order; ``about``: words that count more.

    A sentence counts by how much of the whole text's words it holds, by asking, missing or wanting something, and by
    standing early.
    """
    found = sentences(text)
    if len(found) <= most:
        return " ".join(found)
    counts = Counter(word for one in found for word in set(_words(one)))
    wanted = set(about)
    scored = sorted(range(len(found)), key=lambda place: -_score(found[place], place, counts, wanted))
    return " ".join(found[place] for place in sorted(scored[:most]))


def search_words(text: str) -> list[str]:
    """The words of a question that are worth searching for, the longest first."""
    counts = Counter(_words(text))
    ranked = sorted(counts, key=lambda word: (-_weight(word), -counts[word]))
    return ranked[:MOST_WORDS]


def likeness(asked: Sequence[str], text: str) -> float:
    """Which part of the asked words a text holds, long ones counting more; between 0 and 1."""
    if not asked:
        return 0.0
    held = set(_words(text))
    return sum(_weight(one) for one in asked if one in held) / sum(map(_weight, asked))


def is_chinese(text: str) -> bool:
    """Whether a text is written in Chinese rather than in letters."""
    han = sum(1 for one in text if "\u3400" <= one <= "\u9fff")
    return han * 3 > sum(1 for one in text if one.isascii() and one.isalpha())


def _is_courtesy(sentence: str) -> bool:
    if THANKS.match(sentence):
        return True
    # "Hello, it leaks" is more than a greeting.
    return bool(GREETING.match(sentence)) and not TELLING.search(sentence)


def _score(sentence: str, place: int, counts: Counter[str], wanted: set[str]) -> float:
    words = set(_words(sentence))
    if not words:
        return 0.0
    shared = sum(counts[word] - 1 for word in words) / len(words)
    asks = WORTH_SAYING if TELLING.search(sentence) else 0.0
    return shared + asks + len(words & wanted) / 2 + 1 / (1 + place)


def _words(text: str) -> list[str]:
    return [
        form
        for piece in pieces(text)
        for form in piece.forms[:1]
        if len(form) > 1 and form not in STOP_WORDS and not form.isdigit()
    ]


def _weight(word: str) -> float:
    # A pair of characters says about as much as a word of six letters.
    return min(len(word), 8) if word.isascii() else 6.0
