"""Guidance cards that the machine tells with its answers: to whom, which words, in which language, once."""

from datetime import timedelta
from typing import Any

import pytest

from ombud.assistance.guidance.schemas import CardIn, CardWords
from ombud.assistance.guidance.services.cards import add_card
from ombud.tickets.schemas import Address, Entry, EntryDetails
from tests.assistance.answering.scene import Shop

LEAK: dict[str, Any] = {"field": "message", "op": "contains", "value": "M-0915"}
EVERYBODY: dict[str, Any] = {"field": "channel", "op": "is_not", "value": "api"}
ASKED = "我的是M-0915批次，怎么退货？"
ZH = CardWords("zh-CN", "M-0915 批次", "内部：说明书印错", ["先安抚客户"], "您的说明书第4步印错了，请先关上进水阀。")
EN = CardWords("en", "Batch M-0915", "Internal: misprint", ["Calm them first"], "Step 4 is misprinted. Shut the valve.")


async def card(shop: Shop, *words: CardWords, **more: Any) -> int:
    """A card of the bot; its number."""
    given: dict[str, Any] = {"name": "M-0915", "condition": LEAK, "places": ["workspace", "bot"]} | more
    data = CardIn(words=list(words or (ZH, EN)), from_at=given.pop("from_at", shop.site.desk.now), **given)
    async with shop.site.desk.parts.database.transaction() as tx:
        return (await add_card(tx, data, by=shop.lead, now=shop.site.desk.now)).id


async def ask(shop: Shop, text: str = ASKED) -> Entry:
    """A question that is answered."""
    await shop.rule(threshold=0.05)
    answer = await shop.ask(text)
    assert answer is not None
    assert answer.details.machine is not None
    assert answer.details.machine.kind == "answer", answer.text
    return answer


async def told(shop: Shop) -> list[Entry]:
    """What cards said on the newest ticket."""
    said = await shop.said((await shop.site.desk.tickets())[-1])
    return [one for one in said if one.details.machine and one.details.machine.kind == "card"]


async def test_card_that_fits_is_told_before_the_answer_by_the_machine(shop: Shop) -> None:
    made = await card(shop)
    answer = await ask(shop)
    [said] = await told(shop)
    assert said.text == ZH.wording
    assert said.author.kind == "system"
    assert said.details.machine is not None
    assert said.details.machine.card_ids == [made]
    assert said.id < answer.id


async def test_words_for_colleagues_never_reach_the_customer(shop: Shop) -> None:
    await card(shop, CardWords("zh-CN", "内部提示", "内部：说明书印错", ["先安抚客户"]))
    await ask(shop)
    assert await told(shop) == []
    page = (await shop.widget("GET", "messages")).text
    assert "内部" not in page
    assert "安抚" not in page


async def test_card_that_stands_in_the_bot_alone_tells_its_text_and_steps(shop: Shop) -> None:
    await card(shop, CardWords("zh-CN", "批次", "说明书印错了。", ["关上进水阀", "换一根管子"]), places=["bot"])
    await ask(shop)
    assert [one.text for one in await told(shop)] == ["说明书印错了。\n1. 关上进水阀\n2. 换一根管子"]


@pytest.mark.parametrize(
    "more",
    [
        {"places": ["workspace"]},
        {"places": ["workspace", "portal"]},
        {"is_on": False},
        {"from_at": "later"},
        {"condition": {"field": "message", "op": "contains", "value": "M-0916"}},
        {"condition": {"field": "channel", "op": "is", "value": "email"}},
    ],
    ids=["workspace", "portal", "off", "planned", "other words", "other channel"],
)
async def test_card_that_is_not_for_them_is_not_told(shop: Shop, more: dict[str, Any]) -> None:
    if more.get("from_at") == "later":
        more = {"from_at": shop.site.desk.now + timedelta(days=1)}
    await card(shop, **more)
    await ask(shop)
    assert await told(shop) == []


async def test_card_speaks_the_language_of_the_question(shop: Shop) -> None:
    await card(shop)
    await ask(shop, "My batch is M-0915. How can I return a product?")
    assert [one.text for one in await told(shop)] == [EN.wording]


async def test_card_is_told_once_however_often_is_asked(shop: Shop) -> None:
    await card(shop, condition=EVERYBODY)
    await ask(shop, "怎么退货？")
    await ask(shop, "怎么开发票？")
    assert len(await told(shop)) == 1


async def test_two_cards_are_told_at_most_in_their_order(shop: Shop) -> None:
    for number in range(3):
        words = CardWords("zh-CN", f"第{number}", "", [], f"提示{number}")
        await card(shop, words, name=str(number), condition=EVERYBODY)
    await ask(shop, "怎么退货？")
    assert [one.text for one in await told(shop)] == ["提示0", "提示1"]


async def test_card_that_promises_or_names_money_is_left_to_people(shop: Shop) -> None:
    words = CardWords("zh-CN", "赔付", "", [], "我们赔付您 50 元，明天下午3点给您回电。")
    await card(shop, words)
    await ask(shop)
    assert await told(shop) == []


async def test_line_with_a_gap_is_left_out_and_the_name_put_in(shop: Shop) -> None:
    words = CardWords("zh-CN", "批次", "", [], "{{customer.name}}您好，\n{{agent.name}}为您服务。\n请先关上进水阀。")
    await card(shop, words)
    await ask(shop)
    assert [one.text for one in await told(shop)] == ["Rosa您好，\n请先关上进水阀。"]


async def test_article_of_a_card_is_linked_where_customers_may_read_it(shop: Shop) -> None:
    await card(shop, article_id=shop.articles["filter"])
    internal = await shop.publish("internal", {"zh-CN": ("内部手册", "只给同事看。")}, audience="agents")
    words = CardWords("zh-CN", "批次二", "", [], "请换新滤芯。")
    await card(shop, words, name="two", article_id=internal)
    await ask(shop)
    notes = [one.details.machine for one in await told(shop)]
    assert [(one.title, one.path) for one in notes if one] == [
        ("净水机滤芯多久更换一次", "/help/zh-CN/articles/filter"),
        ("", ""),
    ]


async def test_widget_marks_a_cards_words_as_the_machines(shop: Shop) -> None:
    await card(shop)
    await ask(shop)
    shown = [one["machine"] for one in (await shop.widget("GET", "messages")).json()["items"] if one["machine"]]
    assert [one["kind"] for one in shown] == ["card", "answer"]
    # nobody is asked whether a card helped
    [said] = await told(shop)
    assert (await shop.widget("PUT", f"messages/{said.id}/helped", {"helped": True})).status_code == 404


async def test_card_is_told_where_the_articles_have_no_answer(shop: Shop) -> None:
    await card(shop)
    said = await shop.ask("M-0915 可以带宠物进店参观吗")
    assert said is not None
    assert said.details.machine is not None
    assert said.details.machine.kind == "ask"
    assert [one.text for one in await told(shop)] == [ZH.wording]


async def test_no_card_is_told_where_a_person_takes_over(shop: Shop) -> None:
    await card(shop)
    said = await shop.ask("M-0915，转人工")
    assert said is not None
    assert "转接人工客服" in said.text
    assert await told(shop) == []


async def test_mail_has_the_cards_words_in_its_one_answer(shop: Shop) -> None:
    made = await card(shop, article_id=shop.articles["filter"])
    smtp = {"host": "smtp.desk.example", "port": 465}
    box = await shop.site.desk.channel("email", address="help@desk.example", smtp=smtp)
    await shop.rule(channel_id=box, threshold=0.05)
    details = EntryDetails(from_=Address("rosa@example.com"), auto_answer="allowed")
    await shop.site.desk.deliver(box, shop.site.desk.mail(ASKED, subject="退货", details=details))
    await shop.look()
    [said] = await shop.said((await shop.site.desk.tickets())[-1])
    assert said.details.machine is not None
    assert (said.details.machine.kind, said.details.machine.card_ids) == ("answer", [made])
    before, _, after = said.text.partition(ZH.wording)
    assert "由 AI 生成" in before
    assert "签收后7天内" in before
    assert "https://desk.example/help/zh-CN/articles/filter" in after
    assert "转人工" in after
    assert "内部" not in said.text
