"""Notices as they are written, published, changed and withdrawn; who may what; whom they are for."""

from typing import Any

import pytest

from tests.knowledge.notices.desk import QUIZ, RIGHT, Briefing, option


async def test_draft_is_seen_by_its_writers_alone(briefing: Briefing) -> None:
    made = (await briefing.boss.post("/notices", briefing.notice(questions=QUIZ))).json()
    assert (made["standing"], made["questions"], made["people"], made["may_write"]) == ("draft", 2, 3, True)
    assert (await briefing.lin.get(f"/notices/{made['id']}")).status_code == 404
    assert (await briefing.lin.get("/notices?which=draft")).json()["items"] == []
    assert [one["id"] for one in (await briefing.boss.get("/notices?which=draft")).json()["items"]] == [made["id"]]


async def test_published_notice_is_for_its_teams_alone(briefing: Briefing) -> None:
    notice = await briefing.publish()
    assert await briefing.own(briefing.lin) == await briefing.own(briefing.boss) == [notice["id"]]
    assert await briefing.own(briefing.other) == []
    assert (await briefing.other.get(f"/notices/{notice['id']}")).status_code == 404
    assert (await briefing.read(briefing.other, notice)).status_code == 404


async def test_notice_for_roles_leaves_others_out(briefing: Briefing) -> None:
    notice = await briefing.publish(roles=["agent"])
    assert await briefing.own(briefing.boss) == []
    assert await briefing.progress(notice) == {"Lin": "unread", "Wei": "unread"}


async def test_notice_for_everybody_wants_somebody_who_sees_every_team(briefing: Briefing) -> None:
    assert (await briefing.boss.post("/notices", briefing.notice(team_ids=[]))).status_code == 403
    assert (await briefing.boss.post("/notices", briefing.notice(team_ids=[1]))).status_code == 403
    head = await briefing.site.desk.person("Head", role="supervisor", everywhere=True)
    partner = await briefing.site.browser(await briefing.site.desk.person("Pei", role="partner"))
    notice = await briefing.publish(await briefing.site.browser(head), team_ids=[])
    assert await briefing.own(briefing.other) == [notice["id"]]
    assert await briefing.own(partner) == []
    # the leader of a team sees those of theirs
    assert set(await briefing.progress(notice)) == {"Bao", "Lin", "Wei"}
    assert (await briefing.boss.put(f"/notices/{notice['id']}/withdrawal", {})).status_code == 403


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"title_en": " ", "title_zh": ""}, {"title": "required"}),
        ({"until_at": "2020-01-01T00:00:00Z"}, {"until_at": "before_from"}),
        ({"article_id": 99_999}, {"article_id": "unknown"}),
        ({"questions": [QUIZ[0] | {"options": [option("a"), option("b")]}]}, {"questions.0": "one_right"}),
    ],
)
async def test_write_refuses_what_cannot_be(briefing: Briefing, more: dict[str, Any], fields: dict[str, str]) -> None:
    answer = await briefing.boss.post("/notices", briefing.notice(**more))
    assert (answer.status_code, answer.json()["fields"]) == (400, fields)


async def test_publish_without_anything_to_read_is_refused(briefing: Briefing) -> None:
    made = (await briefing.boss.post("/notices", briefing.notice(body_en="<script>x</script>"))).json()
    assert made["body_en"] == ""
    assert (await briefing.boss.put(f"/notices/{made['id']}/publication", {})).status_code == 400


async def test_agent_writes_no_notices(briefing: Briefing) -> None:
    notice = await briefing.publish()
    path = f"/notices/{notice['id']}"
    refused = [
        await briefing.lin.post("/notices", briefing.notice()),
        await briefing.lin.put(path, briefing.notice(version=notice["version"])),
        await briefing.lin.put(f"{path}/publication", {}),
        await briefing.lin.put(f"{path}/withdrawal", {}),
        await briefing.lin.delete(path),
        await briefing.lin.get(f"{path}/readers"),
        await briefing.lin.get(f"{path}/readers/file"),
        await briefing.lin.post(f"{path}/reminders", {}),
        await briefing.lin.put(f"{path}/readers/1/tries", {}),
    ]
    assert {one.status_code for one in refused} == {403}


async def test_change_over_somebody_elses_is_a_conflict(briefing: Briefing) -> None:
    made = (await briefing.boss.post("/notices", briefing.notice())).json()
    path = f"/notices/{made['id']}"
    changed = await briefing.boss.put(path, briefing.notice(title_en="Other", version=1))
    assert (changed.json()["title_en"], changed.json()["version"]) == ("Other", 2)
    again = await briefing.boss.put(path, briefing.notice(version=1))
    assert (again.status_code, again.json()["code"]) == (409, "changed_meanwhile")


async def test_news_in_a_published_notice_is_read_anew_and_a_slip_is_not(briefing: Briefing) -> None:
    notice = await briefing.publish()
    await briefing.read(briefing.lin, notice)
    path = f"/notices/{notice['id']}"
    slip = await briefing.boss.put(path, briefing.notice(title_en="Returns", version=notice["version"]))
    assert slip.json()["edition"] == 1
    assert await briefing.own(briefing.lin) == []
    news = await briefing.boss.put(path, briefing.notice(is_news=True, version=slip.json()["version"]))
    assert news.json()["edition"] == 2
    assert await briefing.own(briefing.lin) == [notice["id"]]
    assert (await briefing.read(briefing.lin, notice)).json()["code"] == "notice_changed"
    # other questions are news of themselves
    asked = await briefing.boss.put(path, briefing.notice(questions=QUIZ, version=news.json()["version"]))
    assert asked.json()["edition"] == 3


async def test_withdrawn_notice_is_read_by_nobody_and_changed_by_nobody(briefing: Briefing) -> None:
    notice = await briefing.publish(blocks_online=True)
    path = f"/notices/{notice['id']}"
    gone = await briefing.boss.put(f"{path}/withdrawal", {})
    assert gone.json()["standing"] == "withdrawn"
    assert await briefing.own(briefing.lin) == []
    for answer in (
        await briefing.boss.put(f"{path}/withdrawal", {}),
        await briefing.boss.put(f"{path}/publication", {}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "withdrawn")
    assert [one["id"] for one in (await briefing.boss.get("/notices?which=past")).json()["items"]] == [notice["id"]]


async def test_draft_is_thrown_away_and_a_published_one_is_not(briefing: Briefing) -> None:
    made = (await briefing.boss.post("/notices", briefing.notice())).json()
    assert (await briefing.boss.delete(f"/notices/{made['id']}")).status_code == 204
    assert (await briefing.boss.get(f"/notices/{made['id']}")).status_code == 404
    notice = await briefing.publish()
    assert (await briefing.boss.delete(f"/notices/{notice['id']}")).json()["code"] == "not_a_draft"


async def test_right_options_are_told_to_writers_alone(briefing: Briefing) -> None:
    notice = await briefing.publish(questions=QUIZ)
    seen = (await briefing.lin.get(f"/notices/{notice['id']}")).json()
    assert not any(option["is_right"] for one in seen["items"] for option in one["options"])
    written = (await briefing.boss.get(f"/notices/{notice['id']}")).json()
    assert [option["is_right"] for option in written["items"][0]["options"]] == [False, True]
    assert (await briefing.answer(briefing.lin, notice, RIGHT)).json()["is_passed"]
