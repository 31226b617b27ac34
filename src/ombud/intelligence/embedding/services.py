"""Which model makes the vectors: the address that an administrator set for it, else the one that comes along."""

import asyncio
import logging
import time
from typing import Final

from msgspec import Struct

from ombud.intelligence.embedding.endpoint import EndpointEmbedder
from ombud.intelligence.embedding.schemas import Embedder
from ombud.intelligence.embedding.shipped import ShippedEmbedder, load_shipped
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, row
from ombud.shared.outbound import Outbound

log = logging.getLogger(__name__)
# A change of the settings is heard of in so long.
LOOK_AGAIN_SECONDS: Final = 5.0
# Work that nobody waits for runs in what the rest of the machine leaves.
BEHIND: Final = 19


class _Endpoint(Struct, frozen=True):
    id: int
    base_url: str
    model: str
    key: bytes | None


class Meaning:
    """The embedder of a process; it is made when it is first asked for.

    ``is_shipped`` False: the model that comes along is left out, where memory is short.
    """

    def __init__(self, outbound: Outbound, key_ring: KeyRing, *, is_shipped: bool = True) -> None:
        self._outbound, self._key_ring, self._is_shipped = outbound, key_ring, is_shipped
        self._niceness = 0
        self._shipped: Embedder | None = None
        self._has_looked = False
        self._endpoint: _Endpoint | None = None
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

    async def close(self) -> None:
        """Close what is open."""
        await self._outbound.close()

    def _choose(self, endpoint: _Endpoint | None) -> None:
        if endpoint == self._endpoint:
            return
        self._endpoint, self._outside = endpoint, None
        if endpoint is not None:
            place = f"model_endpoint.key.{endpoint.id}"
            key = self._key_ring.open(endpoint.key, place=place).decode() if endpoint.key else ""
            self._outside = EndpointEmbedder(self._outbound, base_url=endpoint.base_url, model=endpoint.model, key=key)

    async def _own(self) -> Embedder | None:
        if self._is_shipped and not self._has_looked:
            self._has_looked = True
            model = await asyncio.to_thread(load_shipped)
            self._shipped = ShippedEmbedder(model, niceness=self._niceness) if model else None
        return self._shipped


async def _endpoint(tx: Transaction) -> _Endpoint | None:
    sql = """
        select e.id, e.base_url, e.model, e.key from model_purpose p join model_endpoint e on e.id = p.endpoint_id
        where p.purpose = 'embed' and p.is_on and e.is_on and e.kind = 'embedding' and e.removed_at is null"""
    return await row(tx, _Endpoint, sql)
