"""Embeddings by an address that speaks OpenAI's language, asked as every model is: hidden, counted, kept, switched."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from ombud.intelligence.embedding.schemas import Vectors, of_length_one
from ombud.intelligence.models.schemas import Target
from ombud.intelligence.models.services import Models, embed
from ombud.shared.errors import UpstreamFailed

BATCH: Final = 32
LONGEST_TEXT: Final = 6_000
KEPT_QUERIES: Final = 512


class EmbeddingFailed(UpstreamFailed):
    """No vectors came from the address for embeddings. Look at its settings; words are searched meanwhile."""

    code = "embedding_failed"


class Place(Struct, frozen=True):
    """The endpoint that an administrator chose for vectors."""

    id: int
    base_url: str
    model: str


class EndpointEmbedder:
    """Asks an address for vectors, through the room of models; questions that came before are remembered."""

    def __init__(self, models: Models, place: Place) -> None:
        self.name = f"endpoint:{place.base_url}:{place.model}"
        self._models, self._place = models, place
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is to be found; the log of exchanges keeps how much was sent."""
        parts = [await self._ask(texts[start : start + BATCH], is_bulk=True) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, 0), dtype=np.float32)

    async def query(self, text: str) -> Vectors:
        """The vector of a question."""
        if (known := self._known.get(text)) is not None:
            self._known.move_to_end(text)
            return known
        found: Vectors = (await self._ask([text], is_bulk=False))[0]
        self._known[text] = found
        if len(self._known) > KEPT_QUERIES:
            self._known.popitem(last=False)
        return found

    async def _ask(self, texts: Sequence[str], *, is_bulk: bool) -> Vectors:
        cut = [text[:LONGEST_TEXT] or " " for text in texts]
        outcome = await embed(self._models, cut, is_bulk=is_bulk, fits=self._is_it)
        if outcome.value is None:
            raise EmbeddingFailed(f"The address for embeddings gave no vectors: {outcome.problem} {outcome.detail}")
        vectors = np.array(outcome.value, dtype=np.float32)
        if not np.isfinite(vectors).all():
            raise EmbeddingFailed("The address for embeddings gave numbers that are none.")
        return of_length_one(vectors)

    def _is_it(self, target: Target) -> bool:
        return Place(target.id, target.base_url, target.model) == self._place
