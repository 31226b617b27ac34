"""Wordings of scripts by listener: kept, proposed for who listens, filled and counted."""

from typing import Any

import pytest

from tests.assistance.desk import Care

CALM, ANGRY, ANXIOUS = "Dear {{customer.name}}, it will come.", "I am truly sorry.", "It is on its way, do not worry."


@pytest.fixture
async def script(care: Care) -> int:
    """A published script."""
    return await care.library.make("Late parcel", "<p>Your parcel is late.</p>", kind="script", audience="agents")


def item(listener: str, text: str, **more: Any) -> dict[str, Any]:
    return {"locale": "en", "listener": listener, "text": text} | more


async def keep(care: Care, script: int, *items: dict[str, Any]) -> Any:
    return await care.lead.put(f"/knowledge/articles/{script}/variants", {"items": list(items)})


async def first(care: Care, ticket: int | None = None, text: str = "") -> dict[str, Any]:
    answer = await care.agent.get(f"/tickets/{ticket or care.ticket}/scripts?text={text}")
    found: dict[str, Any] = answer.json()["items"][0]
    return found


async def test_script_proposes_the_wording_for_who_listens_and_says_why(care: Care, script: int) -> None:
    kept = await keep(care, script, item("anyone", CALM), item("angry", ANGRY), item("anxious", ANXIOUS))
    assert kept.status_code == 200, kept.text
    proposed = await first(care)
    assert (proposed["wordings"][0]["text"], proposed["because"]["evidence"]) == (ANXIOUS, "urgent")
    # the angry one stands behind the script's own words
    assert [one["listener"] for one in proposed["wordings"]] == ["anxious", "anyone", "anyone", "angry"]
    calm = await care.site.ticket("Where is it?", who="c2")
    proposed = await first(care, calm)
    assert (proposed["wordings"][0]["text"], proposed["because"]) == ("Dear C2, it will come.", None)


async def test_script_without_variants_says_its_own_words(care: Care, script: int) -> None:
    proposed = await first(care)
    assert [one["text"] for one in proposed["wordings"]] == ["Your parcel is late."]
    assert (proposed["article_id"], proposed["wordings"][0]["variant_id"]) == (script, None)


async def test_script_names_placeholders_without_a_value(care: Care, script: int) -> None:
    await keep(care, script, item("anyone", "Hello {{customer.name}}, {{hotline}}"))
    await care.site.desk.run("update customer set name = ''")
    assert (await first(care))["wordings"][0]["missing"] == ["customer.name", "hotline"]


async def test_recognised_mood_counts_like_words_and_a_proposed_one_does_not(care: Care, script: int) -> None:
    await keep(care, script, item("anyone", CALM), item("angry", ANGRY))
    sql = """
        insert into ticket_label (ticket_id, aspect, label, confidence, state, at)
        values (%(ticket)s, 'emotion', 'angry', 0.5, 'proposed', now())"""
    await care.site.desk.run(sql, ticket=care.ticket)
    assert (await first(care))["because"] is None
    await care.site.desk.run("update ticket_label set state = 'set'")
    assert (await first(care))["because"] == {"listener": "angry", "evidence": "angry", "source": "label"}


async def test_scripts_are_found_by_their_words(care: Care, script: int) -> None:
    await care.library.make("Refund", "<p>Your refund is paid.</p>", kind="script", audience="agents")
    assert (await first(care, text="parcel"))["article_id"] == script
    found = (await care.agent.get(f"/tickets/{care.ticket}/scripts?text=nothing-like-it")).json()
    assert (found["items"], found["traits"][0]["listener"]) == ([], "anxious")


async def test_articles_and_drafts_are_no_scripts(care: Care) -> None:
    article = await care.library.make("Parcel")
    draft = await care.library.make("Late", kind="script", is_published=False)
    assert (await care.agent.get(f"/tickets/{care.ticket}/scripts")).json()["items"] == []
    for one in (article, draft):
        assert (await keep(care, one, item("anyone", CALM))).status_code == 404
        assert (await care.agent.get(f"/knowledge/articles/{one}/variants")).status_code == 404


async def test_use_of_a_wording_is_counted_and_stays_with_it(care: Care, script: int) -> None:
    kept = (await keep(care, script, item("anyone", CALM), item("angry", ANGRY))).json()["items"]
    calm = next(one["id"] for one in kept if one["listener"] == "anyone")
    path = f"/tickets/{care.ticket}/scripts/{script}/uses"
    assert (await care.agent.post(path, {"variant_id": calm})).status_code == 204
    assert (await care.agent.post(path, {})).status_code == 204
    assert (await care.agent.post(path, {"variant_id": 99_999})).status_code == 404
    assert (await care.other.post(path, {})).status_code == 404
    again = (await keep(care, script, item("anyone", CALM), item("vip", "Welcome back."))).json()["items"]
    assert {one["listener"]: one["uses"] for one in again} == {"anyone": 1, "vip": 0}
    assert await care.site.desk.sql("select count(*) from article_use where article_id = %(id)s", id=script) == 2


@pytest.mark.parametrize(
    "items",
    [
        [item("anyone", "a"), item("anyone", "b")],
        [item("anyone", "  ")],
        [item("bored", "a")],
        [item("anyone", "a", channel="fax")],
    ],
)
async def test_variants_that_cannot_be_are_refused(care: Care, script: int, items: list[dict[str, Any]]) -> None:
    assert (await keep(care, script, *items)).status_code == 400


async def test_agent_reads_variants_and_changes_none(care: Care, script: int) -> None:
    await keep(care, script, item("angry", ANGRY, channel="chat"))
    path = f"/knowledge/articles/{script}/variants"
    assert [one["channel"] for one in (await care.agent.get(path)).json()["items"]] == ["chat"]
    assert (await care.agent.put(path, {"items": []})).status_code == 403
