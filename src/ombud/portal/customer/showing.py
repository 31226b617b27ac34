"""The pages of the portal, and who is looking at them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from litestar import Response
from litestar.datastructures import FormMultiDict, State
from msgspec import Struct

from ombud.assistance.guidance.schemas import ShownCard
from ombud.assistance.guidance.services import Facing, cards_for
from ombud.channels.forms.services import MAX_FILE_BYTES, MAX_FILES
from ombud.portal.customer import queries, services
from ombud.portal.customer.progress import DONE
from ombud.portal.customer.schemas import OwnTicket, ShownMessage, TicketQuery, TicketRow
from ombud.portal.customer.sessions import Me, cookie_of, csrf_of, has_csrf, sessions_of, who_is
from ombud.portal.edge import AnyRequest, Link, answer, is_own_page, moved, place_of, told
from ombud.portal.help_centre.queries import reader_for
from ombud.portal.pages import render, size_text
from ombud.portal.rules import Place, words_locale
from ombud.portal.schemas import PageLocale
from ombud.portal.words import WORDS
from ombud.processes.confirmation.services import is_asked as is_asked_of
from ombud.shared.crypto import new_token
from ombud.shared.database import Transaction
from ombud.shared.errors import NotFound

# What a page may say above itself after a form was sent.
TOLD = frozenset(
    {"answer_sent", "answer_on_its_way", "solved_done", "solved_noted", "reopened", "appraised", "saved", "signed_out"}
)
ZONES = sorted(one for one in available_timezones() if "/" in one and not one.startswith(("Etc/", "SystemV/")))


class Visit(Struct):
    """A request of a customer who is signed in; ``form`` is what they sent."""

    request: Any
    state: Any
    place: Place
    me: Me
    locale: PageLocale
    csrf: str
    form: Any

    def said(self, name: str) -> str:
        """What a field of the form says."""
        return str(self.form.get(name, "")).replace("\x00", "")

    def page(self, name: str, **values: Any) -> Response[bytes]:
        """A page of the portal."""
        here = self.request.url.path
        languages = [
            {"locale": one, "name": WORDS[self.locale]["other_language"], "url": f"{here}?lang={one}"}
            for one in WORDS
            if one != self.locale
        ]
        status = values.pop("status", 200)
        known = {"csrf": self.csrf, "me": self.me, "languages": languages, "section": "portal", "zone": self.zone}
        return answer(self.place, self.locale, render(name, self.place, self.locale, **(known | values)), status)

    @property
    def zone(self) -> str:
        """The clock by which they read."""
        return self.me.time_zone or self.place.site.look.time_zone

    def leaving(self) -> Response[bytes]:
        """Away, without the cookie."""
        page = moved(f"{self.place.portal}/sign-in?done=signed_out&lang={self.locale}")
        page.cookies = [cookie_of(self.place, "", timedelta())]
        return page


async def visit_of(request: AnyRequest, state: State, key: str, *, is_form: bool = False) -> Visit | Response[bytes]:
    """The customer who asks; where nobody is signed in, or another site sent the form, the page that says so."""
    place = await place_of(request, state, key)
    asked = str(request.query_params.get("lang", ""))
    me = await who_is(request, state, place)
    if me is None:
        return _stranger(place, asked)
    locale = words_locale(asked) if asked in WORDS else me.locale
    form = await request.form() if is_form else FormMultiDict()
    visit = Visit(request, state, place, me, locale, csrf_of(request, place, state.key_ring), form)
    if is_form and not (is_own_page(request, place) and has_csrf(request, place, state.key_ring, visit.said("csrf"))):
        return told(place, locale, "foreign", 403, links=[Link(WORDS[locale]["my_tickets"], place.portal)])
    return visit


def _stranger(place: Place, asked: str) -> Response[bytes]:
    if not place.site.has_portal:
        locale = words_locale(asked or place.site.look.locale_default)
        return told(place, locale, "portal_off", 404, links=[Link(WORDS[locale]["home"], f"{place.help}/{locale}")])
    suffix = f"?lang={words_locale(asked)}" if asked else ""
    return moved(f"{place.portal}/sign-in{suffix}")


def list_page(visit: Visit, sight: queries.Sight, query: TicketQuery, found: list[TicketRow]) -> Response[bytes]:
    """The list of tickets."""
    shown = found[: queries.PAGE]
    older = shown[-1].last_id if len(found) > queries.PAGE else 0
    return visit.page("tickets.html", query=query, tickets=shown, older=older, own_ids=sight.own_ids)


async def ticket_page(
    tx: Transaction,
    visit: Visit,
    sight: queries.Sight,
    ticket: OwnTicket,
    *,
    done: str,
    problem: str,
    said: str,
    now: datetime,
) -> Response[bytes]:
    """One ticket."""
    words = WORDS[visit.locale]
    messages = await queries.list_messages(tx, sight, ticket)
    goes_on = ticket.merged_into_id
    if goes_on is not None and goes_on not in {one.id for one in await _theirs(tx, sight, goes_on)}:
        goes_on = None
    is_done = ticket.category in DONE
    is_asked = await is_asked_of(tx, ticket.id)
    return visit.page(
        "ticket.html",
        ticket=ticket,
        messages=messages,
        promises=_open_promises(messages),
        steps=await services.progress_of(tx, ticket, words["steps"], visit.locale),
        goes_on=goes_on,
        own_ids=sight.own_ids,
        cards=await _cards(tx, visit, ticket, now=now),
        done=done if done in TOLD else "",
        problem=problem,
        said=said,
        key=new_token(),
        is_done=is_done,
        asks=is_asked or not is_done,
        can_write=visit.place.site.form_channel_id is not None or ticket.channel_id is not None,
        most_files=MAX_FILES,
        file_size=size_text(MAX_FILE_BYTES),
        status=400 if problem else 200,
    )


async def _cards(tx: Transaction, visit: Visit, ticket: OwnTicket, *, now: datetime) -> list[ShownCard]:
    """What those who have such products or questions should know, as far as it is meant for customers' own eyes."""
    reader = reader_for(visit.place.site, is_customer=True)
    facing = Facing(
        place="portal", reader=reader, locale=visit.locale, customer_locale=visit.locale, ticket_id=ticket.id
    )
    return [one for one in await cards_for(tx, facing, now=now) if one.public_text]


async def _theirs(tx: Transaction, sight: queries.Sight, ticket_id: int) -> list[OwnTicket]:
    try:
        return [await queries.find_ticket(tx, sight, ticket_id)]
    except NotFound:
        return []


def _open_promises(messages: list[ShownMessage]) -> list[datetime]:
    return sorted(one.due_at for message in messages for one in message.promises if not one.is_kept)


async def account_page(visit: Visit, *, done: str, problem: str, now: datetime) -> Response[bytes]:
    """What a customer may set, and take with them."""
    async with visit.state.database.statements() as tx:
        sessions = await sessions_of(tx, visit.me, now=now)
    return visit.page(
        "account.html",
        sessions=sessions,
        zones=ZONES,
        done=done if done in TOLD else "",
        problem=problem,
        is_fresh=visit.me.is_fresh(now),
        status=400 if problem else 200,
    )
