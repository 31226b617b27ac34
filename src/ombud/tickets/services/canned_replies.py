"""Canned replies: texts that agents reuse, for everybody, a team, or oneself, with placeholders."""

from datetime import datetime
from typing import Literal

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, rows, value
from ombud.shared.errors import NotFound
from ombud.shared.events import emit
from ombud.tickets.events import CannedReplyChanged
from ombud.tickets.schemas import CannedReply, CannedReplyIn, Rendering
from ombud.tickets.services.placeholders import fill, ticket_values
from ombud.tickets.services.scopes import SCOPE, VISIBLE, owner_columns, require_change, seen_by

COLUMNS = f"id, title, shortcut, text, team_id, uses, {SCOPE}"


async def list_canned_replies(tx: Transaction, text: str, *, by: Actor) -> list[CannedReply]:
    """Those the actor may use, the most used first; with a text, those that hold each of its words."""
    sql = f"""
        select {COLUMNS} from canned_reply
        where {VISIBLE} and (%(text)s = ''
            or (select bool_and(position(word in lower(title || ' ' || shortcut || ' ' || text)) > 0)
                from unnest(%(words)s::text[]) word))
        order by lower(shortcut) = lower(%(text)s) desc, uses desc, title limit 500"""
    typed = text.strip().lstrip("/")
    return await rows(tx, CannedReply, sql, {**seen_by(by), "text": typed, "words": typed.lower().split()})


async def get_canned_reply(tx: Transaction, reply_id: int, *, by: Actor) -> CannedReply:
    """One that the actor may use.

    Raises:
        NotFound: there is none.
    """
    sql = f"select {COLUMNS} from canned_reply where id = %(id)s and {VISIBLE}"
    found = await row(tx, CannedReply, sql, {**seen_by(by), "id": reply_id})
    if found is None:
        raise NotFound
    return found


def _owner(data: CannedReplyIn, by: Actor) -> dict[str, object]:
    return {
        **owner_columns(data.scope, data.team_id, by=by),
        "title": data.title,
        "shortcut": data.shortcut.strip().lstrip("/"),
        "text": data.text,
    }


async def add_canned_reply(tx: Transaction, data: CannedReplyIn, *, by: Actor, now: datetime) -> CannedReply:
    """Keep a text for reuse; only one's own without the permission to manage shared ones.

    Raises:
        NotAllowed: shared, without the permission.
        Invalid: a team that is not the actor's.

    Emits: CannedReplyChanged
    """
    sql = """
        insert into canned_reply (title, shortcut, text, team_id, person_id, created_at, updated_at)
        values (%(title)s, %(shortcut)s, %(text)s, %(team)s, %(person)s, %(now)s, %(now)s) returning id"""
    made = await value(tx, int, sql, {**_owner(data, by), "now": now}) or 0
    reply = await get_canned_reply(tx, made, by=by)
    await _announce(tx, reply, "made", by=by, now=now)
    return reply


async def change_canned_reply(
    tx: Transaction, reply_id: int, data: CannedReplyIn, *, by: Actor, now: datetime
) -> CannedReply:
    """Change a text, its title or for whom it is.

    Raises:
        NotFound: there is none for the actor.
        NotAllowed: shared before or after, without the permission.

    Emits: CannedReplyChanged
    """
    before = await get_canned_reply(tx, reply_id, by=by)
    require_change(before.scope, by=by)
    sql = """
        update canned_reply set title = %(title)s, shortcut = %(shortcut)s, text = %(text)s, team_id = %(team)s,
            person_id = %(person)s, updated_at = %(now)s where id = %(id)s"""
    await tx.execute(sql, {**_owner(data, by), "now": now, "id": reply_id})
    reply = await get_canned_reply(tx, reply_id, by=by)
    await _announce(tx, reply, "changed", by=by, now=now)
    return reply


async def remove_canned_reply(tx: Transaction, reply_id: int, *, by: Actor, now: datetime) -> None:
    """Remove one.

    Raises:
        NotFound: there is none for the actor.
        NotAllowed: shared, without the permission.

    Emits: CannedReplyChanged
    """
    reply = await get_canned_reply(tx, reply_id, by=by)
    require_change(reply.scope, by=by)
    await execute(tx, "delete from canned_reply where id = %(id)s", {"id": reply_id})
    await _announce(tx, reply, "removed", by=by, now=now)


async def _announce(
    tx: Transaction, reply: CannedReply, change: Literal["made", "changed", "removed"], *, by: Actor, now: datetime
) -> None:
    fact = CannedReplyChanged(canned_reply_id=reply.id, team_id=reply.team_id, scope=reply.scope, change=change)
    await emit(tx, fact, by=by, at=now)


async def render_canned_reply(tx: Transaction, reply_id: int, ticket_id: int, *, by: Actor) -> Rendering:
    """Fill the placeholders for a ticket. Those without a value stay as they are and are named as missing.

    Raises:
        NotFound: no such text, or the ticket may not be seen.
    """
    canned = await get_canned_reply(tx, reply_id, by=by)
    known = await ticket_values(tx, ticket_id, by=by)
    await tx.execute("update canned_reply set uses = uses + 1 where id = %(id)s", {"id": reply_id})
    return fill(canned.text, known)
