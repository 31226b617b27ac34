"""The customer confirms by a link: sent once, used once, by nobody but them, and never by looking at it."""

import re
from typing import Any

import pytest
from httpx import Response

from ombud.processes.services.links import send_links
from tests.accounts.desk import Browser
from tests.processes.desk import Flow, stage

LINK = re.compile(r"https://desk\.example/confirm/([\w-]{32})")
SOLVED = {"answer": "solved", "words": ""}


async def make(flow: Flow, **more: Any) -> int:
    """A ticket in a stage that asks its customer by a link."""
    word = stage("word", needs=["confirmation"], not_solved_to="work", asks_by_link=True, **more)
    await flow.make(stage("work"), word, stage("after"))
    ticket = await flow.ticket()
    await flow.advance(ticket)
    return ticket


async def send(flow: Flow) -> None:
    """Let what waits leave, as the worker does."""
    database = flow.site.desk.parts.database
    while await send_links(database, address="https://desk.example", now=flow.site.desk.now):
        pass


async def letters(flow: Flow, ticket: int) -> list[str]:
    """What was written to the customer, oldest first."""
    return [
        one.text for one in await flow.site.desk.timeline(ticket) if one.kind == "message" and "/confirm/" in one.text
    ]


async def token_of(flow: Flow, ticket: int) -> str:
    """The key of the newest link that the customer has."""
    await send(flow)
    found = LINK.search((await letters(flow, ticket))[-1])
    assert found
    return found[1]


async def answer(who: Browser, token: str, **given: str) -> Response:
    """Send the page's form as a browser does."""
    return await who.client.post(f"/confirm/{token}", data=given, headers={"Accept-Language": "zh-CN"})


@pytest.fixture
def customer(flow: Flow) -> Browser:
    """A browser that nobody is signed in with."""
    return flow.site.stranger()


async def test_stage_sends_a_link_in_the_customers_language_once(flow: Flow) -> None:
    ticket = await make(flow)
    await send(flow)
    await send(flow)
    [letter] = await letters(flow, ticket)
    assert "您好" in letter
    assert f"#{ticket}" in letter
    assert "{" not in letter
    link = (await flow.run(ticket))["link"]
    assert (link["state"], link["used_at"]) == ("sent", None)
    assert "link_sent" in await flow.lines(ticket)


async def test_looking_at_the_page_confirms_nothing(flow: Flow, customer: Browser) -> None:
    ticket = await make(flow)
    token = await token_of(flow, ticket)
    for method in ("get", "get", "head"):
        page = await getattr(customer.client, method)(f"/confirm/{token}")
        assert page.status_code in {200, 405}
    page = await customer.client.get(f"/confirm/{token}")
    assert ("<script" in page.text, f"#{ticket}" in page.text, "已解决" in page.text) == (False, True, True)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert await flow.at(ticket) == "word"
    english = await customer.client.get(f"/confirm/{token}?lang=en")
    assert "Yes, it is solved" in english.text


async def test_yes_leads_on_and_the_link_is_used_up(flow: Flow, customer: Browser) -> None:
    ticket = await make(flow)
    token = await token_of(flow, ticket)
    assert (await answer(customer, token, **SOLVED)).status_code == 200
    assert await flow.at(ticket) == "after"
    again = await answer(customer, token, **SOLVED)
    assert (again.status_code, "失效" in again.text) == (410, True)
    assert (await customer.client.get(f"/confirm/{token}")).status_code == 410
    [heard] = (await flow.run(ticket))["confirmations"]
    assert (heard["answer"], heard["way"], heard["person_id"]) == ("solved", "link", None)
    [entry] = [one for one in await flow.site.desk.timeline(ticket) if one.details.field == "process.confirmed"]
    assert entry.author.kind == "customer"
    assert "confirmed" in [one.removeprefix("process.") for one in await flow.floor.told("wu")]


async def test_no_needs_words_and_leads_back_with_them(flow: Flow, customer: Browser) -> None:
    ticket = await make(flow)
    token = await token_of(flow, ticket)
    await flow.floor.wu.patch(f"/tickets/{ticket}", {"status_id": await status(flow, "waiting")})
    assert (await answer(customer, token, answer="not_solved", words=" ")).status_code == 400
    assert (await answer(customer, token, answer="perhaps")).status_code == 400
    assert await flow.at(ticket) == "word"
    assert (await answer(customer, token, answer="not_solved", words="还在漏水")).status_code == 200
    assert await flow.at(ticket) == "work"
    assert (await flow.run(ticket))["confirmations"][0]["words"] == "还在漏水"
    assert await flow.site.desk.column(ticket, "category") == "open"


async def status(flow: Flow, category: str) -> int:
    found: int = await flow.site.desk.sql("select id from status where category = %(c)s and is_default", c=category)
    return found


async def test_two_answers_at_once_count_once(flow: Flow, customer: Browser) -> None:
    ticket = await make(flow)
    first, second = await token_of(flow, ticket), ""
    await flow.floor.wu.post(f"/tickets/{ticket}/process/confirmation-links", {})
    second = await token_of(flow, ticket)
    assert first != second
    assert (await answer(customer, first, **SOLVED)).status_code == 200
    assert (await answer(customer, second, **SOLVED)).status_code == 410
    assert len((await flow.run(ticket))["confirmations"]) == 1


@pytest.mark.parametrize("days", [1, 5])
async def test_link_lapses_and_silence_is_no_yes(flow: Flow, customer: Browser, days: int) -> None:
    ticket = await make(flow, link_days=days)
    token = await token_of(flow, ticket)
    flow.site.desk.later(days=days)
    assert (await answer(customer, token, **SOLVED)).status_code == 410
    await send(flow)
    await send(flow)
    assert (await flow.lines(ticket)).count("link_lapsed") == 1
    assert await flow.at(ticket) == "word"
    assert (await flow.advance(ticket)).json()["fields"] == {"confirmation": "required"}


async def test_guessed_links_lead_nowhere_and_are_limited(flow: Flow, customer: Browser) -> None:
    await make(flow)
    for _ in range(10):
        assert (await answer(customer, "A" * 32, **SOLVED)).status_code == 404
    refused = await answer(customer, "A" * 32, **SOLVED)
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert "几分钟" in refused.text


async def test_colleague_cannot_give_the_customers_word(flow: Flow) -> None:
    ticket = await make(flow)
    token = await token_of(flow, ticket)
    refused = await answer(flow.floor.wu, token, **SOLVED)
    assert (refused.status_code, "员工" in refused.text) == (403, True)
    assert await flow.at(ticket) == "word"


async def test_agent_passes_a_link_on_by_hand(flow: Flow, customer: Browser) -> None:
    ticket = await make(flow)
    given = await flow.floor.wu.post(f"/tickets/{ticket}/process/confirmation-links", {"way": "given"})
    assert given.status_code == 201
    token = given.json()["url"].rpartition("/")[2]
    assert await letters(flow, ticket) == []
    assert (await answer(customer, token, **SOLVED)).status_code == 200
    assert await flow.at(ticket) == "after"


async def test_link_is_asked_for_only_where_the_customer_is_to_confirm(flow: Flow) -> None:
    ticket = await make(flow)
    await flow.floor.wu.post(f"/tickets/{ticket}/process/confirmations", {"answer": "solved", "way": "phone"})
    await flow.advance(ticket)
    refused = await flow.floor.wu.post(f"/tickets/{ticket}/process/confirmation-links", {})
    assert (refused.status_code, refused.json()["fields"]) == (400, {"way": "not_asked"})
    stranger = await flow.site.browser(await flow.site.desk.person("Nobody", flow.floor.logistics))
    assert (await stranger.post(f"/tickets/{ticket}/process/confirmation-links", {})).status_code == 404


async def test_customer_who_cannot_be_written_to_is_told_of_to_the_owner(flow: Flow) -> None:
    ticket = await make(flow)
    await flow.site.desk.run("update customer set is_blocked = true")
    await send(flow)
    assert await letters(flow, ticket) == []
    assert (await flow.run(ticket))["link"]["problem"] == "customer_blocked"
    assert "link_failed" in await flow.lines(ticket)


async def test_link_of_a_stage_that_was_left_meanwhile_is_not_sent(flow: Flow) -> None:
    ticket = await make(flow)
    await flow.floor.wu.post(f"/tickets/{ticket}/process/confirmations", {"answer": "not_solved", "way": "phone"})
    await send(flow)
    assert await letters(flow, ticket) == []
