"""Named readers of the event log: whatever follows from an event, batch by batch, once.

A reader's effects and its cursor commit together, under a lock on its row, so that one process at a time runs it and a
crash neither skips an event nor repeats its effects. An event that fails again and again is set aside and shown; it
never stops the reader.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from msgspec import Struct
from psycopg import InterfaceError, OperationalError
from psycopg.errors import QueryCanceled
from psycopg_pool import PoolTimeout

from ombud.shared.clock import Clock
from ombud.shared.database import Database, Transaction, execute, row, rows, value
from ombud.shared.errors import NotFound
from ombud.shared.events import Event

log = logging.getLogger(__name__)
React = Callable[[Transaction, Sequence[Event], datetime], Awaitable[None]]
Wake = Callable[..., None]

TOPIC = "events"
MAX_ATTEMPTS = 5
MAX_PROBLEM_LENGTH = 2_000
POLL_SECONDS = 2.0
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 5.0


class Reader(Struct, frozen=True, kw_only=True):
    """One line of ``config/reactions.py``: a name that never changes, and what to do with events.

    ``react`` gets the transaction, some events in the order of the log, and the present moment. ``kinds`` None means
    all. A new reader begins at the head of the log unless ``from_start``. ``wakes`` are topics of the bus, woken after
    a commit. ``gather_seconds``: how long it rests after a batch, so that events come together; one alone never waits.
    """

    name: str
    react: React
    kinds: frozenset[str] | None = None
    from_start: bool = False
    batch_size: int = 500
    gather_seconds: float = 0.5
    wakes: tuple[str, ...] = ()


class Progress(Struct, frozen=True):
    """What one step did: how many events it passed, and whether one of them failed and wants another try."""

    passed: int
    has_failed: bool = False


class ReaderState(Struct, frozen=True):
    """Where a reader stands: events behind the head, the age of the oldest of them, and events set aside."""

    name: str
    seq: int
    behind: int
    behind_seconds: float
    set_aside: int


class ReaderProblem(Struct, frozen=True):
    """An event that a reader failed on."""

    reader: str
    seq: int
    kind: str | None
    attempts: int
    problem: str
    set_aside_at: datetime | None


async def register_reader(tx: Transaction, reader: Reader) -> None:
    """Give a new reader its place in the log; a known one keeps its own."""
    sql = """
        insert into reader (name, seq)
        values (%(name)s, case when %(from_start)s then 0 else (select seq from event_head) end)
        on conflict (name) do nothing"""
    await execute(tx, sql, {"name": reader.name, "from_start": reader.from_start})


async def read_batch(database: Database, reader: Reader, *, now: datetime) -> Progress:
    """Take the next events: all in one transaction, or one by one where that fails.

    Passes nothing while another process runs the reader. An error of the database itself is raised, and counted
    against no event.
    """
    try:
        async with database.transaction() as tx:
            return await _take(tx, reader, limit=reader.batch_size, now=now)
    except Exception as problem:  # noqa: BLE001 – the boundary of the job: whatever a reaction throws
        _raise_if_database(problem)
        log.warning("The reader %s failed on a batch and goes on event by event: %s", reader.name, problem)
    return await _read_singly(database, reader, now=now)


async def run_reader(
    database: Database, reader: Reader, clock: Clock, woken: asyncio.Event, *, wake: Wake | None = None
) -> None:
    """Read until cancelled: at once when ``woken`` is set (topic ``events``), and every 2 s anyway."""
    failures = 0
    is_registered = False
    while True:
        woken.clear()
        progress = Progress(0, has_failed=True)
        try:
            is_registered = is_registered or await _register(database, reader)
            progress = await read_batch(database, reader, now=clock.now())
        except (OperationalError, InterfaceError, PoolTimeout) as problem:
            log.warning("The reader %s waits for the database: %s", reader.name, problem)
        except Exception:
            # The boundary of the job: a bug here must not end the reader for good.
            log.exception("The reader %s failed", reader.name)
        if progress.passed and wake:
            wake(*reader.wakes)
        failures = failures + 1 if progress.has_failed else 0
        await _rest(woken, failures, is_full=progress.passed >= reader.batch_size)
        await asyncio.sleep(reader.gather_seconds)


async def reader_states(tx: Transaction, *, now: datetime) -> list[ReaderState]:
    """All readers, for people and measures."""
    sql = """
        select r.name, r.seq, greatest(h.seq - r.seq, 0) as behind,
               coalesce(extract(epoch from %(now)s - (
                   select e.logged_at from event e where e.seq > r.seq order by e.seq limit 1
               )), 0)::float8 as behind_seconds,
               (select count(*) from reader_problem p
                where p.reader = r.name and p.set_aside_at is not null)::int as set_aside
        from reader r cross join event_head h order by r.name"""
    return await rows(tx, ReaderState, sql, {"now": now})


async def reader_problems(tx: Transaction, *, limit: int = 100) -> list[ReaderProblem]:
    """Events that readers failed on, newest first."""
    sql = """
        select p.reader, p.seq, (select e.kind from event e where e.seq = p.seq) as kind, p.attempts, p.problem,
               p.set_aside_at
        from reader_problem p order by p.seq desc, p.reader limit %(limit)s"""
    return await rows(tx, ReaderProblem, sql, {"limit": limit})


async def retry_set_aside(tx: Transaction, reader: Reader, *, seq: int, now: datetime) -> None:
    """Give an event that was set aside to its reader once more; what fails again raises, and stays set aside.

    Raises:
        NotFound: the reader set no such event aside, or the log has forgotten it.
    """
    key = {"reader": reader.name, "seq": seq}
    known = await execute(tx, "delete from reader_problem where reader = %(reader)s and seq = %(seq)s", key)
    found = await event_numbered(tx, seq)
    if not known or found is None:
        raise NotFound("This event is not set aside, or the log does not hold it any more.")
    await reader.react(tx, [found], now)


async def event_numbered(tx: Transaction, seq: int) -> Event | None:
    """One event of the log by its number."""
    sql = """
        select seq, kind, ticket_id, team_id, actor_kind, actor_id, at, data from event where seq = %(seq)s"""
    return await row(tx, Event, sql, {"seq": seq})


async def _register(database: Database, reader: Reader) -> bool:
    async with database.transaction() as tx:
        await register_reader(tx, reader)
    return True


async def _take(tx: Transaction, reader: Reader, *, limit: int, now: datetime) -> Progress:
    events = await _next(tx, reader, limit=limit)
    if not events:
        return Progress(0)
    wanted = [event for event in events if reader.kinds is None or event.kind in reader.kinds]
    if wanted:
        await reader.react(tx, wanted, now)
    await _move(tx, reader, events[-1].seq)
    # Numbers of events follow each other without a gap.
    return Progress(events[-1].seq - events[0].place)


async def _read_singly(database: Database, reader: Reader, *, now: datetime) -> Progress:
    passed = 0
    while passed < reader.batch_size:
        try:
            async with database.transaction() as tx:
                step = await _take(tx, reader, limit=1, now=now)
        except Exception as problem:  # noqa: BLE001 – the boundary of the job: whatever a reaction throws
            _raise_if_database(problem)
            is_set_aside = await _note_failure(database, reader, problem, now=now)
            if not is_set_aside:
                return Progress(passed, has_failed=True)
            step = Progress(1)
        if not step.passed:
            break
        passed += 1
    return Progress(passed)


async def _note_failure(database: Database, reader: Reader, problem: Exception, *, now: datetime) -> bool:
    """Count a failure of the event that is next; at the last one, pass it. Tells whether it was passed."""
    async with database.transaction() as tx:
        events = await _next(tx, reader, limit=1)
        if not events:
            return False
        attempts = await _count(tx, reader, events[0].seq, problem, now=now)
        log.warning("The reader %s failed on event %s, attempt %s", reader.name, events[0].seq, attempts)
        if attempts < MAX_ATTEMPTS:
            return False
        log.error("The reader %s sets event %s aside", reader.name, events[0].seq, exc_info=problem)
        await _move(tx, reader, events[0].seq, keep_problem=True)
        return True


async def _count(tx: Transaction, reader: Reader, seq: int, problem: Exception, *, now: datetime) -> int:
    sql = """
        insert into reader_problem as p (reader, seq, attempts, problem) values (%(reader)s, %(seq)s, 1, %(problem)s)
        on conflict (reader, seq) do update set
            attempts = p.attempts + 1, problem = excluded.problem,
            set_aside_at = case when p.attempts + 1 >= %(most)s then %(now)s end
        returning attempts"""
    text = f"{type(problem).__name__}: {problem}".replace("\0", "")[:MAX_PROBLEM_LENGTH]
    params = {"reader": reader.name, "seq": seq, "problem": text, "most": MAX_ATTEMPTS, "now": now}
    return await value(tx, int, sql, params) or 0


class _Numbered(Event, frozen=True):
    """An event, and where its reader stood before it."""

    place: int


async def _next(tx: Transaction, reader: Reader, *, limit: int) -> list[_Numbered]:
    """Hold the reader's row and read on from there: events of its kinds, and always the last of the page.

    Empty where another process holds it, or nothing is left to read.
    """
    sql = """
        with mine as materialized (select seq from reader where name = %(name)s for update skip locked),
        page as materialized (
            select seq, kind, ticket_id, team_id, actor_kind, actor_id, at, data
            from event where seq > (select seq from mine) order by seq limit %(limit)s)
        select page.*, mine.seq as place from page cross join mine
        where %(kinds)s::text[] is null or kind = any(%(kinds)s::text[]) or page.seq = (select max(seq) from page)
        order by page.seq"""
    kinds = None if reader.kinds is None else sorted(reader.kinds)
    return await rows(tx, _Numbered, sql, {"name": reader.name, "limit": limit, "kinds": kinds})


async def _move(tx: Transaction, reader: Reader, seq: int, *, keep_problem: bool = False) -> None:
    # What failed before and went well at last has nothing left to show.
    sql = """
        with gone as (delete from reader_problem
            where reader = %(name)s and seq <= %(seq)s and set_aside_at is null and not %(keep)s)
        update reader set seq = %(seq)s where name = %(name)s"""
    await tx.execute(sql, {"name": reader.name, "seq": seq, "keep": keep_problem})


def _raise_if_database(problem: Exception) -> None:
    # A cancelled statement is the event's own fault (too slow); a lost connection or a deadlock is nobody's.
    if isinstance(problem, OperationalError | InterfaceError | PoolTimeout) and not isinstance(problem, QueryCanceled):
        raise problem


async def _rest(woken: asyncio.Event, failures: int, *, is_full: bool) -> None:
    if failures:
        await asyncio.sleep(min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures, 10), LONGEST_PAUSE_SECONDS))
    elif not is_full:
        # A batch with room left was all there was; whoever adds more wakes us.
        try:
            # Not wait_for: before Python 3.12 it can swallow a cancellation, and the process would never end.
            async with asyncio.timeout(POLL_SECONDS):
                await woken.wait()
        except TimeoutError:
            return
