"""Reads of processes and of tickets' ways through them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from ombud.processes.rules import teams_of
from ombud.processes.schemas import (
    Confirmation,
    LinkState,
    Mark,
    Process,
    ProcessSpec,
    ProcessVersion,
    Solution,
    Visit,
)
from ombud.shared.database import Transaction, row, rows, value, values

NEWEST = """
    select p.id, v.id as version_id, p.archived_at is not null as is_archived, v.spec, v.created_at as changed_at,
        (select count(*) from process_version o where o.process_id = p.id) as versions,
        (select count(*) from process_run r where r.process_id = p.id and r.ended_at is null) as runs
    from process p cross join lateral (
        select id, spec, created_at from process_version where process_id = p.id order by id desc limit 1) v"""


async def list_processes(tx: Transaction) -> list[Process]:
    """Processes in their newest versions, archived ones last, with the departments that they name and are gone."""
    found = await rows(tx, Process, f"{NEWEST} order by p.archived_at is not null, p.id limit 200")
    for one in found:
        one.lost_team_ids = await lost_teams(tx, teams_of(one.spec))
    return found


async def find_process(tx: Transaction, process_id: int) -> Process | None:
    """One process in its newest version."""
    return await row(tx, Process, f"{NEWEST} where p.id = %(id)s", {"id": process_id})


async def process_of_type(tx: Transaction, type_id: int | None) -> Process | None:
    """The process in force for a type of tickets."""
    sql = f"{NEWEST} where p.archived_at is null and (v.spec ->> 'type_id')::bigint = %(type)s order by p.id limit 1"
    return await row(tx, Process, sql, {"type": type_id}) if type_id is not None else None


async def list_versions(tx: Transaction, process_id: int) -> list[ProcessVersion]:
    """Versions of a process, the newest first."""
    sql = """
        select id, spec, made_by, created_at from process_version where process_id = %(id)s
        order by id desc limit 100"""
    return await rows(tx, ProcessVersion, sql, {"id": process_id})


async def lost_teams(tx: Transaction, team_ids: Sequence[int]) -> list[int]:
    """Those of some teams that are archived or never were."""
    if not team_ids:
        return []
    sql = "select id from team where id = any(%(ids)s) and archived_at is null"
    known = await values(tx, int, sql, {"ids": list(team_ids)})
    return [one for one in team_ids if one not in known]


class Run(Struct):
    """A ticket's way through a version of a process."""

    id: int
    ticket_id: int
    process_id: int
    version_id: int
    spec: ProcessSpec
    answers: dict[str, Any]
    updates: int
    started_at: datetime
    ended_at: datetime | None


RUN = """
    select r.id, r.ticket_id, r.process_id, r.version_id, v.spec, r.answers, r.updates, r.started_at, r.ended_at
    from process_run r join process_version v on v.id = r.version_id"""


async def open_run(tx: Transaction, ticket_id: int) -> Run | None:
    """The process that a ticket goes through; the ticket's lock holds it, too."""
    return await row(tx, Run, f"{RUN} where r.ticket_id = %(id)s and r.ended_at is null", {"id": ticket_id})


async def last_run(tx: Transaction, ticket_id: int) -> Run | None:
    """The process that a ticket goes through, or went through last."""
    sql = f"{RUN} where r.ticket_id = %(id)s order by r.ended_at is not null, r.id desc limit 1"
    return await row(tx, Run, sql, {"id": ticket_id})


VISIT = "id, stage, team_id, entered_at, entered_by, due_at, is_late, ended_at, ended_by"


async def list_visits(tx: Transaction, run_id: int) -> list[Visit]:
    """Stages of a run, the first one first."""
    sql = f"select {VISIT} from stage_visit where run_id = %(id)s order by id"
    return await rows(tx, Visit, sql, {"id": run_id})


async def open_visit(tx: Transaction, run_id: int) -> Visit | None:
    """The stage that a run is in."""
    sql = f"select {VISIT} from stage_visit where run_id = %(id)s and ended_at is null"
    return await row(tx, Visit, sql, {"id": run_id})


async def find_visit(tx: Transaction, visit_id: int) -> Visit | None:
    """One stage of a run."""
    return await row(tx, Visit, f"select {VISIT} from stage_visit where id = %(id)s", {"id": visit_id})


async def list_solutions(tx: Transaction, ticket_id: int) -> list[Solution]:
    """Solutions that were tried on a ticket, the first one first."""
    sql = "select id, text, outcome, person_id, at from solution_tried where ticket_id = %(id)s order by id limit 200"
    return await rows(tx, Solution, sql, {"id": ticket_id})


async def confirmations(tx: Transaction, run_id: int) -> list[Confirmation]:
    """What the customer said, the first word first."""
    sql = """
        select c.answer, c.words, c.way, c.person_id, c.at from confirmation c join stage_visit v on v.id = c.visit_id
        where v.run_id = %(id)s order by c.id"""
    return await rows(tx, Confirmation, sql, {"id": run_id})


async def last_answer(tx: Transaction, visit_id: int) -> str | None:
    """The customer's last word in a stage."""
    sql = "select answer from confirmation where visit_id = %(id)s order by id desc limit 1"
    return await value(tx, str, sql, {"id": visit_id})


async def last_link(tx: Transaction, visit_id: int) -> LinkState | None:
    """The newest link to confirm by of a stage."""
    sql = """
        select state, problem, made_at, expires_at, used_at from confirmation_link
        where visit_id = %(id)s order by id desc limit 1"""
    return await row(tx, LinkState, sql, {"id": visit_id})


async def marks(tx: Transaction, run_id: int) -> list[Mark]:
    """Places in the draws for inspection."""
    sql = """
        select m.visit_id, m.person_id, m.number, m.is_drawn from inspection_mark m
        join stage_visit v on v.id = m.visit_id where v.run_id = %(id)s order by m.id"""
    return await rows(tx, Mark, sql, {"id": run_id})


async def was_told(tx: Transaction, ticket_id: int, since: datetime) -> bool:
    """Whether a person wrote to the customer since a moment; notes and what went to others are nothing to them."""
    sql = """
        select exists (select from public_entry where ticket_id = %(id)s and direction = 'out'
            and author_kind in ('person', 'api_key') and at >= %(since)s)"""
    return bool(await value(tx, bool, sql, {"id": ticket_id, "since": since}))


async def open_tasks(tx: Transaction, ticket_id: int) -> int:
    """How many tasks of a ticket are not done."""
    sql = "select count(*) from task where ticket_id = %(id)s and ended_at is null"
    return await value(tx, int, sql, {"id": ticket_id}) or 0
