"""Pure rules of chat: office hours, what a file really is."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ombud.channels.chat.schemas import OfficeState
from ombud.channels.settings import Interval, OfficeHours
from ombud.shared.clock import zone_of

LOOK_AHEAD_DAYS = 60
DAY_MINUTES = 24 * 60


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    # Wall-clock time: added to the naive day, so that a change of the clocks moves it.
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _span(day: date, interval: Interval, zone: ZoneInfo) -> tuple[datetime, datetime]:
    end = interval.end if interval.end > interval.start else interval.end + DAY_MINUTES
    return _moment(day, interval.start, zone), _moment(day, end, zone)


def _spans(hours: OfficeHours, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    zone = zone_of(hours.time_zone)
    for ahead in range(days):
        day = first + timedelta(days=ahead)
        if day.isoformat() in hours.closed_on:
            continue
        for interval in hours.intervals:
            if interval.weekday == day.weekday():
                yield _span(day, interval, zone)


def office_state(hours: OfficeHours, now: datetime) -> OfficeState:
    """Whether somebody is there at a moment, else when the next interval begins within 60 days.

    Intervals are wall-clock times of the zone: a change of the clocks moves them with the people. A night that
    begins on a closed day is closed to its end.
    """
    if not hours.intervals:
        return OfficeState(is_open=True, opens_at=None)
    # A night shift may have begun yesterday.
    yesterday = now.astimezone(zone_of(hours.time_zone)).date() - timedelta(days=1)
    spans = sorted(_spans(hours, yesterday, LOOK_AHEAD_DAYS))
    if any(start <= now < end for start, end in spans):
        return OfficeState(is_open=True, opens_at=None)
    return OfficeState(is_open=False, opens_at=next((start for start, _ in spans if start > now), None))


MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"),
    (b"PK\x03\x04", 0, "application/zip"),
    (b"ftyp", 4, "video/mp4"),
)
# What lies in a zip is told by the name only; a wrong name costs the sender, not us: it is never shown in place.
ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
TEXTS = {"txt": "text/plain", "log": "text/plain", "csv": "text/csv", "md": "text/plain"}
UNKNOWN = "application/octet-stream"


def sniffed_type(name: str, data: bytes) -> str:
    """What a file is by its first bytes; the name only chooses within what they allow."""
    ending = name.rpartition(".")[2].lower()
    for magic, offset, kind in MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return ZIPPED.get(ending, kind) if kind == "application/zip" else kind
    if ending in TEXTS and b"\x00" not in data[:4096]:
        return TEXTS[ending]
    return UNKNOWN


def is_type_allowed(kind: str, allowed: Sequence[str]) -> bool:
    """Whether a type is on the list, by name or by family (``image/*``); an empty list allows all."""
    return not allowed or any(kind == one or (one.endswith("/*") and kind.startswith(one[:-1])) for one in allowed)
