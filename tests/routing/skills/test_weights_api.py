"""Weights of the priority score over the API."""

from typing import Any

import msgspec
import pytest

from ombud.routing.engine.schemas import Weights
from tests.accounts.desk import Browser
from tests.routing.skills.conftest import Bench

SHIPPED = msgspec.to_builtins(Weights())


async def test_weights_are_those_that_ship_until_somebody_sets_others(bench: Bench, agent: Browser) -> None:
    first = (await agent.get("/score-weights")).json()
    assert (first["id"], first["weights"]) == (0, SHIPPED)
    made = await bench.chief.put("/score-weights", {"weights": SHIPPED | {"customer": 5}, "read_id": 0})
    assert (made.json()["weights"]["customer"], made.json()["by_name"]) == (5, "Wu")
    same = await bench.chief.put("/score-weights", {"weights": SHIPPED | {"customer": 5}, "read_id": made.json()["id"]})
    assert same.json()["id"] == made.json()["id"]
    assert [one.data["fields"] for one in await bench.desk.events("score_weights_changed")] == [["customer"]]


async def test_the_second_editor_of_weights_is_told(bench: Bench) -> None:
    await bench.chief.put("/score-weights", {"weights": SHIPPED | {"risk": 5}, "read_id": 0})
    late = await bench.chief.put("/score-weights", {"weights": SHIPPED | {"risk": 9}, "read_id": 0})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")


@pytest.mark.parametrize(
    "bad",
    [
        {"urgency": -1},
        {"customer": 1_000_000},
        {"ageing": 11},
        {"deadline_minutes": 0},
        {"people_at_most": 0},
        {"money_at_most_cents": 0},
        {"tiers": {"VIP": 2}},
    ],
)
async def test_weights_out_of_range_are_refused_by_name(bench: Bench, bad: dict[str, Any]) -> None:
    answer = await bench.chief.put("/score-weights", {"weights": SHIPPED | bad, "read_id": 0})
    assert (answer.status_code, answer.json()["fields"]) == (400, {next(iter(bad)): "out_of_range"})


async def test_an_agent_sets_no_weights(agent: Browser) -> None:
    assert (await agent.put("/score-weights", {"weights": SHIPPED, "read_id": 0})).status_code == 403
