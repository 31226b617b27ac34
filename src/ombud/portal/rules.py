"""Which site a request means, where it is published, and colours that can be read."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec import Struct

from ombud.portal.schemas import PageLocale, Site

# The contrast of text with its ground that WCAG 2.2 AA asks for, with a little to spare.
CONTRAST = 4.6
LIGHT_GROUND, DARK_GROUND = "#ffffff", "#1b1f1e"
_LOW, _STEPS = 0.03928, 40


class Place(Struct, frozen=True):
    """A site as one request meets it: under which prefix, and where it really is."""

    site: Site
    # what stands between /help or /portal and the rest of a path: '' or /s/key
    prefix: str
    # scheme and host under which it is published, without a slash at the end
    origin: str
    own_prefix: str

    @property
    def help(self) -> str:
        """The path of the help centre."""
        return f"/help{self.prefix}"

    @property
    def portal(self) -> str:
        """The path of the portal."""
        return f"/portal{self.prefix}"

    @property
    def help_url(self) -> str:
        """Where the help centre is published: what canonical links begin with."""
        return f"{self.origin}/help{self.own_prefix}"

    @property
    def portal_url(self) -> str:
        """Where the portal is published: what mailed links begin with."""
        return f"{self.origin}/portal{self.own_prefix}"

    @property
    def is_canonical(self) -> bool:
        """Whether the request came by the address under which search engines know the site."""
        return self.prefix == self.own_prefix


def primary_of(sites: Sequence[Site]) -> Site | None:
    """The site under the desk's own host: the first one that is on and has no host of its own."""
    return next((one for one in sorted(sites, key=lambda one: one.brand_id) if one.is_on and not one.host), None)


def find_place(sites: Sequence[Site], host: str, key: str, address: str) -> Place | None:
    """The site that a request means by its host, or by a key in its path; None where there is none.

    One that is off is found by its key only: for a preview.
    """
    if key:
        found = next((one for one in sites if one.key == key), None)
    else:
        wanted = host.lower()
        owner = next((one for one in sites if one.host and one.host == wanted and one.is_on), None)
        found = owner or primary_of(sites)
    return place_of(sites, found, f"/s/{key}" if key else "", address) if found else None


def place_of(sites: Sequence[Site], site: Site, prefix: str, address: str) -> Place:
    """Where a site is published; ``address`` is the desk's own."""
    if site.host and site.is_on:
        return Place(site, prefix, f"{urlsplit(address).scheme}://{site.host}", "")
    own = "" if primary_of(sites) == site else f"/s/{site.key}"
    return Place(site, prefix, address, own)


def words_locale(locale: str) -> PageLocale:
    """The language of a page's own words, beside an article in any language."""
    return "zh-CN" if locale.lower().startswith("zh") else "en"


def audience_of(site: Site) -> str:
    """The ``aud`` that tokens of a brand's own site must name."""
    return f"ombud-portal:{site.key}"


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, from 1 to 21. Source: WCAG 2.2, relative luminance."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(color: str, ground: str) -> str:
    """The colour, made darker or lighter until it can be read on its ground."""
    aim = "#000000" if _luminance(ground) > 0.5 else "#ffffff"  # noqa: PLR2004 – the middle
    steps = (_mixed(color, aim, step / _STEPS) for step in range(_STEPS + 1))
    return next((one for one in steps if contrast(one, ground) >= CONTRAST), aim)


def ink_on(color: str) -> str:
    """Black or white, whichever can be read better on a colour."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, color))


def _parts(color: str) -> list[int]:
    return [int(color[start : start + 2], 16) for start in (1, 3, 5)]


def _mixed(color: str, aim: str, share: float) -> str:
    mixed = (round(a + (b - a) * share) for a, b in zip(_parts(color), _parts(aim), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _luminance(color: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= _LOW else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
