"""Endpoints of states and breaks."""

from datetime import datetime

from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT

from ombud.routing.floor import queries
from ombud.routing.floor.api.span import checked_span
from ombud.routing.floor.schemas import (
    BreakDecision,
    BreakIn,
    BreakList,
    MyState,
    PresenceIn,
    StateLog,
    Waiting,
)
from ombud.routing.floor.services import breaks
from ombud.routing.floor.services.presence import choose_state, note_heartbeat
from ombud.shared.http import By, Now, Reading, Tx, may

DAYS = 31


@put("/me/presence", guards=[may("presence.own")], status_code=HTTP_204_NO_CONTENT)
async def put_presence(tx: Tx, actor: By, now: Now, data: JSONBody[PresenceIn]) -> None:
    """Choose what to be. An open screen keeps it; a silent one makes you offline after a minute."""
    await choose_state(tx, data, by=actor, now=now)


@get("/me/pulse", guards=[may("tickets.read")], status_code=HTTP_204_NO_CONTENT)
async def get_pulse(tx: Tx, actor: By, now: Now) -> None:
    """Show that one's screen is still awake; a page does so whenever its stream says something.

    Read, not written: the worker that holds the stream for all tabs has no token to write with, and being there is
    all that comes of it.
    """
    await note_heartbeat(tx, [actor.person_id], now=now)


@get("/me/state", guards=[may("presence.own")])
async def get_my_state(reading: Reading, actor: By, now: Now) -> MyState:
    """What one is oneself, one's break and its place in the queue."""
    return await queries.my_state(reading, by=actor, now=now)


@post("/me/break", guards=[may("presence.own")])
async def post_break(tx: Tx, actor: By, now: Now, data: JSONBody[BreakIn]) -> MyState:
    """Ask for a break. 409 ``break_quota_used_up`` beyond the bounds; the toilet and nursing are never refused."""
    await breaks.ask_break(tx, data, by=actor, now=now)
    return await queries.my_state(tx, by=actor, now=now)


@put("/me/break/start", guards=[may("presence.own")])
async def put_break_start(tx: Tx, actor: By, now: Now) -> MyState:
    """Begin the break that one was called to."""
    await breaks.start_break(tx, by=actor, now=now)
    return await queries.my_state(tx, by=actor, now=now)


@put("/me/break/withdrawal", guards=[may("presence.own")])
async def put_break_withdrawal(tx: Tx, actor: By, now: Now) -> MyState:
    """Do without the break that one asked for."""
    await breaks.withdraw_break(tx, by=actor, now=now)
    return await queries.my_state(tx, by=actor, now=now)


@get("/live/breaks", guards=[may("floor.lead")])
async def get_breaks(reading: Reading, actor: By) -> BreakList:
    """The queue for breaks of the teams that one leads."""
    return BreakList(visible_breaks(await queries.break_queue(reading), actor))


def visible_breaks(queue: list[Waiting], by: By) -> list[Waiting]:
    """Those of a queue who belong to a team that the actor sees."""
    return [one for one in queue if any(by.sees_team(team) for team in one.team_ids)]


@put("/live/breaks/{break_id:int}/decision", guards=[may("floor.lead")])
async def put_break_decision(
    tx: Tx, actor: By, now: Now, break_id: FromPath[int], data: JSONBody[BreakDecision]
) -> BreakList:
    """Grant a break that wants approval, or refuse it."""
    await breaks.decide_break(tx, break_id, data, by=actor, now=now)
    return BreakList(visible_breaks(await queries.break_queue(tx), actor))


@get("/live/agents/{person_id:int}/states", guards=[may("presence.own")])
async def get_states(
    reading: Reading,
    actor: By,
    person_id: FromPath[int],
    since: FromQuery[datetime],
    until: FromQuery[datetime],
) -> StateLog:
    """A person's states in a span of at most 31 days: one's own, or those of somebody whom one leads."""
    since, until = checked_span(since, until, days=DAYS)
    if person_id != actor.person_id:
        actor.require("floor.lead")
        await queries.require_led(reading, person_id, by=actor)
    return StateLog(await queries.stretches(reading, person_id, since=since, until=until))


handlers = [
    *(put_presence, get_pulse, get_my_state, post_break, put_break_start, put_break_withdrawal),
    *(get_breaks, put_break_decision, get_states),
]
