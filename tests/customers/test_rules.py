"""Masks that hide enough, numbers in one spelling, domains, and how long a check holds. No desk needed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.customers.rules import (
    FREE_MAIL,
    LEAST_HIDDEN,
    LEVELS,
    MASK,
    display_name,
    is_domain,
    is_masked,
    is_order_mail,
    mask_changes,
    mask_email,
    mask_phone,
    mask_serial,
    normal_domain,
)
from ombud.customers.schemas import CustomerPolicy, RecordChange, normal_value
from ombud.customers.services.checks import validity
from ombud.customers.services.duplicates import MASKS

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
digits = st.text("0123456789", min_size=7, max_size=16)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800138000", "138****8000"),
        ("+86 138 0013-8000", "+86****8000"),
        ("(212) 555-0123", "212****0123"),
        # of seven digits the head and the end would be all
        ("5550123", "****23"),
        ("8765 4321", "****21"),
        ("+49 30 123", "****23"),
        ("+49 30 12345", "+49****2345"),
        ("95588", "****"),
        ("1", "****"),
        ("", ""),
        ("no number", "no number"),
    ],
)
def test_mask_phone_shows_what_tells_numbers_apart_and_no_more(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@given(digits, st.sampled_from(["", "+"]))
def test_mask_phone_of_any_number_hides_at_least_three_digits_once_and_twice(number: str, sign: str) -> None:
    shown = mask_phone(sign + number)
    assert is_masked(shown)
    assert mask_phone(shown) == shown
    assert len(re.sub(r"\D", "", shown)) <= len(number) - LEAST_HIDDEN
    assert number.endswith(shown.rpartition(MASK)[2])


@given(st.text(min_size=1, max_size=40), st.sampled_from(sorted(MASKS)))
def test_mask_of_anything_that_could_be_told_is_known_as_one(text: str, reason: str) -> None:
    shown = MASKS[reason](text)
    assert is_masked(shown) or not re.search(r"\d", text)


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("rosa@example.com", "r****@example.com"),
        ("玫瑰@例子.中国", "玫****@例子.中国"),
        ("@example.com", "****@example.com"),
        ("a@b@example.com", "a****@b@example.com"),
        ("nobody", "****"),
        ("", ""),
    ],
)
def test_mask_email_shows_first_letter_and_domain(email: str, shown: str) -> None:
    assert mask_email(email) == shown


@pytest.mark.parametrize(
    ("serial", "shown"), [("SN-12345", "****2345"), ("1234", "****"), ("", ""), ("序列号甲乙", "****列号甲乙")]
)
def test_mask_serial_shows_the_end(serial: str, shown: str) -> None:
    assert mask_serial(serial) == shown


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("phone", " +86 138-0013 8000 ", "+8613800138000"),
        ("phone", "138.0013.8000", "13800138000"),
        # as input methods of China write digits, and as Arabic ones do
        ("phone", "１３８００１３８０００", "13800138000"),
        ("phone", "＋８６ 138 0013 8000", "+8613800138000"),
        ("phone", "٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("phone", "call me", ""),
        ("email", "  Rosa@EXAMPLE.com\n", "rosa@example.com"),
        ("email", "ro\u2028sa@example.com", "ro sa@example.com"),
        # another letter is another person, however alike they look
        ("email", "ｒosa@example.com", "ｒosa@example.com"),
        ("external", "  Customer 7 ", "Customer 7"),
        ("visitor", "v_Abc", "v_Abc"),
    ],
)
def test_normal_value_is_the_one_spelling_of_each_kind(kind: str, value: str, kept: str) -> None:
    assert normal_value(kind, value) == kept


@given(st.sampled_from(["email", "phone", "external", "visitor"]), st.text(max_size=400))
def test_normal_value_again_changes_nothing_and_fits(kind: str, value: str) -> None:
    kept = normal_value(kind, value)
    assert normal_value(kind, kept) == kept
    if kind == "phone":
        assert re.fullmatch(r"[0-9+]*", kept)


@pytest.mark.parametrize(
    ("name", "email", "shown"),
    [
        ("Rosa", "r@example.com", "Rosa"),
        (" \n ", "rosa@example.com", "rosa"),
        ("Ro\r\nsa", "", "Ro sa"),
        ("", "", ""),
        ("名" * 300, "", "名" * 200),
    ],
)
def test_display_name_is_one_line_or_the_address(name: str, email: str, shown: str) -> None:
    assert display_name(name, email) == shown


@pytest.mark.parametrize(
    ("domain", "normal", "is_one"),
    [
        (" @Example.COM. ", "example.com", True),
        ("münchen.de", "münchen.de", True),
        ("例子.中国", "例子.中国", True),
        ("localhost", "localhost", False),
        ("-a.com", "-a.com", False),
        ("a b.com", "a b.com", False),
        ("a..com", "a..com", False),
        ("x" * 64 + ".com", "x" * 64 + ".com", False),
        ("", "", False),
        ("a.com\n", "a.com", True),
        ("a.com/../b", "a.com/../b", False),
    ],
)
def test_domain_is_read_as_people_type_it(domain: str, normal: str, *, is_one: bool) -> None:
    assert normal_domain(domain) == normal
    assert is_domain(normal) is is_one


def test_free_mail_holds_the_great_providers_in_their_one_spelling() -> None:
    assert {"qq.com", "163.com", "gmail.com", "outlook.com"} <= FREE_MAIL
    assert all(one == normal_domain(one) and is_domain(one) for one in FREE_MAIL)


@pytest.mark.parametrize(
    ("address", "made_for_an_order"),
    [
        ("x7@marketplace.amazon.de", True),
        ("u@MEMBERS.ebay.com", True),
        ("r****@example.com", True),
        ("rosa@marketplace.example.com", False),
        ("rosa@notmembers.ebay.com", False),
        ("rosa", False),
        ("", False),
    ],
)
def test_address_of_an_order_tells_nobody(address: str, *, made_for_an_order: bool) -> None:
    assert is_order_mail(address) is made_for_an_order


def test_levels_go_up_with_what_is_proven_and_last_as_the_settings_say() -> None:
    assert LEVELS["order_number"] < LEVELS["mail_code"] < LEVELS["documents"]
    policy = CustomerPolicy(valid_minutes_1=5, valid_minutes_2=60, valid_minutes_3=1)
    assert [validity(policy, level) for level in (1, 2, 3)] == [timedelta(minutes=one) for one in (5, 60, 1)]


def test_mask_changes_hides_old_values_as_well_as_new_ones() -> None:
    def told(level: int) -> list[tuple[object, object]]:
        made = [
            RecordChange(1, "phone", "13800138000", None, "person", "Lu", NOW),
            RecordChange(2, "email", "", "rosa@example.com", "person", "Lu", NOW),
            RecordChange(3, "tier", "VIP", "Gold", "system", "", NOW),
        ]
        policy = CustomerPolicy(show_phone=1, show_email=2)
        return [(one.from_value, one.to_value) for one in mask_changes(made, policy, level=level)]

    assert told(0) == [("138****8000", ""), ("", "r****@example.com"), ("VIP", "Gold")]
    assert told(1) == [("13800138000", None), ("", "r****@example.com"), ("VIP", "Gold")]
    assert told(2) == [("13800138000", None), ("", "rosa@example.com"), ("VIP", "Gold")]
