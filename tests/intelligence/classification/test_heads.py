"""Heads learn from few and from many examples, say how sure they are, and call unknown what is like none of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.intelligence.classification.features import counted, grams, learn_columns, weighted
from ombud.intelligence.classification.heads import confidences_of
from ombud.intelligence.classification.learning import learn_lesson
from ombud.intelligence.classification.lessons import Example, Lesson, usable
from ombud.intelligence.classification.prototypes import MOST_SURE, prototypes_of
from ombud.intelligence.classification.seeds import examples_of
from ombud.intelligence.classification.small import learn_small
from ombud.intelligence.classification.stored import UnknownForm, packed_head, unpacked_head
from ombud.intelligence.classification.training import folded_confidences, learn
from ombud.intelligence.embedding.schemas import Vectors, of_length_one

SUBJECTS = {
    "return": ("send it back", "return the parcel", "I want my money back", "我要退货", "能退款吗"),
    "invoice": ("send me the invoice", "the invoice is wrong", "invoice title", "开发票", "发票抬头错了"),
    "fault": ("it does not start", "the machine is broken", "it leaks water", "开不了机", "漏水了"),
}
TEXTS = [f"{text} {number}" for number in range(8) for texts in SUBJECTS.values() for text in texts]
LABELS = [label for _ in range(8) for label, texts in SUBJECTS.items() for _ in texts]


def vectors_for(labels: list[str]) -> Vectors:
    """Made-up vectors: each label points its own way."""
    dice = np.random.default_rng(1)
    ways = {label: dice.normal(size=16) for label in sorted(set(labels))}
    found = np.array([ways[label] + dice.normal(scale=0.3, size=16) for label in labels], dtype=np.float32)
    return of_length_one(found)


def test_grams_of_chinese_are_runs_and_of_english_are_stems_and_parts() -> None:
    assert {"退", "退货", "退货吗"} <= set(grams("退货吗"))
    assert {"wreturn", " ret"} <= set(grams("Returning"))
    assert list(grams("")) == []


def test_grams_hold_no_number_itself() -> None:
    assert set(grams("20240011")) == set(grams("99990000"))


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_weighted_rows_have_length_one_or_nothing(texts: list[str]) -> None:
    counts = counted(texts, 1 << 10)
    lengths = np.sqrt(np.asarray(weighted(counts, learn_columns(counts)).power(2).sum(axis=1))).ravel()
    assert all(length == pytest.approx(1, abs=1e-4) or length == 0 for length in lengths)


@given(st.lists(st.lists(st.floats(-20, 20), min_size=3, max_size=3), min_size=1, max_size=4))
def test_confidences_sum_up_to_one(scores: list[list[float]]) -> None:
    shares = confidences_of(np.array(scores, dtype=np.float32), 2.0)
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_learn_tells_labels_apart_in_both_languages() -> None:
    head = learn(TEXTS, LABELS)
    guesses = head.guess(["please return my money", "发票开错了", "机器坏了开不了机"])
    assert [one.label for one in guesses] == ["return", "invoice", "fault"]
    assert all(0.3 < one.confidence <= 1 for one in guesses)


def test_learn_calls_unknown_what_is_like_no_example() -> None:
    head = learn(TEXTS, LABELS)
    [known, foreign] = head.guess(["send me the invoice 3", "qwerty zxcv"])
    assert (known.is_unknown, foreign.is_unknown) == (False, True)


def test_learn_with_vectors_uses_them() -> None:
    head = learn(["x"] * len(LABELS), LABELS, vectors_for(LABELS))
    assert head.needs_vectors
    fresh = vectors_for(LABELS)
    right = [one.label == label for one, label in zip(head.guess(["x"] * len(LABELS), fresh), LABELS, strict=True)]
    assert np.mean(right) > 0.9


def test_folded_confidences_come_from_other_examples() -> None:
    names, found = folded_confidences(TEXTS, LABELS)
    right = [names[best] == label for best, label in zip(found.argmax(axis=1), LABELS, strict=True)]
    assert np.mean(right) > 0.8


def test_folded_confidences_keep_groups_whole() -> None:
    groups = [number // 15 for number in range(len(TEXTS))]
    _, found = folded_confidences(TEXTS, LABELS, groups=groups)
    assert found.shape == (len(TEXTS), 3)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("vectors", [None, vectors_for(LABELS)])
def test_head_kept_as_bytes_says_the_same(vectors: Vectors | None) -> None:
    head = learn(TEXTS, LABELS, vectors, columns=1 << 12)
    again = unpacked_head(packed_head(head))
    asked = TEXTS[:5]
    some = None if vectors is None else vectors[:5]
    assert [one.label for one in again.guess(asked, some)] == [one.label for one in head.guess(asked, some)]


def test_unpacked_head_refuses_what_is_none() -> None:
    with pytest.raises((ValueError, UnknownForm, OSError)):
        unpacked_head(b"cos\nsystem\n(S'true'\ntR.")


def test_learn_small_separates_examples_of_ours() -> None:
    texts, labels = examples_of("sentiment")
    head = learn_small(texts, labels)
    right = [one.label == label for one, label in zip(head.guess(texts), labels, strict=True)]
    assert np.mean(right) > 0.95
    assert head.guess(["太气人了，你们是骗子"])[0].label == "negative"
    assert head.guess(["谢谢，服务态度很好"])[0].label == "positive"


@pytest.mark.parametrize("aspect", ["sentiment", "emotion", "spam", "severity"])
def test_examples_that_come_along_are_many_and_in_both_languages(aspect: str) -> None:
    texts, labels = examples_of(aspect)
    assert min(labels.count(label) for label in set(labels)) >= 9
    assert len(texts) == len(set(texts))
    assert any(text.isascii() for text in texts)
    assert any(not text.isascii() for text in texts)


def test_aspect_without_examples_has_none() -> None:
    assert examples_of("type") == ([], [])


def test_prototypes_know_labels_by_their_names() -> None:
    found = prototypes_of({"1": ["Return of goods", "退货"], "2": ["Invoice", "发票"]})
    assert (found.guess("我想退货").label, found.guess("where is my invoice").label) == ("1", "2")
    assert found.guess("我想退货").confidence <= MOST_SURE
    assert found.guess("zzz").is_unknown


def test_prototypes_without_labels_know_nothing() -> None:
    assert prototypes_of({}).guess("x").is_unknown


def test_usable_drops_labels_with_few_examples() -> None:
    many = [Example(number, text, label) for number, (text, label) in enumerate(zip(TEXTS, LABELS, strict=True))]
    kept = usable([*many, Example(999, "rare", "rare")])
    assert {one.label for one in kept} == set(SUBJECTS)
    assert usable(many[:10]) == []
    assert usable([Example(number, "a", "one") for number in range(60)]) == []


def test_seeds_are_never_kept_apart() -> None:
    assert not any(Example(number, "a", "b", is_seed=True).is_apart for number in range(50))
    apart = sum(Example(number, "a", "b").is_apart for number in range(1000))
    assert 150 < apart < 250


def test_learn_lesson_measures_old_and_new_on_the_same_examples() -> None:
    examples = [Example(number, text, label) for number, (text, label) in enumerate(zip(TEXTS, LABELS, strict=True))]
    first = learn_lesson(Lesson(examples, with_meaning=False))
    again = learn_lesson(Lesson(examples, before=first.head, with_meaning=False))
    assert first.score_before is None
    assert again.score_before == pytest.approx(first.score, abs=0.05)
    assert (first.held_out, first.examples) == (again.held_out, again.examples)
    assert first.held_out + first.examples == len(examples)
    assert first.score > 0.8
