"""HTML mail made safe to show inside the agent's screen."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

import nh3

from ombud.channels.email.text import text_from_html
from ombud.shared.markup import cap_depth

__all__ = ["sanitise_html", "text_from_html"]

_TAGS = {
    "a",
    "abbr",
    "address",
    "article",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
}
_DROPPED = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "object",
    "embed",
    "applet",
    "iframe",
    "frame",
    "frameset",
    "svg",
    "math",
    "select",
    "option",
    "textarea",
    "button",
    "audio",
    "video",
    "canvas",
    "noembed",
    "noframes",
    "xmp",
    "plaintext",
}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title", "align"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "tr": {"bgcolor", "valign"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor", "valign", "nowrap"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor", "valign", "nowrap"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "li": {"value"},
}
# No position, z-index, margin, transform, opacity or background images: nothing may leave its place or lie about it.
_STYLES = {
    "color",
    "background-color",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "line-height",
    "text-",
    "align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "vertical-align",
    "white-space",
    "word-break",
    "border",
    "border-",
    "bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "width",
    "max-width",
    "height",
    "list-style-type",
    "direction",
}
_SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_UNSAFE_STYLE = re.compile(r"url\s*\(|expression|javascript|@import|\\|-moz-binding|(?<![\w-])-\d|/\*", re.IGNORECASE)
_IMAGE = re.compile(r'<img\b(?:[^>"]|"[^"]*")*>')
_SOURCE = re.compile(r' src="([^"]*)"')
_DIMENSION = re.compile(r"\d{1,4}%?")


def sanitise_html(html: str, cid_urls: Mapping[str, str] | None = None) -> str:
    """HTML without anything that runs, loads, submits or covers other content.

    Images from the net keep their address in ``data-src`` and are not loaded until somebody asks. ``cid:`` images
    get the address that ``cid_urls`` gives for their Content-ID; one that it does not know loses its source.
    """
    clean = nh3.clean(
        cap_depth(html),
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes=_SCHEMES,
        url_relative="deny",
        filter_style_properties=_STYLES,
    )
    known = {name.strip("<> ").lower(): url for name, url in (cid_urls or {}).items()}
    return _IMAGE.sub(lambda match: _image(match[0], known), clean)


def has_remote_images(clean_html: str) -> bool:
    """Whether sanitised HTML holds images that wait to be asked for."""
    return ' data-src="' in clean_html


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        kept = [rule for rule in value.split(";") if not _UNSAFE_STYLE.search(rule)]
        return ";".join(kept) or None
    if name in {"href", "src"}:
        return _filter_url(tag, name, value)
    if name in {"width", "height"}:
        return value if _DIMENSION.fullmatch(value.strip()) else None
    return value


def _filter_url(tag: str, name: str, value: str) -> str | None:
    scheme = re.sub(r"[\x00-\x20]", "", value.partition(":")[0]).lower()
    if tag == "img" and name == "src":
        if scheme == "data":
            return value if _DATA_IMAGE.fullmatch(value) else None
        return value if scheme in {"http", "https", "cid"} else None
    return value if scheme in {"http", "https", "mailto", "tel"} else None


def _image(tag: str, cid_urls: Mapping[str, str]) -> str:
    """One image of sanitised markup: every attribute value in it is quoted and its quotes are escaped."""
    match = _SOURCE.search(tag)
    if not match:
        return tag
    source = match[1]
    if source.lower().startswith(("http:", "https:")):
        return tag.replace(match[0], f' data-src="{source}"', 1)
    if not source.lower().startswith("cid:"):
        return tag
    url = cid_urls.get(unquote(source[4:]).strip("<> ").lower(), "")
    safe = url.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return tag.replace(match[0], f' src="{safe}"' if safe else "", 1)
