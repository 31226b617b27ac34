"""Endpoints of the help centre. What everybody reads is finished pages, sent without anything in between."""

from typing import Any

from litestar import Response, get, post, route
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from litestar.response.base import ASGIResponse

from ombud.knowledge.articles.queries import find_article_file
from ombud.knowledge.reports.services import note_feedback, note_search
from ombud.portal.edge import (
    MOST_LOCALE,
    AnyRequest,
    Link,
    address_of,
    answer,
    is_own_page,
    limited,
    place_of,
    told,
)
from ombud.portal.help_centre import contact
from ombud.portal.help_centre.answering import Told, answer_to, note_word
from ombud.portal.help_centre.feedback import read_feedback
from ombud.portal.help_centre.library import library_of
from ombud.portal.help_centre.pages import Asking, help_page
from ombud.portal.help_centre.queries import reader_for
from ombud.portal.help_centre.rules import language_name, marked, nearness
from ombud.portal.help_centre.schemas import Suggestion, Suggestions
from ombud.portal.help_centre.searching import MOST_HITS, find_hits
from ombud.portal.pages import render
from ombud.portal.queries import logo_file
from ombud.portal.rules import Place, words_locale
from ombud.portal.sending import finished, private
from ombud.portal.words import WORDS
from ombud.shared.errors import LimitReached, NotFound
from ombud.shared.http import Now, anybody, file_headers
from ombud.shared.throttle import Limit, take

SEARCHES = Limit("help_search", 60, 60)
FEEDBACK = Limit("help_feedback", 20, 600)
LONGEST_SEARCH = 300
READS = [HttpMethod.GET, HttpMethod.HEAD]
MAX_FEEDBACK_BYTES = 20_000
MAX_CONTACT_BYTES = 55 * 1024 * 1024


def paths(*rests: str) -> list[str]:
    """Paths of pages under the site of the host, and under each site by its key."""
    return [f"{prefix}{rest}" for rest in rests for prefix in ("/help", "/help/s/{site:str}")]


@route(
    paths("", "/{locale:str}", "/{locale:str}/categories/{shelf_id:int}", "/{locale:str}/articles/{slug:str}"),
    http_method=READS,
    guards=[anybody],
    include_in_schema=False,
)
async def get_page(request: AnyRequest) -> ASGIResponse:
    """The pages that everybody reads."""
    asking = Asking(request)
    page = asking.ready() or await help_page(asking)
    return private(page) if asking.is_private else finished(request.scope, page)


@route(paths("/sitemap.xml"), http_method=READS, guards=[anybody], include_in_schema=False)
async def get_sitemap(request: AnyRequest) -> ASGIResponse:
    """All public pages, for search engines."""
    return finished(request.scope, await help_page(Asking(request, what="sitemap")))


@route("/robots.txt", http_method=READS, guards=[anybody], include_in_schema=False)
async def get_robots(request: AnyRequest) -> ASGIResponse:
    """What search engines may look at."""
    return finished(request.scope, await help_page(Asking(request, what="robots")))


@get(paths("/{locale:str}/search"), guards=[anybody], include_in_schema=False)
async def get_search(
    request: AnyRequest, state: State, now: Now, locale: FromPath[str], site: FromPath[str] = "", q: FromQuery[str] = ""
) -> Response[bytes]:
    """Articles that answer a question."""
    place = await place_of(request, state, site)
    locale, text = locale[:MOST_LOCALE], " ".join(q.split())[:LONGEST_SEARCH]
    library = await library_of(state.database, state.portal, place.site)
    hits: list[dict[str, Any]] = []
    answered: Told | None = None
    if text:
        try:
            async with state.database.statements() as tx:
                await take(tx, SEARCHES, address_of(request, state), now=now)
            reader = reader_for(place.site, is_customer=False)
            found = await find_hits(state.database, state.parts.passages, text, reader, locale, limit=MOST_HITS)
            answered = await answer_to(state, place, text, "help_centre", now=now)
            async with state.database.statements() as tx:
                await note_search(tx, text=text, locale=locale, place="help_centre", results=len(found), now=now)
        except LimitReached as limit:
            return limited(place, locale, limit.retry_after_seconds)
        hits = [
            {
                "title": one.title,
                "slug": one.slug,
                "locale": one.locale,
                "text": marked(one.text, text),
                "language": language_name(one.locale) if nearness(one.locale, locale, "") > 1 else "",
            }
            for one in found
        ]
    languages = [{"locale": one, "name": language_name(one), "url": f"{place.help}/{one}"} for one in library.locales]
    body = render(
        "search.html", place, locale, text=text, hits=hits, told=answered, languages=languages, section="help"
    )
    return answer(place, locale, body, has_script=True)


@get(paths("/{locale:str}/suggest"), guards=[anybody], include_in_schema=False)
async def get_suggestions(
    request: AnyRequest, state: State, locale: FromPath[str], site: FromPath[str] = "", q: FromQuery[str] = ""
) -> Response[Suggestions]:
    """Articles whose titles fit what is being typed."""
    place = await place_of(request, state, site)
    library = await library_of(state.database, state.portal, place.site)
    found = library.typing(locale[:MOST_LOCALE]).suggest(q[:LONGEST_SEARCH])
    items = [Suggestion(one.title, f"{place.help}/{one.locale}/articles/{one.slug}") for one in found]
    return Response(Suggestions(items), headers={"Cache-Control": "private, max-age=30"})


@post(
    paths("/{locale:str}/articles/{slug:str}/feedback"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_FEEDBACK_BYTES,
    status_code=200,
)
async def post_feedback(
    request: AnyRequest, state: State, now: Now, locale: FromPath[str], slug: FromPath[str], site: FromPath[str] = ""
) -> Response[bytes]:
    """Whether an article helped, and why not."""
    place = await place_of(request, state, site)
    locale = locale[:MOST_LOCALE]
    words = WORDS[words_locale(locale)]
    library = await library_of(state.database, state.portal, place.site, is_customer=True)
    entries = library.by_slug.get(slug)
    if not entries:
        return told(place, locale, "not_found", 404)
    if not is_own_page(request, place):
        return told(place, locale, "foreign", 403)
    said = read_feedback(await request.form(), locale)
    try:
        async with state.database.transaction() as tx:
            await take(tx, FEEDBACK, address_of(request, state), now=now)
            me = await contact.customer_of(request, state, place)
            known = me.customer_id if me is not None else None
            await note_feedback(tx, entries[0].article_id, said, place="help_centre", customer_id=known, now=now)
    except LimitReached as limit:
        return limited(place, locale, limit.retry_after_seconds)
    links = _ways_on(place, locale, helped=said.helped, form=f"contact?from={slug}")
    what = "thanks_helped" if said.helped else "thanks_not_helped"
    return told(place, locale, what, 200, *([] if said.helped else [words["still_stuck"]]), links=links)


@post(
    paths("/{locale:str}/answers/helped"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_FEEDBACK_BYTES,
    status_code=200,
)
async def post_answer_helped(
    request: AnyRequest, state: State, now: Now, locale: FromPath[str], site: FromPath[str] = ""
) -> Response[bytes]:
    """Whether a machine's answer helped; where it did not, the way to a person."""
    place = await place_of(request, state, site)
    locale = locale[:MOST_LOCALE]
    if not is_own_page(request, place):
        return told(place, locale, "foreign", 403)
    sent = await request.form()
    try:
        async with state.database.transaction() as tx:
            await take(tx, FEEDBACK, address_of(request, state), now=now)
    except LimitReached as limit:
        return limited(place, locale, limit.retry_after_seconds)
    helped = sent.get("helped") == "yes"
    if not await note_word(state, str(sent.get("answer", "")), helped=helped, now=now):
        return told(place, locale, "not_found", 404)
    links = _ways_on(place, locale, helped=helped, form="contact")
    yes = "thanks_solved" if sent.get("from") == "form" else "thanks_helped"
    return told(place, locale, yes if helped else "thanks_not_helped", 200, links=links)


def _ways_on(place: Place, locale: str, *, helped: bool, form: str) -> list[Link]:
    """Home, and before it the way to a person for whom it did not help."""
    words = WORDS[words_locale(locale)]
    home = [Link(words["home"], f"{place.help}/{locale}")]
    if helped or not place.site.form_channel_id:
        return home
    return [Link(words["ask_us"], f"{place.help}/{locale}/{form}"), *home]


@get(paths("/{locale:str}/contact"), guards=[anybody], include_in_schema=False)
async def get_contact(
    request: AnyRequest, state: State, now: Now, locale: FromPath[str], site: FromPath[str] = "", q: FromQuery[str] = ""
) -> Response[bytes]:
    """The form by which a person is asked."""
    place = await place_of(request, state, site)
    return await contact.show(request, state, place, locale[:MOST_LOCALE], now, text=q[:2_000])


@post(
    paths("/{locale:str}/contact"),
    guards=[anybody],
    include_in_schema=False,
    request_max_body_size=MAX_CONTACT_BYTES,
    status_code=200,
)
async def post_contact(
    request: AnyRequest, state: State, now: Now, locale: FromPath[str], site: FromPath[str] = ""
) -> Response[bytes]:
    """Propose answers, then take the message."""
    place = await place_of(request, state, site)
    return await contact.take_in(request, state, place, locale[:MOST_LOCALE], now)


@get(paths("/files/{token:str}"), guards=[anybody], include_in_schema=False)
async def get_file(request: AnyRequest, state: State, token: FromPath[str], site: FromPath[str] = "") -> Stream:
    """A file of a published article."""
    place = await place_of(request, state, site)
    customer = await contact.customer_of(request, state, place)
    reader = reader_for(place.site, is_customer=customer is not None)
    async with state.database.statements() as tx:
        found = await find_article_file(tx, token[:100], reader=reader)
    headers = file_headers(found.name, found.type) | {"Cache-Control": "private, max-age=300"}
    return Stream(state.files.chunks(found.token), media_type=found.type, headers=headers)


@get(paths("/logo/{name:str}"), guards=[anybody], include_in_schema=False)
async def get_logo(request: AnyRequest, state: State, name: FromPath[str], site: FromPath[str] = "") -> Stream:
    """The logo of the brand."""
    place = await place_of(request, state, site)
    async with state.database.statements() as tx:
        found = await logo_file(tx, place.site.brand_id)
    if found is None or not found.token.startswith(name):
        raise NotFound
    headers = file_headers("logo", found.type) | {"Cache-Control": "public, max-age=86400"}
    return Stream(state.files.chunks(found.token), media_type=found.type, headers=headers)


HANDLERS = [
    get_page,
    get_sitemap,
    get_robots,
    get_search,
    get_suggestions,
    post_feedback,
    post_answer_helped,
    get_contact,
    post_contact,
    get_file,
    get_logo,
]
