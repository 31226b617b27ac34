"""Vectors by an address: asked like every model, so that nothing personal leaves, and all of it is counted and kept."""

import json
from typing import Any

import pytest

from ombud.intelligence.embedding.endpoint import EmbeddingFailed, EndpointEmbedder, Place
from ombud.intelligence.embedding.services import Meaning
from ombud.intelligence.models import endpoints
from ombud.intelligence.models.queries import list_endpoints
from ombud.intelligence.models.schemas import ModelEndpoint, ModelEndpointChange
from ombud.shared.errors import UpstreamFailed
from tests.intelligence.models.asked import ADMIN, KEYS, Asked
from tests.modelserver import ModelServer, Say

PERSONAL = "王小明的手机是13800138000，邮箱 rosa@shop.example"


async def embedder_on(asked: Asked, **more: Any) -> EndpointEmbedder:
    """The embedder that a process chooses where an administrator set an address."""
    endpoint = await asked.endpoint(kind="embedding", **more)
    await asked.purpose(endpoint.id, "embed")
    found = EndpointEmbedder(asked.models, Place(endpoint.id, endpoint.base_url, endpoint.model))
    async with asked.models.database.transaction() as tx:
        chosen = await Meaning(asked.models, is_shipped=False).embedder(tx)
    assert chosen is not None
    assert chosen.name == found.name
    return found


async def only(asked: Asked) -> ModelEndpoint:
    """The one endpoint that there is."""
    async with asked.models.database.transaction() as tx:
        [found] = await list_endpoints(tx)
    return found


async def change(asked: Asked, endpoint_id: int, **fields: Any) -> None:
    """Change an endpoint as the settings do."""
    async with asked.models.database.transaction() as tx:
        wanted = ModelEndpointChange(**fields)
        await endpoints.change_endpoint(
            tx, endpoint_id, wanted, keys=KEYS, guard=asked.models.guard, by=ADMIN, now=asked.now
        )


def vectors(*rows: list[float]) -> Say:
    """An answer of an address for embeddings, its rows in the wrong order."""
    data = [{"object": "embedding", "index": at, "embedding": one} for at, one in enumerate(rows)][::-1]
    usage = {"prompt_tokens": 7, "total_tokens": 7}
    return Say(raw=json.dumps({"object": "list", "data": data, "model": "m", "usage": usage}).encode())


async def test_vectors_come_in_the_order_of_the_texts_and_of_length_one(asked: Asked, server: ModelServer) -> None:
    embedder = await embedder_on(asked)
    server.say(vectors([3, 0], [0, 2]))
    assert (await embedder.passages(["a", "b"])).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("many", [False, True])
async def test_personal_data_never_leaves(asked: Asked, server: ModelServer, many: bool) -> None:
    embedder = await embedder_on(asked)
    await (embedder.passages([PERSONAL, "b"]) if many else embedder.query(PERSONAL))
    assert "13800138000" not in server.sent()
    assert "rosa@shop" not in server.sent()
    assert "王小明" not in server.sent()
    assert "[PHONE_1]" in server.sent()
    kept = await asked.exchange()
    assert kept.hidden == 3
    assert "13800138000" not in json.dumps(kept.request, ensure_ascii=False)


async def test_question_is_kept_whole_for_the_auditor(asked: Asked) -> None:
    embedder = await embedder_on(asked)
    await embedder.query("How do I return it?")
    kept = await asked.exchange()
    assert (kept.purpose, kept.state, kept.request[0]["content"]) == ("embed", "answered", "How do I return it?")
    assert kept.tokens_in == 1
    assert len(kept.attempts) == 1


async def test_passages_in_bulk_leave_a_short_record(asked: Asked) -> None:
    embedder = await embedder_on(asked)
    await embedder.passages(["secret recipe"] * 40)
    assert await asked.count() == 2
    kept = await asked.exchange()
    assert kept.request == [{"role": "user", "content": "8 texts, 104 characters"}]
    assert "secret" not in json.dumps(kept.request) + kept.answer


async def test_same_question_is_asked_once(asked: Asked, server: ModelServer) -> None:
    embedder = await embedder_on(asked)
    first = await embedder.query("return")
    assert await embedder.query("return") is first
    await embedder.query("refund")
    assert len(server.got) == 2


async def test_budget_of_the_day_holds_for_vectors_too(asked: Asked, server: ModelServer) -> None:
    embedder = await embedder_on(asked)
    endpoint = await only(asked)
    await asked.purpose(endpoint.id, "embed", tokens_a_day=30)
    with pytest.raises(EmbeddingFailed, match="over_budget"):
        await embedder.passages(["word " * 100])
    assert server.got == []
    await embedder.query("short")
    assert await asked.spent("embed") == 1


async def test_purpose_that_is_switched_off_is_asked_nothing_more(asked: Asked, server: ModelServer) -> None:
    embedder = await embedder_on(asked)
    endpoint = await only(asked)
    await asked.purpose(endpoint.id, "embed", is_on=False)
    with pytest.raises(EmbeddingFailed, match="off"):
        await embedder.query("return")
    assert server.got == []
    async with asked.models.database.transaction() as tx:
        assert await Meaning(asked.models, is_shipped=False).embedder(tx) is None


async def test_vectors_of_another_model_are_not_taken_for_the_chosen_ones(asked: Asked, server: ModelServer) -> None:
    embedder = await embedder_on(asked)
    endpoint = await only(asked)
    await change(asked, endpoint.id, model="larger")
    with pytest.raises(EmbeddingFailed, match="Another endpoint"):
        await embedder.query("return")
    assert server.got == []
    assert await asked.spent("embed") == 0
    # nobody blames the endpoint
    assert (await asked.state(endpoint.id)).failures == 0


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Say(raw=b'{"data": []}'), "failed"),
        (Say(raw=b'{"oops": 1}'), "failed"),
        (Say(raw=b"not json"), "failed"),
        (vectors([1, 2], [3]), "failed"),
        (Say(status=500, text="broken"), "failed"),
        (Say(status=429, text="slow down", headers={"Retry-After": "9"}), "limited"),
    ],
    ids=["none", "other", "no json", "lengths", "500", "429"],
)
async def test_address_that_answers_nonsense_is_told_and_kept(
    asked: Asked, server: ModelServer, said: Say, problem: str
) -> None:
    embedder = await embedder_on(asked)
    server.say(said)
    with pytest.raises(UpstreamFailed, match=problem):
        await embedder.query("a")
    kept = await asked.exchange()
    assert (kept.state, kept.problem) == ("failed", problem)


async def test_numbers_that_are_none_are_refused(asked: Asked, server: ModelServer) -> None:
    embedder = await embedder_on(asked)
    server.say(Say(raw=vectors([1.0, 2.0]).raw.replace(b"2.0", b"1e999")))  # type: ignore[union-attr]
    with pytest.raises(EmbeddingFailed):
        await embedder.query("a")


async def test_wrong_key_rests_the_endpoint_and_is_not_shown(asked: Asked, server: ModelServer) -> None:
    server.key = "sk-right"
    embedder = await embedder_on(asked, key="sk-wrongwrong1")
    for _ in range(2):
        with pytest.raises(EmbeddingFailed) as failed:
            await embedder.query("a")
        assert "sk-wrongwrong1" not in str(failed.value)
    # the second was not sent
    assert len(server.got) == 1
    endpoint = await only(asked)
    assert endpoint.problem == "wrong_key"
    assert endpoint.resting_until is not None


async def test_address_inside_is_refused_by_the_guard(asked: Asked) -> None:
    embedder = await embedder_on(asked)
    asked.models.guard._allow = ()
    with pytest.raises(EmbeddingFailed, match="wrong_address"):
        await embedder.query("a")
