"""Readable text: line ends, format=flowed, and HTML rendered as plain text."""

import re
from html import unescape

import nh3

from ombud.shared.markup import cap_depth

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9-]*)((?:[^>"]|"[^"]*")*)>')
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden")
_KEPT = {
    "p", "div", "br", "hr", "li", "ul", "ol", "table", "tr", "td", "th", "tbody", "blockquote", "pre", "h1", "h2", "h3",
    "h4", "h5", "h6", "img", "span", "section", "article", "header", "footer", "dl", "dt", "dd", "center", "address",
    "includetail", "a",
}  # fmt: skip
_BLOCKS = _KEPT - {"br", "hr", "img", "span", "td", "th", "a", "tbody"}
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table"})
_DROPPED = {"script", "style", "title", "template", "noscript", "object", "svg", "math", "select", "textarea"}
_INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff\u00ad]")


def normalise_lines(text: str) -> str:
    """One line end, no NUL: what a database and a person can read."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def unflow(text: str, *, is_delsp: bool = False) -> str:
    """Rejoin the lines of format=flowed text (RFC 3676); signatures and quote depth are kept."""
    result: list[list[str]] = []
    is_open, last_depth = False, 0
    for line in text.split("\n"):
        stripped = line.lstrip(">")
        depth = len(line) - len(stripped)
        content = stripped.removeprefix(" ") if stripped.startswith(" ") else stripped
        is_flowed = content.endswith(" ") and content != "-- "
        prefix = ">" * depth + (" " if depth else "")
        body = content[:-1] if is_flowed and is_delsp else content
        if is_open and depth == last_depth and content != "-- ":
            result[-1].append(body)
        else:
            result.append([prefix + body if content else ">" * depth])
        is_open, last_depth = is_flowed, depth
    return "\n".join("".join(pieces) for pieces in result)


def tidy_html(html: str) -> str:
    """Well-formed markup of the layout tags only, so that a simple scan can read it."""
    attributes = {"*": {"class", "id", "style", "type", "align", "name"}, "img": {"alt"}}
    return nh3.clean(
        cap_depth(html),
        tags=_KEPT,
        clean_content_tags=_DROPPED,
        attributes=attributes,
        link_rel=None,
        url_schemes=set(),
    )


class HtmlText:
    """Turns tidy markup into lines; a caller may see each opening tag and stop or mark the text there."""

    def __init__(self) -> None:
        self.lines: list[str] = [""]
        self.quote_depth = 0
        self.stack: list[tuple[str, bool]] = []
        self.hidden = 0
        self.preformatted = 0
        self.is_stopped = False

    def read(self, html: str) -> str:
        """The text of the whole markup."""
        position, markup = 0, tidy_html(html)
        for match in _TOKEN.finditer(markup):
            self.add_text(markup[position : match.start()])
            position = match.end()
            if match[1]:
                self._close(match[2])
            else:
                self._open(match[2], dict(_ATTRIBUTE.findall(match[3])))
        self.add_text(markup[position:])
        return self.result()

    def on_open(self, tag: str, attributes: dict[str, str]) -> None:
        """For subclasses: look at an element before its text is read."""

    def is_quote(self, tag: str, attributes: dict[str, str]) -> bool:
        """Whether the element's text is quoted with ``>``."""
        return tag == "blockquote" and attributes is not None

    def result(self) -> str:
        """The lines with blank runs shortened."""
        text = "\n".join(line.rstrip() for line in self.lines)
        return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n")

    def add_text(self, raw: str) -> None:
        """Append visible text to the current line."""
        if self.hidden or not raw:
            return
        text = _INVISIBLE.sub("", unescape(raw))
        if self.preformatted:
            first, *others = text.split("\n")
            self._append(first)
            for line in others:
                self.newline()
                self._append(line)
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        self._append(text.lstrip(" ") if self._is_line_start() or self.lines[-1].endswith(" ") else text)

    def _prefix(self) -> str:
        return "> " * self.quote_depth

    def _is_line_start(self) -> bool:
        return self.lines[-1] in {"", self._prefix()}

    def _append(self, text: str) -> None:
        text = text.replace("\u00a0", " ")
        if not text:
            return
        if not self.lines[-1]:
            self.lines[-1] = self._prefix()
        self.lines[-1] += text

    def newline(self) -> None:
        """Begin a new line, whatever is on this one."""
        if not self.lines[-1]:
            self.lines[-1] = self._prefix().rstrip()
        self.lines.append("")

    def end_block(self) -> None:
        """Begin a new line unless this one is still empty."""
        if self.lines[-1].strip("> \t"):
            self.newline()
        elif self.lines[-1].strip(">"):
            # A block that held only a hard space is a blank line that the writer meant.
            self.lines[-1] = self._prefix().rstrip()
            self.lines.append("")

    def blank_line(self) -> None:
        """Leave one blank line before the next paragraph."""
        self.end_block()
        if len(self.lines) > 1 and self.lines[-2].strip("> "):
            self.newline()

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "br":
            self.newline()
            return
        if tag == "hr":
            self.on_open(tag, attributes)
            self.end_block()
            return
        if tag == "img":
            self.add_text(f"[{attributes['alt']}]" if attributes.get("alt") else "")
            return
        self._begin_block(tag, attributes)
        self.on_open(tag, attributes)
        is_hidden = bool(_HIDDEN.search(attributes.get("style", "").lower()))
        is_quote = self.is_quote(tag, attributes)
        if is_quote:
            self.end_block()
        self.quote_depth += is_quote
        self.hidden += is_hidden
        self.preformatted += tag == "pre"
        self.stack.append((tag + ("q" if is_quote else ""), is_hidden))
        if tag == "li":
            self.add_text("- ")

    def _begin_block(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _PARAGRAPHS and not self._is_tight(tag, attributes):
            self.blank_line()
        elif tag in _BLOCKS:
            self.end_block()
        elif tag in {"td", "th"} and not self._is_line_start():
            self.add_text("\u00a0")

    def _is_tight(self, tag: str, attributes: dict[str, str]) -> bool:
        style = attributes.get("style", "").replace(" ", "").lower()
        is_mso = tag == "p" and attributes.get("class", "").lower().startswith("mso")
        return is_mso or "margin:0" in style or "margin-top:0" in style or tag in {"ul", "ol", "table"}

    def _close(self, tag: str) -> None:
        if not any(name.removesuffix("q") == tag for name, _ in self.stack[-50:]):
            return
        while self.stack:
            name, was_hidden = self.stack.pop()
            is_quote = name.endswith("q")
            self._leave(name.removesuffix("q") if is_quote else name, is_quote=is_quote, was_hidden=was_hidden)
            if name in {tag, f"{tag}q"}:
                return

    def _leave(self, tag: str, *, is_quote: bool, was_hidden: bool) -> None:
        if tag in _BLOCKS:
            self.end_block()
        self.quote_depth -= is_quote
        self.hidden -= was_hidden
        self.preformatted -= tag == "pre"
        if tag in _PARAGRAPHS and tag not in {"p", "table", "ul", "ol"}:
            self.blank_line()


def text_from_html(html: str) -> str:
    """Readable text of HTML: paragraphs, list dashes, quotes marked with ``>``; scripts and hidden parts left out."""
    return HtmlText().read(html)
