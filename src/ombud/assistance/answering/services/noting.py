"""Note which messages a machine is to look at."""

from collections.abc import Sequence
from datetime import datetime

from ombud.shared.database import Transaction, execute


async def note_turns(tx: Transaction, entry_ids: Sequence[int], *, now: datetime) -> int:
    """Note those of some messages that came where a machine answers and no person has the ticket; how many."""
    sql = """
        insert into machine_turn (entry_id, ticket_id, at, not_before)
        select e.id, t.id, %(now)s, %(now)s
        from entry e join ticket t on t.id = e.ticket_id
        join answer_rule r on r.channel_id = e.channel_id and r.is_on
        left join machine_talk m on m.ticket_id = t.id
        where e.id = any(%(ids)s::bigint[]) and e.kind = 'message' and e.direction = 'in'
            and e.author_kind = 'customer' and t.assignee_id is null and t.is_open
            and m.state is distinct from 'handed_off'
        on conflict do nothing"""
    return await execute(tx, sql, {"ids": list(entry_ids), "now": now})
