"""What endpoints of help centre and portal share: which site is meant, whether a page of ours asks, plain answers."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.datastructures import State

from ombud.portal.kept import Header, Kept
from ombud.portal.pages import render
from ombud.portal.rules import Place, words_locale
from ombud.portal.schemas import PageLocale
from ombud.portal.sending import page_headers
from ombud.portal.words import WORDS
from ombud.shared.clients import client_ip, limit_address
from ombud.shared.errors import NotFound

AnyRequest = Request[Any, Any, Any]
OWN_SITES = frozenset({"same-origin", "none"})
MOST_LOCALE = 35


class Link:
    """Something to click on a plain page."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url


async def place_of(request: AnyRequest, state: State, key: str) -> Place:
    """The site that a request means; one that is off only for colleagues who may set it up.

    Raises:
        NotFound: there is none.
    """
    kept: Kept = state.portal
    found = await kept.find(request.headers.get("host", ""), key[:40])
    if found is None or not (found.site.is_on or await may_preview(request, state, found)):
        raise NotFound("There is no help centre here.")
    return found


async def may_preview(request: AnyRequest, state: State, place: Place) -> bool:
    """Whether somebody may look at a site that is not on yet."""
    actor = await state.authenticate(request)
    if actor is None or not actor.may("portal.manage"):
        return False
    return actor.brand_ids is None or place.site.brand_id in actor.brand_ids


def is_own_page(request: AnyRequest, place: Place) -> bool:
    """Whether a page of ours sent this. Programs say nothing of it, and carry no cookie by accident."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITES
    origin = request.headers.get("origin")
    if origin is None:
        return True
    host = urlsplit(origin).netloc.lower()
    return bool(host) and host in {request.headers.get("host", "").lower(), urlsplit(place.origin).netloc.lower()}


def address_of(request: AnyRequest, state: State) -> str:
    """The address that limits count."""
    return limit_address(client_ip(request, state.settings))


def accepted_locale(accepted: str, otherwise: PageLocale) -> PageLocale:
    """The first language of a browser that our pages speak."""
    for wish in (part.split(";")[0].strip().lower() for part in accepted.split(",")):
        if wish.startswith(("zh", "en")):
            return words_locale(wish)
    return otherwise


def answer(place: Place, locale: str, body: bytes, status: int = 200, *, has_script: bool = False) -> Response[bytes]:
    """A page that is one reader's own."""
    headers = page_headers(place.site.look, words_locale(locale), is_public=False, has_script=has_script)
    return with_headers(Response(body, status_code=status), headers)


def with_headers(response: Response[bytes], headers: Sequence[Header]) -> Response[bytes]:
    """The same answer with headers as pages keep them."""
    for name, value in headers:
        if name == b"content-type":
            response.media_type = value.decode()
        else:
            response.headers[name.decode().title()] = value.decode()
    return response


def told(
    place: Place,
    locale: str,
    what: str,
    status: int,
    *texts: str,
    links: Sequence[Link] = (),
    reference: str = "",
    section: str = "",
) -> Response[bytes]:
    """A page that says one thing: its title, and texts below it."""
    words = WORDS[words_locale(locale)]
    title = words.get(f"{what}_title") or words[what]
    said = texts or tuple(filter(None, [words.get(f"{what}_text", "")]))
    body = render(
        "told.html", place, locale, title=title, texts=said, links=links, reference=reference, section=section
    )
    return answer(place, locale, body, status)


def limited(place: Place, locale: str, seconds: int) -> Response[bytes]:
    """Somebody asked too often."""
    page = told(place, locale, "foreign", 429, WORDS[words_locale(locale)]["limit"])
    page.headers["Retry-After"] = str(seconds)
    return page


def moved(url: str) -> Response[bytes]:
    """Go on there with a plain GET."""
    return Response(b"", status_code=303, headers={"Location": url, "Cache-Control": "no-store"})
