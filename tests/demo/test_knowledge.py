"""The demo's knowledge base: whole in both languages, with something of each state, and no mark without a meaning."""

from ombud.demo.knowledge import make_knowledge, read_articles, read_book
from ombud.knowledge.articles.markup import marks_in
from ombud.knowledge.articles.schemas import Reader
from tests.desk import Desk
from tests.knowledge.desk import PUBLIC, library_on


def test_every_article_says_something_in_both_languages() -> None:
    articles = read_articles()
    assert len(articles) >= 30
    assert len({one.slug for one in articles}) == len(articles)
    for one in articles:
        assert all(said.title and len(said.body) > 50 for said in (one.zh, one.en)), one.slug
        assert one.kind != "faq" or one.zh.title.endswith("？"), one.slug
        assert one.kind != "faq" or one.en.title.endswith(("?", ".")), one.slug


def test_every_mark_and_category_of_the_articles_is_in_the_book() -> None:
    book = read_book()
    blocks, variables = {one.name for one in book.blocks}, {one.name for one in book.variables}
    for one in read_articles():
        marks = marks_in(one.zh.body, one.en.body, one.zh.summary, one.en.summary)
        assert set(marks.blocks) <= blocks, one.slug
        assert set(marks.variables) <= variables, one.slug
        assert one.kind == "script" or not marks.personal, one.slug
        assert one.category in {each.key for each in book.categories}, one.slug


async def test_make_knowledge_fills_the_base_with_something_of_each_state(desk: Desk) -> None:
    library = await library_on(desk)
    complaints = await desk.team("投诉与VIP · Complaints & VIP")
    you = await desk.person("Ada", role="administrator", everywhere=True)
    async with desk.parts.database.transaction() as tx:
        await make_knowledge(tx, you, now=desk.now)
    articles = read_articles()
    by_slug = {one.slug: one for one in articles}
    counts = {which: len(await library.ids(you, which=which)) for which in ("draft", "review", "outdated", "overdue")}
    assert (counts["outdated"], counts["review"]) == (1, 1)
    assert counts["overdue"] >= 1
    sql = "select id from article where slug = %(slug)s"
    for locale in ("zh-CN", "en"):
        shown = await library.shown(await desk.sql(sql, slug="return-within-seven-days"), PUBLIC, locale)
        assert "{{" not in shown.html + shown.title + shown.summary
        assert "7" in shown.text
        assert shown.locale == locale
    team = Reader("agent", frozenset({complaints}))
    shown = await library.shown(await desk.sql(sql, slug="regulator-and-media"), team, "en")
    assert shown.title == by_slug["regulator-and-media"].en.title
    assert (
        await desk.sql("select count(*) from article_version where plain like '%%{{block%%' or body like '%%**%%'") == 0
    )
