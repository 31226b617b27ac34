"""What a simulated day comes to: service, waits, loss, occupancy, fairness, skill match and strain."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean

from msgspec import Struct

from ombud.routing.simulation.rules.day import Day
from ombud.routing.simulation.rules.people import Item, Person
from ombud.routing.simulation.rules.spread import fairness, quantile

HOUR = 3_600.0
# Bars of the charts.
BARS = 48
# Fewer hours on duty than this say little about how work was shared.
LEAST_DUTY_SECONDS = 1_800.0


class KindFigures(Struct, frozen=True):
    """Of one kind of work, or of all."""

    arrived: int
    answered: int
    abandoned: int
    blocked: int
    informed: int
    called_back: int
    left: int
    # answered within their target, of those who arrived and did not find what they needed in the announcement
    service_level: float
    # of everybody who entered, also of those who gave up
    mean_wait: float
    wait_p50: float
    wait_p90: float
    wait_max: float
    # the share that waited at all
    p_wait: float
    abandoned_share: float
    # answered by somebody who has what the first step asks for
    skill_match: float


class GroupFigures(Struct, frozen=True):
    """Of one group of people."""

    people: int
    served: int
    occupancy: float
    # points of strain an hour on duty: the mean, and of whoever had most
    strain: float
    strain_most: float
    longest_hard_run: int
    missed_breaks: int


class Bar(Struct, frozen=True):
    """A stretch of the day, for charts; minutes since midnight."""

    minute: float
    arrived: float
    waiting: float
    in_hand: float
    on_duty: float
    service_level: float | None


class DayFigures(Struct, frozen=True):
    """Of one replication."""

    all: KindFigures
    kinds: dict[str, KindFigures]
    groups: dict[str, GroupFigures]
    occupancy: float
    fairness: float
    strain: float
    strain_most: float
    bars: list[Bar]
    relieved_minutes: float


def work_out(day: Day) -> DayFigures:
    """Work out the figures of a day that was played."""
    counted = [one for one in day.items if one.arrival.at >= day.cast.counts_from]
    by_kind: dict[str, list[Item]] = defaultdict(list)
    for one in counted:
        by_kind[one.arrival.kind].append(one)
    people = [one for one in day.floor.people.values() if one.duty_seconds >= LEAST_DUTY_SECONDS]
    occupancies = [_occupancy(one) for one in people]
    strains = [_strain(one) for one in people]
    return DayFigures(
        all=_of_items(counted, day.timeline.now),
        kinds={key: _of_items(by_kind[key], day.timeline.now) for key in day.cast.scenario.kinds},
        groups=_groups(people),
        occupancy=_ratio(_busy(people), _duty(people)),
        fairness=fairness(occupancies),
        strain=fmean(strains) if strains else 0.0,
        strain_most=max(strains, default=0.0),
        bars=_bars(day, counted),
        relieved_minutes=_relieved_seconds(day) / 60,
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _of_items(items: Sequence[Item], now: float) -> KindFigures:
    states: dict[str, int] = defaultdict(int)
    for one in items:
        states[one.state] += 1
    answered = [one for one in items if one.began_at is not None]
    entered = [one for one in items if one.state not in ("blocked", "informed")]
    waits = [one.waited if one.state != "waiting" else now - one.arrival.at for one in entered]
    in_time = sum(one.waited <= one.kind.target_seconds for one in answered)
    return KindFigures(
        arrived=len(items),
        answered=len(answered),
        abandoned=states["abandoned"],
        blocked=states["blocked"],
        informed=states["informed"],
        called_back=sum(one.is_called_back for one in items),
        left=states["waiting"],
        service_level=in_time / (len(items) - states["informed"]) if len(items) > states["informed"] else 1.0,
        mean_wait=_ratio(sum(waits), len(waits)),
        wait_p50=quantile(waits, 0.5),
        wait_p90=quantile(waits, 0.9),
        wait_max=max(waits, default=0.0),
        p_wait=_ratio(sum(one > 0 for one in waits), len(waits)),
        abandoned_share=_ratio(states["abandoned"], len(entered)),
        skill_match=sum(one.is_matched for one in answered) / len(answered) if answered else 1.0,
    )


def _busy(people: Iterable[Person]) -> float:
    return sum(one.busy_seconds for one in people)


def _duty(people: Iterable[Person]) -> float:
    return sum(one.duty_seconds for one in people)


def _occupancy(person: Person) -> float:
    return _ratio(person.busy_seconds, person.duty_seconds)


def _strain(person: Person) -> float:
    return _ratio(person.strain * HOUR, person.duty_seconds)


def _groups(people: Sequence[Person]) -> dict[str, GroupFigures]:
    by_group: dict[str, list[Person]] = defaultdict(list)
    for one in people:
        by_group[one.member.group].append(one)
    return {key: _group(members) for key, members in by_group.items()}


def _group(members: Sequence[Person]) -> GroupFigures:
    strains = [_strain(one) for one in members]
    return GroupFigures(
        people=len(members),
        served=sum(one.served for one in members),
        occupancy=_ratio(_busy(members), _duty(members)),
        strain=fmean(strains),
        strain_most=max(strains),
        longest_hard_run=max(one.longest_hard_run for one in members),
        missed_breaks=sum(one.missed_breaks for one in members),
    )


def _bars(day: Day, items: Sequence[Item]) -> list[Bar]:
    length = (day.cast.closes - day.cast.opens) / BARS
    arrived: dict[int, list[Item]] = defaultdict(list)
    for one in items:
        arrived[int((one.arrival.at - day.cast.opens) / length)].append(one)
    samples = defaultdict(list)
    for sample in day.samples:
        samples[int((sample.at - day.cast.opens) / length)].append(sample)
    bars = []
    for number in range(BARS):
        seen, came = samples[number], arrived[number]
        in_time = sum(one.began_at is not None and one.waited <= one.kind.target_seconds for one in came)
        bar = Bar(
            minute=(day.cast.opens + number * length) / 60,
            arrived=len(came),
            waiting=fmean(one.waiting for one in seen) if seen else 0.0,
            in_hand=fmean(one.in_hand for one in seen) if seen else 0.0,
            on_duty=fmean(one.on_duty for one in seen) if seen else 0.0,
            service_level=in_time / len(came) if came else None,
        )
        bars.append(bar)
    return bars


def _relieved_seconds(day: Day) -> float:
    stretches = day.hand.stretches if day.hand else []
    return sum((until if until is not None else day.closed_at) - since for since, until in stretches)
