"""Reads of teamwork, and the locks that its verbs begin with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ombud.shared.actor import Actor, seen
from ombud.shared.calendars.schemas import Span
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import NotFound
from ombud.teamwork.schemas import (
    DepartmentFigures,
    Dispatch,
    Extension,
    FirstContact,
    Supervision,
    Task,
    TaskFile,
    TaskItem,
    TaskWord,
    TeamworkFigures,
    Urge,
)
from ombud.tickets.queries.tickets import require_visible

DISPATCH = """
    id, team_id, from_team_id, note, span, dispatched_by, dispatched_at, accept_due_at, accepted_by, accepted_at,
    due_at, first_due_at, ended_at, outcome, return_reason"""


async def list_dispatches(tx: Transaction, ticket_id: int) -> list[Dispatch]:
    """Departments that a ticket was given to, the first one first."""
    sql = f"select {DISPATCH} from dispatch where ticket_id = %(id)s order by id"
    return await rows(tx, Dispatch, sql, {"id": ticket_id})


async def open_dispatch(tx: Transaction, ticket_id: int) -> Dispatch | None:
    """The department that has the ticket now. The ticket is locked by the caller."""
    sql = f"select {DISPATCH} from dispatch where ticket_id = %(id)s and ended_at is null"
    return await row(tx, Dispatch, sql, {"id": ticket_id})


async def count_returns(tx: Transaction, ticket_id: int) -> int:
    """How often departments gave a ticket back."""
    sql = "select count(*) from dispatch where ticket_id = %(id)s and outcome = 'returned'"
    return await value(tx, int, sql, {"id": ticket_id}) or 0


async def list_urges(tx: Transaction, ticket_id: int) -> list[Urge]:
    """How often the customer asked again."""
    sql = "select number, words, has_escalated, made_by, at from urge where ticket_id = %(id)s order by number"
    return await rows(tx, Urge, sql, {"id": ticket_id})


async def open_supervision(tx: Transaction, ticket_id: int) -> Supervision | None:
    """Who watches a ticket."""
    sql = """
        select id, person_id, span, note, reports, began_at from supervision
        where ticket_id = %(id)s and ended_at is null"""
    return await row(tx, Supervision, sql, {"id": ticket_id})


async def list_extensions(tx: Transaction, ticket_id: int) -> list[Extension]:
    """All the time that was asked for on a ticket."""
    sql = """
        select id, reason, due_before, due_wanted, asked_by, asked_at, state, decided_by, decided_at, told
        from extension where ticket_id = %(id)s order by id"""
    return await rows(tx, Extension, sql, {"id": ticket_id})


async def first_contact(tx: Transaction, ticket_id: int) -> int | None:
    """Who took the first contact."""
    return await value(tx, int, "select person_id from first_contact where ticket_id = %(id)s", {"id": ticket_id})


async def first_contacts(tx: Transaction, *, by: Actor, limit: int = 200) -> list[FirstContact]:
    """Open tickets that the actor took first, in whatever team they are: enough to tell a customer who asks."""
    sql = """
        select t.id as ticket_id, t.subject, t.category, t.team_id, t.brand_id, m.name as team_name, f.at,
            t.activity_at, t.due_at, (select count(*) from urge u where u.ticket_id = t.id) as urges
        from first_contact f join ticket t on t.id = f.ticket_id join team m on m.id = t.team_id
        where f.person_id = %(person)s and t.category <> 'closed' and t.merged_into_id is null
        order by f.at, t.id limit %(limit)s"""
    found = await rows(tx, FirstContact, sql, {"person": by.person_id, "limit": limit})
    for one in found:
        one.is_visible = by.sees(one.team_id, one.brand_id)
    return found


async def is_team(tx: Transaction, team_id: int) -> bool:
    """Whether a team is at work."""
    sql = "select exists (select from team where id = %(id)s and archived_at is null)"
    return bool(await value(tx, bool, sql, {"id": team_id}))


async def members(
    tx: Transaction, team_id: int, who: Literal["everybody", "supervisors"] = "everybody", *, limit: int = 50
) -> list[int]:
    """People of a team who have a seat, or its supervisors."""
    sql = """
        select p.id from membership m join person p on p.id = m.person_id
        where m.team_id = %(team)s and p.deactivated_at is null and p.role <> 'partner'
            and (%(who)s = 'everybody' or p.role = 'supervisor')
        order by p.id limit %(limit)s"""
    return await values(tx, int, sql, {"team": team_id, "who": who, "limit": limit})


TASK = """
    select k.id, k.ticket_id, k.team_id, m.name as team_name, k.assignee_id, a.name as assignee_name,
        b.name as made_by_name, k.title, k.title_en, k.title_zh, k.text, k.span, k.state, k.made_at,
        k.accepted_at, k.due_at, k.ended_at, k.result
    from task k join team m on m.id = k.team_id left join person a on a.id = k.assignee_id
    left join person b on b.id = k.made_by"""


async def list_tasks(tx: Transaction, ticket_id: int) -> list[Task]:
    """The tasks of a ticket, those to do first."""
    sql = f"{TASK} where k.ticket_id = %(id)s order by k.ended_at is not null, k.due_at, k.id limit 100"
    return await _filled(tx, await rows(tx, Task, sql, {"id": ticket_id}))


async def list_own_tasks(tx: Transaction, *, by: Actor, ended: bool, limit: int = 100) -> list[Task]:
    """Tasks of the actor's teams: those to do by their deadline, or the last that ended."""
    which = "k.ended_at is not null" if ended else "k.ended_at is null"
    order = "k.ended_at desc" if ended else "k.due_at, k.id"
    sql = f"""
        {TASK} where {which} and (%(teams)s::bigint[] is null or k.team_id = any(%(teams)s))
        order by {order} limit %(limit)s"""
    return await _filled(tx, await rows(tx, Task, sql, {"teams": by.visible_teams(), "limit": limit}))


async def find_task(tx: Transaction, task_id: int, *, by: Actor) -> Task:
    """A task that the actor may see: their department's, or one of a ticket that they see.

    Raises:
        NotFound: there is none, or it may not be seen.
    """
    found = await row(tx, Task, f"{TASK} where k.id = %(id)s", {"id": task_id})
    if found is None:
        raise NotFound
    if not (by.may("tasks.work") and by.sees_team(found.team_id)):
        if not by.may("tickets.read"):
            # Not even that there is one: a partner who counts through the numbers learns nothing.
            raise NotFound
        await require_visible(tx, found.ticket_id, by=by)
    return (await _filled(tx, [found]))[0]


class _Item(TaskItem):
    task_id: int


class _Word(TaskWord):
    task_id: int


class _File(Struct):
    task_id: int
    id: int
    token: str
    name: str
    type: str
    size: int
    is_answer: bool


async def _filled(tx: Transaction, tasks: Sequence[Task]) -> list[Task]:
    if not tasks:
        return []
    ids = {"ids": [one.id for one in tasks]}
    sql = """
        select i.task_id, i.id, i.text, i.done_at, p.name as done_by_name
        from task_item i left join person p on p.id = i.done_by where i.task_id = any(%(ids)s)
        order by i.position, i.id"""
    items = await rows(tx, _Item, sql, ids)
    sql = """
        select w.task_id, w.id, w.text, p.name as person_name, w.at
        from task_word w join person p on p.id = w.person_id where w.task_id = any(%(ids)s) order by w.id"""
    words = await rows(tx, _Word, sql, ids)
    sql = """
        select k.task_id, f.id, f.token, f.name, f.type, f.size, k.is_answer
        from task_file k join file f on f.id = k.file_id where k.task_id = any(%(ids)s) order by f.id"""
    files = await rows(tx, _File, sql, ids)
    for task in tasks:
        task.items = [
            TaskItem(one.id, one.text, one.done_at, one.done_by_name) for one in items if one.task_id == task.id
        ]
        task.words = [TaskWord(one.id, one.text, one.person_name, one.at) for one in words if one.task_id == task.id]
        task.files = [_shown(one) for one in files if one.task_id == task.id]
    return list(tasks)


def _shown(one: _File) -> TaskFile:
    # The address of the task, not of the file: a department has no door to files of tickets.
    url = f"/api/v1/tasks/{one.task_id}/files/{one.id}"
    return TaskFile(one.id, "", one.name, one.type, one.size, url, one.is_answer)


class StoredFile(Struct):
    """A file of a task as it is kept."""

    token: str
    name: str
    type: str


async def find_task_file(tx: Transaction, task_id: int, file_id: int, *, by: Actor) -> StoredFile:
    """A file of a task that the actor may see.

    Raises:
        NotFound: there is none, or it may not be seen.
    """
    await find_task(tx, task_id, by=by)
    sql = """
        select f.token, f.name, f.type from task_file k join file f on f.id = k.file_id
        where k.task_id = %(task)s and f.id = %(file)s"""
    found = await row(tx, StoredFile, sql, {"task": task_id, "file": file_id})
    if found is None:
        raise NotFound
    return found


class LockedTask(Struct):
    """What verbs on a task decide by."""

    id: int
    ticket_id: int
    team_id: int
    assignee_id: int | None
    title: str
    state: str
    span: Span
    made_by: int | None
    title_en: str = ""
    title_zh: str = ""

    def title_in(self, locale: str) -> str:
        """Its title in a language, as far as it has one there."""
        return (self.title_zh if locale == "zh-CN" else self.title_en) or self.title


async def lock_task(tx: Transaction, task_id: int) -> LockedTask | None:
    """A task under a row lock; the caller holds its ticket already."""
    sql = """
        select id, ticket_id, team_id, assignee_id, title, state, span, made_by, title_en, title_zh from task
        where id = %(id)s for no key update"""
    return await row(tx, LockedTask, sql, {"id": task_id})


class Reader(Struct):
    """Somebody who is told, and their language."""

    id: int
    locale: str


async def task_readers(tx: Transaction, task: LockedTask, *, limit: int = 50) -> list[Reader]:
    """Who hears of a task in its department: whoever works on it, else all of its members, with a seat or without."""
    sql = """
        select p.id, p.locale from membership m join person p on p.id = m.person_id
        where m.team_id = %(team)s and p.deactivated_at is null and p.role <> 'read_only'
        order by p.id"""
    found = await rows(tx, Reader, sql, {"team": task.team_id})
    return [one for one in found if one.id == task.assignee_id] or found[:limit]


PERIOD = "between %(start)s and %(end)s"
SEEN = seen("t")
# What a department did counts for it wherever the ticket is now: of the rule of what is seen, the brands alone.
BRANDS = """(%(brands)s::bigint[] is null
    or exists (select from ticket t where t.id = {}.ticket_id and t.brand_id = any(%(brands)s)))"""


async def figures(tx: Transaction, *, start: datetime, end: datetime, by: Actor) -> TeamworkFigures:
    """Teamwork of a period, recounted from what happened in it, in the teams that the actor sees."""
    params = {"start": start, "end": end, **by.sight()}
    sql = f"""
        select %(start)s::timestamptz as starts_at, %(end)s::timestamptz as ends_at,
            (select count(*) from ticket t where t.created_at {PERIOD} and {SEEN}) as tickets,
            (select count(distinct u.ticket_id) from urge u join ticket t on t.id = u.ticket_id
             where u.at {PERIOD} and {SEEN}) as urged,
            (select count(*) from urge u join ticket t on t.id = u.ticket_id where u.at {PERIOD} and {SEEN}) as urges,
            (select count(*) from urge u join ticket t on t.id = u.ticket_id
             where u.has_escalated and u.at {PERIOD} and {SEEN}) as escalated,
            (select count(*) from supervision s join ticket t on t.id = s.ticket_id
             where s.began_at {PERIOD} and {SEEN}) as supervised,
            (select count(*) from withdrawal w join ticket t on t.id = w.ticket_id
             where w.at {PERIOD} and {SEEN}) as withdrawn,
            '[]'::jsonb as departments"""
    whole = await row(tx, TeamworkFigures, sql, params)
    assert whole is not None  # noqa: S101 – a statement without a table gives one row
    sql = f"""
        with sent as (
            select team_id, count(*) as dispatched, count(accepted_at) as accepted,
                count(*) filter (where accepted_at <= accept_due_at) as accepted_in_time,
                count(*) filter (where outcome = 'returned') as returned,
                count(*) filter (where outcome = 'moved_on') as moved_on,
                count(*) filter (where first_due_at is not null) as extended,
                count(*) filter (where outcome = 'done') as done,
                count(*) filter (where outcome = 'done' and ended_at <= due_at) as done_in_time
            from dispatch d where dispatched_at between %(start)s and %(end)s and {BRANDS.format("d")}
            group by team_id
        ), asked as (
            select team_id, count(*) as tasks_due,
                count(*) filter (where state = 'done' and ended_at <= due_at) as tasks_in_time
            from task k where due_at between %(start)s and %(end)s and state not in ('withdrawn', 'returned')
                and {BRANDS.format("k")}
            group by team_id)
        select m.id as team_id, m.name as team_name, coalesce(s.dispatched, 0) as dispatched,
            coalesce(s.accepted, 0) as accepted, coalesce(s.accepted_in_time, 0) as accepted_in_time,
            coalesce(s.returned, 0) as returned, coalesce(s.moved_on, 0) as moved_on,
            coalesce(s.extended, 0) as extended, coalesce(s.done, 0) as done,
            coalesce(s.done_in_time, 0) as done_in_time, coalesce(a.tasks_due, 0) as tasks_due,
            coalesce(a.tasks_in_time, 0) as tasks_in_time
        from team m left join sent s on s.team_id = m.id left join asked a on a.team_id = m.id
        where (s.team_id is not null or a.team_id is not null)
            and (%(teams)s::bigint[] is null or m.id = any(%(teams)s))
        order by m.name, m.id"""
    whole.departments = await rows(tx, DepartmentFigures, sql, params)
    return whole
