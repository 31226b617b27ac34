"""Times of a shop's day: seconds since 1970, the shop's wall clock is UTC+8 all year."""

import random
from datetime import UTC, datetime

HOUR = 3600
DAY = 86400
OFFSET = 8 * HOUR
OPENS, CLOSES = 8.5 * HOUR, 21.5 * HOUR
# Letters per hour of the day, midnight first: two peaks, a quiet noon, few at night.
BY_HOUR = (1.2, 0.7, 0.4, 0.3, 0.3, 0.6, 1.5, 3, 6, 9, 10, 8.5, 5.5, 6.5, 8, 8, 7.5, 6.5, 5.5, 6.5, 8, 7, 4.5, 2.4)
# Monday first: the weekend's trouble comes on Monday.
BY_WEEKDAY = (1.22, 1.06, 1.0, 0.99, 1.0, 0.88, 0.8)


def second_of_day(at: float) -> float:
    """Seconds since the shop's midnight."""
    return (at + OFFSET) % DAY


def local_day(at: float) -> int:
    """The shop's day, counted from 1970."""
    return int((at + OFFSET) // DAY)


def weekday(at: float) -> int:
    """Day of the week at the shop, 0 is Monday."""
    return int((at + OFFSET) // DAY + 3) % 7


def start_of_day(at: float) -> float:
    """The shop's midnight before that moment."""
    return at - second_of_day(at)


def when_open(at: float, rng: random.Random) -> float:
    """That moment if somebody works then, else some minutes after the shop opens next."""
    second = second_of_day(at)
    if OPENS <= second <= CLOSES:
        return at
    late = DAY if second > CLOSES else 0
    return start_of_day(at) + late + OPENS + 120 + rng.random() ** 2 * 5400


def when_awake(at: float, rng: random.Random) -> float:
    """That moment, or next morning if most people sleep then."""
    second = second_of_day(at)
    if second >= 7 * HOUR or rng.random() < 0.12:  # noqa: PLR2004  # some people do write at night
        return at
    return start_of_day(at) + 7 * HOUR + rng.random() * 3 * HOUR


def draw_arrivals(rng: random.Random, *, count: int, since: float, until: float) -> list[float]:
    """Draw moments at which tickets begin, by the pattern of days and hours, with one busy week and slow growth."""
    days = int((until - since) // DAY) + 1
    first = start_of_day(since)
    slots = [(first + day * DAY + hour * HOUR, hour) for day in range(days) for hour in range(24)]
    slots = [(at, hour) for at, hour in slots if at < until and at + HOUR > since]
    weights = [BY_HOUR[hour] * _weight_of_day(at, since, until, rng) for at, hour in slots]
    starts = rng.choices([at for at, _ in slots], weights, k=count * 2)
    moments = [at + rng.random() * HOUR for at in starts]
    return sorted([at for at in moments if since <= at < until - 20][:count])


def _weight_of_day(at: float, since: float, until: float, rng: random.Random) -> float:
    share = (at - since) / (until - since)
    is_sale = 0.42 < share < 0.5  # noqa: PLR2004  # a sale in the middle of the quarter
    noise = 0.9 + 0.2 * rng.random()
    return BY_WEEKDAY[weekday(at)] * (0.9 + 0.2 * share) * (1.35 if is_sale else 1.0) * noise


def moment(at: float) -> datetime:
    """The aware UTC time of a moment, to the millisecond."""
    return datetime.fromtimestamp(round(at, 3), UTC)
