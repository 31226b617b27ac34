"""Work orders at their limits: outsiders, two at once, wrong states, reports, more time, and figures of one brand."""

import asyncio
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.teamwork.desk import HOURS_8, Floor

SPAN = {"amount": 2, "unit": "natural_hours"}
LATER = "2026-11-25T10:00:00Z"
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("post", "dispatches", {"team_id": 1, "span": HOURS_8}),
    ("put", "dispatch/acceptance", {}),
    ("put", "dispatch/return", {"reason": "不属于"}),
    ("post", "urges", {"words": "快点"}),
    ("post", "supervision", {"span": SPAN}),
    ("post", "supervision/reports", {"reason": "在办"}),
    ("put", "supervision/end", {}),
    ("post", "extensions", {"reason": "等配件", "due_at": LATER}),
    ("put", "extensions/1/decision", {"is_granted": False}),
    ("put", "withdrawal", {"reason": "撤回"}),
    ("patch", "closing", {"cause": "x"}),
    ("post", "tasks", {"team_id": 1, "title": "查", "span": HOURS_8}),
]


async def call(who: Browser, method: str, path: str, body: dict[str, Any]) -> tuple[int, str]:
    """The status of an answer, and its code if it refuses."""
    answer = await getattr(who, method)(path, body)
    return answer.status_code, answer.json()["code"] if answer.status_code >= 400 else ""


async def solve(floor: Floor, ticket: int) -> None:
    solved = await floor.site.desk.sql("select id from status where category = 'solved' limit 1")
    assert (await floor.wu.patch(f"/tickets/{ticket}", {"status_id": solved})).status_code == 200


async def test_outsider_reaches_no_verb_and_cannot_tell_the_ticket_from_none(floor: Floor) -> None:
    ticket = await floor.accepted()
    outsider = await floor.site.browser(await floor.site.desk.person("Out", floor.logistics, role="supervisor"))
    before = len(await floor.site.desk.events())
    for method, verb, body in WRITES:
        there = await call(outsider, method, f"/tickets/{ticket}/{verb}", body)
        assert there == await call(outsider, method, f"/tickets/{ticket + 1_000}/{verb}", body) == (404, "not_found")
    assert len(await floor.site.desk.events()) == before


async def test_stranger_and_partner_reach_no_verb(floor: Floor) -> None:
    ticket = await floor.accepted()
    for method, verb, body in WRITES:
        assert (await getattr(floor.site.stranger(), method)(f"/tickets/{ticket}/{verb}", body)).status_code == 401
        assert (await call(floor.partner, method, f"/tickets/{ticket}/{verb}", body))[0] == 403


async def test_two_who_accept_at_once_one_holds_it(floor: Floor) -> None:
    ticket = await floor.dispatched()
    both = await asyncio.gather(
        *[who.put(f"/tickets/{ticket}/dispatch/acceptance", {}) for who in (floor.tan, floor.wu)]
    )
    assert sorted(one.status_code for one in both) == [200, 409]
    [fact] = await floor.site.desk.events("dispatch_accepted")
    assert await floor.site.desk.column(ticket, "assignee_id") == fact.actor_id


async def test_accepted_and_returned_at_once_never_leaves_a_clock_behind(floor: Floor) -> None:
    ticket = await floor.dispatched()
    path = f"/tickets/{ticket}/dispatch"
    codes = [
        one.status_code
        for one in await asyncio.gather(
            floor.tan.put(f"{path}/acceptance", {}), floor.wu.put(f"{path}/return", {"reason": "不属于"})
        )
    ]
    assert codes[1] == 200
    assert await floor.site.desk.column(ticket, "team_id") == 1
    running = "select count(*) from clock where ticket_id = %(id)s and metric = 'department' and state <> 'ended'"
    assert await floor.site.desk.sql(running, id=ticket) == 0


async def test_two_who_dispatch_at_once_leave_one_department_with_it(floor: Floor) -> None:
    ticket = await floor.ticket()
    bodies = [{"team_id": team, "span": HOURS_8} for team in (floor.technical, floor.logistics)]
    both = await asyncio.gather(*[floor.wu.post(f"/tickets/{ticket}/dispatches", body) for body in bodies])
    assert {one.status_code for one in both} == {201}
    view = await floor.view(ticket)
    assert [one["outcome"] for one in view["dispatches"]] == ["moved_on", None]
    assert await floor.site.desk.column(ticket, "team_id") == view["dispatches"][1]["team_id"]


async def test_urges_at_once_are_all_counted_and_one_escalates(floor: Floor) -> None:
    ticket = await floor.ticket()
    all_ = await asyncio.gather(*[floor.lin.post(f"/tickets/{ticket}/urges", {"words": "快"}) for _ in range(4)])
    assert {one.status_code for one in all_} == {201}
    urges = (await floor.view(ticket))["urges"]
    assert [one["number"] for one in urges] == [1, 2, 3, 4]
    assert [one["has_escalated"] for one in urges] == [False, False, True, False]


@pytest.mark.parametrize(
    ("method", "verb", "body", "code"),
    [
        ("put", "dispatch/acceptance", {}, "not_dispatched"),
        ("put", "dispatch/return", {"reason": "不属于"}, "not_dispatched"),
        ("post", "extensions", {"reason": "等", "due_at": LATER}, "not_dispatched"),
        ("post", "supervision/reports", {"reason": "在办"}, "not_supervised"),
        ("put", "supervision/end", {}, "not_supervised"),
    ],
)
async def test_verb_without_what_it_needs_says_so(
    floor: Floor, method: str, verb: str, body: dict[str, Any], code: str
) -> None:
    ticket = await floor.ticket()
    assert await call(floor.wu, method, f"/tickets/{ticket}/{verb}", body) == (409, code)


async def test_solved_ticket_is_neither_dispatched_nor_watched_nor_withdrawn(floor: Floor) -> None:
    ticket = await floor.ticket()
    await solve(floor, ticket)
    path = f"/tickets/{ticket}"
    body = {"team_id": floor.technical, "span": HOURS_8}
    assert await call(floor.wu, "post", f"{path}/dispatches", body) == (409, "ticket_done")
    assert await call(floor.wu, "post", f"{path}/supervision", {"span": SPAN}) == (409, "ticket_done")
    assert await call(floor.wu, "put", f"{path}/withdrawal", {"reason": "撤"}) == (409, "ticket_done")
    assert (await floor.view(ticket))["dispatches"] == []


async def test_extension_before_acceptance_or_by_hand_of_who_asked_is_refused(floor: Floor) -> None:
    ticket = await floor.dispatched()
    ask = {"reason": "等配件", "due_at": LATER}
    assert await call(floor.tan, "post", f"/tickets/{ticket}/extensions", ask) == (409, "not_dispatched")
    await floor.tan.put(f"/tickets/{ticket}/dispatch/acceptance", {})
    asked = (await floor.wu.post(f"/tickets/{ticket}/extensions", ask)).json()["extensions"][0]
    path = f"/tickets/{ticket}/extensions/{asked['id']}/decision"
    own = await call(floor.wu, "put", path, {"is_granted": True, "told_by_hand": True})
    assert own == (409, "extension_own")
    assert (await floor.view(ticket))["extensions"][0]["state"] == "asked"


async def test_extension_of_a_department_that_is_done_is_refused_and_not_granted(floor: Floor) -> None:
    ticket = await floor.accepted()
    ask = {"reason": "等配件", "due_at": LATER}
    asked = (await floor.tan.post(f"/tickets/{ticket}/extensions", ask)).json()["extensions"][0]
    await floor.wu.post(f"/tickets/{ticket}/dispatches", {"team_id": floor.logistics, "span": HOURS_8})
    path = f"/tickets/{ticket}/extensions/{asked['id']}/decision"
    grant = {"is_granted": True, "told_by_hand": True}
    assert await call(floor.wu, "put", path, grant) == (409, "not_dispatched")
    assert (await floor.view(ticket))["extensions"][0]["state"] == "asked"
    assert await call(floor.wu, "put", path, {"is_granted": False}) == (200, "")


async def test_extension_is_decided_by_one_of_two_at_once(floor: Floor) -> None:
    ticket = await floor.accepted()
    ask = {"reason": "等配件", "due_at": LATER}
    asked = (await floor.tan.post(f"/tickets/{ticket}/extensions", ask)).json()["extensions"][0]
    path = f"/tickets/{ticket}/extensions/{asked['id']}/decision"
    both = await asyncio.gather(
        floor.wu.put(path, {"is_granted": True, "told_by_hand": True}), floor.wu.put(path, {"is_granted": False})
    )
    assert sorted(one.status_code for one in both) == [200, 409]
    [one] = (await floor.view(ticket))["extensions"]
    [dispatch] = (await floor.view(ticket))["dispatches"]
    assert (dispatch["due_at"] == LATER) == (one["state"] == "granted")


@pytest.mark.parametrize("due_at", ["2026-11-25T10:00:00", "2099-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "soon"])
async def test_extension_to_no_moment_is_refused(floor: Floor, due_at: str) -> None:
    ticket = await floor.accepted()
    body = {"reason": "等配件", "due_at": due_at}
    assert (await call(floor.tan, "post", f"/tickets/{ticket}/extensions", body))[0] == 400


async def test_solving_ends_the_watch_and_tells_the_watcher(floor: Floor) -> None:
    ticket = await floor.accepted()
    await floor.wu.post(f"/tickets/{ticket}/supervision", {"span": SPAN})
    solved = await floor.site.desk.sql("select id from status where category = 'solved' limit 1")
    await floor.tan.patch(f"/tickets/{ticket}", {"status_id": solved})
    await floor.follow()
    assert (await floor.view(ticket))["supervision"] is None
    assert (await floor.told("wu"))[-1] == "supervision_ended"
    facts = await floor.site.desk.events("supervision_changed")
    assert [one.data["change"] for one in facts] == ["begun", "ended"]


async def test_program_watches_no_ticket(floor: Floor) -> None:
    ticket = await floor.ticket()
    ada = await floor.site.desk.person("Ada", role="administrator", everywhere=True)
    program = await floor.site.program(ada, "teamwork.lead", "tickets.read")
    assert await call(program, "post", f"/tickets/{ticket}/supervision", {"span": SPAN}) == (400, "only_people_watch")
    assert (await floor.view(ticket))["supervision"] is None


async def test_figures_of_departments_count_the_brands_that_one_sees(floor: Floor) -> None:
    await floor.accepted()
    other = await floor.site.desk.brand("Other")
    mine = await floor.site.ticket("别的品牌", brand=other)
    for body in ({"team_id": floor.technical, "span": HOURS_8},):
        await floor.lin.post(f"/tickets/{mine}/dispatches", body)
    task = {"team_id": floor.logistics, "title": "查", "span": {"amount": 1, "unit": "natural_minutes"}}
    assert (await floor.wu.post(f"/tickets/{mine}/tasks", task)).status_code == 201
    floor.site.desk.later(hours=2)
    teams = (1, floor.technical, floor.logistics)
    for brands, dispatched, due in (([1], [1], [0]), ([other], [1, 0], [0, 1]), (None, [2, 0], [0, 1])):
        lead = await floor.site.desk.person("Lead", *teams, role="supervisor", brands=brands)
        found = (await (await floor.site.browser(lead)).get("/teamwork/figures")).json()
        by_team = sorted(found["departments"], key=lambda one: one["team_id"])
        assert [one["dispatched"] for one in by_team] == dispatched
        assert [one["tasks_due"] for one in by_team] == due


@pytest.mark.parametrize(
    "query",
    [
        "starts_at=2025-10-01T00:00:00",
        "starts_at=2026-11-24T00:00:00Z&ends_at=2026-11-24T00:00:00Z",
        "starts_at=2026-11-25T00:00:00Z&ends_at=2026-11-24T00:00:00Z",
        "ends_at=0001-01-01T00:00:00Z",
        "starts_at=never",
    ],
)
async def test_figures_of_no_period_are_refused(floor: Floor, query: str) -> None:
    assert (await floor.wu.get(f"/teamwork/figures?{query}")).status_code == 400


async def test_figures_from_a_moment_without_a_zone_take_it_as_utc(floor: Floor) -> None:
    found = (await floor.wu.get("/teamwork/figures?starts_at=2026-11-22T00:00:00")).json()
    assert (found["starts_at"], found["ends_at"]) == ("2026-11-22T00:00:00Z", "2026-11-23T02:00:00Z")


async def test_first_contact_of_a_closed_ticket_is_nobodys_any_more(floor: Floor) -> None:
    ticket = await floor.dispatched()
    assert [one["ticket_id"] for one in (await floor.lin.get("/first-contacts")).json()["items"]] == [ticket]
    closed = await floor.site.desk.sql("select id from status where category = 'closed' limit 1")
    assert (await floor.wu.patch(f"/tickets/{ticket}", {"status_id": closed})).status_code == 200
    assert (await floor.lin.get("/first-contacts")).json()["items"] == []
