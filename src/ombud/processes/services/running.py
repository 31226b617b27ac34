"""A ticket's way through its process: it enters stages, is late in them, leaves them, and comes to the end."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ombud.fields.queries import list_fields
from ombud.fields.services.values import comparable
from ombud.processes import queries
from ombud.processes.events import ProcessEnded, ProcessStarted, StageEntered, StageLate, StageLeft
from ombud.processes.queries import Run
from ombud.processes.rules import END, Holds, begin, lead, stage_of, unanswered
from ombud.processes.schemas import AdvanceIn, Condition, Stage, StageTask, Visit, Why
from ombud.processes.services.inspecting import draw
from ombud.processes.services.links import ask_by_link
from ombud.processes.services.updates import owe_update, stop_updates
from ombud.service_levels.queries import load_tickets
from ombud.service_levels.services.own_clocks import OwnClock, end_clock, start_clock
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.calendars.opening import NeverOpen
from ombud.shared.conditions import Context, evaluate, parse
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, Invalid, Unprocessable
from ombud.shared.events import emit
from ombud.teamwork.queries import members
from ombud.teamwork.schemas import TaskIn
from ombud.teamwork.services.tasks import add_task
from ombud.teamwork.services.words import owners, tell
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import AssignmentIn, LockedTicket, TicketPatch
from ombud.tickets.services.changes import assign_ticket, change_ticket
from ombud.tickets.services.timeline import add_change

HIGHEST = 4


class StageOpen(Unprocessable):
    """The stage is not done. See what it still needs."""

    code = "stage_open"


class StageIsLeft(Conflict):
    """The ticket has left this stage already. See where it is now."""

    code = "stage_is_left"


class NoProcess(Conflict):
    """The ticket goes through no process. Give it a type that has one."""

    code = "no_process"


async def note(
    tx: Transaction, ticket: LockedTicket, what: str, told: dict[str, Any], *, by: Actor, now: datetime
) -> int:
    """Write a line of the process on the timeline; gives the entry's id."""
    return await add_change(tx, ticket, f"process.{what}", None, told, by=by, now=now)


def names(stage: Stage) -> dict[str, str]:
    """A stage as the timeline names it, whatever becomes of the process."""
    return {"stage": stage.key, "en": stage.name_en or stage.name_zh, "zh": stage.name_zh or stage.name_en}


async def holding(tx: Transaction, ticket: LockedTicket, run: Run, *, now: datetime) -> Holds:
    """A test of conditions on a ticket and on the answers of its run."""
    [level] = await load_tickets(tx, [ticket.id])
    fields = await list_fields(tx, "ticket")
    known: dict[str, Any] = {
        "priority": level.priority,
        "type": level.type_id,
        "team": level.team_id,
        "brand": level.brand_id,
        "channel": level.channel,
        "tags": level.tags,
        "tier": level.tier,
        "subject": level.subject,
    }
    known |= {f"fields.{key}": value for key, value in comparable(fields, level.fields).items()}
    known |= {f"answers.{key}": value for key, value in run.answers.items()}
    context = Context(now)

    def holds(condition: Condition) -> bool:
        return evaluate(parse(condition), known, context)

    return holds


async def start_run(tx: Transaction, ticket: LockedTicket, *, now: datetime) -> None:
    """Begin the process of a ticket's type, unless it is in it; a process of another type ends.

    Emits: ProcessStarted, StageEntered, ProcessEnded
    """
    process = await queries.process_of_type(tx, ticket.type_id)
    run = await queries.open_run(tx, ticket.id)
    if run is not None and process is not None and process.id == run.process_id:
        return
    if run is not None:
        await drop_run(tx, ticket, now=now)
    if process is None:
        return
    sql = """
        insert into process_run (ticket_id, process_id, version_id, started_at)
        values (%(ticket)s, %(process)s, %(version)s, %(now)s) returning id"""
    params = {"ticket": ticket.id, "process": process.id, "version": process.version_id, "now": now}
    run_id = await value(tx, int, sql, params) or 0
    run = Run(run_id, ticket.id, process.id, process.version_id, process.spec, {}, 0, now, None)
    fact = ProcessStarted(ticket_id=ticket.id, team_id=ticket.team_id, run_id=run_id, version_id=process.version_id)
    await emit(tx, fact, by=SYSTEM, at=now)
    holds = await holding(tx, ticket, run, now=now)
    await enter(tx, ticket, run, begin(run.spec, holds), "start", by=SYSTEM, now=now)


async def enter(
    tx: Transaction, ticket: LockedTicket, run: Run, key: str, why: Why, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    """Enter a stage, or the end: the ticket goes to its team, its clock starts, its departments are called in.

    A department that is gone leaves the ticket where it is; hours that never come leave the stage without a clock. Both
    are said on the timeline, and to the supervisors.

    Emits: StageEntered, ProcessEnded, TicketMoved, ClockStarted, TaskChanged
    """
    stage = stage_of(run.spec, key)
    if stage is None:
        await _end(tx, ticket, run, "finished", by=by, now=now)
        return
    lost = await queries.lost_teams(tx, [stage.team_id] if stage.team_id else [])
    if stage.team_id and not lost and stage.team_id != ticket.team_id:
        holder = ticket.assignee_id if await _is_member(tx, ticket.assignee_id, stage.team_id) else None
        await assign_ticket(tx, ticket.id, AssignmentIn(holder, stage.team_id), by=SYSTEM, now=now)
        ticket = await lock_visible_ticket(tx, ticket.id, by=SYSTEM)
    sql = """
        insert into stage_visit (run_id, ticket_id, stage, team_id, entered_at, entered_by)
        values (%(run)s, %(ticket)s, %(stage)s, %(team)s, %(now)s, %(why)s) returning id"""
    params = {"run": run.id, "ticket": ticket.id, "stage": key, "team": ticket.team_id, "now": now, "why": why}
    visit_id = await value(tx, int, sql, params) or 0
    due_at, has_hours = await _start_clock(tx, ticket, stage, visit_id, now=now)
    told = {**names(stage), "why": why, "due_at": due_at and due_at.isoformat(), "reason": reason}
    entry_id = await note(tx, ticket, "entered", told, by=by, now=now)
    fact = StageEntered(
        ticket_id=ticket.id, team_id=ticket.team_id, run_id=run.id, visit_id=visit_id, why=why, entry_id=entry_id
    )
    await emit(tx, fact, by=by, at=now)
    await tell(tx, ticket, await owners(tx, ticket), entry_id, by=by, now=now)
    if stage.asks_by_link and "confirmation" in stage.needs:
        await ask_by_link(tx, ticket, visit_id, by=SYSTEM, now=now)
    troubles = [*(["team_gone"] if lost else []), *([] if has_hours else ["no_hours"])]
    await _call_in(tx, ticket, run, stage, troubles, now=now)
    if stage.update_every is None:
        await stop_updates(tx, ticket, run, now=now)
    else:
        await owe_update(tx, ticket, run, stage.update_every, now=now)


async def _is_member(tx: Transaction, person_id: int | None, team_id: int) -> bool:
    sql = "select exists (select from membership where person_id = %(person)s and team_id = %(team)s)"
    return person_id is not None and bool(await value(tx, bool, sql, {"person": person_id, "team": team_id}))


def stage_clock(ticket: LockedTicket, visit_id: int) -> OwnClock:
    """The clock of a stage."""
    return OwnClock(ticket.id, ticket.team_id, "stage", visit_id)


async def _start_clock(
    tx: Transaction, ticket: LockedTicket, stage: Stage, visit_id: int, *, now: datetime
) -> tuple[datetime | None, bool]:
    if stage.span is None:
        return None, True
    which = stage_clock(ticket, visit_id)
    try:
        _, due_at = await start_clock(tx, which, stage.span, label="", by=SYSTEM, now=now)
    except NeverOpen:
        return None, False
    await tx.execute("update stage_visit set due_at = %(due)s where id = %(id)s", {"due": due_at, "id": visit_id})
    return due_at, True


async def _call_in(
    tx: Transaction, ticket: LockedTicket, run: Run, stage: Stage, troubles: list[str], *, now: datetime
) -> None:
    holds = await holding(tx, ticket, run, now=now)
    for task in (one for one in stage.tasks if holds(one.when)):
        if task.team_id is None or await queries.lost_teams(tx, [task.team_id]):
            troubles.append("team_gone" if task.team_id else "team_unset")
            continue
        try:
            await add_task(tx, ticket, _task_in(task), by=SYSTEM, now=now)
        except NeverOpen:
            troubles.append("no_hours")
    for trouble in dict.fromkeys(troubles):
        entry_id = await note(tx, ticket, trouble, names(stage), by=SYSTEM, now=now)
        await tell(tx, ticket, await members(tx, ticket.team_id, "supervisors"), entry_id, by=SYSTEM, now=now)


def _task_in(task: StageTask) -> TaskIn:
    both = " / ".join(one for one in dict.fromkeys([task.title_zh, task.title_en]) if one)
    title_en, title_zh = task.title_en, task.title_zh
    return TaskIn(task.team_id or 0, both, task.span, items=task.items, title_en=title_en, title_zh=title_zh)


async def find_needs(tx: Transaction, ticket: LockedTicket, run: Run, visit: Visit, holds: Holds) -> dict[str, str]:
    """What a stage still needs, by name: questions as ``answers.<key>``, then the other conditions of its exit."""
    stage = stage_of(run.spec, visit.stage)
    if stage is None:
        return {}
    found = {f"answers.{key}": "required" for key in unanswered(stage, run.answers)}
    if not holds(stage.exit_when):
        found["exit_when"] = "not_met"
    if "told" in stage.needs and not await queries.was_told(tx, ticket.id, visit.entered_at):
        found["told"] = "required"
    if "tasks" in stage.needs and await queries.open_tasks(tx, ticket.id):
        found["tasks"] = "open"
    if "solution" in stage.needs and not any(
        one.outcome == "worked" for one in await queries.list_solutions(tx, ticket.id)
    ):
        found["solution"] = "required"
    if "confirmation" in stage.needs and await queries.last_answer(tx, visit.id) not in {"solved", "unreached"}:
        found["confirmation"] = "required"
    return found


async def current(tx: Transaction, ticket_id: int, *, by: Actor) -> tuple[LockedTicket, Run, Visit, Stage]:
    """A ticket that is locked, the process it is in, and its stage there.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NoProcess: it is in none.
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    run = await queries.open_run(tx, ticket_id)
    visit = await queries.open_visit(tx, run.id) if run else None
    stage = stage_of(run.spec, visit.stage) if run and visit else None
    if run is None or visit is None or stage is None:
        raise NoProcess
    return ticket, run, visit, stage


async def advance(tx: Transaction, ticket_id: int, data: AdvanceIn, *, by: Actor, now: datetime) -> None:
    """Go on to the next stage; with ``to`` to any stage, by those who lead, with a reason.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NoProcess: it is in none.
        StageOpen: the stage still needs something.
        StageIsLeft: it is in another stage than the one that is to be left.
        NotAllowed, Invalid: a stage is chosen by hand by somebody who may not, without a reason, or there is none such.

    Emits: StageLeft, StageEntered, ProcessEnded, InspectionDrawn
    """
    ticket, run, visit, stage = await current(tx, ticket_id, by=by)
    if data.visit_id not in {None, visit.id}:
        raise StageIsLeft
    holds = await holding(tx, ticket, run, now=now)
    if data.to is not None:
        by.require("teamwork.lead")
        if not data.reason.strip():
            raise Invalid("Give a reason.", fields={"reason": "required"})
        if data.to != END and stage_of(run.spec, data.to) is None:
            raise Invalid("There is no such stage.", fields={"to": "unknown"})
        await leave(tx, ticket, run, visit, by=by, now=now)
        await enter(tx, ticket, run, data.to, "by_hand", by=by, now=now, reason=data.reason.strip())
        return
    needs = await find_needs(tx, ticket, run, visit, holds)
    if needs:
        raise StageOpen(f"Still needed: {', '.join(needs)}.", fields=needs)
    await _go_on(tx, ticket, run, visit, stage, holds, by=by, now=now)


async def _go_on(
    tx: Transaction,
    ticket: LockedTicket,
    run: Run,
    visit: Visit,
    stage: Stage,
    holds: Holds,
    *,
    by: Actor,
    now: datetime,
) -> None:
    await leave(tx, ticket, run, visit, by=by, now=now)
    await draw(tx, ticket, run, stage, visit, holds, by=by, now=now)
    await enter(tx, ticket, run, lead(run.spec, stage, holds), "next", by=by, now=now)


async def go_on_if_done(
    tx: Transaction, ticket: LockedTicket, run: Run, visit: Visit, stage: Stage, *, by: Actor, now: datetime
) -> None:
    """Go on to the next stage, if this one needs nothing more.

    Emits: StageLeft, StageEntered, ProcessEnded, InspectionDrawn
    """
    holds = await holding(tx, ticket, run, now=now)
    if not await find_needs(tx, ticket, run, visit, holds):
        await _go_on(tx, ticket, run, visit, stage, holds, by=by, now=now)


async def jump(
    tx: Transaction, ticket: LockedTicket, run: Run, key: str, why: Why, *, by: Actor, now: datetime
) -> None:
    """Go to a stage although the present one is not done.

    Emits: StageLeft, StageEntered
    """
    visit = await queries.open_visit(tx, run.id)
    if visit is None or visit.stage == key:
        return
    await leave(tx, ticket, run, visit, by=by, now=now)
    await enter(tx, ticket, run, key, why, by=by, now=now)


async def leave(tx: Transaction, ticket: LockedTicket, run: Run, visit: Visit, *, by: Actor, now: datetime) -> None:
    """Leave a stage.

    Emits: StageLeft, ClockMet
    """
    is_late = visit.due_at is not None and now > visit.due_at
    sql = """
        update stage_visit set ended_at = %(now)s, ended_by = %(by)s, is_late = is_late or %(late)s where id = %(id)s"""
    await tx.execute(sql, {"now": now, "by": by.person_id or None, "late": is_late, "id": visit.id})
    await end_clock(tx, stage_clock(ticket, visit.id), "met", by=by, now=now)
    fact = StageLeft(ticket_id=ticket.id, team_id=ticket.team_id, run_id=run.id, visit_id=visit.id, is_late=is_late)
    await emit(tx, fact, by=by, at=now)


async def be_late(tx: Transaction, ticket: LockedTicket, visit_id: int, *, now: datetime) -> None:
    """A stage's time is over: it is told, the priority goes up, or the ticket goes on, as the stage says.

    Emits: StageLate, TicketChanged, StageEntered
    """
    run = await queries.open_run(tx, ticket.id)
    visit = await queries.open_visit(tx, run.id) if run else None
    stage = stage_of(run.spec, visit.stage) if run and visit else None
    if run is None or visit is None or stage is None or visit.id != visit_id or visit.is_late:
        return
    await tx.execute("update stage_visit set is_late = true where id = %(id)s", {"id": visit.id})
    entry_id = await note(tx, ticket, "late", names(stage), by=SYSTEM, now=now)
    fact = StageLate(ticket_id=ticket.id, team_id=ticket.team_id, run_id=run.id, metric="stage", entry_id=entry_id)
    await emit(tx, fact, by=SYSTEM, at=now)
    people: Iterable[int | None] = [*(await owners(tx, ticket)), *(await members(tx, ticket.team_id, "supervisors"))]
    await tell(tx, ticket, people, entry_id, by=SYSTEM, now=now)
    if stage.raises_priority and ticket.priority < HIGHEST:
        higher = TicketPatch(priority=ticket.priority + 1)  # type: ignore[arg-type]  # 2 to 4
        await change_ticket(tx, ticket.id, higher, by=SYSTEM, now=now)
    if stage.late_to:
        await jump(tx, ticket, run, stage.late_to, "late", by=SYSTEM, now=now)


async def drop_run(tx: Transaction, ticket: LockedTicket, *, now: datetime) -> None:
    """End the process of a ticket that is withdrawn, merged, or of another type now.

    Emits: StageLeft, ProcessEnded
    """
    run = await queries.open_run(tx, ticket.id)
    if run is None:
        return
    visit = await queries.open_visit(tx, run.id)
    if visit is not None:
        await end_clock(tx, stage_clock(ticket, visit.id), "dropped", by=SYSTEM, now=now)
        await leave(tx, ticket, run, visit, by=SYSTEM, now=now)
    await _end(tx, ticket, run, "dropped", by=SYSTEM, now=now)


async def _end(tx: Transaction, ticket: LockedTicket, run: Run, outcome: Any, *, by: Actor, now: datetime) -> None:
    await stop_updates(tx, ticket, run, now=now)
    sql = "update process_run set ended_at = %(now)s, outcome = %(outcome)s where id = %(id)s"
    await tx.execute(sql, {"now": now, "outcome": outcome, "id": run.id})
    told = {"en": run.spec.name_en or run.spec.name_zh, "zh": run.spec.name_zh or run.spec.name_en}
    entry_id = await note(tx, ticket, outcome, told, by=by, now=now)
    fact = ProcessEnded(ticket_id=ticket.id, team_id=ticket.team_id, run_id=run.id, outcome=outcome, entry_id=entry_id)
    await emit(tx, fact, by=by, at=now)
