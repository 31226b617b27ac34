"""What a shop's token may say, word for word; and which addresses and languages are understood. No desk needed."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.portal.customer.letters import letter
from ombud.portal.customer.signing_in import LONGEST_ADDRESS, read_address
from ombud.portal.customer.tokens import (
    LEEWAY_SECONDS,
    LONGEST_SECONDS,
    MAX_SUBJECT,
    Claims,
    TokenRefused,
    read_token,
)
from ombud.portal.edge import accepted_locale

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET, AUDIENCE = "s" * 32, "ombud-portal:coffee"


def signed(secret: str = SECRET, **more: Any) -> str:
    """A token of the shop, good for a minute; None leaves a claim out."""
    said = {"sub": "u-7", "jti": "t-1", "aud": AUDIENCE, "exp": NOW.timestamp() + 60} | more
    return jwt.encode({name: one for name, one in said.items() if one is not None}, secret, algorithm="HS256")


def read(token: str, secret: str = SECRET) -> Claims:
    return read_token(token, secret, AUDIENCE, now=NOW)


@pytest.mark.parametrize(
    ("seconds", "is_good"),
    [
        (-LEEWAY_SECONDS, False),
        (-LEEWAY_SECONDS + 1, True),
        (0, True),
        (LONGEST_SECONDS + LEEWAY_SECONDS, True),
        (LONGEST_SECONDS + LEEWAY_SECONDS + 1, False),
    ],
)
def test_read_token_forgives_clocks_that_are_half_a_minute_off_and_no_more(seconds: int, *, is_good: bool) -> None:
    token = signed(exp=NOW.timestamp() + seconds)
    if is_good:
        assert read(token).sub == "u-7"
    else:
        with pytest.raises(TokenRefused):
            read(token)


@pytest.mark.parametrize(
    "change",
    [
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"sub": 7},
        {"sub": ""},
        {"sub": "\t \n"},
        {"sub": "a\x00b"},
        {"sub": "x" * (MAX_SUBJECT + 1)},
        {"jti": "x" * (MAX_SUBJECT + 1)},
        {"jti": 5},
        {"jti": " "},
        {"aud": ["others"]},
        {"aud": AUDIENCE.upper()},
        {"nbf": "never"},
        {"nbf": [1]},
        {"nbf": NOW.timestamp() + LEEWAY_SECONDS + 1},
        {"name": 7},
        {"email_verified": "yes"},
        {"email": None, "locale": {"zh": True}},
        # half of a sign, which no database takes
        {"sub": "\ud800"},
        {"jti": "\udfff"},
        {"name": "Ro\ud83dsa"},
        {"email": "ro\ud800sa@example.com"},
        {"locale": "zh\ud800"},
    ],
    ids=ascii,
)
def test_read_token_that_says_something_odd_is_refused_and_never_an_error(change: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        read(signed(**change))


@pytest.mark.parametrize("change", [{"nbf": NOW.timestamp() + LEEWAY_SECONDS}, {"aud": ["others", AUDIENCE]}, {"x": 1}])
def test_read_token_with_more_than_is_needed_is_taken(change: dict[str, Any]) -> None:
    assert read(signed(**change)).jti == "t-1"


@pytest.mark.parametrize("secret", ["", "short", "s" * 31])
def test_read_token_of_a_weak_secret_is_refused_even_if_it_is_signed_with_it(secret: str) -> None:
    with pytest.raises(TokenRefused):
        read_token(signed(secret or "x"), secret, AUDIENCE, now=NOW)


def test_read_token_that_is_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(TokenRefused):
        read(signed(name="x" * 5_000))


def test_read_token_whose_payload_was_changed_is_refused() -> None:
    head, payload, proof = signed().split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    said["sub"] = "somebody-else"
    forged = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    for token in (f"{head}.{forged}.{proof}", f"{head}.{payload}.", f"{head}.{payload}", f" {head}.{payload}.x"):
        with pytest.raises(TokenRefused):
            read(token)


@given(st.text(max_size=60))
def test_read_token_of_any_text_is_refused_and_never_an_error(text: str) -> None:
    with pytest.raises(TokenRefused):
        read(text)


def test_digest_is_that_of_the_tokens_own_name_alone() -> None:
    one, other = read(signed(sub="u-1")), read(signed(sub="u-2", name="玫瑰"))
    assert one.digest == other.digest != read(signed(jti="t-2")).digest


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("  Rosa@Example.COM ", "rosa@example.com"),
        ("玫瑰@例子.中国", "玫瑰@例子.中国"),
        ("rosa@\x00example.com", "rosa@example.com"),
        ("rosa", ""),
        ("", ""),
        ("a@b, c@d", ""),
        ("a@b\r\nBcc: c@d", ""),
        ("Rosa <rosa@example.com>", ""),
        ("@example.com", ""),
        ("rosa@", ""),
        ("x" * LONGEST_ADDRESS + "@example.com", ""),
    ],
)
def test_read_address_gives_the_one_spelling_or_none(typed: str, address: str) -> None:
    assert read_address(typed) == address


@given(st.text(max_size=300))
def test_read_address_of_any_text_is_one_line_and_read_again_the_same(typed: str) -> None:
    address = read_address(typed)
    assert read_address(address) == address
    assert not any(sign in address for sign in "\r\n\x00 ,;<>")


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("fr-FR, en-GB;q=0.7, zh;q=0.5", "en"),
        ("ZH", "zh-CN"),
        ("fr,de", "zh-CN"),
        ("", "zh-CN"),
        (";;;,,,", "zh-CN"),
    ],
)
def test_accepted_locale_is_the_first_that_we_speak(accepted: str, locale: str) -> None:
    assert accepted_locale(accepted, "zh-CN") == locale


@pytest.mark.parametrize(("locale", "said"), [("en", "within 30 minutes"), ("zh-CN", "30 分钟内")])
def test_letter_with_a_brand_of_odd_signs_keeps_them_as_they_are(locale: str, said: str) -> None:
    made = letter(locale, brand="{link} & 咖啡%s", link="https://d.example/portal/enter/x", minutes=30)
    assert "{link} & 咖啡%s" in made.subject
    assert made.text.count("https://d.example/portal/enter/x") == 1
    assert said in made.text


def test_moment_of_a_token_is_that_of_the_desk_and_not_of_the_machine() -> None:
    token = signed(exp=NOW.timestamp() + 60)
    with pytest.raises(TokenRefused):
        read_token(token, SECRET, AUDIENCE, now=NOW + timedelta(minutes=2))
    with pytest.raises(TokenRefused):
        read_token(token, SECRET, AUDIENCE, now=NOW - timedelta(minutes=11))
