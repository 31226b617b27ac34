"""Risk alerts on the demo desk: from its customers' own words, some of them decided."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from ombud.demo.loader import load_demo
from ombud.intelligence.risk.services import find_risks
from ombud.shared.database import Database
from ombud.shared.files import FileStore

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
SHOWN = """
    select a.kind, a.words, a.starts, a.ends, a.state, e.text, e.kind = 'message' and e.direction = 'in',
        a.ticket_id = e.ticket_id
    from risk_alert a join entry e on e.id = a.entry_id"""
SOME = 4_000


def test_demo_desk_shows_alerts_of_its_customers_own_words(database_url: str, tmp_path: Path) -> None:
    asyncio.run(load(database_url, tmp_path))
    with psycopg.connect(database_url) as connection:
        found = connection.execute(SHOWN).fetchall()
    assert len(found) >= 5, found
    for kind, words, starts, ends, _, text, is_of_customer, is_at_home in found:
        assert text[starts:ends] == words
        assert kind in {one.kind for one in find_risks(text)}
        assert (is_of_customer, is_at_home) == (True, True)
    assert {"open", "confirmed"} <= {one[4] for one in found}


async def load(url: str, folder: Path) -> None:
    """Fill the database with a smaller demo desk."""
    database = Database(url)
    await database.open()
    try:
        async with database.transaction() as tx:
            await load_demo(tx, now=NOW, seed=1, keep_file=FileStore(folder).put, tickets=SOME)
    finally:
        await database.close()
