"""A head as bytes: numbers and names only, so that reading one can never run anything."""

import io
import json
from typing import Any, Final

import numpy as np

from ombud.intelligence.classification.features import Columns
from ombud.intelligence.classification.heads import Head

FORM: Final = 1


class UnknownForm(ValueError):
    """The bytes were written by another version of the product. Learn the head anew."""


def packed_head(head: Head) -> bytes:
    """A head as it is kept; weights in half precision."""
    said = {"form": FORM, "labels": head.labels, "steepness": head.steepness, "floor": head.floor}
    parts = {"worth": head.columns.worth, "words": head.words, "bias": head.bias}
    if head.mean is not None and head.meaning is not None:
        parts |= {"mean": head.mean, "meaning": head.meaning}
    halves = {name: part.astype(np.float16) for name, part in parts.items()}
    buffer = io.BytesIO()
    names: dict[str, Any] = {"said": np.frombuffer(json.dumps(said).encode(), np.uint8), **halves}
    np.savez_compressed(buffer, **names)
    return buffer.getvalue()


def unpacked_head(kept: bytes) -> Head:
    """A head as it was kept.

    Raises:
        UnknownForm: it is none of ours.
    """
    with np.load(io.BytesIO(kept), allow_pickle=False) as parts:
        said = json.loads(parts["said"].tobytes())
        if said["form"] != FORM:
            raise UnknownForm
        read = {name: parts[name].astype(np.float32) for name in parts.files if name != "said"}
    return Head(
        labels=said["labels"],
        columns=Columns(len(read["worth"]), read["worth"]),
        words=read["words"],
        bias=read["bias"],
        mean=read.get("mean"),
        meaning=read.get("meaning"),
        steepness=said["steepness"],
        floor=said["floor"],
    )
