"""Drafts: made, saved over, dropped, taken from the history; what is unsafe or too large never gets in."""

from typing import Any

import pytest

from ombud.knowledge.articles.schemas import ArticleIn, ArticleWords
from ombud.knowledge.articles.services import ask_review, make_article, publish
from ombud.knowledge.articles.services.publishing import publish_again, reject
from ombud.knowledge.articles.services.writing import (
    ArticleTooLarge,
    EmptyArticle,
    SavedMeanwhile,
    drop_draft,
    roll_back,
)
from ombud.shared.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.knowledge.desk import Library


async def changes(library: Library) -> list[str]:
    """What was announced of articles, in order."""
    events = await library.desk.events("article_changed", "article_published", "article_archived")
    return [one.data.get("change") or one.kind for one in events]


async def test_make_article_begins_a_draft_that_nobody_else_reads(library: Library) -> None:
    made = await library.make(is_published=False, by=library.writer)
    found = await library.find(made, by=library.writer)
    assert [(one.state, one.number, one.revision) for one in found.versions] == [("draft", 1, 1)]
    assert (found.owner_id, found.slug) == (library.writer.id, "return-within-seven-days")
    with pytest.raises(NotFound):
        await library.find(made, by=library.reader)
    with pytest.raises(NotFound):
        await library.shown(made)
    assert await changes(library) == ["made"]


async def test_make_article_without_the_right_to_write_is_refused(library: Library) -> None:
    with pytest.raises(NotAllowed):
        await library.make(by=library.reader)


async def test_two_articles_of_one_title_have_two_addresses(library: Library) -> None:
    made = [await library.make("七天无理由退货") for _ in range(3)]
    assert [(await library.find(one)).slug for one in made] == [
        "qi-tian-wu-li-you-tui-huo",
        "qi-tian-wu-li-you-tui-huo-2",
        "qi-tian-wu-li-you-tui-huo-3",
    ]


@pytest.mark.parametrize(
    "more", [{"audience": "team"}, {"audience": "team", "team_ids": [999]}, {"category_id": 9}, {"owner_id": 99_999}]
)
async def test_make_article_in_a_place_that_is_not_there_is_refused(library: Library, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        await library.make(by=library.writer, is_published=False, **more)


async def test_article_keeps_safe_marks_and_loses_scripts_and_handlers(library: Library) -> None:
    made = await library.make(
        body='<h2 onclick="x()">How</h2><script>steal()</script><p><a href="javascript:x">a</a>'
        '<img src="https://evil.example/pixel.png"><b>bold</b></p>'
    )
    html = (await library.shown(made)).html
    assert html == "<h2>How</h2><p><a>a</a><b>bold</b></p>"


async def test_article_of_ten_megabytes_is_refused_with_its_size(library: Library) -> None:
    with pytest.raises(ArticleTooLarge, match=r"10\.0 MB"):
        await library.make(body="<p>" + "x" * (10 * 1024 * 1024) + "</p>")


async def test_article_of_nothing_but_a_script_is_refused(library: Library) -> None:
    with pytest.raises(EmptyArticle):
        await library.make(body="<script>1</script>")


async def test_save_over_somebody_elses_saving_is_a_conflict(library: Library) -> None:
    made = await library.make(is_published=False)
    first = await library.write(made, "One", revision=1)
    assert first.revision == 2
    with pytest.raises(SavedMeanwhile):
        await library.write(made, "Two", revision=1)
    assert (await library.write(made, "Three", revision=2)).title == "Three"


async def test_save_what_is_there_already_changes_nothing(library: Library) -> None:
    made = await library.make(is_published=False)
    first = await library.write(made, "One")
    again = await library.write(made, "One")
    assert (again.revision, again.written_at) == (first.revision, first.written_at)
    assert await changes(library) == ["made", "draft"]


async def test_draft_of_a_published_article_leaves_readers_as_they_are(library: Library) -> None:
    made = await library.make()
    await library.write(made, "Return within fifteen days")
    assert (await library.shown(made)).title == "Return within seven days"
    await library.do(publish, made, "en")
    assert (await library.shown(made)).title == "Return within fifteen days"
    assert [one.number for one in (await library.find(made)).versions] == [2]


async def test_draft_in_review_that_is_written_again_is_a_draft(library: Library) -> None:
    made = await library.make(is_published=False)
    assert (await library.do(ask_review, made, "en", by=library.writer)).state == "review"
    assert (await library.write(made, "Other")).state == "draft"


async def test_drop_draft_keeps_what_is_published(library: Library) -> None:
    made = await library.make()
    await library.write(made, "Other")
    await library.do(drop_draft, made, "en")
    assert [one.state for one in (await library.find(made)).versions] == ["published"]
    with pytest.raises(NotFound):
        await library.do(drop_draft, made, "en")


async def test_drop_the_only_draft_is_refused(library: Library) -> None:
    made = await library.make(is_published=False)
    with pytest.raises(Conflict):
        await library.do(drop_draft, made, "en")


async def test_reject_keeps_the_version_and_gives_its_words_back(library: Library) -> None:
    made = await library.make(is_published=False, by=library.writer)
    with pytest.raises(Conflict):
        await library.do(reject, made, "en", "Wrong", by=library.lead)
    await library.do(ask_review, made, "en", by=library.writer)
    with pytest.raises(NotAllowed):
        await library.do(reject, made, "en", "Wrong", by=library.writer)
    draft = await library.do(reject, made, "en", "The number is wrong.")
    assert (draft.state, draft.number, draft.review_note, draft.written_by) == (
        "draft",
        2,
        "The number is wrong.",
        library.writer.id,
    )


async def test_roll_back_takes_an_older_version_as_the_draft(library: Library) -> None:
    made = await library.make("One")
    await library.write(made, "Two")
    await library.do(publish, made, "en")
    draft = await library.do(roll_back, made, "en", 1)
    assert (draft.title, draft.number, draft.state) == ("One", 3, "draft")
    with pytest.raises(Conflict):
        await library.do(roll_back, made, "en", 1)
    with pytest.raises(NotFound):
        await library.do(drop_draft, made, "de")


async def test_publish_again_lets_the_older_version_be_read_at_once(library: Library) -> None:
    made = await library.make("One")
    await library.write(made, "Two")
    await library.do(publish, made, "en")
    await library.do(publish_again, made, "en", 1)
    assert (await library.shown(made)).title == "One"
    assert (await changes(library))[-1] == "article_published"


async def test_make_article_for_another_brand_than_ones_own_is_refused(library: Library) -> None:
    brand = await library.desk.brand("Qingyou")
    mine = await library.desk.person("Mo", brands=[brand])
    data = ArticleIn(kind="faq", locale="en", words=ArticleWords("Title", "<p>x</p>"))
    with pytest.raises(Invalid):
        await library.do(make_article, data, by=mine)
    data.brand_id = brand
    assert await library.do(make_article, data, by=mine)
