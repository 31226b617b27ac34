"""Moving entries from ticket to ticket with all that hangs on them, and back."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, value
from ombud.shared.errors import NotFound
from ombud.tickets.queries.tickets import LOCKED
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.schemas.merge import Standing
from ombud.tickets.services.timeline import refresh_preview

# Where an entry was written stays with it; back at home there is nothing to remember.
ORIGIN = "nullif(coalesce(origin_ticket_id, ticket_id), %(to)s)"


async def lock_tickets(tx: Transaction, ticket_ids: Sequence[int], *, by: Actor) -> dict[int, LockedTicket]:
    """Tickets under row locks, taken in the order of their ids as everywhere; merged ones, too.

    Raises:
        NotFound: one of them does not exist, or ``by`` may not see it.
    """
    wanted = sorted(set(ticket_ids))
    sql = f"select {LOCKED} from ticket where id = any(%(ids)s) order by id for no key update"
    found = {one.id: one for one in await rows(tx, LockedTicket, sql, {"ids": wanted})}
    if any(one not in found or not by.sees(found[one].team_id, found[one].brand_id) for one in wanted):
        raise NotFound
    return found


async def entries_of(tx: Transaction, ticket_id: int) -> list[int]:
    """Ids of all that stands on a ticket, undone answers included."""
    sql = "select coalesce(array_agg(id order by id), '{}') from entry where ticket_id = %(id)s"
    return await value(tx, list[int], sql, {"id": ticket_id}) or []


class _Key(Struct):
    id: int
    client_key: str


async def move_entries(tx: Transaction, entry_ids: Sequence[int], *, to: int) -> dict[str, str]:
    """Put entries on another ticket with files, references, mentions and deliveries.

    Gives the clients' keys that had to go, by entry: the other ticket has an entry with the same one.
    """
    params = {"ids": list(entry_ids), "to": to}
    # Outbox first: a mail that is being claimed holds its row, and writes its reference before it lets go.
    await tx.execute("update outbox set ticket_id = %(to)s where entry_id = any(%(ids)s)", params)
    sql = """
        select e.id, e.client_key from entry e
        where e.id = any(%(ids)s) and exists (select from entry o where o.ticket_id = %(to)s
            and o.client_key = e.client_key and o.id <> all(%(ids)s))"""
    doubles = await rows(tx, _Key, sql, params)
    sql = "update entry set client_key = null where id = any(%(doubles)s)"
    await tx.execute(sql, {"doubles": [one.id for one in doubles]})
    sql = f"update entry set origin_ticket_id = {ORIGIN}, ticket_id = %(to)s where id = any(%(ids)s)"
    await tx.execute(sql, params)
    for table in ("attachment", "mail_reference", "mention"):
        await tx.execute(f"update {table} set ticket_id = %(to)s where entry_id = any(%(ids)s)", params)
    return {str(one.id): one.client_key for one in doubles}


async def restore_keys(tx: Transaction, keys: dict[str, str]) -> None:
    """Give entries that are back the clients' keys that they had."""
    sql = """
        update entry e set client_key = k.client_key
        from unnest(%(ids)s::bigint[], %(keys)s::text[]) as k (id, client_key)
        where e.id = k.id and not exists (
            select from entry o where o.ticket_id = e.ticket_id and o.client_key = k.client_key)"""
    await tx.execute(sql, {"ids": [int(one) for one in keys], "keys": list(keys.values())})


class _Place(Struct):
    channel_id: int
    key: str


async def move_conversations(tx: Transaction, ticket_id: int, *, to: int) -> list[tuple[int, str]]:
    """Let what comes in by chat, form or API go to another ticket; which conversations were turned."""
    sql = f"""
        update conversation set origin_ticket_id = {ORIGIN}, ticket_id = %(to)s
        where ticket_id = %(id)s returning channel_id, key"""
    found = await rows(tx, _Place, sql, {"id": ticket_id, "to": to})
    return [(one.channel_id, one.key) for one in found]


async def return_conversations(tx: Transaction, places: Sequence[tuple[int, str]], *, from_id: int, to: int) -> None:
    """Turn conversations back, unless they have moved on meanwhile."""
    sql = f"""
        update conversation c set origin_ticket_id = {ORIGIN}, ticket_id = %(to)s
        from unnest(%(channels)s::bigint[], %(keys)s::text[]) as w (channel_id, key)
        where (c.channel_id, c.key) = (w.channel_id, w.key) and c.ticket_id = %(from)s"""
    params: dict[str, object] = {"channels": [channel for channel, _ in places], "keys": [key for _, key in places]}
    await tx.execute(sql, params | {"from": from_id, "to": to})


class _Draft(Struct):
    person_id: int
    kind: str


async def carry_drafts(
    tx: Transaction, from_id: int, *, to: int, only: Sequence[tuple[int, str]] | None = None
) -> list[tuple[int, str]]:
    """Take drafts along where the other ticket has none of that person's; whose and which."""
    sql = """
        update draft d set ticket_id = %(to)s
        where d.ticket_id = %(from)s and not exists (
            select from draft o where (o.ticket_id, o.person_id, o.kind) = (%(to)s, d.person_id, d.kind))
            and (%(people)s::bigint[] is null or (d.person_id, d.kind) in (
                select * from unnest(%(people)s::bigint[], %(kinds)s::text[])))
        returning person_id, kind"""
    params = {
        "from": from_id,
        "to": to,
        "people": None if only is None else [person for person, _ in only],
        "kinds": None if only is None else [kind for _, kind in only],
    }
    return [(one.person_id, one.kind) for one in await rows(tx, _Draft, sql, params)]


async def standing_of(tx: Transaction, ticket_id: int) -> Standing:
    """How a ticket stands now.

    Raises:
        NotFound: there is no such ticket.
    """
    sql = """
        select status_id, category, waiting_since, snoozed_until, solved_at, closed_at
        from ticket where id = %(id)s"""
    found = await rows(tx, Standing, sql, {"id": ticket_id})
    if not found:
        raise NotFound
    return found[0]


async def set_standing(tx: Transaction, ticket_id: int, standing: Standing) -> None:
    """Let a ticket stand so."""
    sql = """
        update ticket set status_id = %(status_id)s, category = %(category)s, waiting_since = %(waiting_since)s,
            snoozed_until = %(snoozed_until)s, solved_at = %(solved_at)s, closed_at = %(closed_at)s
        where id = %(id)s"""
    await tx.execute(sql, {"id": ticket_id, **msgspec.structs.asdict(standing)})


async def restore_standing(tx: Transaction, ticket_id: int, *, before: Standing | None, after: Standing | None) -> None:
    """Let a ticket stand as before, where nobody changed since what had been changed then."""
    if before is None or after is None or before == after:
        return
    now = await standing_of(tx, ticket_id)
    is_status_untouched = now.status_id == after.status_id
    restored = msgspec.structs.replace(now)
    for name in Standing.__struct_fields__:
        is_of_status = name in {"status_id", "category", "solved_at", "closed_at"}
        untouched = is_status_untouched if is_of_status else getattr(now, name) == getattr(after, name)
        if untouched:
            setattr(restored, name, getattr(before, name))
    await set_standing(tx, ticket_id, restored)


async def touch(tx: Transaction, ticket_ids: Sequence[int], *, now: object) -> None:
    """Bring rows up to date after their entries moved."""
    for ticket_id in sorted(ticket_ids):
        await refresh_preview(tx, ticket_id)
    sql = "update ticket set activity_at = %(now)s where id = any(%(ids)s)"
    await tx.execute(sql, {"ids": list(ticket_ids), "now": now})
