"""Search words, pages and limits, by properties."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.shared.database import Database, Transaction, value
from ombud.shared.errors import Invalid, LimitReached
from ombud.shared.paging import checked_limit, decode_cursor, encode_cursor, page
from ombud.shared.throttle import Limit, forget_full, take
from ombud.shared.words import MAX_WORD_LENGTH, MAX_WORDS, tsquery, tsvector, words_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEYS = st.tuples(
    st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 – hypothesis wants naive bounds
    st.integers(-(2**63), 2**63 - 1),
)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_words_of_any_text_are_short_lower_and_bounded(text: str) -> None:
    found = words_of(text)
    assert len(found) <= MAX_WORDS
    assert all(0 < len(word) <= MAX_WORD_LENGTH for word in found)
    assert words_of(text) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("洗衣机漏水", {"洗衣", "衣机", "漏水", "水"}),
        ("Order AB-2024-0931!", {"order", "ab-2024-0931", "ab", "2024", "0931"}),
        ("Café ROSA@example.com", {"café", "rosa@example.com", "rosa"}),
        ("", set()),
        ("!?—…", set()),
    ],
)
def test_words_of_both_languages_hold_what_people_search(text: str, words: set[str]) -> None:
    assert words <= set(words_of(text))


def test_words_of_a_huge_text_are_bounded() -> None:
    assert len(words_of("水" * 1_000_000 + " a" * 1_000_000)) <= MAX_WORDS


async def _matches(tx: Transaction, text: str, query: str) -> bool:
    sql = "select %(vector)s::tsvector @@ %(query)s::tsquery"
    return bool(await value(tx, bool, sql, {"vector": tsvector(text), "query": tsquery(query)}))


TEXTS = [
    "洗衣机漏水,三天没人来",
    "Order AB-2024-0931 has not come",
    "it's a \\ 'quoted' \"thing\" & | ! :* <->",
    "rosa.m+x@mail.example.com",
    "ÜBER naïve coöperation",
]


@pytest.mark.parametrize("text", TEXTS)
async def test_text_is_found_by_itself_by_each_word_and_by_its_beginning(tx: Transaction, text: str) -> None:
    assert await _matches(tx, text, text)
    for word in words_of(text):
        assert await _matches(tx, text, word)
        assert await _matches(tx, text, word[: max(1, len(word) - 1)])
    assert not await _matches(tx, text, f"{text} xyzzy")


async def test_any_text_makes_a_vector_and_a_query_that_the_database_reads(tx: Transaction) -> None:
    for text in ("'", "\\", "a'b\\'c", "a:*", "&|!()", "\u3400\u9fff", "a-b'c", "'; drop table x; --", "一" * 5_000):
        await value(tx, str, "select %(v)s::tsvector::text", {"v": tsvector(text)})
        await value(tx, str, "select %(q)s::tsquery::text", {"q": tsquery(text)})


@given(KEYS)
@settings(max_examples=100, deadline=None)
def test_cursor_comes_back_as_it_was_and_is_fit_for_addresses(key: tuple[datetime, int]) -> None:
    cursor = encode_cursor(key)
    assert decode_cursor(cursor, tuple[datetime, int]) == key
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?# ")


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_cursor_of_nonsense_is_invalid_and_nothing_else(text: str) -> None:
    try:
        found = decode_cursor(text, tuple[datetime, int])
    except Invalid:
        return
    assert isinstance(found[1], int)


@given(st.lists(st.integers(), max_size=30), st.integers(1, 10))
@settings(max_examples=100, deadline=None)
def test_pages_hold_everything_once(rows: list[int], limit: int) -> None:
    wanted, found, start = sorted(set(rows)), [], 0
    for _ in range(len(wanted) + 1):
        one = page(wanted[start : start + limit + 1], limit, lambda row: row)
        found += one.items
        if one.next is None:
            break
        start = wanted.index(decode_cursor(one.next, int)) + 1
    assert found == wanted


@pytest.mark.parametrize("limit", [0, -1, 101, 2**70])
def test_limit_out_of_range_is_invalid(limit: int) -> None:
    with pytest.raises(Invalid):
        checked_limit(limit)


async def test_take_beyond_the_burst_says_when_to_come_back(database: Database) -> None:
    limit = Limit("test", burst=3, seconds=30)
    async with database.transaction() as tx:
        for _ in range(3):
            await take(tx, limit, "a", now=NOW)
        with pytest.raises(LimitReached) as refused:
            await take(tx, limit, "a", now=NOW)
        assert refused.value.retry_after_seconds == 10
        await take(tx, limit, "b", now=NOW)
        await take(tx, limit, "a", now=NOW + timedelta(seconds=10))
        with pytest.raises(LimitReached):
            # A clock that goes back gives nothing away.
            await take(tx, limit, "a", now=NOW - timedelta(days=1))
        assert await forget_full(tx, now=NOW + timedelta(days=3)) == 2
