"""Pure arithmetic of states and breaks: which limit, what counts, who may go next. No database, no clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ombud.routing.floor.schemas import BreakRule, Level, StateStretch, TeamRule, Used, Waiting

# How long each break usually is, in minutes.
BREAK_MINUTES = {
    "meal": 45,
    "rest": 15,
    "restroom": 10,
    "nursing": 30,
    "training": 60,
    "meeting": 60,
    "coaching": 30,
}
# Nobody is asked to wait for these, whatever the rules say.
NEVER_REFUSED = frozenset({"restroom", "nursing"})
# What somebody takes for themselves: only this counts against their bounds.
COUNTED = frozenset({"meal", "rest"})
# Minutes after which work on a ticket away from customers is over time; other reasons last as long as they last.
BUSY_MINUTES = {"ticket_work": 30}
WRAP_UP_SECONDS = 60
LEVELS: tuple[Level, ...] = ("blue", "yellow", "orange", "red")
# Whoever was gone for so long comes to another shift.
SHIFT_GAP = timedelta(hours=4)
LONGEST_SHIFT = timedelta(hours=16)


def is_blocked(rule: BreakRule, level: Level | None) -> bool:
    """Tell whether breaks of a team wait at its present warning level."""
    if rule.blocked_from is None or level is None:
        return False
    return LEVELS.index(level) >= LEVELS.index(rule.blocked_from)


def highest(levels: Sequence[Level | None]) -> Level | None:
    """The worst of some warning levels."""
    known = [one for one in levels if one is not None]
    return max(known, key=LEVELS.index, default=None)


def shift_start(stretches: Sequence[StateStretch], now: datetime) -> datetime:
    """When the present shift began: after the last four hours away from the desk, at most 16 hours ago."""
    start = now - LONGEST_SHIFT
    for one in stretches:
        end = one.to_at or now
        if one.state == "offline" and end - one.from_at >= SHIFT_GAP:
            start = max(start, end)
    return start


def used_breaks(stretches: Sequence[StateStretch], rules: Sequence[BreakRule], now: datetime) -> Used:
    """Sum up the breaks of this shift that count, beside the tightest bounds of one's teams.

    A minute that was begun counts. Being set busy for a missed offer, training and what is never refused do not.
    """
    start = shift_start(stretches, now)
    taken = [one for one in stretches if one.state == "break" and one.reason in COUNTED and one.from_at >= start]
    minutes = sum(_minutes(one, now) for one in taken)
    most = min((one.minutes_per_shift for one in rules if one.minutes_per_shift is not None), default=None)
    often = min((one.times_per_shift for one in rules if one.times_per_shift is not None), default=None)
    return Used(
        minutes=minutes,
        times=len(taken),
        minutes_left=None if most is None else max(most - minutes, 0),
        times_left=None if often is None else max(often - len(taken), 0),
    )


def _minutes(one: StateStretch, now: datetime) -> int:
    seconds = ((one.to_at or now) - one.from_at).total_seconds()
    return max(0, -int(-seconds // 60))


def fits(used: Used, minutes: int) -> bool:
    """Tell whether a break that counts stays within its bounds."""
    is_short = used.minutes_left is None or minutes <= used.minutes_left
    return is_short and (used.times_left is None or used.times_left > 0)


def grantable(queue: Sequence[Waiting], rules: Mapping[int, TeamRule], away: Mapping[int, int]) -> list[int]:
    """Requests that may begin now, first come first served.

    ``away`` counts those of each team who are on a break or were called to one. Somebody of several teams needs room
    in each; who waits for one team holds up those behind them there, and nobody elsewhere.
    """
    gone = dict(away)
    closed: set[int] = set()
    chosen = []
    for one in queue:
        bound = [rules[team] for team in one.team_ids if team in rules]
        if all(_has_room(team, gone, closed) for team in bound):
            chosen.append(one.id)
            for team in bound:
                gone[team.team_id] = gone.get(team.team_id, 0) + 1
        else:
            closed |= {team.team_id for team in bound if team.rule.at_most_at_once is not None}
    return chosen


def _has_room(team: TeamRule, gone: Mapping[int, int], closed: set[int]) -> bool:
    if is_blocked(team.rule, team.level) or team.team_id in closed:
        return False
    most = team.rule.at_most_at_once
    return most is None or gone.get(team.team_id, 0) < most


def place_of(queue: Sequence[Waiting], request_id: int) -> int | None:
    """The place of a request in the queue, of those who wait for a team that it waits for; 1 is next."""
    own = next((one for one in queue if one.id == request_id), None)
    if own is None:
        return None
    teams = set(own.team_ids)
    before = [one for one in queue[: queue.index(own)] if teams & set(one.team_ids)]
    return len(before) + 1
