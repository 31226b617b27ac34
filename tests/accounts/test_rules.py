"""Good passwords, steps, devices."""

from datetime import UTC, datetime

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.accounts import rules

EMAIL = "bo.li@example.com"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "too_short"),
        ("ninechars", "too_short"),
        ("bo.li@example.com", "is_address"),
        ("BO.LI@EXAMPLE.COM!!", "is_address"),
        ("password12", "too_common"),
        ("P@ssw0rd2026!", "too_common"),
        ("2026password", "too_common"),
        ("Welcome!!!123", "too_common"),
        ("qwertyuiop", "too_common"),
        ("1234567890", "too_common"),
        ("0987654321", "too_common"),
        ("13812345678", "too_common"),
        ("20260302", "too_short"),
        ("aaaaaaaaaaaa", "too_common"),
        ("abababababab", "too_common"),
        ("woaini5201314", "too_common"),
        ("customerservice1", "too_common"),
        ("a lamp under seven boats", None),
        ("mT7#qv92Lx", None),
        ("四条大河一座青山两只白鹤", None),
        ("348195720461839", None),
    ],
)
def test_password_problem_names_what_is_wrong(password: str, problem: str | None) -> None:
    assert rules.password_problem(password, email=EMAIL) == problem


def test_password_like_the_name_in_the_address_is_refused() -> None:
    assert rules.password_problem("zhang.weiwei", email="zhang.weiwei@example.cn") == "is_address"


@given(st.text(max_size=300))
def test_password_problem_has_an_answer_for_any_text(password: str) -> None:
    problem = rules.password_problem(password, email=EMAIL)
    assert problem in {None, "too_short", "is_address", "too_common"}
    assert problem or len(password) >= rules.MIN_PASSWORD_CHARACTERS


@given(st.integers(0, 4_000_000_000), st.integers(-4, 4))
def test_matching_step_takes_one_step_around(seconds: int, away: int) -> None:
    now = datetime.fromtimestamp(seconds + 300, UTC)
    step = int(now.timestamp()) // 30 + away
    found = rules.matching_step(SECRET, pyotp.TOTP(SECRET).generate_otp(step), now=now, last_step=0)
    if abs(away) <= 1:
        assert found is not None
        assert abs(found - int(now.timestamp()) // 30) <= 1
    else:
        assert found != step


def test_matching_step_follows_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1, the last six digits.
    for seconds, code in ((59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")):
        moment = datetime.fromtimestamp(seconds, UTC)
        assert rules.matching_step(SECRET, code, now=moment, last_step=0) == seconds // 30


def test_matching_step_refuses_a_used_step() -> None:
    moment = datetime.fromtimestamp(59, UTC)
    assert rules.matching_step(SECRET, "287082", now=moment, last_step=1) is None


@pytest.mark.parametrize("code", ["", "abc", "28708", "2870822", "é"])
def test_matching_step_refuses_what_is_no_code(code: str) -> None:
    assert rules.matching_step(SECRET, code, now=datetime.fromtimestamp(59, UTC), last_step=0) is None


@pytest.mark.parametrize("code", ["287082", "287 082", " 287082\n", "２８７０８２"])
def test_matching_step_reads_codes_as_people_type_them(code: str) -> None:
    assert rules.matching_step(SECRET, code, now=datetime.fromtimestamp(59, UTC), last_step=0) == 1


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("abcd-efgh-2345-mnop", "abcdefgh2345mnop"),
        (" ABCD EFGH 2345 MNOP\n", "abcdefgh2345mnop"),
        ("", ""),
        ("码-0189", ""),
    ],
)
def test_normal_recovery_code_forgives_how_it_was_typed(typed: str, normal: str) -> None:
    assert rules.normal_recovery_code(typed) == normal


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/19 Safari/605.1", "Safari, macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) MicroMessenger/8.0", "WeChat, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.5.0", "curl"),
        ("something else", "something else"),
        ("x" * 100, "x" * 40),
        ("", ""),
    ],
)
def test_device_says_it_in_two_words(agent: str, device: str) -> None:
    assert rules.device(agent) == device
