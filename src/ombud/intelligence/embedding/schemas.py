"""What embeds texts, whoever does it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# One row a text, of length one: a product of two rows is their likeness.
Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Makes vectors of texts. ``name`` tells whose they are: those of two names cannot be compared."""

    @property
    def name(self) -> str:
        """Model and make."""

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is to be found.

        Raises:
            UpstreamFailed: the address does not answer as it should.
        """

    async def query(self, text: str) -> Vectors:
        """The vector of a question, in one dimension.

        Raises:
            UpstreamFailed: the address does not answer as it should.
        """


def packed(vectors: Vectors) -> list[bytes]:
    """Each row in half precision, as it is kept."""
    return [row.astype(np.float16).tobytes() for row in vectors]


def unpacked(rows: Sequence[bytes]) -> Vectors:
    """Kept rows of one model as they are compared."""
    return np.frombuffer(b"".join(rows), dtype=np.float16).reshape(len(rows), -1).astype(np.float32)


def of_length_one(vectors: Vectors) -> Vectors:
    """Each row scaled to length one; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled
