"""Signed visitors: the host page vouches, and only by a proper signature."""

import json
import time
from typing import Any

import jwt
import pytest

from tests.channels.conftest import SECRET, Desk, sign
from tests.channels.visitors import Visitor, arrive


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    await desk.add_channel("chat")
    return desk


def visitor_on(desk: Desk) -> Visitor:
    return Visitor(desk, desk.channels["chat"].public_key or "")


async def test_signed_visitor_is_verified(chat: Desk) -> None:
    visitor = visitor_on(chat)
    answer = await visitor.begin(token=sign(sub="customer-7", name="Anna", email="anna@example.com"))
    assert answer.json()["is_verified"] is True
    assert "customer-7" not in answer.json()["visitor_id"]
    await visitor.write("hello")
    found = await chat.column(
        str, "select kind || '|' || scope || '|' || value || '|' || (verified_at is not null) from identity"
    )
    assert found == [f"external|{chat.channels['chat'].id}|customer-7|true"]


async def test_signed_visitor_finds_the_talk_in_another_browser(chat: Desk) -> None:
    one, other = visitor_on(chat), visitor_on(chat)
    await one.begin(token=sign(sub="customer-7"))
    await one.write("hello from the phone")
    await other.begin(token=sign(sub="customer-7"))
    assert await other.texts() == ["hello from the phone"]


async def test_anonymous_talk_goes_on_after_signing_in(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket_id = await visitor.write("before signing in")
    await visitor.begin(token=sign(sub="customer-7", name="Anna"))
    assert await visitor.texts() == ["before signing in"]
    assert await visitor.write("after signing in") == ticket_id
    assert await chat.column(str, "select name from customer") == ["Anna"]


async def test_anonymous_talk_does_not_join_a_customer_who_is_known(chat: Desk) -> None:
    known = visitor_on(chat)
    await known.begin(token=sign(sub="customer-7"))
    await known.write("mine")
    visitor = await arrive(chat)
    await visitor.write("somebody at the same browser")
    await visitor.begin(token=sign(sub="customer-7"))
    assert await visitor.texts() == ["mine"]


@pytest.mark.parametrize("email", ["n/a", "guest", "a@b, c@d", "a\x00@example.com", "x" * 300 + "@example.com"])
async def test_anonymous_talk_goes_on_though_the_page_signs_no_proper_address(chat: Desk, email: str) -> None:
    visitor = await arrive(chat)
    await visitor.write("anonymous")
    answer = await visitor.begin(token=sign(sub="customer-7", name="An\x00na\n", email=email))
    assert answer.status_code == 201, answer.text
    assert await visitor.texts() == ["anonymous"]
    assert "\x00" not in await chat.sql(str, "select name || email from customer")


async def test_second_person_at_a_browser_does_not_take_over_the_first_ones_talk(chat: Desk) -> None:
    visitor = await arrive(chat)
    await visitor.write("anonymous")
    anonymous = visitor.token
    await visitor.begin(token=sign(sub="first"))
    visitor.token = anonymous
    await visitor.begin(token=sign(sub="second"))
    assert (await visitor.page())["items"] == []


def _forged(**change: Any) -> str:
    claims = {"sub": "customer-7", "exp": int(time.time()) + 600} | change.get("claims", {})
    claims = {name: value for name, value in claims.items() if value is not None}
    # As a dictionary only: the library itself would refuse to make some of these.
    return jwt.PyJWS().encode(
        json.dumps(claims).encode(), change.get("secret", SECRET), algorithm=change.get("algorithm", "HS256")
    )


FORGERIES: dict[str, dict[str, Any]] = {
    "another secret": {"secret": "another-secret-of-at-least-32-bytes!!"},
    "another algorithm": {"algorithm": "HS512"},
    "no algorithm": {"secret": None, "algorithm": "none"},
    "no expiry": {"claims": {"exp": None}},
    "no subject": {"claims": {"sub": None}},
    "empty subject": {"claims": {"sub": ""}},
    "blank subject": {"claims": {"sub": "   "}},
    "long subject": {"claims": {"sub": "x" * 201}},
    "NUL in subject": {"claims": {"sub": "a\x00b"}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "wordy expiry": {"claims": {"exp": "soon"}},
    "not valid yet": {"claims": {"nbf": 4_000_000_000}},
    "name is a list": {"claims": {"name": ["a", "list"]}},
    "half a sign in the subject": {"claims": {"sub": "a\ud800"}},
    "half a sign in the name": {"claims": {"name": "An\udc00na"}},
    "half a sign in the address": {"claims": {"email": "\udfffa@example.com"}},
}


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_begin_visit_with_no_signature_is_refused(chat: Desk, token: str) -> None:
    assert (await visitor_on(chat).begin(token=token)).status_code == 401


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_begin_visit_with_bad_signature_is_refused(chat: Desk, forgery: str) -> None:
    answer = await visitor_on(chat).begin(token=_forged(**FORGERIES[forgery]))
    assert (answer.status_code, answer.json()["code"]) == (401, "identity_refused")


async def test_signature_a_little_late_is_taken(chat: Desk) -> None:
    assert (await visitor_on(chat).begin(token=_forged(claims={"exp": int(time.time()) - 10}))).status_code == 201


async def test_signature_for_another_widget_is_refused(chat: Desk) -> None:
    other = await chat.add_channel("chat")
    await chat.execute("update channel set secrets = null where id = %(id)s", id=other.id)
    answer = await Visitor(chat, other.public_key or "").begin(token=sign(sub="customer-7"))
    assert answer.status_code == 401


async def test_signed_only_widget_refuses_strangers(desk: Desk) -> None:
    await desk.add_channel("chat", signed_only=True)
    assert (await visitor_on(desk).begin()).status_code == 401
    assert (await visitor_on(desk).begin(token=sign(sub="customer-7"))).status_code == 201


async def test_anonymous_token_is_renewed_under_the_same_name(chat: Desk) -> None:
    visitor = await arrive(chat)
    name, old = visitor.id, visitor.token
    await visitor.write("hello")
    await visitor.begin()
    assert visitor.id == name
    assert await visitor.texts() == ["hello"]
    assert old


async def test_signed_visitor_is_not_renewed_without_a_signature(chat: Desk) -> None:
    visitor = visitor_on(chat)
    await visitor.begin(token=sign(sub="customer-7"))
    await visitor.write("private")
    await visitor.begin()
    assert (await visitor.page())["items"] == []


async def test_expired_token_is_refused(chat: Desk) -> None:
    visitor = await arrive(chat)
    later = chat.now.replace(year=chat.now.year + 1)
    chat.parts.clock.set(later)
    answer = await visitor.send("still here")
    chat.parts.clock.set(None)
    assert answer.status_code == 401
