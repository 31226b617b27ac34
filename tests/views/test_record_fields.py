"""Conditions on what customers and their organisations have in fields of their own."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site
from tests.views.conftest import Finish

GOLD = {"field": "customer.fields.segment", "op": "is", "value": "gold"}
HOTEL = {"field": "organisation.fields.sector", "op": "is", "value": "hotel"}


async def define(boss: Browser, subject: str, key: str, *choices: str, **more: Any) -> dict[str, Any]:
    options = {"choices": [{"value": one, "name_en": one, "name_zh": one} for one in choices]}
    body = {"key": key, "name_en": key, "name_zh": key, "kind": "choice", "options": options} | more
    made = await boss.post(f"/fields?subject={subject}", body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


@pytest.fixture
async def known(site: Site, boss: Browser) -> dict[str, int]:
    """One ticket of a customer with a segment and an organisation, one of somebody without."""
    fields = {
        "segment": (await define(boss, "customer", "segment", "gold", "lead"))["id"],
        "sector": (await define(boss, "organisation", "sector", "hotel"))["id"],
    }
    ticket = await site.ticket("It leaks", who="rosa")
    other = await site.ticket("It hums", who="bo")
    customer = (await boss.get(f"/tickets/{ticket}")).json()["customer"]["id"]
    firm = (await boss.post("/organisations", {"name": "Grand Hotel", "fields": {"sector": "hotel"}})).json()["id"]
    changed = await boss.patch(f"/customers/{customer}", {"organisation_id": firm, "fields": {"segment": "gold"}})
    assert changed.status_code == 200, changed.text
    return fields | {"ticket": ticket, "other": other}


async def listed(agent: Browser, condition: Any) -> list[int]:
    answer = await agent.post("/tickets/query", {"condition": condition, "count": True})
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["count"] == len(page["items"])
    return [one["id"] for one in page["items"]]


async def test_query_by_fields_of_the_customer_and_the_organisation_finds_their_tickets(
    agent: Browser, known: dict[str, int]
) -> None:
    ticket, other = known["ticket"], known["other"]
    for condition in (GOLD, HOTEL, {"all": [GOLD, HOTEL]}, {"field": "organisation_name", "op": "begins", "value": "gr"}):
        assert await listed(agent, condition) == [ticket]
        assert await listed(agent, {"not": condition}) == [other]
    assert await listed(agent, {"field": "customer.fields.segment", "op": "is_empty"}) == [other]


async def test_query_by_a_place_of_the_customer_is_refused(agent: Browser, boss: Browser) -> None:
    await define(boss, "customer", "home_address", kind="text", options={})
    answer = await agent.post(
        "/tickets/query", {"condition": {"field": "customer.fields.home_address", "op": "contains", "value": "1"}}
    )
    assert (answer.status_code, answer.json()["fields"]) == (400, {"customer.fields.home_address": "unknown_field"})


@pytest.mark.parametrize("bad", [GOLD | {"op": "more"}, GOLD | {"value": 2.5}, GOLD | {"field": "customer.segment"}])
async def test_query_that_compares_such_a_field_wrongly_is_refused(
    agent: Browser, known: dict[str, int], bad: dict[str, Any]
) -> None:
    answer = await agent.post("/tickets/query", {"condition": bad})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [bad["field"]]), known


async def test_view_goes_on_and_says_so_when_its_field_of_customers_is_archived(
    agent: Browser, boss: Browser, known: dict[str, int], finish: Finish
) -> None:
    saved = await agent.post("/saved-views", {"name_en": "Gold", "condition": {"any": [GOLD, HOTEL]}})
    assert saved.status_code == 201, saved.text
    view = saved.json()["id"]
    names = {"name_en": "Segment", "name_zh": "客群", "options": {"choices": []}}
    names["options"] = {"choices": [{"value": one, "name_en": one, "name_zh": one} for one in ("gold", "lead")]}
    for key in ("segment", "sector"):
        archived = await boss.patch(f"/fields/{known[key]}", names | {"is_archived": True})
        assert archived.status_code == 200, archived.text
    [told] = (await agent.get("/saved-views")).json()["items"]
    found = {(one["field"], one["code"]) for one in told["problems"]}
    assert found == {("customer.fields.segment", "archived_field"), ("organisation.fields.sector", "archived_field")}
    page = (await agent.get(f"/tickets?view=saved:{view}")).json()
    assert [one["id"] for one in page["items"]] == [known["ticket"]]
    counts = (await agent.get("/saved-views/counts")).json()["items"]
    assert [(one["id"], one["count"]) for one in counts] == [(view, 1)]
    job = await agent.post("/bulk", {"selection": {"view": f"saved:{view}"}, "changes": {"priority": 4}})
    assert (await finish(agent, job))["done"] == 1


async def test_rule_acts_by_a_field_of_the_customer(
    site: Site, agent: Browser, boss: Browser, known: dict[str, int]
) -> None:
    spec = {
        "name_en": "Gold first",
        "when": {"kind": "events", "events": ["message_received"]},
        "condition": GOLD,
        "actions": {"priority": 4},
    }
    tried = await boss.post("/rules/dry-run", {"spec": spec, "last": 50})
    assert tried.status_code == 200, tried.text
    assert [one["ticket_id"] for one in tried.json()["items"]] == [known["ticket"]]
    assert (await boss.post("/rules", {"spec": spec, "is_on": True})).status_code == 201
