"""What the log tells of knowledge is told once, however late it is read, and to nobody who may not know."""

from typing import Any

import pytest

from ombud.assistance.upkeep.reactions import keep_up
from ombud.assistance.upkeep.services.reviews import tell_of_approval, tell_of_return, tell_reviewers
from ombud.knowledge.articles.schemas import ArticleDraftIn
from ombud.knowledge.articles.services import ask_review, publish, save_draft
from ombud.knowledge.articles.services.publishing import reject
from ombud.knowledge.reports.schemas import Use
from ombud.knowledge.reports.services import forget_uses, note_use
from ombud.shared.actor import SYSTEM
from tests.assistance.desk import Care


async def kinds(care: Care, person_id: int) -> list[str]:
    """What somebody was told, oldest first."""
    sql = "select coalesce(array_agg(kind order by id), '{}') from notification where person_id = %(id)s"
    found: list[str] = await care.site.desk.sql(sql, id=person_id)
    return found


async def waiting(care: Care) -> int:
    """An article of the agent's that waits for approval."""
    made = await care.library.make("Descaling K", is_published=False, by=care.library.writer)
    await care.library.do(ask_review, made, "en", by=care.library.writer)
    return made


async def tell(care: Care, verb: Any, *args: Any) -> None:
    """One telling in a transaction of its own."""
    async with care.site.desk.parts.database.transaction() as tx:
        await verb(tx, *args, by=SYSTEM, now=care.site.desk.now)


async def test_review_that_is_over_before_the_log_is_read_is_told_to_nobody(care: Care) -> None:
    made = await waiting(care)
    await care.library.do(publish, made, "en")
    await care.react()
    assert await kinds(care, care.library.lead.id or 0) == []
    assert await kinds(care, care.library.writer.id or 0) == ["article_approved"]


async def test_events_of_one_batch_end_with_what_is_true_now(care: Care) -> None:
    made = await waiting(care)
    await care.library.do(reject, made, "en", "Say which K.")
    data = ArticleDraftIn("Descaling K", "<p>The small one.</p>")
    await care.library.do(save_draft, made, "en", data, by=care.library.writer)
    await care.library.do(ask_review, made, "en", by=care.library.writer)
    await care.react()
    # both askings are read while the draft waits: the lead has one word of it
    assert await kinds(care, care.library.lead.id or 0) == ["article_review"]
    assert await kinds(care, care.library.writer.id or 0) == ["article_returned"]


async def test_events_read_twice_tell_reviewers_once(care: Care) -> None:
    await waiting(care)
    events = await care.site.desk.events("article_changed")
    for _ in range(2):
        async with care.site.desk.parts.database.transaction() as tx:
            await keep_up(tx, events, care.site.desk.now)
    assert await kinds(care, care.library.lead.id or 0) == ["article_review"]


async def test_what_is_not_there_is_told_to_nobody(care: Care) -> None:
    await tell(care, tell_reviewers, 99_999, "en")
    await tell(care, tell_of_return, 99_999, "en")
    await tell(care, tell_of_approval, 99_999)
    made = await care.library.make("Quick", is_published=False)
    await tell(care, tell_reviewers, made, "en")
    await tell(care, tell_of_return, made, "de")
    assert await care.site.desk.sql("select count(*) from notification") == 0


async def test_reviewer_who_is_an_agent_now_is_not_asked(care: Care) -> None:
    helper = await care.site.desk.person("Li", role="supervisor")
    await care.site.desk.run("update person set role = 'agent' where id = %(id)s", id=helper.id)
    await waiting(care)
    await care.react()
    assert await kinds(care, helper.id or 0) == []
    assert await kinds(care, care.library.reader.id or 0) == []


async def test_author_who_left_is_told_nothing_and_the_asker_is(care: Care) -> None:
    mo = await care.site.desk.person("Mo")
    made = await care.library.make("Shared", is_published=False, by=mo)
    await care.library.do(ask_review, made, "en", by=care.library.writer)
    await care.site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=mo.id)
    await care.library.do(publish, made, "en")
    await care.react()
    assert await kinds(care, mo.id or 0) == []
    assert await kinds(care, care.library.writer.id or 0) == ["article_approved"]


async def test_notice_of_an_article_carries_the_words_of_its_language(care: Care) -> None:
    made = await waiting(care)
    data = ArticleDraftIn("K 型机除垢", "<p>正文</p>")
    await care.library.do(publish, made, "en")
    await care.library.do(save_draft, made, "zh-CN", data, by=care.library.writer)
    await care.library.do(ask_review, made, "zh-CN", by=care.library.writer)
    await care.react()
    found = (await care.lead.get("/notifications")).json()["items"]
    assert [(one["kind"], one["subject"]) for one in found] == [("article_review", "K 型机除垢")]


async def test_reading_all_reads_notices_of_articles_too(care: Care) -> None:
    await waiting(care)
    await care.react()
    [told] = (await care.lead.get("/notifications")).json()["items"]
    assert (await care.lead.put("/notifications/read", {"up_to_id": told["id"]})).status_code == 204
    [told] = (await care.lead.get("/notifications")).json()["items"]
    assert told["read_at"] is not None


async def test_opening_somebody_elses_article_reads_nothing_and_shows_nothing(care: Care) -> None:
    made = await care.library.make("Inside", is_published=False, audience="team", team_ids=[1])
    await care.library.do(ask_review, made, "en", by=care.library.writer)
    await care.react()
    assert (await care.other.get(f"/knowledge/articles/{made}")).status_code == 404
    unread = "select count(*) from notification where article_id = %(id)s and read_at is null"
    before = await care.site.desk.sql(unread, id=made)
    await care.agent.get(f"/knowledge/articles/{made}")
    assert await care.site.desk.sql(unread, id=made) == before


@pytest.mark.parametrize("ids", [[], [99_999]])
async def test_forgetting_uses_of_other_answers_forgets_nothing(care: Care, ids: list[int]) -> None:
    made = await care.library.make("Descaling K")
    async with care.site.desk.parts.database.transaction() as tx:
        for entry in (None, 1):
            await note_use(tx, [Use(article_id=made, entry_id=entry)], now=care.site.desk.now)
        assert await forget_uses(tx, ids) == 0
    assert await care.site.desk.sql("select count(*) from article_use") == 2


async def test_use_of_another_person_is_not_claimed_by_an_answer(care: Care) -> None:
    made, desk = await care.library.make("Descaling K"), care.site.desk
    writer, lead = care.library.writer.id, care.library.lead.id
    async with desk.parts.database.transaction() as tx:
        await note_use(tx, [Use(article_id=made, ticket_id=care.ticket, person_id=writer)], now=desk.now)
        await note_use(tx, [Use(article_id=made, ticket_id=care.ticket, person_id=lead, entry_id=7)], now=desk.now)
    sql = "select jsonb_agg(jsonb_build_array(person_id, entry_id) order by id) from article_use"
    assert await desk.sql(sql) == [[writer, None], [lead, 7]]
