"""How a query is read, without a database: words, phrases, operators in both languages, and what is wrong with it."""

import pytest

from ombud.tickets.search.language import (
    MAX_LENGTH,
    MAX_PARTS,
    Atom,
    Clause,
    Filter,
    QueryInvalid,
    QueryTooLong,
    check_length,
    closest,
    parse,
)
from ombud.tickets.search.operators import (
    CATEGORIES,
    CHANNELS,
    HAS,
    OPERATORS,
    PRIORITIES,
    STATES,
    operator_named,
    value_named,
)

FIXED = [PRIORITIES, CHANNELS, HAS, STATES, CATEGORIES]


def words(text: str) -> list[tuple[list[str], bool]]:
    """The clauses of a query: their texts, and whether they are negated."""
    return [([atom.text for atom in clause.atoms], clause.is_negated) for clause in parse(text).clauses]


def filters(text: str) -> list[tuple[str, tuple[str, ...], bool]]:
    """The operators of a query: name, values, and whether they are negated."""
    return [(one.operator, one.values, one.is_negated) for one in parse(text).filters]


def problems(text: str) -> list[tuple[str, int, int]]:
    """What is wrong with a query, and where."""
    with pytest.raises(QueryInvalid) as refused:
        parse(text)
    return [(one.code, one.start, one.end) for one in refused.value.problems]


@pytest.mark.parametrize("text", ["", " ", "-", "- -", "!?", "*", "**", '""', '-""', "AND", "「」", "\u3000"])
def test_parse_of_what_says_nothing_is_empty(text: str) -> None:
    query = parse(text)
    assert (query.clauses, query.filters) == ((), ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("leak", [(["leak"], False)]),
        ("-leak", [(["leak"], True)]),
        ("--leak", [(["-leak"], True)]),
        ("well-known", [(["well-known"], False)]),
        ("a  b\tc\nd", [(["a"], False), (["b"], False), (["c"], False), (["d"], False)]),
        ("a AND b", [(["a"], False), (["b"], False)]),
        ("a and b", [(["a"], False), (["and"], False), (["b"], False)]),
        ("a OR b", [(["a", "b"], False)]),
        ("a | b", [(["a", "b"], False)]),
        ("退款 或 换货", [(["退款", "换货"], False)]),
        ("退款或换货", [(["退款或换货"], False)]),
        ("a OR b OR c d", [(["a", "b", "c"], False), (["d"], False)]),
        ("a OR OR b", [(["a", "b"], False)]),
        ("a OR !!! b", [(["a", "b"], False)]),
        ('x OR "y z"', [(["x", "y z"], False)]),
        ("a or b", [(["a"], False), (["or"], False), (["b"], False)]),
        ("-OR", [(["OR"], True)]),
        ('-"x y"', [(["x y"], True)]),
        ("「洗衣机」漏水", [(["洗衣机"], False), (["漏水"], False)]),
        ("“洗衣机”", [(["洗衣机"], False)]),
        ("『洗衣机』", [(["洗衣机"], False)]),
    ],
)
def test_parse_words_gives_clauses(text: str, expected: list[tuple[list[str], bool]]) -> None:
    assert words(text) == expected


def test_parse_star_and_quotes_mark_what_they_mean() -> None:
    assert parse("wash* -tub*").clauses == (
        Clause((Atom("wash", is_beginning=True),)),
        Clause((Atom("tub", is_beginning=True),), is_negated=True),
    )
    # within quotes a star is a sign like any other
    assert parse('"wash*"').clauses == (Clause((Atom("wash*", is_phrase=True),)),)


@pytest.mark.parametrize(("text", "phrase"), [('"still being typed', "still being typed"), ("“还在打字", "还在打字")])
def test_parse_quote_that_is_still_open_goes_to_the_end(text: str, phrase: str) -> None:
    assert parse(text).clauses == (Clause((Atom(phrase, is_phrase=True),)),)
    assert filters(f"tag:{text}") == [("tag", (phrase,), False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status:open", ("status", ("open",), False)),
        ("STATUS:Open", ("status", ("Open",), False)),
        ("-status:open", ("status", ("open",), True)),
        ("状态：处理中", ("status", ("处理中",), False)),
        ("工单号:7", ("number", ("7",), False)),
        ("id:7", ("number", ("7",), False)),
        ("from:a,b，c、d", ("from", ("a", "b", "c", "d"), False)),
        ("tag:a,,b,", ("tag", ("a", "b"), False)),
        ('tag:"a, b"', ("tag", ("a, b",), False)),
        ("customer:Li,Wei", ("customer", ("Li,Wei",), False)),
        ("created:2026-01-01,2026-02-01", ("created", ("2026-01-01,2026-02-01",), False)),
        ("tag:a OR tag:b OR 标签:c", ("tag", ("a", "b", "c"), False)),
    ],
)
def test_parse_operator_gives_its_values(text: str, expected: tuple[str, tuple[str, ...], bool]) -> None:
    assert filters(text) == [expected]


def test_parse_operator_says_where_it_stands() -> None:
    query = parse("leak -tag:vip 状态:open")
    assert query.filters == (
        Filter("tag", ("vip",), is_negated=True, start=5, end=13),
        Filter("status", ("open",), is_negated=False, start=14, end=21),
    )
    [joined] = parse("x tag:a OR tag:b").filters
    assert (joined.start, joined.end) == (2, 16)


@pytest.mark.parametrize(
    "text",
    ["http://shop.example/a", "https://x", "12:30", "foo: bar", "注意：机器漏水", "ſtatus:open", ":open", "::open"],
)
def test_parse_text_with_a_colon_is_a_text(text: str) -> None:
    assert filters(text) == []
    assert words(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("foo:bar", [("unknown_operator", 0, 7)]),
        ("leak -foo:bar", [("unknown_operator", 5, 13)]),
        ("状太:处理中", [("unknown_operator", 0, 6)]),
        ("status:", [("value_missing", 0, 7)]),
        ("status: open", [("value_missing", 0, 7)]),
        ("状态： 处理中", [("value_missing", 0, 3)]),
        ("tag:,", [("value_missing", 0, 5)]),
        ('tag:""', [("value_missing", 0, 6)]),
        ('tag:" "', [("value_missing", 0, 7)]),
        ("OR", [("or_misplaced", 0, 2)]),
        ("a OR", [("or_misplaced", 2, 4)]),
        ("tag:a OR", [("or_misplaced", 6, 8)]),
        ("tag:a OR b", [("or_misplaced", 9, 10)]),
        ("a OR tag:b", [("or_misplaced", 5, 10)]),
        ("tag:a OR team:b", [("or_misplaced", 9, 15)]),
        ("-tag:a OR tag:b", [("or_misplaced", 10, 15)]),
        ("tag:a OR -tag:b", [("or_misplaced", 9, 15)]),
        ("-a OR b", [("or_misplaced", 6, 7)]),
        ("a OR -b", [("or_misplaced", 5, 7)]),
        ("foo:1 bar:2 is:", [("unknown_operator", 0, 5), ("unknown_operator", 6, 11), ("value_missing", 12, 15)]),
    ],
)
def test_parse_of_what_is_wrong_says_what_and_where(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize("text", ["foo:bar", "a OR", "OR", "status:", "tag:a OR b", "a | | b"])
def test_parse_as_text_takes_everything_as_words(text: str) -> None:
    query = parse(text, as_text=True)
    assert query.filters == ()
    assert " ".join(one.atoms[0].text for one in query.clauses) == text.replace(" |", "")


def test_query_invalid_tells_a_person_and_a_program() -> None:
    with pytest.raises(QueryInvalid) as refused:
        parse("stauts:open a OR is:")
    told = str(refused.value)
    assert "There is no operator 'stauts' (at 0)." in told
    assert "is needs a value right behind its colon (at 17)." in told
    extra = refused.value.extra()["problems"]
    assert extra == [*refused.value.problems]
    assert refused.value.problems[0].suggestions[0] == "status"


def test_parse_of_more_parts_than_may_be_is_refused() -> None:
    assert len(parse("a " * MAX_PARTS).clauses) == MAX_PARTS
    with pytest.raises(QueryTooLong):
        parse("a " * (MAX_PARTS - 1) + "tag:x is:unread")


def test_check_length_counts_characters() -> None:
    check_length("退" * MAX_LENGTH)
    with pytest.raises(QueryTooLong, match="1,001 characters"):
        check_length("退" * (MAX_LENGTH + 1))


@pytest.mark.parametrize(
    ("typed", "first"),
    [("staus", "status"), ("ASIGNEE", "assignee"), ("priorty", "priority"), ("优先", "优先级")],
)
def test_closest_names_what_was_meant(typed: str, first: str) -> None:
    every = [*OPERATORS, *(alias for names in OPERATORS.values() for alias in names)]
    assert closest(typed, every)[0] == first
    assert closest("qqqq", every) == []


@pytest.mark.parametrize("name", OPERATORS)
def test_operator_named_knows_each_in_both_languages(name: str) -> None:
    assert any(not alias.isascii() for alias in OPERATORS[name]), "the Chinese name"
    for alias in (name, *OPERATORS[name]):
        assert operator_named(alias) == operator_named(alias.upper()) == name


def test_names_of_operators_and_values_mean_one_thing() -> None:
    every = [alias for name, aliases in OPERATORS.items() for alias in (name, *aliases)]
    assert len(every) == len(set(every))
    for known in FIXED:
        every = [alias for name, aliases in known.items() for alias in (name, *aliases)]
        assert len(every) == len(set(every))
        for name, aliases in known.items():
            assert {value_named(alias.upper(), known) for alias in (name, *aliases)} == {name}
        assert value_named("qqq", known) is None
        assert value_named("", known) is None
