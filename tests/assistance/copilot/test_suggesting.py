"""Suggestions without a model: articles, scripts, solved tickets; what is seen, what is taken out, what is counted."""

import pytest

from ombud.assistance.copilot.services.suggesting import without_others
from tests.assistance.copilot.desk import Copilot
from tests.site import reply_of

ASKED = "Hello, my machine leaks at the filter holder. What can I do?"


async def test_suggests_passage_with_source(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket(ASKED)
    first = (await copilot.suggest(ticket))[0]
    assert (first["kind"], first["made_by"], first["title"]) == ("article", "product", "The machine leaks")
    assert first["text"].startswith("If the machine leaks")
    assert first["article_id"]
    assert first["slug"]
    assert first["is_public"]


async def test_suggests_in_chinese(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket("咖啡机没有拆封，可以退货吗？")
    assert (await copilot.suggest(ticket))[0]["title"] == "退货与退款"


async def test_suggests_by_words_of_agent(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket("Good morning!")
    assert (await copilot.suggest(ticket, "refund unopened"))[0]["title"] == "Returns and refunds"


async def test_suggests_answer_of_solved_ticket_without_what_is_somebodys(copilot: Copilot) -> None:
    answer = "Dear Rosa,\nplease descale it twice and change the seal. Call Rosa at 13800138000 or rosa@mail.example."
    old = await copilot.solved("The machine leaks at the filter holder since Monday.", answer, who="rosa")
    await copilot.read()
    ticket = await copilot.site.ticket(ASKED, who="new")
    found = next(one for one in await copilot.suggest(ticket) if one["kind"] == "ticket")
    assert found["ticket_id"] == old
    assert "descale it twice" in found["text"]
    assert not any(one in found["text"] for one in ("Rosa", "13800138000", "rosa@mail"))


async def test_suggests_nothing_of_open_or_own_or_unlike_tickets(copilot: Copilot) -> None:
    await copilot.site.ticket("The machine leaks at the filter holder, still open.", who="open")
    await copilot.solved("Where is my parcel?", "It is on its way since yesterday, see the tracking.", who="other")
    await copilot.read()
    ticket = await copilot.site.ticket(ASKED, who="new")
    assert [one for one in await copilot.suggest(ticket) if one["kind"] == "ticket"] == []


async def test_suggests_no_ticket_of_team_that_agent_does_not_see(copilot: Copilot) -> None:
    answer = "Please tighten the holder and change the seal behind it."
    hidden = await copilot.solved("The machine leaks at the filter holder.", answer, team=copilot.library.other_team)
    await copilot.read()
    ticket = await copilot.site.ticket(ASKED, who="new")
    assert [one for one in await copilot.suggest(ticket) if one["kind"] == "ticket"] == []
    seen = await copilot.suggest(ticket, by=copilot.admin)
    assert [one["ticket_id"] for one in seen if one["kind"] == "ticket"] == [hidden]


async def test_never_suggests_internal_note(copilot: Copilot) -> None:
    answer = "Please tighten the filter holder and change the seal."
    await copilot.solved("The machine leaks at the filter holder.", answer, notes="Seals are faulty, tell nobody.")
    await copilot.read()
    ticket = await copilot.site.ticket(ASKED, who="new")
    found = await copilot.suggest(ticket)
    assert "faulty" not in str(found)
    assert [one["kind"] for one in found if one["kind"] == "ticket"] == ["ticket"]


async def test_marks_article_that_customers_may_not_read(copilot: Copilot) -> None:
    await copilot.library.make("Pump faults", "<p>Pump faults of the machine: order part P7.</p>", audience="agents")
    await copilot.read()
    ticket = await copilot.site.ticket("The pump of my machine is silent: pump faults?")
    found = next(one for one in await copilot.suggest(ticket) if one["title"] == "Pump faults")
    assert not found["is_public"]


async def test_looks_for_what_customer_wrote_last(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket(ASKED, who="c9")
    browser = await copilot.site.browser(copilot.agent)
    await browser.post(f"/tickets/{ticket}/replies", reply_of("Tighten it."))
    channel = await copilot.site.desk.column(ticket, "channel_id")
    asked = copilot.site.desk.message("How do I get a refund for an unopened one?", "c9")
    await copilot.site.desk.deliver(channel, asked)
    assert (await copilot.suggest(ticket))[0]["title"] == "Returns and refunds"


async def test_counts_what_is_shown_once_and_what_becomes_of_it(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket(ASKED)
    found = await copilot.suggest(ticket)
    assert [one["id"] for one in await copilot.suggest(ticket)] == [one["id"] for one in found]
    assert await copilot.outcomes() == ["shown"] * len(found)
    browser = await copilot.site.browser(copilot.agent)
    path = f"/tickets/{ticket}/copilot/suggestions/{found[0]['id']}/outcome"
    for state in ("adopted", "adopted", "ignored"):
        assert (await browser.put(path, {"state": state})).status_code == 204
    assert (await copilot.outcomes())[0] == "adopted"
    decided = await copilot.site.desk.events("copilot_suggestion_decided")
    assert [(one.data["state"], one.data["article_id"]) for one in decided] == [("adopted", found[0]["article_id"])]
    figures = await copilot.get("/copilot/figures?days=7", copilot.admin)
    assert figures["items"][0] == {
        "kind": "article",
        "made_by": "product",
        "shown": len(found),
        "adopted": 1,
        "ignored": 0,
    }
    assert await copilot.get("/copilot/figures?days=0", copilot.admin) == 400
    assert await copilot.get("/copilot/figures") == 403


async def test_adopted_article_counts_as_used_once_whatever_else_is_said(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket(ASKED)
    first, other = (await copilot.suggest(ticket))[:2]
    browser = await copilot.site.browser(copilot.agent)
    for found, state in ((first, "adopted"), (first, "adopted"), (first, "ignored"), (other, "ignored")):
        await browser.put(f"/tickets/{ticket}/copilot/suggestions/{found['id']}/outcome", {"state": state})
    sql = "select jsonb_agg(jsonb_build_array(article_id, version_id, ticket_id, person_id)) from article_use"
    used = await copilot.site.desk.sql(sql)
    assert used == [[first["article_id"], first["version_id"], ticket, copilot.agent.id]]
    # sent with the same article, it is still one use
    entry = (await browser.post(f"/tickets/{ticket}/replies", reply_of("Tighten it."))).json()["id"]
    body = {"article_id": first["article_id"], "ticket_id": ticket, "entry_id": entry}
    assert (await browser.post("/article-uses", body)).status_code == 204
    assert await copilot.site.desk.sql("select array_agg(entry_id) from article_use") == [entry]


async def test_adopted_answer_of_a_solved_ticket_is_no_use_of_an_article(copilot: Copilot) -> None:
    await copilot.solved("My machine leaks at the filter holder", "Tighten the filter holder and change the seal.")
    await copilot.read()
    ticket = await copilot.site.ticket(ASKED, who="c4")
    alike = next(one for one in await copilot.suggest(ticket) if one["kind"] == "ticket")
    browser = await copilot.site.browser(copilot.agent)
    await browser.put(f"/tickets/{ticket}/copilot/suggestions/{alike['id']}/outcome", {"state": "adopted"})
    assert await copilot.site.desk.sql("select count(*) from article_use") == 0


async def test_refuses_outcome_of_somebody_else(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket(ASKED)
    found = (await copilot.suggest(ticket))[0]
    colleague = await copilot.site.browser(await copilot.site.desk.person("Bob"))
    path = f"/tickets/{ticket}/copilot/suggestions/{found['id']}/outcome"
    assert (await colleague.put(path, {"state": "ignored"})).status_code == 404


@pytest.mark.parametrize("what", ["suggestions", "reply", "rewrite", "translation", "summary"])
async def test_hides_tickets_of_others(copilot: Copilot, what: str) -> None:
    ticket = await copilot.site.ticket(ASKED, team=copilot.library.other_team)
    data = {"rewrite": {"text": "x", "tone": "shorter"}, "translation": {"text": "x", "language": "en"}}.get(what, {})
    assert await copilot.post(ticket, what, data) == 404


@pytest.mark.parametrize("text", ["", "？！", "a", "的", '"', "status:nowhere", "x" * 2_000, "(" * 500])
async def test_takes_any_words(copilot: Copilot, text: str) -> None:
    ticket = await copilot.site.ticket(ASKED)
    assert isinstance(await copilot.suggest(ticket, text), list)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("您好，王女士！\n请把滤网拧紧。\n谢谢", "请把滤网拧紧。"),
        ("Hi Rosa,\nPress the button. Best regards, Lin", "Press the button."),
        ("Hello", "Hello"),
    ],
)
def test_leaves_greetings_and_thanks_out(text: str, left: str) -> None:
    assert without_others(text, ["Lin"]) == left
