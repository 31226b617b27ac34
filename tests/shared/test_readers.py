"""Readers of the log: effects and cursor together, in order, once, and nothing stops them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import psycopg
import pytest

from ombud.shared.actor import SYSTEM
from ombud.shared.clock import Clock
from ombud.shared.database import Database, Transaction, value, values
from ombud.shared.errors import NotFound
from ombud.shared.events import Event, Fact, emit_all
from ombud.shared.readers import (
    MAX_ATTEMPTS,
    Progress,
    Reader,
    read_batch,
    reader_problems,
    reader_states,
    register_reader,
    retry_set_aside,
    run_reader,
)
from ombud.shared.sequencer import sequence_events

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


class Rang(Fact, frozen=True, kw_only=True):
    bell: int


class Knocked(Fact, frozen=True, kw_only=True):
    pass


async def write_down(tx: Transaction, events: Sequence[Event], _now: datetime) -> None:
    """The effect of these tests: one row per event, in a table whose key forbids doubles."""
    for event in events:
        await tx.execute("insert into setting (name, value) values (%s, %s)", [f"e{event.seq:06}", str(event.seq)])


def poison(*seqs: int) -> Reader:
    async def react(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
        await write_down(tx, events, now)
        if any(event.seq in seqs for event in events):
            raise ValueError("this event cannot be read")

    return Reader(name="test", react=react, from_start=True)


READER = Reader(name="test", react=write_down, from_start=True)


async def ring(database: Database, count: int, fact: Fact | None = None) -> None:
    async with database.transaction() as tx:
        await emit_all(tx, [fact or Rang(bell=number) for number in range(count)], by=SYSTEM, at=NOW)
    async with database.transaction() as tx:
        await sequence_events(tx, now=NOW)


async def register(database: Database, reader: Reader) -> None:
    async with database.transaction() as tx:
        await register_reader(tx, reader)


async def written(database: Database) -> list[int]:
    async with database.transaction() as tx:
        return await values(tx, int, "select substr(name, 2)::int from setting where name like 'e0%%' order by 1", {})


async def cursor(database: Database) -> int | None:
    async with database.transaction() as tx:
        return await value(tx, int, "select seq from reader where name = 'test'")


@contextlib.asynccontextmanager
async def running(database: Database, reader: Reader, woken: asyncio.Event, **more: object) -> AsyncIterator[None]:
    task = asyncio.create_task(run_reader(database, reader, Clock(), woken, **more))  # type: ignore[arg-type]
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(database: Database, wanted: list[int], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while await written(database) != wanted:  # noqa: ASYNC110 – what is waited for is another connection's
            await asyncio.sleep(0.02)


async def test_read_batch_takes_all_events_once_and_in_order(database: Database) -> None:
    await register(database, READER)
    await ring(database, 5)
    assert await read_batch(database, READER, now=NOW) == Progress(5)
    assert await read_batch(database, READER, now=NOW) == Progress(0)
    assert await written(database) == [1, 2, 3, 4, 5]
    assert await cursor(database) == 5


async def test_read_batch_gives_the_reaction_a_list_of_at_most_the_batch_size(database: Database) -> None:
    sizes: list[int] = []

    async def count(_tx: Transaction, events: Sequence[Event], _now: datetime) -> None:
        sizes.append(len(events))

    reader = Reader(name="test", react=count, from_start=True, batch_size=3)
    await register(database, reader)
    await ring(database, 7)
    while (await read_batch(database, reader, now=NOW)).passed:
        pass
    assert sizes == [3, 3, 1]


async def test_register_new_reader_begins_at_the_head(database: Database) -> None:
    await ring(database, 3)
    late = Reader(name="test", react=write_down)
    await register(database, late)
    await ring(database, 2)
    await read_batch(database, late, now=NOW)
    assert await written(database) == [4, 5]


async def test_register_new_reader_from_start_reads_the_whole_log(database: Database) -> None:
    await ring(database, 3)
    await register(database, READER)
    await read_batch(database, READER, now=NOW)
    assert await written(database) == [1, 2, 3]


async def test_register_known_reader_keeps_its_place(database: Database) -> None:
    await register(database, READER)
    await ring(database, 3)
    await read_batch(database, READER, now=NOW)
    await register(database, READER)
    assert await cursor(database) == 3


async def test_read_batch_with_kinds_passes_over_the_others(database: Database) -> None:
    reader = Reader(name="test", react=write_down, kinds=frozenset({"knocked"}), from_start=True)
    await register(database, reader)
    await ring(database, 2)
    await ring(database, 1, Knocked())
    await ring(database, 2)
    assert await read_batch(database, reader, now=NOW) == Progress(5)
    assert await written(database) == [3]


async def test_read_batch_locked_by_another_process_passes_nothing(database: Database) -> None:
    await register(database, READER)
    await ring(database, 2)
    async with database.transaction() as other:
        await other.execute("select 1 from reader where name = 'test' for update")
        assert await read_batch(database, READER, now=NOW) == Progress(0)
    assert await written(database) == []


async def test_read_batch_by_many_at_once_doubles_nothing(database: Database) -> None:
    reader = Reader(name="test", react=write_down, from_start=True, batch_size=7)
    await register(database, reader)
    await ring(database, 60)

    async def work() -> None:
        for _ in range(30):
            await read_batch(database, reader, now=NOW)

    await asyncio.gather(*(work() for _ in range(5)))
    assert await written(database) == list(range(1, 61))


async def test_read_batch_failing_takes_back_its_effects_and_goes_on_singly(database: Database) -> None:
    await register(database, poison(3))
    await ring(database, 5)
    assert await read_batch(database, poison(3), now=NOW) == Progress(2, has_failed=True)
    assert await written(database) == [1, 2]
    assert await cursor(database) == 2


async def test_read_batch_failing_five_times_sets_the_event_aside_and_goes_on(database: Database) -> None:
    await register(database, poison(3))
    await ring(database, 5)
    steps = [await read_batch(database, poison(3), now=NOW) for _ in range(MAX_ATTEMPTS)]
    assert [step.has_failed for step in steps] == [True, True, True, True, False]
    assert await written(database) == [1, 2, 4, 5]
    async with database.transaction() as tx:
        (problem,) = await reader_problems(tx)
    assert (problem.seq, problem.kind, problem.attempts, problem.set_aside_at) == (3, "rang", 5, NOW)
    assert problem.problem == "ValueError: this event cannot be read"


async def test_read_batch_of_many_poisoned_events_sets_each_aside(database: Database) -> None:
    bad = poison(1, 2, 4)
    await register(database, bad)
    await ring(database, 5)
    for _ in range(3 * MAX_ATTEMPTS):
        await read_batch(database, bad, now=NOW)
    assert await written(database) == [3, 5]


async def test_read_batch_well_after_a_failure_forgets_the_problem(database: Database) -> None:
    await register(database, poison(1))
    await ring(database, 1)
    await read_batch(database, poison(1), now=NOW)
    await read_batch(database, READER, now=NOW)
    async with database.transaction() as tx:
        assert await reader_problems(tx) == []


async def test_read_batch_failing_at_commit_counts_as_a_failure(database: Database) -> None:
    async def react(tx: Transaction, _events: Sequence[Event], _now: datetime) -> None:
        await tx.execute("create temp table t (a int primary key deferrable initially deferred) on commit drop")
        await tx.execute("insert into t values (1), (1)")

    reader = Reader(name="test", react=react, from_start=True)
    await register(database, reader)
    await ring(database, 1)
    assert (await read_batch(database, reader, now=NOW)).has_failed
    async with database.transaction() as tx:
        assert "UniqueViolation" in (await reader_problems(tx))[0].problem


async def test_read_batch_on_a_deadlock_raises_and_blames_no_event(database: Database) -> None:
    async def react(_tx: Transaction, _events: Sequence[Event], _now: datetime) -> None:
        raise psycopg.errors.DeadlockDetected("deadlock detected")

    reader = Reader(name="test", react=react, from_start=True)
    await register(database, reader)
    await ring(database, 1)
    with pytest.raises(psycopg.errors.DeadlockDetected):
        await read_batch(database, reader, now=NOW)
    async with database.transaction() as tx:
        assert await reader_problems(tx) == []


async def test_retry_set_aside_after_the_cure_removes_the_problem(database: Database) -> None:
    await register(database, poison(1))
    await ring(database, 1)
    for _ in range(MAX_ATTEMPTS):
        await read_batch(database, poison(1), now=NOW)
    async with database.transaction() as tx:
        await retry_set_aside(tx, READER, seq=1, now=NOW)
    assert await written(database) == [1]
    async with database.transaction() as tx:
        assert await reader_problems(tx) == []


async def test_retry_set_aside_still_poisoned_keeps_the_problem(database: Database) -> None:
    await register(database, poison(1))
    await ring(database, 1)
    for _ in range(MAX_ATTEMPTS):
        await read_batch(database, poison(1), now=NOW)
    with pytest.raises(ValueError, match="cannot be read"):
        async with database.transaction() as tx:
            await retry_set_aside(tx, poison(1), seq=1, now=NOW)
    async with database.transaction() as tx:
        assert len(await reader_problems(tx)) == 1


async def test_retry_set_aside_of_an_unknown_event_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        async with database.transaction() as tx:
            await retry_set_aside(tx, READER, seq=99, now=NOW)


async def test_reader_states_tell_how_far_behind(database: Database) -> None:
    await register(database, READER)
    await ring(database, 4)
    async with database.transaction() as tx:
        (state,) = await reader_states(tx, now=NOW.replace(minute=31))
    assert (state.behind, state.behind_seconds, state.set_aside) == (4, 60.0, 0)
    await read_batch(database, READER, now=NOW)
    async with database.transaction() as tx:
        (state,) = await reader_states(tx, now=NOW)
    assert (state.behind, state.behind_seconds) == (0, 0.0)


async def test_run_reader_woken_reads_at_once_and_wakes_others(database: Database) -> None:
    woken, heard = asyncio.Event(), asyncio.Event()
    reader = Reader(name="test", react=write_down, from_start=True, wakes=("somebody",))

    def wake(*topics: str) -> None:
        assert topics == ("somebody",)
        heard.set()

    async with running(database, reader, woken, wake=wake):
        await asyncio.sleep(0.3)
        await ring(database, 2)
        woken.set()
        await until(database, [1, 2], seconds=1)
        await asyncio.wait_for(heard.wait(), 1)


async def test_run_reader_not_woken_polls(database: Database) -> None:
    async with running(database, READER, asyncio.Event()):
        await asyncio.sleep(0.3)
        await ring(database, 1)
        await until(database, [1], seconds=4)


async def test_run_reader_with_a_poisoned_event_reaches_the_end_of_the_log(database: Database) -> None:
    await register(database, poison(2))
    await ring(database, 4)
    async with running(database, poison(2), asyncio.Event()):
        await until(database, [1, 3, 4])


async def test_run_reader_whose_connections_die_goes_on(database: Database) -> None:
    woken = asyncio.Event()
    own = Database(f"{database.url}&application_name=doomed", max_connections=2)
    await own.open()
    async with running(own, READER, woken):
        await ring(database, 1)
        woken.set()
        await until(database, [1])
        async with database.transaction() as tx:
            await tx.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doomed'")
        await ring(database, 1)
        woken.set()
        await until(database, [1, 2])
    await own.close()
