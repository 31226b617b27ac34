"""Endpoints of clocks, calendars and policies."""

from litestar import Router, get, patch, post, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from ombud.service_levels import queries
from ombud.service_levels.schemas import (
    ApplicationPreview,
    CalendarIn,
    CalendarList,
    CalendarRow,
    ClockJob,
    ClockJobList,
    ClockList,
    DeadlineEnd,
    DeadlineIn,
    HolidayTableList,
    IcalDays,
    IcalIn,
    Policy,
    PolicyIn,
    PolicyList,
    PolicyOrder,
    Preview,
    PreviewIn,
    TeamHours,
    Trial,
    TrialIn,
)
from ombud.service_levels.services import applying, calendars, deadlines, policies
from ombud.service_levels.services.showing import show_clocks
from ombud.shared.calendars.holidays import holiday_tables
from ombud.shared.http import By, Now, Tx, may, signed_in

MANAGE = "service_levels.manage"


@get("/tickets/{ticket_id:int}/clocks", guards=[may("tickets.read")])
async def get_clocks(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int]) -> ClockList:
    """The clocks of a ticket, the next deadline first."""
    return await show_clocks(tx, ticket_id, by=actor, now=now)


@post("/tickets/{ticket_id:int}/deadlines", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_deadline(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[DeadlineIn]) -> ClockList:
    """Watch a deadline from outside."""
    await deadlines.add_deadline(tx, ticket_id, data, by=actor, now=now)
    return await show_clocks(tx, ticket_id, by=actor, now=now)


@put("/tickets/{ticket_id:int}/deadlines/{clock_id:int}/end", guards=[may("tickets.write")])
async def put_deadline_end(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], clock_id: FromPath[int], data: JSONBody[DeadlineEnd]
) -> ClockList:
    """End a deadline from outside."""
    await deadlines.end_deadline(tx, ticket_id, clock_id, data.outcome, by=actor, now=now)
    return await show_clocks(tx, ticket_id, by=actor, now=now)


@put("/tickets/{ticket_id:int}/clocks/{clock_id:int}/acknowledgement", guards=[may("tickets.write")])
async def put_acknowledgement(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], clock_id: FromPath[int]
) -> ClockList:
    """Say that one sees to a clock that escalates."""
    await deadlines.acknowledge_clock(tx, ticket_id, clock_id, by=actor, now=now)
    return await show_clocks(tx, ticket_id, by=actor, now=now)


@get("/calendars", guards=[signed_in])
async def get_calendars(tx: Tx) -> CalendarList:
    """Calendars in their newest versions, archived ones last."""
    return CalendarList(await queries.list_calendars(tx))


@post("/calendars", guards=[may(MANAGE)], status_code=HTTP_201_CREATED)
async def post_calendar(tx: Tx, actor: By, now: Now, data: JSONBody[CalendarIn]) -> CalendarRow:
    """Make a calendar."""
    return await calendars.make_calendar(tx, data, by=actor, now=now)


@patch("/calendars/{calendar_id:int}", guards=[may(MANAGE)])
async def patch_calendar(
    tx: Tx, actor: By, now: Now, calendar_id: FromPath[int], data: JSONBody[CalendarIn]
) -> CalendarRow:
    """Replace a calendar's hours and days, or archive it; clocks that run go on in the old version."""
    return await calendars.change_calendar(tx, calendar_id, data, by=actor, now=now)


@post("/calendar-trials", guards=[signed_in], status_code=HTTP_200_OK)
async def post_trial(data: JSONBody[TrialIn]) -> Trial:
    """When something would be due in a calendar, and its open hours of six weeks. Nothing is saved."""
    return calendars.try_calendar(data)


@post("/calendar-files", guards=[may(MANAGE)], status_code=HTTP_200_OK)
async def post_calendar_file(now: Now, data: JSONBody[IcalIn]) -> IcalDays:
    """The days of an iCalendar file. Nothing is saved."""
    return calendars.read_holidays(data.text, now=now)


@get("/holiday-tables", guards=[signed_in])
async def get_holiday_tables() -> HolidayTableList:
    """The holiday tables that are shipped, with their sources."""
    return HolidayTableList(list(holiday_tables().values()))


@put("/teams/{team_id:int}/hours", guards=[may(MANAGE)], status_code=HTTP_204_NO_CONTENT)
async def put_team_hours(tx: Tx, actor: By, now: Now, team_id: FromPath[int], data: JSONBody[TeamHours]) -> None:
    """Say which calendar a team's hours are."""
    await calendars.set_team_hours(tx, team_id, data, by=actor, now=now)


@get("/service-policies", guards=[signed_in])
async def get_policies(tx: Tx) -> PolicyList:
    """Policies in their order, archived ones last."""
    return PolicyList(await queries.list_policies(tx))


@post("/service-policies", guards=[may(MANAGE)], status_code=HTTP_201_CREATED)
async def post_policy(tx: Tx, actor: By, now: Now, data: JSONBody[PolicyIn]) -> Policy:
    """Make a policy, behind all others."""
    return await policies.make_policy(tx, data, by=actor, now=now)


@patch("/service-policies/{policy_id:int}", guards=[may(MANAGE)])
async def patch_policy(tx: Tx, actor: By, now: Now, policy_id: FromPath[int], data: JSONBody[PolicyIn]) -> Policy:
    """Replace a policy, or archive it; clocks that run go on by the old version."""
    return await policies.change_policy(tx, policy_id, data, by=actor, now=now)


@put("/service-policy-order", guards=[may(MANAGE)])
async def put_policy_order(tx: Tx, actor: By, now: Now, data: JSONBody[PolicyOrder]) -> PolicyList:
    """Put policies into an order: the first that fits a ticket is its policy."""
    return PolicyList(await policies.order_policies(tx, data.ids, by=actor, now=now))


@post("/service-policy-previews", guards=[may(MANAGE)], status_code=HTTP_200_OK)
async def post_preview(tx: Tx, actor: By, now: Now, data: JSONBody[PreviewIn]) -> Preview:
    """Which open tickets a policy would have. Nothing is saved."""
    return await policies.preview_policy(tx, data, by=actor, now=now)


@get("/service-policy-applications", guards=[may(MANAGE)])
async def get_applications(tx: Tx) -> ClockJobList:
    """The last applications of policies to open tickets, and how far they are."""
    return ClockJobList(await queries.list_jobs(tx))


@get("/service-policy-applications/preview", guards=[may(MANAGE)])
async def get_application_preview(tx: Tx, actor: By, now: Now) -> ApplicationPreview:
    """How deadlines of open tickets would move if policies and calendars as they are now were applied to them."""
    return await applying.preview_application(tx, by=actor, now=now)


@post("/service-policy-applications", guards=[may(MANAGE)], status_code=HTTP_201_CREATED)
async def post_application(tx: Tx, actor: By, now: Now) -> ClockJob:
    """Apply policies and calendars as they are now to all open tickets, in the background."""
    return await applying.begin_application(tx, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_clocks, post_deadline, put_deadline_end, put_acknowledgement),
            *(get_calendars, post_calendar, patch_calendar, post_trial, post_calendar_file, get_holiday_tables),
            *(put_team_hours, get_policies, post_policy, patch_policy, put_policy_order, post_preview),
            *(get_applications, get_application_preview, post_application),
        ],
        tags=["service levels"],
    )
]
