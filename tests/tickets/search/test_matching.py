"""What a query asks the index for, and where a text matches: the same words on both sides."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.shared.database import Transaction, value
from ombud.shared.words import (
    folded,
    is_open_ended,
    phrase_of,
    pieces,
    query_of,
    stem_of,
    terms_of,
    tsvector,
    words_of,
)
from ombud.tickets.search.language import Clause, Filter, parse
from ombud.tickets.search.matching import SNIPPET_LENGTH, marks_in, match_of, snippet_of

TEXTS = st.text(alphabet=st.sampled_from("机器不工作退款 ,。abc AB-12_é😀Ｂ\n\"'*:-"), max_size=80)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("退款", "'退款'"),
        ("不工作", "('不工' <1> '工作')"),
        ("退款的申请", "'退款' & '申请'"),
        ("washing machines", "'wash' & 'machines':*"),
        ("Café", "'cafe':*"),
        ("the leak", "'leak':*"),
        ("the", "'the':*"),
        ("AB-2024-09", "'ab-2024-09':*"),
        ("ＡＢ１２", "'ab12':*"),
        ("洗", "'洗':*"),
        ("!?", ""),
    ],
)
def test_words_that_are_typed_ask_for_their_forms(text: str, query: str) -> None:
    assert " & ".join(query_of(term) for term in terms_of(text, is_typing=True)) == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("does not work", "('does' <1> 'not' <1> 'work')"),
        ("洗衣机", "('洗衣' <1> '衣机')"),
        ("漏水,请尽快", "('漏水' <2> '请尽' <1> '尽快')"),
        ("order AB-7", "('order' <1> 'ab' <1> '7')"),
        ("iPhone的屏幕", "('iphone' <1> '的屏' <1> '屏幕')"),
    ],
)
def test_phrase_asks_for_words_in_a_row(text: str, query: str) -> None:
    assert query_of(phrase_of(text)) == query


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_pieces_stand_where_they_say_and_the_vector_holds_them_all(text: str) -> None:
    vector = tsvector(text)
    for piece in pieces(text):
        assert folded(text)[piece.start : piece.end] in piece.forms
        assert all(f"'{form}':" in vector for form in piece.forms)
    assert len(folded(text)) == len(text)
    assert set(words_of(text)) == {form for piece in pieces(text) for form in piece.forms}


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_every_text_matches_itself_as_words_and_as_a_phrase(text: str) -> None:
    for term in [*terms_of(text), *([phrase_of(text)] if phrase_of(text) else [])]:
        assert marks_in(text, [term]), (text, term)


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_marks_are_ranges_in_order_that_do_not_touch(text: str, asked: str) -> None:
    terms = terms_of(asked)
    end = -1
    for left, right in marks_in(text, terms):
        assert end < left < right <= len(text)
        end = right
    snippet = snippet_of(text * 5, terms)
    assert len(snippet.text) <= SNIPPET_LENGTH + 2
    assert all(0 <= left < right <= len(snippet.text) for left, right in snippet.marks)


async def test_database_matches_what_the_marks_mark(tx: Transaction) -> None:
    texts = ["机器不工作了,请退款", "员工作业", "it does not work, café", "AB-2024-0931 works", "K9s iPhone15"]
    for text in texts:
        for asked in (*texts, "工作", "不", "work", "works", "cafe", "0931", "iphone", "15", "k9"):
            for term in [*terms_of(asked), phrase_of(asked)]:
                sql = "select %(vector)s::tsvector @@ %(query)s::tsquery"
                found = await value(tx, bool, sql, {"vector": tsvector(text), "query": query_of(term)})
                assert found == bool(marks_in(text, [term])), (text, term)


@pytest.mark.parametrize(
    ("query", "indexed", "checked"),
    [
        ("退款 leak", ("'退款'", "'leak'"), ""),
        ("退款申请 退款", ("'退款'", "'申请'"), ""),
        ("leak -dryer", ("'leak'",), "!(('dryer'))"),
        ("leak was*", ("'leak'",), "(('was':*))"),
        ("a OR 退款", ("(('a') | ('退款'))",), ""),
        ('"does not work" 洗', ("('does' <1> 'not' <1> 'work')",), "(('洗':*))"),
        ("-x", (), "!(('x'))"),
    ],
)
def test_match_looks_up_what_is_cheap_and_checks_the_rest(query: str, indexed: tuple[str, ...], checked: str) -> None:
    match = match_of(parse(query))
    assert match.indexed == indexed
    assert match.checked == checked
    assert match.whole == " & ".join([*indexed, *([checked] if checked else [])])
    assert match.has_text


def test_terms_that_may_go_on_are_known_as_such() -> None:
    assert [is_open_ended(term) for term in terms_of("退款 洗")] == [False, True]


def test_stem_leaves_numbers_and_short_words_alone() -> None:
    assert [stem_of(word) for word in ("refunded", "as", "2024", "k9s", "machines")] == [
        "refund",
        "as",
        "2024",
        "k9s",
        "machin",
    ]


@given(st.text(alphabet=st.sampled_from('ab:"-状态标签 ORstatu“”：,*|#'), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_query_is_understood_or_refused_with_a_place(text: str) -> None:
    try:
        query = parse(text)
    except Exception as problem:  # noqa: BLE001  # which one is the point
        places = [(one.start, one.end) for one in getattr(problem, "problems", ())]
        assert places
        assert all(0 <= start < end <= len(text) for start, end in places)
        return
    assert all(isinstance(one, Clause) and one.atoms for one in query.clauses)
    assert all(isinstance(one, Filter) and one.values for one in query.filters)
    assert parse(text, as_text=True).filters == ()
