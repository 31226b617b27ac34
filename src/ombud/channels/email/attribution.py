"""The line by which a mail program introduces what it quotes: "On … wrote:" in many languages, also wrapped."""

import re

from ombud.channels.email import reply_words as words

QUOTE = re.compile(r"\s{0,3}(?:>|\|(?=\s|$)|[A-Za-z][\w.-]{0,14}>(?=\s|$))")
_QUOTE_PREFIX = re.compile(r"^(?:\s{0,3}(?:>|\|(?=\s|$)))+\s?")
_DATE = re.compile(
    r"\d{1,4}\s?[-./年년]\s?\d{1,2}|\d{1,2}:\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}\.?\s+[^\W\d]{3,}|[^\W\d]{3,}\.?\s+\d{1,2}\b"
)
YEAR_OR_TIME = re.compile(r"\b(?:19|20)\d{2}|\d{1,2}[:.h]\d{2}")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.?[\w.-]*|<\s*>")
_WEEKDAY = re.compile(r"[^\W\d]{2,5}[.,]\s")
_QUOTING = ("quoting ", "zitat von ", "citando ")
_QUOTED_AFTER = re.compile(r"(.{10,200}<[^<>\s]+@[^<>\s]+>[^:\uff1a]{1,30})[:\uff1a]\s{2,}\S")
_MAX_JOINED = 7
MAX_CHARS = 400


def bare_line(line: str) -> str:
    """The line without the marks of a quote."""
    return _QUOTE_PREFIX.sub("", line)[:1_000]


def next_filled(lines: list[str], index: int, end: int) -> int:
    """The next line from ``index`` on that says something."""
    while index < end and not bare_line(lines[index]).strip():
        index += 1
    return index


def attribution_end(lines: list[str], start: int, end: int) -> int:
    """The line after an "On … wrote:" that begins here, also when it is wrapped; 0 when there is none."""
    first = bare_line(lines[start]).strip()
    if not _can_begin(first) or _goes_on(first):
        return start + 1 if _goes_on(first) else 0
    joined = ""
    for index in range(start, min(start + _MAX_JOINED, end)):
        piece = bare_line(lines[index]).strip()
        if index > start and _can_begin_strongly(piece) and not joined.endswith((",", "<")):
            return 0
        joined = f"{joined} {piece}".strip()
        if len(joined) > MAX_CHARS:
            return 0
        if piece.endswith((":", "\uff1a")) or _ends_quoting(piece, lines, index + 1, end):
            return index + 1 if _is_attribution(joined) else 0
        if piece.endswith((".", "!", "?", "。", "！")) and not re.search(r"\d\.$|\b\w{1,4}\.$", piece):
            return 0
    return 0


def _goes_on(line: str) -> bool:
    """Yahoo on phones begins the quote on the line of the attribution."""
    match = _QUOTED_AFTER.match(line[:MAX_CHARS])
    return match is not None and _can_begin_strongly(match[1]) and words.WROTE_PATTERN.search(match[1]) is not None


def _ends_quoting(piece: str, lines: list[str], following: int, end: int) -> bool:
    """Some programs put no colon after "wrote", but the quote follows at once."""
    following = next_filled(lines, following, end) if following < end and not lines[following].strip() else following
    return (
        following < end and QUOTE.match(lines[following]) is not None and words.WROTE_PATTERN.search(piece) is not None
    )


def _can_begin(line: str) -> bool:
    has_evidence = bool(_DATE.search(line) or MAIL.search(line) or words.WROTE_PATTERN.search(line))
    is_intro = words.START_PATTERN.match(line) is not None
    return (
        bool(line)
        and has_evidence
        and (is_intro or line[:1].isdigit() or MAIL.search(line) is not None or line.endswith((":", "\uff1a", "<")))
    )


def _can_begin_strongly(line: str) -> bool:
    return (
        words.START_PATTERN.match(line) is not None
        and YEAR_OR_TIME.search(line) is not None
        and _DATE.search(line) is not None
    )


def _is_attribution(joined: str) -> bool:
    has_mail, has_date = MAIL.search(joined) is not None, _DATE.search(joined) is not None
    starts = words.START_PATTERN.match(joined) is not None
    verbs = list(words.WROTE_PATTERN.finditer(joined))
    if verbs:
        is_last = not joined[verbs[-1].end() :].strip(" :\uff1a*>)")
        has_tail_date = _DATE.search(joined[verbs[-1].end() :]) is not None
        return (is_last and (has_date or has_mail)) or (
            has_date and (starts or has_mail or has_tail_date) and len(joined) < MAX_CHARS
        )
    if has_mail and joined.lower().startswith(_QUOTING):
        return True
    # Russian, Japanese and others write only a date and an address; without a verb the line must begin like a date.
    begins = joined[:1].isdigit() or starts or _WEEKDAY.match(joined) is not None or joined.startswith("* ")
    return has_mail and has_date and YEAR_OR_TIME.search(joined) is not None and begins
