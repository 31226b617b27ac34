"""The HTML of a mail that a person wrote: their marks with the looks that mail programs keep, and the signature."""

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import quote

# In each mark, because most mail programs throw a style sheet away.
LOOKS = {
    "p": "margin:0",
    "h1": "margin:12px 0 4px;font-size:22px;line-height:1.3",
    "h2": "margin:12px 0 4px;font-size:18px;line-height:1.3",
    "h3": "margin:10px 0 4px;font-size:16px;line-height:1.4",
    "h4": "margin:10px 0 4px;font-size:14px;line-height:1.5",
    "ul": "margin:4px 0;padding-left:24px",
    "ol": "margin:4px 0;padding-left:24px",
    "blockquote": "margin:4px 0;padding-left:10px;border-left:3px solid #cccccc;color:#555555",
    "pre": "margin:4px 0;padding:8px 10px;background-color:#f4f4f2;white-space:pre-wrap;font-family:monospace",
    "code": "font-family:monospace;background-color:#f4f4f2",
    "img": "max-width:100%;height:auto",
    "table": "border-collapse:collapse",
    "th": "border:1px solid #cccccc;padding:4px 8px;text-align:left",
    "td": "border:1px solid #cccccc;padding:4px 8px",
    "hr": "border:0;border-top:1px solid #cccccc;margin:8px 0",
}
BODY = "font-family:-apple-system,'PingFang SC','Microsoft YaHei',Arial,sans-serif;font-size:14px;line-height:1.6"
_MARK = re.compile(r'<([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>')
_SOURCE = re.compile(r'src="cid:([^"]*)"')


def letter_html(written: str, signature: str, pictures: Mapping[str, str]) -> str:
    """The mail's HTML from clean marks; ``pictures`` gives the Content-ID in this mail for each name in the text."""
    styled = _MARK.sub(lambda match: _styled(match[1], match[2], pictures), written)
    # An empty paragraph is a blank line, and mail programs give it no height by itself.
    whole = styled.replace('<p style="margin:0"></p>', '<p style="margin:0"><br></p>')
    return f'<div style="{BODY}">{whole}{_signed(signature)}</div>\n'


def _styled(mark: str, attributes: str, pictures: Mapping[str, str]) -> str:
    look = LOOKS.get(mark)
    if mark == "img":
        attributes = _SOURCE.sub(lambda match: f'src="cid:{_address(match[1], pictures)}"', attributes)
    return f'<{mark} style="{look}"{attributes}>' if look else f"<{mark}{attributes}>"


def _address(name: str, pictures: Mapping[str, str]) -> str:
    return quote(pictures.get(name, name), safe="@.-_+=")


def _signed(signature: str) -> str:
    if not signature:
        return ""
    lines = "<br>".join(escape(line, quote=False) for line in ["-- ", *signature.split("\n")])
    return f'<p style="margin:0"><br></p><p style="margin:0;color:#666666">{lines}</p>'
