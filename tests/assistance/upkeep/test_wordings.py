"""One approved wording in many places: tied, put there anew with each publication, let go."""

from typing import Any

from ombud.knowledge.articles.services import publish
from tests.assistance.desk import Care


async def script(care: Care) -> int:
    return await care.library.make("Sorry", "<p>We are sorry.</p>", kind="script", audience="agents")


async def tie(care: Care, article: int, **more: Any) -> Any:
    body = {"locale": "en", "target_kind": "canned_reply"} | more
    return await care.lead.post(f"/knowledge/articles/{article}/wording-targets", body)


async def anew(care: Care, article: int) -> None:
    await care.library.write(article, "Sorry", "<p>We are truly sorry.</p>")
    await care.library.do(publish, article, "en")
    await care.react()


async def replies(care: Care) -> dict[str, str]:
    found = (await care.agent.get("/canned-replies")).json()["items"]
    return {one["title"]: one["text"] for one in found}


async def test_wording_makes_a_canned_reply_that_follows_its_publications(care: Care) -> None:
    article = await script(care)
    made = await tie(care, article)
    assert (made.status_code, made.json()["items"][0]["is_current"]) == (201, True)
    assert await replies(care) == {"Sorry": "We are sorry."}
    await anew(care, article)
    assert await replies(care) == {"Sorry": "We are truly sorry."}
    [target] = (await care.lead.get(f"/knowledge/articles/{article}/wording-targets")).json()["items"]
    assert target["is_current"]
    pushed = await care.site.desk.events("wording_target_changed")
    assert [one.data["change"] for one in pushed] == ["tied", "pushed"]


async def test_wording_stands_in_macros_and_cards_of_its_language(care: Care) -> None:
    article = await script(care)
    macro = await care.lead.post("/macros", {"title": "Apology", "text": "Old", "note": "kept", "scope": "all"})
    card = await care.lead.post("/guidance-cards", care.card({"all": []}))
    assert (await tie(care, article, target_kind="macro", target_id=macro.json()["id"])).status_code == 201
    assert (await tie(care, article, target_kind="guidance_card", target_id=card.json()["id"])).status_code == 201
    await anew(care, article)
    [found] = (await care.lead.get("/macros")).json()["items"]
    assert (found["text"], found["note"]) == ("We are truly sorry.", "kept")
    words = {
        one["locale"]: one["wording"]
        for one in (await care.lead.get(f"/guidance-cards/{card.json()['id']}")).json()["words"]
    }
    assert words == {"en": "We are truly sorry.", "zh-CN": "{{customer.name}}您好"}


async def test_place_says_one_wording_until_it_is_let_go(care: Care) -> None:
    article, other = await script(care), await script(care)
    target = (await tie(care, article)).json()["items"][0]
    again = await tie(care, other, target_id=target["target_id"])
    assert (again.status_code, again.json()["code"]) == (409, "already_tied")
    path = f"/knowledge/articles/{article}/wording-targets/{target['id']}"
    assert (await care.lead.delete(path)).status_code == 204
    assert (await care.lead.delete(path)).status_code == 404
    await anew(care, article)
    assert await replies(care) == {"Sorry": "We are sorry."}


async def test_place_that_is_gone_is_let_go(care: Care) -> None:
    article = await script(care)
    target = (await tie(care, article)).json()["items"][0]
    assert (await care.lead.delete(f"/canned-replies/{target['target_id']}")).status_code == 204
    await anew(care, article)
    assert (await care.lead.get(f"/knowledge/articles/{article}/wording-targets")).json()["items"] == []
    assert await care.site.desk.sql("select count(*) from wording_target") == 0


async def test_wording_that_cannot_be_is_refused(care: Care) -> None:
    article = await script(care)
    own = await care.agent.post("/canned-replies", {"title": "Mine", "text": "x", "scope": "own"})
    answers = [
        await tie(care, article, locale="fr"),
        await tie(care, article, target_kind="macro"),
        await tie(care, article, target_id=own.json()["id"]),
        await tie(care, 99_999),
    ]
    assert [one.status_code for one in answers] == [404, 400, 404, 404]
    path = f"/knowledge/articles/{article}/wording-targets"
    assert (await care.agent.get(path)).status_code == 403
    assert (await care.agent.post(path, {"locale": "en", "target_kind": "canned_reply"})).status_code == 403
