"""The new part of a reply. The rest is returned too: it is folded, never thrown away."""

import re
from dataclasses import dataclass, field

import msgspec

from ombud.channels.email import reply_words as words
from ombud.channels.email.attribution import (
    MAIL,
    MAX_CHARS,
    QUOTE,
    YEAR_OR_TIME,
    attribution_end,
    bare_line,
    next_filled,
)

REPLY_MARKER = "— 请在此行上方回复 / Reply above this line —"
CUT = "\ue000quoted from here\ue000"
_DELIMITER = re.compile(r"[\s\u1427]*(?:[-_=+~#*\u2013\u2014\u2500][ \t]?){2,}[\s\u1427]*|\s*\u1427\s*")
_GROUPWISE = re.compile(r"\s*>>>\s(?=.*@)(?=.*\d{1,2}[:.]\d{2}).{5,200}>>>\s*")
_MANY_LINES = 7
_CONTINUATION_LINES = 2


class ReplyParts(msgspec.Struct, frozen=True):
    """The new part and everything else, in the order it stood."""

    reply: str
    quoted: str


@dataclass(slots=True)
class _Cut:
    """Where quoting begins: lines ``start`` to ``end`` introduce it."""

    start: int
    end: int
    is_attribution: bool
    is_final: bool = False


@dataclass(slots=True)
class _Body:
    """Lines with what each is: ``t`` text, ``q`` quoted, ``e`` empty."""

    lines: list[str]
    kinds: str = field(default="")

    def __post_init__(self) -> None:
        self.kinds = "".join(_kind_of(line) for line in self.lines)


def _kind_of(line: str) -> str:
    if not line.strip():
        return "e"
    return "q" if QUOTE.match(line) else "t"


def split_reply(text: str) -> ReplyParts:
    """Split a plain-text body into the part that is new and the part that is quoted.

    Answers written between or below quoted lines keep the lines they answer, so that they stay readable.
    """
    text = re.sub("[\u200b\u200e\u200f\u202a-\u202e\ufeff]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    body = _Body([line.replace("\u00a0", " ").rstrip() for line in text.split("\n")])
    kept = _kept_lines(body)
    kept = _without_trailing_devices(body.lines, kept)
    chosen = set(kept)
    quoted = "\n".join(line for index, line in enumerate(body.lines) if index not in chosen)
    return ReplyParts(_strip("\n".join(body.lines[index] for index in kept)), _strip(quoted.replace(CUT, "")))


def _strip(text: str) -> str:
    return re.sub(r"^(?:[ \t]*\n)+", "", text).strip("\n").strip()


def _kept_lines(body: _Body) -> list[int]:
    end = _visible_end(body)
    cut = _first_cut(body.lines, end)
    if cut is None:
        return _trim(body, list(range(_first_delimiter(body, 0, end))))
    before = list(range(_first_delimiter(body, 0, cut.start)))
    if "t" in body.kinds[: len(before)]:
        return _with_text_before(body, before, cut, end)
    return _without_text_before(body, cut, end)


def _visible_end(body: _Body) -> int:
    """Below our own marker, or what an HTML program marked as quoted, nothing is new."""
    for index, line in enumerate(body.lines):
        if words.ABOVE_PATTERN.match(bare_line(line)) or (CUT in line and "t" in body.kinds[:index]):
            return index
    return len(body.lines)


def _first_delimiter(body: _Body, start: int, end: int) -> int:
    """The line that ends the body proper: ``-- `` or a rule, outside code and not underlining a heading."""
    is_code, has_text = False, False
    for index in range(start, end):
        line = body.lines[index]
        is_code ^= line.lstrip().startswith("```")
        if not is_code and has_text and _DELIMITER.fullmatch(line[:200]) and not _underlines(body.lines, index):
            return index
        has_text = has_text or body.kinds[index] == "t"
    return end


def _underlines(lines: list[str], index: int) -> bool:
    """A row of = or - under a line of the same length, with text below, is a heading and no signature."""
    rule, above = lines[index].strip(), lines[index - 1].strip()
    is_same = abs(len(rule) - len(above)) <= 1 and len(rule) > 4  # noqa: PLR2004 -- shorter ones are signature marks
    return is_same and rule[:1] in "=-" and index + 1 < len(lines)


def _first_cut(lines: list[str], end: int) -> _Cut | None:
    is_code = False
    for index in range(end):
        line = lines[index]
        is_code ^= line.lstrip().startswith("```")
        if is_code or not line.strip():
            continue
        if cut := _cut_at(lines, index, end):
            return cut
    return None


def _cut_at(lines: list[str], index: int, end: int) -> _Cut | None:
    bare = bare_line(lines[index])
    if words.MARKER_PATTERN.match(bare):
        stop = _header_block(lines, next_filled(lines, index + 1, end), end)
        return _Cut(index, stop or index + 1, is_attribution=False, is_final=True)
    if words.BARE_MARKER_PATTERN.fullmatch(bare) and (
        stop := _header_block(lines, next_filled(lines, index + 1, end), end)
    ):
        return _Cut(index, stop, is_attribution=False, is_final=True)
    if _GROUPWISE.fullmatch(lines[index][:MAX_CHARS]):
        return _Cut(index, index + 1, is_attribution=False)
    if (stop := _header_block(lines, index, end)) > 0:
        return _Cut(index, stop, is_attribution=False)
    if (stop := attribution_end(lines, index, end)) > 0:
        return _Cut(index, stop, is_attribution=True)
    return None


def _header_block(lines: list[str], start: int, end: int) -> int:
    """The line after a block of From/Sent/To/Subject lines that begins here; 0 when there is none."""
    if start >= end or not words.LABEL_PATTERN.match(bare_line(lines[start])):
        return 0
    labels: set[str] = set()
    has_from, index, stray = False, start, 0
    while index < end and index < start + 25:
        bare = bare_line(lines[index])
        if match := words.LABEL_PATTERN.match(bare):
            if match[1].lower() in labels and len(labels) == 1:
                return 0  # a list of equal labels is no header block
            labels.add(match[1].lower())
            has_from = has_from or words.FROM_PATTERN.match(bare) is not None
            stray = 0
        elif not bare.strip() or stray >= _CONTINUATION_LINES:
            break
        else:
            stray += 1
        index += 1
    is_block = len(labels) >= 3 or (len(labels) == 2 and has_from and _says_who_and_when(lines[start:index]))  # noqa: PLR2004
    return index - stray if is_block and has_from else 0


def _says_who_and_when(lines: list[str]) -> bool:
    return any(MAIL.search(line) for line in lines) or any(YEAR_OR_TIME.search(line) for line in lines)


def _with_text_before(body: _Body, before: list[int], cut: _Cut, end: int) -> list[int]:
    """Usually all that is new stands above the quote; an answer between the quotes is recognised by what follows it."""
    if not cut.is_attribution or len(before) < cut.start:
        return _trim(body, before)
    limit = _first_delimiter(body, cut.end, end)
    rest = body.kinds[cut.end : limit]
    pattern = re.sub(r"(.)\1+", r"\1", rest.replace("e", ""))
    if not rest.replace("e", "").startswith("q") or not re.search("qt", pattern):
        return _trim(body, before)
    if _nested_cut(body, cut.end, limit):
        return _trim(body, before)
    if "qtq" in pattern or rest.count("t") >= _MANY_LINES:
        return _trim(body, [*before, *range(cut.end, limit)])
    return _trim(body, before)


def _nested_cut(body: _Body, start: int, end: int) -> bool:
    """Whether unquoted text after the quote is itself introduced as quoted."""
    return any(body.kinds[index] == "t" and _cut_at(body.lines, index, end) is not None for index in range(start, end))


def _without_text_before(body: _Body, cut: _Cut, end: int) -> list[int]:
    """The quote comes first: a forwarded mail, or an answer below or between the quoted lines."""
    limit = _first_delimiter(body, cut.end, end)
    if not cut.is_attribution:
        return _trim(body, list(range(cut.end, limit)), keep_quotes=True)
    rest = body.kinds[cut.end : limit]
    if "t" not in rest:
        return []
    pattern = re.sub(r"(.)\1+", r"\1", rest.replace("e", ""))
    if pattern == "qt":
        return _trim(body, list(range(cut.end + rest.rindex("q") + 1, limit)))
    return _trim(body, list(range(cut.end, limit)))


def _trim(body: _Body, kept: list[int], *, keep_quotes: bool = False) -> list[int]:
    """Without the quoted lines at the end, unless nothing else is there."""
    if keep_quotes or not any(body.kinds[index] == "t" for index in kept):
        return kept
    while kept and body.kinds[kept[-1]] != "t":
        kept = kept[:-1]
    return kept


def _without_trailing_devices(lines: list[str], kept: list[int]) -> list[int]:
    """Without "Sent from my …" lines at the end: the device's words, not the writer's."""
    last = len(kept)
    while last > 0 and (not lines[kept[last - 1]].strip() or _is_device(lines[kept[last - 1]])):
        last -= 1
    has_device = any(_is_device(lines[index]) for index in kept[last:])
    return kept[:last] if has_device else kept


def _is_device(line: str) -> bool:
    return len(line) <= 140 and words.DEVICE_PATTERN.fullmatch(line) is not None  # noqa: PLR2004 -- one short line
