"""A ticket in a process: the customer sees its stages by their own names, and their word leads it on."""

from typing import Any

import msgspec
import pytest

from tests.portal.conftest import Centre, csrf_in, eventually

ROSA = "rosa@example.com"
SPEC: dict[str, Any] = {
    "type_id": 0,
    "name_en": "Repair",
    "stages": [
        {"key": "check", "name_en": "INTERNAL check", "name_zh": "内部核查", "customer_name_en": "Looking into it"},
        {
            "key": "confirm",
            "name_en": "INTERNAL confirm",
            "name_zh": "内部确认",
            "customer_name_en": "Your word",
            "needs": ["confirmation"],
            "not_solved_to": "check",
        },
        {"key": "after", "name_en": "INTERNAL after", "name_zh": "内部收尾"},
    ],
}


async def in_stage(centre: Centre, stage: str) -> int:
    """Rosa's ticket in a stage of a process."""
    ticket = await centre.ticket(ROSA)
    spec = msgspec.json.encode(SPEC).decode()
    sql = """
        with p as (insert into process (created_at) values (now()) returning id),
        v as (insert into process_version (process_id, spec, created_at) select id, %(spec)s::jsonb, now() from p
            returning id, process_id),
        r as (insert into process_run (ticket_id, process_id, version_id, started_at)
            select %(ticket)s, process_id, id, now() from v returning id)
        insert into stage_visit (run_id, ticket_id, stage, team_id, entered_at, entered_by)
        select id, %(ticket)s, %(stage)s, 1, now(), 'start' from r"""
    await centre.desk.execute(sql, spec=spec, ticket=ticket, stage=stage)
    return ticket


async def stage_of(centre: Centre, ticket: int) -> str | None:
    sql = "select stage from stage_visit where ticket_id = %(id)s and ended_at is null"
    return await centre.desk.sql(str, sql, id=ticket)  # type: ignore[no-any-return]


async def test_stages_show_by_the_names_for_customers_alone(centre: Centre) -> None:
    ticket = await in_stage(centre, "check")
    browser = await centre.sign_in(ROSA)
    page = (await browser.get(f"/portal/tickets/{ticket}")).text
    assert '<li class="now" aria-current="step">Looking into it</li>' in page
    assert '<li class="ahead">Your word</li>' in page
    assert "INTERNAL" not in page


async def test_yes_leads_the_process_on(centre: Centre) -> None:
    ticket = await in_stage(centre, "confirm")
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get(f"/portal/tickets/{ticket}")).text)
    assert (await browser.post(f"/portal/tickets/{ticket}/solved", data={"csrf": word})).status_code == 303
    assert await stage_of(centre, ticket) == "after"
    heard = "select answer || ' ' || way from confirmation"
    assert await centre.desk.sql(str, heard) == "solved portal"


async def test_no_with_a_reason_leads_it_back(centre: Centre) -> None:
    ticket = await in_stage(centre, "confirm")
    await centre.desk.execute(
        """update ticket set category = 'solved', solved_at = now(), status_id = (select id from status
           where category = 'solved' and is_default) where id = %(id)s""",
        id=ticket,
    )
    browser = await centre.sign_in(ROSA)
    page = (await browser.get(f"/portal/tickets/{ticket}")).text
    data = {"csrf": csrf_in(page), "reopen": "1", "text": "It leaks again", "key": "k"}
    assert (await browser.post(f"/portal/tickets/{ticket}/messages", data=data)).status_code == 303
    assert await stage_of(centre, ticket) == "check"
    assert (
        await centre.desk.sql(str, "select answer || ': ' || words from confirmation") == "not_solved: It leaks again"
    )
    await eventually(lambda: centre.desk.sql(bool, "select category = 'open' from ticket where id = %(id)s", id=ticket))


@pytest.mark.parametrize("stage", ["check", "after"])
async def test_yes_where_nobody_asked_is_noted_on_the_ticket(centre: Centre, stage: str) -> None:
    ticket = await in_stage(centre, stage)
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get(f"/portal/tickets/{ticket}")).text)
    await browser.post(f"/portal/tickets/{ticket}/solved", data={"csrf": word})
    assert await centre.desk.sql(int, "select count(*) from confirmation") == 0
    assert await centre.desk.sql(int, "select count(*) from entry where details ->> 'field' = 'portal.solved'") == 1


async def test_no_without_a_reason_is_asked_again(centre: Centre) -> None:
    ticket = await in_stage(centre, "confirm")
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get(f"/portal/tickets/{ticket}")).text)
    data = {"csrf": word, "reopen": "1", "text": "  ", "key": "k"}
    answer = await browser.post(f"/portal/tickets/{ticket}/messages", data=data)
    assert answer.status_code == 400
    assert "what is still wrong" in answer.text
    assert await stage_of(centre, ticket) == "confirm"
