"""Clocks, calendars and policies over the API."""

from typing import Any

import msgspec
import pytest

from ombud.service_levels.queries import hours_of_people
from ombud.service_levels.services.applying import apply_part
from ombud.shared.calendars.schemas import CalendarSpec
from tests.accounts.desk import Browser
from tests.service_levels.levels import HALF_HOUR, Levels, target
from tests.shared.calendars.made import CHINA
from tests.site import Site

WEEK = {day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SPEC = {"time_zone": "Asia/Shanghai", "week": WEEK}
CALENDAR = {"name_en": "Office", "name_zh": "办公时间", "spec": SPEC, "tables": ["cn"]}


@pytest.fixture
async def chief(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Wu", role="supervisor"))


@pytest.fixture
async def agent(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Lin"))


def policy(levels: Levels, *targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "calendar_id": levels.calendar_id,
        "targets": list(targets),
        "name_en": "Standard",
        "name_zh": "标准",
    } | more


async def test_a_calendar_is_made_changed_and_archived(site: Site, chief: Browser) -> None:
    made = await chief.post("/calendars", CALENDAR)
    assert made.status_code == 201, made.text
    first = made.json()
    assert (first["is_default"], first["spec"]["known_until"]) == (True, "2026-12-31")
    assert len(first["spec"]["days_off"]) == 61
    second = (await chief.post("/calendars", CALENDAR | {"name_en": "Night"})).json()
    assert second["is_default"] is False
    same = await chief.patch(f"/calendars/{second['id']}", CALENDAR | {"name_en": "Late"})
    assert (same.json()["name_en"], same.json()["version_id"]) == ("Late", second["version_id"])
    other = CALENDAR | {"spec": SPEC | {"week": {"mon": [["22:00", "06:00"]]}}, "is_archived": True}
    changed = (await chief.patch(f"/calendars/{second['id']}", other)).json()
    assert changed["version_id"] > second["version_id"]
    assert changed["is_archived"] is True
    refused = await chief.patch(f"/calendars/{first['id']}", CALENDAR | {"is_archived": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "calendar_in_use")
    changes = [one.data["change"] for one in await site.desk.events("calendar_changed")]
    assert changes == ["made", "made", "changed", "archived"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"spec": {"time_zone": "Mars/Olympus", "week": WEEK}}, "unknown_time_zone"),
        ({"spec": {"week": {}}}, "calendar_closed_always"),
        ({"spec": {"week": {"mon": []}}}, "calendar_closed_always"),
        ({"tables": ["atlantis"]}, "invalid"),
        ({"name_en": " ", "name_zh": ""}, "invalid"),
        ({"spec": SPEC | {"week": {"mon": [["9", "18:00"]]}}}, "invalid"),
        ({"spec": SPEC | {"days_off": [{"on": "2026-10-10"}], "exchanged": [{"on": "2026-10-10"}]}}, "invalid"),
    ],
)
async def test_a_calendar_that_cannot_be_is_refused(chief: Browser, change: dict[str, Any], code: str) -> None:
    answer = await chief.post("/calendars", CALENDAR | change)
    assert (answer.status_code in {400, 422}, answer.json()["code"]) == (True, code)


async def test_a_trial_says_when_it_is_due_and_shows_the_days(agent: Browser) -> None:
    asked = {
        "spec": SPEC,
        "tables": ["cn"],
        "start": "2026-09-30T17:30:00+08:00",
        "span": {"amount": 3, "unit": "working_days"},
        "days_from": "2026-09-28",
    }
    answer = (await agent.post("/calendar-trials", asked)).json()
    assert answer["due_at"] == "2026-10-10T15:59:59Z"
    assert (answer["is_beyond_table"], answer["is_open_at_start"], answer["week_minutes"]) == (False, True, 2250)
    days = {one["on"]: one for one in answer["days"]}
    assert len(days) == 42
    assert (days["2026-10-01"]["kind"], days["2026-10-01"]["name_zh"], days["2026-10-01"]["open"]) == (
        "off",
        "国庆节",
        [],
    )
    assert days["2026-10-10"]["kind"] == "exchanged"
    assert days["2026-10-10"]["open"] == [[540, 720], [810, 1080]]
    later = asked | {"start": "2026-12-31T17:00:00+08:00"}
    assert (await agent.post("/calendar-trials", later)).json()["is_beyond_table"] is True
    too_long = asked | {"span": {"amount": 99_999, "unit": "working_days"}}
    assert (await agent.post("/calendar-trials", too_long)).status_code == 400


async def test_holidays_are_read_from_a_file(chief: Browser) -> None:
    text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270101\nSUMMARY:元旦\nEND:VEVENT\nEND:VCALENDAR"
    found = (await chief.post("/calendar-files", {"text": text})).json()
    assert found["days_off"] == [{"on": "2027-01-01", "name_en": "元旦", "name_zh": "元旦"}]
    refused = await chief.post("/calendar-files", {"text": "hello"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_calendar_file")
    tables = (await chief.get("/holiday-tables")).json()["items"]
    assert [(one["key"], [year["year"] for year in one["years"]]) for one in tables] == [("cn", [2025, 2026])]


async def test_a_team_has_hours_of_its_own(site: Site, levels: Levels, chief: Browser) -> None:
    other = await levels.calendar(CHINA)
    for _ in range(2):
        assert (await chief.put("/teams/1/hours", {"calendar_id": other})).status_code == 204
    rows = (await chief.get("/calendars")).json()["items"]
    assert [one["team_ids"] for one in rows if one["id"] == other] == [[1]]
    assert [one.data["change"] for one in await site.desk.events("calendar_changed")].count("team") == 1
    assert (await chief.put("/teams/999/hours", {"calendar_id": other})).status_code == 404
    assert (await chief.put("/teams/1/hours", {"calendar_id": 999})).status_code == 404


async def test_policies_are_made_ordered_changed_and_archived(site: Site, levels: Levels, chief: Browser) -> None:
    one = (await chief.post("/service-policies", policy(levels, HALF_HOUR))).json()
    two = (await chief.post("/service-policies", policy(levels, HALF_HOUR, name_en="VIP"))).json()
    assert [one["position"], two["position"]] == [1, 2]
    ordered = (await chief.put("/service-policy-order", {"ids": [two["id"], one["id"]]})).json()["items"]
    assert [row["id"] for row in ordered] == [two["id"], one["id"]]
    same = await chief.patch(f"/service-policies/{one['id']}", policy(levels, HALF_HOUR))
    assert same.json()["version_id"] == one["version_id"]
    other = await chief.patch(f"/service-policies/{one['id']}", policy(levels, target("resolution", 60)))
    assert other.json()["version_id"] > one["version_id"]
    gone = await chief.patch(f"/service-policies/{two['id']}", policy(levels, HALF_HOUR, is_archived=True))
    assert gone.json()["is_archived"] is True
    rows = (await chief.get("/service-policies")).json()["items"]
    assert [row["id"] for row in rows] == [one["id"], two["id"]]
    changes = [event.data["change"] for event in await site.desk.events("service_policy_changed")]
    assert changes == ["made", "made", "ordered", "changed", "archived"]
    assert (await chief.patch("/service-policies/999", policy(levels, HALF_HOUR))).status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name_en": "", "name_zh": " "}, 400),
        ({"targets": []}, 400),
        ({"targets": [target("resolution", 5_000, "working_days")]}, 400),
        ({"targets": [target("resolution", 0)]}, 400),
        ({"condition": {"field": "moon", "op": "is", "value": 1}}, 400),
        ({"calendar_id": 999}, 404),
        ({"steps": [{"minutes": 5}]}, 400),
        ({"steps": [{"minutes": 5, "team_id": 999}]}, 404),
        ({"steps": [{"minutes": 5, "tell_people": [999]}]}, 404),
    ],
)
async def test_a_policy_that_cannot_be_is_refused(
    levels: Levels, chief: Browser, change: dict[str, Any], status: int
) -> None:
    answer = await chief.post("/service-policies", policy(levels, HALF_HOUR) | change)
    assert answer.status_code == status, answer.text


async def test_a_calendar_that_a_policy_counts_in_is_not_archived(levels: Levels, chief: Browser) -> None:
    other = await levels.calendar(CHINA)
    await chief.post("/service-policies", policy(levels, HALF_HOUR, calendar_id=other))
    plain = {"spec": msgspec.to_builtins(CHINA), "name_en": "Office"}
    assert (await chief.patch(f"/calendars/{other}", plain | {"is_archived": True})).status_code == 409


async def test_agents_read_and_only_managers_change(levels: Levels, agent: Browser, site: Site) -> None:
    assert (await agent.get("/calendars")).status_code == 200
    assert (await agent.get("/service-policies")).status_code == 200
    for path, body in (
        ("/calendars", CALENDAR),
        ("/service-policies", policy(levels, HALF_HOUR)),
        ("/service-policy-previews", {"spec": policy(levels, HALF_HOUR)}),
        ("/service-policy-applications", None),
        ("/calendar-files", {"text": "x"}),
    ):
        assert (await agent.post(path, body)).status_code == 403, path
    assert (await agent.get("/service-policy-applications")).status_code == 403
    assert (await site.stranger().get("/calendars")).status_code == 401


async def test_the_ticket_shows_its_clocks_and_what_comes_next(levels: Levels, agent: Browser) -> None:
    steps = [{"percent": 80, "tell": ["holder"]}]
    await levels.policy(HALF_HOUR, target("resolution", 4, "working_hours", rests_in=["on_hold"]), steps=steps)
    ticket = await levels.ticket()
    levels.desk.later(minutes=10)
    first, whole = (await agent.get(f"/tickets/{ticket}/clocks")).json()["items"]
    assert (first["metric"], first["state"], first["left_seconds"], first["is_counting"]) == (
        "first_response",
        "running",
        1200,
        True,
    )
    assert (first["next"]["what"], first["next"]["step"]["percent"]) == ("step", 80)
    assert (first["policy_name_en"], first["calendar_name_zh"]) == ("Standard", "时间")
    assert whole["rests_in"] == ["on_hold", "solved", "closed"]
    await levels.status(ticket, "on_hold")
    _, resting = (await agent.get(f"/tickets/{ticket}/clocks")).json()["items"]
    assert (resting["state"], resting["left_seconds"], resting["due_at"], resting["next"]) == (
        "resting",
        13_800,
        None,
        None,
    )
    levels.desk.later(hours=1)
    [late, _] = (await agent.get(f"/tickets/{ticket}/clocks")).json()["items"]
    assert late["left_seconds"] == -2400


async def test_clocks_of_a_ticket_of_another_team_are_not_found(levels: Levels, site: Site) -> None:
    ticket = await levels.ticket()
    other = await site.browser(await site.desk.person("Zoe", await site.desk.team("Elsewhere")))
    assert (await other.get(f"/tickets/{ticket}/clocks")).status_code == 404
    body = {"label": "Court", "due_at": "2026-12-01T00:00:00Z"}
    assert (await other.post(f"/tickets/{ticket}/deadlines", body)).status_code == 404
    assert (await other.put(f"/tickets/{ticket}/clocks/1/acknowledgement", None)).status_code == 404


async def test_a_deadline_from_outside_is_watched_and_warns_when_ours_lies_behind(
    levels: Levels, agent: Browser
) -> None:
    await levels.policy(target("resolution", 48, "natural_hours"))
    ticket = await levels.ticket()
    body = {"label": "Late fee of the card", "due_at": "2026-11-24T09:00:00Z"}
    answer = await agent.post(f"/tickets/{ticket}/deadlines", body)
    assert answer.status_code == 201, answer.text
    outside = answer.json()["items"][0]
    assert (outside["metric"], outside["label"], outside["is_before_ours"]) == ("external", body["label"], True)
    assert await levels.desk.column(ticket, "due_metric") == "external"
    levels.desk.later(hours=24)
    await levels.fire()
    assert [one.data["metric"] for one in await levels.desk.events("clock_breached")] == ["external"]
    for _ in range(2):
        ended = await agent.put(f"/tickets/{ticket}/deadlines/{outside['id']}/end", {"outcome": "met"})
    assert ended.json()["items"][-1]["outcome"] == "met"
    assert await levels.desk.column(ticket, "due_metric") == "resolution"
    assert len(await levels.desk.events("clock_met")) == 1
    own = (await agent.get(f"/tickets/{ticket}/clocks")).json()["items"][0]["id"]
    assert (await agent.put(f"/tickets/{ticket}/deadlines/{own}/end", {"outcome": "met"})).status_code == 404


@pytest.mark.parametrize("due", ["2026-11-23T09:00:00Z", "2099-01-01T00:00:00Z"])
async def test_a_deadline_in_the_past_or_in_2099_is_refused(levels: Levels, agent: Browser, due: str) -> None:
    ticket = await levels.ticket()
    refused = await agent.post(f"/tickets/{ticket}/deadlines", {"label": "Court", "due_at": due})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["due_at"])


async def test_a_clock_is_acknowledged_once(levels: Levels, agent: Browser) -> None:
    await levels.policy(HALF_HOUR)
    ticket = await levels.ticket()
    clock = (await levels.clocks(ticket))["first_response"]
    for _ in range(2):
        seen = await agent.put(f"/tickets/{ticket}/clocks/{clock.id}/acknowledgement", None)
    assert seen.json()["items"][0]["acknowledged_by"] is not None
    assert len(await levels.desk.events("clock_acknowledged")) == 1
    await levels.status(ticket, "solved")
    refused = await agent.put(f"/tickets/{ticket}/clocks/{clock.id}/acknowledgement", None)
    assert (refused.status_code, refused.json()["code"]) == (409, "clock_ended")


async def test_a_policy_is_tried_on_open_tickets_before_it_is_saved(levels: Levels, chief: Browser) -> None:
    await levels.ticket(who="c1")
    urgent = await levels.ticket(who="c2", priority=4)
    condition = {"field": "priority", "op": "is", "value": 4}
    spec = policy(levels, target("resolution", 60), condition=condition)
    found = (await chief.post("/service-policy-previews", {"spec": spec})).json()
    assert (found["looked_at"], found["matched"]) == (2, 1)
    assert [(one["ticket_id"], one["metric"]) for one in found["items"]] == [(urgent, "resolution")]
    assert await levels.clocks(urgent) == {}
    await levels.policy(target("resolution", 60))
    behind = (await chief.post("/service-policy-previews", {"spec": spec})).json()
    assert behind["matched"] == 0


async def test_policies_are_applied_to_open_tickets_after_a_look(levels: Levels, chief: Browser) -> None:
    old = await levels.ticket(who="c1")
    levels.desk.later(minutes=90)
    policy_id = (await levels.policy(target("resolution", 480))).id
    running = await levels.ticket(who="c2")
    await levels.change(policy_id, target("resolution", 60))
    look = (await chief.get("/service-policy-applications/preview")).json()
    assert (look["open_tickets"], look["looked_at"], look["changed"], look["newly_overdue"]) == (2, 2, 2, 1)
    begun = await chief.post("/service-policy-applications", None)
    assert (begun.status_code, begun.json()["total"]) == (201, 2)
    again = await chief.post("/service-policy-applications", None)
    assert (again.status_code, again.json()["code"]) == (409, "already_applying")
    assert await apply_part(levels.parts.database, now=levels.desk.now) == 2
    assert await apply_part(levels.parts.database, now=levels.desk.now) == 0
    [job] = (await chief.get("/service-policy-applications")).json()["items"]
    assert (job["state"], job["done"], job["changed"]) == ("done", 2, 2)
    clocks = [(await levels.clocks(ticket))["resolution"] for ticket in (old, running)]
    assert [one.breached_at is not None for one in clocks] == [True, False]
    assert [one.span.amount for one in clocks if one.span] == [60, 60]
    kept = [one.data["change"] for one in await levels.desk.events("service_policies_applied")]
    assert kept == ["begun", "done"]


async def test_a_changed_calendar_moves_open_tickets_only_when_it_is_applied(levels: Levels, chief: Browser) -> None:
    await levels.policy(target("resolution", 2, "working_hours"))
    ticket = await levels.ticket()
    before = await levels.due(ticket)
    spec = CalendarSpec("UTC", {"tue": [("09:00", "17:00")]})
    await chief.patch(f"/calendars/{levels.calendar_id}", {"spec": msgspec.to_builtins(spec), "name_en": "Tuesdays"})
    await levels.patch(ticket, subject="Another subject")
    assert await levels.due(ticket) == before
    await chief.post("/service-policy-applications", None)
    await apply_part(levels.parts.database, now=levels.desk.now)
    due = await levels.due(ticket)
    assert due is not None
    assert due.isoformat() == "2026-11-24T11:00:00+00:00"


async def test_lists_are_sorted_by_the_next_deadline(levels: Levels, agent: Browser) -> None:
    await levels.policy(target("resolution", 60, priorities=[4]), target("resolution", 480, priorities=[2]))
    slow, none = await levels.ticket(who="c1"), await levels.ticket(who="c2", priority=1)
    quick = await levels.ticket(who="c3", priority=4)
    found = await agent.post("/tickets/query", {"condition": {"all": []}, "sort": "due"})
    assert [one["id"] for one in found.json()["items"]] == [quick, slow, none]
    condition = {"field": "due", "op": "is_set"}
    first = (await agent.post("/tickets/query", {"condition": condition, "sort": "due", "limit": 1})).json()
    assert [one["id"] for one in first["items"]] == [quick]
    assert first["items"][0]["due_metric"] == "resolution"
    more = {"condition": condition, "sort": "due", "cursor": first["next"]}
    assert [one["id"] for one in (await agent.post("/tickets/query", more)).json()["items"]] == [slow]


async def test_hours_of_people_are_those_of_their_own_calendar(site: Site, chief: Browser) -> None:
    calendar = (await chief.post("/calendars", CALENDAR)).json()
    bo, chen = await site.desk.person("Bo"), await site.desk.person("Chen")
    assert bo.id
    assert chen.id
    settings = {"settings": {"calendar_id": calendar["id"]}, "version": 0}
    assert (await chief.put(f"/agent-routing/{bo.id}", settings)).status_code == 200
    async with site.desk.parts.database.transaction() as tx:
        hours = await hours_of_people(tx, [bo.id, chen.id])
    assert {one: hours[one].spec.time_zone for one in hours} == {bo.id: "Asia/Shanghai"}
