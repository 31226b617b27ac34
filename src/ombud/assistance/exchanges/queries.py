"""Reads of exchanges. Whoever may not see a ticket does not see what was asked about it."""

from typing import Literal

from msgspec import Struct

from ombud.intelligence.models.schemas import ModelExchange, ModelExchangeRow
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound

State = Literal["sent", "answered", "refused", "failed"]
ROW = """
    x.id, x.purpose, x.endpoint, x.model, x.ticket_id, x.person_id, x.state, x.problem, x.hidden, x.injections,
    x.tokens_in, x.tokens_out, x.micros, x.ms, x.at, left(x.answer, 160) as start"""
# A ticket that was merged is seen as the one that goes on.
VISIBLE = f"""
    (x.ticket_id is null or exists (
        select from ticket o join ticket t on t.id = coalesce(o.merged_into_id, o.id)
        where o.id = x.ticket_id and {seen()}))"""


class Wanted(Struct, frozen=True):
    """Which exchanges are wanted; what is left out does not matter."""

    text: str = ""
    purpose: str | None = None
    state: State | None = None
    ticket_id: int | None = None
    person_id: int | None = None
    # those in which a text spoke to the machine
    is_attacked: bool = False


async def list_exchanges(
    tx: Transaction, wanted: Wanted, *, by: Actor, before: int | None, limit: int
) -> list[ModelExchangeRow]:
    """A page of exchanges, newest first, one more than the limit."""
    sql = f"""
        select {ROW} from model_exchange x
        where (%(before)s::bigint is null or x.id < %(before)s) and {VISIBLE}
            and (%(purpose)s::text is null or x.purpose = %(purpose)s)
            and (%(state)s::text is null or x.state = %(state)s)
            and (%(ticket)s::bigint is null or x.ticket_id = %(ticket)s)
            and (%(person)s::bigint is null or x.person_id = %(person)s)
            and (not %(attacked)s or x.injections > 0)
            and (%(text)s = '' or position(lower(%(text)s) in lower(x.answer)) > 0
                or position(lower(%(text)s) in lower(x.request::text)) > 0
                or position(lower(%(text)s) in lower(x.problem_detail)) > 0)
        order by x.id desc limit %(limit)s"""
    params = {
        "before": before,
        "purpose": wanted.purpose,
        "state": wanted.state,
        "ticket": wanted.ticket_id,
        "person": wanted.person_id,
        "attacked": wanted.is_attacked,
        "text": wanted.text.strip(),
        "limit": limit + 1,
        **by.sight(),
    }
    return await rows(tx, ModelExchangeRow, sql, params)


async def get_exchange(tx: Transaction, exchange_id: int, *, by: Actor) -> ModelExchange:
    """One exchange as it went over the wire.

    Raises:
        NotFound: it does not exist, or is about a ticket that ``by`` may not see.
    """
    sql = f"""
        select {ROW}, x.request, x.attempts, x.answer, x.problem_detail from model_exchange x
        where x.id = %(id)s and {VISIBLE}"""
    found = await row(tx, ModelExchange, sql, {"id": exchange_id, **by.sight()})
    if found is None:
        raise NotFound
    return found
