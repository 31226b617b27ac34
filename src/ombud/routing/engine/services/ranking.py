"""A rank given by hand, with its reason, and what is said of it afterwards."""

from datetime import datetime

from ombud.routing.engine.events import WorkRanked
from ombud.routing.engine.queries.explaining import list_overrides
from ombud.routing.engine.rules.fitness import BAND, band
from ombud.routing.engine.rules.waiting import score_at
from ombud.routing.engine.schemas.live import Override, OverrideIn
from ombud.routing.engine.services.recording import Line, write_lines
from ombud.routing.skills.queries import weights_now
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import lock_visible_ticket

MOST = 100_000.0


class NotWaiting(Conflict):
    """The ticket does not wait for an agent: there is nothing to put it before."""

    code = "not_waiting"


class OwnReview(Conflict):
    """Somebody else has to look at a rank that one gave by oneself."""

    code = "own_review"


async def override_score(tx: Transaction, ticket_id: int, data: OverrideIn, *, by: Actor, now: datetime) -> Override:
    """Put a waiting ticket before or behind others, within its band: safety and law stay above. It is reviewed later.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NotWaiting: it does not wait.
        Invalid: say a place or a score.

    Emits: WorkRanked
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    if (data.place is None) == (data.score is None):
        raise Invalid("Say a place or a score.", fields={"place": "one_of"})
    weights = (await weights_now(tx)).weights
    before = await value(tx, float, "select place from work_wait where ticket_id = %(id)s", {"id": ticket.id})
    if before is None:
        raise NotWaiting
    was = score_at(before, now.timestamp(), weights)
    within = data.score if data.score is not None else 0.0
    if data.place == "first":
        sql = """
            select max(place) from work_wait where team_id = %(team)s and ticket_id <> %(id)s
                and place < %(most)s"""
        # The highest of the same band.
        ceiling = (band(was) + 1) * BAND - weights.ageing * now.timestamp() / 60
        top = await value(tx, float, sql, {"team": ticket.team_id, "id": ticket.id, "most": ceiling})
        highest = score_at(top, now.timestamp(), weights) if top is not None else was
        within = min(max(highest - band(was) * BAND, 0.0) + 1.0, MOST)
    await _end(tx, ticket.id, now=now)
    sql = """
        insert into score_override (ticket_id, score, score_before, reason, person_id, at)
        values (%(ticket)s, %(score)s, %(before)s, %(reason)s, %(person)s, %(now)s) returning id"""
    params = {"ticket": ticket.id, "score": within, "before": was, "reason": data.reason.strip()}
    override_id = await value(tx, int, sql, {**params, "person": by.person_id, "now": now}) or 0
    await _look_again(tx, ticket.id)
    details = {"reason": data.reason.strip(), "before": round(was, 2)}
    line = Line(
        ticket_id=ticket.id, team_id=ticket.team_id, kind="ranked", person_id=by.person_id, score=within,
        details=details,
    )  # fmt: skip
    await write_lines(tx, [line], now=now)
    fact = WorkRanked(ticket_id=ticket.id, team_id=ticket.team_id, override_id=override_id, change="made")
    await emit(tx, fact, by=by, at=now)
    return await _find(tx, override_id, by=by)


async def end_override(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> None:
    """Let the weights rank a ticket again.

    Raises:
        NotFound: it does not exist, ``by`` may not see it, or nobody ranked it by hand.

    Emits: WorkRanked
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    ended = await _end(tx, ticket.id, now=now)
    if ended is None:
        raise NotFound
    await _look_again(tx, ticket.id)
    fact = WorkRanked(ticket_id=ticket.id, team_id=ticket.team_id, override_id=ended, change="ended")
    await emit(tx, fact, by=by, at=now)


async def review_override(tx: Transaction, override_id: int, review: str, *, by: Actor, now: datetime) -> Override:
    """Say afterwards whether a rank given by hand was right; whoever gave it does not review it.

    Raises:
        NotFound: no such one on a ticket that ``by`` sees.
        OwnReview: it is their own.

    Emits: WorkRanked
    """
    found = await _find(tx, override_id, by=by)
    if found.person_id == by.person_id:
        raise OwnReview
    sql = """
        update score_override set reviewed_by = %(by)s, reviewed_at = %(now)s, review = %(review)s
        where id = %(id)s returning (select team_id from ticket where id = ticket_id)"""
    params = {"by": by.person_id, "now": now, "review": review.strip(), "id": override_id}
    team_id = await value(tx, int, sql, params)
    fact = WorkRanked(ticket_id=found.ticket_id, team_id=team_id, override_id=override_id, change="reviewed")
    await emit(tx, fact, by=by, at=now)
    return await _find(tx, override_id, by=by)


async def _find(tx: Transaction, override_id: int, *, by: Actor) -> Override:
    ticket_id = await value(tx, int, "select ticket_id from score_override where id = %(id)s", {"id": override_id})
    found = await list_overrides(tx, by=by, ticket_id=ticket_id) if ticket_id is not None else []
    one = next((each for each in found if each.id == override_id), None)
    if one is None:
        raise NotFound
    return one


async def _end(tx: Transaction, ticket_id: int, *, now: datetime) -> int | None:
    sql = """
        update score_override set ended_at = %(now)s where ticket_id = %(ticket)s and ended_at is null returning id"""
    return await value(tx, int, sql, {"ticket": ticket_id, "now": now})


async def _look_again(tx: Transaction, ticket_id: int) -> None:
    await tx.execute("update work_wait set look_at = '-infinity' where ticket_id = %(id)s", {"id": ticket_id})
