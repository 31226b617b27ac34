"""How customers like to be contacted: kept, shown, and when their quiet hours end."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ombud.customers.rules import quiet_until
from ombud.customers.schemas import Preferences, QuietHours
from tests.customers.scene import Scene

NIGHT = QuietHours(22 * 60, 8 * 60)
NOON = QuietHours(12 * 60, 13 * 60 + 30)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "zone", "now", "until"),
    [
        (NIGHT, "Asia/Shanghai", "2026-10-01T14:00", "2026-10-02T00:00"),
        (NIGHT, "Asia/Shanghai", "2026-10-01T23:59", "2026-10-02T00:00"),
        (NIGHT, "Asia/Shanghai", "2026-10-02T00:00", None),
        (NIGHT, "Asia/Shanghai", "2026-10-01T13:59", None),
        (NOON, "UTC", "2026-10-01T12:00", "2026-10-01T13:30"),
        (NOON, "UTC", "2026-10-01T13:30", None),
        # The clocks go back in this night: eight o'clock is eight o'clock.
        (NIGHT, "Europe/Berlin", "2026-10-24T22:00", "2026-10-25T07:00"),
        (NIGHT, "nowhere", "2026-10-01T23:00", "2026-10-02T08:00"),
        (QuietHours(60, 60), "UTC", "2026-10-01T01:00", None),
        (None, "UTC", "2026-10-01T01:00", None),
    ],
)
def test_quiet_until_is_the_end_in_the_customers_own_clock(
    hours: QuietHours | None, zone: str, now: str, until: str | None
) -> None:
    found = quiet_until(Preferences(quiet_hours=hours), zone, utc(now))
    assert found == (utc(until) if until else None)


async def test_set_preferences_shows_them_and_when_quiet_hours_end(scene: Scene) -> None:
    rosa = await scene.customer()
    now = scene.site.desk.now
    hours = {"start": (now.hour * 60 - 60) % 1440, "end": (now.hour * 60 + 120) % 1440}
    body: dict[str, Any] = {"time_zone": "UTC", "preferences": {"channel": "email", "quiet_hours": hours}}
    seen = await scene.ok("PATCH", f"/customers/{rosa}", body)
    assert seen["preferences"] == {"channel": "email", "quiet_hours": hours}
    ends = datetime.fromisoformat(seen["quiet_until"])
    assert ends > now
    assert ends.hour * 60 + ends.minute == hours["end"]
    none = await scene.ok("PATCH", f"/customers/{rosa}", {"preferences": {"quiet_hours": None}})
    assert (none["quiet_until"], none["preferences"]) == (None, {"channel": "email"})
    told = (await scene.ok("GET", f"/customers/{rosa}/changes?field=preferences.quiet_hours"))["items"]
    assert [one["to_value"] for one in told] == [None, hours]


async def test_quiet_hours_without_time_zone_are_refused(scene: Scene) -> None:
    rosa = await scene.customer()
    body = {"preferences": {"quiet_hours": {"start": 1, "end": 2}}}
    told = await scene.refused("invalid", "PATCH", f"/customers/{rosa}", body)
    assert told["fields"] == {"time_zone": "required"}
    await scene.ok("PATCH", f"/customers/{rosa}", body | {"time_zone": "Asia/Shanghai"})
    await scene.refused("invalid", "PATCH", f"/customers/{rosa}", {"time_zone": ""})


async def test_time_zone_that_does_not_exist_is_refused(scene: Scene) -> None:
    rosa = await scene.customer()
    told = await scene.refused("invalid", "PATCH", f"/customers/{rosa}", {"time_zone": "Mars/Olympus"})
    assert told["fields"] == {"time_zone": "unknown"}


@pytest.mark.parametrize("bad", [{"tone": "x"}, {"channel": "pigeon"}, {"quiet_hours": {"start": 0, "end": 1440}}])
async def test_preferences_that_cannot_be_are_refused(scene: Scene, bad: dict[str, Any]) -> None:
    rosa = await scene.customer()
    await scene.refused("invalid", "PATCH", f"/customers/{rosa}", {"preferences": bad, "time_zone": "UTC"})
