"""Questions find the passage that answers them: by words, by meaning, across languages, as far as one may read."""

from ombud.knowledge.articles.schemas import Reader, reader_of
from ombud.knowledge.articles.services.publishing import archive, publish
from ombud.knowledge.retrieval.services import count_passages, index_article, index_missed
from tests.knowledge.desk import CUSTOMER, Library
from tests.knowledge.retrieval.conftest import Finder

RETURNS = "<p>You may return it within seven days.</p><h2>Costs</h2><p>We pay the postage of a faulty device.</p>"
INVOICE = "<p>An invoice is sent by mail after delivery.</p>"


async def test_find_passages_names_article_heading_and_text(finder: Finder, library: Library) -> None:
    made = await library.make("Returns", RETURNS)
    await library.make("Invoices", INVOICE)
    await finder.follow()
    [first, *_] = await finder.find("who pays the postage for a faulty device?")
    assert (first.article_id, first.title, first.slug) == (made, "Returns", "returns")
    assert (first.heading, first.text) == ("Returns › Costs", "We pay the postage of a faulty device.")
    assert 0 <= first.confidence <= 1


async def test_find_passages_without_words_finds_nothing(finder: Finder, library: Library) -> None:
    await library.make("Returns", RETURNS)
    await finder.follow()
    assert await finder.find("   ") == []
    assert await finder.find("returns", limit=0) == []


async def test_find_passages_in_chinese_finds_what_says_it(finder: Finder, library: Library) -> None:
    await library.make("退货政策", "<p>签收后七天内可以无理由退货。</p>", locale="zh-CN")
    await library.make("发票", "<p>发货后可以申请电子发票，抬头可以修改。</p>", locale="zh-CN")
    await finder.follow()
    assert (await finder.titles("发票抬头写错了怎么改"))[0] == "发票"
    assert (await finder.titles("七天能退货吗"))[0] == "退货政策"


async def test_find_passages_is_surer_of_what_answers(finder: Finder, library: Library) -> None:
    await library.make("Returns", RETURNS)
    await library.make("Invoices", INVOICE)
    await finder.follow()
    [right, *_] = await finder.find("when is the invoice sent by mail?")
    wrong = await finder.find("do penguins like jazz music?")
    assert right.confidence > max((one.confidence for one in wrong), default=0)


async def test_find_passages_shows_a_reader_only_what_they_may_read(finder: Finder, library: Library) -> None:
    await library.make("Goodwill limits", "<p>Goodwill up to fifty.</p>", audience="agents")
    await library.make("Goodwill club", "<p>Goodwill for members.</p>", audience="customers")
    await finder.follow()
    assert await finder.titles("goodwill") == []
    assert await finder.titles("goodwill", reader=CUSTOMER) == ["Goodwill club"]
    assert set(await finder.titles("goodwill", reader=reader_of(library.reader))) == {
        "Goodwill limits",
        "Goodwill club",
    }


async def test_find_passages_looks_behind_what_may_not_be_read(finder: Finder, library: Library) -> None:
    for number in range(6):
        await library.make(f"Secret goodwill {number}", "<p>goodwill goodwill</p>", audience="agents")
    shown = await library.make("A club", "<p>Goodwill is for members, among a lot of other things that we say.</p>")
    await finder.follow()
    assert [one.article_id for one in await finder.find("goodwill", limit=1)] == [shown]


async def test_find_passages_of_another_brand_is_hidden(finder: Finder, library: Library) -> None:
    brand = await library.desk.sql("select id from brand limit 1")
    await library.make("Returns", RETURNS, brand_id=brand)
    await finder.follow()
    assert await finder.titles("returns", reader=Reader("public", brand_ids=frozenset({brand + 1}))) == []
    assert await finder.titles("returns", reader=Reader("public", brand_ids=frozenset({brand}))) == ["Returns"]


async def test_find_passages_prefers_the_readers_language_of_one_article(finder: Finder, library: Library) -> None:
    made = await library.make("Model X200 reset", "<p>X200 reset</p>")
    await library.translate(made, "X200 重置", body="<p>X200 reset</p>")
    await finder.follow()
    assert [one.locale for one in await finder.find("X200 reset", locale="zh")] == ["zh-CN"]
    assert [one.locale for one in await finder.find("X200 reset", locale="en")] == ["en"]


async def test_find_passages_follows_new_versions_and_archiving(finder: Finder, library: Library) -> None:
    made = await library.make("Returns", "<p>Seven days.</p>")
    await finder.follow()
    assert [one.text for one in await finder.find("returns days")] == ["Seven days."]
    await library.write(made, "Returns", "<p>Thirty days.</p>")
    assert [one.text for one in await finder.find("returns days")] == ["Seven days."]
    await library.translate(made, "Returns", "en", "<p>Thirty days.</p>")
    await finder.follow()
    assert [one.text for one in await finder.find("returns days")] == ["Thirty days."]
    await library.do(archive, made)
    await finder.follow()
    assert await finder.find("returns days") == []


async def test_follow_articles_twice_leaves_each_passage_once(finder: Finder, library: Library) -> None:
    made = await library.make("Returns", RETURNS)
    await finder.follow()
    async with library.desk.parts.database.transaction() as tx:
        await index_article(tx, made, "en")
        counts = await count_passages(tx)
    assert (counts.articles, counts.passages) == (1, 2)
    assert len(await finder.find("returns postage")) == 1


async def test_index_missed_cuts_what_no_event_told_of(finder: Finder, library: Library) -> None:
    await library.make("Returns", RETURNS)
    database = library.desk.parts.database
    assert [await index_missed(database), await index_missed(database)] == [1, 0]
    assert await finder.titles("returns") == ["Returns"]


async def test_find_passages_crosses_languages_by_meaning(thinker: Finder, library: Library) -> None:
    await library.make("退货政策", "<p>签收后七天内可以无理由退货，我们承担运费。</p>", locale="zh-CN")
    await library.make("发票", "<p>发货后可以申请电子发票。</p>", locale="zh-CN")
    await library.make("净水器", "<p>滤芯每六个月更换一次。</p>", locale="zh-CN")
    await thinker.follow()
    assert (await thinker.titles("Can I send it back within a week?"))[0] == "退货政策"
    assert (await thinker.titles("How often must the filter be replaced?"))[0] == "净水器"


async def test_embed_next_keeps_vectors_of_what_stayed_the_same(thinker: Finder, library: Library) -> None:
    made = await library.make("Returns", RETURNS)
    await thinker.follow()
    sql = "select vector from passage where heading = 'Returns › Costs'"
    before = await library.desk.sql(sql)
    await library.translate(made, "Returns", "en", RETURNS.replace("seven", "thirty"))
    async with library.desk.parts.database.transaction() as tx:
        await index_article(tx, made, "en")
    assert await library.desk.sql(sql) == before
    assert await library.desk.sql("select count(*) from passage where vector is null") == 1


async def test_find_passages_by_how_customers_ask_shows_what_the_article_says(finder: Finder, library: Library) -> None:
    made = await library.make("Returns", RETURNS)
    await library.make("Invoices", INVOICE)
    await finder.follow()
    before = (await finder.find("swap it for my money"))[:1]
    await library.write(made, "Returns", RETURNS, questions="swap it for my money\n\n swap it for my money \nno good")
    await library.do(publish, made, "en")
    await finder.follow()
    [first, *_] = await finder.find("swap it for my money")
    assert (first.article_id, first.text) == (made, "You may return it within seven days.")
    assert first.confidence > max((one.confidence for one in before), default=0)
    asked = await library.desk.sql(
        "select array_agg(text order by position) from passage where is_question and article_id = %(id)s", id=made
    )
    assert asked == ["Returns", "swap it for my money", "no good"]


async def test_find_passages_asks_an_article_in_another_language_by_its_questions(
    thinker: Finder, library: Library
) -> None:
    made = await library.make(
        "退货政策", "<p>签收后七天内可以无理由退货。</p>", locale="zh-CN", questions="东西不要了能寄回去吗"
    )
    await library.make("发票", "<p>发货后可以申请电子发票。</p>", locale="zh-CN")
    await thinker.follow()
    [first, *_] = await thinker.find("I do not want it any more, can I send it back?")
    assert (first.article_id, first.text) == (made, "签收后七天内可以无理由退货。")
