"""Office hours, expected wait, what a file is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.channels.chat.rules import is_type_allowed, office_state, sniffed_type
from ombud.channels.settings import Interval, OfficeHours

SHANGHAI = "Asia/Shanghai"
BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(*intervals: tuple[int, int, int], zone: str = "UTC", closed_on: tuple[str, ...] = ()) -> OfficeHours:
    return OfficeHours(zone, [Interval(*one) for one in intervals], list(closed_on))


# Monday 2026-11-23
LUNCH = hours((0, 540, 720), (0, 810, 1080))


@pytest.mark.parametrize(
    ("moment", "is_open", "opens_at"),
    [
        ("2026-11-23T08:59:59", False, "2026-11-23T09:00:00"),
        ("2026-11-23T09:00:00", True, None),
        ("2026-11-23T11:59:59", True, None),
        ("2026-11-23T12:00:00", False, "2026-11-23T13:30:00"),
        ("2026-11-23T13:30:00", True, None),
        ("2026-11-23T18:00:00", False, "2026-11-30T09:00:00"),
    ],
)
def test_office_with_lunch_break_opens_and_closes(moment: str, is_open: bool, opens_at: str | None) -> None:
    state = office_state(LUNCH, at(moment))
    assert state.is_open is is_open
    assert state.opens_at == (at(opens_at) if opens_at else None)


def test_office_without_intervals_is_always_open() -> None:
    assert office_state(OfficeHours(), at("2026-11-22T03:00")).is_open


@pytest.mark.parametrize(("moment", "is_open"), [("22:00", True), ("23:59", True), ("21:59", False)])
def test_office_overnight_is_open_before_midnight(moment: str, is_open: bool) -> None:
    assert office_state(hours((0, 1320, 360)), at(f"2026-11-23T{moment}")).is_open is is_open


@pytest.mark.parametrize(("moment", "is_open"), [("00:00", True), ("05:59", True), ("06:00", False)])
def test_office_overnight_is_open_after_midnight(moment: str, is_open: bool) -> None:
    assert office_state(hours((0, 1320, 360)), at(f"2026-11-24T{moment}")).is_open is is_open


def test_office_of_a_whole_day_ends_at_midnight() -> None:
    day = hours((0, 0, 1440))
    assert office_state(day, at("2026-11-23T23:59:59")).is_open
    assert not office_state(day, at("2026-11-24T00:00:00")).is_open


def test_office_follows_its_time_zone() -> None:
    china = hours((0, 540, 1080), zone=SHANGHAI)
    assert office_state(china, at("2026-11-23T01:00")).is_open
    assert not office_state(china, at("2026-11-23T00:59")).is_open
    assert office_state(china, at("2026-11-22T20:00")).opens_at == at("2026-11-23T01:00")


def test_office_keeps_wall_clock_over_a_change_of_clocks() -> None:
    # Clocks go back on Sunday 2026-10-25.
    sunday = hours((6, 540, 600), zone=BERLIN)
    assert office_state(sunday, at("2026-10-18T12:00")).opens_at == at("2026-10-25T08:00")
    saturday = hours((5, 540, 600), zone=BERLIN)
    assert office_state(saturday, at("2026-10-18T12:00")).opens_at == at("2026-10-24T07:00")


def test_office_on_a_day_off_is_closed() -> None:
    off = hours((0, 540, 1080), closed_on=("2026-11-23",))
    state = office_state(off, at("2026-11-23T10:00"))
    assert (state.is_open, state.opens_at) == (False, at("2026-11-30T09:00"))


def test_office_that_never_opens_again_says_nothing() -> None:
    days = tuple(
        (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=number)).date().isoformat() for number in range(120)
    )
    assert office_state(hours((0, 540, 1080), closed_on=days), at("2026-11-23T10:00")).opens_at is None


def test_office_in_an_unknown_zone_counts_in_utc() -> None:
    assert office_state(hours((0, 540, 600), zone="Mars/Olympus"), at("2026-11-23T09:30")).is_open


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1440), st.integers(0, 1440)), min_size=1, max_size=6),
    st.integers(0, 365 * 24 * 60),
    st.sampled_from(["UTC", SHANGHAI, BERLIN, "America/New_York", "Asia/Kathmandu"]),
)
def test_office_opens_when_it_says(intervals: list[tuple[int, int, int]], minute: int, zone: str) -> None:
    office = hours(*intervals, zone=zone)
    now = at("2026-01-01T00:00") + timedelta(minutes=minute)
    state = office_state(office, now)
    if not state.is_open and state.opens_at is not None:
        assert state.opens_at > now
        assert office_state(office, state.opens_at).is_open


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n....", "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0..", "image/jpeg"),
        ("a.gif", b"GIF89a....", "image/gif"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.zip", b"PK\x03\x04", "application/zip"),
        ("a.docx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.txt", "好的".encode(), "text/plain"),
        ("a.png", b"<script>alert(1)</script>", "application/octet-stream"),
        ("a.png", b"MZ\x90\x00", "application/octet-stream"),
        ("a.txt", b"MZ\x90\x00\x03", "application/octet-stream"),
        ("a.html", b"<html>", "application/octet-stream"),
        ("a.svg", b"<svg onload=alert(1)>", "application/octet-stream"),
        ("", b"", "application/octet-stream"),
    ],
)
def test_sniffed_type_believes_bytes_not_names(name: str, data: bytes, kind: str) -> None:
    assert sniffed_type(name, data) == kind


@given(st.text(max_size=30), st.binary(max_size=64))
def test_sniffed_type_never_fails(name: str, data: bytes) -> None:
    assert "/" in sniffed_type(name, data)


def test_is_type_allowed_knows_names_and_families() -> None:
    assert is_type_allowed("image/png", ["image/*"])
    assert is_type_allowed("image/png", ["image/png"])
    assert is_type_allowed("anything/else", [])
    assert not is_type_allowed("image/svg+xml", ["image/png", "text/*"])
