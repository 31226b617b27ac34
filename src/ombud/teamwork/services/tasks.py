"""Tasks for other departments: given, accepted, worked on, done or returned; all on a page of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from psycopg.types.json import Jsonb

from ombud.service_levels.schemas import Outcome
from ombud.service_levels.services.calendars import check_span
from ombud.service_levels.services.own_clocks import OwnClock, end_clock, start_clock
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid, NotAllowed, NotFound
from ombud.shared.events import emit
from ombud.shared.lines import one_line
from ombud.teamwork import queries
from ombud.teamwork.events import TaskChanged
from ombud.teamwork.queries import LockedTask
from ombud.teamwork.schemas import ReasonIn, Task, TaskIn, TaskItemPatch, TaskResult, TaskWordIn
from ombud.teamwork.services.words import note, tell, tell_department
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.uploads import load_files

MOST_OPEN = 50
# What the department itself did not do is told to it.
FOR_DEPARTMENT = {"given": "task_asked", "word": "task_word", "withdrawn": "task_withdrawn"}


class TaskEnded(Conflict):
    """The task has ended. Give a new one."""

    code = "task_ended"


class TooManyTasks(Conflict):
    """The ticket has 50 open tasks. Wait for some, or withdraw them."""

    code = "too_many_tasks"


class NotAMember(Invalid):
    """That person does not belong to the department. Choose one of its members, or nobody."""

    code = "not_in_department"


def _clock(task: LockedTask) -> OwnClock:
    return OwnClock(task.ticket_id, task.team_id, "task", task.id)


async def give_task(tx: Transaction, ticket_id: int, data: TaskIn, *, by: Actor, now: datetime) -> Task:
    """Ask a department for something; its clock starts in the department's hours.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
        Invalid: no such department, a blank title, a file that is not the ticket's.
        NotAMember: the person is none of the department.
        NeverOpen: its calendar has no open hour.
        TooManyTasks: 50 are open.

    Emits: TaskChanged, ClockStarted, NotificationMade
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    return await add_task(tx, ticket, data, by=by, now=now)


async def add_task(tx: Transaction, ticket: LockedTicket, data: TaskIn, *, by: Actor, now: datetime) -> Task:
    """Ask a department for something, on a ticket that is locked; as ``give_task``."""
    title = one_line(data.title)
    if not title:
        raise Invalid("Say what is to be done.", fields={"title": "required"})
    if not await queries.is_team(tx, data.team_id):
        raise Invalid("There is no such department, or it is archived.", fields={"team_id": "unknown"})
    await _check_assignee(tx, data.team_id, data.assignee_id)
    check_span(data.span)
    left = "select count(*) from task where ticket_id = %(id)s and ended_at is null"
    if (await value(tx, int, left, {"id": ticket.id}) or 0) >= MOST_OPEN:
        raise TooManyTasks
    task = await _insert(tx, ticket, title, data, by=by, now=now)
    sql = """
        insert into task_item (task_id, position, text)
        select %(task)s, n.place, n.text from unnest(%(texts)s::text[]) with ordinality as n (text, place)"""
    await tx.execute(sql, {"task": task.id, "texts": [one_line(text) for text in data.items if text.strip()]})
    await _keep_files(tx, task, data.file_ids, is_answer=False, by=by)
    await _tell(tx, ticket, task, "given", {}, [], by=by, now=now)
    return await _reload(tx, task.id)


async def _insert(
    tx: Transaction, ticket: LockedTicket, title: str, data: TaskIn, *, by: Actor, now: datetime
) -> LockedTask:
    task_id = await value(tx, int, "select nextval(pg_get_serial_sequence('task', 'id'))") or 0
    task = LockedTask(
        *(task_id, ticket.id, data.team_id, data.assignee_id, title, "asked", data.span, by.person_id or None),
        title_en=one_line(data.title_en),
        title_zh=one_line(data.title_zh),
    )
    _, due_at = await start_clock(tx, _clock(task), data.span, label=title, by=by, now=now)
    sql = """
        insert into task (id, ticket_id, team_id, assignee_id, title, title_en, title_zh, text, span, made_by, made_at,
            due_at)
        values (%(id)s, %(ticket)s, %(team)s, %(assignee)s, %(title)s, %(en)s, %(zh)s, %(text)s, %(span)s, %(by)s,
            %(now)s, %(due)s)"""
    params = {
        "id": task_id,
        "ticket": ticket.id,
        "team": data.team_id,
        "assignee": data.assignee_id,
        "title": title,
        "en": task.title_en,
        "zh": task.title_zh,
        "text": data.text.strip(),
        "span": Jsonb(msgspec.to_builtins(data.span)),
        "by": by.person_id or None,
        "now": now,
        "due": due_at,
    }
    await tx.execute(sql, params)
    return task


async def _check_assignee(tx: Transaction, team_id: int, person_id: int | None) -> None:
    sql = """
        select exists (select from membership m join person p on p.id = m.person_id
            where m.team_id = %(team)s and p.id = %(person)s and p.deactivated_at is null)"""
    if person_id is not None and not await value(tx, bool, sql, {"team": team_id, "person": person_id}):
        raise NotAMember


async def _keep_files(
    tx: Transaction, task: LockedTask, file_ids: Sequence[int], *, is_answer: bool, by: Actor
) -> None:
    wanted = sorted(set(file_ids))
    if not wanted:
        return
    # Who is of the department only adds what they uploaded: the ticket's own files are not theirs to name.
    found = await load_files(tx, wanted, 0 if is_answer else task.ticket_id, by=by)
    if len(found) != len(wanted):
        raise Invalid("A file is not there any more. Upload it again.", fields={"file_ids": "unknown"})
    sql = """
        insert into task_file (task_id, file_id, is_answer) select %(task)s, unnest(%(ids)s::bigint[]), %(answer)s
        on conflict do nothing"""
    await tx.execute(sql, {"task": task.id, "ids": wanted, "answer": is_answer})


async def accept_task(tx: Transaction, task_id: int, *, by: Actor, now: datetime) -> Task:
    """Take a task for one's department; whoever accepts it works on it. Accepting twice changes nothing.

    Raises:
        NotFound: it may not be seen.
        NotAllowed: it is another department's.
        TaskEnded: it has ended.

    Emits: TaskChanged
    """
    ticket, task = await _locked(tx, task_id, by=by)
    if task.state == "accepted":
        return await _reload(tx, task_id)
    sql = """
        update task set state = 'accepted', accepted_at = %(now)s, assignee_id = coalesce(%(by)s, assignee_id)
        where id = %(id)s"""
    await tx.execute(sql, {"id": task_id, "now": now, "by": by.person_id or None})
    await _tell(tx, ticket, task, "accepted", {}, [], by=by, now=now)
    return await _reload(tx, task_id)


async def finish_task(tx: Transaction, task_id: int, data: TaskResult, *, by: Actor, now: datetime) -> Task:
    """Report what came out; its clock is met, and who asked is told.

    Raises:
        NotFound: it may not be seen.
        NotAllowed: it is another department's.
        TaskEnded: it has ended.
        Invalid: the result is blank, or a file is not the actor's.

    Emits: TaskChanged, ClockMet, NotificationMade
    """
    ticket, task = await _locked(tx, task_id, by=by)
    result = data.result.strip()
    if not result:
        raise Invalid("Say what came out.", fields={"result": "required"})
    await _keep_files(tx, task, data.file_ids, is_answer=True, by=by)
    await _end(tx, ticket, task, "done", result, by=by, now=now)
    return await _reload(tx, task_id)


async def return_task(tx: Transaction, task_id: int, data: ReasonIn, *, by: Actor, now: datetime) -> Task:
    """Give a task back with the reason: it is not the department's, or something is missing.

    Raises:
        NotFound: it may not be seen.
        NotAllowed: it is another department's.
        TaskEnded: it has ended.
        Invalid: the reason is blank.

    Emits: TaskChanged, ClockDropped, NotificationMade
    """
    ticket, task = await _locked(tx, task_id, by=by)
    reason = data.reason.strip()
    if not reason:
        raise Invalid("Give a reason.", fields={"reason": "required"})
    await _end(tx, ticket, task, "returned", reason, by=by, now=now)
    return await _reload(tx, task_id)


async def withdraw_task(tx: Transaction, task_id: int, *, by: Actor, now: datetime) -> Task:
    """Take a task back; for those who see its ticket.

    Raises:
        NotFound: it may not be seen.
        TaskEnded: it has ended.

    Emits: TaskChanged, ClockDropped
    """
    ticket, task = await _locked(tx, task_id, by=by, is_asker=True)
    await _end(tx, ticket, task, "withdrawn", "", by=by, now=now)
    return await _reload(tx, task_id)


async def withdraw_tasks(tx: Transaction, ticket: LockedTicket, *, by: Actor, now: datetime) -> None:
    """Take back all open tasks of a ticket that is locked.

    Emits: TaskChanged, ClockDropped
    """
    for one in await queries.list_tasks(tx, ticket.id):
        task = await queries.lock_task(tx, one.id)
        if task is not None and task.state in {"asked", "accepted"}:
            await _end(tx, ticket, task, "withdrawn", "", by=by, now=now)


async def say(tx: Transaction, task_id: int, data: TaskWordIn, *, by: Actor, now: datetime) -> Task:
    """Ask or answer something within a task; never part of the conversation with the customer.

    Raises:
        NotFound: it may not be seen.
        TaskEnded: it has ended.

    Emits: TaskChanged, NotificationMade
    """
    await queries.find_task(tx, task_id, by=by)
    ticket, task = await _lock_both(tx, task_id)
    text = data.text.strip()
    if not text or not by.person_id:
        raise Invalid("Say something.", fields={"text": "required"})
    sql = "insert into task_word (task_id, text, person_id, at) values (%(task)s, %(text)s, %(person)s, %(now)s)"
    await tx.execute(sql, {"task": task_id, "text": text, "person": by.person_id, "now": now})
    await _tell(tx, ticket, task, "word", {"text": text}, [task.made_by, ticket.assignee_id], by=by, now=now)
    return await _reload(tx, task_id)


async def read_task(tx: Transaction, task_id: int, *, by: Actor, now: datetime) -> None:
    """Take what told the actor of a task as read.

    Raises:
        NotFound: it may not be seen.
    """
    await queries.find_task(tx, task_id, by=by)
    sql = """
        update notification set read_at = %(now)s
        where task_id = %(task)s and person_id = %(me)s and read_at is null"""
    await tx.execute(sql, {"now": now, "task": task_id, "me": by.person_id})


async def tick_item(
    tx: Transaction, task_id: int, item_id: int, data: TaskItemPatch, *, by: Actor, now: datetime
) -> Task:
    """Tick something off a task's checklist, or open it again.

    Raises:
        NotFound: no such item in a task that may be seen.
        NotAllowed: it is another department's.
        TaskEnded: it has ended.

    Emits: TaskChanged
    """
    ticket, task = await _locked(tx, task_id, by=by)
    known = "select exists (select from task_item where id = %(id)s and task_id = %(task)s)"
    if not await value(tx, bool, known, {"id": item_id, "task": task_id}):
        raise NotFound
    sql = """
        update task_item set done_at = case when %(done)s then %(now)s end, done_by = case when %(done)s then %(by)s end
        where id = %(id)s and task_id = %(task)s and (done_at is not null) <> %(done)s"""
    params = {"id": item_id, "task": task_id, "done": data.is_done, "now": now, "by": by.person_id or None}
    if await execute(tx, sql, params):
        fact = TaskChanged(ticket_id=ticket.id, team_id=ticket.team_id, task_id=task.id, change="item")
        await emit(tx, fact, by=by, at=now)
    return await _reload(tx, task_id)


async def _locked(
    tx: Transaction, task_id: int, *, by: Actor, is_asker: bool = False
) -> tuple[LockedTicket, LockedTask]:
    seen = await queries.find_task(tx, task_id, by=by)
    if is_asker:
        await lock_visible_ticket(tx, seen.ticket_id, by=by)
    elif not (by.may("tasks.work") and by.sees_team(seen.team_id)):
        raise NotAllowed("The task is another department's.")
    return await _lock_both(tx, task_id)


async def _lock_both(tx: Transaction, task_id: int) -> tuple[LockedTicket, LockedTask]:
    # The ticket first, as everywhere. Who works on the task need not see it.
    ticket_id = await value(tx, int, "select ticket_id from task where id = %(id)s", {"id": task_id}) or 0
    ticket = await lock_visible_ticket(tx, ticket_id, by=SYSTEM)
    task = await queries.lock_task(tx, task_id)
    if task is None:
        raise NotFound
    if task.state not in {"asked", "accepted"}:
        raise TaskEnded
    return ticket, task


async def _end(
    tx: Transaction,
    ticket: LockedTicket,
    task: LockedTask,
    state: Literal["done", "returned", "withdrawn"],
    words: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    outcome: Outcome = "met" if state == "done" else "dropped"
    await end_clock(tx, _clock(task), outcome, by=by, now=now)
    sql = """
        update task set state = %(state)s, ended_at = %(now)s, ended_by = %(by)s, result = %(words)s
        where id = %(id)s"""
    params = {"id": task.id, "state": state, "now": now, "by": by.person_id or None, "words": words}
    await tx.execute(sql, params)
    people = [] if state == "withdrawn" else [task.made_by, ticket.assignee_id]
    await _tell(tx, ticket, task, state, {"text": words}, people, by=by, now=now)


async def _tell(
    tx: Transaction,
    ticket: LockedTicket,
    task: LockedTask,
    change: Literal["given", "accepted", "word", "done", "returned", "withdrawn"],
    more: dict[str, Any],
    people: Sequence[int | None],
    *,
    by: Actor,
    now: datetime,
) -> None:
    names = {"en": task.title_en, "zh": task.title_zh} if task.title_en or task.title_zh else {}
    told = {"team": task.team_id, "title": task.title, "task": task.id, **names, **more}
    entry_id = await note(tx, ticket, f"task_{change}", told, by=by, now=now)
    fact = TaskChanged(ticket_id=ticket.id, team_id=ticket.team_id, task_id=task.id, change=change, entry_id=entry_id)
    await emit(tx, fact, by=by, at=now)
    await tell(tx, ticket, people, entry_id, by=by, now=now)
    if change in FOR_DEPARTMENT:
        await tell_department(tx, task, FOR_DEPARTMENT[change], besides=people, by=by, now=now)


async def _reload(tx: Transaction, task_id: int) -> Task:
    return await queries.find_task(tx, task_id, by=SYSTEM)
