"""Formatted text as our own people write it: few marks, safe by an allow-list, with a plain twin for every reader.

A paragraph is a line, as in a plain text: the next one follows without a gap, an empty one leaves a blank line.
"""

import re
from collections.abc import Collection
from html import escape
from html.parser import HTMLParser

import nh3

from ombud.shared.markup import cap_depth

MARKS = {
    "p", "div", "br", "hr", "h1", "h2", "h3", "h4", "strong", "b", "em", "i", "u", "s", "del", "code", "pre", "ul",
    "ol", "li", "blockquote", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_DROPPED = {
    "script", "style", "title", "template", "noscript", "object", "embed", "applet", "iframe", "frame", "frameset",
    "svg", "math", "select", "option", "textarea", "button", "audio", "video", "canvas", "noembed", "noframes", "xmp",
    "plaintext", "form", "input",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_PICTURE = re.compile(r"cid:file-(\d{1,19})")
_IMAGE = re.compile(r'<img\b(?:[^>"]|"[^"]*")*>')
_ALT_LENGTH = 200
_LONGEST_LINK = 2_000


def picture_name(file_id: int) -> str:
    """The Content-ID by which a text shows one of its files."""
    return f"file-{file_id}"


def pictures_in(html: str) -> list[int]:
    """Ids of the files that a text names as pictures in its midst, each once."""
    return list(dict.fromkeys(int(number) for number in _PICTURE.findall(html)))


def clean_written(html: str, *, file_ids: Collection[int] = ()) -> str:
    """Only the marks of this module, links that lead to the net, mail or telephone, and pictures of ``file_ids``.

    Cleaning what is clean changes nothing. A text without a visible word or picture becomes empty.
    """
    known = {picture_name(one) for one in file_ids}

    def keep(tag: str, name: str, value: str) -> str | None:
        return _kept(tag, name, value, known)

    cleaned = nh3.clean(
        cap_depth(html.replace("\x00", "")),
        tags=MARKS,
        clean_content_tags=_DROPPED,
        attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
        attribute_filter=keep,
        link_rel=None,
        url_schemes=_SCHEMES,
        url_relative="deny",
    )
    shown = _IMAGE.sub(lambda match: match[0] if " src=" in match[0] else "", cleaned)
    return shown if "<img" in shown or text_of_written(shown).strip() else ""


def _kept(tag: str, name: str, value: str, pictures: Collection[str]) -> str | None:
    if name == "src":
        return value if value.removeprefix("cid:") in pictures and value.startswith("cid:") else None
    if name == "alt":
        return value[:_ALT_LENGTH]
    if name == "start":
        return value if value.isdecimal() and value.isascii() and len(value) < 7 else None  # noqa: PLR2004 – a million
    scheme = re.sub(r"[\x00-\x20]", "", value.partition(":")[0]).lower()
    is_link = tag == "a" and scheme in {"http", "https", "mailto", "tel"} and len(value) <= _LONGEST_LINK
    return value if is_link else None


def text_of_written(html: str) -> str:
    """The plain twin: dashes and numbers before items, ``>`` before quotes, addresses behind the words that link."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


_SOFT_BLOCKS = {"div", "ul", "ol", "li", "blockquote", "pre", "table", "thead", "tbody", "tr"}
_LINES = {"p", "h1", "h2", "h3", "h4"}


class _Reader(HTMLParser):
    """Reads clean marks line by line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._mark = ""
        self._quotes = 0
        self._lists: list[int | None] = []
        self._is_exact = False
        self._after_break = False
        self._link = ("", 0)

    def text(self) -> str:
        """All lines so far."""
        return "\n".join([*self._lines, self._prefix() + self._line]).strip("\n")

    def _prefix(self) -> str:
        prefix = "> " * self._quotes + "  " * max(len(self._lists) - 1, 0)
        if self._mark:
            return prefix + self._mark
        return prefix + ("  " if self._lists and self._line else "")

    def _end_line(self) -> None:
        self._lines.append((self._prefix() + self._line).rstrip())
        self._line, self._mark, self._after_break = "", "", False

    def _soft_end(self) -> None:
        if self._line or self._mark:
            self._end_line()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the mark begins."""
        given = {name: value or "" for name, value in attrs}
        if (tag in _LINES and self._line) or (tag in _SOFT_BLOCKS and (self._line or (tag == "li" and self._mark))):
            self._end_line()
        if tag in {"ul", "ol"}:
            self._lists.append(int(given.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag in {"blockquote", "pre"}:
            self._quotes += tag == "blockquote"
            self._is_exact = self._is_exact or tag == "pre"
        elif tag == "a":
            self._link = (given.get("href", ""), len(self._line))
        else:
            self._begin_single(tag, given)

    def _begin_single(self, tag: str, given: dict[str, str]) -> None:
        if tag == "br":
            self._end_line()
            self._after_break = True
        elif tag == "hr":
            self._soft_end()
            self._line = "---"
            self._end_line()
        elif tag == "img":
            self._line += f"[{given.get('alt') or 'image'}]"
        elif tag in {"td", "th"} and self._line:
            self._line += " | "

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        self._mark = "- " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def handle_endtag(self, tag: str) -> None:
        """End what the mark ends."""
        if tag in _LINES:
            if not (self._after_break and not self._line):
                self._end_line()
            self._after_break = False
        elif tag in _SOFT_BLOCKS:
            self._soft_end()
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quotes = max(self._quotes - 1, 0)
        elif tag == "pre":
            self._is_exact = False
        elif tag == "a":
            self._end_link()

    def _end_link(self) -> None:
        href, since = self._link
        words = self._line[since:].strip()
        bare = href.removeprefix("mailto:").removeprefix("tel:")
        if href and words not in {href, bare, bare.rstrip("/")}:
            self._line += f" ({bare})" if words else bare
        self._link = ("", 0)

    def handle_data(self, data: str) -> None:
        """Add words to the line."""
        if self._is_exact:
            first, *others = data.split("\n")
            self._line += first
            for one in others:
                self._end_line()
                self._line = one
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data).replace("\u00a0", " ")
        self._line += words if self._line and not self._line.endswith(" ") else words.lstrip(" ")


def written_of_text(text: str) -> str:
    """A plain text as marks: one paragraph a line."""
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.split("\n"))
