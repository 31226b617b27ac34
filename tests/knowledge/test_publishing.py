"""What is published: approval, out-of-date translations, settings, archive, and the days to read it again."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.knowledge.articles.schemas import ArticlePatch, KnowledgePolicyPatch, VariableIn, VariableValue
from ombud.knowledge.articles.services import archive, ask_review, publish
from ombud.knowledge.articles.services.policy import change_knowledge_policy
from ombud.knowledge.articles.services.publishing import (
    OwnApproval,
    SlugTaken,
    UnknownMarks,
    bring_back,
    change_article,
    confirm_translation,
    mark_reviewed,
)
from ombud.knowledge.articles.services.reuse import make_variable
from ombud.knowledge.articles.services.writing import Archived
from ombud.shared.errors import Invalid, NotAllowed, NotFound
from tests.knowledge.desk import PUBLIC, Library


async def languages(library: Library, article_id: int) -> dict[str, bool]:
    """Languages of an article, and which are out of date."""
    return {one.locale: one.is_outdated for one in (await library.find(article_id)).languages}


async def test_publish_without_the_right_is_refused(library: Library) -> None:
    made = await library.make(is_published=False, by=library.writer)
    with pytest.raises(NotAllowed):
        await library.do(publish, made, "en", by=library.writer)


async def test_publish_ones_own_is_refused_where_the_desk_wants_a_second_pair_of_eyes(library: Library) -> None:
    await library.do(change_knowledge_policy, KnowledgePolicyPatch(own_approval=False))
    own = await library.make(is_published=False)
    with pytest.raises(OwnApproval):
        await library.do(publish, own, "en")
    theirs = await library.make(is_published=False, by=library.writer)
    await library.do(ask_review, theirs, "en", by=library.writer)
    assert (await library.do(publish, theirs, "en")).reviewed_by == library.lead.id


async def test_publish_sets_the_day_to_read_it_again_and_leaves_a_later_one(library: Library) -> None:
    made = await library.make()
    assert (await library.find(made)).review_by == library.desk.now.date().replace(year=2027)
    far = library.desk.now.date() + timedelta(days=2_000)
    await library.do(mark_reviewed, made, far)
    await library.write(made, "Other")
    await library.do(publish, made, "en")
    assert (await library.find(made)).review_by == far


async def test_publish_with_a_mark_that_stands_for_nothing_is_refused(library: Library) -> None:
    made = await library.make(
        "Call {{phone}}", "<p>{{block:hours}} {{price}} {{customer.name}}</p>", is_published=False
    )
    with pytest.raises(UnknownMarks) as refused:
        await library.do(publish, made, "en")
    assert refused.value.extra() == {"missing": ["block:hours", "customer.name", "phone", "price"]}
    script = await library.make(body="<p>Hello {{customer.name}}</p>", kind="script", audience="agents")
    assert "{{customer.name}}" in (await library.shown(script, library_reader(library))).html


def library_reader(library: Library) -> Any:
    """A colleague who only reads."""
    from_team = library.reader.team_ids
    return type(PUBLIC)("agent", from_team)


async def test_translation_is_out_of_date_once_the_original_is_published_anew(library: Library) -> None:
    made = await library.make()
    await library.translate(made, "七天内可以退货")
    assert await languages(library, made) == {"en": False, "zh-CN": False}
    library.desk.later(minutes=1)
    await library.write(made, "Return within fifteen days")
    assert await languages(library, made) == {"en": False, "zh-CN": False}
    await library.do(publish, made, "en")
    assert await languages(library, made) == {"en": False, "zh-CN": True}
    assert await library.ids(which="outdated") == [made]
    assert (await library.shown(made, locale="zh-CN")).is_outdated
    await library.translate(made, "十五天内可以退货")
    assert await languages(library, made) == {"en": False, "zh-CN": False}


async def test_translation_that_holds_is_said_so(library: Library) -> None:
    made = await library.make()
    await library.translate(made, "七天内可以退货")
    await library.write(made, "Return within 7 days")
    await library.do(publish, made, "en")
    await library.do(confirm_translation, made, "zh-CN")
    assert await languages(library, made) == {"en": False, "zh-CN": False}
    with pytest.raises(NotFound):
        await library.do(confirm_translation, made, "en")


async def test_archived_article_is_read_by_nobody_and_comes_back(library: Library) -> None:
    made = await library.make()
    with pytest.raises(NotAllowed):
        await library.do(archive, made, by=library.writer)
    await library.do(archive, made)
    with pytest.raises(NotFound):
        await library.shown(made)
    with pytest.raises(Archived):
        await library.write(made, "Other")
    assert (await library.ids(), await library.ids(which="archived")) == ([], [made])
    await library.do(archive, made)
    await library.do(bring_back, made)
    assert (await library.shown(made)).id == made
    assert [one.data["is_archived"] for one in await library.desk.events("article_archived")] == [True, False]


async def test_draft_is_archived_by_whoever_writes(library: Library) -> None:
    made = await library.make(is_published=False, by=library.writer)
    await library.do(archive, made, by=library.writer)
    assert await library.ids(which="archived") == [made]


async def test_change_who_reads_a_published_article_needs_the_right_to_publish(library: Library) -> None:
    made = await library.make(audience="agents")
    with pytest.raises(NotAllowed):
        await library.do(change_article, made, ArticlePatch(audience="public"), by=library.writer)
    await library.do(change_article, made, ArticlePatch(owner_id=library.reader.id), by=library.writer)
    await library.do(change_article, made, ArticlePatch(audience="public"))
    [event] = await library.desk.events("article_settings_changed")
    assert event.data["fields"] == ["audience"]


@pytest.mark.parametrize(
    ("patch", "error"),
    [
        (ArticlePatch(audience="team"), Invalid),
        (ArticlePatch(team_ids=[1]), Invalid),
        (ArticlePatch(category_id=99), Invalid),
        (ArticlePatch(owner_id=99_999), Invalid),
        (ArticlePatch(default_locale="de"), Invalid),
        (ArticlePatch(slug="taken"), SlugTaken),
    ],
)
async def test_change_article_to_what_cannot_be_is_refused(
    library: Library, patch: ArticlePatch, error: type[Exception]
) -> None:
    await library.make(slug="taken")
    made = await library.make()
    with pytest.raises(error):
        await library.do(change_article, made, patch)


async def test_change_article_to_what_it_is_tells_nobody(library: Library) -> None:
    made = await library.make()
    before = await library.desk.events()
    await library.do(change_article, made, ArticlePatch(audience="public", is_pinned=False))
    assert await library.desk.events() == before


async def test_article_of_another_brand_says_that_brands_words(library: Library) -> None:
    brand = await library.desk.brand("Qingyou")
    values = [VariableValue("Lanjia"), VariableValue("Qingyou", brand_id=brand)]
    await library.do(make_variable, VariableIn("shop", values))
    made = await library.make(body="<p>Welcome to {{shop}}.</p>")
    assert (await library.shown(made)).text == "Welcome to Lanjia."
    assert (await library.shown(made, brand_id=brand)).text == "Welcome to Qingyou."
    await library.do(change_article, made, ArticlePatch(brand_id=brand))
    assert await library.ids(text="Qingyou") == [made]
    assert (await library.find(made)).versions[0].plain == "Welcome to Qingyou."
