"""The model of meaning for commands: as many threads as the machine has, and a word on what is going on."""

import os
import sys
import time
from collections.abc import Sequence
from typing import Final

from ombud.intelligence.embedding.schemas import Vectors
from ombud.intelligence.embedding.shipped import ShippedModel, load_shipped

MOST_THREADS: Final = 4


def load_meaning() -> ShippedModel | None:
    """The model that comes along; says so where there is none."""
    model = load_shipped(min(os.cpu_count() or 1, MOST_THREADS))
    if model is None:
        print("There is no model of meaning on this machine: by words only", file=sys.stderr)
    return model


def vectors_of(model: ShippedModel | None, texts: Sequence[str]) -> Vectors | None:
    """Vectors of texts that are compared with their like; None without a model."""
    if model is None:
        return None
    started = time.monotonic()
    found = model.queries(texts)
    print(f"{len(texts)} texts embedded in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return found
