"""What quotes an article that changed, what contradicts it, and what settles that."""

from typing import Any

import pytest

from ombud.assistance.upkeep.queries import Placed
from ombud.assistance.upkeep.rules import gone_sentences, links_to, quotes_of, says_mark
from ombud.knowledge.articles.schemas import BlockIn, BlockText, VariableIn, VariableValue
from ombud.knowledge.articles.services import publish
from ombud.knowledge.articles.services.reuse import change_block, change_variable, make_block, make_variable
from tests.assistance.desk import Care

SEVEN = "You may return an item within 7 days of delivery."
FIFTEEN = "You may return an item within 15 days of delivery."


async def publish_anew(care: Care, article: int, body: str) -> None:
    await care.library.write(article, "Returns", f"<p>{body}</p>")
    await care.library.do(publish, article, "en")


async def reply(care: Care, text: str, **more: Any) -> int:
    body = {"title": "Return", "text": text, "scope": "all"} | more
    answer = await care.lead.post("/canned-replies", body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def placed(plain: str, raw: str = "", **more: Any) -> Placed:
    return Placed("canned_reply", 1, "Reply", "en", plain, raw or plain, **more)


def test_gone_sentences_are_those_that_are_said_no_more() -> None:
    before = f"{SEVEN} Keep the box. 签收后七天内可以申请退货。"
    assert gone_sentences(before, f"{FIFTEEN} Keep the box.") == [SEVEN, "签收后七天内可以申请退货。"]
    assert gone_sentences(before, before.upper()) == []


@pytest.mark.parametrize(
    ("raw", "is_link"),
    [
        ('<a href="article:returns">here</a>', True),
        ("see https://shop.example/help/returns.", True),
        ("see https://shop.example/help/returns-of-machines", False),
        ("returns", False),
    ],
)
def test_links_to_knows_the_name_in_an_address(raw: str, is_link: bool) -> None:
    assert links_to(placed("see", raw), 5, "returns") == is_link
    assert links_to(placed("see", article_id=5), 5, "returns")


def test_says_mark_knows_blocks_and_variables() -> None:
    assert says_mark(placed("{{ block:fee }} and {{days}}"), "block:fee")
    assert says_mark(placed("{{days}}"), "days")
    assert not says_mark(placed("{{days_2}} {{block:days}}"), "days")


def test_quotes_of_prefers_the_sentence_to_the_link() -> None:
    texts = [placed(f"Hello! {SEVEN}", "article:returns"), placed("See article:returns."), placed("Nothing.")]
    assert [(one.how, one.passage) for one in quotes_of(texts, 5, "returns", [SEVEN])] == [
        ("sentence", SEVEN),
        ("link", "Reply"),
    ]


def test_quotes_of_shows_the_sentence_and_no_number_of_a_list_that_it_holds() -> None:
    [quote] = quotes_of([placed(f"1. 7. 15. {SEVEN}")], 5, "returns", [SEVEN])
    assert quote.passage == SEVEN
    [split] = quotes_of(
        [placed("1. You may return it. Within 7 days of delivery", "article:returns")], 5, "returns", []
    )
    assert split.how == "link"


async def test_new_policy_lists_every_text_that_still_says_the_old_one(care: Care) -> None:
    article = await care.library.make("Returns", f"<p>{SEVEN}</p>")
    other = await care.library.make("Machines", f"<p>For machines: {SEVEN}</p>")
    canned = await reply(care, f"Dear customer, {SEVEN}")
    await reply(care, "We answer soon.")
    card = await care.lead.post("/guidance-cards", care.card({"all": []}, article_id=article))
    assert await care.findings() == []
    await publish_anew(care, article, FIFTEEN)
    found = await care.findings(kind="quote")
    assert {(one["found_kind"], one["found_id"], one["how"]) for one in found} == {
        ("article", other, "sentence"),
        ("canned_reply", canned, "sentence"),
        ("guidance_card", card.json()["id"], "link"),
    }
    assert {one["passage"] for one in found} == {SEVEN}
    # what is mended is settled by itself
    body = {"title": "Return", "text": f"Dear customer, {FIFTEEN}", "scope": "all"}
    assert (await care.lead.patch(f"/canned-replies/{canned}", body)).status_code == 200
    assert "canned_reply" not in {one["found_kind"] for one in await care.findings(kind="quote")}
    [settled] = [one for one in await care.findings(is_open="false") if one["found_id"] == canned]
    assert (settled["verdict"], settled["settled_by_name"]) == ("changed", None)


async def test_somebodys_own_reply_stays_their_own(care: Care) -> None:
    article = await care.library.make("Returns", f"<p>{SEVEN}</p>")
    await care.agent.post("/canned-replies", {"title": "Mine", "text": SEVEN, "scope": "own"})
    await publish_anew(care, article, FIFTEEN)
    assert await care.findings(kind="quote") == []


async def test_contradicting_articles_are_listed_once_with_both_passages(care: Care) -> None:
    first = await care.library.make("Returns", f"<p>{SEVEN}</p>")
    second = await care.library.make("Machines", f"<p>{FIFTEEN}</p>")
    [found] = await care.findings(kind="contradiction")
    assert {found["article_id"], found["found_id"]} == {first, second}
    assert {found["passage"], found["found_passage"]} == {SEVEN, FIFTEEN}
    # either of them mended settles it
    await publish_anew(care, first, FIFTEEN)
    assert await care.findings(kind="contradiction") == []


async def test_canned_reply_that_contradicts_an_article_is_listed(care: Care) -> None:
    canned = await reply(care, f"Hello! {SEVEN}")
    await care.library.make("Returns", f"<p>{FIFTEEN}</p>")
    [found] = await care.findings(kind="contradiction")
    assert (found["found_kind"], found["found_id"], found["found_title"]) == ("canned_reply", canned, "Return")


async def test_what_is_called_fine_is_not_found_again(care: Care) -> None:
    await care.library.make("Returns", f"<p>{SEVEN}</p>")
    second = await care.library.make("Machines", f"<p>{FIFTEEN}</p>")
    [found] = await care.findings()
    path = f"/knowledge/findings/{found['id']}/verdict"
    assert (await care.agent.put(path, {"verdict": "fine"})).status_code == 403
    assert (await care.lead.put(path, {"verdict": "fine"})).status_code == 204
    assert (await care.lead.put(path, {"verdict": "fine"})).status_code == 404
    await publish_anew(care, second, f"{FIFTEEN} Keep the box.")
    assert await care.findings() == []


async def test_findings_of_another_teams_article_are_not_seen(care: Care) -> None:
    team = care.library.other_team
    head = await care.site.desk.person("Head", role="supervisor", everywhere=True)
    words = ("Secret", f"<p>{SEVEN}</p>")
    hidden = await care.library.make(*words, is_published=False, by=head, audience="team", team_ids=[team])
    await care.library.do(publish, hidden, "en", by=head)
    await care.library.make("Returns", f"<p>{FIFTEEN}</p>")
    await care.react()
    sees = await care.site.browser(head)
    assert len((await sees.get("/knowledge/reports/findings")).json()["items"]) == 1


async def test_changed_block_and_variable_list_all_that_say_them(care: Care) -> None:
    block = BlockIn("fee", [BlockText("en", "<p>Sending costs 5 euros.</p>")])
    made = await care.library.do(make_block, block)
    days = await care.library.do(make_variable, VariableIn("days", [VariableValue("7")]))
    article = await care.library.make("Fees", "<p>{{block:fee}}</p><p>{{days}} days</p>")
    script = await care.library.make("Late", "<p>Late.</p>", kind="script", audience="agents")
    item = {"locale": "en", "listener": "anyone", "text": "Wait {{days}} days."}
    await care.lead.put(f"/knowledge/articles/{script}/variants", {"items": [item]})
    assert await care.findings() == []
    await care.library.do(change_block, made.id, BlockIn("fee", [BlockText("en", "<p>Sending costs 6 euros.</p>")]))
    await care.library.do(change_variable, days.id, VariableIn("days", [VariableValue("15")]))
    found = await care.findings(kind="quote")
    assert {(one["source"], one["how"], one["found_kind"]) for one in found} == {
        ("block:fee", "block", "article"),
        ("days", "variable", "article"),
        ("days", "variable", "script_variant"),
    }
    assert article in {one["found_id"] for one in found}


async def test_quotes_of_an_article_are_listed_before_it_changes(care: Care) -> None:
    article = await care.library.make("Returns", f"<p>{SEVEN}</p>")
    canned = await reply(care, f"Dear customer, {SEVEN}")
    [quote] = (await care.agent.get(f"/knowledge/articles/{article}/quotes")).json()["items"]
    assert (quote["kind"], quote["id"], quote["how"]) == ("canned_reply", canned, "sentence")
    draft = await care.library.make("Draft", is_published=False)
    assert (await care.agent.get(f"/knowledge/articles/{draft}/quotes")).status_code == 404


async def test_articles_that_put_in_the_same_block_do_not_quote_each_other(care: Care) -> None:
    await care.library.do(make_variable, VariableIn("hours", [VariableValue("8:30–21:30")]))
    words = "<p>Our chat is open daily, {{hours}}, and you may ask for a person.</p>"
    await care.library.do(make_block, BlockIn("contact", [BlockText("en", words)]))
    article = await care.library.make("Returns", f"<p>{SEVEN}</p><p>{{{{block:contact}}}}</p>")
    await care.library.make("Machines", f"<p>As said: {SEVEN}</p><p>{{{{block:contact}}}}</p>")
    items = (await care.agent.get(f"/knowledge/articles/{article}/quotes")).json()["items"]
    assert [(one["title"], one["said"]) for one in items] == [("Machines", SEVEN)]


async def script_saying(care: Care, text: str, **more: Any) -> int:
    """A script with one wording for everybody."""
    made = await care.library.make("Late", "<p>Late.</p>", **{"kind": "script", "audience": "agents", **more})
    assert (await word(care, made, text)).status_code == 200
    return made


async def word(care: Care, script: int, *texts: str) -> Any:
    listeners = ("anyone", "angry")
    items = [{"locale": "en", "listener": one, "text": text} for one, text in zip(listeners, texts, strict=False)]
    return await care.lead.put(f"/knowledge/articles/{script}/variants", {"items": items})


async def test_stale_wording_leads_to_its_script_and_is_settled_when_it_is_mended(care: Care) -> None:
    article = await care.library.make("Returns", f"<p>{SEVEN}</p>")
    script = await script_saying(care, f"Dear customer, {SEVEN}")
    await publish_anew(care, article, FIFTEEN)
    [found] = await care.findings(kind="quote")
    assert (found["found_kind"], found["found_script_id"]) == ("script_variant", script)
    await word(care, script, f"Dear customer, {FIFTEEN}")
    assert await care.findings(kind="quote") == []


async def test_stale_wording_that_is_taken_away_is_settled_and_another_scripts_stays(care: Care) -> None:
    article = await care.library.make("Returns", f"<p>{SEVEN}</p>")
    gone, kept = await script_saying(care, f"Sorry. {SEVEN}"), await script_saying(care, f"Well. {SEVEN}")
    await publish_anew(care, article, FIFTEEN)
    assert len(await care.findings(kind="quote")) == 2
    await word(care, gone)
    assert [one["found_script_id"] for one in await care.findings(kind="quote")] == [kept]


async def test_quoting_wording_names_its_script_and_another_teams_is_not_shown(care: Care) -> None:
    article = await care.library.make("Returns", f"<p>{SEVEN}</p>")
    script = await script_saying(care, f"Sorry. {SEVEN}")
    head = await care.site.desk.person("Head", role="supervisor", everywhere=True)
    secret: dict[str, Any] = {
        "audience": "team",
        "team_ids": [care.library.other_team],
        "by": head,
        "is_published": False,
    }
    hidden = await care.library.make("Secret", "<p>Secret.</p>", kind="script", **secret)
    await care.library.do(publish, hidden, "en", by=head)
    item = {"locale": "en", "listener": "anyone", "text": f"Between us: {SEVEN}"}
    sees = await care.site.browser(head)
    assert (await sees.put(f"/knowledge/articles/{hidden}/variants", {"items": [item]})).status_code == 200
    quotes = f"/knowledge/articles/{article}/quotes"
    assert [one["script_id"] for one in (await care.agent.get(quotes)).json()["items"]] == [script]
    assert {one["script_id"] for one in (await sees.get(quotes)).json()["items"]} == {script, hidden}
