"""The pages of help centre and portal: templates, one style, one small script, and the policy that allows no other."""

import base64
import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ombud.portal.rules import DARK_GROUND, LIGHT_GROUND, Place, ink_on, readable, words_locale
from ombud.portal.schemas import Look
from ombud.portal.words import WORDS
from ombud.shared.clock import zone_of

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "pages.css").read_text()
SCRIPT = (FOLDER / "suggest.js").read_text()
NO_SCRIPT = "script-src 'none'"


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


SCRIPT_SOURCE = f"script-src 'sha256-{_digest(SCRIPT)}'; connect-src 'self'"
OTHER = {"en": "zh-CN", "zh-CN": "en"}
HTML = "text/html; charset=utf-8"


@lru_cache(maxsize=256)
def style_of(accent: str, accent_dark: str) -> tuple[str, str]:
    """The style with a brand's colours, made readable, and its digest."""
    light = f"--accent:{accent};--on:{ink_on(accent)};--link:{readable(accent, LIGHT_GROUND)}"
    dark = f"--accent:{accent_dark};--on:{ink_on(accent_dark)};--link:{readable(accent_dark, DARK_GROUND)}"
    text = f"{STYLE}:root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
    return text, _digest(text)


def policy_of(look: Look, *, has_script: bool = False) -> str:
    """What a page may load and do: nothing but its own style, pictures of ours, and our one script."""
    scripts = SCRIPT_SOURCE if has_script else NO_SCRIPT
    style = style_of(look.accent, look.accent_dark)[1]
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; {scripts}; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def json_ld(data: Any) -> Markup:
    """Data for machines within a page: nothing in it can end the element that holds it."""
    text = msgspec.json.encode(data).decode()
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 – escaped


def moment(at: datetime, zone: str, locale: str) -> Markup:
    """A moment in somebody's zone, as a machine reads it and as people do."""
    local = at.astimezone(zone_of(zone))
    return _time(at, f"{day_text(local, locale)} {local:%H:%M}")


def day(at: datetime, zone: str, locale: str) -> Markup:
    """The day of a moment."""
    return _time(at, day_text(at.astimezone(zone_of(zone)), locale))


def _time(at: datetime, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), text)


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(at: datetime, locale: str) -> str:
    """A day in words of a language, whatever the machine's own settings."""
    if locale == "zh-CN":
        return f"{at.year}年{at.month}月{at.day}日"
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def size_text(size: int) -> str:
    """The size of a file for people."""
    if size < 1024:  # noqa: PLR2004 – a KiB
        return f"{size} B"
    return f"{size / 1024:.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


_PAGES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters |= {"json_ld": json_ld, "moment": moment, "day": day, "size": size_text}


def render(template: str, place: Place, locale: str, /, **values: Any) -> bytes:
    """One page of a site in one language; an article's language has the words of the nearest that we speak."""
    look = place.site.look
    spoken = words_locale(locale)
    title = look.name.said(spoken) or place.site.brand
    known = {
        "place": place,
        "site": place.site,
        "look": look,
        "brand": title,
        "locale": locale,
        "spoken": spoken,
        "words": WORDS[spoken],
        "style": Markup(style_of(look.accent, look.accent_dark)[0]),  # noqa: S704 – ours, with checked colours
        "script": Markup(SCRIPT),  # noqa: S704 – ours
        "logo": f"{place.help}/logo/{place.site.logo_token[:12]}" if place.site.logo_token else "",
        "languages": [],
        "me": None,
        "section": "",
    }
    return _PAGES.get_template(template).render(known | values).encode()
