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


async def test_a_preview_says_how_the_order_would_change(bench: Bench) -> None:
    urgent, vip = await bench.site.ticket(who="a"), await bench.site.ticket(who="b")
    await bench.desk.run("update ticket set priority = 4 where id = %(id)s", id=urgent)
    sql = "update customer set tier = 'VIP' from ticket t where t.customer_id = customer.id and t.id = %(id)s"
    await bench.desk.run(sql, id=vip)
    weights = SHIPPED | {"urgency": 0, "customer": 100}
    found = (await bench.chief.post("/score-weights/preview", {"weights": weights})).json()
    assert (found["looked_at"], found["moved"]) == (2, 2)
    order = [(one["ticket_id"], one["before"], one["after"]) for one in found["items"]]
    assert order == [(vip, 2, 1), (urgent, 1, 2)]
    same = (await bench.chief.post("/score-weights/preview", {"weights": SHIPPED})).json()
    assert same["moved"] == 0


async def test_a_preview_keeps_safety_before_everything(bench: Bench) -> None:
    vip, shock = await bench.site.ticket(who="a"), await bench.site.ticket(who="b")
    await bench.desk.run("update customer set tier = 'VIP'")
    await bench.desk.run("update ticket set priority = 4 where id = %(id)s", id=vip)
    await bench.desk.run("update ticket set tags = '{safety}', priority = 1 where id = %(id)s", id=shock)
    weights = SHIPPED | dict.fromkeys(("urgency", "customer"), 100)
    found = (await bench.chief.post("/score-weights/preview", {"weights": weights})).json()
    assert [(one["ticket_id"], one["band"]) for one in found["items"]] == [(shock, 1), (vip, 0)]


async def test_a_preview_shows_only_work_that_one_sees(bench: Bench) -> None:
    await bench.site.ticket(team=await bench.desk.team("Elsewhere"))
    found = (await bench.chief.post("/score-weights/preview", {"weights": SHIPPED})).json()
    assert found == {"looked_at": 0, "moved": 0, "items": []}
