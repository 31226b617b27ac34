"""Requests for articles: from tickets and searches, taken, answered, declined; who is told, who may what."""

from typing import Any

import pytest

from tests.assistance.desk import Care


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
