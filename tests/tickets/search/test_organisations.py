"""Organisations among what a search finds, as an operator, and among suggestions."""

from typing import Any

import pytest

from ombud.tickets.search.filling import begin_reindex, fill_next, fill_states
from tests.accounts.desk import Browser
from tests.site import Site

DATA = {"name": "Acme, Inc. 顶好电器", "domains": ["acme.example", "dinghao.example"], "tier": "gold"}


@pytest.fixture
async def acme(browser: Browser) -> int:
    answer = await browser.post("/organisations", DATA)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


@pytest.fixture
async def theirs(site: Site, acme: int) -> int:
    """A ticket of somebody who writes from a domain of the organisation, beside another one's."""
    assert acme
    ticket = await site.ticket("The kettle leaks", kind="email", address="rosa@acme.example")
    await site.ticket("The kettle leaks", kind="email", address="li@other.example")
    await site.desk.index()
    return ticket


@pytest.mark.parametrize("query", ["acme", "ACM*", "顶好", '"顶好电器"', "dinghao.example"])
async def test_organisation_is_found_by_its_name_and_domains(ask: Any, acme: int, query: str) -> None:
    [hit] = (await ask(query, kind="organisations"))["items"]
    assert (hit["kind"], hit["id"], hit["organisation"]["tier"]) == ("organisations", acme, "gold")
    assert hit["snippet"]["text"] == "Acme, Inc. 顶好电器 · acme.example · dinghao.example"
    assert hit["snippet"]["marks"]


async def test_organisation_stands_in_the_overview_while_typing(ask: Any, acme: int) -> None:
    found = (await ask("顶", typing=True))["items"]
    assert [(one["kind"], one["id"]) for one in found] == [("organisations", acme)]


async def test_pages_of_organisations_meet(ask: Any, browser: Browser) -> None:
    for number in range(3):
        await browser.post("/organisations", {"name": f"Acme {number}"})
    page = await ask("acme", kind="organisations", limit=2)
    rest = await ask("acme", kind="organisations", limit=2, cursor=page["next"])
    names = [one["organisation"]["name"] for one in page["items"] + rest["items"]]
    assert names == ["Acme 2", "Acme 1", "Acme 0"]
    assert rest["next"] is None


async def test_archived_organisation_is_not_found(ask: Any, browser: Browser, acme: int) -> None:
    await browser.patch(f"/organisations/{acme}", {"is_archived": True})
    assert (await ask("acme", kind="organisations"))["items"] == []


async def test_operators_find_no_organisation(ask: Any, acme: int) -> None:
    assert acme
    assert (await ask("acme status:open", kind="organisations"))["items"] == []


@pytest.mark.parametrize(
    "query", ["organisation:acme", '企业:"Acme, Inc. 顶好电器"', "企业:dhdq", "org:顶好 kettle", "-organisation:acme"]
)
@pytest.mark.parametrize("kind", ["tickets", "messages"])
async def test_operator_finds_tickets_of_its_customers(ask: Any, theirs: int, query: str, kind: str) -> None:
    [hit] = (await ask(query, kind=kind))["items"]
    assert (hit["ticket"]["id"] == theirs) is not query.startswith("-")


async def test_unknown_organisation_is_a_clear_error(ask: Any, acme: int) -> None:
    assert acme
    [problem] = (await ask("organisation:zzz", status=400))["problems"]
    assert (problem["code"], problem["known"]) == ("unknown_value", [DATA["name"]])


async def test_organisations_are_suggested_by_initials_and_as_values(browser: Browser, acme: int) -> None:
    found = (await browser.get("/search/suggest?kind=organisations&q=dh")).json()["items"]
    assert [(one["id"], one["label"]) for one in found] == [(acme, DATA["name"])]
    found = (await browser.get("/search/suggest?kind=operators&q=organisation:acm")).json()["items"]
    assert [one["value"] for one in found] == [f'organisation:"{DATA["name"]}"']


async def test_without_the_right_to_read_customers_no_organisation_is_named(site: Site, ask: Any, theirs: int) -> None:
    assert theirs
    ada = await site.desk.person("Ada", role="administrator")
    program = await site.program(ada, "tickets.read", teams=[1])
    assert (await ask("acme", kind="organisations", by=program))["items"] == []
    [problem] = (await ask("organisation:acme", by=program, status=400))["problems"]
    assert problem["known"] == []
    for kind, typed in (("organisations", "acme"), ("operators", "organisation:ac")):
        assert (await program.get(f"/search/suggest?kind={kind}&q={typed}")).json()["items"] == []


async def test_reindex_makes_words_of_organisations_anew(site: Site, ask: Any, acme: int) -> None:
    await site.desk.run("update organisation set words = ''")
    assert (await ask("acme", kind="organisations"))["items"] == []
    async with site.desk.parts.database.transaction() as tx:
        await begin_reindex(tx)
    while await fill_next(site.desk.parts.database):
        pass
    assert [one["id"] for one in (await ask("acme", kind="organisations"))["items"]] == [acme]
    async with site.desk.parts.database.transaction() as tx:
        assert {one.what for one in await fill_states(tx) if one.is_done} >= {"organisations", "entries"}
