"""The worker's hand for passages, and processes that search while it works: each finds what is published."""

from collections.abc import Sequence

import numpy as np
import pytest

from ombud.intelligence.embedding.schemas import Embedder, Vectors
from ombud.intelligence.embedding.services import Meaning
from ombud.knowledge.articles.services import archive, publish
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.knowledge.retrieval.jobs import PassageHand
from ombud.knowledge.retrieval.queries import find_passages
from ombud.knowledge.retrieval.schemas import Ask
from ombud.knowledge.retrieval.services import count_passages, embed_next
from ombud.shared.database import Transaction
from ombud.shared.errors import UpstreamFailed
from tests.knowledge.desk import PUBLIC, Library

TEXT = "<p>You may send it back within seven days.</p>"


class Model:
    """A model of two dimensions: what speaks of sending back lies in the first."""

    def __init__(self, name: str = "one") -> None:
        self.name = name
        self.is_down = False
        self.asked = 0

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        if self.is_down:
            raise UpstreamFailed("down")
        self.asked += len(texts)
        return np.array([[1, 0] if "send" in one else [0, 1] for one in texts], dtype=np.float32)

    async def query(self, text: str) -> Vectors:
        """The same for a question."""
        found: Vectors = (await self.passages([text]))[0]
        return found


class Chosen(Meaning):
    """A process that uses such a model, and perhaps another one later."""

    def __init__(self, library: Library, model: Model | None) -> None:
        super().__init__(library.desk.parts.models, is_shipped=False)
        self.model = model

    async def embedder(self, tx: Transaction) -> Embedder | None:
        """The present one."""
        del tx
        return self.model


async def found(library: Library, index: PassageIndex, text: str = "send back") -> list[str]:
    """Titles of what a process finds."""
    database = library.desk.parts.database
    meant = await index.meant(database, text)
    async with database.transaction() as tx:
        hits = await find_passages(tx, index, Ask(text=text, reader=PUBLIC, meant=meant))
    return [one.title for one in hits]


async def bare(library: Library) -> int:
    """Passages that wait for a vector."""
    async with library.desk.parts.database.transaction() as tx:
        return (await count_passages(tx)).without_vector


async def test_step_cuts_what_was_missed_and_gives_it_vectors(library: Library) -> None:
    await library.make("Returns", TEXT)
    hand = PassageHand(library.desk.parts.database, Chosen(library, Model()))
    # the language, what it says, and the title as a question
    assert await hand.step() == 3
    assert await hand.step() == 0
    assert await bare(library) == 0


async def test_step_without_a_model_cuts_and_rests(library: Library) -> None:
    await library.make("Returns", TEXT)
    hand = PassageHand(library.desk.parts.database, Chosen(library, None))
    assert [await hand.step(), await hand.step()] == [1, 0]
    assert await bare(library) == 2


async def test_model_that_does_not_answer_is_left_alone_for_a_while_and_words_go_on(library: Library) -> None:
    await library.make("Returns", TEXT)
    model = Model()
    model.is_down = True
    hand = PassageHand(library.desk.parts.database, Chosen(library, model))
    assert await hand.step() == 1
    model.is_down = False
    # it rests: nobody is asked again at once
    assert await hand.step() == 0
    assert (model.asked, await bare(library)) == (0, 2)
    assert await found(library, PassageIndex(Chosen(library, None))) == ["Returns"]


async def test_other_model_makes_all_vectors_anew(library: Library) -> None:
    await library.make("Returns", TEXT)
    database = library.desk.parts.database
    await PassageHand(database, Chosen(library, Model("one"))).step()
    other = Model("two")
    assert await PassageHand(database, Chosen(library, other)).step() == 2
    assert other.asked == 2
    assert await library.desk.sql("select array_agg(distinct embedded_by) from passage") == ["two"]
    assert await embed_next(database, other) == 0


async def test_process_that_changes_its_model_goes_on_by_words_until_vectors_are_there(library: Library) -> None:
    await library.make("Returns", TEXT)
    database = library.desk.parts.database
    chosen = Chosen(library, Model("one"))
    index = PassageIndex(chosen)
    await PassageHand(database, chosen).step()
    assert await found(library, index) == ["Returns"]
    chosen.model = Model("two")
    assert await found(library, index) == ["Returns"]
    await PassageHand(database, chosen).step()
    assert await found(library, index, "give it away: send") == ["Returns"]


async def test_two_processes_see_a_new_article_and_one_that_is_gone(library: Library) -> None:
    first = await library.make("Returns", TEXT)
    database = library.desk.parts.database
    indexes = [PassageIndex(Chosen(library, None)) for _ in range(2)]
    hand = PassageHand(database, Chosen(library, None))
    await hand.step()
    assert [await found(library, one) for one in indexes] == [["Returns"]] * 2
    await library.make("Exchange", "<p>Send it back and get another.</p>")
    await PassageHand(database, Chosen(library, None)).step()
    assert [sorted(await found(library, one)) for one in indexes] == [["Exchange", "Returns"]] * 2
    await library.do(archive, first)
    # gone at once, before anything was cut anew
    assert [await found(library, one) for one in indexes] == [["Exchange"]] * 2


@pytest.mark.parametrize("limit", [0, -1])
async def test_nothing_is_wanted_and_nothing_found(library: Library, limit: int) -> None:
    await library.make("Returns", TEXT)
    index = PassageIndex(Chosen(library, None))
    await PassageHand(library.desk.parts.database, Chosen(library, None)).step()
    async with library.desk.parts.database.transaction() as tx:
        assert await find_passages(tx, index, Ask(text="send back", reader=PUBLIC, limit=limit)) == []


async def test_article_in_two_languages_is_found_once_in_the_askers(library: Library) -> None:
    made = await library.make("Returns", TEXT)
    await library.translate(made, "退货", body="<p>您可以在七天内退货（send back）。</p>")
    database = library.desk.parts.database
    hand = PassageHand(database, Chosen(library, Model()))
    while await hand.step():
        pass
    index = PassageIndex(Chosen(library, Model()))
    for locale, title in (("en", "Returns"), ("zh-CN", "退货")):
        meant = await index.meant(database, "send back")
        async with database.transaction() as tx:
            ask = Ask(text="send back", locale=locale, reader=PUBLIC, meant=meant)
            assert [one.title for one in await find_passages(tx, index, ask)] == [title]


async def test_new_words_of_an_article_lose_the_old_ones(library: Library) -> None:
    made = await library.make("Returns", TEXT)
    database = library.desk.parts.database
    index = PassageIndex(Chosen(library, None))
    await PassageHand(database, Chosen(library, None)).step()
    await library.write(made, "Returns", "<p>Nothing is taken any more.</p>")
    await library.do(publish, made, "en")
    # the old passage names a version that is read no more
    assert await found(library, index, "within seven days") == []
    await PassageHand(database, Chosen(library, None)).step()
    assert await found(library, index, "taken any more") == ["Returns"]
