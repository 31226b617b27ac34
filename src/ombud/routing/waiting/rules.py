"""How long somebody may have to wait, from what was measured. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ombud.customers.services.masking import mask_email, mask_phone
from ombud.routing.waiting.schemas import Pace, Wait, Way
from ombud.shared.calendars.arithmetic import add_open
from ombud.shared.calendars.opening import Calendar, NeverOpen

MINUTE, HOUR = 60, 3600
# Ends of ranges as people say them, in minutes; nobody believes more than the last.
ENDS = (0, 1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240)
# The same for mails.
MAIL_ENDS = (0, 15, 30, 60, 120, 180, 240, 360, 480, 720, 1440, 2880, 4320, 7200)
# Fewer answers are chance; half an hour is no wait by mail that one has to be told of.
FEWEST_ANSWERS, LONG_MAIL = 5, 30 * MINUTE
# Half of all mails, less the quickest and the slowest.
QUICK, SLOW = 0.25, 0.9
# With fewer places gone forward, what was measured is chance.
FEWEST_PLACES = 3
# Of waits that are exponential, about two thirds fall between these distances from the mean.
SHORTER, LONGER = 0.8, 1.0
# Places behind the twentieth are told anew by fives.
EXACT_PLACES, PLACE_STEP = 20, 5
# A call or a mail comes at least this much later, and at least so long after it was asked for.
TWICE, LEAST = 2, timedelta(minutes=30)
WITHOUT_PACE = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


def expected(position: int, pace: Pace) -> Wait:
    """The wait of whoever stands at a place.

    Coming forward is taken for a Poisson process whose rate is the places per second of all that waited lately; those
    who still wait count with the time that they have waited, so that a queue which stands still slows the pace.
    Source: maximum likelihood of an exponential distribution with censored observations; the variance of the k-th
    arrival, 1/k, and that of the rate itself, 1/n, add up.
    """
    if pace.places < FEWEST_PLACES or pace.seconds <= 0:
        return Wait("few", position)
    mean = position * pace.seconds / pace.places
    spread = mean * (1 / position + 1 / pace.places) ** 0.5
    low, high = rounded(mean - SHORTER * spread, mean + LONGER * spread)
    return Wait("rates", position, low, high)


def rounded(low: float, high: float, ends: Sequence[int] = ENDS) -> tuple[int, int]:
    """A range in seconds whose ends can be said; beyond the longest both are the longest."""
    begin = max((one for one in ends if one * MINUTE <= low), default=0)
    longest = ends[-1]
    if begin == longest:
        return longest * MINUTE, longest * MINUTE
    end = min((one for one in ends if one * MINUTE >= high and one > begin), default=longest)
    return begin * MINUTE, end * MINUTE


def mail_range(seconds: Sequence[float]) -> tuple[int, int] | None:
    """How long an answer by mail takes, from how long others took or wait already; None where nothing is to be told.

    Too little was measured, or most are answered so soon that nobody waits.
    """
    ordered = sorted(seconds)
    if len(ordered) < FEWEST_ANSWERS:
        return None
    low, high = (ordered[round(share * (len(ordered) - 1))] for share in (QUICK, SLOW))
    return rounded(low, high, MAIL_ENDS) if high >= LONG_MAIL else None


def shown_position(position: int) -> int:
    """A place as it is told: far behind, by fives, so that a long queue does not have to be told at each step."""
    return position if position <= EXACT_PLACES else -(-position // PLACE_STEP) * PLACE_STEP


def callback_due(wait: Wait, calendar: Calendar, *, now: datetime) -> datetime:
    """By when a call or a mail can be said to come: twice the longest wait, in hours that are open, in quarters.

    Raises:
        NeverOpen: the calendar has no open hour.
    """
    span = max(LEAST, timedelta(seconds=TWICE * wait.high_seconds)) if wait.high_seconds else WITHOUT_PACE
    due = add_open(calendar, now, span)
    begun = due.replace(minute=due.minute - due.minute % 15, second=0, microsecond=0)
    quarter = due if begun == due else begun + QUARTER
    # A quarter behind the close would be a promise outside of the hours.
    return quarter if calendar.is_open(quarter - timedelta(seconds=1)) else due


def is_closed(calendar: Calendar, now: datetime) -> bool:
    """Whether nobody works at a moment; a calendar without an open hour is always closed."""
    try:
        return not calendar.is_open(now)
    except NeverOpen:
        return True


def distance(waited: float, low: int, high: int) -> float:
    """How far a wait lies beside what was said: 0 within it."""
    return max(low - waited, 0.0) or max(waited - high, 0.0)


def median(values: Sequence[float]) -> float | None:
    """The middle one; of an even number the mean of the two in the middle."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def masked(way: Way, contact: str) -> str:
    """A number or an address for everybody who sees the ticket; the whole of it stands with the customer, by right."""
    return mask_phone(contact) if way == "call" else mask_email(contact)
