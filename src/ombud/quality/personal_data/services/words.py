"""Words to be blacked out, wherever they stand: in plain text, in formatted text, within JSON. Pure."""

import html
import re
from typing import Any, Final

from msgspec import Struct

SIGN: Final = "■■■"
# Words that are shorter stand in too many other places: they are blacked out in their own message alone.
_LEAST, _LEAST_CHINESE = 4, 2
_NUMBER: Final = re.compile(r"[+(]?\d(?:[\s.()-]?\d){4,}[\dXx]?")
_BETWEEN_DIGITS: Final = r"[\s.()-]{0,2}"
_TAG: Final = re.compile(r"<[^>]*>")
# An address that mail goes to is no words of a message.
_ROUTES: Final = frozenset({"address", "message_id", "token", "url"})
_PROSE: Final = frozenset(
    {
        *("text", "html", "quoted", "subject", "preview", "words", "phrase", "note", "title", "question", "reason"),
        *("result", "remark", "answer", "summary", "solution", "cause", "lesson", "review", "message", "detail"),
        *("title_en", "title_zh", "from_value", "to_value", "return_reason", "prompt", "request", "content"),
    }
)


def is_telling(words: str) -> bool:
    """Whether words are rare enough to be blacked out wherever they stand on a ticket."""
    chinese = sum("\u4e00" <= sign <= "\u9fff" for sign in words)
    return chinese >= _LEAST_CHINESE or sum(sign.isalnum() for sign in words) >= _LEAST


class Words(Struct, frozen=True):
    """Words to look for; those that could be a name of a state or a kind only where people write."""

    pattern: re.Pattern[str]
    only_prose: bool = False


def words_of(text: str) -> Words:
    """Finds the words in any spacing; a number in any grouping, and never within a longer one."""
    said = text.strip()
    if _NUMBER.fullmatch(said):
        signs = [re.escape(sign) for sign in said if sign.isalnum()]
        return Words(re.compile(rf"(?<![\d+])\+?\(?{_BETWEEN_DIGITS.join(signs)}(?!\d)", re.IGNORECASE))
    before = r"(?<![A-Za-z0-9_])" if _is_latin(said[:1]) else ""
    after = r"(?![A-Za-z0-9_])" if _is_latin(said[-1:]) else ""
    pattern = before + r"\s+".join(re.escape(part) for part in said.split()) + after
    return Words(re.compile(pattern, re.IGNORECASE), only_prose=re.fullmatch(r"[A-Za-z_-]+", said) is not None)


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def black_out(value: Any, words: Words) -> Any:
    """A text, or all texts within JSON, without the words."""
    if isinstance(value, str):
        return words.pattern.sub(SIGN, value)
    if isinstance(value, list):
        return [black_out(one, words) for one in value]
    if isinstance(value, dict):
        return {key: one if _is_left(key, one, words) else black_out(one, words) for key, one in value.items()}
    return value


def _is_left(key: str, value: Any, words: Words) -> bool:
    return key in _ROUTES or (words.only_prose and key not in _PROSE and not isinstance(value, dict))


def black_out_html(text: str, words: Words) -> str | None:
    """Formatted text without the words; None where tags tear them apart, so that only the plain text is left."""
    parts = re.split(r"(<[^>]*>)", text)
    masked = "".join(words.pattern.sub(SIGN, part) if part.startswith("<") else _escaped(part, words) for part in parts)
    plain = html.unescape(_TAG.sub("", masked))
    return None if words.pattern.search(plain) else masked


def _escaped(part: str, words: Words) -> str:
    plain = html.unescape(part)
    masked = words.pattern.sub(SIGN, plain)
    return part if masked == plain else html.escape(masked, quote=False)
