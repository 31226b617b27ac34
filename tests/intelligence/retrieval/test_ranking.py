"""Passages are ranked by words and meaning; an index follows changes without being built anew."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.intelligence.embedding.schemas import of_length_one, packed, unpacked
from ombud.intelligence.retrieval.confidence import confidence_of
from ombud.intelligence.retrieval.ranking import MOST_SEGMENTS, Index, query_of
from ombud.intelligence.retrieval.segments import Entry
from ombud.intelligence.retrieval.terms import counted_terms, packed_terms, unpacked_terms


def entry(number: int, text: str, locale: str = "en", vector: Sequence[float] | None = None) -> Entry:
    """A passage of an article of the same number."""
    kept = None if vector is None else packed(np.array([vector], dtype=np.float32))[0]
    return Entry(number, number, locale, packed_terms(counted_terms(text)), kept)


def index_of(*texts: str) -> Index:
    """An index of some texts."""
    return Index().changed((), [entry(number, text) for number, text in enumerate(texts)])


def ids(index: Index, text: str, limit: int = 3) -> list[int]:
    """What is found for a text."""
    return [hit.id for hit in index.best(query_of(text), limit)]


@given(st.text(max_size=200), st.text(max_size=40))
def test_packed_terms_are_read_back(text: str, heading: str) -> None:
    counts = counted_terms(text, heading)
    keys, many = unpacked_terms(packed_terms(counts))
    assert dict(zip(keys.tolist(), many.tolist(), strict=True)) == {key: min(255, many) for key, many in counts.items()}
    assert (np.diff(keys.astype(np.int64)) > 0).all()


def test_terms_of_chinese_are_characters_and_pairs() -> None:
    assert len(counted_terms("退货政策")) == 4 + 3
    assert counted_terms("退货") & counted_terms("我要退货") == counted_terms("退货")


def test_terms_of_english_meet_other_forms_of_a_word() -> None:
    assert counted_terms("returning") & counted_terms("returned")


def test_best_ranks_rarer_words_first() -> None:
    index = index_of("the parcel is late", "the parcel is broken", "the invoice is late", "the parcel")
    assert ids(index, "the invoice")[0] == 2
    assert ids(index, "broken parcel")[0] == 1


def test_best_of_an_empty_index_is_nothing() -> None:
    assert Index().best(query_of("anything"), 3) == []


def test_best_without_words_in_common_is_not_sure() -> None:
    index = index_of("the parcel is late", "an invoice by mail")
    query = query_of("penguins")
    [first, second] = index.best(query, 2)
    assert confidence_of(query, first, [second.score]) < 0.1


def test_meaning_finds_what_shares_no_word() -> None:
    ways = ([1.0, 0.0, 0.1], [0.0, 1.0, 0.1], [0.1, 0.1, 1.0])
    entries = [entry(number, f"word{number}", vector=way) for number, way in enumerate(ways)]
    index = Index().changed((), entries)
    query = query_of("etwas", np.array([0.0, 1.0, 0.0], dtype=np.float32))
    [hit, *_] = index.best(query, 3)
    assert hit.id == 1
    assert hit.meaning is not None


def test_passage_without_a_vector_is_found_by_its_words() -> None:
    index = Index().changed((), [entry(0, "invoice"), entry(1, "parcel", vector=[1.0, 0.0])])
    found = index.best(query_of("invoice", np.array([1.0, 0.0], dtype=np.float32)), 2)
    assert (found[0].id, found[0].meaning) == (0, None)


@pytest.mark.parametrize(("with_vector", "has_meaning"), [(1, False), (8, False), (9, True), (10, True)])
def test_vectors_count_once_nearly_all_passages_have_one(with_vector: int, has_meaning: bool) -> None:
    like, other = [1.0, 0.0], [0.0, 1.0]
    vectors = [like, *[other] * (with_vector - 1), *[None] * (10 - with_vector)]
    index = Index().changed((), [entry(number, f"word{number}", vector=one) for number, one in enumerate(vectors)])
    [first, *_] = index.best(query_of("nothing alike", np.array(like, dtype=np.float32)), 10)
    assert (first.meaning is not None) is has_meaning
    assert (first.score > 0) is has_meaning


def test_vectors_of_another_model_are_left_out() -> None:
    index = Index().changed((), [entry(0, "invoice", vector=[1.0, 0.0])])
    assert ids(index, "invoice") == [0]
    assert index.best(query_of("invoice", np.ones(5, dtype=np.float32)), 1)[0].id == 0


def test_changed_takes_away_and_adds_without_touching_the_old_one() -> None:
    old = index_of("one parcel", "two parcels", "an invoice")
    new = old.changed({(1, "en")}, [entry(7, "three parcels")])
    assert (len(old), len(new)) == (3, 3)
    assert 1 in ids(old, "parcels")
    assert set(ids(new, "parcels")) >= {0, 7}
    assert 1 not in ids(new, "parcels")


def test_changed_leaves_other_languages_of_an_article() -> None:
    both = Index().changed((), [entry(1, "parcel"), Entry(2, 1, "zh-CN", packed_terms(counted_terms("包裹")))])
    assert ids(both.changed({(1, "en")}, []), "包裹") == [2]


def test_index_that_was_changed_often_wants_to_be_built_anew() -> None:
    index = index_of("parcel")
    for number in range(MOST_SEGMENTS):
        index = index.changed((), [entry(number + 10, "parcel")])
    assert index.is_crowded
    assert len(index) == MOST_SEGMENTS + 1


def test_reader_of_a_language_gets_the_article_in_it() -> None:
    entries = [
        Entry(1, 5, "en", packed_terms(counted_terms("X200"))),
        Entry(2, 5, "de", packed_terms(counted_terms("X200"))),
    ]
    index = Index().changed((), entries)
    for locale, wanted in (("en", 1), ("de", 2), ("de-AT", 2), (None, 1)):
        assert [hit.id for hit in index.best(query_of("X200", locale=locale), 3)] == [wanted]


@given(
    st.lists(st.sampled_from(["parcel late", "invoice", "broken parcel", "退货", "发票 退货"]), min_size=1, max_size=12)
)
def test_best_in_parts_ranks_as_in_one(texts: list[str]) -> None:
    entries = [entry(number, text) for number, text in enumerate(texts)]
    whole = Index().changed((), entries)
    query = query_of("broken parcel 退货")
    parts = Index().changed((), entries[:1]).changed((), entries[1:])
    assert parts.rank(query).words == pytest.approx(whole.rank(query).words, abs=0.12)


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4).filter(lambda row: any(abs(one) > 0.1 for one in row)))
def test_packed_vectors_are_read_back(row: list[float]) -> None:
    vectors = of_length_one(np.array([row], dtype=np.float32))
    assert unpacked(packed(vectors)) == pytest.approx(vectors, abs=1e-3)
