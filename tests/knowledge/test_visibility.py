"""Who may read what: audiences, teams, brands and categories, by the one rule of every list, page and file."""

from itertools import product

import pytest

from ombud.knowledge.articles.queries import article_id_of
from ombud.knowledge.articles.schemas import ArticlePatch, CategoryIn, Reader
from ombud.knowledge.articles.services.categories import change_category, make_category
from ombud.knowledge.articles.services.publishing import change_article
from ombud.shared.errors import NotFound
from tests.knowledge.desk import CUSTOMER, PUBLIC, Library

ORDER = ["public", "customers", "agents"]


def agent(*teams: int, brands: list[int] | None = None) -> Reader:
    """A colleague of some teams who does not write."""
    return Reader("agent", frozenset(teams), None if brands is None else frozenset(brands))


async def reads(library: Library, article_id: int, reader: Reader) -> bool:
    """Whether somebody may read an article; lists, pages and addresses must agree."""
    listed = article_id in await library.ids(reader=reader)
    try:
        shown = await library.shown(article_id, reader)
    except NotFound:
        with pytest.raises(NotFound):
            await library.ask(article_id_of, await library.desk.sql(SLUG, id=article_id), reader=reader)
        assert not listed
        return False
    assert listed
    return shown.id == article_id


SLUG = "select slug from article where id = %(id)s"


@pytest.mark.parametrize(("audience", "category"), list(product(ORDER, [None, *ORDER])))
async def test_reader_sees_what_article_and_category_both_allow(
    library: Library, audience: str, category: str | None
) -> None:
    place = None
    if category is not None:
        data = CategoryIn("Care", "保养", audience=category)  # type: ignore[arg-type]
        place = (await library.do(make_category, data)).id
    made = await library.make(audience=audience, category_id=place)
    narrow = max(ORDER.index(audience), ORDER.index(category or "public"))
    for level, reader in enumerate([PUBLIC, CUSTOMER, agent(1)]):
        assert await reads(library, made, reader) == (level >= narrow)


async def test_article_of_a_team_is_read_by_its_people_alone(library: Library) -> None:
    made = await library.make(audience="team", team_ids=[1])
    readers = [PUBLIC, CUSTOMER, agent(library.other_team), agent(1), agent(1, library.other_team)]
    assert [await reads(library, made, one) for one in readers] == [False, False, False, True, True]
    assert await reads(library, made, Reader("agent", None))


async def test_article_of_a_brand_is_read_by_its_people_and_customers(library: Library) -> None:
    brand = await library.desk.brand("Qingyou")
    made = await library.make(brand_id=brand)
    every = await library.make("For every brand")
    other, own = Reader("public", frozenset(), frozenset({1})), Reader("public", frozenset(), frozenset({brand}))
    assert [await reads(library, made, one) for one in (other, own, PUBLIC)] == [False, True, True]
    assert [await reads(library, every, one) for one in (other, own, PUBLIC)] == [True, True, True]


async def test_archived_category_hides_what_lies_below_it_and_editors_find_it_still(library: Library) -> None:
    above = (await library.do(make_category, CategoryIn("Care", "保养"))).id
    below = (await library.do(make_category, CategoryIn("Filters", "滤芯", above))).id
    made = await library.make(category_id=below)
    await library.do(change_category, above, CategoryIn("Care", "保养", is_archived=True))
    assert [await reads(library, made, one) for one in (PUBLIC, agent(1))] == [False, False]
    assert await library.ids() == [made]


async def test_article_moved_to_a_narrower_audience_is_gone_at_once(library: Library) -> None:
    made = await library.make()
    assert await reads(library, made, PUBLIC)
    await library.do(change_article, made, ArticlePatch(audience="team", team_ids=[1]))
    assert not await reads(library, made, PUBLIC)
    await library.do(change_article, made, ArticlePatch(audience="public"))
    assert await reads(library, made, PUBLIC)
    assert (await library.find(made)).team_ids == []


async def test_nearest_language_is_shown(library: Library) -> None:
    made = await library.make("Returns", locale="en")
    await library.translate(made, "退货", "zh-CN")
    wanted = {"zh-CN": "退货", "zh-TW": "退货", "en-GB": "Returns", "fr": "Returns", "": "Returns"}
    for locale, title in wanted.items():
        assert (await library.shown(made, locale=locale)).title == title


async def test_list_is_searched_filtered_and_paged(library: Library) -> None:
    care = (await library.do(make_category, CategoryIn("Care", "保养"))).id
    ids = []
    for number in range(5):
        library.desk.later(minutes=1)
        ids.append(await library.make(f"Article {number}", f"<p>kettle {number}</p>"))
    faq = await library.make("水壶漏水怎么办？", "<p>kettle</p>", locale="zh-CN", kind="faq", category_id=care)
    assert await library.ids(text="kettle") == [faq, *reversed(ids)]
    assert await library.ids(text="漏水") == [faq]
    assert await library.ids(text="Article 3") == [ids[3]]
    assert await library.ids(text="nothing of it") == []
    assert await library.ids(kind="faq") == await library.ids(category_id=care) == await library.ids(locale="zh-CN")
    assert await library.ids(category_id=0) == list(reversed(ids))


async def test_list_shows_titles_in_the_readers_language_and_leaves_none_out(library: Library) -> None:
    both = await library.make("Returns", locale="en")
    await library.translate(both, "退货", "zh-CN")
    only = await library.make("Invoices", locale="en")
    assert sorted(await library.ids(language="zh-CN")) == [both, only]
    titles = {
        language: {one.title for one in (await library.listed(language=language)).items} for language in ("en", "zh-CN")
    }
    assert titles == {"en": {"Returns", "Invoices"}, "zh-CN": {"退货", "Invoices"}}
