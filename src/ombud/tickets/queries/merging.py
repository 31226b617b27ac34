"""Tickets that could be merged with or linked to another one."""

from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, rows
from ombud.shared.words import tsquery
from ombud.tickets.schemas.merge import MergeHint

MAX_HINTS = 12
# Longer numbers are no ticket's.
MAX_DIGITS = 15


async def list_hints(tx: Transaction, ticket_id: int, text: str, *, by: Actor) -> list[MergeHint]:
    """Visible tickets by number or words of the subject, the same customer's first; without a text, only theirs."""
    bare = text.strip().lstrip("#")
    number = int(bare) if bare.isdecimal() and len(bare) <= MAX_DIGITS else None
    params = {"id": ticket_id, **by.sight(), "query": tsquery(text), "number": number, "most": MAX_HINTS}
    sql = f"""
        with own as (select customer_id from ticket where id = %(id)s),
        hits as (
            select t.id from ticket t, own
            where %(query)s = '' and t.customer_id = own.customer_id and t.is_open
            union
            (select coalesce(merged_into_id, id) from ticket where id = %(number)s)
            union
            (select w.ticket_id from ticket_words w join ticket k on k.id = w.ticket_id
             where %(query)s <> '' and w.words @@ %(query)s::tsquery
                and {seen("k")}
             order by w.ticket_id + 0 desc limit 50)
        )
        select t.id, t.subject, t.category, t.status_id, c.name as customer_name, t.activity_at,
            t.customer_id = own.customer_id as is_same_customer
        from hits join ticket t on t.id = hits.id join customer c on c.id = t.customer_id cross join own
        where t.id <> %(id)s and t.merged_into_id is null
            and {seen()}
        order by t.id = %(number)s desc nulls last, is_same_customer desc, t.is_open desc, t.activity_at desc, t.id desc
        limit %(most)s"""
    await tx.execute("set local plan_cache_mode = force_custom_plan")
    return await rows(tx, MergeHint, sql, params)
