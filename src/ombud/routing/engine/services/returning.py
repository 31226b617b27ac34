"""Work whose agent is gone goes back, and the customer who is in the middle of it is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ombud.routing.engine.services.offers import withdraw_from
from ombud.routing.engine.services.recording import Line, write_lines
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, rows
from ombud.shared.errors import OmbudError
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import LockedTicket, Reason
from ombud.tickets.services.automatic import send_automatic
from ombud.tickets.services.changes import give

ReturnReason = Literal["offline", "suspended"]
CODES = {"offline": "holder_offline", "suspended": "holder_suspended"}
# Said in the customer's language where a conversation is live.
TOLD = {
    "zh": "抱歉，刚才为您服务的同事暂时离开了，我们正在为您转接其他同事，请稍候。",
    "en": "Sorry, the colleague you were talking to had to leave. Somebody else will be with you in a moment.",
}


class _Held(Struct):
    id: int
    channel: str
    locale: str


# Firm work only: mails wait for their agent until tomorrow. Who may not work any more keeps nothing.
HELD = """
    select t.id, coalesce(ch.kind, '') as channel, c.locale from ticket t
    join customer c on c.id = t.customer_id left join channel ch on ch.id = t.channel_id
    left join team_routing s on s.team_id = t.team_id join team on team.id = t.team_id
    where t.assignee_id = %(person)s and t.is_open and t.snoozed_until is null and t.category in ('new', 'open')
        and team.routing <> 'manual' and (%(all)s or ch.kind is not null
            and ch.kind <> all(coalesce(s.interruptible_channels, '{email,form,api}')))
    order by t.id limit 500"""


async def give_back(tx: Transaction, person_id: int, *, reason: ReturnReason, now: datetime) -> int:
    """Give an agent's work back to its teams: live conversations when they are gone, all of it when suspended.

    It waits as before, most urgent first, and customers in a live conversation read that somebody else will come.
    Gives the number of tickets.

    Emits: OfferEnded, TicketAssigned, ReplySent
    """
    await withdraw_from(tx, person_id, now=now)
    held = await rows(tx, _Held, HELD, {"person": person_id, "all": reason == "suspended"})
    lines = []
    for one in held:
        ticket = await lock_visible_ticket(tx, one.id, by=SYSTEM)
        if ticket.assignee_id != person_id:
            continue
        await give(tx, ticket, None, reason=Reason(CODES[reason]), by=SYSTEM, now=now)
        if one.channel == "chat":
            await _tell(tx, ticket, one, now=now)
        lines.append(
            Line(
                ticket_id=one.id,
                team_id=ticket.team_id,
                kind="returned",
                person_id=person_id,
                details={"reason": reason},
            )
        )
    await write_lines(tx, lines, now=now)
    return len(lines)


async def _tell(tx: Transaction, ticket: LockedTicket, one: _Held, *, now: datetime) -> None:
    text = TOLD["zh" if one.locale.startswith("zh") else "en"]
    try:
        await send_automatic(tx, ticket, text, client_key=f"returned-{ticket.version}", by=SYSTEM, now=now)
    except OmbudError:
        # Blocked, or told enough for today: the work goes back all the same.
        return


async def gone_people(tx: Transaction, person_ids: Sequence[int]) -> list[int]:
    """Those of some people who are offline now, by choice or by silence; who came back meanwhile keeps their work."""
    sql = """
        select person_id from presence where person_id = any(%(ids)s::bigint[]) and (state = 'offline' or is_silent)
        order by person_id"""
    return [one.person_id for one in await rows(tx, _Person, sql, {"ids": list(person_ids)})]


class _Person(Struct):
    person_id: int
