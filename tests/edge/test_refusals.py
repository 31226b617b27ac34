"""Refusals that nobody meets in a day's work: a list is full, something is over already, or it is one's own."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site, reply_of

RULE = {"when": {"kind": "events", "events": ["ticket_opened"]}, "actions": {"priority": 3}, "condition": {"all": []}}
STEP = {"all": [{"skill_id": 1, "level": 1}]}


@pytest.fixture
async def boss(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator", everywhere=True))


# What fills a list up to its last place, and what then asks for one more.
FULL: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "views of one's own": (
        """insert into saved_view (name_en, name_zh, scope, owner_id, condition, sort, created_at)
            select 'x', '', 'own', p.id, '{"all": []}', 'newest', now() from person p, generate_series(1, 199)""",
        "/saved-views",
        {"name_en": "One more", "condition": {"all": []}},
        "too_many_views",
    ),
    "skills": (
        """insert into skill (kind, name_en, created_at)
            select 'other', 'Skill ' || n, now() from generate_series(1, 299) n""",
        "/skills",
        {"kind": "other", "name_en": "One more"},
        "too_many_skills",
    ),
    "rules": (
        "insert into rule (created_at) select now() from generate_series(1, 999)",
        "/rules",
        {"spec": {"name_en": "One more"} | RULE},
        "too_many_rules",
    ),
}


@pytest.mark.parametrize("what", FULL)
async def test_list_takes_its_last_and_no_more(site: Site, boss: Browser, what: str) -> None:
    fill, path, body, code = FULL[what]
    await site.desk.run(fill)
    assert (await boss.post(path, body)).status_code == 201
    second = body | ({"name_en": "And another"} if "name_en" in body else {})
    answer = await boss.post(path, second)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert "rchive" in answer.json()["detail"] or "emove" in answer.json()["detail"]


async def test_ticket_takes_twenty_deadlines_from_outside_until_one_ends(site: Site, boss: Browser) -> None:
    ticket = await site.ticket()
    path = f"/tickets/{ticket}/deadlines"
    made = [(await boss.post(path, {"label": f"Court {n}", "due_at": "2026-12-01T00:00:00Z"})) for n in range(21)]
    assert [one.status_code for one in made] == [201] * 20 + [409]
    assert made[-1].json()["code"] == "too_many_deadlines"


async def test_ticket_takes_twenty_planned_answers_until_one_is_cancelled(site: Site, boss: Browser) -> None:
    ticket = await site.ticket()
    path = f"/tickets/{ticket}/planned-replies"
    send_at = (site.desk.now + timedelta(days=1)).isoformat()
    made = [await boss.post(path, {"send_at": send_at, "reply": reply_of(f"Words {n}")}) for n in range(21)]
    assert [one.status_code for one in made] == [201] * 20 + [409]
    assert made[-1].json()["code"] == "too_many_planned"
    await boss.delete(f"{path}/{made[0].json()['id']}")
    assert (await boss.post(path, {"send_at": send_at, "reply": reply_of("Now")})).status_code == 201


async def test_planned_answer_of_one_key_sent_twice_at_once_is_one(site: Site, boss: Browser) -> None:
    ticket = await site.ticket()
    body = {"send_at": (site.desk.now + timedelta(days=1)).isoformat(), "reply": reply_of("Words")}
    answers = await asyncio.gather(*(boss.post(f"/tickets/{ticket}/planned-replies", body) for _ in range(3)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1


async def set_aside(site: Site) -> int:
    """A message that intake could not take in."""
    channel = await site.desk.channel("api")
    sql = """
        insert into inbox (channel_id, key, received_at, state, message, problem, attempts)
        values (%(channel)s, 'poison', now(), 'set_aside', '{"text": "x"}', 'It is poison', 5) returning id"""
    return int(await site.desk.sql(sql, channel=channel))


Verb = Callable[[Browser, int], Awaitable[Any]]
VERBS: dict[str, Verb] = {
    "retry": lambda browser, number: browser.post(f"/intake/problems/{number}/retry"),
    "dismiss": lambda browser, number: browser.delete(f"/intake/problems/{number}"),
}


@pytest.mark.parametrize("first", VERBS)
@pytest.mark.parametrize("second", VERBS)
async def test_message_that_was_put_aside_is_dealt_with_once(
    site: Site, boss: Browser, first: str, second: str
) -> None:
    number = await set_aside(site)
    assert (await VERBS[first](boss, number)).status_code == 204
    answer = await VERBS[second](boss, number)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_set_aside")


async def test_message_put_aside_is_retried_and_dismissed_at_once_by_one_of_both(site: Site, boss: Browser) -> None:
    number = await set_aside(site)
    answers = await asyncio.gather(*(verb(boss, number) for verb in VERBS.values()))
    assert sorted(one.status_code for one in answers) == [204, 409]
    agent = await site.browser(await site.desk.person("Lu"))
    assert (await VERBS["retry"](agent, number)).status_code == 403


async def test_nobody_suspends_or_lifts_themselves(site: Site) -> None:
    lead = await site.desk.person("Lead", role="supervisor")
    browser = await site.browser(lead)
    path = (
        next(one.path for one in site.app.routes if one.path.endswith("/suspension") and "person" in one.path)
        .replace("/api/v1", "")
        .replace("{person_id:int}", str(lead.id))
    )
    for answer in (
        await browser.put(path, {"reason": "I am tired"}),
        await browser.put(f"{path}/end", None),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "not_oneself"), answer.text


async def test_two_customers_merged_both_ways_at_once_leave_one(site: Site, boss: Browser) -> None:
    for who in ("rosa", "theo", "una"):
        await site.ticket(who=who)
    ids = [await site.desk.sql("select id from customer where name = %(name)s", name=one) for one in ("Rosa", "Theo")]
    third = await site.desk.sql("select id from customer where name = 'Una'")
    for one in (*ids, third):
        await boss.post(f"/customers/{one}/checks", {"method": "documents"})
    answers = await asyncio.gather(
        boss.post(f"/customers/{ids[0]}/merge", {"absorbed_id": ids[1]}),
        boss.post(f"/customers/{third}/merge", {"absorbed_id": ids[1]}),
    )
    statuses = sorted(one.status_code for one in answers)
    assert statuses[0] in {200, 201}
    merged = await site.desk.sql("select count(*) from customer where merged_into_id is not null")
    assert merged == sum(one < 300 for one in statuses)
    assert (
        await site.desk.sql(
            "select count(*) from ticket t join customer c on c.id = t.customer_id where c.merged_into_id is not null"
        )
        == 0
    )
