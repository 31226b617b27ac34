"""Reports: searches without result, feedback, uses, what is stale, the board; as pages and as files."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.knowledge.articles.services import publish
from ombud.knowledge.reports.schemas import FeedbackIn, Use
from ombud.knowledge.reports.services import note_feedback, note_search, note_use
from ombud.knowledge.reports.services.noting import forget_searches
from ombud.shared.actor import Actor
from tests.assistance.desk import Care, care_on
from tests.site import Site


@pytest.fixture
async def care(site: Site) -> Care:
    """Whoever cares for knowledge."""
    return await care_on(site)


async def search(care: Care, text: str, results: int = 0, place: str = "widget") -> None:
    async with care.site.desk.parts.database.transaction() as tx:
        await note_search(tx, text=text, locale="en", place=place, results=results, now=care.site.desk.now)  # type: ignore[arg-type]


async def say(care: Care, article: int, data: FeedbackIn) -> None:
    async with care.site.desk.parts.database.transaction() as tx:
        await note_feedback(tx, article, data, place="widget", now=care.site.desk.now)


async def use(care: Care, article: int, by: Actor, times: int = 1) -> None:
    async with care.site.desk.parts.database.transaction() as tx:
        await note_use(tx, [Use(article_id=article, person_id=by.id)] * times, now=care.site.desk.now)


async def get(care: Care, path: str) -> Any:
    answer = await care.lead.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_searches_without_result_come_first_and_once_for_the_same_words(care: Care) -> None:
    for text in ("Descale K", "descale  k!", "DESCALE K"):
        await search(care, text)
    await search(care, "refund", results=3)
    await search(care, "!?")
    report = await get(care, "/knowledge/reports/searches")
    assert (report["searches"], report["without_result"]) == (4, 3)
    assert [(one["folded"], one["times"], one["without_result"]) for one in report["items"]] == [
        ("descale k", 3, 3),
        ("refund", 1, 0),
    ]
    only = await get(care, "/knowledge/reports/searches?only_without=true")
    assert [one["folded"] for one in only["items"]] == ["descale k"]


async def test_search_becomes_a_request_that_the_report_shows(care: Care) -> None:
    await search(care, "Descale K")
    made = await care.lead.post("/article-requests", {"title": "Descaling K", "search": "Descale K"})
    [row] = (await get(care, "/knowledge/reports/searches"))["items"]
    assert (row["request_id"], row["request_state"]) == (made.json()["id"], "open")


async def test_search_keeps_no_personal_data_and_is_forgotten_in_time(care: Care) -> None:
    await search(care, "my phone 13800138000 is broken")
    [row] = (await get(care, "/knowledge/reports/searches"))["items"]
    assert row["text"] == "my phone ••• is broken"
    care.site.desk.later(days=401)
    async with care.site.desk.parts.database.transaction() as tx:
        assert await forget_searches(tx, now=care.site.desk.now) == 1


async def test_feedback_counts_by_article_with_reasons(care: Care) -> None:
    article = await care.library.make("Returns")
    outdated = FeedbackIn(helped=False, reason="outdated", note="It is 15 now")
    for one in (FeedbackIn(helped=True), outdated, FeedbackIn(helped=False, reason="outdated")):
        await say(care, article, one)
    await use(care, article, care.library.writer, times=2)
    [row] = (await get(care, "/knowledge/reports/articles"))["items"]
    assert (row["helped"], row["not_helped"], row["uses"], row["reasons"]) == (1, 2, 2, {"outdated": 2})
    assert row["helped_rate"] == pytest.approx(1 / 3)
    words = (await get(care, f"/knowledge/reports/feedback?article_id={article}"))["items"]
    assert [one["note"] for one in words] == ["", "It is 15 now", ""]


async def test_who_says_it_again_changes_what_they_said(care: Care) -> None:
    article = await care.library.make("Returns")
    path = f"/knowledge/articles/{article}/feedback"
    assert (await care.agent.post(path, {"helped": False, "reason": "wrong"})).status_code == 204
    assert (await care.agent.post(path, {"helped": True})).status_code == 204
    await say(care, article, FeedbackIn(helped=True))
    [row] = (await get(care, "/knowledge/reports/articles"))["items"]
    assert (row["helped"], row["not_helped"], row["reasons"]) == (2, 0, {})
    assert (await care.agent.post("/knowledge/articles/99999/feedback", {"helped": True})).status_code == 404


async def test_stale_lists_say_why_and_since_when(care: Care) -> None:
    today = care.site.desk.now.date()
    late = await care.library.make("Late")
    await care.site.desk.run("update article set review_by = %(day)s", day=today - timedelta(days=3))
    translated = await care.library.make("Translated")
    await care.library.translate(translated, "译文")
    care.site.desk.later(hours=1)
    await care.library.write(translated, "Translated anew")
    await care.library.do(publish, translated, "en")
    unhelpful = await care.library.make("Unhelpful")
    for _ in range(3):
        await say(care, unhelpful, FeedbackIn(helped=False))
    assert (await get(care, "/knowledge/reports/stale?why=unhelpful"))["items"] == []
    for helped in (True, True, False):
        await say(care, unhelpful, FeedbackIn(helped=helped))
    found = {
        why: [
            (one["article_id"], one["locale"])
            for one in (await get(care, f"/knowledge/reports/stale?why={why}"))["items"]
        ]
        for why in ("review", "translation", "unhelpful", "unused")
    }
    assert found == {
        "review": [(late, "en")],
        "translation": [(translated, "zh-CN")],
        "unhelpful": [(unhelpful, "en")],
        "unused": [],
    }


async def test_feedback_of_an_older_version_does_not_follow_the_new_one(care: Care) -> None:
    article = await care.library.make("Returns")
    for _ in range(6):
        await say(care, article, FeedbackIn(helped=False))
    care.site.desk.later(hours=1)
    await care.library.write(article, "Better")
    await care.library.do(publish, article, "en")
    assert (await get(care, "/knowledge/reports/stale?why=unhelpful"))["items"] == []


async def test_article_for_agents_that_nobody_uses_is_listed_after_half_a_year(care: Care) -> None:
    unused = await care.library.make("Unused", audience="agents")
    used = await care.library.make("Used", audience="agents")
    await care.library.make("Public")
    care.site.desk.later(days=200)
    await use(care, used, care.library.writer)
    lead = await care.site.browser(await care.site.desk.person("Li", role="supervisor"))
    found = (await lead.get("/knowledge/reports/stale?why=unused")).json()["items"]
    assert [one["article_id"] for one in found] == [unused]


async def test_board_credits_what_people_did_in_the_month(care: Care) -> None:
    article = await care.library.make("Returns", by=care.library.writer, is_published=False)
    await care.library.do(publish, article, "en")
    await care.library.translate(article, "退货")
    await say(care, article, FeedbackIn(helped=True))
    await say(care, article, FeedbackIn(helped=False))
    await use(care, article, care.library.lead, times=2)
    await use(care, article, care.library.writer)
    board = await get(care, "/knowledge/board")
    assert (board["month"], board["worth"]["written"]) == ("2026-11", 10)
    counts = {one["name"]: (one["place"], one["points"], one["counts"]) for one in board["items"]}
    assert counts["Wei"] == (1, 13, {"written": 1, "helped": 1, "used": 2})
    assert counts["Lin"][2] == {"translated": 1, "reviewed": 1}
    assert (await get(care, "/knowledge/board?month=2026-10"))["items"] == []
    assert (await care.lead.get("/knowledge/board?month=soon")).status_code == 400
    assert (await care.agent.get("/knowledge/board")).status_code == 200


async def test_board_gives_one_article_no_more_than_its_bound(care: Care) -> None:
    article = await care.library.make("Returns", by=care.library.writer, is_published=False)
    await care.library.do(publish, article, "en")
    await use(care, article, care.library.lead, times=50)
    [row] = [one for one in (await get(care, "/knowledge/board"))["items"] if one["name"] == "Wei"]
    assert row["counts"]["used"] == 20


async def test_health_sums_up_a_period_and_what_is_open(care: Care) -> None:
    article = await care.library.make("Returns")
    await care.library.translate(article, "退货")
    await search(care, "nothing")
    await say(care, article, FeedbackIn(helped=True))
    await use(care, article, care.library.writer)
    await care.agent.post("/article-requests", {"title": "More"})
    health = await get(care, "/knowledge/health")
    assert (health["published"], health["locales"]) == ({"article": 1}, {"en": 1, "zh-CN": 1})
    names = ("searches", "without_result", "helped", "not_helped", "uses", "requests_open")
    assert [health[name] for name in names] == [1, 1, 1, 0, 1, 1]
    assert health["stale"] == {"review": 0, "translation": 0, "unhelpful": 0, "unused": 0}
    before = await get(care, "/knowledge/health?since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z")
    assert (before["searches"], before["requests_open"]) == (0, 1)


@pytest.mark.parametrize("report", ["searches", "articles", "stale", "findings", "board"])
async def test_reports_are_files_for_spreadsheets(care: Care, report: str) -> None:
    article = await care.library.make("=Returns")
    await care.site.desk.run("update article set review_by = %(day)s", day=care.site.desk.now - timedelta(days=9))
    await search(care, "=1+1")
    await say(care, article, FeedbackIn(helped=True))
    answer = await care.lead.get(f"/knowledge/reports/{report}/file")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.startswith("\ufeff")
    # nothing of it is a formula
    assert not any(line.startswith("=") for line in answer.text.lstrip("\ufeff").splitlines())
    assert (await care.lead.get(f"/knowledge/reports/{report}/file?kind=xlsx")).content.startswith(b"PK")


async def test_reports_are_for_those_who_care_for_knowledge(care: Care) -> None:
    paths = ["health", "reports/searches", "reports/articles", "reports/feedback", "reports/stale?why=review"]
    paths += ["reports/findings", "reports/board/file"]
    refused = [await care.agent.get(f"/knowledge/{one}") for one in paths]
    assert {one.status_code for one in refused} == {403}
    assert (await care.lead.get("/knowledge/reports/secrets/file")).status_code == 400
    assert (await care.lead.get("/knowledge/health?since=2020-01-01T00:00:00Z")).status_code == 400
