"""Plays the days that were asked for, one at a time, each in a process of its own that goes easy on the machine."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.routing.simulation.asking import Claimed
from ombud.routing.simulation.queries import claim_next
from ombud.routing.simulation.rules.replaying import Comparison
from ombud.shared.clock import Clock
from ombud.shared.database import Database, Transaction, value
from ombud.shared.leash import leashed

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-m", "ombud.routing.simulation")
SILENT = timedelta(seconds=60)
BEAT_SECONDS = 5.0
MOST_LINE = 16 * 1024 * 1024
# What is to be done with the result of one, in the transaction that writes it down.
Heir = Callable[[Transaction, int, datetime], Awaitable[None]]


class _Line(Struct):
    done: int | None = None
    comparison: Comparison | None = None


@dataclass(frozen=True)
class SimulationHand:
    """Plays with the parts of this process."""

    database: Database
    clock: Clock
    heirs: Sequence[Heir] = ()

    async def step(self) -> int:
        """Play the next one to its end; how many were played."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            claimed = await claim_next(tx, now=now, silent=now - SILENT)
        if claimed is None:
            return 0
        try:
            await self._play(claimed)
        except Exception:
            log.exception("Simulated day %s failed", claimed.id)
            await self._end(claimed, "failed", None)
        return 1

    async def _play(self, claimed: Claimed) -> None:
        process = await asyncio.create_subprocess_exec(
            *leashed(COMMAND), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=MOST_LINE
        )
        beat = asyncio.create_task(self._beat(claimed.id, process))
        try:
            await self._follow(claimed, process)
        finally:
            beat.cancel()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _follow(self, claimed: Claimed, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            return
        process.stdin.write(msgspec.json.encode(claimed.spec))
        process.stdin.close()
        result: Comparison | None = None
        async for line in process.stdout:
            said = msgspec.json.decode(line, type=_Line)
            result = said.comparison or result
            if said.done is not None:
                await self._note(claimed.id, said.done)
        # One that was stopped says nothing more, and stays stopped.
        await self._end(claimed, "done" if result else "failed", result)

    async def _beat(self, run_id: int, process: asyncio.subprocess.Process) -> None:
        """Say that this process works on it, and end it once somebody has stopped it."""
        while True:
            await asyncio.sleep(BEAT_SECONDS / 5)
            async with self.database.transaction() as tx:
                sql = "update simulation_run set seen_at = %(now)s where id = %(id)s returning state = 'running'"
                is_wanted = await value(tx, bool, sql, {"id": run_id, "now": self.clock.now()})
            if not is_wanted:
                process.kill()
                return

    async def _note(self, run_id: int, done: int) -> None:
        async with self.database.transaction() as tx:
            sql = "update simulation_run set done = %(done)s, seen_at = %(now)s where id = %(id)s"
            await tx.execute(sql, {"id": run_id, "done": done, "now": self.clock.now()})

    async def _end(self, claimed: Claimed, state: str, result: Comparison | None) -> None:
        now = self.clock.now()
        sql = """
            update simulation_run set state = %(state)s, result = %(result)s, finished_at = %(now)s,
                problem = %(problem)s
            where id = %(id)s and state = 'running' returning id"""
        params = {
            "id": claimed.id,
            "state": state,
            "result": Jsonb(msgspec.to_builtins(result)) if result else None,
            "now": now,
            "problem": None if result else "internal_error",
        }
        async with self.database.transaction() as tx:
            if await value(tx, int, sql, params) and result is not None:
                for heir in self.heirs:
                    await heir(tx, claimed.id, now)
