"""Embeddings by an address that speaks OpenAI's language; the guard of outgoing requests looks at where it leads."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from ombud.intelligence.embedding.schemas import Vectors, of_length_one
from ombud.shared.errors import UpstreamFailed
from ombud.shared.outbound import Limits, Outbound

LIMITS: Final = Limits(seconds=20.0, body_bytes=16 * 1024 * 1024)
BATCH: Final = 32
LONGEST_TEXT: Final = 6_000
OK: Final = 200


class EmbeddingFailed(UpstreamFailed):
    """The address for embeddings did not answer as it should. Look at its settings; words are searched meanwhile."""

    code = "embedding_failed"


class _Item(Struct):
    index: int
    embedding: list[float]


class _Answer(Struct):
    data: list[_Item]


class EndpointEmbedder:
    """Asks an address for each vector."""

    def __init__(self, outbound: Outbound, *, base_url: str, model: str, key: str) -> None:
        self.name = f"endpoint:{base_url}:{model}"
        self._outbound, self._model = outbound, model
        self._url = base_url.rstrip("/") + "/embeddings"
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is to be found."""
        parts = [await self._ask(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, 0), dtype=np.float32)

    async def query(self, text: str) -> Vectors:
        """The vector of a question."""
        found: Vectors = (await self._ask([text]))[0]
        return found

    async def _ask(self, texts: Sequence[str]) -> Vectors:
        asked = {"model": self._model, "input": [text[:LONGEST_TEXT] or " " for text in texts]}
        body = msgspec.json.encode(asked)
        answer = await self._outbound.request("POST", self._url, headers=self._headers, body=body, limits=LIMITS)
        if answer.status != OK or answer.is_cut:
            raise EmbeddingFailed(f"The address for embeddings answered {answer.status}.")
        try:
            items = sorted(msgspec.json.decode(answer.body, type=_Answer).data, key=lambda one: one.index)
            vectors = np.array([one.embedding for one in items], dtype=np.float32)
        except (msgspec.MsgspecError, ValueError) as problem:
            raise EmbeddingFailed(f"The address for embeddings answered something else: {problem}") from problem
        if len(vectors) != len(texts) or vectors.ndim != 2 or not np.isfinite(vectors).all():  # noqa: PLR2004
            raise EmbeddingFailed("The address for embeddings answered another number of vectors.")
        return of_length_one(vectors)
