"""Cutting an article into passages at its headings and paragraphs. Pure."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from msgspec import Struct

from ombud.shared.lines import one_line

# A Chinese character says about as much as three Latin letters.
LONGEST: Final = 320.0
SHORTEST: Final = 60.0
_LATIN_SHARE: Final = 1 / 3
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BLOCKS: Final = frozenset(
    {"p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "br", "dt", "dd", "section"}
)
_SILENT: Final = frozenset({"script", "style", "template"})
_SENTENCE: Final = re.compile(r".+?(?:[。！？；!?;\n]+[”」』\"]?|\.(?=\s)|$)", re.DOTALL)
BETWEEN: Final = " › "
MOST_PASSAGES: Final = 2_000


class Cut(Struct, frozen=True):
    """A piece of an article: the headings above it, the article's title in front, and what it says.

    ``is_question``: how customers ask for the article, which is nothing that it says.
    """

    heading: str
    text: str
    is_question: bool = False


class Block(Struct, frozen=True):
    """A paragraph, or with a ``level`` a heading."""

    text: str
    level: int = 0


def cut_article(title: str, body: str, summary: str = "") -> list[Cut]:
    """Cut an article's HTML: no passage goes across a heading, short paragraphs stay together."""
    found: list[Cut] = []
    above: dict[int, str] = {}
    gathered: list[str] = [summary] if summary else []

    def close() -> None:
        heading = BETWEEN.join([title, *(above[level] for level in sorted(above))])
        found.extend(Cut(heading, text) for text in _packed(gathered))
        gathered.clear()

    for block in read_blocks(body):
        if not block.level:
            gathered.append(block.text)
            continue
        close()
        above = {level: text for level, text in above.items() if level < block.level} | {block.level: block.text}
    close()
    return found[:MOST_PASSAGES] or [Cut(title, title)]


def cut_questions(title: str, questions: str) -> list[Cut]:
    """What customers ask for an article, a line each; its title is asked for, too."""
    asked = [title, *questions.splitlines()]
    return [Cut(title, text, is_question=True) for text in dict.fromkeys(asked) if text.strip()]


def read_blocks(body: str) -> list[Block]:
    """The paragraphs and headings of HTML in their order, as plain text on one line each."""
    reader = _BlockReader()
    reader.feed(body)
    reader.close()
    return reader.finished()


def weight_of(text: str) -> float:
    """How much a text says, in Chinese characters."""
    return sum(1.0 if char >= "\u3005" else _LATIN_SHARE for char in text)


def _packed(paragraphs: list[str]) -> Iterator[str]:
    """Paragraphs laid together until they are long enough, long ones cut between sentences."""
    gathered, weight = "", 0.0
    for part in (part for paragraph in paragraphs for part in _parted(paragraph)):
        more = weight_of(part)
        if gathered and weight + more > LONGEST:
            yield gathered
            gathered, weight = "", 0.0
        gathered, weight = f"{gathered}\n{part}" if gathered else part, weight + more
    if gathered:
        yield gathered


def _parted(paragraph: str) -> Iterator[str]:
    if weight_of(paragraph) <= LONGEST:
        yield paragraph
        return
    gathered = ""
    for match in _SENTENCE.finditer(paragraph):
        if gathered and weight_of(gathered) + weight_of(match[0]) > LONGEST:
            yield gathered.strip()
            gathered = ""
        gathered += match[0]
        while weight_of(gathered) > 2 * LONGEST:
            # Somebody wrote a page without a full stop.
            yield gathered[: int(LONGEST)].strip()
            gathered = gathered[int(LONGEST) :]
    if gathered.strip():
        yield gathered.strip()


class _BlockReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block] = []
        self._text: list[str] = []
        self._level = 0
        self._silent = 0

    def finished(self) -> list[Block]:
        self._end()
        return self._blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HEADINGS or tag in _BLOCKS:
            self._end()
            self._level = _HEADINGS.get(tag, 0)
        elif tag in {"td", "th"}:
            self._text.append(" ")
        elif tag in _SILENT:
            self._silent += 1
        elif tag == "img":
            self._text.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HEADINGS or tag in _BLOCKS:
            self._end()
            self._level = 0
        elif tag in _SILENT:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._text.append(data)

    def _end(self) -> None:
        if text := one_line("".join(self._text)):
            self._blocks.append(Block(text, self._level))
        self._text.clear()
