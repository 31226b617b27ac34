"""Carry decisions out: each is claimed, or passed by if somebody was quicker, and leaves its reasons."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.routing.engine.events import OfferMade
from ombud.routing.engine.schemas import Decision
from ombud.routing.engine.services.recording import Line, write_lines
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, draw_ids, rows, values
from ombud.shared.events import Fact, emit_all
from ombud.tickets.events import TicketAssigned, TicketMoved
from ombud.tickets.schemas import EntryDetails, Reason
from ombud.tickets.services.timeline import Told, notify_all


class Won(Struct):
    """A decision, the team that the ticket was in, and whether it asks for skills."""

    decision: Decision
    from_team_id: int
    has_steps: bool = False

    @property
    def code(self) -> str:
        """The reason as timelines name it."""
        if self.decision.team_id != self.from_team_id:
            return "overflow"
        return "best_match" if self.has_steps else "least_loaded"


CLAIM = """
    with locked as (
        select id, team_id from ticket where id = any(%(tickets)s::bigint[]) and assignee_id is null
            and snoozed_until is null and category in ('new', 'open') order by id for update skip locked
    )
    update ticket t set assignee_id = d.person_id, team_id = d.team_id, version = t.version + 1
    from unnest(%(tickets)s::bigint[], %(people)s::bigint[], %(teams)s::bigint[], %(from)s::bigint[])
        as d (ticket_id, person_id, team_id, from_team_id), locked l
    where t.id = l.id and d.ticket_id = t.id and d.from_team_id = l.team_id returning t.id"""


async def assign_all(
    tx: Transaction, decisions: Sequence[Won], *, kind: str, by: Actor, now: datetime, window_seconds: float = 3600.0
) -> int:
    """Give tickets to the agents that were chosen, unless somebody has them by now; how many were given.

    A ticket that an overflow team takes goes to that team, whose people see it from then on.

    Emits: TicketMoved, TicketAssigned
    """
    params = {
        "tickets": [one.decision.work_id for one in decisions],
        "people": [one.decision.person_id for one in decisions],
        "teams": [one.decision.team_id for one in decisions],
        "from": [one.from_team_id for one in decisions],
    }
    claimed = set(await values(tx, int, CLAIM, params)) if decisions else set()
    won = [one for one in decisions if one.decision.work_id in claimed]
    if not won:
        return 0
    await write_lines(tx, [_line(one, kind) for one in won], now=now)
    await _note_given(tx, won, window_seconds=window_seconds, now=now)
    await _tell(tx, won, by=by, now=now)
    return len(won)


async def _note_given(tx: Transaction, won: Sequence[Won], *, window_seconds: float, now: datetime) -> None:
    sql = """
        update presence r set last_assigned_at = %(now)s, recent_at = %(now)s,
            recent_work = g.number + r.recent_work * exp(- greatest(
                extract(epoch from %(now)s - coalesce(r.recent_at, %(now)s))::float8, 0) / %(window)s)
        from (select person_id, count(*) as number from unnest(%(people)s::bigint[]) as p (person_id) group by 1) g
        where r.person_id = g.person_id"""
    people = [one.decision.person_id for one in won]
    await tx.execute(sql, {"now": now, "people": people, "window": window_seconds})


async def _tell(tx: Transaction, won: Sequence[Won], *, by: Actor, now: datetime) -> None:
    moved = [one for one in won if one.decision.team_id != one.from_team_id]
    team_entries = await _entries(tx, moved, [_move(one) for one in moved], now=now) if moved else []
    entry_ids = await _entries(tx, won, [_reason(one) for one in won], now=now)
    facts: list[Fact] = [
        TicketMoved(
            ticket_id=one.decision.work_id, team_id=one.decision.team_id, entry_id=entry, from_team_id=one.from_team_id
        )
        for one, entry in zip(moved, team_entries, strict=True)
    ]
    facts += [
        TicketAssigned(
            ticket_id=one.decision.work_id,
            team_id=one.decision.team_id,
            entry_id=entry,
            from_id=None,
            to_id=one.decision.person_id,
            reason=one.code,
        )
        for one, entry in zip(won, entry_ids, strict=True)
    ]
    await emit_all(tx, facts, by=by, at=now)
    told = [
        Told(one.decision.person_id, one.decision.work_id, one.decision.team_id, entry)
        for one, entry in zip(won, entry_ids, strict=True)
    ]
    await notify_all(tx, "assigned", told, by=by, now=now)


async def _entries(tx: Transaction, won: Sequence[Won], details: Sequence[EntryDetails], *, now: datetime) -> list[int]:
    ids = await draw_ids(tx, "entry", len(won))
    sql = """
        insert into entry (id, ticket_id, kind, author_kind, at, details)
        select n.id, n.ticket_id, 'change', 'system', %(now)s, n.details
        from jsonb_to_recordset(%(made)s) as n (id bigint, ticket_id bigint, details jsonb)"""
    made = [
        {"id": each, "ticket_id": one.decision.work_id, "details": text}
        for each, one, text in zip(ids, won, details, strict=True)
    ]
    await tx.execute(sql, {"made": Jsonb(made), "now": now})
    return ids


def _move(one: Won) -> EntryDetails:
    return EntryDetails(
        field="team", from_value=one.from_team_id, to_value=one.decision.team_id, reason=Reason("overflow")
    )


def _reason(one: Won) -> EntryDetails:
    decision = one.decision
    reason = Reason(
        code=one.code,
        candidates=decision.candidate_count,
        load_points=decision.load,
        capacity_points=decision.capacity,
        idle_since=_moment(decision.idle_since),
    )
    return EntryDetails(field="assignee", to_value=decision.person_id, reason=reason)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _line(one: Won, kind: str) -> Line:
    decision = one.decision
    return Line(
        ticket_id=decision.work_id,
        team_id=decision.team_id,
        kind=kind,
        person_id=decision.person_id,
        step=decision.step,
        score=round(decision.score, 2),
        details={
            "value": round(decision.value, 2),
            "fit": round(decision.fit, 3),
            "load": decision.load,
            "capacity": decision.capacity,
            "idle_since": decision.idle_since,
            "count": decision.candidate_count,
            "candidates": [[each.person_id, each.value, each.fit, each.load] for each in decision.candidates],
            "excluded": decision.excluded,
        },
    )


class _Offer(Struct):
    id: int
    ticket_id: int


async def offer_all(tx: Transaction, decisions: Sequence[tuple[Won, int]], *, now: datetime) -> int:
    """Put work on the screens of the agents that were chosen, each for its seconds; how many offers were made.

    Emits: OfferMade
    """
    if not decisions:
        return 0
    ids = await write_lines(tx, [_line(one, "offered") for one, _ in decisions], now=now)
    # The unique key on open offers is the claim: whoever comes second makes none.
    sql = """
        insert into work_offer (ticket_id, person_id, decision_id, offered_at, expires_at)
        select d.ticket_id, d.person_id, d.decision_id, %(now)s, d.expires_at
        from unnest(%(tickets)s::bigint[], %(people)s::bigint[], %(lines)s::bigint[], %(ends)s::timestamptz[])
            as d (ticket_id, person_id, decision_id, expires_at)
        where exists (select from ticket t where t.id = d.ticket_id and t.assignee_id is null
            and t.snoozed_until is null and t.category in ('new', 'open'))
        on conflict (ticket_id) where state = 'open' do nothing returning id, ticket_id"""
    params = {
        "tickets": [one.decision.work_id for one, _ in decisions],
        "people": [one.decision.person_id for one, _ in decisions],
        "lines": ids,
        "ends": [now + timedelta(seconds=seconds) for _, seconds in decisions],
        "now": now,
    }
    made = {one.ticket_id: one.id for one in await rows(tx, _Offer, sql, params)}
    held = [one for one, _ in decisions if one.decision.work_id in made]
    sql = """
        update work_wait w set offered_to = d.person_id
        from unnest(%(tickets)s::bigint[], %(people)s::bigint[]) as d (ticket_id, person_id)
        where w.ticket_id = d.ticket_id"""
    people = [one.decision.person_id for one in held]
    await tx.execute(sql, {"tickets": [one.decision.work_id for one in held], "people": people})
    facts = [
        OfferMade(
            ticket_id=one.decision.work_id,
            team_id=one.from_team_id,
            offer_id=made[one.decision.work_id],
            person_id=one.decision.person_id,
        )
        for one in held
    ]
    await emit_all(tx, facts, by=SYSTEM, at=now)
    return len(held)
