"""Markdown in and out: what people bring with them, and what they take along."""

import re
from functools import cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt

# Stands between a sign and the stars beside it while Markdown is read: no sign itself, so that ``**好。**再`` is bold.
_GAP = "\ue000"
_SIGNS = "，。：；！？、（）「」『』《》〈〉【】“”‘’…—～·"
_BEFORE = re.compile(rf"(?<=[{_SIGNS}])(\*{{1,3}})")
_AFTER = re.compile(rf"(\*{{1,3}})(?=[{_SIGNS}])")


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def html_of_markdown(text: str) -> str:
    """Markdown as HTML, not yet safe."""
    spaced = _AFTER.sub(rf"\1{_GAP}", _BEFORE.sub(rf"{_GAP}\1", text.replace(_GAP, "")))
    return str(_reader().render(spaced)).replace(_GAP, "").strip()


def markdown_of_html(html: str) -> str:
    """Safe HTML as Markdown; what Markdown cannot say stays as its words."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return writer.text()


_HEADINGS = {"h1": "# ", "h2": "## ", "h3": "### ", "h4": "#### "}
_AROUND = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "del": "~~", "code": "`"}
_PARTS = {"p", "div", *_HEADINGS, "pre", "blockquote", "ul", "ol", "table"}


class _Writer(HTMLParser):
    """Writes block after block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[str] = []
        self._line = ""
        self._prefix = ""
        self._lists: list[int | None] = []
        self._quotes = 0
        self._is_exact = False
        self._href = ""
        self._cells: list[str] | None = None
        self._table: list[list[str]] = []

    def text(self) -> str:
        """All of it."""
        self._end_block()
        return "\n".join(self._blocks).strip() + "\n"

    def _end_block(self, *, gap: bool = True) -> None:
        words = self._line.strip("\n") if self._is_exact else self._line.strip()
        if words:
            marks = "> " * self._quotes
            lines = words.split("\n")
            first = f"{marks}{self._prefix}{lines[0]}"
            rest = [f"{marks}{' ' * len(self._prefix)}{line}" for line in lines[1:]]
            self._blocks += [first, *rest]
        if gap and self._blocks and self._blocks[-1] and not self._lists:
            self._blocks.append("")
        self._line = self._prefix = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the mark begins."""
        given = {name: value or "" for name, value in attrs}
        if self._cells is not None and tag in _PARTS:
            return
        if tag in _AROUND and not self._is_exact:
            self._line += _AROUND[tag]
        elif tag in {"ul", "ol"}:
            self._end_block(gap=not self._lists)
            self._lists.append(int(given.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag in _HEADINGS:
            self._end_block()
            self._prefix = _HEADINGS[tag]
        elif tag in {"tr", "td", "th"}:
            self._begin_cell(tag)
        else:
            self._begin_other(tag, given)

    def _begin_other(self, tag: str, given: dict[str, str]) -> None:
        if tag in {"p", "div"} and not (self._prefix and not self._line):
            self._end_block()
        elif tag == "blockquote":
            self._end_block()
            self._quotes += 1
        elif tag == "pre":
            self._end_block()
            self._is_exact, self._line = True, "```\n"
        elif tag == "table":
            self._end_block()
            self._table = []
        elif tag == "br":
            self._line += "<br>" if self._cells is not None else "  \n"
        elif tag == "hr":
            self._end_block()
            self._line = "---"
            self._end_block()
        elif tag == "a":
            self._href = given.get("href", "")
            self._line += "[" if self._href else ""
        elif tag == "img":
            self._line += f"![{given.get('alt', '')}]({given.get('src', '')})"

    def _begin_item(self) -> None:
        self._end_block(gap=False)
        number = self._lists[-1] if self._lists else None
        indent = "   " * max(len(self._lists) - 1, 0)
        self._prefix = indent + ("- " if number is None else f"{number}. ")
        if number is not None:
            self._lists[-1] = number + 1

    def _begin_cell(self, tag: str) -> None:
        if tag == "tr":
            self._cells = []
        self._line = ""

    def handle_endtag(self, tag: str) -> None:
        """End what the mark ends."""
        if tag in {"td", "th"} and self._cells is not None:
            self._cells.append(" ".join(self._line.split()).replace("|", "\\|"))
            self._line = ""
        elif tag == "tr" and self._cells is not None:
            self._table.append(self._cells)
            self._cells = None
        elif self._cells is not None and tag in _PARTS:
            self._line += " "
        elif tag == "table":
            self._write_table()
        elif tag in _AROUND and not self._is_exact:
            self._line += _AROUND[tag]
        elif tag == "a":
            self._line += f"]({self._href})" if self._href else ""
            self._href = ""
        else:
            self._end_part(tag)

    def _end_part(self, tag: str) -> None:
        if tag in {"ul", "ol"} and self._lists:
            self._end_block(gap=False)
            self._lists.pop()
            if not self._lists:
                self._blocks.append("")
        elif tag == "pre":
            self._line = self._line.rstrip("\n") + "\n```"
            self._end_block()
            self._is_exact = False
        elif tag == "blockquote":
            self._end_block()
            self._quotes = max(self._quotes - 1, 0)
        elif tag == "li":
            self._end_block(gap=False)
        elif tag in {"p", "div", *_HEADINGS}:
            self._end_block()

    def _write_table(self) -> None:
        if not self._table:
            return
        width = max(map(len, self._table))
        lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in self._table]
        self._blocks += [lines[0], f"|{' --- |' * width}", *lines[1:], ""]
        self._table = []

    def handle_data(self, data: str) -> None:
        """Add words."""
        self._line += data if self._is_exact else re.sub(r"\s+", " ", data)
