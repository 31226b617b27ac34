"""Time over a period: by person and team, of what the reader sees, and entry by entry as a file."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, client_key


def period(site: Site, days: int = 2) -> str:
    since, until = site.desk.now - timedelta(days=1), site.desk.now + timedelta(days=days)
    return f"since={since:%Y-%m-%dT%H:%M:%SZ}&until={until:%Y-%m-%dT%H:%M:%SZ}"


async def spend(agent: Browser, ticket: int, minutes: int, **more: Any) -> None:
    body = {"seconds": minutes * 60, "client_key": client_key()} | more
    assert (await agent.post(f"/tickets/{ticket}/time", body)).status_code == 201


@pytest.fixture
async def ticket(site: Site) -> int:
    return await site.ticket("The pump leaks", subject="=Pump")


async def shares(agent: Browser, query: str) -> list[tuple[str, str, int, int]]:
    report = (await agent.get(f"/time-spent?{query}")).json()
    assert report["total_seconds"] == sum(one["seconds"] for one in report["items"])
    return [(one["name"], one["team"], one["seconds"], one["entries"]) for one in report["items"]]


async def test_time_is_added_up_by_person_and_team(site: Site, agent: Browser, boss: Browser, ticket: int) -> None:
    other = await site.ticket("Kettle")
    await spend(agent, ticket, 25)
    await spend(agent, other, 5)
    await spend(boss, ticket, 10)
    [lu, bo] = await shares(agent, period(site))
    assert (lu[0], lu[2:], bo[0], bo[2:]) == ("Lu", (1_800, 2), "Bo", (600, 1))


async def test_time_is_narrowed_by_period_person_and_team(
    site: Site, agent: Browser, boss: Browser, lu: Actor, ticket: int
) -> None:
    await spend(boss, ticket, 10)
    site.desk.later(days=3)
    await spend(agent, ticket, 25)
    assert [one[0] for one in await shares(agent, period(site))] == ["Lu"]
    long = f"since=2026-11-01T00:00:00Z&until={site.desk.now + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    assert len(await shares(agent, long)) == 2
    assert [one[0] for one in await shares(agent, f"{long}&person_id={lu.id}")] == ["Lu"]
    assert len(await shares(agent, f"{long}&team_id=1")) == 2
    assert await shares(agent, f"{long}&team_id=999") == []


async def test_time_on_tickets_out_of_sight_is_not_told(site: Site, boss: Browser, ticket: int) -> None:
    await spend(boss, ticket, 10)
    stranger = await site.browser(await site.desk.person("Su", await site.desk.team("Repairs")))
    assert await shares(stranger, period(site)) == []
    text = (await stranger.get(f"/time-spent/file?{period(site)}&kind=csv")).text
    assert len(text.strip().splitlines()) == 1


async def test_csv_has_each_entry_and_no_formula(site: Site, agent: Browser, ticket: int) -> None:
    await spend(agent, ticket, 25, note="Looked at the pump")
    answer = await agent.get(f"/time-spent/file?{period(site)}&kind=csv")
    assert "attachment; filename=time-" in answer.headers["content-disposition"]
    [head, row] = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    cells = dict(zip(head, row, strict=True))
    assert (cells["Ticket"], cells["Minutes"], cells["How"]) == (str(ticket), "25.0", "by hand")
    assert (cells["Subject"], cells["Note"]) == ("'=Pump", "Looked at the pump")


async def test_xlsx_is_in_the_readers_language(site: Site, agent: Browser, lu: Actor, ticket: int) -> None:
    await site.desk.run("update person set locale = 'zh-CN' where id = %(id)s", id=lu.id)
    await spend(agent, ticket, 25)
    answer = await agent.get(f"/time-spent/file?{period(site)}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert "手动填写" in text
    assert "分钟" in text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "since=x&until=y",
        "since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z",
        "since=2020-11-02T00:00:00Z&until=2026-11-01T00:00:00Z",
        "since=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z&person_id=x",
    ],
)
async def test_period_that_is_none_is_refused(agent: Browser, query: str) -> None:
    for path in ("/time-spent", "/time-spent/file"):
        assert (await agent.get(f"{path}?{query}")).status_code == 400


async def test_lists_tell_the_time_of_their_tickets(agent: Browser, ticket: int) -> None:
    await spend(agent, ticket, 25)
    long = {"field": "time_spent", "op": "more", "value": 20}
    page = (await agent.post("/tickets/query", {"condition": long})).json()
    assert ([one["id"] for one in page["items"]], page["spent_seconds"]) == ([ticket], {str(ticket): 1_500})
    longer = {"condition": {"field": "time_spent", "op": "more", "value": 30}}
    assert (await agent.post("/tickets/query", longer)).json()["items"] == []
