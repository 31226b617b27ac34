"""From a request for a page that many read to the page: kept, made, or that of one customer."""

import re
from typing import Any

from ombud.portal.customer.sessions import COOKIE, Me, who_is
from ombud.portal.edge import AnyRequest, accepted_locale, may_preview
from ombud.portal.help_centre.building import (
    XML,
    Asked,
    build_article,
    build_category,
    build_home,
    build_sitemap,
    robots_text,
)
from ombud.portal.help_centre.library import Library, library_of, load_article
from ombud.portal.help_centre.queries import former_article, reader_for
from ombud.portal.help_centre.rules import nearness
from ombud.portal.help_centre.schemas import Entry
from ombud.portal.kept import Header, Kept, Page, pack
from ombud.portal.pages import render
from ombud.portal.rules import Place, words_locale
from ombud.portal.sending import PRIVATE, PUBLIC, header_of, page_headers
from ombud.portal.words import WORDS
from ombud.shared.errors import NotFound

LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
TEXT = "text/plain; charset=utf-8"
NOWHERE = pack(b"There is no help centre here.", [(b"content-type", TEXT.encode())], 404)


class Asking:
    """A request for a page, and what is known of it."""

    def __init__(self, request: AnyRequest, *, what: str = "page") -> None:
        scope = request.scope
        self.request = request
        self.scope = scope
        self.what = what
        self.is_private = False
        params: dict[str, Any] = scope["path_params"]
        self.key = str(params.get("site", ""))
        self.locale = str(params.get("locale", ""))
        self.shelf_id: int | None = params.get("shelf_id")
        self.slug: str | None = params.get("slug")
        self.host = header_of(scope, b"host").decode("latin-1")
        self.state: Any = request.app.state
        self.kept: Kept = self.state.portal

    def page_key(self, place: Place) -> tuple[object, ...]:
        """Under what the page is kept."""
        return (self.what, place.site.brand_id, place.prefix, self.locale, self.shelf_id, self.slug)

    def ready(self) -> Page | None:
        """The page, if it is at hand and nothing has to be asked."""
        if COOKIE.encode() in header_of(self.scope, b"cookie"):
            return None
        place = self.kept.known(self.host, self.key)
        return self.kept.at_hand(self.page_key(place)) if place is not None and place.site.is_on else None


async def help_page(asking: Asking) -> Page:
    """The page that is asked for; one that says so, where there is none."""
    place = await asking.kept.find(asking.host, asking.key)
    if asking.what == "robots":
        return pack(robots_text(place), [(b"content-type", TEXT.encode()), (b"cache-control", PUBLIC)])
    return NOWHERE if place is None or not await _is_open_to(asking, place) else await _page_of(asking, place)


async def _is_open_to(asking: Asking, place: Place) -> bool:
    if place.site.is_on:
        return True
    asking.is_private = True
    return await may_preview(asking.request, asking.state, place)


async def _page_of(asking: Asking, place: Place) -> Page:
    me = await _customer(asking, place)
    if me is not None:
        asking.is_private = True
        return await _own_page(asking, place, me)
    if not asking.locale and asking.what == "page":
        asking.is_private = True
        return _first_page(asking, place)
    found = await asking.kept.page(asking.page_key(place), lambda: _shared_page(asking, place))
    return found or _lost(place, asking.locale)


async def _customer(asking: Asking, place: Place) -> Me | None:
    if COOKIE.encode() not in header_of(asking.scope, b"cookie"):
        return None
    return await who_is(asking.request, asking.state, place)


def _first_page(asking: Asking, place: Place) -> Page:
    accepted = header_of(asking.scope, b"accept-language").decode("latin-1")
    locale = accepted_locale(accepted, place.site.look.locale_default)
    return _redirect(f"{place.help}/{locale}", 302, PRIVATE)


def _redirect(url: str, status: int, cache: bytes = PUBLIC) -> Page:
    return pack(b"", [(b"location", url.encode()), (b"cache-control", cache)], status)


async def _shared_page(asking: Asking, place: Place) -> Page | None:
    library = await library_of(asking.state.database, asking.kept, place.site)
    return await _make(asking, place, library, None)


async def _own_page(asking: Asking, place: Place, me: Me) -> Page:
    if not asking.locale and asking.what == "page":
        return _redirect(f"{place.help}/{me.locale}", 302, PRIVATE)
    library = await library_of(asking.state.database, asking.kept, place.site, is_customer=True)
    return await _make(asking, place, library, me) or _lost(place, asking.locale)


async def _make(asking: Asking, place: Place, library: Library, me: Me | None) -> Page | None:
    """A page out of what its reader may read; None where there is none such."""
    asked = Asked(place, asking.locale or place.site.look.locale_default, library, me)
    if asking.what == "sitemap":
        return pack(build_sitemap(asked), [(b"content-type", XML.encode()), (b"cache-control", PUBLIC)])
    if not LOCALE.fullmatch(asked.locale) or asked.locale not in library.locales:
        return _other_language(asking, place, asked)
    if asking.slug is not None:
        return await _article(asking, asked, asking.slug)
    try:
        body = build_home(asked) if asking.shelf_id is None else build_category(asked, asking.shelf_id)
    except NotFound:
        return None
    return pack(body, _headers(asked))


def _headers(asked: Asked) -> list[Header]:
    return page_headers(asked.place.site.look, asked.spoken, is_public=asked.me is None, has_script=True)


def _other_language(asking: Asking, place: Place, asked: Asked) -> Page | None:
    """Nothing is written in this language: a sister of it, or the page in ours."""
    sister = words_locale(asked.locale)
    wanted = asked.locale.partition("-")[0].lower()
    if sister.partition("-")[0] != wanted:
        return None
    rest = f"/articles/{asking.slug}" if asking.slug else ""
    rest = f"/categories/{asking.shelf_id}" if asking.shelf_id is not None else rest
    return _redirect(f"{place.help}/{sister}{rest}", 302)


async def _article(asking: Asking, asked: Asked, slug: str) -> Page | None:
    entries = asked.library.by_slug.get(slug)
    if not entries:
        return await _moved(asking, asked, slug)
    entry = min(entries, key=lambda one: nearness(one.locale, asked.locale, one.default_locale))
    if entry.locale != asked.locale:
        return _redirect(asked.url(f"/articles/{slug}", entry.locale), 302)
    reader = reader_for(asked.place.site, is_customer=asked.me is not None)
    article = await load_article(asking.state.database, asked.place, entry, reader)
    is_open = await _is_open(asking, asked.place, entry) if asked.me is not None else True
    return pack(build_article(asked, entry, article, is_open=is_open), _headers(asked))


async def _is_open(asking: Asking, place: Place, entry: Entry) -> bool:
    public = await library_of(asking.state.database, asking.kept, place.site)
    return entry.slug in public.by_slug


async def _moved(asking: Asking, asked: Asked, slug: str) -> Page | None:
    """An article that had this name before: links to it hold."""
    async with asking.state.database.statements() as connection:
        article_id = await former_article(connection, slug)
    present = next((one for one in asked.library.entries if one.article_id == article_id), None)
    if present is None or present.slug == slug:
        return None
    return _redirect(asked.url(f"/articles/{present.slug}"), 301)


def _lost(place: Place, locale: str) -> Page:
    spoken = words_locale(locale)
    words = WORDS[spoken]
    links = [{"name": words["home"], "url": f"{place.help}/{spoken}"}]
    if place.site.has_portal:
        links.append({"name": words["sign_in"], "url": f"{place.portal}/sign-in?lang={spoken}"})
    body = render(
        "told.html",
        place,
        spoken,
        title=words["not_found"],
        texts=[words["not_found_text"]],
        links=links,
        reference="",
    )
    headers = page_headers(place.site.look, spoken, is_public=False)
    return pack(body, headers, 404)
