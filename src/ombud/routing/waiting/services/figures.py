"""How waiting is told in each team, and how true it was."""

from datetime import datetime

from ombud.routing.waiting import queries
from ombud.routing.waiting.queries import Ended, TeamNow
from ombud.routing.waiting.rules import distance, median
from ombud.routing.waiting.schemas import MailWaits, TeamWaits, Wait, WaitFigures
from ombud.routing.waiting.services.telling import look_at
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction


async def figures(tx: Transaction, *, since: datetime, until: datetime, by: Actor, now: datetime) -> WaitFigures:
    """Waits of the actor's teams that take chats: now, and what was said in a period against what it took."""
    teams = await queries.chat_teams(tx, by=by, now=now)
    ids = [one.id for one in teams]
    floor = await look_at(tx, ids, now=now)
    ended = await queries.ended_waits(tx, ids, since=since, until=until)
    return WaitFigures(
        [
            _of(one, floor.wait(one.id, one.waiting + 1), [each for each in ended if each.team_id == one.id])
            for one in teams
        ]
    )


def _of(team: TeamNow, wait: Wait, ended: list[Ended]) -> TeamWaits:
    chats = [one for one in ended if one.kind == "chat"]
    truth = _truth(chats)
    return TeamWaits(
        team_id=team.id,
        team=team.name,
        waiting=team.waiting,
        longest_seconds=team.longest_seconds,
        now=wait,
        told=truth.told,
        within=truth.within,
        shorter=truth.shorter,
        longer=truth.longer,
        error_seconds=truth.error_seconds,
        bias=truth.bias,
        left=sum(one.outcome == "left" for one in chats),
        asked=sum(one.has_callback for one in chats),
        mails=_truth([one for one in ended if one.kind == "mail"]),
    )


def _truth(ended: list[Ended]) -> MailWaits:
    told = [
        (one.waited, one.low, one.high)
        for one in ended
        if one.outcome == "answered" and one.low is not None and one.high is not None
    ]
    distances = [distance(*one) for one in told]
    return MailWaits(
        told=len(told),
        within=sum(one == 0 for one in distances),
        shorter=sum(waited < low for waited, low, _ in told),
        longer=sum(waited > high for waited, _, high in told),
        error_seconds=sum(distances) / len(distances) if distances else None,
        bias=median([2 * waited / (low + high) for waited, low, high in told]),
    )
