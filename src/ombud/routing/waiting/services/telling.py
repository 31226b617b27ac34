"""What those who wait are told: looked at every few seconds, written down where it changes, ended with how it went."""

from collections.abc import Sequence
from datetime import datetime

from ombud.routing.waiting import queries
from ombud.routing.waiting.queries import Told, Waiting
from ombud.routing.waiting.rules import FEWEST_PLACES, expected, is_closed, shown_position
from ombud.routing.waiting.schemas import Pace, Wait
from ombud.shared.database import Transaction
from ombud.shared.sequencer import try_lock

LOCK_WAITS = 7_008


class Floor:
    """What is known of teams at one moment."""

    def __init__(self, paces: dict[int, Pace], there: set[int], closed: set[int]) -> None:
        self._paces, self._there, self._closed = paces, there, closed

    def wait(self, team_id: int, position: int) -> Wait:
        """What may be said to whoever stands at a place of a team's queue: never a time where nobody is there."""
        if team_id in self._closed:
            return Wait("closed", position)
        if team_id not in self._there:
            return Wait("nobody", position)
        return expected(position, self._paces.get(team_id, Pace()))


async def look_at(tx: Transaction, team_ids: Sequence[int], *, now: datetime) -> Floor:
    """See how fast it goes in some teams, and whether anybody is there."""
    hours = await queries.hours_of_teams(tx, team_ids)
    return Floor(
        await queries.paces(tx, team_ids, enough=FEWEST_PLACES, now=now),
        await queries.teams_with_people(tx, team_ids, now=now),
        {team for team, calendar in hours.items() if is_closed(calendar, now)},
    )


async def newcomer(tx: Transaction, team_id: int, *, now: datetime) -> Wait:
    """What somebody may be told who has not written yet: the wait behind all who wait, without a place."""
    ahead = await queries.count_waiting(tx, team_id)
    found = (await look_at(tx, [team_id], now=now)).wait(team_id, ahead + 1)
    return Wait(found.basis, None, found.low_seconds, found.high_seconds)


async def tell_waits(tx: Transaction, *, now: datetime) -> list[tuple[int, Wait]]:
    """Bring what is told up to date; gives the tickets to whose customers something else is to be said now.

    One worker does it at a time; another one finds nothing to do.
    """
    if not await try_lock(tx, LOCK_WAITS):
        return []
    waiting, told = await queries.waiting_chats(tx), await queries.open_estimates(tx)
    if not waiting and not told:
        return []
    known = {one.ticket_id: one for one in told}
    here = {(one.ticket_id, one.team_id) for one in waiting}
    await _end(tx, [one for one in told if (one.ticket_id, one.team_id) not in here], now=now)
    floor = await look_at(tx, sorted({one.team_id for one in waiting}), now=now)
    fresh: list[tuple[Waiting, Wait]] = []
    changed: list[tuple[Told, Wait]] = []
    for one in waiting:
        before = known.get(one.ticket_id)
        wait = floor.wait(one.team_id, shown_position(one.position))
        if before is None or before.team_id != one.team_id:
            fresh.append((one, wait))
        elif before.wait != wait:
            changed.append((before, wait))
    await _begin(tx, fresh, now=now)
    await _change(tx, changed, now=now)
    return [*((one.ticket_id, wait) for one, wait in fresh), *((one.ticket_id, wait) for one, wait in changed)]


async def _begin(tx: Transaction, fresh: Sequence[tuple[Waiting, Wait]], *, now: datetime) -> None:
    sql = """
        insert into wait_estimate (ticket_id, team_id, waits_since, position, first_position, basis, low_seconds,
            high_seconds, told_at, first_low_seconds, first_high_seconds, first_told_at)
        select n.ticket_id, n.team_id, n.since, n.position, n.position, n.basis, n.low, n.high, %(now)s, n.low, n.high,
            case when n.low is not null then %(now)s end
        from unnest(%(tickets)s::bigint[], %(teams)s::bigint[], %(since)s::timestamptz[], %(positions)s::int[],
            %(bases)s::text[], %(lows)s::int[], %(highs)s::int[])
            as n (ticket_id, team_id, since, position, basis, low, high)
        on conflict do nothing"""
    if fresh:
        more = {
            "tickets": [one.ticket_id for one, _ in fresh],
            "teams": [one.team_id for one, _ in fresh],
            "since": [one.since for one, _ in fresh],
        }
        await tx.execute(sql, {**_columns([wait for _, wait in fresh]), **more, "now": now})


async def _change(tx: Transaction, changed: Sequence[tuple[Told, Wait]], *, now: datetime) -> None:
    # The first range is what is measured; one that could not be told at first is measured from when it could.
    sql = """
        update wait_estimate w set position = n.position, basis = n.basis, low_seconds = n.low, high_seconds = n.high,
            told_at = %(now)s, first_low_seconds = coalesce(w.first_low_seconds, n.low),
            first_high_seconds = coalesce(w.first_high_seconds, n.high),
            first_told_at = coalesce(w.first_told_at, case when n.low is not null then %(now)s::timestamptz end)
        from unnest(%(ids)s::bigint[], %(positions)s::int[], %(bases)s::text[], %(lows)s::int[], %(highs)s::int[])
            as n (id, position, basis, low, high)
        where w.id = n.id"""
    if changed:
        ids = [one.id for one, _ in changed]
        await tx.execute(sql, {**_columns([wait for _, wait in changed]), "ids": ids, "now": now})


def _columns(waits: Sequence[Wait]) -> dict[str, object]:
    return {
        "positions": [one.position for one in waits],
        "bases": [one.basis for one in waits],
        "lows": [one.low_seconds for one in waits],
        "highs": [one.high_seconds for one in waits],
    }


async def _end(tx: Transaction, over: Sequence[Told], *, now: datetime) -> None:
    if not over:
        return
    became = await queries.outcomes(tx, [one.ticket_id for one in over])
    sql = """
        update wait_estimate w set ended_at = %(now)s, outcome = n.outcome
        from unnest(%(ids)s::bigint[], %(outcomes)s::text[]) as n (id, outcome) where w.id = n.id"""
    params = {"ids": [one.id for one in over], "outcomes": [became[one.ticket_id] for one in over], "now": now}
    await tx.execute(sql, params)
