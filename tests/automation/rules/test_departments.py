"""Rules that call on departments, and rules that hear of them."""

from typing import Any

from tests.automation.rules.conftest import Rules
from tests.site import Site

SPAN = {"amount": 8, "unit": "working_hours"}


def asked(team: int, **more: Any) -> dict[str, Any]:
    """What a department is asked for."""
    return {"team_id": team, "title": "Check the parcel of {{customer.name}}", "span": SPAN} | more


async def test_rule_gives_a_department_a_task_and_says_so(rules: Rules, site: Site) -> None:
    team = await rules.desk.team("Logistics")
    await rules.add({"task": asked(team, text="Ticket {{ticket.id}}")}, "ticket_opened")
    ticket = await site.ticket("Where is it?")
    await rules.hear()
    sql = "select title || ' / ' || text from task where ticket_id = %(id)s and team_id = %(team)s"
    assert await rules.desk.sql(sql, id=ticket, team=team) == f"Check the parcel of C1 / Ticket {ticket}"
    [told] = await rules.told(ticket)
    assert told["did"] == ["tasked"]
    assert await rules.desk.column(ticket, "team_id") == 1


async def test_rule_dispatches_once_and_another_hears_of_it(rules: Rules, site: Site) -> None:
    team = await rules.desk.team("Logistics")
    await rules.add({"dispatch": {"team_id": team, "span": SPAN}}, "message_received")
    await rules.add({"add_tags": ["elsewhere"]}, "ticket_dispatched")
    ticket = await site.ticket("Where is it?")
    await rules.hear()
    assert await rules.desk.column(ticket, "team_id") == team
    assert await rules.desk.column(ticket, "tags") == ["elsewhere"]
    assert await rules.desk.sql("select count(*) from dispatch where ticket_id = %(id)s", id=ticket) == 1


async def test_rule_that_dispatches_on_dispatching_would_wake_itself(rules: Rules) -> None:
    team = await rules.desk.team("Logistics")
    answer = await rules.try_to_add({"dispatch": {"team_id": team, "span": SPAN}}, "ticket_dispatched")
    assert (answer.status_code, answer.json()["code"]) == (409, "rule_wakes_itself")


async def test_rule_naming_a_department_that_is_gone_does_nothing_and_the_list_says_so(
    rules: Rules, site: Site
) -> None:
    team = await rules.desk.team("Logistics")
    rule = await rules.add({"task": asked(team)}, "ticket_opened")
    await rules.desk.run("update team set archived_at = now() where id = %(id)s", id=team)
    ticket = await site.ticket("Where is it?")
    await rules.hear()
    assert await rules.desk.sql("select count(*) from task where ticket_id = %(id)s", id=ticket) == 0
    [shown] = [one for one in (await rules.boss.get("/rules")).json()["items"] if one["id"] == rule["id"]]
    assert shown["problems"] == [{"place": "task", "code": "archived_value", "value": team}]


async def test_task_without_a_title_or_an_end_is_refused(rules: Rules) -> None:
    team = await rules.desk.team("Logistics")
    blank = await rules.try_to_add({"task": asked(team, title=" ")}, "ticket_opened")
    assert (blank.status_code, blank.json()["fields"]) == (400, {"task": "required"})
    endless = {"team_id": team, "span": {"amount": 10**9, "unit": "working_days"}}
    assert (await rules.try_to_add({"dispatch": endless}, "ticket_opened")).status_code in {400, 422}


async def test_dry_run_names_what_a_rule_would_do_besides(rules: Rules, site: Site) -> None:
    team = await rules.desk.team("Logistics")
    await site.ticket("Where is it?")
    spec = {
        "name_en": "A rule",
        "when": {"kind": "events", "events": ["ticket_opened"]},
        "actions": {"task": asked(team), "mail": {"address": "lab@firm.example", "subject": "Look", "text": "Now"}},
    }
    answer = await rules.boss.post("/rules/dry-run", {"spec": spec})
    assert answer.json()["items"][0]["will"] == ["mailed", "tasked"]
