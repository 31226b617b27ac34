"""Merging tickets into one, and taking that back."""

from datetime import datetime

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit
from ombud.tickets.events import TicketMerged, TicketUnmerged
from ombud.tickets.queries.redirects import lock_redirects
from ombud.tickets.queries.tickets import MergedTicket, customer_mail_address, default_status
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.schemas.merge import Kept, MergeIn, Standing
from ombud.tickets.services.merging import carrying, kinship, moving
from ombud.tickets.services.timeline import add_change

# A customer who waits brings a ticket in one of these back to work, as their next message would.
RESTING = frozenset({"waiting", "solved", "closed"})


class SelfMerge(Invalid):
    """A ticket cannot be merged into itself. Choose another one."""

    code = "self_merge"


class OtherCustomer(Conflict):
    """These tickets are of different customers. Merge them on purpose if they belong together."""

    code = "other_customer"


class NotMerged(Conflict):
    """That ticket is not merged into this one, or not any more."""

    code = "not_merged"


class MergedFurther(Conflict):
    """This ticket was merged into another one since. Take that back first."""

    code = "merged_further"


class Shift(Struct):
    """A merge or a split as the ledger has it."""

    id: int
    kind: str
    from_id: int
    to_id: int
    entry_ids: list[int]
    kept: Kept


async def merge_tickets(tx: Transaction, target_id: int, data: MergeIn, *, by: Actor, now: datetime) -> None:
    """Let tickets go into another one with all their entries; their numbers lead there from now on.

    Whatever ran on them stops: sleep, routing, the customer's wait, planned replies, which are held. What people kept
    beside them goes along: followers, checklist, time, drafts; so do their parent and children. Can be taken back one
    by one.

    Raises:
        SelfMerge: the target is among the sources.
        NotFound: one of them does not exist, or ``by`` may not see it.
        MergedTicket: one of them was merged already.
        OtherCustomer: the customers differ, and ``confirmed`` is not set.

    Emits: TicketMerged, TicketLinked, PlannedReplyChanged, NotificationMade
    """
    sources = sorted(set(data.source_ids))
    if target_id in sources:
        raise SelfMerge
    await lock_redirects(tx)
    locked = await moving.lock_tickets(tx, [target_id, *sources], by=by)
    merged = next((one.merged_into_id for one in locked.values() if one.merged_into_id is not None), None)
    if merged is not None:
        raise MergedTicket(merged)
    target = locked[target_id]
    if not data.confirmed and any(locked[one].customer_id != target.customer_id for one in sources):
        raise OtherCustomer
    for source_id in sources:
        await _merge_one(tx, locked[source_id], target, cc=data.cc_requesters, by=by, now=now)


async def _merge_one(
    tx: Transaction, source: LockedTicket, target: LockedTicket, *, cc: bool, by: Actor, now: datetime
) -> None:
    kept = Kept(source=await moving.standing_of(tx, source.id), before=await moving.standing_of(tx, target.id))
    entry_ids = await moving.entries_of(tx, source.id)
    split = await _split_of(tx, source.id, target.id)
    own_news = await _has_news(tx, source.id)
    kept.client_keys = await moving.move_entries(tx, entry_ids, to=target.id)
    kept.conversations = await moving.move_conversations(tx, source.id, to=target.id)
    kept.drafts = await moving.carry_drafts(tx, source.id, to=target.id)
    kept.carried = await carrying.carry(tx, source, target, now=now)
    kept.kin = await kinship.move_kin(tx, source, target, by=by, now=now)
    await _close(tx, source, target, now=now)
    if split is not None:
        await _take_split_back(tx, split, now=now)
    if split is None or own_news:
        await _carry_wait(tx, kept.source, target.id)
    kept.after = await moving.standing_of(tx, target.id)
    shift_id = await write_shift(tx, "merge", source.id, target.id, entry_ids, kept, now=now)
    if cc:
        await _add_cc(tx, source, target, shift_id, now=now)
    await moving.touch(tx, [source.id, target.id], now=now)
    await add_change(tx, source, "merged_into", None, target.id, by=by, now=now)
    entry_id = await add_change(tx, target, "merged_from", None, source.id, by=by, now=now)
    fact = TicketMerged(
        ticket_id=target.id,
        team_id=target.team_id,
        source_id=source.id,
        entry_id=entry_id,
        customer_id=source.customer_id,
    )
    await emit(tx, fact, by=by, at=now)


async def _has_news(tx: Transaction, ticket_id: int) -> bool:
    sql = """
        select exists (select from public_entry
                       where ticket_id = %(id)s and origin_ticket_id is null and direction = 'in')"""
    return bool(await value(tx, bool, sql, {"id": ticket_id}))


async def _close(tx: Transaction, source: LockedTicket, target: LockedTicket, *, now: datetime) -> None:
    sql = """
        update ticket set status_id = %(status)s, category = 'closed', merged_into_id = %(target)s,
            snoozed_until = null, waiting_since = null, solved_at = coalesce(solved_at, %(now)s),
            closed_at = coalesce(closed_at, %(now)s), version = version + 1
        where id = %(id)s"""
    params = {"id": source.id, "target": target.id, "now": now, "status": await default_status(tx, "closed")}
    await tx.execute(sql, params)
    # What had gone into the source before goes on to the target.
    sql = "update ticket set merged_into_id = %(target)s where merged_into_id = %(id)s"
    await tx.execute(sql, params)


async def _carry_wait(tx: Transaction, source: Standing | None, target_id: int) -> None:
    """Let the target wait, wake and work for a customer who waited on the source."""
    if source is None or source.waiting_since is None:
        return
    standing = await moving.standing_of(tx, target_id)
    waits = [one for one in (standing.waiting_since, source.waiting_since) if one is not None]
    standing.waiting_since, standing.snoozed_until = min(waits), None
    if standing.category in RESTING:
        standing.status_id, standing.category = await default_status(tx, "open"), "open"
        standing.solved_at = standing.closed_at = None
    await moving.set_standing(tx, target_id, standing)


async def _add_cc(tx: Transaction, source: LockedTicket, target: LockedTicket, shift_id: int, *, now: datetime) -> None:
    found = await customer_mail_address(tx, source.customer_id)
    if found is None or source.customer_id == target.customer_id:
        return
    sql = """
        insert into ticket_cc (ticket_id, address, name, customer_id, shift_id, created_at)
        values (%(ticket)s, lower(%(address)s), %(name)s, %(customer)s, %(shift)s, %(now)s) on conflict do nothing"""
    params = {"ticket": target.id, "address": found[0], "name": found[1], "customer": source.customer_id}
    await tx.execute(sql, params | {"shift": shift_id, "now": now})


async def _split_of(tx: Transaction, new_id: int, ticket_id: int) -> Shift | None:
    """The split that made one ticket out of the other, if it is not taken back."""
    sql = """
        select id, kind, from_id, to_id, entry_ids, kept from ticket_shift
        where kind = 'split' and from_id = %(from)s and to_id = %(to)s and undone_at is null"""
    return await row(tx, Shift, sql, {"from": ticket_id, "to": new_id})


async def _take_split_back(tx: Transaction, split: Shift, *, now: datetime) -> None:
    await moving.restore_keys(tx, split.kept.client_keys)
    await moving.restore_standing(tx, split.from_id, before=split.kept.before, after=split.kept.after)
    await end_shift(tx, split.id, now=now)


async def write_shift(
    tx: Transaction, kind: str, from_id: int, to_id: int, entry_ids: list[int], kept: Kept, *, now: datetime
) -> int:
    """Keep what taking back will need; the ledger's id."""
    sql = """
        insert into ticket_shift (kind, from_id, to_id, entry_ids, kept, at)
        values (%(kind)s, %(from)s, %(to)s, %(ids)s, %(kept)s, %(now)s) returning id"""
    kept_as_json = Jsonb(msgspec.to_builtins(kept))
    params = {"kind": kind, "from": from_id, "to": to_id, "ids": entry_ids, "kept": kept_as_json, "now": now}
    return await value(tx, int, sql, params) or 0


async def end_shift(tx: Transaction, shift_id: int, *, now: datetime) -> None:
    """Mark a merge or a split as taken back."""
    await tx.execute("update ticket_shift set undone_at = %(now)s where id = %(id)s", {"id": shift_id, "now": now})


async def unmerge_ticket(tx: Transaction, target_id: int, source_id: int, *, by: Actor, now: datetime) -> None:
    """Let a merged ticket stand for itself again, exactly as it was; what was written since stays with the target.

    Raises:
        NotFound: one of them does not exist, or ``by`` may not see it.
        NotMerged: the one is not merged into the other.
        MergedFurther: the target has gone into another ticket since.

    Emits: TicketUnmerged, TicketLinked
    """
    await lock_redirects(tx)
    followers = await _followers(tx, source_id)
    locked = await moving.lock_tickets(tx, [target_id, source_id], by=by)
    shift = await _merge_of(tx, source_id)
    if shift is None or shift.to_id != target_id or shift.kept.source is None:
        raise NotMerged
    target, source = locked[target_id], locked[source_id]
    if target.merged_into_id is not None:
        raise MergedFurther
    await _give_back(tx, shift, now=now)
    await kinship.return_kin(tx, shift.kept.kin, source_id=source_id, target_id=target_id, by=by, now=now)
    sql = "update ticket set merged_into_id = %(source)s where id = any(%(ids)s)"
    await tx.execute(sql, {"source": source_id, "ids": followers})
    await add_change(tx, source, "unmerged_from", None, target_id, by=by, now=now)
    entry_id = await add_change(tx, target, "unmerged", None, source_id, by=by, now=now)
    fact = TicketUnmerged(ticket_id=target_id, team_id=target.team_id, source_id=source_id, entry_id=entry_id)
    await emit(tx, fact, by=by, at=now)


async def _give_back(tx: Transaction, shift: Shift, *, now: datetime) -> None:
    sql = "select coalesce(array_agg(id), '{}') from entry where id = any(%(ids)s) and ticket_id = %(target)s"
    # What was split off since stays where it is.
    still = await value(tx, list[int], sql, {"ids": shift.entry_ids, "target": shift.to_id}) or []
    await moving.move_entries(tx, still, to=shift.from_id)
    await moving.restore_keys(tx, shift.kept.client_keys)
    await moving.return_conversations(tx, shift.kept.conversations, from_id=shift.to_id, to=shift.from_id)
    await moving.carry_drafts(tx, shift.to_id, to=shift.from_id, only=shift.kept.drafts)
    await carrying.give_back(tx, shift.kept.carried, source_id=shift.from_id, target_id=shift.to_id, now=now)
    await tx.execute("delete from ticket_cc where shift_id = %(id)s", {"id": shift.id})
    sql = "update ticket set merged_into_id = null, version = version + 1 where id = %(id)s"
    await tx.execute(sql, {"id": shift.from_id})
    if shift.kept.source is not None:
        await moving.set_standing(tx, shift.from_id, shift.kept.source)
    await moving.restore_standing(tx, shift.to_id, before=shift.kept.before, after=shift.kept.after)
    await end_shift(tx, shift.id, now=now)
    await moving.touch(tx, [shift.from_id, shift.to_id], now=now)


async def _merge_of(tx: Transaction, source_id: int) -> Shift | None:
    sql = """
        select id, kind, from_id, to_id, entry_ids, kept from ticket_shift
        where kind = 'merge' and from_id = %(id)s and undone_at is null"""
    return await row(tx, Shift, sql, {"id": source_id})


class _Id(Struct):
    id: int


async def _followers(tx: Transaction, source_id: int) -> list[int]:
    """Tickets that had gone into the source before it went itself, however many steps away."""
    sql = """
        with recursive gone as (
            select from_id as id from ticket_shift where to_id = %(id)s and kind = 'merge' and undone_at is null
            union
            select m.from_id from ticket_shift m join gone on m.to_id = gone.id
            where m.kind = 'merge' and m.undone_at is null)
        select id from gone"""
    return [one.id for one in await rows(tx, _Id, sql, {"id": source_id})]
