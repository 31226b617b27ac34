"""What of an article is said, and how sure is sure enough."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.assistance.answering.rules.judging import lower_end, proposed, steps_of
from ombud.assistance.answering.rules.saying import adds_figures, names_amount, say, sentences_of, width
from ombud.assistance.answering.schemas import TriedTicket, Verdict

PASSAGE = (
    "商品签收后7天内可以退货。请保留包装。\n1. 打开“我的订单”。\n2. 选择“申请退货”。\n如需上门取件，运费由买家承担。"
)


def never(_: str) -> bool:
    return False


def test_say_gives_a_short_passage_as_it_is() -> None:
    assert say(PASSAGE, "怎么退货", binds=never).text == PASSAGE


def test_say_keeps_the_best_sentence_and_what_follows_when_room_is_short() -> None:
    said = say(PASSAGE, "运费由谁承担", binds=never, room=40).text
    assert "运费由买家承担" in said
    assert "7天" not in said


def test_say_leaves_out_sentences_that_bind() -> None:
    said = say(PASSAGE, "怎么退货", binds=lambda text: "包装" in text)
    assert "包装" not in said.text
    assert "申请退货" in said.text


def test_say_is_silent_where_the_best_sentence_binds() -> None:
    said = say("We call you tomorrow. The noise is normal.", "when do you call me", binds=lambda one: "call" in one)
    assert (said.text, said.is_bound) == ("", True)
    assert say("", "anything", binds=never).text == ""


def test_sentences_keep_figures_together() -> None:
    assert [one.text for one in sentences_of("It costs 3.50 a month. Version 2.1 is free.")] == [
        "It costs 3.50 a month.",
        "Version 2.1 is free.",
    ]


@given(st.text(alphabet="退货天内。！\n ab.A", max_size=200), st.text(max_size=20))
@settings(max_examples=80)
def test_say_says_nothing_that_is_not_in_the_passage(passage: str, question: str) -> None:
    said = say(passage, question, binds=never, room=60).text
    assert set("".join(said.split())) <= set("".join(passage.split()))
    assert len("".join(said.split())) <= len("".join(passage.split()))


def test_width_counts_chinese_twice() -> None:
    assert width("退货ab") == 6


def test_adds_figures_finds_what_the_source_does_not_say() -> None:
    assert adds_figures("within 8 days", "within 7 days")
    assert not adds_figures("7 days, 1,000 yuan", "1000 yuan in 7 days")


@pytest.mark.parametrize(("text", "is_named"), [("上门费80元", True), ("20% off", True), ("$5", True), ("7天", False)])
def test_names_amount(text: str, is_named: bool) -> None:
    assert names_amount(text) is is_named


def tried(confidence: float, verdict: Verdict, count: int = 1) -> list[TriedTicket]:
    return [TriedTicket(at, "?", 1, "", confidence, verdict) for at in range(count)]


def test_lower_end_grows_with_the_number_and_stays_below_the_share() -> None:
    assert lower_end(0, 0) == 0
    assert lower_end(9, 10) < lower_end(90, 100) < 0.9
    assert lower_end(96, 100) == pytest.approx(0.9016, abs=0.001)


def test_proposed_is_the_lowest_threshold_that_is_right_often_enough() -> None:
    found = [*tried(0.9, "right", 60), *tried(0.55, "wrong", 40), *tried(0.7, "right", 10), *tried(0.72, "open", 5)]
    steps = steps_of(found)
    assert proposed(steps) == 0.6
    at_sixty = next(one for one in steps if one.threshold == 0.6)
    assert (at_sixty.answered, at_sixty.right, at_sixty.wrong, at_sixty.open) == (75, 70, 0, 5)


def test_proposed_says_nothing_from_few_tickets() -> None:
    assert proposed(steps_of(tried(0.9, "right", 19))) is None
    assert proposed(steps_of([])) is None


def test_steps_leave_out_what_would_not_have_been_sent() -> None:
    refused = TriedTicket(1, "?", 1, "", 0.9, "right", "promise")
    assert {one.answered for one in steps_of([refused])} == {0}
