"""The page behind a link to confirm."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from ombud.processes.confirmation.services import Link, LinkGone, find_link, use_link
from ombud.processes.confirmation.words import WORDS
from ombud.processes.services.links import PATH
from ombud.processes.services.running import NoProcess
from ombud.shared.clients import client_ip, limit_address
from ombud.shared.errors import LimitReached, NotFound
from ombud.shared.http import Now, anybody
from ombud.shared.public_pages import PublicPages, pick_locale
from ombud.shared.throttle import Limit, take

PAGES = PublicPages(Path(__file__).parent / "templates", WORDS)
READING = Limit("confirm_read", 60, 600)
ANSWERING = Limit("confirm", 10, 600)
MOST_WORDS = 1_000
LONGEST_TOKEN = 100
MAX_BODY_BYTES = 20_000


def _tell(locale: str, what: str, status: int, *, brand: str = "", text: str = "") -> Response[str]:
    words = WORDS[locale]
    title = words.get(f"{what}_title") or words[what]
    page = PAGES.render("told.html", locale, status, brand=brand, title=title, text=text or words.get(what, ""))
    return _closed(page)


def _closed(page: Response[str]) -> Response[str]:
    # The address is the key: it goes nowhere, and into no index.
    page.headers |= {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
    return page


def _ask(link: Link, locale: str, status: int = 200, **given: str) -> Response[str]:
    page = PAGES.render(
        "confirm.html",
        locale,
        status,
        brand=link.brand,
        title=WORDS[locale]["title"],
        ticket=link.ticket_id,
        problem=given.get("problem", ""),
        answer=given.get("answer", ""),
        said=given.get("said", ""),
    )
    return _closed(page)


def _limit(locale: str, limit: LimitReached) -> Response[str]:
    page = _tell(locale, "limit", 429)
    page.headers["Retry-After"] = str(limit.retry_after_seconds)
    return page


@get("/{token:str}", guards=[anybody], operation_id="get_confirmation", summary="A customer's page to confirm")
async def get_page(
    request: Request[Any, Any, Any], state: State, now: Now, token: FromPath[str], lang: FromQuery[str] = ""
) -> Response[str]:
    """Ask whether it is solved. Opening the page confirms nothing; ``lang`` chooses between en and zh-CN."""
    locale = pick_locale(lang, request.headers.get("accept-language", ""), "en")
    address = limit_address(client_ip(request, state.settings))
    try:
        async with state.database.transaction() as tx:
            await take(tx, READING, address, now=now)
        async with state.database.statements() as connection:
            link = await find_link(connection, token[:LONGEST_TOKEN], now=now)
    except LimitReached as limit:
        return _limit(locale, limit)
    except NotFound:
        return _tell(locale, "gone", 404)
    locale = pick_locale(lang, "", link.locale)
    return _ask(link, locale) if link.is_open else _tell(locale, "gone", 410, brand=link.brand)


@post(
    "/{token:str}",
    guards=[anybody],
    operation_id="send_confirmation",
    summary="Confirm, or say that it is not solved",
    request_max_body_size=MAX_BODY_BYTES,
    status_code=200,
)
async def post_page(request: Request[Any, Any, Any], state: State, now: Now, token: FromPath[str]) -> Response[str]:
    """Take the answer, once. 410 once it was used, or nobody waits for it; 429 with ``Retry-After``."""
    sent = await request.form()
    answer, said = str(sent.get("answer", "")), str(sent.get("words", "")).replace("\x00", "").strip()[:MOST_WORDS]
    locale = pick_locale(str(sent.get("locale", "")), request.headers.get("accept-language", ""), "en")
    if await state.authenticate(request) is not None:
        # A colleague must not give the customer's word.
        return _tell(locale, "staff", 403)
    address = limit_address(client_ip(request, state.settings))
    try:
        async with state.database.transaction() as tx:
            await take(tx, ANSWERING, address, now=now)
        return await _take(state, token[:LONGEST_TOKEN], answer, said, locale, now)
    except LimitReached as limit:
        return _limit(locale, limit)
    except NotFound:
        return _tell(locale, "gone", 404)
    except (LinkGone, NoProcess):
        return _tell(locale, "gone", 410)


async def _take(state: State, token: str, answer: str, said: str, locale: str, now: Now) -> Response[str]:
    if answer not in {"solved", "not_solved"} or (answer == "not_solved" and not said):
        async with state.database.statements() as connection:
            link = await find_link(connection, token, now=now)
        problem = "words_problem" if answer == "not_solved" else "choose_problem"
        return _ask(link, locale, 400, problem=problem, answer=answer, said=said)
    is_solved = answer == "solved"
    async with state.database.transaction() as tx:
        link = await use_link(tx, token, "solved" if is_solved else "not_solved", said, now=now)
    state.bus.wake("sequence", "clocks", "confirmations")
    what = "thanks_solved" if is_solved else "thanks_not_solved"
    return _tell(locale, what, 200, brand=link.brand, text=WORDS[locale]["close"])


routers = [Router(PATH, route_handlers=[get_page, post_page], tags=["processes"])]
