"""Messages that intake put aside: shown with their reason, tried again, or dismissed. The raw original always stays."""

from msgspec import Struct

from ombud.shared.actor import SYSTEM, Actor, seen
from ombud.shared.database import Transaction, execute, row, rows
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page
from ombud.tickets.schemas import InboxProblem


class NotSetAside(Conflict):
    """The message is not put aside any more."""

    code = "not_set_aside"


# Administrators must be able to see what their channels could not use; other people see their teams' only, and so
# does an API key that was given to some teams, whatever else it may.
VISIBLE = seen("c")


def _sight(by: Actor) -> dict[str, object]:
    return SYSTEM.sight() if by.person_id and by.may("channels.manage") else by.sight()


async def list_problems(tx: Transaction, *, by: Actor, cursor: str | None, limit: int) -> Paged[InboxProblem]:
    """Messages put aside, newest first."""
    sql = f"""
        select i.id, i.channel_id, c.name as channel_name, i.received_at, coalesce(i.problem, '') as problem,
            i.attempts,
               left(btrim(concat_ws(' ', i.message ->> 'subject', i.message ->> 'text')), 200) as preview
        from inbox i join channel c on c.id = i.channel_id
        where i.state = 'set_aside' and (%(before)s::bigint is null or i.id < %(before)s) and {VISIBLE}
        order by i.id desc limit %(limit)s"""
    before = decode_cursor(cursor, int) if cursor else None
    found = await rows(tx, InboxProblem, sql, {"before": before, **_sight(by), "limit": checked_limit(limit) + 1})
    return page(found, limit, lambda one: one.id)


class RawOriginal(Struct):
    """What came in, as it came: bytes, or the name of a file in the store, or the channel's JSON."""

    raw: bytes | None
    raw_file: str | None
    message: str | None


async def get_raw(tx: Transaction, inbox_id: int, *, by: Actor) -> RawOriginal:
    """The original of a message that was put aside; one that became part of a ticket is not shown here.

    Raises:
        NotFound: no such message for the actor.
    """
    sql = f"""
        select i.raw, i.raw_file, i.message::text as message from inbox i join channel c on c.id = i.channel_id
        where i.id = %(id)s and i.state in ('set_aside', 'dismissed') and i.entry_id is null and {VISIBLE}"""
    found = await row(tx, RawOriginal, sql, {"id": inbox_id, **_sight(by)})
    if found is None:
        raise NotFound
    return found


async def retry_problem(tx: Transaction, inbox_id: int, *, by: Actor) -> None:
    """Let intake try a message again.

    Raises:
        NotSetAside: it is not put aside.
    """
    sql = f"""
        update inbox i set attempts = 0, problem = null,
            state = case when i.message is null then 'unread' else 'waiting' end
        from channel c where i.id = %(id)s and i.state = 'set_aside' and c.id = i.channel_id and {VISIBLE}"""
    if not await execute(tx, sql, {"id": inbox_id, **_sight(by)}):
        raise NotSetAside


async def dismiss_problem(tx: Transaction, inbox_id: int, *, by: Actor) -> None:
    """Take a message off the list; its original stays.

    Raises:
        NotSetAside: it is not put aside.
    """
    sql = f"""
        update inbox i set state = 'dismissed' from channel c
        where i.id = %(id)s and i.state = 'set_aside' and c.id = i.channel_id and {VISIBLE}"""
    if not await execute(tx, sql, {"id": inbox_id, **_sight(by)}):
        raise NotSetAside
