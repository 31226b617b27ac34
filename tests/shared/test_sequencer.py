"""The sequencer: numbers in the order of commits, whatever happens at the same time."""

import asyncio
from datetime import UTC, datetime

import psycopg
from psycopg import Rollback

from ombud.routing.floor.events import PresenceChanged
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Database
from ombud.shared.events import emit, emit_all, events_after, head
from ombud.shared.sequencer import make_partitions, sequence_events
from tests.desk import Desk

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def fact(person: int) -> PresenceChanged:
    return PresenceChanged(person_id=person, state="online")


async def announce(database: Database, *people: int) -> None:
    async with database.transaction() as tx:
        await emit_all(tx, [fact(one) for one in people], by=SYSTEM, at=NOW)


async def number(database: Database, **more: int) -> int:
    async with database.transaction() as tx:
        return await sequence_events(tx, now=NOW, **more)


async def people_in_log(database: Database) -> list[int]:
    async with database.transaction() as tx:
        return [one.data["person_id"] for one in await events_after(tx, 0, limit=10_000)]


async def test_sequence_events_late_commit_of_an_earlier_id_gets_a_later_number(database: Database) -> None:
    async with database.transaction() as slow:
        await emit(slow, fact(1), by=SYSTEM, at=NOW)
        await announce(database, 2)
        assert await number(database) == 1
        assert await people_in_log(database) == [2]
    assert await number(database) == 1
    assert await people_in_log(database) == [2, 1]


async def test_sequence_events_rolled_back_fact_leaves_no_gap(database: Database) -> None:
    await announce(database, 1)
    async with database.transaction() as tx:
        await emit(tx, fact(2), by=SYSTEM, at=NOW)
        raise Rollback
    await announce(database, 3)  # type: ignore[unreachable]  # psycopg swallows its Rollback
    assert await number(database) == 2
    async with database.transaction() as tx:
        assert [one.seq for one in await events_after(tx, 0, limit=10)] == [1, 2]
        assert await head(tx) == 2


async def test_sequence_events_two_at_once_neither_skip_nor_repeat(database: Database) -> None:
    for start in range(0, 60, 20):
        await announce(database, *range(start, start + 20))

    async def work() -> int:
        moved = 0
        for _ in range(12):
            moved += await number(database, limit=7)
        return moved

    assert sum(await asyncio.gather(work(), work(), work())) <= 60
    while await number(database, limit=7):
        pass
    assert await people_in_log(database) == list(range(60))


async def test_sequence_events_while_another_holds_the_lock_moves_nothing(database: Database) -> None:
    await announce(database, 1)
    async with database.transaction() as tx:
        assert await sequence_events(tx, now=NOW) == 1
        assert await number(database) == 0
    assert await people_in_log(database) == [1]


async def test_sequence_events_open_transaction_elsewhere_does_not_delay(database: Database, database_url: str) -> None:
    other = database_url.replace(database_url.rpartition("/")[2].partition("?")[0], "postgres")
    async with await psycopg.AsyncConnection.connect(other) as elsewhere, database.transaction() as unrelated:
        await elsewhere.execute("select pg_current_xact_id()")
        await unrelated.execute("insert into tag values ('open', now())")
        await announce(database, 7)
        assert await number(database) == 1
        assert await people_in_log(database) == [7]


async def test_sequence_events_limit_keeps_order(database: Database) -> None:
    await announce(database, *range(10))
    assert [await number(database, limit=4) for _ in range(4)] == [4, 4, 2, 0]
    assert await people_in_log(database) == list(range(10))


async def test_make_partitions_after_first_events_still_works(database: Database) -> None:
    # The sequencer of a fresh installation may be quicker than the upkeep.
    await announce(database, 1)
    await number(database)
    async with database.transaction() as tx:
        await make_partitions(tx, now=NOW)
        await make_partitions(tx, now=NOW)
    await announce(database, 2)
    await number(database)
    assert await people_in_log(database) == [1, 2]


async def test_make_partitions_over_new_year_makes_each_month(database: Database) -> None:
    async with database.transaction() as tx:
        await make_partitions(tx, now=datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
        cursor = await tx.execute(
            "select relname from pg_class where relname ~ '^event_2' and relkind = 'r' order by 1"
        )
        assert [one[0] for one in await cursor.fetchall()] == ["event_2026_11", "event_2026_12", "event_2027_01"]


async def test_events_after_restore_goes_on_behind_the_old_head(desk: Desk) -> None:
    await announce(desk.parts.database, 1, 2)
    await desk.events()
    # A restored database brings its own head; what is numbered next comes after it.
    await desk.run("update event_head set seq = 500")
    await announce(desk.parts.database, 3)
    assert [one.seq for one in await desk.events()] == [1, 2, 501]
