"""Nobody holds a connection while somebody else's machine thinks about what a question means."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import numpy as np
import pytest

from ombud.assistance.answering.services.finding import Knowing
from ombud.assistance.answering.services.proposing import propose
from ombud.intelligence.embedding.schemas import Embedder, Vectors
from ombud.intelligence.embedding.services import Meaning
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.knowledge.retrieval.queries import find_passages
from ombud.knowledge.retrieval.schemas import Ask, Meant
from ombud.knowledge.retrieval.services import index_missed
from ombud.portal.help_centre.searching import find_hits
from ombud.shared.database import Database, Transaction, value
from ombud.shared.errors import UpstreamFailed
from tests.desk import START
from tests.knowledge.desk import PUBLIC, Library

SECONDS = 10.0


class Slow:
    """A machine elsewhere that answers when the one connection of the pool is free, or never."""

    name = "slow"

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked: list[str] = []

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """The same for all."""
        return np.tile(await self.query(""), (len(texts), 1))

    async def query(self, text: str) -> Vectors:
        """As long as somebody holds the connection, nothing comes."""
        self.asked.append(text)
        async with asyncio.timeout(SECONDS), self._database.transaction() as tx:
            await value(tx, int, "select 1")
        return np.array([1.0, 0.0], dtype=np.float32)


class Elsewhere(Meaning):
    """A process whose model is elsewhere."""

    def __init__(self, library: Library, embedder: Embedder) -> None:
        super().__init__(library.desk.parts.models, is_shipped=False)
        self.model = embedder

    async def embedder(self, tx: Transaction) -> Embedder:
        """The one model."""
        del tx
        return self.model


class One:
    """One connection, one slow machine, one index."""

    def __init__(self, database: Database, slow: Slow, index: PassageIndex) -> None:
        self.database, self.slow, self.index = database, slow, index


@pytest.fixture
async def one(library: Library) -> AsyncIterator[One]:
    """A pool of one connection, and passages to be found."""
    await library.make("Returns", "<p>You may send it back within seven days.</p>")
    await index_missed(library.desk.parts.database)
    database = Database(library.desk.parts.settings.database_url, max_connections=1)
    await database.open()
    slow = Slow(database)
    yield One(database, slow, PassageIndex(Elsewhere(library, slow)))
    await database.close()


async def test_meant_holds_no_connection_while_it_is_asked(one: One) -> None:
    meant = await one.index.meant(one.database, "send it back")
    assert meant is not None
    assert (meant.made_by, one.slow.asked) == ("slow", ["send it back"])


async def test_find_passages_asks_no_model_itself(one: One) -> None:
    meant = await one.index.meant(one.database, "send it back")
    async with one.database.transaction() as tx:
        found = await find_passages(tx, one.index, Ask(text="send it back", reader=PUBLIC, meant=meant))
    assert [hit.title for hit in found] == ["Returns"]
    assert len(one.slow.asked) == 1


async def test_search_of_the_help_centre_holds_no_connection_while_the_model_thinks(one: One) -> None:
    found = await find_hits(one.database, one.index, "send it back", PUBLIC, "en", limit=3)
    assert [hit.title for hit in found] == ["Returns"]


async def test_proposal_holds_no_connection_while_the_model_thinks(one: One) -> None:
    async with one.database.transaction() as tx:
        await tx.execute("insert into answer_rule (place, is_on, threshold) values ('help_centre', true, 0.01)")
    answer = await propose(
        one.database,
        Knowing(one.index),
        "Can I send it back within seven days?",
        "help_centre",
        PUBLIC,
        now=START,
    )
    assert answer is not None
    assert answer.title == "Returns"
    assert one.slow.asked == ["Can I send it back within seven days?"]


async def test_meant_of_nothing_and_of_a_silent_model_is_none(one: One, library: Library) -> None:
    class Silent(Slow):
        async def query(self, text: str) -> Vectors:
            raise UpstreamFailed(text)

    assert await one.index.meant(one.database, "  ") is None
    silent = PassageIndex(Elsewhere(library, Silent(one.database)))
    assert await silent.meant(one.database, "send it back") is None
    async with one.database.transaction() as tx:
        found = await find_passages(tx, silent, Ask(text="send it back", reader=PUBLIC))
    assert [hit.title for hit in found] == ["Returns"]


async def test_vector_of_another_model_is_not_compared(one: One) -> None:
    other = Meant(np.ones(384, dtype=np.float32), "another")
    async with one.database.transaction() as tx:
        found = await find_passages(tx, one.index, Ask(text="send it back", reader=PUBLIC, meant=other))
    assert [hit.title for hit in found] == ["Returns"]
    assert one.index.vector_of(other) is None
