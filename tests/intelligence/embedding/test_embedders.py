"""Vectors by the model that comes along, and which model is chosen."""

import os
from typing import Any

import numpy as np
import pytest

from ombud.intelligence.embedding.services import Meaning
from ombud.intelligence.embedding.shipped import DIMENSIONS, NAME, ShippedEmbedder, ShippedModel, load_shipped
from tests.desk import Desk

needs_model = pytest.mark.skipif(load_shipped() is None, reason="no model of meaning on this machine")


@needs_model
async def test_shipped_vectors_are_near_what_means_the_same() -> None:
    model = load_shipped()
    assert model is not None
    embedder = ShippedEmbedder(model)
    passages = await embedder.passages(["签收后七天内可以退货", "发票在发货后开具", "The filter lasts six months"])
    query = await embedder.query("Can I return it within a week?")
    assert passages.shape == (3, DIMENSIONS)
    assert int((passages @ query).argmax()) == 0
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-3)


class Engine:
    """In place of the model: notes how far the thread that asks it steps back."""

    def __init__(self) -> None:
        self.niceness: list[int] = []

    def encode(self, texts: list[str], *, is_query: bool) -> Any:
        assert is_query
        self.niceness.append(os.getpriority(os.PRIO_PROCESS, 0))
        return np.zeros((len(texts), DIMENSIONS))


async def test_shipped_model_of_a_process_that_steps_back_leaves_the_others_their_time() -> None:
    engine, before = Engine(), os.getpriority(os.PRIO_PROCESS, 0)
    await ShippedEmbedder(ShippedModel(engine)).query("退货")
    await ShippedEmbedder(ShippedModel(engine), niceness=19).query("退货")
    assert engine.niceness == [before, 19]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


@needs_model
async def test_shipped_query_asked_twice_is_the_same() -> None:
    model = load_shipped()
    assert model is not None
    embedder = ShippedEmbedder(model)
    assert await embedder.query("退货") is await embedder.query("退货")


@needs_model
@pytest.mark.parametrize("text", ["", "\0", "\ud800", "x" * 50_000])
async def test_shipped_model_stands_any_text(text: str) -> None:
    model = load_shipped()
    assert model is not None
    assert np.isfinite(model.queries([text, "hello"])).all()


@needs_model
def test_shipped_batch_of_many_lengths_keeps_its_order() -> None:
    model = load_shipped()
    assert model is not None
    texts = ["long " * 30, "a", "退货政策是什么", "b c"]
    together = model.passages(texts)
    alone = np.concatenate([model.passages([text]) for text in texts])
    assert together == pytest.approx(alone, abs=2e-2)


async def test_meaning_without_a_model_is_none(desk: Desk) -> None:
    meaning = Meaning(desk.parts.models, is_shipped=False)
    async with desk.parts.database.transaction() as tx:
        assert await meaning.embedder(tx) is None


async def test_meaning_by_an_address_that_somebody_set_goes_first(desk: Desk) -> None:
    sealed = desk.parts.key_ring.seal(b"secret", place="model_endpoint.key.1")
    sql = """
        insert into model_endpoint (id, name, base_url, key, model, kind, created_at)
        overriding system value values (1, 'E', 'https://e.example/v1', %(key)s, 'bge', 'embedding', %(now)s)"""
    await desk.run(sql, key=sealed, now=desk.now)
    await desk.run("insert into model_purpose (purpose, endpoint_id, is_on) values ('embed', 1, true)")
    meaning = Meaning(desk.parts.models)
    async with desk.parts.database.transaction() as tx:
        embedder = await meaning.embedder(tx)
    assert embedder is not None
    assert (embedder.name == NAME, "bge" in embedder.name) == (False, True)
