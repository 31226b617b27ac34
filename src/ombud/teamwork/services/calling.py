"""A department that a step of an escalation chain calls in: it gets a task, and the ticket stays where it is."""

import logging
from datetime import datetime

from msgspec import Struct

from ombud.service_levels.schemas import StepTask
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, row
from ombud.shared.errors import OmbudError
from ombud.shared.events import Event
from ombud.teamwork.schemas import TaskIn
from ombud.teamwork.services.tasks import give_task

log = logging.getLogger(__name__)


class _Called(Struct):
    task: StepTask | None


async def call_in(tx: Transaction, event: Event, *, now: datetime) -> None:
    """Give the task that the step of a clock names, while the clock is open. What cannot be given is logged.

    Emits: TaskChanged, ClockStarted
    """
    sql = """
        select v.spec -> 'steps' -> %(step)s::integer -> 'task' as task
        from clock k join service_policy_version v on v.id = k.policy_version_id
        where k.id = %(clock)s and k.state <> 'ended'"""
    found = await row(tx, _Called, sql, {"clock": event.data["clock_id"], "step": event.data["step"]})
    if found is None or found.task is None:
        return
    data = TaskIn(found.task.team_id, found.task.title, found.task.span)
    try:
        async with tx.transaction():
            await give_task(tx, event.ticket_id or 0, data, by=SYSTEM, now=now)
    except OmbudError as problem:
        log.warning("Step %s of clock %s: %s", event.data["step"], event.data["clock_id"], problem)
