"""Visitor tokens and file tokens: whole, ours, in time, and for one visitor."""

import base64
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.channels.chat import tokens
from ombud.channels.chat.tokens import BadFile, FileClaim, IdentityRefused, Visitor
from ombud.shared.crypto import KeyRing
from ombud.shared.errors import NotSignedIn
from tests.channels.conftest import SECRET, sign

KEYS = KeyRing(b"k" * 32)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANNA = Visitor(7, "visitor", "v_anna")
SIGNED = Visitor(7, "external", "customer-1")


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize("visitor", [ANNA, SIGNED])
def test_read_gives_the_visitor_back(visitor: Visitor) -> None:
    token = tokens.issue(KEYS, visitor, now=NOW).visitor_token
    assert tokens.read(KEYS, token, now=NOW) == visitor


def test_issue_gives_anonymous_visitors_longer() -> None:
    anonymous, signed = tokens.issue(KEYS, ANNA, now=NOW), tokens.issue(KEYS, SIGNED, now=NOW)
    assert (anonymous.expires_at, anonymous.is_verified) == (NOW + timedelta(days=90), False)
    assert (signed.expires_at, signed.is_verified) == (NOW + timedelta(days=1), True)


def test_read_after_expiry_is_refused() -> None:
    issued = tokens.issue(KEYS, ANNA, now=NOW)
    tokens.read(KEYS, issued.visitor_token, now=issued.expires_at - timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        tokens.read(KEYS, issued.visitor_token, now=issued.expires_at)


def test_read_with_other_keys_is_refused() -> None:
    token = tokens.issue(KEYS, ANNA, now=NOW).visitor_token
    with pytest.raises(NotSignedIn):
        tokens.read(KeyRing(b"x" * 32), token, now=NOW)


def test_read_after_a_change_of_keys_still_works() -> None:
    token = tokens.issue(KEYS, ANNA, now=NOW).visitor_token
    assert tokens.read(KeyRing(b"n" * 32, b"k" * 32), token, now=NOW) == ANNA


@pytest.mark.parametrize("length", [0, 1, 4, 16, 31])
def test_read_with_a_cut_signature_is_refused(length: int) -> None:
    payload, _, signature = tokens.issue(KEYS, ANNA, now=NOW).visitor_token.partition(".")
    with pytest.raises(NotSignedIn):
        tokens.read(KEYS, f"{payload}.{encoded(decoded(signature)[:length])}", now=NOW)


def test_read_with_another_content_is_refused() -> None:
    payload, _, signature = tokens.issue(KEYS, ANNA, now=NOW).visitor_token.partition(".")
    content = msgspec.json.decode(decoded(payload))
    content[0]["value"] = "v_somebody"
    with pytest.raises(NotSignedIn):
        tokens.read(KEYS, f"{encoded(msgspec.json.encode(content))}.{signature}", now=NOW)


@given(st.text(max_size=200))
def test_read_of_anything_else_is_refused(token: str) -> None:
    with pytest.raises(NotSignedIn):
        tokens.read(KEYS, token, now=NOW)


@given(st.integers(0, 400), st.characters(codec="ascii"))
def test_read_with_one_other_letter_gives_nobody_else(place: int, letter: str) -> None:
    token = tokens.issue(KEYS, ANNA, now=NOW).visitor_token
    at = place % len(token)
    changed = token[:at] + letter + token[at + 1 :]
    try:
        found = tokens.read(KEYS, changed, now=NOW)
    except NotSignedIn:
        return
    assert found == ANNA


def claim_of(visitor: Visitor) -> FileClaim:
    return FileClaim(visitor.topic, "store-name", "a.png", "image/png", 3, "00ff")


def test_read_file_gives_the_claim_back_to_its_visitor() -> None:
    token = tokens.issue_file(KEYS, claim_of(ANNA))
    assert tokens.read_file(KEYS, token, ANNA) == claim_of(ANNA)


@pytest.mark.parametrize("other", [Visitor(7, "visitor", "v_otto"), Visitor(8, "visitor", "v_anna"), SIGNED])
def test_read_file_of_somebody_else_is_refused(other: Visitor) -> None:
    with pytest.raises(BadFile):
        tokens.read_file(KEYS, tokens.issue_file(KEYS, claim_of(ANNA)), other)


def test_a_visitor_token_is_no_file_token_and_the_other_way_round() -> None:
    visitor_token = tokens.issue(KEYS, ANNA, now=NOW).visitor_token
    with pytest.raises(BadFile):
        tokens.read_file(KEYS, visitor_token, ANNA)
    with pytest.raises(NotSignedIn):
        tokens.read(KEYS, tokens.issue_file(KEYS, claim_of(ANNA)), now=NOW)


def test_topics_tell_visitors_apart() -> None:
    everybody = [ANNA, SIGNED, Visitor(8, "visitor", "v_anna"), Visitor(7, "external", "v_anna")]
    assert len({one.topic for one in everybody}) == len(everybody)
    assert len({one.public_id for one in everybody}) == len(everybody)
    assert all(one.value not in one.public_id for one in everybody)


def test_signed_identities_mean_something_on_their_own_widget_only() -> None:
    assert SIGNED.scope == "7"
    assert ANNA.scope == ""


def test_new_visitors_are_never_the_same() -> None:
    assert len({tokens.new_visitor(7).value for _ in range(100)}) == 100


def test_verify_jwt_reads_what_the_page_says() -> None:
    now = datetime.now(UTC)
    claims = tokens.verify_jwt(sign(sub="customer-1", name="安娜", email="a@example.com"), SECRET, now=now)
    assert (claims.sub, claims.name, claims.email) == ("customer-1", "安娜", "a@example.com")


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_verify_jwt_without_a_proper_secret_is_refused(secret: str) -> None:
    with pytest.raises(IdentityRefused):
        tokens.verify_jwt(sign(sub="customer-1"), secret, now=datetime.now(UTC))


@pytest.mark.parametrize(("seconds", "is_taken"), [(-29, True), (-31, False), (0, True), (600, True)])
def test_verify_jwt_allows_thirty_seconds(seconds: int, is_taken: bool) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    token = sign(sub="customer-1", exp=int(now.timestamp()) + seconds)
    if is_taken:
        assert tokens.verify_jwt(token, SECRET, now=now).sub == "customer-1"
    else:
        with pytest.raises(IdentityRefused):
            tokens.verify_jwt(token, SECRET, now=now)
