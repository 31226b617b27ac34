"""A library whose passages are found."""

from dataclasses import dataclass

import pytest

from ombud.intelligence.embedding.services import Meaning
from ombud.intelligence.embedding.shipped import load_shipped
from ombud.knowledge.articles.schemas import Reader
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.knowledge.retrieval.queries import find_passages
from ombud.knowledge.retrieval.reactions import PASSAGES
from ombud.knowledge.retrieval.schemas import Ask, Found
from ombud.knowledge.retrieval.services import embed_next
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from tests.knowledge.desk import PUBLIC, Library


@dataclass
class Finder:
    """The index of a process that follows a library."""

    library: Library
    index: PassageIndex

    async def follow(self) -> None:
        """Cut what was published until now, and give it vectors where there is a model."""
        database = self.library.desk.parts.database
        async with database.transaction() as tx:
            await register_reader(tx, PASSAGES)
            await sequence_events(tx, now=self.library.desk.now)
        await read_batch(database, PASSAGES, now=self.library.desk.now)
        async with database.transaction() as tx:
            embedder = await self.index.meaning.embedder(tx)
        while embedder and await embed_next(database, embedder):
            pass

    async def find(self, text: str, reader: Reader = PUBLIC, locale: str | None = None, limit: int = 5) -> list[Found]:
        """What is found for a question."""
        meant = await self.index.meant(self.library.desk.parts.database, text)
        ask = Ask(text=text, reader=reader, locale=locale, limit=limit, meant=meant)
        return await self.library.ask(find_passages, self.index, ask)

    async def titles(self, text: str, **more: object) -> list[str]:
        """Titles of what is found."""
        return [one.title for one in await self.find(text, **more)]  # type: ignore[arg-type]


def finder_of(library: Library, *, is_shipped: bool) -> Finder:
    """A finder by words, or by meaning too."""
    parts = library.desk.parts
    return Finder(library, PassageIndex(Meaning(parts.models, is_shipped=is_shipped)))


@pytest.fixture
def finder(library: Library) -> Finder:
    """By words alone."""
    return finder_of(library, is_shipped=False)


@pytest.fixture
def thinker(library: Library) -> Finder:
    """By meaning, too."""
    if load_shipped() is None:
        pytest.skip("no model of meaning on this machine")
    return finder_of(library, is_shipped=True)
