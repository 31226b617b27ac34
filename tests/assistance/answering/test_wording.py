"""What a language model may make of an article, and what it may not."""

import pytest

from ombud.assistance.answering.rules.saying import stands_in
from ombud.assistance.answering.services.wording import ModelAnswer, ModelWorder, problem_of
from tests.assistance.answering.scene import Shop

TITLE, TEXT = "如何退货", "商品签收后7天内可以申请退货。请打开“我的订单”，选择“申请退货”。"
QUOTE = "商品签收后7天内可以申请退货"


@pytest.mark.parametrize(
    ("text", "quotes", "word"),
    [
        ("签收后7天内可以退。", [QUOTE], ""),
        ("", [], ""),
        ("签收后7天内可以退。", [], "quote"),
        ("签收后7天内可以退。", ["签收后30天内可以退货"], "quote"),
        ("签收后30天内可以退。", [QUOTE], "number"),
    ],
)
def test_problem_of_names_what_the_article_does_not_say(text: str, quotes: list[str], word: str) -> None:
    assert word in problem_of(ModelAnswer(text, quotes), TITLE, TEXT)
    assert bool(word) == bool(problem_of(ModelAnswer(text, quotes), TITLE, TEXT))


def test_stands_in_overlooks_signs_and_spaces_only() -> None:
    assert stands_in("商品签收后 7 天内，可以申请退货", TEXT)
    assert not stands_in("商品签收后可以申请退货", TEXT)
    assert not stands_in("。", TEXT)


async def test_worder_without_a_model_says_nothing_and_the_article_speaks(shop: Shop) -> None:
    worder = ModelWorder(shop.site.desk.parts.models)
    assert await worder.word(question="怎么退货", title=TITLE, text=TEXT, locale="zh-CN") is None
    shop.worded_by(worder)
    said = await shop.ask("怎么退货？")
    assert said is not None
    assert said.text.startswith("商品签收后7天内")
