"""Offers: work on one agent's screen, until they take it, decline it, or the time is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from ombud.routing.engine.events import OfferEnded
from ombud.routing.engine.schemas import Decision
from ombud.routing.engine.services.claiming import Won, assign_all
from ombud.routing.engine.services.recording import Line, write_lines
from ombud.routing.floor.services.presence import StateChange, set_states
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, execute, row, rows
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.events import emit_all

Outcome = Literal["accepted", "declined", "missed", "withdrawn"]
MISSED = "missed"


class OfferGone(Conflict):
    """The offer is over: the time was up, or the work went elsewhere."""

    code = "offer_gone"


class _Offer(Struct):
    id: int
    ticket_id: int
    person_id: int
    team_id: int
    step: int | None
    score: float | None
    details: dict[str, Any]
    outcome: Outcome = "withdrawn"


# The team of the decision is the one through which the agent was chosen.
COLUMNS = "o.id, o.ticket_id, o.person_id, d.team_id, d.step, d.score, d.details"
# A moment too far ahead is that of a clock that was set back since.
OVER = f"""
    select {COLUMNS}, case when w.ticket_id is null or w.offered_to is distinct from o.person_id then 'withdrawn'
        when o.expires_at <= %(now)s or o.offered_at > %(now)s + interval '1 minute' then 'missed'
        else 'withdrawn' end as outcome
    from work_offer o join routing_decision d on d.id = o.decision_id
    left join work_wait w on w.ticket_id = o.ticket_id left join present r on r.person_id = o.person_id
    where o.state = 'open' and (o.expires_at <= %(now)s or o.offered_at > %(now)s + interval '1 minute'
        or w.ticket_id is null or w.offered_to is distinct from o.person_id or r.state is distinct from 'online'
        or r.there_until <= %(now)s)
    order by o.id for update of o skip locked"""


async def end_missed(tx: Transaction, *, now: datetime) -> int:
    """End offers whose time is over, or whose work or agent is gone; how many.

    Who missed one is busy from then on, until they come back by themselves; the work goes to the next.

    Emits: OfferEnded, PresenceChanged
    """
    over = await rows(tx, _Offer, OVER, {"now": now})
    if not over:
        return 0
    await _end(tx, over, by=SYSTEM, now=now)
    missed = {one.person_id for one in over if one.outcome == MISSED}
    if missed:
        await set_states(tx, missed, StateChange(state="busy", reason=MISSED), by=SYSTEM, now=now)
    return len(over)


async def withdraw_from(tx: Transaction, person_id: int, *, now: datetime) -> int:
    """Take back what is on an agent's screen; how many offers.

    Emits: OfferEnded
    """
    sql = f"""
        select {COLUMNS} from work_offer o join routing_decision d on d.id = o.decision_id
        where o.person_id = %(person)s and o.state = 'open' order by o.id for update of o"""
    open_ones = await rows(tx, _Offer, sql, {"person": person_id})
    await _end(tx, open_ones, by=SYSTEM, now=now)
    return len(open_ones)


async def accept(tx: Transaction, offer_id: int, *, by: Actor, now: datetime) -> int:
    """Take work that one was offered; gives the ticket. Accepting twice is harmless.

    Raises:
        NotFound: no such offer of the actor's.
        OfferGone: the time was up, or somebody else has the ticket.

    Emits: OfferEnded, TicketMoved, TicketAssigned
    """
    offer = await _own(tx, offer_id, by=by)
    if offer.state == "accepted":
        return offer.ticket_id
    if offer.state != "open":
        raise OfferGone
    sql = "select team_id from ticket where id = %(id)s for no key update"
    ticket = await row(tx, _Team, sql, {"id": offer.ticket_id})
    if ticket is None:
        raise OfferGone
    won = Won(_decision(offer), ticket.team_id)
    won.has_steps = bool(offer.step)
    if not await assign_all(tx, [won], kind="accepted", by=by, now=now):
        raise OfferGone
    offer.outcome = "accepted"
    await _end(tx, [offer], by=by, now=now, keep_line=False)
    return offer.ticket_id


async def decline(tx: Transaction, offer_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Leave work that one was offered to others, with a reason; it does not come back to who declined it.

    Raises:
        NotFound: no such offer of the actor's.
        OfferGone: the time was up.

    Emits: OfferEnded
    """
    offer = await _own(tx, offer_id, by=by)
    if offer.state == "declined":
        return
    if offer.state != "open":
        raise OfferGone
    offer.outcome = "declined"
    await _end(tx, [offer], by=by, now=now, reason=reason)


class _Team(Struct):
    team_id: int


class _Own(_Offer):
    state: str = "open"


async def _own(tx: Transaction, offer_id: int, *, by: Actor) -> _Own:
    sql = f"""
        select {COLUMNS}, o.state from work_offer o join routing_decision d on d.id = o.decision_id
        where o.id = %(id)s and o.person_id = %(person)s for update of o"""
    found = await row(tx, _Own, sql, {"id": offer_id, "person": by.person_id})
    if found is None:
        raise NotFound
    return found


def _decision(offer: _Offer) -> Decision:
    details = offer.details
    return Decision(
        work_id=offer.ticket_id,
        person_id=offer.person_id,
        team_id=offer.team_id,
        step=offer.step or 0,
        score=offer.score or 0.0,
        value=float(details.get("value", 0.0)),
        fit=float(details.get("fit", 0.0)),
        load=int(details.get("load", 0)),
        capacity=int(details.get("capacity", 0)),
        idle_since=float(details.get("idle_since", 0.0)),
        candidate_count=int(details.get("count", 0)),
    )


async def _end(
    tx: Transaction, offers: Sequence[_Offer], *, by: Actor, now: datetime, reason: str = "", keep_line: bool = True
) -> None:
    if not offers:
        return
    sql = """
        update work_offer o set state = e.outcome, ended_at = %(now)s, reason = %(reason)s
        from unnest(%(ids)s::bigint[], %(outcomes)s::text[]) as e (id, outcome) where o.id = e.id"""
    params = {"ids": [one.id for one in offers], "outcomes": [one.outcome for one in offers]}
    await tx.execute(sql, {**params, "now": now, "reason": reason})
    # Who declined it is not asked again; who missed it is busy, and may be once they are back.
    sql = """
        update work_wait w set offered_to = null, look_at = '-infinity',
            refused_by = case when e.outcome = 'declined' then array_append(w.refused_by, e.person_id)
                else w.refused_by end
        from unnest(%(tickets)s::bigint[], %(people)s::bigint[], %(outcomes)s::text[]) as e (ticket_id, person_id,
            outcome)
        where w.ticket_id = e.ticket_id and w.offered_to = e.person_id"""
    tickets, people = [one.ticket_id for one in offers], [one.person_id for one in offers]
    await execute(tx, sql, {"tickets": tickets, "people": people, "outcomes": params["outcomes"]})
    if keep_line:
        await write_lines(tx, [_line(one, reason) for one in offers], now=now)
    facts = [
        OfferEnded(
            ticket_id=one.ticket_id,
            team_id=one.team_id,
            offer_id=one.id,
            person_id=one.person_id,
            outcome=one.outcome,
        )
        for one in offers
    ]
    await emit_all(tx, facts, by=by, at=now)


def _line(one: _Offer, reason: str) -> Line:
    return Line(
        ticket_id=one.ticket_id,
        team_id=one.team_id,
        kind=one.outcome,
        person_id=one.person_id,
        step=one.step,
        score=one.score,
        details={"reason": reason} if reason else {},
    )
