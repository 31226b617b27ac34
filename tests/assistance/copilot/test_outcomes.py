"""What becomes of suggestions: once, by whom they were shown to, and counted by kind and day."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from ombud.assistance.copilot.schemas import SuggestionOutcomeIn
from ombud.assistance.copilot.services.outcomes import decide_suggestion, figures
from ombud.shared.actor import Actor
from ombud.shared.errors import Invalid, NotFound
from tests.assistance.copilot.desk import Copilot

ASKED = "Hello, my machine leaks at the filter holder. What can I do?"


async def shown(copilot: Copilot, who: str = "c1") -> tuple[int, list[dict[str, Any]]]:
    """A ticket with what the copilot suggests on it."""
    ticket = await copilot.site.ticket(ASKED, who=who)
    return ticket, await copilot.suggest(ticket)


async def decide(copilot: Copilot, ticket: int, suggestion: int, state: Any, by: Actor | None = None) -> None:
    """Decide in a transaction of its own."""
    desk = copilot.site.desk
    async with desk.parts.database.transaction() as tx:
        data = SuggestionOutcomeIn(state)
        await decide_suggestion(tx, ticket, suggestion, data, by=by or copilot.agent, now=desk.now)


async def uses(copilot: Copilot) -> int:
    """How often articles were used."""
    return int(await copilot.site.desk.sql("select count(*) from article_use"))


async def test_adopting_twice_at_once_is_one_use_and_one_event(copilot: Copilot) -> None:
    ticket, [first, *_] = await shown(copilot)
    await asyncio.gather(*(decide(copilot, ticket, first["id"], "adopted") for _ in range(3)))
    assert await uses(copilot) == 1
    assert len(await copilot.site.desk.events("copilot_suggestion_decided")) == 1


async def test_ignored_suggestion_may_be_adopted_later_and_counts_then(copilot: Copilot) -> None:
    ticket, [first, *_] = await shown(copilot)
    await decide(copilot, ticket, first["id"], "ignored")
    assert await uses(copilot) == 0
    await decide(copilot, ticket, first["id"], "adopted")
    await decide(copilot, ticket, first["id"], "ignored")
    assert await uses(copilot) == 1
    states = [one.data["state"] for one in await copilot.site.desk.events("copilot_suggestion_decided")]
    assert states == ["ignored", "adopted"]


async def test_two_people_who_adopt_the_same_article_are_two_uses(copilot: Copilot) -> None:
    ticket, [first, *_] = await shown(copilot)
    bob = await copilot.site.desk.person("Bob")
    theirs = (await copilot.suggest(ticket, by=bob))[0]
    assert theirs["id"] != first["id"]
    await decide(copilot, ticket, first["id"], "adopted")
    await decide(copilot, ticket, theirs["id"], "adopted", by=bob)
    sql = "select array_agg(person_id order by person_id) from article_use"
    assert await copilot.site.desk.sql(sql) == sorted([copilot.agent.id or 0, bob.id or 0])


async def test_suggestion_of_another_ticket_is_not_found(copilot: Copilot) -> None:
    _, [first, *_] = await shown(copilot)
    other = await copilot.site.ticket("Another one", who="c2")
    for ticket, suggestion in ((other, first["id"]), (99_999, first["id"]), (other, 99_999)):
        with pytest.raises(NotFound):
            await decide(copilot, ticket, suggestion, "adopted")
    assert await uses(copilot) == 0


async def test_who_lost_sight_of_the_ticket_decides_nothing_more(copilot: Copilot) -> None:
    ticket, [first, *_] = await shown(copilot)
    sql = "update ticket set team_id = %(team)s where id = %(id)s"
    await copilot.site.desk.run(sql, team=copilot.library.other_team, id=ticket)
    with pytest.raises(NotFound):
        await decide(copilot, ticket, first["id"], "adopted")
    assert await uses(copilot) == 0


async def test_reader_gets_no_suggestions_and_decides_none(copilot: Copilot) -> None:
    ticket, [first, *_] = await shown(copilot)
    reader = await copilot.site.browser(copilot.library.reader)
    assert (await reader.post(f"/tickets/{ticket}/copilot/suggestions", {})).status_code == 403
    path = f"/tickets/{ticket}/copilot/suggestions/{first['id']}/outcome"
    assert (await reader.put(path, {"state": "adopted"})).status_code == 403
    assert (await copilot.site.stranger().put(path, {"state": "adopted"})).status_code == 401


@pytest.mark.parametrize("body", [{}, {"state": "maybe"}, {"state": "adopted", "more": 1}, {"state": None}])
async def test_outcome_that_cannot_be_is_refused(copilot: Copilot, body: dict[str, Any]) -> None:
    ticket, [first, *_] = await shown(copilot)
    browser = await copilot.site.browser(copilot.agent)
    path = f"/tickets/{ticket}/copilot/suggestions/{first['id']}/outcome"
    assert (await browser.put(path, body)).status_code == 400
    assert set(await copilot.outcomes()) == {"shown"}


async def test_adopted_use_is_seen_in_the_reports_of_knowledge(copilot: Copilot) -> None:
    ticket, [first, *_] = await shown(copilot)
    await decide(copilot, ticket, first["id"], "adopted")
    lead = await copilot.site.browser(copilot.library.lead)
    found = (await lead.get("/knowledge/reports/articles")).json()["items"]
    assert {one["article_id"]: one["uses"] for one in found if one["uses"]} == {first["article_id"]: 1}
    # the author of an article that others use gets the credit
    board = (await lead.get("/knowledge/board")).json()["items"]
    assert [one["counts"].get("used") for one in board if one["name"] == "Lin"] == [1]


async def test_figures_count_the_days_that_are_asked_for(copilot: Copilot) -> None:
    ticket, [first, *_] = await shown(copilot)
    await decide(copilot, ticket, first["id"], "adopted")
    desk = copilot.site.desk
    async with desk.parts.database.transaction() as tx:
        found = await figures(tx, days=7, now=desk.now + timedelta(days=6))
        assert sum(one.adopted for one in found.items) == 1
        assert (await figures(tx, days=7, now=desk.now + timedelta(days=8))).items == []
        for days in (0, -1, 366):
            with pytest.raises(Invalid):
                await figures(tx, days=days, now=desk.now)


async def test_suggestions_of_many_colleagues_at_once_are_each_ones_own(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket(ASKED)
    people = [copilot.agent, await copilot.site.desk.person("Bob"), await copilot.site.desk.person("Cai")]
    for one in people:
        await copilot.site.browser(one)
    found = await asyncio.gather(*(copilot.suggest(ticket, by=one) for one in people))
    ids = [one["id"] for items in found for one in items]
    assert len(ids) == len(set(ids))
    assert {one["title"] for one in found[0]} == {one["title"] for one in found[1]}


async def test_suggestions_in_chinese_for_a_question_in_chinese(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket("请问没拆封的咖啡机可以退货吗？", who="c8")
    [first, *_] = await copilot.suggest(ticket)
    assert (first["locale"], first["title"]) == ("zh-CN", "退货与退款")
    english = await copilot.site.ticket("Can I return an unopened machine?", who="c9")
    assert (await copilot.suggest(english))[0]["locale"] == "en"


async def test_archived_article_is_suggested_to_nobody_at_once(copilot: Copilot) -> None:
    ticket, [first, *_] = await shown(copilot)
    lead = await copilot.site.browser(copilot.library.lead)
    path = f"/knowledge/articles/{first['article_id']}/archive"
    answer = await lead.put(path, {"is_archived": True})
    assert answer.status_code < 300, answer.text
    assert first["article_id"] not in [one["article_id"] for one in await copilot.suggest(ticket)]
