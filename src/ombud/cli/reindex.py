"""``ombud reindex``: make all search words anew, beside the running desk."""

import argparse
import asyncio

from ombud.cli.commands import Commands
from ombud.cli.database import open_database
from ombud.config.settings import Settings
from ombud.shared.database import Database
from ombud.shared.migrations import check_schema
from ombud.tickets.search.filling import FillState, begin_reindex, fill_next, fill_states

LOOK_EVERY_STEPS = 20


def add_commands(commands: Commands) -> None:
    """Add ``reindex``."""
    parser = commands.add_parser("reindex", help="make all search words anew, newest first, beside the running desk")
    parser.add_argument("--progress", action="store_true", help="only say how far the words are")
    parser.set_defaults(run=run_reindex)


def run_reindex(arguments: argparse.Namespace) -> int:
    """Make words anew until all are, or say how far they are."""
    with open_database(Settings.from_env()) as url:
        check_schema(url)
        asyncio.run(_reindex(url, only_look=arguments.progress))
    return 0


async def _reindex(url: str, *, only_look: bool) -> None:
    database = Database(url, max_connections=2)
    await database.open()
    try:
        if not only_look:
            await _begin(database)
            await _work(database)
        _print(await _states(database))
    finally:
        await database.close()


async def _begin(database: Database) -> None:
    async with database.transaction() as tx:
        await begin_reindex(tx)


async def _work(database: Database) -> None:
    """Fill until nothing is left; a worker that runs beside us shares the work."""
    steps = 0
    while not all(one.is_done for one in await _states(database)):
        while await fill_next(database):
            steps += 1
            if steps % LOOK_EVERY_STEPS == 0:
                _print(await _states(database))
        # Another process holds the last batch.
        await asyncio.sleep(0.2)


async def _states(database: Database) -> list[FillState]:
    async with database.transaction() as tx:
        return await fill_states(tx)


def _print(states: list[FillState]) -> None:
    print("  ".join(f"{one.what} {one.share:.0%}" for one in states), flush=True)
