"""Numbers and addresses that visitors leave, what they are told of their wait, and what is offered to them."""

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from ombud.channels.chat.schemas import CallbackIn, WidgetWait
from ombud.channels.chat.waiting import _contact, offered_ways, shown_wait
from ombud.channels.settings import ChatSettings
from ombud.shared.errors import Invalid


def left(way: Literal["call", "mail"], contact: str) -> str | None:
    """The contact as it is kept; None where it is refused."""
    try:
        return _contact(CallbackIn(way, contact))
    except Invalid:
        return None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013 8000", "+8613800138000"),
        ("（010）8765-4321", "01087654321"),
        ("１３８００１３８０００", "13800138000"),
        ("123456", "123456"),
        ("12345", None),
        ("1234567890123456", None),
        ("+123456789012345", "+123456789012345"),
        ("123+456+789", None),
        ("++123456", None),
        ("call me", None),
        ("+", None),
        (" ", None),
    ],
)
def test_number_that_can_be_called_is_kept_in_one_spelling(typed: str, kept: str | None) -> None:
    assert left("call", typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Rosa@Example.COM ", "rosa@example.com"),
        ("玫瑰@例子.中国", "玫瑰@例子.中国"),
        ("o'neil+x@mail.example.com", "o'neil+x@mail.example.com"),
        ("rosa", None),
        ("rosa@localhost", None),
        ("rosa@example.", None),
        ("rosa@.com", None),
        ("@example.com", None),
        ("rosa @example.com", None),
        # of two in a row the mail would go to both
        ("rosa@example.com,june@example.com", None),
        ("rosa@example.com;june@example.com", None),
        ("rosa@x@example.com", None),
        ("Rosa <rosa@example.com>", None),
        ('"rosa"@example.com', None),
        ("rosa@example.com\nBcc: june@example.com", None),
        ("x" * 250 + "@example.com", None),
    ],
)
def test_address_that_can_be_written_to_is_one_alone(typed: str, kept: str | None) -> None:
    assert left("mail", typed) == kept


@given(st.text(max_size=60))
def test_contact_of_anything_is_refused_or_stays_as_it_is_kept(typed: str) -> None:
    for way in ("call", "mail"):
        kept = left(way, typed)
        if kept is not None:
            assert left(way, kept) == kept
            assert not set(kept) & set(" ,;<>\r\n\x00")


class Told(Struct, frozen=True):
    """What the desk says of a wait."""

    basis: Any
    position: int | None = 4
    low_seconds: int | None = None
    high_seconds: int | None = None


@pytest.mark.parametrize(
    ("told", "is_open", "shown"),
    [
        (Told("rates", 4, 60, 180), True, WidgetWait("rates", 60, 180)),
        (Told("few"), True, WidgetWait("few")),
        (Told("nobody"), True, WidgetWait("nobody")),
        # nobody is told minutes while the chat is closed
        (Told("rates", 4, 60, 180), False, WidgetWait("closed")),
    ],
)
def test_wait_is_told_in_numbers_only_while_somebody_works(told: Told, shown: WidgetWait, *, is_open: bool) -> None:
    assert shown_wait(told, is_open=is_open) == shown


@pytest.mark.parametrize(
    ("call", "mail", "ways"),
    [(True, True, ["call", "mail"]), (True, False, ["call"]), (False, True, ["mail"]), (False, False, [])],
)
def test_ways_are_offered_as_the_widget_is_set(ways: list[str], *, call: bool, mail: bool) -> None:
    assert offered_ways(ChatSettings(offers_call=call, offers_mail=mail)) == ways
