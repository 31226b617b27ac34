"""Every way that solves a ticket obeys every rule that solving obeys; and the tickets below can be solved along."""

import ast
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ombud.tickets.services.planned import send_planned
from tests.accounts.desk import Browser
from tests.site import Site, reply_of
from tests.views.conftest import Finish

Way = Callable[[Site, Browser, int, int, Finish], Awaitable[str]]


async def by_status(_: Site, agent: Browser, ticket: int, status: int, __: Finish) -> str:
    return str((await agent.patch(f"/tickets/{ticket}", {"status_id": status})).json().get("code"))


async def by_program(site: Site, _: Browser, ticket: int, status: int, __: Finish) -> str:
    program = await site.program(await site.desk.person("Ada", role="administrator"), "tickets.read", "tickets.write")
    return str((await program.patch(f"/tickets/{ticket}", {"status_id": status})).json().get("code"))


async def by_reply(_: Site, agent: Browser, ticket: int, __: int, ___: Finish) -> str:
    return str((await agent.post(f"/tickets/{ticket}/replies", reply_of(solve=True))).json().get("code"))


async def by_reply_with_status(_: Site, agent: Browser, ticket: int, status: int, __: Finish) -> str:
    return str((await agent.post(f"/tickets/{ticket}/replies", reply_of(status_id=status))).json().get("code"))


async def macro_of(agent: Browser, status: int, text: str = "") -> int:
    body = {"title": "Done", "scope": "own", "actions": {"status_id": status}, "text": text}
    return int((await agent.post("/macros", body)).json()["id"])


async def by_macro(_: Site, agent: Browser, ticket: int, status: int, __: Finish) -> str:
    macro = await macro_of(agent, status)
    return str((await agent.post(f"/tickets/{ticket}/macros/{macro}/apply", {})).json().get("code"))


async def in_bulk(agent: Browser, ticket: int, changes: dict[str, Any], finish: Finish) -> str:
    body = {"selection": {"ids": [ticket]}, "changes": changes}
    report = await finish(agent, await agent.post("/bulk", body))
    return str(report["failures"][0]["code"]) if report["failures"] else "None"


async def by_bulk(_: Site, agent: Browser, ticket: int, status: int, finish: Finish) -> str:
    return await in_bulk(agent, ticket, {"status_id": status}, finish)


async def by_bulk_macro(_: Site, agent: Browser, ticket: int, status: int, finish: Finish) -> str:
    use = {"id": await macro_of(agent, status, "Done."), "text": "send"}
    return await in_bulk(agent, ticket, {"macro": use}, finish)


async def by_plan(site: Site, agent: Browser, ticket: int, _: int, __: Finish) -> str:
    at = (site.desk.now + timedelta(hours=1)).isoformat()
    planned = await agent.post(f"/tickets/{ticket}/planned-replies", {"send_at": at, "reply": reply_of(solve=True)})
    assert planned.status_code == 201
    site.desk.later(hours=2)
    await send_planned(site.desk.parts.database, site.desk.parts.clock)
    return str(await site.desk.sql("select max(problem) from planned_reply where ticket_id = %(id)s", id=ticket))


WAYS: list[Way] = [
    by_status,
    by_program,
    by_reply,
    by_reply_with_status,
    by_macro,
    by_bulk,
    by_bulk_macro,
    by_plan,
]


async def form_asks(_: Site, boss: Browser, agent: Browser, ticket: int) -> str:
    field = {"key": "serial", "name_en": "Serial", "name_zh": "序列号", "kind": "text"}
    assert (await boss.post("/fields", field)).status_code == 201
    kind = {"name_en": "Repair", "name_zh": "维修", "form": [{"key": "serial", "required_on": "solve"}]}
    made = (await boss.post("/ticket-types", kind)).json()["id"]
    await agent.patch(f"/tickets/{ticket}", {"type_id": made})
    return "fields_missing"


async def child_is_open(site: Site, boss: Browser, agent: Browser, ticket: int) -> str:
    child = await site.ticket("The part", who="child")
    await agent.post(f"/tickets/{child}/links", {"other_id": ticket, "kind": "child_of"})
    assert (await boss.patch("/desk", {"children_hold": "refuse"})).status_code == 200
    return "children_open"


async def checklist_holds(_: Site, boss: Browser, agent: Browser, ticket: int) -> str:
    assert (await boss.patch("/desk", {"checklist_holds": True})).status_code == 200
    await agent.post(f"/tickets/{ticket}/checklist", {"text": "Call back"})
    return "checklist_open"


@pytest.fixture
async def solved(site: Site) -> int:
    return int(await site.desk.sql("select id from status where category = 'solved' and is_default"))


@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("rule", [form_asks, child_is_open, checklist_holds], ids=lambda one: one.__name__)
async def test_solve_by_any_way_obeys_every_rule(
    site: Site, agent: Browser, boss: Browser, solved: int, finish: Finish, way: Way, rule: Any
) -> None:
    ticket = await site.ticket()
    code = await rule(site, boss, agent, ticket)
    assert await way(site, agent, ticket, solved, finish) == code
    assert await site.desk.column(ticket, "category") != "solved"
    assert await site.desk.sql("select count(*) from entry where kind = 'message' and direction = 'out'") == 0


@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.__name__)
async def test_solve_by_any_way_works_where_nothing_holds(
    site: Site, agent: Browser, solved: int, finish: Finish, way: Way
) -> None:
    ticket = await site.ticket()
    assert await way(site, agent, ticket, solved, finish) == "None"
    assert await site.desk.column(ticket, "category") == "solved"


def test_solving_is_asked_in_one_place_only() -> None:
    """A new verb that writes a category goes through ``check_change``, or says here why not."""
    services = Path(__file__).parents[2] / "src" / "ombud" / "tickets" / "services"
    writers = {one.relative_to(services).as_posix() for one in services.rglob("*.py") if _writes_category(one)}
    assert writers == {
        "changes.py",
        "replies.py",
        # a new ticket, and a customer's message that brings one back, are never done
        "intake/writing.py",
        "opening.py",
        "merging/split.py",
        # merging closes what goes on elsewhere, and taking it back gives what was there
        "merging/merge.py",
        "merging/moving.py",
    }
    for name in ("changes.py", "replies.py"):
        assert "check_change(" in (services / name).read_text()


def _writes_category(path: Path) -> bool:
    texts = [one.value for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Constant)]
    words = [one for one in texts if isinstance(one, str)]
    return any("update ticket" in one for one in words) and any(re.search(r"\bcategory = ", one) for one in words)


async def family(site: Site, agent: Browser) -> list[int]:
    """A ticket, its child, and the child's child."""
    made = [await site.ticket(f"Ticket {number}", who=f"w{number}") for number in range(3)]
    for child, parent in ((made[0], made[1]), (made[1], made[2])):
        await agent.post(f"/tickets/{child}/links", {"other_id": parent, "kind": "child_of"})
    return made[::-1]


async def categories(site: Site, tickets: list[int]) -> list[str]:
    return [await site.desk.column(one, "category") for one in tickets]


async def test_solve_with_children_solves_all_below(site: Site, agent: Browser, solved: int) -> None:
    tickets = await family(site, agent)
    answer = await agent.patch(f"/tickets/{tickets[0]}", {"status_id": solved, "solve_children": True})
    assert answer.status_code == 200, answer.text
    assert await categories(site, tickets) == ["solved"] * 3
    assert [one.ticket_id for one in await site.desk.events("ticket_solved")] == tickets[::-1]


async def test_reply_and_bulk_solve_children_along(site: Site, agent: Browser, solved: int, finish: Finish) -> None:
    tickets = await family(site, agent)
    body = reply_of(solve=True, solve_children=True)
    assert (await agent.post(f"/tickets/{tickets[0]}/replies", body)).status_code == 201
    assert await categories(site, tickets) == ["solved"] * 3
    others = await family(site, agent)
    assert await in_bulk(agent, others[0], {"status_id": solved}, finish) == "children_open"
    assert await in_bulk(agent, others[0], {"status_id": solved, "solve_children": True}, finish) == "None"
    assert await categories(site, others) == ["solved"] * 3


async def test_solve_with_children_changes_nothing_where_one_is_held(
    site: Site, agent: Browser, boss: Browser, solved: int
) -> None:
    tickets = await family(site, agent)
    await form_asks(site, boss, agent, tickets[1])
    answer = await agent.patch(f"/tickets/{tickets[0]}", {"status_id": solved, "solve_children": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "child_held")
    assert (answer.json()["child_id"], answer.json()["problem"]) == (tickets[1], "fields_missing")
    assert "solved" not in await categories(site, tickets)


async def test_solve_with_children_leaves_those_out_of_sight(site: Site, agent: Browser) -> None:
    tickets = await family(site, agent)
    team = await site.desk.team("Repairs")
    await site.desk.run("update ticket set team_id = %(team)s where id = %(id)s", team=team, id=tickets[2])
    solved = await site.desk.sql("select id from status where category = 'solved' and is_default")
    answer = await agent.patch(f"/tickets/{tickets[0]}", {"status_id": solved, "solve_children": True})
    assert (answer.json()["code"], answer.json()["problem"]) == ("child_held", "children_open")
    assert "solved" not in await categories(site, tickets)


async def test_open_status_with_children_changes_the_ticket_alone(site: Site, agent: Browser) -> None:
    tickets = await family(site, agent)
    hold = await site.desk.sql("select id from status where category = 'on_hold' limit 1")
    assert (await agent.patch(f"/tickets/{tickets[0]}", {"status_id": hold, "solve_children": True})).status_code == 200
    assert await categories(site, tickets) == ["on_hold", "new", "new"]


async def test_solve_with_children_tells_how_they_stood(site: Site, agent: Browser, solved: int) -> None:
    tickets = await family(site, agent)
    until = "2027-02-01T10:00:00Z"
    await agent.put(f"/tickets/{tickets[1]}/snooze", {"until": until})
    answer = await agent.patch(f"/tickets/{tickets[0]}", {"status_id": solved, "solve_children": True})
    along = answer.json()["solved_along"]
    assert [(one["id"], one["snoozed_until"]) for one in along] == [(tickets[1], until), (tickets[2], None)]
    assert (await agent.get(f"/tickets/{tickets[0]}")).json()["solved_along"] == []


STANDING = "jsonb_build_array(status_id, category, snoozed_until, waiting_since, solved_at)"


async def test_undo_of_an_answer_that_solved_children_gives_them_back(
    site: Site, agent: Browser, solved: int
) -> None:
    tickets = await mailed_family(site, agent)
    await agent.put(f"/tickets/{tickets[1]}/snooze", {"until": "2027-02-01T10:00:00Z"})
    before = [await site.desk.column(one, STANDING) for one in tickets]
    body = reply_of(solve=True, solve_children=True)
    sent = await agent.post(f"/tickets/{tickets[0]}/replies", body)
    assert await categories(site, tickets) == ["solved"] * 3
    undone = await agent.delete(f"/tickets/{tickets[0]}/replies/{sent.json()['id']}")
    assert undone.status_code == 200, undone.text
    assert [await site.desk.column(one, STANDING) for one in tickets] == before


async def test_undo_of_an_answer_leaves_a_child_that_somebody_changed_since(
    site: Site, agent: Browser, solved: int
) -> None:
    tickets = await mailed_family(site, agent)
    sent = await agent.post(f"/tickets/{tickets[0]}/replies", reply_of(solve=True, solve_children=True))
    closed = await site.desk.sql("select id from status where category = 'closed' limit 1")
    assert (await agent.patch(f"/tickets/{tickets[2]}", {"status_id": closed})).status_code == 200
    assert (await agent.delete(f"/tickets/{tickets[0]}/replies/{sent.json()['id']}")).status_code == 200
    assert await categories(site, tickets) == ["new", "new", "closed"]


async def mailed_family(site: Site, agent: Browser) -> list[int]:
    """The same by mail, whose answers can be taken back."""
    made = [await site.ticket(f"Ticket {number}", kind="email", address=f"w{number}@example.com") for number in range(3)]
    for child, parent in ((made[0], made[1]), (made[1], made[2])):
        await agent.post(f"/tickets/{child}/links", {"other_id": parent, "kind": "child_of"})
    return made[::-1]
