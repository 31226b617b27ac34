"""Adherence: planned hours of a calendar against the states that people really were in."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.floor.schemas import PresenceState, StateStretch
from ombud.routing.supervision.rules import kept_time, percent_of
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec
from tests.site import Site

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
OFFICE = Calendar(CalendarSpec("UTC", {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in WEEKDAYS[:5]}))


def at(hour: float) -> datetime:
    return MONDAY + timedelta(hours=hour)


def stretch(state: PresenceState, begin: float, end: float | None, limit: float | None = None) -> StateStretch:
    return StateStretch(
        state=state,
        reason="",
        from_at=at(begin),
        to_at=None if end is None else at(end),
        limit_at=None if limit is None else at(limit),
        approved_by=None,
    )


def kept(*stretches: StateStretch, now: float = 17) -> float:
    return kept_time(stretches, OFFICE, since=MONDAY, now=at(now)).total_seconds() / 3600


def test_time_at_work_counts_within_the_hours_only() -> None:
    assert kept(stretch("online", 7, 19)) == 7
    assert kept(stretch("online", 8, 10), stretch("away", 10, 11), stretch("wrap_up", 11, 11.5)) == 1.5
    assert kept(stretch("offline", 9, None)) == 0
    assert kept(stretch("online", 9, None), now=10) == 1


def test_break_counts_up_to_its_limit() -> None:
    assert kept(stretch("break", 10, 11, limit=10.5)) == 0.5
    assert kept(stretch("break", 10, 10.25, limit=10.5)) == 0.25


@given(
    st.lists(st.tuples(st.floats(0, 24), st.sampled_from(["online", "away", "break", "busy", "offline"])), max_size=9)
)
def test_share_lies_between_nothing_and_all(changes: list[tuple[float, PresenceState]]) -> None:
    moments = sorted(changes, key=lambda one: one[0])
    pairs = pairwise([*moments, (24.0, "offline")])
    found = [stretch(state, begin, end) for (begin, state), (end, _) in pairs]
    share = percent_of(kept_time(found, OFFICE, since=MONDAY, now=at(24)), timedelta(hours=7))
    assert share is not None
    assert 0 <= share <= 100


def test_nothing_planned_has_no_share() -> None:
    assert percent_of(timedelta(), timedelta()) is None


async def test_live_page_shows_adherence_by_own_hours_then_the_teams(site: Site) -> None:
    desk = site.desk
    lu, mia = await desk.person("Lu"), await desk.person("Mia")
    far = await desk.person("Far", await desk.team("Other"))
    chief = await site.browser(await desk.person("Wu", role="supervisor", everywhere=True))
    lead = await site.browser(await desk.person("Lead", role="supervisor"))
    day = {name: [["08:00", "16:00"]] for name in WEEKDAYS}
    made = await chief.post(
        "/calendars", {"name_en": "Early", "name_zh": "早班", "spec": {"time_zone": "UTC", "week": day}}
    )
    assert made.status_code == 201, made.text
    sql = "insert into agent_routing (person_id, calendar_id) values (%(id)s, %(calendar)s)"
    await desk.run(sql, id=lu.id, calendar=made.json()["id"])
    # 09:00: Lu is an hour late, and at work from now on
    await desk.online(lu)
    desk.later(hours=3)
    found = {one["person_id"]: one for one in (await lead.get("/live/adherence")).json()["items"]}
    assert far.id not in found
    mine = found[lu.id]
    assert (mine["planned_minutes"], mine["kept_minutes"], mine["percent"], mine["is_due"]) == (240, 180, 75, True)
    # Mia has the desk's hours and never came
    assert found[mia.id]["kept_minutes"] == 0
    assert far.id in {one["person_id"] for one in (await chief.get("/live/adherence")).json()["items"]}
    assert (await (await site.browser(lu)).get("/live/adherence")).status_code == 403
