"""Endpoints of waiting: how it is told, and how true it was."""

from datetime import datetime, timedelta
from typing import Annotated

from litestar import Router, get
from litestar.params import FromQuery
from msgspec import Meta

from ombud.routing.waiting.schemas import WaitFigures
from ombud.routing.waiting.services.figures import figures
from ombud.shared.http import By, Now, Reading, may
from ombud.shared.periods import period_of

Moment = Annotated[datetime, Meta(tz=True)]
SHOWN = timedelta(days=7)
LONGEST = timedelta(days=92)


@get("/waiting/figures", guards=[may("teamwork.lead")])
async def get_wait_figures(
    reading: Reading,
    actor: By,
    now: Now,
    since: FromQuery[Moment | None] = None,
    until: FromQuery[Moment | None] = None,
) -> WaitFigures:
    """How waiting customers are told, now and in a period (the last 7 days if none is named), and how true it was."""
    start, end = period_of(since, until, now=now, shown=SHOWN, longest=LONGEST, field="since")
    return await figures(reading, since=start, until=end, by=actor, now=now)


routers = [Router("/api/v1", route_handlers=[get_wait_figures], tags=["routing"])]
