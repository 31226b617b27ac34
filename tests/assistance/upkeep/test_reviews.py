"""Who is told that an article waits for approval, and what became of it; nobody twice, nobody who may not read it."""

from typing import Any

import pytest

from ombud.knowledge.articles.queries import live_versions_of
from ombud.knowledge.articles.schemas import ArticleDraftIn, KnowledgePolicyPatch
from ombud.knowledge.articles.services import archive, ask_review, publish, save_draft
from ombud.knowledge.articles.services.policy import change_knowledge_policy
from ombud.knowledge.articles.services.publishing import reject
from ombud.knowledge.articles.services.refreshing import refresh_versions
from ombud.shared.actor import Actor
from tests.assistance.desk import Care


async def draft(care: Care, title: str = "Descaling K", **more: Any) -> int:
    """A draft of the agent's that waits for approval; its article."""
    more.setdefault("by", care.library.writer)
    made = await care.library.make(title, is_published=False, **more)
    await care.library.do(ask_review, made, "en", by=more["by"])
    return made


async def notifications(care: Care, who: Any) -> list[dict[str, Any]]:
    """What somebody was told, oldest first."""
    await care.react()
    found: list[dict[str, Any]] = (await who.get("/notifications")).json()["items"][::-1]
    return found


async def browser_of(care: Care, name: str, *teams: int, **more: Any) -> Any:
    """Somebody else's browser."""
    return await care.site.browser(await care.site.desk.person(name, *teams, **more))


async def test_review_is_told_to_those_who_may_publish(care: Care) -> None:
    made = await draft(care)
    [told] = await notifications(care, care.lead)
    assert (told["kind"], told["article_id"], told["subject"]) == ("article_review", made, "Descaling K")
    assert (told["ticket_id"], told["read_at"]) == (None, None)
    assert await care.told(care.agent) == []
    assert await care.told(care.other) == []


async def test_review_is_not_told_to_who_asks_for_it(care: Care) -> None:
    await draft(care, by=care.library.lead)
    assert await care.told(care.lead) == []


async def test_review_asked_twice_is_told_once_while_it_is_unread(care: Care) -> None:
    made = await draft(care)
    await care.library.do(ask_review, made, "en", by=care.library.writer)
    data = ArticleDraftIn("除垢", "<p>正文</p>")
    await care.library.do(save_draft, made, "zh-CN", data, by=care.library.writer)
    await care.library.do(ask_review, made, "zh-CN", by=care.library.writer)
    assert await care.told(care.lead) == ["article_review"]


async def test_review_that_was_seen_is_told_again_when_it_is_asked_anew(care: Care) -> None:
    made = await draft(care)
    assert await care.told(care.lead) == ["article_review"]
    await care.lead.get(f"/knowledge/articles/{made}")
    [seen] = await notifications(care, care.lead)
    assert seen["read_at"] is not None
    await care.library.do(reject, made, "en", "Say which K.")
    await care.library.do(ask_review, made, "en", by=care.library.writer)
    assert await care.told(care.lead) == ["article_review", "article_review"]


async def test_opening_an_article_reads_ones_own_notice_alone(care: Care) -> None:
    made = await draft(care)
    second = await browser_of(care, "Li", role="supervisor")
    await care.react()
    await care.lead.get(f"/knowledge/articles/{made}")
    [unseen] = await notifications(care, second)
    assert unseen["read_at"] is None
    [seen] = await notifications(care, care.lead)
    assert seen["read_at"] is not None


async def test_review_of_a_teams_article_is_told_within_the_team(care: Care) -> None:
    outside = await browser_of(care, "Li", care.library.other_team, role="supervisor")
    everywhere = await browser_of(care, "Ada", role="administrator", everywhere=True)
    await draft(care, audience="team", team_ids=[1])
    assert await care.told(outside) == []
    assert await care.told(everywhere) == ["article_review"]
    assert await care.told(care.lead) == ["article_review"]


async def test_review_of_another_brands_article_is_not_told(care: Care) -> None:
    brand = await care.site.desk.brand("Second")
    narrow = await browser_of(care, "Li", role="supervisor", brands=[1])
    await draft(care, brand_id=brand)
    assert await care.told(narrow) == []
    assert await care.told(care.lead) == ["article_review"]


async def test_review_is_not_told_to_who_wrote_it_where_others_must_approve(care: Care) -> None:
    await care.library.do(change_knowledge_policy, KnowledgePolicyPatch(own_approval=False))
    second = await browser_of(care, "Li", role="supervisor")
    made = await care.library.make("Mine", is_published=False)
    await care.library.do(ask_review, made, "en", by=care.library.writer)
    assert await care.told(care.lead) == []
    assert await care.told(second) == ["article_review"]


async def test_review_is_not_told_to_who_left(care: Care) -> None:
    gone = await care.site.desk.person("Li", role="supervisor")
    await care.site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=gone.id)
    await draft(care)
    await care.react()
    sql = "select count(*) from notification where person_id = %(id)s"
    assert await care.site.desk.sql(sql, id=gone.id) == 0


async def test_approval_is_told_to_the_author_and_settles_the_review(care: Care) -> None:
    second = await browser_of(care, "Li", role="supervisor")
    made = await draft(care)
    await care.react()
    await care.library.do(publish, made, "en")
    [told] = await notifications(care, care.agent)
    assert (told["kind"], told["article_id"], told["subject"]) == ("article_approved", made, "Descaling K")
    # whoever did not get to it need not any more
    [waiting] = await notifications(care, second)
    assert waiting["read_at"] is not None
    assert await care.told(care.lead) == ["article_review"]


async def test_return_is_told_to_the_author_with_the_articles_title(care: Care) -> None:
    made = await draft(care)
    await care.library.do(reject, made, "en", "Say which K.")
    [told] = await notifications(care, care.agent)
    assert (told["kind"], told["subject"]) == ("article_returned", "Descaling K")
    [settled] = await notifications(care, care.lead) or [{"read_at": "never told"}]
    assert settled["read_at"] is not None


async def test_outcome_is_told_to_who_wrote_and_to_who_asked(care: Care) -> None:
    mo = await care.site.desk.person("Mo")
    made = await care.library.make("Shared", is_published=False, by=mo)
    await care.library.do(ask_review, made, "en", by=care.library.writer)
    await care.library.do(publish, made, "en")
    assert await care.told(await care.site.browser(mo)) == ["article_approved"]
    assert await care.told(care.agent) == ["article_approved"]


async def test_publishing_without_a_review_tells_nobody(care: Care) -> None:
    made = await care.library.make("Quick", is_published=False, by=care.library.writer)
    await care.library.do(publish, made, "en")
    assert await care.told(care.agent) == []


async def test_approval_of_ones_own_is_not_told_to_oneself(care: Care) -> None:
    made = await draft(care, by=care.library.lead)
    await care.library.do(publish, made, "en")
    assert await care.told(care.lead) == []


@pytest.mark.parametrize("way", ["draft", "archive"])
async def test_review_that_is_off_is_read(care: Care, way: str) -> None:
    made = await draft(care)
    assert await care.told(care.lead) == ["article_review"]
    if way == "draft":
        data = ArticleDraftIn("Descaling K", "<p>Other</p>")
        await care.library.do(save_draft, made, "en", data, by=care.library.writer)
    else:
        await care.library.do(archive, made, by=care.library.writer)
    [told] = await notifications(care, care.lead)
    assert told["read_at"] is not None


async def test_review_of_one_language_stays_unread_while_another_waits(care: Care) -> None:
    made = await draft(care)
    data = ArticleDraftIn("除垢", "<p>正文</p>")
    await care.library.do(save_draft, made, "zh-CN", data, by=care.library.writer)
    await care.library.do(ask_review, made, "zh-CN", by=care.library.writer)
    await care.react()
    await care.library.do(publish, made, "en")
    [told] = await notifications(care, care.lead)
    assert told["read_at"] is None
    await care.library.do(publish, made, "zh-CN")
    [told] = await notifications(care, care.lead)
    assert told["read_at"] is not None
    assert await care.told(care.agent) == ["article_approved", "article_approved"]


async def test_change_of_a_block_is_no_approval(care: Care) -> None:
    made = await draft(care)
    await care.library.do(publish, made, "en")
    assert await care.told(care.agent) == ["article_approved"]
    async with care.site.desk.parts.database.transaction() as tx:
        versions = await live_versions_of(tx, made)
        await refresh_versions(tx, versions, why="block", by=care.library.lead, now=care.site.desk.now)
    assert await care.told(care.agent) == ["article_approved"]


async def test_stream_carries_the_notice_to_the_reviewer_alone(care: Care) -> None:
    made = await draft(care)
    await care.react()
    frames = await care.site.frames(care.library.lead)
    told = [one.data for one in frames if one.event == "notification"]
    assert [(one.kind, one.article_id) for one in told] == [("article_review", made)]
    others: Actor = care.library.writer
    assert [one for one in await care.site.frames(others) if one.event == "notification"] == []
