"""Figures of waiting over the API: who may see them, and of which period."""

import pytest

from tests.accounts.desk import Browser
from tests.site import Site

PATH = "/waiting/figures"


@pytest.fixture
async def lead(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Wu", role="supervisor"))


async def test_figures_are_for_those_who_lead(site: Site, lead: Browser) -> None:
    assert (await lead.get(PATH)).status_code == 200
    for role in ("agent", "read_only", "partner"):
        who = await site.browser(await site.desk.person(role.title(), role=role))
        assert (await who.get(PATH)).status_code == 403
    assert (await site.stranger().get(PATH)).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-11-23T09:00:00Z&until=2026-11-23T09:00:00Z",
        "since=2026-11-24T00:00:00Z&until=2026-11-23T00:00:00Z",
        "since=2026-01-01T00:00:00Z",
        "since=2026-01-01T00:00:00",
        "since=2026-11-30T00:00:00",
        "since=0001-01-01T00:00:00",
        "until=0001-01-01T00:00:00Z",
        "until=9999-12-31T23:59:59&since=2026-11-23T00:00:00Z",
    ],
)
async def test_figures_of_no_period_are_refused_by_the_field(lead: Browser, query: str) -> None:
    refused = await lead.get(f"{PATH}?{query}")
    assert (refused.status_code, refused.json()["fields"]) == (400, {"since": "period"})


@pytest.mark.parametrize("query", ["since=yesterday", "until=7", "since=2026-13-01T00:00:00Z", "since="])
async def test_figures_of_no_moment_are_bad_input(lead: Browser, query: str) -> None:
    assert (await lead.get(f"{PATH}?{query}")).status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        "",
        "since=2026-11-22T00:00:00",
        "since=2026-11-22T08:00:00%2B08:00&until=2026-11-23T00:00:00",
        "until=2026-11-23T00:00:00Z",
    ],
)
async def test_figures_of_a_period_are_given_whatever_its_zone(lead: Browser, query: str) -> None:
    answer = await lead.get(f"{PATH}?{query}")
    assert answer.status_code == 200, answer.text
