"""Exports: in the reader's language and zone, safe to open, and of what they see only."""

import csv
import io
import zipfile
from typing import Any

import pytest

from ombud.shared.actor import Actor
from ombud.views.jobs import JobRunner
from ombud.views.tables import COLUMNS
from tests.accounts.desk import Browser
from tests.site import Site
from tests.views.conftest import Finish

EVIL = '=cmd|"/c calc"!A1'


async def table(agent: Browser, finish: Finish, **more: Any) -> list[list[str]]:
    text = (await fetch(agent, finish, format="csv", **more)).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


async def fetch(agent: Browser, finish: Finish, **more: Any) -> bytes:
    body = {"selection": {"view": "all"}} | more
    report = await finish(agent, await agent.post("/exports", body))
    assert report["state"] == "done", report
    answer = await agent.client.get(f"/api/v1/exports/{report['id']}/file", headers={"cookie": agent_cookie(agent)})
    assert answer.status_code == 200
    assert report["file_name"] in answer.headers["content-disposition"]
    content: bytes = answer.content
    return content


def agent_cookie(agent: Browser) -> str:
    return f"ombud_session={agent.token}"


@pytest.fixture
async def ticket(site: Site, agent: Browser, boss: Browser) -> int:
    choices = [{"value": "red", "name_en": "Red", "name_zh": "红色"}]
    field = {"key": "colour", "name_en": "Colour", "name_zh": "颜色", "kind": "choice", "options": {"choices": choices}}
    assert (await boss.post("/fields", field)).status_code == 201
    made = await site.ticket("洗衣机漏水", subject=EVIL)
    assert (await agent.patch(f"/tickets/{made}", {"fields": {"colour": "red"}, "priority": 4})).status_code == 200
    return made


async def test_csv_has_every_column_and_custom_field_and_no_formula(
    agent: Browser, ticket: int, finish: Finish
) -> None:
    head, row = await table(agent, finish)
    cells = dict(zip(head, row, strict=True))
    assert (cells["Number"], cells["Priority"], cells["Colour"]) == (str(ticket), "Urgent", "Red")
    assert cells["Subject"] == f"'{EVIL}"
    assert cells["Created"] == "2026-11-23 09:00:00"
    assert len(head) == len(COLUMNS) + 1


async def test_csv_speaks_the_readers_language_in_their_zone(
    site: Site, agent: Browser, lu: Actor, ticket: int, finish: Finish
) -> None:
    await site.desk.run("update person set locale = 'zh-CN', time_zone = 'Asia/Shanghai' where id = %(id)s", id=lu.id)
    columns = ["number", "priority", "created", "fields.colour", "preview"]
    head, row = await table(agent, finish, columns=columns)
    assert head == ["工单号", "优先级", "创建时间", "颜色", "最近消息"]
    assert row == [str(ticket), "紧急", "2026-11-23 17:00:00", "红色", "洗衣机漏水"]


async def test_xlsx_is_a_workbook_without_formulas(agent: Browser, ticket: int, finish: Finish) -> None:
    content = await fetch(agent, finish, format="xlsx", selection={"ids": [ticket]})
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=cmd|" in sheet
    assert f"<v>{ticket}</v>" in sheet


async def test_export_never_holds_what_is_not_seen(site: Site, agent: Browser, ticket: int, finish: Finish) -> None:
    team = await site.desk.team("Repairs")
    hidden = await site.ticket("Secret", team=team)
    head, *rows = await table(agent, finish, selection={"ids": [hidden, ticket]})
    assert [row[head.index("Number")] for row in rows] == [str(ticket)]
    assert len(await table(agent, finish, selection={"condition": {"all": []}})) == 2


async def test_export_leaves_out_what_left_while_it_waited(
    site: Site, agent: Browser, ticket: int, finish: Finish
) -> None:
    started = await agent.post("/exports", {"selection": {"ids": [ticket]}, "format": "csv"})
    await site.desk.run("update ticket set team_id = %(team)s", team=await site.desk.team("Repairs"))
    report = await finish(agent, started)
    assert (report["failed"], report["failures"][0]["code"]) == (1, "not_found")


async def test_file_is_for_its_person_only_and_goes_after_a_week(
    site: Site, agent: Browser, boss: Browser, ticket: int, finish: Finish, runner: JobRunner
) -> None:
    report = await finish(agent, await agent.post("/exports", {"selection": {"ids": [ticket]}}))
    assert (await boss.get(f"/exports/{report['id']}/file")).status_code == 404
    site.desk.later(days=8)
    assert await runner.forget() == 1
    assert await site.desk.sql("select file_token from job where id = %(id)s", id=report["id"]) is None
    site.desk.later(days=30)
    await runner.forget()
    assert await site.desk.sql("select count(*) from job") == 0
