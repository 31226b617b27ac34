"""Whoever is paged hears of it at any hour, on the page and by mail, once and in their own language."""

import pytest

from ombud.shared.errors import Invalid
from tests.service_levels.levels import HALF_HOUR, Levels, target


async def test_a_page_goes_out_at_night_by_mail_in_the_language_of_whoever_is_paged(levels: Levels) -> None:
    boss = await levels.desk.person("Wu", role="supervisor")
    await levels.desk.run(
        "update person set locale = 'zh-CN', time_zone = 'Asia/Shanghai' where id = %(id)s", id=boss.id
    )
    await levels.policy(HALF_HOUR, steps=[{"minutes": 0, "tell": ["supervisors"], "pages": True}])
    ticket = await levels.ticket()
    due = await levels.desk.sql("select due_at from clock where ticket_id = %(id)s", id=ticket)
    levels.desk.later(hours=14)
    await levels.fire()
    await levels.fire()
    assert await levels.told_people("paged") == [boss.id]
    [mail] = levels.outbox.mails
    assert mail["to"] == await levels.desk.sql("select email from person where id = %(id)s", id=boss.id)
    assert mail["subject"] == f"#{ticket}：首次响应已超时"
    assert f"https://desk.example/tickets/all/{ticket}" in mail["text"]
    assert f"{due.hour + 8:02}:{due.minute:02}" in mail["text"]


async def test_a_page_before_the_deadline_says_that_it_comes_near(levels: Levels) -> None:
    lin = await levels.desk.person("Lin")
    await levels.policy(HALF_HOUR, steps=[{"percent": 50, "tell_people": [lin.id], "pages": True}])
    ticket = await levels.ticket()
    levels.desk.later(minutes=15)
    await levels.fire()
    [mail] = levels.outbox.mails
    assert mail["subject"] == f"#{ticket}: First response comes near"


async def test_pages_of_two_steps_taken_at_once_say_each_what_its_step_says(levels: Levels) -> None:
    lin, boss = await levels.desk.person("Lin"), await levels.desk.person("Wu")
    near = {"percent": 50, "tell_people": [lin.id], "pages": True}
    late = {"minutes": 0, "tell_people": [boss.id], "pages": True}
    await levels.policy(HALF_HOUR, steps=[near, late])
    ticket = await levels.ticket()
    levels.desk.later(hours=1)
    await levels.fire()
    subjects = {mail["to"]: mail["subject"] for mail in levels.outbox.mails}
    assert subjects == {
        await levels.desk.sql("select email from person where id = %(id)s", id=lin.id): (
            f"#{ticket}: First response comes near"
        ),
        await levels.desk.sql("select email from person where id = %(id)s", id=boss.id): (
            f"#{ticket}: First response is overdue"
        ),
    }


async def test_whoever_two_steps_page_at_once_gets_one_page_with_the_later_state(levels: Levels) -> None:
    lin = await levels.desk.person("Lin")
    steps = [{"percent": 50, "tell_people": [lin.id], "pages": True}]
    await levels.policy(HALF_HOUR, steps=[*steps, {"minutes": 0, "tell_people": [lin.id], "pages": True}])
    ticket = await levels.ticket()
    levels.desk.later(hours=1)
    await levels.fire()
    assert [mail["subject"] for mail in levels.outbox.mails] == [f"#{ticket}: First response is overdue"]


async def test_nobody_is_mailed_who_is_only_told(levels: Levels) -> None:
    lin = await levels.desk.person("Lin")
    await levels.policy(HALF_HOUR, steps=[{"percent": 50, "tell_people": [lin.id]}])
    await levels.ticket()
    levels.desk.later(minutes=15)
    await levels.fire()
    assert levels.outbox.mails == []


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ({"pages": True, "raise_priority": True}, "nobody_paged"),
        ({"task": {"team_id": 1, "title": "  ", "span": {"amount": 4, "unit": "working_hours"}}}, "no_title"),
    ],
)
async def test_a_step_that_pages_nobody_or_asks_for_nothing_is_refused(
    levels: Levels, step: dict[str, object], problem: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await levels.policy(target("resolution", 8), steps=[step])
    assert refused.value.fields == {"steps": problem}
