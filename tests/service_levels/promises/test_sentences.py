"""Texts cut into sentences, every character in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.service_levels.promises.sentences import MAX_SENTENCE_LENGTH, sentences_of


def parts(text: str) -> list[str]:
    """The sentences of a text without the blanks around them, those of nothing left out."""
    return [sentence.text.strip() for sentence in sentences_of(text) if sentence.text.strip()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您好。明天给您回电!", ["您好。", "明天给您回电!"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
        ("先查；再回", ["先查;", "再回"]),
        ("Hi. I'll call at 4 p.m. today. Bye", ["hi.", "i'll call at 4 p.m. today.", "bye"]),
        ("I'll call at 4 p.m. Then we talk.", ["i'll call at 4 p.m.", "then we talk."]),
        ("By Dec. 1st, Mr. Lee.", ["by dec. 1st, mr. lee."]),
        ("It costs 1.5 pounds.", ["it costs 1.5 pounds."]),
        ("wait...what", ["wait...what"]),
        ("等等…好的", ["等等…", "好的"]),
    ],
)
def test_sentences_of_text_end_where_they_end(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "hidden", "kept"),
    [
        ("他写「明天给您退款」了", "明天", "了"),
        ("他写“明天给您退款”了", "明天", "了"),
        ('it says "we will call" here', "call", "here"),
        ("> we will call\nreally", "call", "really"),
        ("  > 明天给您退款\n好的", "明天", "好的"),
    ],
)
def test_sentences_of_quotation_are_blank(text: str, hidden: str, kept: str) -> None:
    shown = "".join(sentence.text for sentence in sentences_of(text))
    assert hidden not in shown
    assert kept in shown


@pytest.mark.parametrize("text", ["会在“3个工作日内”退", "会在「24小时」内退", 'in "5 working days" then'])
def test_sentences_of_stressed_figure_keep_it(text: str) -> None:
    assert "\0" not in "".join(sentence.text for sentence in sentences_of(text))


@given(st.text(max_size=500) | st.text("。.!?\n\"'“”> aİ我,~", max_size=500))
def test_sentences_of_any_text_are_the_text_in_order(text: str) -> None:
    end = 0
    for sentence in sentences_of(text):
        assert sentence.start == end
        end += len(sentence.text)
    assert end == len(text)


def test_sentences_of_endless_text_are_cut() -> None:
    found = list(sentences_of("我们会给您答复，" * 1_000))
    assert max(len(sentence.text) for sentence in found) == MAX_SENTENCE_LENGTH


@pytest.mark.parametrize(("text", "is_chinese"), [("好的ok", True), ("24h内", True), ("ok", False)])
def test_is_chinese_goes_by_the_signs(text: str, is_chinese: bool) -> None:
    assert next(iter(sentences_of(text))).is_chinese is is_chinese
