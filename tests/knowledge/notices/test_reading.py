"""Notices as they are read: receipts, tries, reminders, and what bars going online."""

import pytest

from ombud.accounts.permissions import ROLES
from tests.knowledge.notices.desk import QUIZ, RIGHT, WRONG, Briefing


async def test_notice_without_questions_is_settled_by_reading(briefing: Briefing) -> None:
    notice = await briefing.publish()
    await briefing.lin.put(f"/notices/{notice['id']}/opened", {})
    assert await briefing.progress(notice) == {"Bao": "unread", "Lin": "opened", "Wei": "unread"}
    read = await briefing.read(briefing.lin, notice)
    assert read.json()["own"]["progress"] == "settled"
    assert await briefing.own(briefing.lin) == []
    await briefing.read(briefing.lin, notice)
    settled = await briefing.site.desk.events("notice_settled")
    assert [one.data["person_id"] for one in settled] == [briefing.people["lin"].id]
    row = (await briefing.boss.get("/notices")).json()["items"][0]
    assert (row["people"], row["settled"]) == (3, 1)


async def test_notice_with_questions_wants_them_passed(briefing: Briefing) -> None:
    notice = await briefing.publish(questions=QUIZ)
    assert (await briefing.read(briefing.lin, notice)).json()["own"]["progress"] == "read"
    first = (await briefing.answer(briefing.lin, notice, WRONG)).json()
    assert (first["percent"], first["is_passed"], first["wrong"]) == (0, False, [0, 1])
    second = (await briefing.answer(briefing.lin, notice, RIGHT)).json()
    assert (second["percent"], second["is_passed"], second["own"]["tries"]) == (100, True, 2)
    assert await briefing.own(briefing.lin) == []


async def test_pass_mark_lets_half_through(briefing: Briefing) -> None:
    notice = await briefing.publish(questions=QUIZ, pass_percent=50)
    half = (await briefing.answer(briefing.lin, notice, [[1], [1]])).json()
    assert (half["percent"], half["is_passed"], half["own"]["progress"]) == (50, True, "settled")
    # a worse try afterwards takes nothing away
    worse = (await briefing.answer(briefing.lin, notice, WRONG)).json()
    assert (worse["is_passed"], worse["own"]["progress"], worse["own"]["best_percent"]) == (False, "settled", 50)


async def test_tries_end_and_a_supervisor_gives_new_ones(briefing: Briefing) -> None:
    notice = await briefing.publish(questions=QUIZ, most_tries=1)
    failed = (await briefing.answer(briefing.lin, notice, WRONG)).json()
    assert (failed["own"]["progress"], failed["own"]["tries_left"]) == ("failed", 0)
    refused = await briefing.answer(briefing.lin, notice, RIGHT)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_tries_left")
    path = f"/notices/{notice['id']}/readers"
    assert (await briefing.boss.put(f"{path}/{briefing.people['other'].id}/tries", {})).status_code == 404
    assert (await briefing.boss.put(f"{path}/{briefing.people['lin'].id}/tries", {})).status_code == 204
    assert (await briefing.answer(briefing.lin, notice, RIGHT)).json()["is_passed"]


@pytest.mark.parametrize("chosen", [[[1], [0, 2], [0]], [[9], [0]]])
async def test_answers_of_other_questions_pass_nothing(briefing: Briefing, chosen: list[list[int]]) -> None:
    notice = await briefing.publish(questions=QUIZ)
    answer = await briefing.answer(briefing.lin, notice, chosen)
    assert answer.status_code == 400 or not answer.json()["is_passed"]
    plain = await briefing.publish()
    assert (await briefing.answer(briefing.lin, plain, RIGHT)).status_code == 400


async def test_unread_notice_bars_going_online_until_it_is_passed(briefing: Briefing) -> None:
    notice = await briefing.publish(questions=QUIZ, blocks_online=True)
    barred = await briefing.lin.put("/me/presence", {"state": "online"})
    assert (barred.status_code, barred.json()["code"]) == (409, "notices_unread")
    assert barred.json()["notice_ids"] == [notice["id"]]
    assert (await briefing.lin.put("/me/presence", {"state": "away"})).status_code == 204
    assert (await briefing.other.put("/me/presence", {"state": "online"})).status_code == 204
    await briefing.answer(briefing.lin, notice, RIGHT)
    assert (await briefing.lin.put("/me/presence", {"state": "online"})).status_code == 204


async def test_who_is_online_stays_so_whatever_is_published(briefing: Briefing) -> None:
    await briefing.lin.put("/me/presence", {"state": "online"})
    await briefing.publish(blocks_online=True)
    assert (await briefing.lin.put("/me/presence", {"state": "online"})).status_code == 204
    await briefing.lin.put("/me/presence", {"state": "away"})
    assert (await briefing.lin.put("/me/presence", {"state": "online"})).status_code == 409


async def test_notice_that_bars_nothing_lets_everybody_online(briefing: Briefing) -> None:
    await briefing.publish()
    await briefing.publish(blocks_online=True, from_at=briefing.moment(days=1))
    assert (await briefing.lin.put("/me/presence", {"state": "online"})).status_code == 204


async def test_audience_is_told_once_in_its_language(briefing: Briefing) -> None:
    await briefing.site.desk.run("update person set locale = 'zh-CN' where id = %(id)s", id=briefing.people["wei"].id)
    notice = await briefing.publish()
    assert await briefing.told(briefing.lin) == [("notice_told", "Returns take fifteen days")]
    assert await briefing.told(briefing.wei) == [("notice_told", "退货期改为十五天")]
    assert await briefing.told(briefing.other) == []
    assert await briefing.due() == 0
    # opening it takes what told of it as read
    await briefing.lin.put(f"/notices/{notice['id']}/opened", {})
    [told] = (await briefing.lin.get("/notifications")).json()["items"]
    assert (told["notice_id"], told["read_at"] is not None) == (notice["id"], True)


async def test_planned_notice_is_told_when_its_moment_comes(briefing: Briefing) -> None:
    notice = await briefing.publish(from_at=briefing.moment(hours=2), blocks_online=True)
    assert await briefing.own(briefing.lin) == []
    assert (await briefing.read(briefing.boss, notice)).json()["code"] == "notice_over"
    assert (await briefing.told(briefing.lin), await briefing.due()) == ([], 0)
    briefing.site.desk.later(hours=2)
    assert (await briefing.due(), await briefing.due()) == (3, 0)
    assert await briefing.own(briefing.lin) == [notice["id"]]


async def test_newcomer_of_a_team_is_told_of_what_holds(briefing: Briefing) -> None:
    await briefing.publish()
    new = await briefing.site.browser(await briefing.site.desk.person("Mei", briefing.team))
    assert await briefing.due() == 1
    assert await briefing.told(new) == [("notice_told", "Returns take fifteen days")]


async def test_reminders_come_by_the_hours_until_it_is_read(briefing: Briefing) -> None:
    notice = await briefing.publish(remind_hours=4)
    await briefing.read(briefing.lin, notice)
    briefing.site.desk.later(hours=3)
    assert await briefing.due() == 0
    briefing.site.desk.later(hours=1)
    assert (await briefing.due(), await briefing.due()) == (2, 0)
    assert [kind for kind, _ in await briefing.told(briefing.wei)] == ["notice_told", "notice_reminder"]
    assert [kind for kind, _ in await briefing.told(briefing.lin)] == ["notice_told"]


async def test_supervisor_reminds_who_has_not_read_and_nobody_twice(briefing: Briefing) -> None:
    notice = await briefing.publish()
    path = f"/notices/{notice['id']}/reminders"
    assert (await briefing.boss.post(path, {})).json() == {"people": 0}
    briefing.site.desk.later(minutes=20)
    await briefing.read(briefing.lin, notice)
    assert (await briefing.boss.post(path, {})).json() == {"people": 2}
    assert (await briefing.boss.post(path, {})).json() == {"people": 0}
    found = (await briefing.boss.get(f"/notices/{notice['id']}/readers")).json()["items"]
    assert [(one["name"], one["reminders"]) for one in found] == [("Bao", 1), ("Wei", 1), ("Lin", 0)]


async def test_notice_that_is_over_is_read_no_more(briefing: Briefing) -> None:
    notice = await briefing.publish(until_at=briefing.moment(hours=1), blocks_online=True)
    briefing.site.desk.later(hours=1)
    assert await briefing.own(briefing.lin) == []
    assert (await briefing.read(briefing.lin, notice)).json()["code"] == "notice_over"
    assert (await briefing.lin.put("/me/presence", {"state": "online"})).status_code == 204
    # it stays readable
    assert (await briefing.lin.get(f"/notices/{notice['id']}")).json()["standing"] == "over"


@pytest.mark.parametrize(("locale", "state"), [("en", "Done"), ("zh-CN", "已完成")])
async def test_receipts_are_a_file_in_the_readers_language(briefing: Briefing, locale: str, state: str) -> None:
    notice = await briefing.publish()
    await briefing.read(briefing.lin, notice)
    lead = await briefing.site.desk.person("Ma", briefing.team, role="supervisor")
    await briefing.site.desk.run("update person set locale = %(l)s where id = %(id)s", l=locale, id=lead.id)
    reader = await briefing.site.browser(lead)
    answer = await reader.get(f"/notices/{notice['id']}/readers/file")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert len(lines) == 5
    assert lines[4].startswith(f"Lin,,After-sales,{state},")
    workbook = await briefing.boss.get(f"/notices/{notice['id']}/readers/file?kind=xlsx")
    assert workbook.content.startswith(b"PK")


async def test_program_reads_nothing(briefing: Briefing) -> None:
    notice = await briefing.publish()
    admin = await briefing.site.desk.person("Ada", role="administrator")
    program = await briefing.site.program(admin, "tickets.read")
    assert (await program.get("/notices/own")).json()["items"] == []
    assert (await briefing.read(program, notice)).status_code == 404
    assert "notices.manage" in ROLES["supervisor"]
