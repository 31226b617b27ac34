"""Looks for personal data in what was written before anybody looked: newest first, a little at a time."""

import asyncio
from collections.abc import Sequence

from msgspec import Struct
from msgspec.json import encode

from ombud.intelligence.personal_data.services import find
from ombud.shared.database import Database, Transaction, row, rows

BATCH = 100
# A mail may be megabytes long: one batch must not keep the processor for long.
MOST_SIGNS = 80_000
LONGEST_LOOK = 100_000


class _Fill(Struct):
    down_to: int | None


class _Text(Struct):
    id: int
    text: str


async def fill_next(database: Database) -> int:
    """Look at the next entries from before; how many, 0 when all are done or another process is at it."""
    async with database.transaction() as tx:
        sql = "select down_to from personal_data_fill where not is_done for update skip locked"
        fill = await row(tx, _Fill, sql)
        return await _fill(tx, fill) if fill else 0


async def _fill(tx: Transaction, fill: _Fill) -> int:
    sql = f"""
        select id, left(text, {LONGEST_LOOK}) as text from entry
        where (%(below)s::bigint is null or id < %(below)s) order by id desc limit {BATCH}"""
    found = await rows(tx, _Text, sql, {"below": fill.down_to})
    looked, signs = [], 0
    for one in found:
        looked.append(one)
        signs += len(one.text)
        if signs >= MOST_SIGNS:
            break
    await _note(tx, looked)
    sql = "update personal_data_fill set down_to = %(down)s, is_done = %(done)s"
    await tx.execute(sql, {"down": looked[-1].id if looked else fill.down_to, "done": not looked})
    return len(looked)


async def look_at(tx: Transaction, entry_ids: Sequence[int]) -> None:
    """Look at some entries that nobody has looked at yet."""
    sql = f"""
        select id, left(text, {LONGEST_LOOK}) as text from entry
        where id = any(%(ids)s::bigint[]) and personal_data is null order by id"""
    if found := await rows(tx, _Text, sql, {"ids": list(entry_ids)}):
        await _note(tx, found)


async def _note(tx: Transaction, looked: Sequence[_Text]) -> None:
    sql = """
        update entry e set personal_data = n.spans::jsonb
        from unnest(%(ids)s::bigint[], %(spans)s::text[]) as n (id, spans)
        where e.id = n.id and e.personal_data is null"""
    # Some ms for each page of text: beside the event loop.
    spans = await asyncio.to_thread(lambda: [encode(find(one.text)).decode() for one in looked])
    await tx.execute(sql, {"ids": [one.id for one in looked], "spans": spans})
