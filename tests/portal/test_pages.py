"""What goes out with a page: policies that let nothing in, moments as people read them, and whose form it was."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import RequestFactory

from ombud.portal.customer.sessions import LASTS, cookie_name, cookie_of, csrf_of, has_csrf
from ombud.portal.edge import is_own_page
from ombud.portal.pages import MONTHS, day, day_text, moment, policy_of, size_text, style_of
from ombud.portal.rules import place_of
from ombud.portal.schemas import Look
from ombud.portal.sending import page_headers
from ombud.shared.crypto import KeyRing
from tests.portal.test_rules import HERE, site

KEYS = KeyRing(b"k" * 32)
PLACE = place_of([site(1)], site(1), "", HERE)
PLAIN = place_of([site(1)], site(1), "", "http://desk.test")


def request(**headers: str) -> Any:
    named = {name.replace("_", "-"): one for name, one in headers.items()}
    return RequestFactory(server="desk.example").post("/portal/account", headers=named)


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        # what the browser says of itself goes before what the page says
        ({"sec_fetch_site": "cross-site", "origin": "https://desk.example", "host": "desk.example"}, False),
        ({"origin": "https://desk.example", "host": "desk.example"}, True),
        ({"origin": "https://DESK.example", "host": "internal:8000"}, True),
        ({"origin": "https://desk.example.evil.test", "host": "desk.example"}, False),
        ({"origin": "https://evil.test", "host": "desk.example"}, False),
        ({"origin": "null", "host": "desk.example"}, False),
        ({"origin": "", "host": ""}, False),
        ({"host": "desk.example"}, True),
    ],
)
def test_form_is_taken_from_our_own_pages_alone(headers: dict[str, str], *, is_own: bool) -> None:
    assert is_own_page(request(**headers), PLACE) is is_own


def test_word_of_a_form_belongs_to_one_session_and_one_key() -> None:
    name = cookie_name(PLACE)
    one, other = request(cookie=f"{name}=token-1"), request(cookie=f"{name}=token-2")
    word = csrf_of(one, PLACE, KEYS)
    assert has_csrf(one, PLACE, KEYS, word)
    assert not has_csrf(other, PLACE, KEYS, word)
    assert not has_csrf(one, PLACE, KeyRing(b"x" * 32), word)
    for wrong in ("", word[:-1], f"{word} ", word.swapcase(), "é", "\u2028"):
        assert not has_csrf(one, PLACE, KEYS, wrong)


@pytest.mark.parametrize(
    ("place", "name", "is_secure"), [(PLACE, "__Host-ombud_portal_1", True), (PLAIN, "ombud_portal_1", False)]
)
def test_cookie_is_bound_to_its_host_and_brand_and_goes_with_an_empty_token(
    place: Any, name: str, *, is_secure: bool
) -> None:
    kept, gone = cookie_of(place, "token", LASTS["link"]), cookie_of(place, "", LASTS["link"])
    assert (kept.key, kept.path, kept.httponly, kept.samesite, kept.secure) == (name, "/", True, "lax", is_secure)
    assert kept.domain is None
    assert (kept.max_age, gone.max_age, gone.value) == (14 * 86_400, 0, "")


@pytest.mark.parametrize("has_script", [False, True])
def test_policy_lets_nothing_in_but_our_own(*, has_script: bool) -> None:
    policy = dict(part.strip().split(" ", 1) for part in policy_of(Look(), has_script=has_script).split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in str(policy)
    assert "http" not in str(policy)
    assert (policy["script-src"] == "'none'") is not has_script
    assert policy["style-src"] == f"'sha256-{style_of(Look().accent, Look().accent_dark)[1]}'"


@pytest.mark.parametrize("is_public", [False, True])
def test_page_of_ones_own_is_kept_nowhere(*, is_public: bool) -> None:
    headers = dict(page_headers(Look(), "zh-CN", is_public=is_public))
    assert headers[b"content-language"] == b"zh-CN"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert (b"no-store" in headers[b"cache-control"]) is not is_public


@pytest.mark.parametrize(
    ("zone", "locale", "shown"),
    [
        ("UTC", "en", "31 Dec 2026 23:30"),
        ("Asia/Shanghai", "zh-CN", "2027年1月1日 07:30"),
        ("America/New_York", "en", "31 Dec 2026 18:30"),
        ("Mars/Base", "en", "31 Dec 2026 23:30"),
        ("", "zh-CN", "2026年12月31日 23:30"),
    ],
)
def test_moment_is_shown_in_the_readers_zone_and_told_to_machines_in_utc(zone: str, locale: str, shown: str) -> None:
    at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert moment(at, zone, locale) == f'<time datetime="2026-12-31T23:30:00+00:00">{shown}</time>'
    assert day(at, zone, locale) == f'<time datetime="2026-12-31T23:30:00+00:00">{shown.rpartition(" ")[0]}</time>'


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        # the clocks of Berlin leap from two to three, and later come back from three to two
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "01:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "03:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "02:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "02:30"),
    ],
)
def test_moment_around_a_change_of_the_clocks_is_what_the_wall_shows(utc: datetime, shown: str) -> None:
    assert moment(utc, "Europe/Berlin", "en").endswith(f" {shown}</time>")


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["en", "zh-CN"]))
def test_day_of_any_date_names_its_parts(at: datetime, locale: str) -> None:
    text = day_text(at, locale)
    assert str(at.year) in text
    assert (f"{at.month}月" in text) if locale == "zh-CN" else (MONTHS[at.month - 1] in text)


@given(st.integers(0, 2**40))
def test_size_is_short_and_never_grows_smaller(size: int) -> None:
    text = size_text(size)
    number, unit = text.split()
    assert float(number) >= 0
    scale = {"B": 1, "KB": 1024, "MB": 1024 * 1024}[unit]
    assert abs(float(number) * scale - size) <= scale
