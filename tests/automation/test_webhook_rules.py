"""Signatures, outcomes, pauses, and what may leave the house."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.automation.webhooks import rules

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SENTENCES = st.text(min_size=1).filter(lambda text: any(char.isspace() or ord(char) > 127 for char in text))


def test_signature_is_the_documented_hmac() -> None:
    wanted = hmac.new(b"whsec_x", b'1700000000.{"id":1}', hashlib.sha256).hexdigest()
    assert rules.signature("whsec_x", 1_700_000_000, b'{"id":1}') == f"v1={wanted}"


@given(st.binary(), st.integers(0, 2**40), st.binary(), st.integers(0, 2**40))
def test_signature_differs_with_time_and_body(one: bytes, at: int, other: bytes, then: int) -> None:
    same = rules.signature("s", at, one) == rules.signature("s", then, other)
    assert same == ((one, at) == (other, then))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "delivered"),
        (204, "delivered"),
        (301, "failed"),
        (400, "failed"),
        (401, "failed"),
        (404, "failed"),
        (410, "failed"),
        (408, "queued"),
        (429, "queued"),
        (500, "queued"),
        (503, "queued"),
    ],
)
def test_state_after_an_answer_follows_its_class(status: int, state: str) -> None:
    assert rules.state_after(status, attempts=1) == state


def test_state_after_the_last_attempt_is_failed() -> None:
    assert rules.state_after(500, attempts=rules.MAX_ATTEMPTS - 1) == "queued"
    assert rules.state_after(500, attempts=rules.MAX_ATTEMPTS) == "failed"
    assert rules.state_after(200, attempts=rules.MAX_ATTEMPTS) == "delivered"


def test_pause_seconds_grow_from_ten_seconds_to_six_hours() -> None:
    pauses = [rules.pause_seconds(attempts, spread=0) for attempts in range(1, rules.MAX_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1], len(pauses)) == (10, 21_600, 9)


@given(st.integers(1, 100), st.integers(0, 2**62))
def test_pause_seconds_spread_by_a_tenth_at_most(attempts: int, spread: int) -> None:
    plain = rules.pause_seconds(attempts, spread=0)
    assert plain <= rules.pause_seconds(attempts, spread=spread) <= plain * 1.1


def test_pause_seconds_honour_a_longer_wish() -> None:
    assert rules.pause_seconds(1, spread=0, retry_after=300) == 300
    assert rules.pause_seconds(9, spread=0, retry_after=300) == 21_600


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("120", 120),
        (" 5 ", 5),
        ("-5", 0),
        ("soon", 0),
        ("999999999999999999", 21_600),
        ("Mon, 04 May 2026 09:31:00 GMT", 60),
        ("Mon, 04 May 2020 09:31:00 GMT", 0),
        ("Mon, 04 May 2099 09:31:00 GMT", 21_600),
        ("Mon, 04 May 2026 09:31:00", 0),
    ],
)
def test_retry_after_seconds_understands_both_forms(header: str | None, seconds: float) -> None:
    assert rules.retry_after_seconds(header, now=NOW) == seconds


@given(st.text())
def test_retry_after_seconds_of_anything_is_within_reason(header: str) -> None:
    assert 0 <= rules.retry_after_seconds(header, now=NOW) <= rules.MAX_RETRY_AFTER_SECONDS


@given(st.binary(max_size=5_000))
def test_excerpt_is_short_and_can_be_stored(body: bytes) -> None:
    text = rules.excerpt(body)
    assert len(text) <= 500
    assert "\0" not in text
    text.encode()


def test_excerpt_of_chinese_is_cut_between_characters() -> None:
    assert rules.excerpt("错".encode() * 2_000) == "错" * 500


def test_without_words_keeps_ids_words_of_ours_and_moments() -> None:
    data = {
        "entry_id": 7,
        "from_value": "open",
        "to_value": 3,
        "is_undone": False,
        "assignee_id": None,
        "at": "2026-05-04T09:30:00Z",
        "person_ids": [1, 2],
        "reason": {"code": "least_loaded", "points": 2.5},
    }
    assert rules.without_words(data) == data


def test_without_words_leaves_out_what_somebody_wrote() -> None:
    data = {"subject": "Refund", "text": "hello", "title": "x", "reason": "because I say so", "who": "王小明", "id": 1}
    assert rules.without_words(data) == {"id": 1}


@given(st.dictionaries(st.sampled_from(["a", "note_id", "x"]), st.lists(SENTENCES) | SENTENCES))
def test_without_words_lets_no_sentence_through(data: dict[str, object]) -> None:
    left = json.dumps(rules.without_words({"deep": data, **data}), ensure_ascii=False)
    texts = [one for value in data.values() for one in (value if isinstance(value, list) else [value])]
    assert not any(json.dumps(text, ensure_ascii=False) in left for text in texts)
