"""Moments of dialogues: read, told apart, and learnt from."""

import pytest

from ombud.intelligence.classification.dialogues import columns_of, dialogues_of, moment_of
from ombud.intelligence.classification.satisfaction import folded_satisfaction, guess_satisfaction


def history(*turns: str) -> str:
    """Turns as the data writes them."""
    return repr([f"{turn}|||" if "|||" not in turn else turn for turn in turns])


def test_moment_of_a_line_has_turns_and_acts() -> None:
    found = moment_of(history("在吗|||您好", "发票呢"), "[0, 51]")
    assert (found.said, found.turns[0].answered, found.acts) == ("发票呢", "您好", [0, 51])


@pytest.mark.parametrize(
    ("said", "acts"), [("no list", "[]"), ("{}", "[]"), ("['a']", "3"), ("[__import__('os')]", "[]")]
)
def test_moment_of_anything_else_is_refused(said: str, acts: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment_of(said, acts)


def test_dialogues_go_on_while_they_grow() -> None:
    moments = [
        moment_of(history(*turns), "[]")
        for turns in (("a1", "a2"), ("a1", "a2", "a3"), ("b1", "b2"), ("b1", "b2", "b3"), ("c1", "c2", "c3", "c4"))
    ]
    assert dialogues_of(moments) == [0, 0, 1, 1, 2]


def test_columns_of_moments_see_repetition_and_silence() -> None:
    quiet = moment_of(history("发票怎么开|||这样开", "好的谢谢"), "[]")
    angry = moment_of(history("发票怎么开", "发票怎么开", "发票到底怎么开"), "[]")
    course = columns_of([quiet, angry]).course
    assert course[1][8] > course[0][8]
    assert course[1][9] > course[0][9]


def test_satisfaction_is_learnt_from_what_customers_say() -> None:
    said = {"2": ("好的谢谢", "谢谢你", "好的 辛苦了"), "0": ("怎么还没到", "到底什么时候发货", "投诉你们")}
    moments = [moment_of(history(f"问{n}", text), "[]") for n in range(10) for texts in said.values() for text in texts]
    labels = [label for _ in range(10) for label, texts in said.items() for _ in texts]
    guesses = guess_satisfaction(moments, labels, None, [moment_of(history("在", "谢谢 好的"), "[]")], None)
    assert guesses[0].label == "2"
    folded = folded_satisfaction(moments, labels, None)
    assert sum(one.label == label for one, label in zip(folded, labels, strict=True)) > 0.9 * len(labels)
