"""Who waits in a chat: where they stand, how long it may take, and a call or a mail instead.

How it is measured is the matter of routing, which stands beside this room: the assembly puts it in.
"""

import re
from datetime import datetime
from typing import Literal, Protocol

from ombud.channels.chat import queries
from ombud.channels.chat.queries import Place
from ombud.channels.chat.rules import office_state
from ombud.channels.chat.schemas import CallbackIn, CallbackWay, QueueState, WidgetCallback, WidgetWait
from ombud.channels.settings import ChatSettings
from ombud.customers.schemas import CustomerPatch, normal_value
from ombud.customers.services import change_customer
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction
from ombud.shared.errors import Conflict, Invalid, NotAllowed
from ombud.shared.lines import ADDRESS

NUMBER = re.compile(r"\+?[0-9]{6,15}")
MOST_EMAIL = 254


class Told(Protocol):
    """What is said of a wait."""

    @property
    def basis(self) -> Literal["rates", "few", "nobody", "closed"]:
        """Whether a time can be told, or why not."""

    @property
    def position(self) -> int | None:
        """The place, from 1."""

    @property
    def low_seconds(self) -> int | None:
        """The shortest wait that is likely."""

    @property
    def high_seconds(self) -> int | None:
        """The longest."""


class Wanted(Protocol):
    """A call or a mail that somebody waits for."""

    @property
    def way(self) -> CallbackWay:
        """Which of them."""

    @property
    def contact(self) -> str:
        """The number or the address."""

    @property
    def due_at(self) -> datetime:
        """By when it was promised."""


class Waits(Protocol):
    """Who measures waits and keeps call-backs."""

    async def newcomer(self, tx: Transaction, team_id: int, *, now: datetime) -> Told:
        """The wait of somebody who has not written yet."""

    async def told_of(self, tx: Transaction, ticket_id: int) -> Told | None:
        """What is told on a ticket."""

    async def callback_of(self, tx: Transaction, ticket_id: int) -> Wanted | None:
        """The call or the mail that its customer wants."""

    async def ask_callback(
        self,
        tx: Transaction,
        ticket_id: int,
        way: CallbackWay,
        contact: str,
        *,
        locale: str,
        opens_at: datetime | None,
        now: datetime,
    ) -> Wanted:
        """Promise a call or a mail."""

    async def withdraw_callback(self, tx: Transaction, ticket_id: int, *, now: datetime) -> None:
        """Forget about it."""


class NothingWaits(Conflict):
    """You do not wait any more. Write again if there is something else."""

    code = "not_waiting"


class WayNotOffered(NotAllowed):
    """This chat does not offer that. Choose another way, or wait."""

    code = "way_not_offered"


def shown_wait(told: Told, *, is_open: bool) -> WidgetWait:
    """A wait as visitors see it: none in numbers while the chat is closed."""
    if not is_open:
        return WidgetWait("closed")
    return WidgetWait(told.basis, told.low_seconds, told.high_seconds)


def offered_ways(settings: ChatSettings) -> list[CallbackWay]:
    """What a chat offers instead of waiting."""
    ways: list[CallbackWay] = ["call"] if settings.offers_call else []
    return [*ways, "mail"] if settings.offers_mail else ways


async def standing(tx: Transaction, place: Place, waits: Waits, *, now: datetime) -> QueueState:
    """Where the visitor's present ticket stands, and what is offered to them."""
    found = await queries.queue_place(tx, place)
    if found is None:
        return QueueState("none")
    if found.category in {"solved", "closed"}:
        return QueueState("closed")
    wanted = await waits.callback_of(tx, found.ticket_id)
    callback = WidgetCallback(wanted.way, wanted.contact, wanted.due_at) if wanted else None
    if found.is_held:
        return QueueState("machine", callback=callback)
    if found.ahead is None:
        return QueueState("assigned", callback=callback)
    settings = queries.settings_of(place.settings)
    told = await waits.told_of(tx, found.ticket_id)
    # Looked at every few seconds: until then only the place is known.
    wait = shown_wait(told, is_open=office_state(settings.office_hours, now).is_open) if told else None
    position = told.position if told else found.ahead + 1
    return QueueState("waiting", position, wait, callback, offered_ways(settings))


async def ask_callback(
    tx: Transaction, place: Place, data: CallbackIn, waits: Waits, *, now: datetime
) -> WidgetCallback:
    """Ask for a call or a mail instead of waiting; the number or address becomes the customer's, unproven.

    Raises:
        NothingWaits: no ticket of the visitor's waits.
        WayNotOffered: the widget does not offer that.
        Invalid: this is no number or no address.

    Emits: CallbackAsked, CallbackWithdrawn, CustomerChanged
    """
    settings = queries.settings_of(place.settings)
    if data.way not in offered_ways(settings):
        raise WayNotOffered
    contact = _contact(data)
    found = await queries.queue_place(tx, place)
    if found is None or found.ahead is None or place.customer_id is None:
        raise NothingWaits
    opens_at = office_state(settings.office_hours, now).opens_at
    wanted = await waits.ask_callback(
        tx, found.ticket_id, data.way, contact, locale=data.locale, opens_at=opens_at, now=now
    )
    patch = CustomerPatch(phone=contact) if data.way == "call" else CustomerPatch(email=contact)
    await change_customer(tx, place.customer_id, patch, by=SYSTEM, now=now)
    return WidgetCallback(wanted.way, wanted.contact, wanted.due_at)


def _contact(data: CallbackIn) -> str:
    if data.way == "call":
        number = normal_value("phone", data.contact)
        if not NUMBER.fullmatch(number):
            raise Invalid("Enter a phone number.", fields={"contact": "phone"})
        return number
    address = normal_value("email", data.contact)
    host = address.rpartition("@")[2]
    # One address alone: of two in a row the mail would go to both.
    if not re.match(ADDRESS, address) or "." not in host.strip(".") or len(address) > MOST_EMAIL:
        raise Invalid("Enter a mail address.", fields={"contact": "email"})
    return address


async def withdraw_callback(tx: Transaction, place: Place, waits: Waits, *, now: datetime) -> None:
    """Wait after all; where nothing was asked for nothing happens.

    Emits: CallbackWithdrawn
    """
    found = await queries.queue_place(tx, place)
    if found is not None:
        await waits.withdraw_callback(tx, found.ticket_id, now=now)
