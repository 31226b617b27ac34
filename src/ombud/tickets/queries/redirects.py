"""Where a ticket is to be found after it was merged."""

from collections.abc import Sequence

from msgspec import Struct

from ombud.shared.database import Transaction, rows, value
from ombud.shared.sequencer import LOCK_MERGE


class Redirect(Struct):
    """A merged ticket and the one that goes on."""

    id: int
    merged_into_id: int


async def present_id(tx: Transaction, ticket_id: int) -> int:
    """The ticket itself, or the one that it was merged into; an unknown id stays what it is."""
    sql = "select merged_into_id from ticket where id = %(id)s"
    return await value(tx, int, sql, {"id": ticket_id}) or ticket_id


async def present_ids(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, int]:
    """Those of the tickets that were merged, with where they went."""
    sql = "select id, merged_into_id from ticket where id = any(%(ids)s) and merged_into_id is not null"
    found = await rows(tx, Redirect, sql, {"ids": sorted(set(ticket_ids))})
    return {one.id: one.merged_into_id for one in found}


async def hold_redirects(tx: Transaction) -> None:
    """Keep merges out until the end of the transaction, so that what was redirected stays where it was found.

    To be called before any row is locked.
    """
    await tx.execute("select pg_advisory_xact_lock_shared(%(lock)s)", {"lock": LOCK_MERGE})


async def lock_redirects(tx: Transaction) -> None:
    """Be the only one who merges, splits or links. To be called before any row is locked."""
    await tx.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": LOCK_MERGE})
