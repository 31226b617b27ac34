"""Which model makes the vectors: the address that an administrator set for it, else the one that comes along."""

import asyncio
import logging
import time
from typing import Final

from ombud.intelligence.embedding.endpoint import EndpointEmbedder, Place
from ombud.intelligence.embedding.schemas import Embedder
from ombud.intelligence.embedding.shipped import ShippedEmbedder, load_shipped
from ombud.intelligence.models.services import Models
from ombud.shared.database import Transaction, row

log = logging.getLogger(__name__)
# A change of the settings is heard of in so long.
LOOK_AGAIN_SECONDS: Final = 5.0
# Work that nobody waits for runs in what the rest of the machine leaves.
BEHIND: Final = 19


class Meaning:
    """The embedder of a process; it is made when it is first asked for.

    ``is_shipped`` False: the model that comes along is left out, where memory is short.
    """

    def __init__(self, models: Models, *, is_shipped: bool = True) -> None:
        self._models, self._is_shipped = models, is_shipped
        self._niceness = 0
        self._shipped: Embedder | None = None
        self._has_looked = False
        self._place: Place | None = None
        self._outside: Embedder | None = None
        self._look_at = 0.0

    def step_back(self) -> None:
        """Let everybody else go first: for a process in which nobody waits for an answer."""
        self._niceness = BEHIND

    async def embedder(self, tx: Transaction) -> Embedder | None:
        """The embedder that is to be used now; None where there is none."""
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_AGAIN_SECONDS
            self._choose(await _endpoint(tx))
        return self._outside or await self._own()

    def _choose(self, place: Place | None) -> None:
        if place != self._place:
            self._place = place
            self._outside = EndpointEmbedder(self._models, place) if place is not None else None

    async def _own(self) -> Embedder | None:
        if self._is_shipped and not self._has_looked:
            self._has_looked = True
            model = await asyncio.to_thread(load_shipped)
            self._shipped = ShippedEmbedder(model, niceness=self._niceness) if model else None
        return self._shipped


async def _endpoint(tx: Transaction) -> Place | None:
    sql = """
        select e.id, e.base_url, e.model from model_purpose p join model_endpoint e on e.id = p.endpoint_id
        where p.purpose = 'embed' and p.is_on and e.is_on and e.kind = 'embedding' and e.removed_at is null"""
    return await row(tx, Place, sql)
