"""A desk whose tickets are looked at."""

from dataclasses import dataclass
from typing import Any

import pytest

from ombud.assistance.classification.jobs import Classifier
from ombud.assistance.classification.queries import KeptLabel, list_labels
from ombud.assistance.classification.reactions import CLASSIFICATION
from ombud.assistance.classification.schemas import Aspect, AspectSettingIn
from ombud.assistance.classification.services.labels import decide_label
from ombud.assistance.classification.services.settings import change_setting
from ombud.intelligence.embedding.services import Meaning
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from tests.desk import Desk


@dataclass
class Sorter:
    """What looks at the tickets of a desk, and short ways around it."""

    desk: Desk
    classifier: Classifier
    lead: Actor

    async def follow(self) -> None:
        """Let the reader hear what happened, then look at all that waits."""
        database = self.desk.parts.database
        async with database.transaction() as tx:
            await sequence_events(tx, now=self.desk.now)
        await read_batch(database, CLASSIFICATION, now=self.desk.now)
        while await self.classifier.step():
            pass

    async def labels(self, ticket_id: int) -> dict[str, KeptLabel]:
        """A ticket's labels by aspect."""
        async with self.desk.parts.database.transaction() as tx:
            return {one.aspect: one for one in await list_labels(tx, ticket_id)}

    async def decide(self, ticket_id: int, aspect: Aspect, label: str) -> None:
        """A person's word."""
        async with self.desk.parts.database.transaction() as tx:
            await decide_label(tx, ticket_id, aspect, label, by=self.lead, now=self.desk.now)

    async def set(self, aspect: Aspect, **more: Any) -> None:
        """How an aspect is looked at."""
        data = AspectSettingIn(**{"is_on": True, "threshold": 0.5, **more})
        async with self.desk.parts.database.transaction() as tx:
            await change_setting(tx, aspect, data, by=self.lead, now=self.desk.now)

    async def type_of(self, name_en: str, name_zh: str) -> int:
        """A type of tickets."""
        sql = """
            insert into ticket_type (name_en, name_zh, created_at)
            values (%(en)s, %(zh)s, %(now)s) returning id"""
        return int(await self.desk.sql(sql, en=name_en, zh=name_zh, now=self.desk.now))


async def sorter_on(desk: Desk, *, is_shipped: bool) -> Sorter:
    """By words alone, or by meaning too."""
    parts = desk.parts
    index = PassageIndex(Meaning(parts.models, is_shipped=is_shipped))
    async with parts.database.transaction() as tx:
        await register_reader(tx, CLASSIFICATION)
    lead = await desk.person("Lin", role="supervisor", everywhere=True)
    return Sorter(desk, Classifier(parts.database, parts.clock, index), lead)


@pytest.fixture
async def sorter(desk: Desk) -> Sorter:
    """By words alone."""
    return await sorter_on(desk, is_shipped=False)
