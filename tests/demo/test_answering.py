"""The demo shop answers by itself what its articles know, in both languages, and nothing that they do not know.

By words alone, which is least sure: what it does not answer then, it offers to choose from.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from ombud.assistance.answering.queries import find_rule
from ombud.assistance.answering.schemas import AnswerRule
from ombud.assistance.answering.services.finding import Judged, Knowing, judge
from ombud.assistance.answering.services.proposing import refused
from ombud.demo.answering import SHOP_KEY, THRESHOLD, make_answering
from ombud.demo.knowledge import make_knowledge
from ombud.intelligence.embedding.services import Meaning
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.knowledge.retrieval.services import index_missed
from tests.desk import Desk
from tests.knowledge.desk import PUBLIC, library_on

KNOWN = {
    "怎么退货？": "return-within-seven-days",
    "退货要多久能收到退款": "refund-times",
    "退货运费谁出": "return-within-seven-days",
    "发票怎么开": "get-an-invoice",
    "可以开专用发票吗": "correct-an-invoice",
    "净水器滤芯多久换一次": "change-purifier-filters",
    "保修期多长": "warranty-periods",
    "过保了还能修吗": "book-a-repair",
    "怎么取消订单": "change-or-cancel-an-order",
    "积分怎么用": "points-and-levels",
    "快递几天能到": "delivery-times",
    "可以货到付款吗": "payment-methods",
    "安装要收费吗": "installation-costs",
    "以旧换新怎么申请": "trade-in",
    "How long does a refund take?": "refund-times",
    "How do I get an invoice?": "get-an-invoice",
    "How often should I change the filter?": "change-purifier-filters",
    "How long is the warranty?": "warranty-periods",
    "Can I cancel my order?": "change-or-cancel-an-order",
    "How fast is delivery?": "delivery-times",
    "I forgot my password": "change-phone-or-close-account",
    "Is installation free?": "installation-costs",
}
UNKNOWN = (
    *("今天天气怎么样", "你们老板是谁", "推荐一部电影", "明天股市会涨吗", "可以带宠物去门店吗", "帮我写一首诗"),
    *("你们招人吗", "怎么学英语", "What is the capital of France?", "Can you recommend a film?", "Do you sell cars?"),
    *("Who is your CEO?", "Write me a poem about rain"),
)
MOST_OF_THEM = 0.55
FOR_PEOPLE = {
    "转人工": "asked",
    "I want to talk to a human": "asked",
    "再不退款我就打12315投诉你们": "risk",
    "I will call my lawyer about this refund": "risk",
    "垃圾产品，气死我了，怎么退货": "angry",
}


@dataclass
class Shop:
    """The demo's articles, and the rule of its chat."""

    desk: Desk
    knowing: Knowing

    async def judged(self, question: str, rule: AnswerRule | None = None) -> Judged:
        """What the chat would do with a question."""
        rule = rule or AnswerRule("widget", 1, "Shop", is_on=True, threshold=THRESHOLD, is_strict=False)
        database = self.desk.parts.database
        return refused(question) or await judge(database, self.knowing, question, rule, PUBLIC, now=self.desk.now)

    async def titles(self) -> list[tuple[str, str]]:
        """Titles that are read, and the names of their articles."""
        sql = """
            select v.title, a.slug from article a
            join article_version v on v.article_id = a.id and v.state = 'published'"""
        async with self.desk.parts.database.transaction() as tx:
            return await (await tx.execute(sql)).fetchall()


@pytest.fixture
async def shop(desk: Desk) -> Shop:
    """The knowledge base as the demo makes it, cut into passages."""
    await library_on(desk)
    await desk.team("投诉与VIP · Complaints & VIP")
    you = await desk.person("Ada", role="administrator", everywhere=True)
    database = desk.parts.database
    async with database.transaction() as tx:
        await make_knowledge(tx, you, now=desk.now)
    while await index_missed(database):
        pass
    return Shop(desk, Knowing(PassageIndex(Meaning(desk.parts.models, is_shipped=False))))


async def test_shop_answers_what_its_articles_know_and_leaves_the_rest(shop: Shop) -> None:
    found = {question: await shop.judged(question) for question in KNOWN}
    answered = {question: one for question, one in found.items() if one.answer is not None}
    assert len(answered) >= MOST_OF_THEM * len(KNOWN)
    titles = dict(await shop.titles())
    offered = {question: [titles[one] for one in found[question].near] for question in set(found) - set(answered)}
    assert {question for question, slugs in offered.items() if KNOWN[question] not in slugs} == set()
    assert {question: one.answer.slug for question, one in answered.items() if one.answer} == {
        question: KNOWN[question] for question in answered
    }
    for question, one in answered.items():
        assert one.answer is not None
        # in the language of the question, whole words of the article, with nothing left open
        assert (one.answer.locale == "zh-CN") == (not question.isascii()), question
        assert one.answer.text, question
        assert "{{" not in one.answer.text, question
        assert one.answer.path == f"/help/{one.answer.locale}/articles/{one.answer.slug}"
    others = {question: await shop.judged(question) for question in UNKNOWN}
    assert {question for question, one in others.items() if one.answer is not None} == set()
    assert {one.reason for one in others.values()} == {"unknown"}
    people = {question: (await shop.judged(question)).reason for question in FOR_PEOPLE}
    assert people == FOR_PEOPLE


async def test_newcomers_questions_are_answered_or_offered_and_seldom_wrong(shop: Shop) -> None:
    """A hundred questions of somebody who knew the articles only, and thirty that no article answers."""
    titles = dict(await shop.titles())
    counts: Counter[tuple[str, str]] = Counter()
    for line in (Path(__file__).parent / "newcomers.jsonl").read_text().splitlines():
        asked = json.loads(line)
        one = await shop.judged(asked["text"])
        if one.reason == "asked":
            came = "person"
        elif one.answer is not None:
            came = "right" if one.answer.slug in asked["slugs"] else "wrong"
        else:
            came = "offered" if {titles[title] for title in one.near} & set(asked["slugs"]) else "not"
        counts[asked["kind"], came] += 1
    # By words alone; with the model 71 and 24 (docs/evaluation.md).
    assert counts["answer", "right"] >= 50, counts
    assert counts["answer", "right"] + counts["answer", "offered"] >= 80, counts
    assert counts["answer", "wrong"] <= 4, counts
    assert counts["unknown", "wrong"] <= 5, counts
    assert counts["person", "person"] == 10, counts


async def test_shop_tells_nothing_that_is_for_colleagues(shop: Shop) -> None:
    sql = """
        select v.title from article a join article_version v on v.article_id = a.id and v.state = 'published'
        where a.kind = 'script' or a.audience <> 'public'"""
    async with shop.desk.parts.database.transaction() as tx:
        titles = [title for (title,) in await (await tx.execute(sql)).fetchall()]
    assert len(titles) > 5
    sql = "select array_agg(id) from article where kind = 'script' or audience <> 'public'"
    internal = set(await shop.desk.sql(sql))
    wide = AnswerRule("widget", 1, "Shop", is_on=True, threshold=0.0, is_strict=False)
    for title in titles:
        one = await shop.judged(title, wide)
        assert one.answer is None or one.answer.article_id not in internal, title


async def test_make_answering_turns_on_the_shops_chat_and_the_help_centre_alone(desk: Desk) -> None:
    you = await desk.person("Ada", role="administrator", everywhere=True)
    chats = [await desk.channel("chat") for _ in range(2)]
    await desk.run("update channel set public_key = %(key)s where id = %(id)s", key=SHOP_KEY, id=chats[0])
    for _ in range(2):
        async with desk.parts.database.transaction() as tx:
            await make_answering(tx, you, now=desk.now)
    async with desk.parts.database.transaction() as tx:
        rules = {channel: await find_rule(tx, channel) for channel in (*chats, None)}
    assert {channel: one.is_on for channel, one in rules.items() if one} == {
        chats[0]: True,
        chats[1]: False,
        None: True,
    }
    assert {one.threshold for one in rules.values() if one and one.is_on} == {THRESHOLD}
