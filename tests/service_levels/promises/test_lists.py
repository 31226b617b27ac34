"""Promises over tickets: lists, pages, figures and files, of what one sees and nothing else."""

from typing import Any

import pytest

from ombud.accounts.permissions import Role
from tests.accounts.desk import Browser
from tests.service_levels.promises.counter import Counter

PERIOD = "since=2026-11-23T00:00:00Z&until=2026-12-01T00:00:00Z"


async def rows(who: Browser, query: str = "") -> list[dict[str, Any]]:
    answer = await who.get(f"/promises{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def by_phone(counter: Counter, hours: int, who: str = "c1") -> tuple[int, int]:
    """A promise that is due some hours from Monday morning on; the ticket and the promise."""
    ticket = await counter.ticket(who=who)
    due = f"2026-11-{23 + (2 + hours) // 24:02d}T{(2 + hours) % 24:02d}:00:00Z"
    answer = await counter.lin.post(f"/tickets/{ticket}/promises", {"words": f"在{hours}小时内", "due_at": due})
    assert answer.status_code == 201, answer.text
    return ticket, answer.json()["items"][0]["id"]


async def test_the_list_shows_the_next_deadline_first_and_what_has_none_last(counter: Counter) -> None:
    await counter.promised("We will refund you within 3 days of receiving the parcel.")
    for hours in (30, 5, 20):
        await by_phone(counter, hours, f"c{hours}")
    found = await rows(counter.lin)
    assert [one["words"] for one in found[:3]] == ["在5小时内", "在20小时内", "在30小时内"]
    assert found[3]["due_at"] is None
    assert found[0]["made_by"] == counter.people["lin"].id
    assert found[0]["customer_name"]


async def test_the_list_is_paged_without_losing_or_repeating(counter: Counter) -> None:
    for number in range(7):
        await by_phone(counter, 5 + number // 3, f"p{number}")
    await counter.promised("We will refund you within 3 days of receiving the parcel.")
    for which in ("open", "all"):
        seen: list[int] = []
        cursor = ""
        for _ in range(10):
            answer = (await counter.lin.get(f"/promises?which={which}&limit=3{cursor}")).json()
            seen += [one["id"] for one in answer["items"]]
            if answer["next"] is None:
                break
            cursor = f"&cursor={answer['next']}"
        assert len(seen) == len(set(seen)) == 8


async def test_overdue_ones_leave_the_list_once_they_are_done(counter: Counter) -> None:
    ticket, promise = await by_phone(counter, 5)
    await by_phone(counter, 30, "c2")
    await counter.later(hours=6)
    assert [one["status"] for one in await rows(counter.lin, "?which=overdue")] == ["broken"]
    assert len(await rows(counter.lin)) == 2
    await counter.end(ticket, promise)
    assert await rows(counter.lin, "?which=overdue") == []
    assert len(await rows(counter.lin)) == 1
    assert {one["status"] for one in await rows(counter.lin, "?which=all")} == {"broken", "open"}


async def test_the_list_narrows_to_a_person_or_a_team(counter: Counter) -> None:
    ticket, _ = await by_phone(counter, 5)
    lin, wu = counter.people["lin"].id, counter.people["wu"].id
    assert len(await rows(counter.lin, f"?person_id={lin}")) == 1
    assert await rows(counter.lin, f"?person_id={wu}") == []
    # who holds the ticket has it, too
    await counter.site.desk.run("update ticket set assignee_id = %(wu)s where id = %(id)s", wu=wu, id=ticket)
    assert len(await rows(counter.lin, f"?person_id={wu}")) == 1
    assert len(await rows(counter.lin, "?team_id=1")) == 1
    assert await rows(counter.lin, "?team_id=999") == []


async def test_promises_of_unseen_teams_and_brands_are_in_no_list_figure_or_file(counter: Counter) -> None:
    desk = counter.site.desk
    await by_phone(counter, 5)
    other = await desk.team("别的团队")
    roles: tuple[Role, ...] = ("agent", "supervisor", "administrator")
    for role in roles:
        outsider = await counter.site.browser(await desk.person(f"O{role}", other, role=role))
        assert await rows(outsider, "?which=all") == []
        for path in (f"/promises/figures?{PERIOD}", f"/promises/file?{PERIOD}&kind=csv"):
            answer = await outsider.get(path)
            assert "在5小时内" not in answer.text
            assert answer.status_code == (403 if role == "agent" else 200)
    branded = await counter.site.browser(await desk.person("B", 1, role="supervisor", brands=[await desk.brand("N")]))
    assert await rows(branded, "?which=all") == []
    assert (await branded.get(f"/promises/figures?{PERIOD}")).json()["items"] == []


async def test_figures_count_each_promise_once_where_it_belongs(counter: Counter) -> None:
    made = [await by_phone(counter, 5 + number, f"f{number}") for number in range(5)]
    await counter.say(made[0][0], "我们会尽快给您处理。")
    await counter.end(*made[0])
    await counter.end(*made[1], "dropped", reason="客户自行解决")
    body = {"due_at": "2026-11-24T07:00:00Z", "reason": "配件未到"}
    await counter.lin.put(f"/tickets/{made[2][0]}/promises/{made[2][1]}/moment", body)
    await counter.later(hours=12)
    await counter.end(*made[3])
    [share] = (await counter.wu.get(f"/promises/figures?{PERIOD}")).json()["items"]
    assert {name: share[name] for name in ("due", "kept", "broken", "kept_late")} == {
        "due": 3,
        "kept": 1,
        "broken": 2,
        "kept_late": 1,
    }
    assert {name: share[name] for name in ("dropped", "moved", "waiting", "vague")} == {
        "dropped": 1,
        "moved": 1,
        "waiting": 1,
        "vague": 1,
    }
    assert (share["name"], share["person_id"]) == ("Lin", counter.people["lin"].id)
    wu = counter.people["wu"].id
    assert (await counter.wu.get(f"/promises/figures?{PERIOD}&person_id={wu}")).json()["items"] == []


async def test_figures_stay_with_the_team_that_promised(counter: Counter) -> None:
    ticket, promise = await by_phone(counter, 5)
    await counter.end(ticket, promise)
    other = await counter.site.desk.team("技术")
    await counter.site.desk.run("update ticket set team_id = %(team)s where id = %(id)s", team=other, id=ticket)
    boss = await counter.site.browser(await counter.site.desk.person("Boss", 1, other, role="supervisor"))
    [share] = (await boss.get(f"/promises/figures?{PERIOD}&team_id=1")).json()["items"]
    assert (share["team_id"], share["kept"]) == (1, 1)


@pytest.mark.parametrize(
    "period", ["since=2026-12-01T00:00:00Z&until=2026-11-01T00:00:00Z", "since=2025-01-01&until=2026-11-30", ""]
)
async def test_figures_of_an_impossible_period_are_refused(counter: Counter, period: str) -> None:
    assert (await counter.wu.get(f"/promises/figures?{period}")).status_code in {400, 422}
    assert (await counter.wu.get(f"/promises/file?{period}")).status_code in {400, 422}


async def test_the_file_is_in_the_readers_language_and_zone_and_holds_no_formula(counter: Counter) -> None:
    ticket = await counter.ticket()
    words = "=HYPERLINK(1)在5小时内"
    await counter.lin.post(f"/tickets/{ticket}/promises", {"words": words, "due_at": "2026-11-23T07:00:00Z"})
    sql = "update person set locale = 'zh-CN', time_zone = 'Asia/Shanghai' where id = %(id)s"
    await counter.site.desk.run(sql, id=counter.people["wu"].id)
    answer = await counter.wu.get(f"/promises/file?{PERIOD}&kind=csv")
    assert answer.status_code == 200
    head, line = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith("承诺时间,承诺时限,")
    assert "2026-11-23 15:00:00" in line
    assert ",进行中," in line
    assert f"'{words}" in line
    excel = await counter.wu.get(f"/promises/file?{PERIOD}")
    assert excel.content[:2] == b"PK"
    assert "promises-20261123-20261201.xlsx" in excel.headers["content-disposition"]


async def test_the_profile_counts_promises_that_are_still_to_be_done(counter: Counter) -> None:
    ticket, promise = await by_phone(counter, 5)
    other, _ = await by_phone(counter, 6, "c1")
    customer = await counter.site.desk.column(ticket, "customer_id")
    assert await counter.site.desk.column(other, "customer_id") == customer
    answer = await counter.lin.get(f"/customers/{customer}/profile")
    assert answer.json()["open_promises"] == 2
    await counter.end(ticket, promise)
    assert (await counter.lin.get(f"/customers/{customer}/profile")).json()["open_promises"] == 1


async def test_the_list_refuses_bad_cursors_and_limits(counter: Counter) -> None:
    await by_phone(counter, 5)
    found = await rows(counter.lin, "?limit=1")
    assert len(found) == 1
    assert (await counter.lin.get("/promises?limit=0")).status_code in {400, 422}
    assert (await counter.lin.get("/promises?cursor=nonsense")).status_code in {400, 422}
