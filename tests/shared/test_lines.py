"""What stands on one line stays on it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.lines import ADDRESS, ADDRESS_OR_NONE, FILLED, HOST_OR_NONE, PLAIN, has_control, one_line

BREAKS = ["\n", "\r", "\r\n", "\x00", "\x0b", "\x7f", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("sign", BREAKS)
@pytest.mark.parametrize("pattern", [PLAIN, FILLED, ADDRESS, ADDRESS_OR_NONE, HOST_OR_NONE])
def test_pattern_with_a_break_anywhere_refuses(pattern: str, sign: str) -> None:
    good = "a@b.example" if "@[" in pattern else "mail.example.com"
    assert re.search(pattern, good)
    # The last place is the treacherous one: $ alone would let a line break pass there.
    for text in (f"{sign}{good}", f"{good[:3]}{sign}{good[3:]}", f"{good}{sign}"):
        assert not re.search(pattern, text), repr(text)


def test_pattern_takes_what_people_write() -> None:
    for name in ("Ada", "林知夏", "Ñandú O'Neill-Groß", "🐈 cat", "عربي"):
        assert re.search(FILLED, name)
    for host in ("", "mail.example.com", "192.0.2.1", "2001:db8::1", "bücher.example", "邮件.example"):
        assert re.search(HOST_OR_NONE, host)
    assert re.search(ADDRESS_OR_NONE, "")
    assert not re.search(ADDRESS, "")


@pytest.mark.parametrize("text", ["", " ", "\u3000"])
def test_filled_refuses_blanks(text: str) -> None:
    assert not re.search(FILLED, text)


@pytest.mark.parametrize("host", ["[::1]", "http://x", "a b", "user@host", "<x>", "a,b"])
def test_host_that_is_none_is_refused(host: str) -> None:
    assert not re.search(HOST_OR_NONE, host)


@given(st.text())
def test_one_line_of_anything_is_plain_and_stays_so(text: str) -> None:
    flat = one_line(text)
    assert not has_control(flat)
    assert re.search(PLAIN, flat)
    assert one_line(flat) == flat
