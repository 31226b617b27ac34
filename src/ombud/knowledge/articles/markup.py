"""The HTML of articles: safe by an allow-list, with variables and blocks as marks that are put in where it is read."""

import re
from collections.abc import Collection, Mapping
from html import escape

import nh3
from msgspec import Struct

from ombud.shared.markup import cap_depth
from ombud.shared.written import MARKS, pictures_in, text_of_written

TAGS = MARKS | {"sub", "sup", "mark"}
DROPPED = {
    "script", "style", "title", "template", "noscript", "object", "embed", "applet", "iframe", "frame", "frameset",
    "svg", "math", "select", "option", "textarea", "button", "audio", "video", "canvas", "noembed", "noframes", "xmp",
    "plaintext", "form", "input", "head",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto", "tel", "cid", "article"}
LONGEST_LINK = 2_000
LONGEST_ALT = 300
MARK = re.compile(r"\{\{\s*(block:)?([a-z][a-z0-9_]{0,39}|[a-z]+\.[a-z_.]+)\s*\}\}")
_OWN_PARAGRAPH = re.compile(r"<p>\s*(\{\{\s*block:[a-z][a-z0-9_]{0,39}\s*\}\})\s*</p>")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)
_SMALL = re.compile(r"[0-9]{1,6}")
_SLUG = re.compile(r"article:[a-z0-9]+(-[a-z0-9]+)*")
_HREF = re.compile(r'href="article:([a-z0-9-]+)"')
_PICTURE = re.compile(r'src="cid:file-(\d{1,19})"')
# Blocks that we have no mark for: their words must not run into each other.
_AS_DIV = re.compile(
    r"<(/?)(?:dl|dt|dd|figure|figcaption|caption|section|article|summary|details|address|header|footer|main|aside|nav|"
    r"fieldset|legend|center|tfoot)\b[^<>]*>",
    re.IGNORECASE,
)
_AS_H4 = re.compile(r"<(/?)h[56]\b[^<>]*>", re.IGNORECASE)
_IMAGE = re.compile(r'<img\b(?:[^>"]|"[^"]*")*>')


class Marks(Struct):
    """The names that stand in a text as marks; ``personal`` ones are filled when it is sent to somebody."""

    blocks: list[str]
    variables: list[str]
    personal: list[str]


class Filled(Struct):
    """A text with its marks put in; ``missing`` names those that stand for nothing."""

    html: str
    missing: list[str]


def clean_article(html: str, *, file_ids: Collection[int] = ()) -> str:
    """Only the marks of this module, links to the net, mail, telephone or an article, and pictures of ``file_ids``.

    Cleaning what is clean changes nothing.
    """
    known = {f"cid:file-{one}" for one in file_ids}

    def keep(tag: str, name: str, value: str) -> str | None:
        return _kept(tag, name, value, known)

    plain = _AS_H4.sub(r"<\1h4>", _AS_DIV.sub(r"<\1div>", cap_depth(html.replace("\x00", ""))))
    cleaned = nh3.clean(
        plain,
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        link_rel=None,
        url_schemes=SCHEMES,
        # A link may be a variable: what it stands for is looked at again when it is put in.
        url_relative="pass_through",
    )
    shown = _IMAGE.sub(lambda match: match[0] if " src=" in match[0] else "", cleaned)
    return shown if "<img" in shown or text_of_written(shown).strip() else ""


def _kept(tag: str, name: str, value: str, pictures: Collection[str]) -> str | None:
    if name == "src":
        return value if value in pictures else None
    if name == "alt":
        return value[:LONGEST_ALT]
    if name in {"start", "colspan", "rowspan"}:
        return value if _SMALL.fullmatch(value) else None
    return value if tag == "a" and _leads_somewhere(value) else None


def _leads_somewhere(href: str) -> bool:
    if len(href) > LONGEST_LINK:
        return False
    if MARK.fullmatch(href) or _SLUG.fullmatch(href):
        return True
    scheme = re.sub(r"[\x00-\x20]", "", href.partition(":")[0]).lower()
    return ":" in href and scheme in {"http", "https", "mailto", "tel"}


def marks_in(*texts: str) -> Marks:
    """The marks that stand in texts, each once, in their order."""
    found = [match for text in texts for match in MARK.finditer(text)]
    blocks = [match[2] for match in found if match[1]]
    others = [match[2] for match in found if not match[1]]
    return Marks(
        list(dict.fromkeys(blocks)),
        list(dict.fromkeys(name for name in others if "." not in name)),
        list(dict.fromkeys(name for name in others if "." in name)),
    )


def put_in(body: str, blocks: Mapping[str, str], variables: Mapping[str, str], *, file_ids: Collection[int]) -> Filled:
    """A body with its blocks, and the variables of both, safe again."""
    missing: list[str] = []

    def block(match: re.Match[str]) -> str:
        if not match[1]:
            return match[0]
        if match[2] not in blocks:
            missing.append(f"block:{match[2]}")
            return match[0]
        return blocks[match[2]]

    def inline(match: re.Match[str]) -> str:
        whole = _ONE_PARAGRAPH.fullmatch(text := block(match))
        return whole[1] if whole else text

    own = _OWN_PARAGRAPH.sub(lambda match: MARK.sub(block, match[1]), body)
    filled = fill_text(MARK.sub(inline, own), variables, missing, is_html=True)
    return Filled(clean_article(filled, file_ids=file_ids), sorted(set(missing)))


def fill_text(text: str, variables: Mapping[str, str], missing: list[str], *, is_html: bool = False) -> str:
    """A text with its variables; those that stand for nothing stay, and are added to ``missing``.

    Marks with a point belong to whoever sends the text, and blocks to ``put_in``.
    """

    def variable(match: re.Match[str]) -> str:
        if match[1] or "." in match[2]:
            return match[0]
        if match[2] not in variables:
            missing.append(match[2])
            return match[0]
        return escape(variables[match[2]]) if is_html else variables[match[2]]

    return MARK.sub(variable, text)


def with_places(html: str, files: Mapping[int, str], article_prefix: str) -> str:
    """Pictures and links to articles at their addresses; a picture that is not there is left out."""

    def picture(match: re.Match[str]) -> str:
        named = _PICTURE.search(match[0])
        url = files.get(int(named[1])) if named else None
        return _PICTURE.sub(f'src="{escape(url)}"', match[0]) if url else ""

    return _HREF.sub(lambda match: f'href="{escape(article_prefix)}{match[1]}"', _IMAGE.sub(picture, html))


def slugs_in(html: str) -> list[str]:
    """Articles that a body links to, by their names in addresses."""
    return list(dict.fromkeys(_HREF.findall(html)))


def pictures_of(html: str) -> list[int]:
    """Files that a body shows, each once."""
    return pictures_in(html)


def text_of(html: str) -> str:
    """A body without marks, for readers who search and for those who cannot see it."""
    return text_of_written(html)
