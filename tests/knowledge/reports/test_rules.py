"""Figures in sentences, and sentences that contradict each other."""

import string
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.knowledge.reports.rules import (
    Figure,
    Passage,
    contradictions,
    fold,
    is_telling,
    month_span,
    points,
    read_sentence,
    sentences,
)
from ombud.shared.errors import Invalid


def article(number: int, text: str, locale: str = "zh-CN") -> Passage:
    return Passage(("article", number), locale, text)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("签收后7天内可退。", {("7", "day")}),
        ("签收后十五天内可退。", {("15", "day")}),
        ("二十五个工作日", {("25", "working_day")}),
        ("一百二十元", {("120", "money")}),
        ("运费 ¥12.00", {("12", "money")}),
        ("满 1,299 元减 5%", {("1299", "money"), ("5", "percent")}),
        ("within seven days", {("7", "day")}),
        ("24-hour service in 3 working days", {("24", "hour"), ("3", "working_day")}),
        ("£4.50 or 30 minutes", {("4.5", "money"), ("30", "minute")}),
        ("买一送一", set()),
        ("Model K2 of 2026", set()),
    ],
)
def test_read_sentence_finds_numbers_with_their_units(text: str, figures: set[tuple[str, str]]) -> None:
    assert read_sentence(text).figures == {Figure(*one) for one in figures}


@pytest.mark.parametrize(
    ("one", "other", "is_contradiction"),
    [
        ("您可以在签收后7天内申请无理由退货。", "您可以在签收后十五天内申请无理由退货。", True),
        ("您可以在签收后7天内申请无理由退货。", "您可以在签收后七天内申请无理由退货!", False),
        ("您可以在签收后7天内申请无理由退货。", "您可以在签收后一周内申请无理由退货。", False),
        ("退款会在 3 天内原路退回您的账户。", "退款会在 3 个工作日内原路退回您的账户。", True),
        ("洗衣机主板保修三年，整机保修一年。", "安装师傅上门前 30 分钟会给您打电话。", False),
        ("订单满 99 元免运费。", "订单满 49 元免运费。", True),
    ],
)
def test_contradictions_are_the_same_words_with_other_figures(one: str, other: str, is_contradiction: bool) -> None:
    assert bool(contradictions([article(1, one)], [article(2, other)])) == is_contradiction
    assert bool(contradictions([article(1, other)], [article(2, one)])) == is_contradiction


def test_contradictions_name_both_passages_and_leave_other_languages_alone() -> None:
    own = article(1, "Free shipping. You may return an item within 7 days of delivery.", "en")
    others = [
        article(2, "You may return an item within 15 days of delivery! Keep the box.", "en-GB"),
        article(3, "You may return an item within 15 days of delivery.", "fr"),
        article(1, "You may return an item within 30 days of delivery.", "en"),
    ]
    [pair] = contradictions([own], others)
    assert pair.one.text == "You may return an item within 7 days of delivery."
    assert (pair.other.place, pair.other.text) == (("article", 2), "You may return an item within 15 days of delivery!")


def test_contradictions_among_thousands_of_sentences_are_found_in_time() -> None:
    words = [f"{first}{second}" for first in string.ascii_lowercase for second in ("ox", "arn", "eel", "ist")]
    noise = [
        article(
            number, f"The {words[number % 104]} of the {words[number * 7 % 104]} takes {number} days to arrive.", "en"
        )
        for number in range(4, 3000)
    ]
    own = article(1, "Your refund arrives within 5 working days on your card.", "en")
    other = article(2, "Your refund arrives within 10 working days on your card.", "en")
    began = time.process_time()
    found = contradictions([own], [*noise, other])
    assert [one.other.place for one in found] == [("article", 2)]
    assert time.process_time() - began < 5


@given(st.text(max_size=300))
def test_sentences_and_figures_of_any_text_end(text: str) -> None:
    for one in sentences(text):
        read_sentence(one)
        is_telling(one)
    assert contradictions([article(1, text)], [article(2, text)]) == []


@pytest.mark.parametrize(
    ("text", "folded"), [("  Refund,  HOW? ", "refund how"), ("退货 怎么办？", "退货 怎么办"), ("？！", "")]
)
def test_fold_leaves_the_words(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=400))
def test_fold_of_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_month_span_is_a_month_in_its_zone() -> None:
    zone, now = ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 30, 17, tzinfo=UTC)
    name, start, end = month_span("", zone, now=now)
    # there it is December already
    assert (name, start.isoformat(), end.isoformat()) == (
        "2026-12",
        "2026-12-01T00:00:00+08:00",
        "2027-01-01T00:00:00+08:00",
    )
    assert month_span("2026-02", zone, now=now)[2].isoformat() == "2026-03-01T00:00:00+08:00"
    with pytest.raises(Invalid):
        month_span("2026-13", zone, now=now)


def test_points_are_counts_times_worth() -> None:
    assert points({"written": 2, "used": 3, "reviewed": 1}) == 25
