"""What customers' words want: a person, nothing more, something else; typing slips included."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.assistance.answering.rules.wishes import (
    is_angry,
    is_done,
    is_question,
    is_slip,
    is_unhelped,
    language_of,
    wants_person,
)

PERSON_ZH = """
转人工|人工|人工!!!|找客服|我要找人工客服|转认工|轉人工|zhuanrengong|rengong|客服在吗|给我转一个真人|能不能换人来处理
不要机器人|你是机器人吗|联系客服|人工服务|我想和真人说话|请帮我接人工|叫你们经理来|转 人工|人 工|您好，我要人工
人工客服在不在
转人公
""".replace("\n", "|").strip("|")
PERSON_EN = """
agent|human|person|representative|Agent please|agnet|hmuan|represntative|I want to speak to a human
can I talk to someone?
let me talk to a real person|connect me with an agent|operator|get me a human being|are you a bot|stop bot|human!!
live agent|I need to speak with your manager|Talk to a person|TALK TO A PERSON|real person pls|speak to representitive
""".replace("\n", "|").strip("|")
OTHERS = """
人工费多少钱|安装人工费怎么收|人工智能空调有哪些|这台洗衣机一个人能搬吗|什么时候发货|怎么退货|我的发票什么时候开
会员积分怎么用|净水机滤芯多久换|商家几点发货|人工安装多少钱
how many people can it serve|can one person install the washer?
pick up in person
what is the warranty period|How long does delivery take?|personal data deletion|does the agency deliver|humidity sensor
how do I change the person name on the invoice|humanitarian
""".replace("\n", "|").strip("|")


@pytest.mark.parametrize("text", [*PERSON_ZH.split("|"), *PERSON_EN.split("|")])
def test_wants_person_hears_the_wish(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize("text", OTHERS.split("|"))
def test_wants_person_leaves_questions_alone(text: str) -> None:
    assert not wants_person(text)


@given(st.sampled_from(["representative", "operator", "human", "person"]), st.data())
@settings(max_examples=60)
def test_wants_person_hears_a_word_with_two_letters_that_changed_places(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 2))
    assert wants_person(word[:at] + word[at + 1] + word[at] + word[at + 2 :])


@given(st.text(max_size=600))
@settings(max_examples=80)
def test_wishes_take_any_text(text: str) -> None:
    assert {type(one(text)) for one in (wants_person, is_done, is_unhelped, is_angry, is_question)} == {bool}


def test_is_slip_takes_one_slip_and_no_other_word() -> None:
    assert is_slip("agnet", "agent")
    assert is_slip("agentt", "agent")
    assert is_slip("agnt", "agent")
    assert is_slip("agemt", "agent")
    assert not is_slip("gent", "agent")
    assert not is_slip("agenda", "agent")
    assert not is_slip("agents", "agent")


@pytest.mark.parametrize(
    "text", ["谢谢", "好的谢谢", "ok", "thanks", "got it, thanks", "解决了，谢谢", "Thanks, that helped"]
)
def test_is_done_hears_thanks(text: str) -> None:
    assert is_done(text)


@pytest.mark.parametrize("text", ["", "谢谢，但是怎么退货", "ok how do I return it", "可以退货吗", "好像不对"])
def test_is_done_leaves_questions_alone(text: str) -> None:
    assert not is_done(text)


@pytest.mark.parametrize("text", ["没用", "答非所问", "that didn't help", "not helpful", "no", "不是我问的"])
def test_is_unhelped_hears_it(text: str) -> None:
    assert is_unhelped(text)


@pytest.mark.parametrize("text", ["没有发票怎么办", "no invoice, what now", "My washer does not work", "洗衣机不工作"])
def test_is_unhelped_leaves_questions_alone(text: str) -> None:
    assert not is_unhelped(text)


@pytest.mark.parametrize("text", ["你好", "hi", "hello?", "在吗", "123", "👍", "请问", "Good morning!"])
def test_is_question_wants_more_than_a_greeting(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize("text", ["怎么退货", "退货", "warranty?", "你好，怎么退货", "发票"])
def test_is_question_takes_what_can_be_looked_for(text: str) -> None:
    assert is_question(text)


def test_is_angry_hears_anger_in_both_languages() -> None:
    assert is_angry("你们太过分了")
    assert is_angry("this is ridiculous")
    assert not is_angry("洗衣机怎么清洗")


def test_language_of_goes_by_the_script() -> None:
    assert language_of("how to 退货") == "zh-CN"
    assert language_of("return it") == "en"
    assert language_of("???", "zh-CN") == "zh-CN"
