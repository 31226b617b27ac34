"""Gives passages their vectors beside everything else, and cuts what no event told of."""

import logging
import time
from typing import Final

from ombud.intelligence.embedding.services import Meaning
from ombud.knowledge.retrieval.services import embed_next, index_missed
from ombud.shared.database import Database
from ombud.shared.errors import UpstreamFailed

log = logging.getLogger(__name__)
MISSED_SECONDS: Final = 30.0
# An address that does not answer is left alone for so long.
REST_SECONDS: Final = 60.0


class PassageHand:
    """Works in a worker, one step at a time."""

    def __init__(self, database: Database, meaning: Meaning) -> None:
        self._database, self._meaning = database, meaning
        self._missed_at = 0.0
        self._rests_until = 0.0

    async def step(self) -> int:
        """Do a little of what is to be done; how much that was."""
        done = 0
        if time.monotonic() >= self._missed_at:
            done = await index_missed(self._database)
            self._missed_at = time.monotonic() + (0.0 if done else MISSED_SECONDS)
        return done + await self._embed()

    async def _embed(self) -> int:
        if time.monotonic() < self._rests_until:
            return 0
        async with self._database.transaction() as tx:
            embedder = await self._meaning.embedder(tx)
        try:
            return await embed_next(self._database, embedder) if embedder else 0
        except UpstreamFailed as problem:
            log.warning("Passages wait for their vectors: %s", problem)
            self._rests_until = time.monotonic() + REST_SECONDS
            return 0
