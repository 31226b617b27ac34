"""The durable door: messages are acknowledged when they are committed here, many in one commit."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from ombud.shared.bus import Bus
from ombud.shared.clock import Clock
from ombud.shared.database import Database, Transaction, rows
from ombud.tickets.schemas import InboundMessage

MAX_BATCH = 1_000
TOPIC = "intake"
# Raw originals up to this size stay in the row; larger ones are put into the file store by the channel.
MAX_RAW_BYTES = 256 * 1024


class Arrival(Struct, frozen=True):
    """One message at the door. ``key`` is the channel's own id of it; without ``message`` the raw one is read first."""

    channel_id: int
    key: str
    message: InboundMessage | None
    raw: bytes | None = None
    raw_file: str | None = None


class Receipt(Struct, frozen=True):
    """The door's answer: the inbox row, and whether this delivery was the first."""

    id: int
    is_new: bool


class _Stored(Struct):
    id: int
    channel_id: int
    key: str


async def receive(tx: Transaction, arrivals: Sequence[Arrival], *, now: datetime) -> list[Receipt]:
    """Write messages to the inbox, each once whatever number of times it is delivered; receipts in the same order."""
    params: dict[str, object] = {
        "channels": [one.channel_id for one in arrivals],
        "keys": [one.key for one in arrivals],
        "messages": [None if one.message is None else msgspec.json.encode(one.message).decode() for one in arrivals],
        "raws": [one.raw for one in arrivals],
        "files": [one.raw_file for one in arrivals],
        "now": now,
    }
    sql = """
        insert into inbox (channel_id, key, received_at, message, raw, raw_file, state)
        select a.channel_id, a.key, %(now)s, a.message::jsonb, a.raw, a.raw_file,
               case when a.message is null then 'unread' else 'waiting' end
        from unnest(%(channels)s::bigint[], %(keys)s::text[], %(messages)s::text[], %(raws)s::bytea[],
            %(files)s::text[])
            with ordinality as a (channel_id, key, message, raw, raw_file, place)
        order by a.place
        on conflict (channel_id, key) do nothing
        returning id, channel_id, key"""
    made = {(one.channel_id, one.key): one.id for one in await rows(tx, _Stored, sql, params)}
    known = {}
    if len(made) < len(arrivals):
        sql = """
            select i.id, i.channel_id, i.key from unnest(%(channels)s::bigint[], %(keys)s::text[])
                as a (channel_id, key)
            join inbox i on (i.channel_id, i.key) = (a.channel_id, a.key)"""
        params = {"channels": params["channels"], "keys": params["keys"]}
        known = {(one.channel_id, one.key): one.id for one in await rows(tx, _Stored, sql, params)}
    receipts = []
    for one in arrivals:
        place = (one.channel_id, one.key)
        receipts.append(Receipt(made[place], is_new=True) if place in made else Receipt(known[place], is_new=False))
        # The same message twice in one batch: only the first is new.
        known.setdefault(place, receipts[-1].id)
        made.pop(place, None)
    return receipts


class Door:
    """Collects what arrives at the same time into one commit, so that a flood costs few of them.

    There is no timer: while one commit is under way, the next batch gathers. A lone message goes at once.
    """

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._waiting: list[tuple[Arrival, asyncio.Future[Receipt]]] = []
        self._flusher: asyncio.Task[None] | None = None

    async def receive(self, arrival: Arrival) -> Receipt:
        """Put one message down; it is durable when this returns."""
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, future))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            try:
                async with self._database.transaction() as tx:
                    receipts = await receive(tx, [arrival for arrival, _ in batch], now=self._clock.now())
            except Exception as problem:  # noqa: BLE001 – every sender must hear of it, whatever it is
                await self._one_by_one(batch, problem)
                continue
            _answer(batch, receipts)
            self._bus.wake(TOPIC)

    async def _one_by_one(self, batch: list[tuple[Arrival, asyncio.Future[Receipt]]], problem: Exception) -> None:
        """A batch failed: the one that the database refuses must not take the others with it."""
        if len(batch) == 1:
            if not batch[0][1].done():
                batch[0][1].set_exception(problem)
            return
        for arrival, future in batch:
            try:
                async with self._database.transaction() as tx:
                    receipts = await receive(tx, [arrival], now=self._clock.now())
            except Exception as own_problem:  # noqa: BLE001 – as above
                if not future.done():
                    future.set_exception(own_problem)
                continue
            _answer([(arrival, future)], receipts)
        self._bus.wake(TOPIC)


def _answer(batch: list[tuple[Arrival, asyncio.Future[Receipt]]], receipts: list[Receipt]) -> None:
    for (_, future), receipt in zip(batch, receipts, strict=True):
        # A sender who gave up meanwhile will deliver again and meet the unique key.
        if not future.done():
            future.set_result(receipt)
