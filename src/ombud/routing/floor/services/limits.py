"""What happens by itself when a state has lasted long enough, and the wrap-up after a live conversation."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.routing.floor.services.presence import StateChange, set_states
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, rows, values

LIVE = ("chat",)


async def end_wrap_ups(tx: Transaction, *, now: datetime) -> int:
    """Make ready whose wrap-up is over, unless one of their teams would rather be told; how many.

    Emits: PresenceChanged
    """
    sql = """
        select p.person_id from presence p where p.state = 'wrap_up' and p.limit_at <= %(now)s and not p.is_silent
            and not exists (select from membership m join break_rule b on b.team_id = m.team_id
                where m.person_id = p.person_id and b.wrap_up_ends_by = 'alarm')
        order by 1 for update"""
    over = await values(tx, int, sql, {"now": now})
    if not over:
        return 0
    return len(await set_states(tx, over, StateChange(state="online"), by=SYSTEM, now=now))


class _Finished(Struct):
    person_id: int
    seconds: int


async def begin_wrap_ups(
    tx: Transaction, ticket_ids: Sequence[int], person_ids: Sequence[int], *, now: datetime
) -> int:
    """Give those who ended a live conversation their time to wrap up, if they have one; how many.

    Only who is ready and has no other live conversation open: nobody is taken away from a customer.

    Emits: PresenceChanged
    """
    sql = """
        select distinct p.person_id, a.wrap_up_seconds as seconds
        from unnest(%(tickets)s::bigint[], %(people)s::bigint[]) as f (ticket_id, person_id)
        join ticket t on t.id = f.ticket_id join channel c on c.id = t.channel_id and c.kind = any(%(live)s::text[])
        join presence p on p.person_id = f.person_id and p.state = 'online' and not p.is_silent
        join agent_routing a on a.person_id = p.person_id and a.wrap_up_seconds > 0
        where not exists (select from ticket o join channel h on h.id = o.channel_id and h.kind = any(%(live)s::text[])
            where o.assignee_id = p.person_id and o.category in ('new', 'open') and o.snoozed_until is null)
        order by 1"""
    params = {"tickets": list(ticket_ids), "people": list(person_ids), "live": list(LIVE)}
    begun = 0
    for one in await rows(tx, _Finished, sql, params):
        change = StateChange(state="wrap_up", limit_at=now + timedelta(seconds=one.seconds))
        begun += len(await set_states(tx, [one.person_id], change, by=SYSTEM, now=now))
    return begun
