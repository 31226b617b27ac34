"""Requests for articles: from tickets and searches, taken, answered, declined; who is told, who may what."""

import asyncio
from typing import Any

import pytest

from ombud.knowledge.reports.schemas import Use
from ombud.knowledge.reports.services import note_use
from tests.assistance.desk import Care
from tests.site import note_of, reply_of


async def ask(care: Care, **more: Any) -> dict[str, Any]:
    answer = await care.agent.post("/article-requests", {"title": "How to descale K", "ticket_id": care.ticket} | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def decide(care: Care, request: dict[str, Any], **body: Any) -> Any:
    return await care.lead.patch(f"/article-requests/{request['id']}", body)


async def test_request_from_a_ticket_is_taken_and_answered_and_its_asker_told(care: Care) -> None:
    request = await ask(care, note="Third customer this week")
    assert (request["state"], request["asked_by_name"], request["ticket_id"]) == ("open", "Wei", care.ticket)
    taken = (await decide(care, request, state="taken")).json()
    assert (taken["state"], taken["assignee_name"]) == ("taken", "Lin")
    article = await care.library.make("Descaling K")
    done = (await decide(care, request, state="answered", article_id=article, answer="Here it is")).json()
    assert (done["article_title"], done["answer"], done["decided_by_name"]) == ("Descaling K", "Here it is", "Lin")
    assert await care.told(care.agent) == ["request_taken", "request_answered"]
    assert await care.told(care.lead) == []
    [row] = (await care.agent.get("/article-requests?which=own")).json()["items"]
    assert row["state"] == "answered"
    # looking at it takes what told of it as read
    await care.agent.get(f"/article-requests/{request['id']}")
    told = (await care.agent.get("/notifications")).json()["items"]
    assert all(one["read_at"] and one["request_id"] == request["id"] for one in told)


async def test_request_given_to_somebody_is_theirs_to_answer(care: Care) -> None:
    request = await ask(care)
    writer = await care.site.desk.person("Mo")
    mo = await care.site.browser(writer)
    path = f"/article-requests/{request['id']}"
    assert (await mo.patch(path, {"state": "taken"})).status_code == 403
    given = (await decide(care, request, assignee_id=writer.id)).json()
    assert (given["state"], given["assignee_name"]) == ("taken", "Mo")
    assert await care.told(mo) == ["request_assigned"]
    article = await care.library.make("Descaling K")
    assert (await mo.patch(path, {"state": "answered", "article_id": article})).json()["state"] == "answered"
    assert request["asked_by_id"] == care.library.writer.id


@pytest.mark.parametrize(
    "body",
    [
        {"state": "answered"},
        {"state": "declined"},
        {"assignee_id": 99_999},
        {"state": "gone"},
    ],
)
async def test_decision_that_cannot_be_is_refused(care: Care, body: dict[str, Any]) -> None:
    request = await ask(care)
    assert (await decide(care, request, **body)).status_code == 400
    draft = await care.library.make("Draft", is_published=False)
    assert (await decide(care, request, state="answered", article_id=draft)).status_code == 404
    assert (await care.lead.get(f"/article-requests/{request['id']}")).json()["state"] == "open"


async def test_declined_request_says_why_and_can_be_opened_again(care: Care) -> None:
    request = await ask(care)
    declined = (await decide(care, request, state="declined", answer="It is in the manual")).json()
    assert (declined["state"], declined["answer"]) == ("declined", "It is in the manual")
    assert (await care.lead.get("/article-requests")).json()["items"] == []
    opened = (await decide(care, request, state="open")).json()
    assert (opened["state"], opened["assignee_id"], opened["decided_at"]) == ("open", None, None)
    changes = [one.data["change"] for one in await care.site.desk.events("article_request_changed")]
    assert changes == ["made", "declined", "reopened"]


async def test_ticket_of_a_request_is_named_to_those_who_see_it(care: Care) -> None:
    request = await ask(care)
    [row] = (await care.other.get("/article-requests")).json()["items"]
    assert (row["id"], row["ticket_id"]) == (request["id"], None)
    assert (await care.other.get(f"/article-requests?ticket_id={care.ticket}")).status_code == 404
    [row] = (await care.agent.get(f"/article-requests?ticket_id={care.ticket}")).json()["items"]
    assert row["ticket_id"] == care.ticket
    refused = await care.other.post("/article-requests", {"title": "x", "ticket_id": care.ticket})
    assert refused.status_code == 404


async def test_request_without_a_title_is_refused(care: Care) -> None:
    assert (await care.agent.post("/article-requests", {"title": "  "})).status_code == 400
    reader = await care.site.browser(care.library.reader)
    assert (await reader.post("/article-requests", {"title": "x"})).status_code == 403


async def test_use_of_an_article_is_noted_for_those_who_see_both(care: Care) -> None:
    article = await care.library.make("Descaling K")
    body = {"article_id": article, "ticket_id": care.ticket}
    assert (await care.agent.post("/article-uses", body)).status_code == 204
    assert (await care.other.post("/article-uses", body)).status_code == 404
    assert (await care.agent.post("/article-uses", body | {"article_id": 99_999})).status_code == 404
    assert (await care.agent.post("/article-uses", {"article_id": article})).status_code == 400
    assert await care.site.desk.sql("select count(*) from article_use") == 1


async def answer(care: Care, who: Any = None, text: str = "Descale it.") -> int:
    """An answer on the ticket; its number."""
    sent = await (who or care.agent).post(f"/tickets/{care.ticket}/replies", reply_of(text))
    assert sent.status_code == 201, sent.text
    return int(sent.json()["id"])


async def uses(care: Care) -> list[tuple[int, int | None]]:
    """Uses of articles with the answers that they stand in."""
    sql = "select coalesce(jsonb_agg(jsonb_build_array(article_id, entry_id) order by id), '[]') from article_use"
    return [(one[0], one[1]) for one in await care.site.desk.sql(sql)]


async def test_use_in_an_answer_that_was_sent_counts_once(care: Care) -> None:
    article, entry = await care.library.make("Descaling K"), await answer(care)
    body = {"article_id": article, "ticket_id": care.ticket, "entry_id": entry}
    for _ in range(2):
        assert (await care.agent.post("/article-uses", body)).status_code == 204
    assert await uses(care) == [(article, entry)]
    again = await answer(care, text="And rinse it.")
    await care.agent.post("/article-uses", body | {"entry_id": again})
    assert await uses(care) == [(article, entry), (article, again)]


async def test_use_noted_while_writing_is_of_the_answer_that_is_sent(care: Care) -> None:
    article, other = await care.library.make("Descaling K"), await care.library.make("Rinsing K")
    body = {"article_id": article, "ticket_id": care.ticket}
    await care.agent.post("/article-uses", body)
    await care.agent.post("/article-uses", body | {"article_id": other})
    entry = await answer(care)
    await care.agent.post("/article-uses", body | {"entry_id": entry})
    assert await uses(care) == [(article, entry), (other, None)]


async def test_use_in_the_answer_of_somebody_else_is_refused(care: Care) -> None:
    article, entry = await care.library.make("Descaling K"), await answer(care, care.lead)
    note = (await care.agent.post(f"/tickets/{care.ticket}/notes", note_of("See above"))).json()["id"]
    body = {"article_id": article, "ticket_id": care.ticket}
    asked = await care.site.desk.sql("select min(id) from entry")
    for wrong in (entry, note, asked, 99_999):
        assert (await care.agent.post("/article-uses", body | {"entry_id": wrong})).status_code == 404
    elsewhere = await care.site.ticket("Another one", who="c2")
    mine = await answer(care)
    refused = await care.agent.post("/article-uses", body | {"ticket_id": elsewhere, "entry_id": mine})
    assert refused.status_code == 404
    assert await uses(care) == []


async def test_use_told_twice_at_once_counts_once(care: Care) -> None:
    article, entry = await care.library.make("Descaling K"), await answer(care)
    use = Use(article_id=article, ticket_id=care.ticket, entry_id=entry, person_id=care.library.writer.id)
    desk = care.site.desk
    async with desk.parts.database.transaction() as first:
        await note_use(first, [use], now=desk.now)

        async def second() -> None:
            async with desk.parts.database.transaction() as tx:
                await note_use(tx, [use], now=desk.now)

        waiting = asyncio.create_task(second())
        done, _ = await asyncio.wait([waiting], timeout=0.05)
        assert not done
    await waiting
    assert await uses(care) == [(article, entry)]


async def test_use_in_an_answer_that_was_taken_back_is_forgotten(care: Care) -> None:
    article = await care.library.make("Descaling K")
    care.ticket = await care.site.ticket("It leaks", kind="email")
    entry, kept = await answer(care), await answer(care, text="And rinse it.")
    for one in (entry, kept):
        body = {"article_id": article, "ticket_id": care.ticket, "entry_id": one}
        assert (await care.agent.post("/article-uses", body)).status_code == 204
    undone = await care.agent.delete(f"/tickets/{care.ticket}/replies/{entry}")
    assert undone.status_code == 200, undone.text
    await care.react()
    assert await uses(care) == [(article, kept)]
    late = {"article_id": article, "ticket_id": care.ticket, "entry_id": entry}
    assert (await care.agent.post("/article-uses", late)).status_code == 404
