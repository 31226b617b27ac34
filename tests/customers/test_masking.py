"""What of a customer is shown at which standing: field by field, and never more than the settings say."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.customers.rules import mask_customer, mask_item
from ombud.customers.schemas import (
    Customer,
    CustomerListItem,
    CustomerPolicy,
    Identity,
    PreferencesPatch,
    Product,
    QuietHours,
    Standing,
)
from ombud.customers.services.customers import _preferred
from ombud.customers.services.records import change_steps

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PHONE, EMAIL, SERIAL, PLACE = "13800138000", "rosa@example.com", "SN-12345", "1 Long Street"


def customer(level: int, **more: Any) -> Customer:
    identities = [
        Identity(1, "phone", "", PHONE, None),
        Identity(2, "email", "", EMAIL, NOW, is_main=True),
        Identity(3, "external", "shop", "u-7", NOW),
    ]
    products = [Product(1, "C-1", "", SERIAL, "", None, "", None)]
    known: dict[str, Any] = {"phone": PHONE, "email": EMAIL, "identities": identities, "products": products}
    known |= {"fields": {"address": PLACE, "colour": "red"}, "standing": Standing(level)}
    known |= {"id": 1, "name": "Rosa", "locale": "en", "time_zone": "", "tier": "", "notes": "", "is_blocked": False}
    return Customer(**(known | {"created_at": NOW} | more))


POLICY = CustomerPolicy(show_email=1, show_phone=2, show_serial=3, show_address=2)


@pytest.mark.parametrize(
    ("level", "masked"),
    [
        (0, ["address", "email", "phone", "serial"]),
        (1, ["address", "phone", "serial"]),
        (2, ["serial"]),
        (3, []),
    ],
)
def test_customer_shows_what_their_standing_opens(level: int, masked: list[str]) -> None:
    shown = mask_customer(customer(level), POLICY)
    assert sorted(shown.masked) == masked
    whole = repr(shown)
    secrets = {"phone": PHONE, "email": EMAIL, "serial": SERIAL, "address": PLACE}
    assert {name for name, one in secrets.items() if one not in whole} == set(masked)
    # what proves nothing and tells nobody stays
    assert shown.fields["colour"] == "red"
    assert shown.identities[2].value == "u-7"


@given(st.integers(0, 3), st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_customer_masked_twice_is_masked_once(level: int, levels: list[int]) -> None:
    names = ("show_email", "show_phone", "show_serial", "show_address")
    wanted: dict[str, Any] = dict(zip(names, levels, strict=True))
    policy = CustomerPolicy(**wanted)
    once = mask_customer(customer(level), policy)
    before = repr(once)
    assert repr(mask_customer(once, policy)) == before


def test_customer_with_nothing_to_hide_is_not_said_to_be_masked() -> None:
    bare = customer(0, phone="", email="", identities=[], products=[], fields={"address": ""})
    assert mask_customer(bare, POLICY).masked == []


@pytest.mark.parametrize(("level", "phone"), [(0, PHONE), (1, "138****8000"), (3, "138****8000")])
def test_lists_show_only_what_nobody_needs_a_check_for(level: int, phone: str) -> None:
    item = CustomerListItem(1, "Rosa", "", EMAIL, PHONE, NOW)
    assert mask_item(item, CustomerPolicy(show_phone=level, show_email=0)).phone == phone
    assert item.email == EMAIL


@pytest.mark.parametrize(
    ("before", "changes", "steps"),
    [
        ({"tier": ""}, {"tier": "VIP"}, [("tier", "", "VIP")]),
        ({"tier": "VIP"}, {"tier": "VIP"}, []),
        (
            {"fields": {"a": 1, "b": 2}},
            {"fields": {"a": 1, "c": 0}},
            [("fields.b", 2, None), ("fields.c", None, 0)],
        ),
        ({"fields": None}, {"fields": {"a": 1}}, [("fields.a", None, 1)]),
        ({"preferences": {"channel": "phone"}}, {"preferences": {}}, [("preferences.channel", "phone", None)]),
        ({"b": 1, "a": 1}, {"b": 2, "a": 2}, [("a", 1, 2), ("b", 1, 2)]),
    ],
)
def test_history_tells_each_change_by_its_key(before: Any, changes: Any, steps: list[Any]) -> None:
    assert change_steps(before, changes) == steps


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        (PreferencesPatch(), {"channel": "phone", "remark": "Slowly"}),
        (PreferencesPatch(channel=None), {"remark": "Slowly"}),
        (PreferencesPatch(remark=""), {"channel": "phone"}),
        (
            PreferencesPatch(quiet_hours=QuietHours(1_320, 420)),
            {"channel": "phone", "remark": "Slowly", "quiet_hours": {"start": 1_320, "end": 420}},
        ),
    ],
)
def test_preferences_left_out_stay_and_null_takes_away(patch: PreferencesPatch, after: dict[str, Any]) -> None:
    assert _preferred({"channel": "phone", "remark": "Slowly"}, patch) == after
