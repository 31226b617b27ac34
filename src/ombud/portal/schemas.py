"""Shapes of help centres and portals as they are set up, and as their pages know them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ombud.shared.lines import PLAIN

PageLocale = Literal["en", "zh-CN"]
Color = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]
SiteKey = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=40)]
# A name, or a name and a port.
Host = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?$", max_length=260)]
Zone = Annotated[str, Meta(max_length=60)]


class InBoth(Struct, forbid_unknown_fields=True, rename={"zh": "zh-CN"}):
    """A text that customers read, in both languages."""

    en: Annotated[str, Meta(max_length=500, pattern=PLAIN)] = ""
    zh: Annotated[str, Meta(max_length=500, pattern=PLAIN)] = ""

    def said(self, locale: str) -> str:
        """The text in a language, or in the other one where it is missing."""
        return (self.zh or self.en) if locale == "zh-CN" else (self.en or self.zh)


class FooterLink(Struct, forbid_unknown_fields=True):
    """A link below every page."""

    name: InBoth
    url: Annotated[str, Meta(pattern=r"^https?://[^\s\"'<>]+$", max_length=500)]


class Look(Struct, forbid_unknown_fields=True):
    """What makes the pages a brand's own. Empty words have sensible ones."""

    name: InBoth = field(default_factory=InBoth)
    accent: Color = "#0d7a6f"
    # on dark ground
    accent_dark: Color = "#37b3a4"
    welcome: InBoth = field(default_factory=InBoth)
    footer: InBoth = field(default_factory=InBoth)
    links: Annotated[list[FooterLink], Meta(max_length=10)] = []
    locale_default: PageLocale = "en"
    time_zone: Zone = "UTC"
    # search engines may list the pages
    is_listed: bool = True


class PortalSite(Struct):
    """A brand's help centre and portal as it is set up. ``url`` is where it is; the secret itself is never told."""

    brand_id: int
    brand: str
    key: str
    host: str | None
    is_on: bool
    has_portal: bool
    look: Look
    logo_url: str | None
    form_channel_id: int | None
    has_jwt_secret: bool
    jwt_made_at: datetime | None
    # the ``aud`` that signed tokens must name
    jwt_audience: str
    url: str
    portal_url: str
    version: int


class PortalSiteList(Struct):
    """The sites of all brands that the reader sees; one that was never set up is there with its defaults."""

    items: list[PortalSite]


class PortalSitePatch(Struct, forbid_unknown_fields=True):
    """Changes to a site; what is left out stays. ``version`` is the one that was read, 0 for a new one."""

    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    key: SiteKey | UnsetType = UNSET
    host: Host | UnsetType | None = UNSET
    is_on: bool | UnsetType = UNSET
    has_portal: bool | UnsetType = UNSET
    look: Look | UnsetType = UNSET
    form_channel_id: int | UnsetType | None = UNSET


class JwtSecret(Struct):
    """The key with which a brand's site signs its customers in, shown once."""

    jwt_secret: str


class Viewers(Struct, forbid_unknown_fields=True):
    """Addresses whose owners see all tickets of an organisation that they belong to."""

    addresses: Annotated[list[Annotated[str, Meta(min_length=3, max_length=254)]], Meta(max_length=200)]


class Site(Struct, frozen=True):
    """A site as its pages know it."""

    brand_id: int
    brand: str
    key: str
    host: str | None
    is_on: bool
    has_portal: bool
    look: Look
    logo_token: str | None
    form_channel_id: int | None
    jwt_secret: bytes | None
    version: int
