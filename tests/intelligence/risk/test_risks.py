"""Risks in texts: the figures on our own sets, the words that show each, and what must not alarm."""

import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.intelligence.risk.evaluation import ALL, Row, answer, score
from ombud.intelligence.risk.schemas import Kind, Side
from ombud.intelligence.risk.services import Silent, find_risks, phrase_of
from ombud.intelligence.scores import Score

HERE = Path(__file__).parent


def rows(name: str) -> list[Row]:
    lines = (HERE / name).read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Row) for line in lines]


def scores(name: str) -> dict[str, Score]:
    found = rows(name)
    return score(found, [answer(row) for row in found])


def kinds(text: str, side: Side = "customer") -> list[Kind]:
    return [one.kind for one in find_risks(text, side)]


@pytest.mark.parametrize("name", ["held_out.jsonl", "seen.jsonl"])
def test_find_on_our_sets_reaches_what_was_asked_for(name: str) -> None:
    found = scores(name)
    assert found[ALL].recall >= 0.95
    assert found[ALL].precision >= 0.85
    assert len(found) == 11
    assert all(one.recall >= 0.85 and one.precision >= 0.8 for one in found.values())


def test_sets_are_large_apart_and_hold_both_sides_and_languages() -> None:
    held, seen = rows("held_out.jsonl"), rows("seen.jsonl")
    assert len(held) + len(seen) >= 600
    assert not {row.text for row in held} & {row.text for row in seen}
    assert 0.45 <= sum(not row.risks for row in held) / len(held) <= 0.55
    assert {row.side for row in held} == {"customer", "agent"}
    assert sum(row.text.isascii() for row in held) > 100


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("好吧。再不退我就打12315了!", "media_regulator", "12315"),
        ("OK. If it is not refunded, I will sue.", "legal", "sue"),
        ("昨晚电池起火，沙发烧了", "safety", "起火"),
        ("I want to die.", "self_harm", "want to die"),
        ("我的卡被盗刷了", "fraud", "被盗"),
        ("I’ll never buy from you again", "churn", "never buy"),
    ],
)
def test_find_gives_the_words_that_show_it(text: str, kind: Kind, words: str) -> None:
    [one] = [one for one in find_risks(text) if one.kind == kind]
    assert text[one.start : one.end] == words


@pytest.mark.parametrize(
    "text",
    [
        "我不想起诉你们",
        "他说“我要起诉”,是什么意思",
        "怎么向12315投诉?",
        "如果起火了保修吗",
        "去年打官司的事已经结束了",
        "单号123151234",
        "I'm not going to sue you.",
        "How do I report fraud?",
        'My neighbour said "sue them" and laughed.',
        "What if it explodes? Is it possible that it exploded for somebody?",
        "",
        "👍",
    ],
)
def test_denied_quoted_asked_or_told_alarms_not(text: str) -> None:
    assert "legal" not in kinds(text)
    assert "fraud" not in kinds(text)
    assert "media_regulator" not in kinds(text)


def test_threat_with_a_condition_alarms() -> None:
    assert kinds("如果你们再不处理我就起诉") == ["legal"]
    assert kinds("I won't hesitate to sue.") == ["legal"]
    assert kinds("别逼我报警") == ["legal"]


def test_each_kind_is_found_once_and_in_order() -> None:
    assert kinds("12315、消协、法院见,我要起诉") == ["media_regulator", "legal"]


def test_sides_do_not_mix() -> None:
    assert kinds("您可以拨打12315,我们的律师会联系您", "agent") == []
    assert kinds("你是白痴吗", "agent") == ["agent_language"]
    assert kinds("你是白痴吗", "customer") == ["abuse"]


def test_silent_words_are_passed_over_for_the_next_ones() -> None:
    text = "我要起诉,法院见"
    silent: Silent = frozenset({("legal", phrase_of("起诉"))})
    [one] = find_risks(text, silent=silent)
    assert text[one.start : one.end] == "法院见"


def test_phrases_compare_without_width_case_and_space() -> None:
    assert phrase_of("Small  CLAIMS ") == phrase_of("small claims")
    assert phrase_of("ＳＢ") == "sb"


def test_score_counts_each_kind_by_itself() -> None:
    true = [Row("a", risks=["legal", "fraud"]), Row("b", risks=[]), Row("c")]
    said = [answer(Row("我要起诉")), answer(Row("我要起诉")), answer(Row("我要起诉"))]
    found = score(true, said)
    assert (found["legal"].precision, found["legal"].recall) == (0.5, 1.0)
    assert (found["fraud"].precision, found["fraud"].recall) == (1.0, 0.0)
    assert (found[ALL].true, found[ALL].found, found[ALL].right) == (2, 2, 1)


@given(st.text(max_size=200), st.sampled_from(["customer", "agent"]))
def test_find_holds_its_places_in_any_text(text: str, side: Side) -> None:
    found = find_risks(text, side)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert len({one.kind for one in found}) == len(found)


@pytest.mark.parametrize(
    "text", ["记者" * 10_000, "not " * 5_000 + "sue", "把" * 20_000, "a " * 10_000, "别人的" * 6_000]
)
def test_find_in_a_long_text_made_to_be_slow_takes_no_second(text: str) -> None:
    began = time.thread_time()
    find_risks(text)
    assert time.thread_time() - began < 1


def test_find_takes_well_under_a_millisecond() -> None:
    texts = [row.text for row in rows("held_out.jsonl")]
    began = time.thread_time()
    for text in texts:
        find_risks(text)
    # three times what was asked for: the machine that runs this is shared
    assert (time.thread_time() - began) / len(texts) < 0.0009
