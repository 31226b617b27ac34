"""What a text would promise if it were sent: offered to its writer, with what speaks against it."""

from datetime import datetime

from ombud.service_levels.promises import queries
from ombud.service_levels.promises.contact import is_money
from ombud.service_levels.promises.feasible import Frame, problems_of, safe_words
from ombud.service_levels.promises.rules import recognise
from ombud.service_levels.promises.schemas import Promise, PromiseKind, PromiseOffer, PromiseOfferIn, PromiseOffers
from ombud.service_levels.promises.services.hours import duty_of, full_slots, hours_for
from ombud.shared.actor import Actor
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import ALWAYS
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Invalid
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.services.planned import LONGEST
from ombud.tickets.services.policy import desk_policy

MAY_PROMISE_MONEY = "promises.money"


async def offer_promises(
    tx: Transaction, ticket_id: int, data: PromiseOfferIn, *, by: Actor, now: datetime
) -> PromiseOffers:
    """The promises of a text, due as if it went out now, or at its time; nothing is kept.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
        Invalid: it would go out later than a planned reply can.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    sent_at = max(now, data.send_at or now)
    if sent_at > now + LONGEST:
        raise Invalid("Choose a moment within a year.", fields={"send_at": "too_far"})
    team_id = await value(tx, int, "select team_id from ticket where id = %(id)s", {"id": ticket_id}) or 0
    calendar, zone = await hours_for(tx, team_id, by.person_id or None)
    found = recognise(data.text, sent_at=sent_at, tz=zone, calendar=calendar)
    if not found:
        return PromiseOffers([])
    policy = await desk_policy(tx, undo_seconds=0)
    frame = Frame(
        calendar=calendar,
        now=sent_at,
        outside=await queries.outside_deadlines(tx, ticket_id),
        longest_days=policy.promise_days,
        may_promise_money=policy.promise_money == "everybody" or by.may(MAY_PROMISE_MONEY),
        duty=await duty_of(tx, by.person_id or None),
        full=await full_slots(tx, team_id, by.person_id or None, policy.promise_slots, calendar, now=sent_at),
    )
    return PromiseOffers([_offer(data.text, one, frame) for one in found])


def _offer(text: str, one: Promise, frame: Frame) -> PromiseOffer:
    words = text[one.start : one.end]
    problems = problems_of(words, one.due_at, frame)
    needs_other = bool(problems) or one.is_vague
    return PromiseOffer(
        start=units(text[: one.start]),
        end=units(text[: one.end]),
        words=words,
        kind=one.kind.value,
        due_at=one.due_at,
        problems=problems,
        safe=safe_words(words, problems, frame, text[: one.start]) if needs_other else None,
    )


def units(text: str) -> int:
    """The length of a text as browsers count it: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def promises_in(text: str, *, now: datetime) -> list[tuple[PromiseKind, str]]:
    """What a text promises, in its words, wherever it is said: for texts that no agent writes.

    ``on_event`` is how a rule is told ("within 3 days of delivery"); the others bind us towards whoever reads it.
    """
    calendar = Calendar(ALWAYS)
    found = recognise(text, sent_at=now, tz=calendar.zone, calendar=calendar)
    return [(one.kind, text[one.start : one.end]) for one in found]


def names_money(text: str) -> bool:
    """Whether a text speaks of giving, returning or taking off money."""
    return is_money(text)
