"""The parts that every process of an installation has: database, bus, clock, keys, files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ombud.assistance.answering.services import Knowing, ModelWorder
from ombud.config.settings import Settings
from ombud.intelligence.embedding.services import Meaning
from ombud.intelligence.models.services import Models
from ombud.knowledge.retrieval.services import PassageIndex
from ombud.shared.bus import Bus
from ombud.shared.carriers import NatsCarrier, NotifyCarrier
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database
from ombud.shared.files import FileStore
from ombud.shared.outbound import Guard, Outbound
from ombud.tickets.services.intake.door import Door


@dataclass(frozen=True)
class Parts:
    """What is handed down to the rooms."""

    settings: Settings
    clock: Clock
    database: Database
    bus: Bus
    key_ring: KeyRing
    files: FileStore
    door: Door
    outbound: Outbound
    models: Models
    passages: PassageIndex

    @classmethod
    def build(cls, settings: Settings, *, max_connections: int = 20) -> "Parts":
        """Put the parts together; nothing connects yet."""
        clock = Clock()
        database = Database(settings.database_url, max_connections=max_connections)
        bus = Bus(NatsCarrier(settings.bus_url, database) if settings.bus_url else NotifyCarrier(database))
        key_ring = KeyRing.load(settings.data / "key", text=settings.key)
        models = Models(database, key_ring, clock, Guard(settings.model_networks, setting="OMBUD_MODELS_ALLOW"))
        return cls(
            settings=settings,
            clock=clock,
            database=database,
            bus=bus,
            key_ring=key_ring,
            files=FileStore(settings.data / "files"),
            door=Door(database, bus, clock),
            outbound=Outbound(Guard(settings.outbound_networks)),
            models=models,
            passages=PassageIndex(Meaning(models, is_shipped=settings.meaning)),
        )

    @property
    def knowing(self) -> Knowing:
        """What simple questions are answered from."""
        return Knowing(self.passages, ModelWorder(self.models))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connected while inside."""
        await self.database.open()
        await self.bus.start()
        try:
            yield
        finally:
            await self.bus.stop()
            await self.outbound.close()
            await self.models.close()
            await self.database.close()
