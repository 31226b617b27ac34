"""Endpoints of signing in to the portal."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from ombud.portal.customer import signing_in
from ombud.portal.customer.sessions import end_sessions, start_session, who_is
from ombud.portal.customer.tokens import TokenRefused
from ombud.portal.edge import (
    AnyRequest,
    Link,
    accepted_locale,
    address_of,
    answer,
    is_own_page,
    limited,
    moved,
    place_of,
    told,
)
from ombud.portal.pages import render
from ombud.portal.rules import Place, words_locale
from ombud.portal.schemas import PageLocale
from ombud.portal.words import WORDS
from ombud.shared.errors import LimitReached
from ombud.shared.http import Now, anybody
from ombud.shared.throttle import take

MAX_BODY_BYTES = 20_000
LONGEST_TOKEN = 100


def paths(rest: str) -> list[str]:
    """Paths of pages under the site of the host, and under each site by its key."""
    return [f"{prefix}{rest}" for prefix in ("/portal", "/portal/s/{site:str}")]


def _locale(request: AnyRequest, place: Place, asked: str) -> PageLocale:
    if asked in WORDS:
        return words_locale(asked)
    return accepted_locale(request.headers.get("accept-language", ""), place.site.look.locale_default)


def _off(place: Place, locale: PageLocale) -> Response[bytes]:
    links = [Link(WORDS[locale]["home"], f"{place.help}/{locale}")]
    return told(place, locale, "portal_off", 404, links=links)


def _closed(page: Response[bytes]) -> Response[bytes]:
    # The address is the key: it goes nowhere, and into no index.
    page.headers |= {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
    return page


def _form(place: Place, locale: PageLocale, status: int = 200, **values: Any) -> Response[bytes]:
    languages = [
        {"locale": one, "name": WORDS[locale]["other_language"], "url": f"{place.portal}/sign-in?lang={one}"}
        for one in WORDS
        if one != locale
    ]
    known = {"problem": "", "given": "", "done": "", "languages": languages, "section": "portal"}
    return answer(place, locale, render("sign_in.html", place, locale, **(known | values)), status)


@get(paths("/sign-in"), guards=[anybody], include_in_schema=False)
async def get_sign_in(
    request: AnyRequest, state: State, site: FromPath[str] = "", lang: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Response[bytes]:
    """Where an address is given."""
    place = await place_of(request, state, site)
    locale = _locale(request, place, lang)
    if not place.site.has_portal:
        return _off(place, locale)
    if await who_is(request, state, place) is not None and done != "again":
        return moved(f"{place.portal}?lang={locale}")
    return _form(place, locale, done="signed_out" if done == "signed_out" else "")


@post(
    paths("/sign-in"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_BODY_BYTES,
    status_code=200,
)
async def post_sign_in(request: AnyRequest, state: State, now: Now, site: FromPath[str] = "") -> Response[bytes]:
    """Mail a link, if the address is known; the page says the same in any case."""
    place = await place_of(request, state, site)
    sent = await request.form()
    locale = _locale(request, place, str(sent.get("locale", "")))
    if not place.site.has_portal:
        return _off(place, locale)
    if not is_own_page(request, place):
        return told(place, locale, "foreign", 403)
    given = str(sent.get("email", ""))[:300]
    address = signing_in.read_address(given)
    if not address:
        return _form(place, locale, 400, problem="email_problem", given=given)
    client = address_of(request, state)
    try:
        await signing_in.mail_link(
            state.database, place, address, client=client, locale=locale, mail=state.system_mail, now=now
        )
    except LimitReached as limit:
        return limited(place, locale, limit.retry_after_seconds)
    state.bus.wake("outbox")
    words = WORDS[locale]
    text = words["link_sent_text"].format(address=address, minutes=signing_in.LINK_MINUTES)
    return told(place, locale, "link_sent", 200, text, words["link_sent_hint"], section="portal")


@get(paths("/enter/{token:str}"), guards=[anybody], include_in_schema=False)
async def get_enter(
    request: AnyRequest,
    state: State,
    now: Now,
    token: FromPath[str],
    site: FromPath[str] = "",
    lang: FromQuery[str] = "",
) -> Response[bytes]:
    """The page behind a mailed link. Opening it signs nobody in: programs that look through mails open all links."""
    place = await place_of(request, state, site)
    locale = _locale(request, place, lang)
    try:
        async with state.database.transaction() as tx:
            await take(tx, signing_in.READING, address_of(request, state), now=now)
            link = await signing_in.look_at_link(tx, place, token[:LONGEST_TOKEN], now=now)
    except LimitReached as limit:
        return _closed(limited(place, locale, limit.retry_after_seconds))
    except signing_in.LinkGone:
        return _closed(_gone(place, locale))
    locale = words_locale(lang or link.locale)
    body = render("enter.html", place, locale, address=link.address, section="portal")
    return _closed(answer(place, locale, body))


def _gone(place: Place, locale: PageLocale) -> Response[bytes]:
    links = [Link(WORDS[locale]["new_link"], f"{place.portal}/sign-in?lang={locale}")]
    return told(place, locale, "link_gone", 410, WORDS[locale]["link_gone_text"], links=links, section="portal")


@post(
    paths("/enter/{token:str}"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_BODY_BYTES,
    status_code=200,
)
async def post_enter(
    request: AnyRequest, state: State, now: Now, token: FromPath[str], site: FromPath[str] = ""
) -> Response[bytes]:
    """Use the link up, and sign in."""
    place = await place_of(request, state, site)
    sent = await request.form()
    locale = _locale(request, place, str(sent.get("locale", "")))
    if not place.site.has_portal:
        return _off(place, locale)
    if not is_own_page(request, place):
        return _closed(told(place, locale, "foreign", 403))
    before = await who_is(request, state, place)
    try:
        async with state.database.transaction() as tx:
            await take(tx, signing_in.ENTERING, address_of(request, state), now=now)
            identity_id, link = await signing_in.use_link(tx, place, token[:LONGEST_TOKEN], now=now)
            if before is not None:
                await end_sessions(tx, before, everywhere=False, now=now)
            cookie = await start_session(
                tx, request, place, identity_id, way="link", locale=link.locale, settings=state.settings, now=now
            )
    except LimitReached as limit:
        return _closed(limited(place, locale, limit.retry_after_seconds))
    except signing_in.LinkGone:
        return _closed(_gone(place, locale))
    state.bus.wake("sequence")
    page = _closed(moved(place.portal))
    page.cookies = [cookie]
    return page


@post(
    paths("/token"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_BODY_BYTES,
    status_code=200,
)
async def post_token(request: AnyRequest, state: State, now: Now, site: FromPath[str] = "") -> Response[bytes]:
    """Sign in whom the brand's own site has signed for: its page posts the field ``token`` here.

    The one form that comes from another site. What it proves stands in the token, which is good once.
    """
    place = await place_of(request, state, site)
    sent = await request.form()
    locale = _locale(request, place, str(sent.get("locale", "")))
    if not place.site.has_portal:
        return _off(place, locale)
    try:
        async with state.database.transaction() as tx:
            await take(tx, signing_in.TOKENS, address_of(request, state), now=now)
            token = str(sent.get("token", ""))
            identity_id, claims = await signing_in.use_token(tx, place, token, keys=state.key_ring, now=now)
            spoken = words_locale(claims.locale) if claims.locale else locale
            cookie = await start_session(
                tx, request, place, identity_id, way="jwt", locale=spoken, settings=state.settings, now=now
            )
    except LimitReached as limit:
        return _closed(limited(place, locale, limit.retry_after_seconds))
    except TokenRefused:
        links = [Link(WORDS[locale]["sign_in"], f"{place.portal}/sign-in?lang={locale}")]
        return _closed(told(place, locale, "sso_failed", 401, WORDS[locale]["sso_failed_text"], links=links))
    state.bus.wake("sequence")
    page = _closed(moved(place.portal))
    page.cookies = [cookie]
    return page


HANDLERS: list[Any] = [get_sign_in, post_sign_in, get_enter, post_enter, post_token]
