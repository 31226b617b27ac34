"""Messages that intake put aside: shown with their reason, tried again, or dismissed. The raw original always stays."""

from msgspec import Struct

from ombud.shared.database import Transaction, execute, row, rows
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page
from ombud.tickets.schemas import InboxProblem


class NotSetAside(Conflict):
    """The message is not put aside any more."""

    code = "not_set_aside"


async def list_problems(tx: Transaction, *, cursor: str | None, limit: int) -> Paged[InboxProblem]:
    """Messages put aside, newest first."""
    sql = """
        select i.id, i.channel_id, c.name as channel_name, i.received_at, coalesce(i.problem, '') as problem, i.attempts,
               left(coalesce(i.message ->> 'subject', '') || ' ' || coalesce(i.message ->> 'text', ''), 200) as preview
        from inbox i join channel c on c.id = i.channel_id
        where i.state = 'set_aside' and (%(before)s::bigint is null or i.id < %(before)s)
        order by i.id desc limit %(limit)s"""
    before = decode_cursor(cursor, int) if cursor else None
    found = await rows(tx, InboxProblem, sql, {"before": before, "limit": checked_limit(limit) + 1})
    return page(found, limit, lambda one: one.id)


class RawOriginal(Struct):
    """What came in, as it came: bytes, or the name of a file in the store, or the channel's JSON."""

    raw: bytes | None
    raw_file: str | None
    message: str | None


async def get_raw(tx: Transaction, inbox_id: int) -> RawOriginal:
    """The original of a message.

    Raises:
        NotFound: no such message.
    """
    sql = "select raw, raw_file, message::text as message from inbox where id = %(id)s"
    found = await row(tx, RawOriginal, sql, {"id": inbox_id})
    if found is None:
        raise NotFound
    return found


async def retry_problem(tx: Transaction, inbox_id: int) -> None:
    """Let intake try a message again.

    Raises:
        NotSetAside: it is not put aside.
    """
    sql = """
        update inbox set attempts = 0, problem = null,
            state = case when message is null then 'unread' else 'waiting' end
        where id = %(id)s and state = 'set_aside'"""
    if not await execute(tx, sql, {"id": inbox_id}):
        raise NotSetAside


async def dismiss_problem(tx: Transaction, inbox_id: int) -> None:
    """Take a message off the list; its original stays.

    Raises:
        NotSetAside: it is not put aside.
    """
    sql = "update inbox set state = 'dismissed' where id = %(id)s and state = 'set_aside'"
    if not await execute(tx, sql, {"id": inbox_id}):
        raise NotSetAside
