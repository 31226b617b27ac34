"""Numbers committed events, because the order of a sequence is not the order of commits.

A transaction that commits late finds its facts still in ``event_new`` and gets later numbers: no reader can
have passed them. The cursor is a plain number, so it survives a restore into another cluster.
"""

from datetime import datetime

from ombud.shared.database import Transaction, execute, value

# One number for each lock that only one process may hold; kept together so that no two share one.
LOCK_SEQUENCER = 7_001
LOCK_INTAKE = 7_002
LOCK_ROUTER = 7_003
LOCK_MIGRATIONS = 7_004
LOCK_UPKEEP = 7_005
BATCH = 2_000
LOCK_POLICY = 7_006
LOCK_MERGE = 7_007

MOVE = """
    with moved as (
        delete from event_new
        where id in (select id from event_new order by id limit %(limit)s)
        returning id, kind, ticket_id, team_id, actor_kind, actor_id, cause, at, data
    ), head as (
        update event_head set seq = seq + (select count(*) from moved)
        where exists (select from moved)
        returning seq - (select count(*) from moved) as before
    )
    insert into event (seq, kind, ticket_id, team_id, actor_kind, actor_id, cause, at, data, logged_at)
    select head.before + row_number() over (order by moved.id), kind, ticket_id, team_id, actor_kind, actor_id, cause,
           at, data, %(now)s
    from moved, head"""


async def sequence_events(tx: Transaction, *, now: datetime, limit: int = BATCH) -> int:
    """Number what has been committed; how many events were moved, 0 if another sequencer is at work.

    Must be a transaction's last work: the lock is held until its commit, which is what keeps numbers in commit order.
    """
    if not await try_lock(tx, LOCK_SEQUENCER):
        return 0
    return await execute(tx, MOVE, {"limit": limit, "now": now})


async def try_lock(tx: Transaction, lock: int) -> bool:
    """Take a lock of the installation until the end of the transaction, if nobody holds it."""
    return bool(await value(tx, bool, "select pg_try_advisory_xact_lock(%(lock)s)", {"lock": lock}))


async def make_partitions(tx: Transaction, *, now: datetime, months: int = 3) -> None:
    """Make the log's partitions of this and the coming months, where they are missing."""
    for ahead in range(months):
        month = now.month - 1 + ahead
        start = now.replace(year=now.year + month // 12, month=month % 12 + 1, day=1)
        month += 1
        end = now.replace(year=now.year + month // 12, month=month % 12 + 1, day=1)
        name = f"event_{start:%Y_%m}"
        if await value(tx, str, "select to_regclass(%(name)s)::text", {"name": name}) is None:
            await _make_partition(tx, name, f"{start:%Y-%m-01}", f"{end:%Y-%m-01}")


async def _make_partition(tx: Transaction, name: str, start: str, end: str) -> None:
    # Not beside the sequencer: it would write to the default partition what belongs to the new one, and fail.
    await tx.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": LOCK_SEQUENCER})
    # It may have been quicker: what it left in the default partition would refuse the new one.
    await tx.execute(f"create table {name} (like event)")
    sql = f"""
        with early as (
            delete from event_default where logged_at >= '{start}' and logged_at < '{end}' returning *
        )
        insert into {name} select * from early"""
    await tx.execute(sql)
    await tx.execute(f"alter table event attach partition {name} for values from ('{start}') to ('{end}')")
