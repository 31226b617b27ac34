import random

import pytest

from ombud.demo.grammar import Lexicon, UnknownLine, Voice, read_template


def voice(lexicon: Lexicon | None = None, **facts: str) -> Voice:
    return Voice(random.Random(1), facts, lexicon or Lexicon({}))


def spoken(text: str, times: int = 60) -> set[str]:
    speaker = voice(order="LJ1")
    return {read_template(text).text(speaker) for _ in range(times)}


def test_text_without_choice_stays_as_it_is() -> None:
    assert spoken("您好。") == {"您好。"}


def test_text_with_choices_speaks_each_of_them() -> None:
    assert spoken("[a|b]c[d|]") == {"acd", "ac", "bcd", "bc"}


def test_text_with_nested_choices_reads_them_inside_out() -> None:
    assert spoken("[a|[b|c]d]") == {"a", "bd", "cd"}


def test_text_with_choice_at_the_top_needs_no_brackets() -> None:
    assert spoken("a|b") == {"a", "b"}


def test_text_with_fact_puts_it_in() -> None:
    assert spoken("order {order}") == {"order LJ1"}


def test_text_with_unknown_fact_fails_loudly() -> None:
    with pytest.raises(KeyError):
        spoken("{nothing}")


def test_text_with_seam_of_an_empty_choice_is_mended() -> None:
    assert spoken("He was late [|].") == {"He was late."}
    assert spoken("好的,[|]。") == {"好的。"}


def test_reference_speaks_the_line_of_the_mood() -> None:
    lexicon = Lexicon({"hook": ["calm"], "hook.angry": ["angry"]})
    speaker = voice(lexicon)
    assert read_template("<hook>").text(speaker) == "calm"
    speaker.mood = "angry"
    assert read_template("<hook>").text(speaker) == "angry"


def test_reference_finds_lines_of_the_lexicon_below() -> None:
    lexicon = Lexicon({}, Lexicon({"bye": ["再见"]}))
    assert read_template("<bye>").text(voice(lexicon)) == "再见"


def test_reference_without_a_line_is_an_error() -> None:
    with pytest.raises(UnknownLine):
        read_template("<nowhere>").text(voice())


def test_pick_with_topic_keeps_to_it() -> None:
    lexicon = Lexicon({"ask": ["lock~ a lock?", "clean~ clean?"], "answer": ["lock~ press", "clean~ wipe"]})
    for seed in range(12):
        speaker = Voice(random.Random(seed), {}, lexicon)
        asked = lexicon.pick("ask", speaker).text(speaker)
        answer = lexicon.pick("answer", speaker).text(speaker)
        assert (asked, answer) in {("a lock?", "press"), ("clean?", "wipe")}


def test_pick_without_a_line_of_the_topic_takes_a_general_one() -> None:
    lexicon = Lexicon({"answer": ["lock~ press", "let me look"]})
    speaker = voice(lexicon)
    speaker.topic = "clean"
    assert {lexicon.pick("answer", speaker).text(speaker) for _ in range(20)} == {"let me look"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("好的，[]。", "好的。"),
        ("请问：[]？", "请问？"),
        ("谢谢、[]！", "谢谢！"),
        ("Well, [].", "Well."),
        ("Thanks []!", "Thanks!"),
        ("It costs 3 .50", "It costs 3 .50"),
        ("好的，明天见。", "好的，明天见。"),
    ],
)
def test_text_whose_choice_was_empty_leaves_no_weak_sign_before_a_strong_one(text: str, said: str) -> None:
    assert spoken(text) == {said}
