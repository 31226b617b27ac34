"""Processes as they are written: made, changed in versions, archived, and the examples that ship with Ombud."""

import functools
from collections.abc import Iterable
from datetime import datetime
from importlib import resources

import msgspec
from psycopg.types.json import Jsonb

from ombud.fields.queries import list_fields
from ombud.processes import queries
from ombud.processes.events import ProcessChanged
from ombud.processes.rules import KINDS, find_problems, teams_of
from ombud.processes.schemas import Example, Process, ProcessIn, ProcessSpec, Question, Stage
from ombud.service_levels.services.calendars import check_span
from ombud.service_levels.services.choosing import kinds_of
from ombud.shared.actor import Actor
from ombud.shared.conditions import Kind, check, parse
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.services.types import TicketTypeIn, add_type, find_type

MOST_PROCESSES = 100
SAID = {
    "twice": "Two stages have this key.",
    "question_twice": "Two questions have this key.",
    "leads_nowhere": "The stage leads to one that does not exist.",
    "no_exit": "From this stage no way leads to the end: what is in it would never be done.",
    "never_reached": "No way leads to this stage.",
}


class TypeTaken(Conflict):
    """Another process is in force for this type of tickets. Archive it, or choose another type."""

    code = "process_type_taken"


class TooManyProcesses(Conflict):
    """There are 100 processes already. Archive some."""

    code = "too_many_processes"


async def check_spec(tx: Transaction, spec: ProcessSpec) -> None:
    """Hold a process against itself and against what there is.

    Raises:
        Invalid: a stage has no exit, is never reached or leads nowhere; a form or a time cannot be.
        BadCondition: a condition names what is not there.
        NotFound: its type or a department is not there any more.
    """
    if not (spec.name_en.strip() or spec.name_zh.strip()):
        raise Invalid("Give the process a name.", fields={"name_en": "required"})
    found = list(find_problems(spec))
    if found:
        key, word = found[0]
        raise Invalid(f"{key}: {SAID[word]}", fields={f"stages.{one}": what for one, what in found})
    kinds = await condition_kinds(tx, spec)
    for stage in spec.stages:
        _check_stage(stage, kinds)
    kind = await find_type(tx, spec.type_id)
    if kind is None or kind.is_archived:
        raise NotFound("There is no such type of tickets any more.")
    lost = await queries.lost_teams(tx, teams_of(spec))
    if lost:
        raise Invalid(
            "A department of this process is archived. Choose another one.",
            fields=dict.fromkeys(map(str, lost), "gone"),
        )


async def condition_kinds(tx: Transaction, spec: ProcessSpec) -> dict[str, Kind]:
    """What conditions of a process may name: the ticket's fields, and the answers of its forms."""
    asked = {f"answers.{one.key}": KINDS[one.kind] for stage in spec.stages for one in stage.questions}
    return kinds_of(await list_fields(tx, "ticket")) | asked


def _check_stage(stage: Stage, kinds: dict[str, Kind]) -> None:
    if not (stage.name_en.strip() or stage.name_zh.strip()):
        raise Invalid("Give each stage a name.", fields={f"stages.{stage.key}": "name"})
    conditions = [
        stage.enters_when,
        stage.exit_when,
        *[one.when for one in stage.ways],
        *[one.when for one in stage.tasks],
    ]
    for condition in [*conditions, *([stage.inspect_when] if stage.inspect_when else [])]:
        check(parse(condition), kinds)
    for span in [stage.span, stage.update_every, *[one.span for one in stage.tasks]]:
        if span is not None:
            check_span(span)
    _check_questions(stage.key, stage.questions)


def _check_questions(stage: str, questions: Iterable[Question]) -> None:
    for one in questions:
        named = [choice.value for choice in one.choices]
        if (one.kind == "choice") != bool(named) or len(named) != len(set(named)):
            raise Invalid("A question to choose from needs answers, each once.", fields={f"stages.{stage}": one.key})
        if not (one.name_en.strip() or one.name_zh.strip()):
            raise Invalid("Give each question its words.", fields={f"stages.{stage}": one.key})


async def make_process(
    tx: Transaction, data: ProcessIn, *, example: str | None = None, by: Actor, now: datetime
) -> Process:
    """Make a process. Tickets that get its type from now on go through it.

    Raises:
        Invalid, NotFound: as ``check_spec``.
        TypeTaken: its type has a process.
        TooManyProcesses: there are 100.

    Emits: ProcessChanged
    """
    await check_spec(tx, data.spec)
    await _refuse_taken(tx, data.spec.type_id, None)
    await _check_room(tx)
    sql = "insert into process (example, created_at) values (%(example)s, %(now)s) returning id"
    process_id = await value(tx, int, sql, {"example": example, "now": now}) or 0
    await _add_version(tx, process_id, data.spec, by=by, now=now)
    await emit(tx, ProcessChanged(process_id=process_id, change="made"), by=by, at=now)
    return await _reload(tx, process_id)


async def change_process(tx: Transaction, process_id: int, data: ProcessIn, *, by: Actor, now: datetime) -> Process:
    """Change a process. That makes a new version: tickets that are in it stay on theirs.

    Raises:
        NotFound: no such process, or as ``check_spec``.
        Invalid: as ``check_spec``.
        TypeTaken: its type has another process.
        TooManyProcesses: it is taken back into use, and 100 are.

    Emits: ProcessChanged
    """
    await tx.execute("select from process where id = %(id)s for update", {"id": process_id})
    known = await _reload(tx, process_id)
    if not data.is_archived:
        await check_spec(tx, data.spec)
        await _refuse_taken(tx, data.spec.type_id, process_id)
        if known.is_archived:
            await _check_room(tx)
    if (data.spec, data.is_archived) == (known.spec, known.is_archived):
        return known
    sql = """
        update process set archived_at = case when %(archived)s then coalesce(archived_at, %(now)s) end
        where id = %(id)s"""
    await tx.execute(sql, {"id": process_id, "archived": data.is_archived, "now": now})
    if data.spec != known.spec:
        await _add_version(tx, process_id, data.spec, by=by, now=now)
    change = ProcessChanged(process_id=process_id, change="archived" if data.is_archived else "changed")
    await emit(tx, change, by=by, at=now)
    return await _reload(tx, process_id)


async def _check_room(tx: Transaction) -> None:
    if (await value(tx, int, "select count(*) from process where archived_at is null") or 0) >= MOST_PROCESSES:
        raise TooManyProcesses


async def _refuse_taken(tx: Transaction, type_id: int, process_id: int | None) -> None:
    # Two who save at once wait for each other: the type's row is the lock.
    await tx.execute("select from ticket_type where id = %(id)s for update", {"id": type_id})
    other = await queries.process_of_type(tx, type_id)
    if other is not None and other.id != process_id:
        raise TypeTaken


async def _add_version(tx: Transaction, process_id: int, spec: ProcessSpec, *, by: Actor, now: datetime) -> None:
    sql = """
        insert into process_version (process_id, spec, made_by, created_at)
        values (%(id)s, %(spec)s, %(by)s, %(now)s)"""
    params = {"id": process_id, "spec": Jsonb(msgspec.to_builtins(spec)), "by": by.person_id or None, "now": now}
    await tx.execute(sql, params)


async def _reload(tx: Transaction, process_id: int) -> Process:
    found = await queries.find_process(tx, process_id)
    if found is None:
        raise NotFound("There is no such process.")
    return found


@functools.cache
def shipped() -> tuple[Example, ...]:
    """The processes that ship with Ombud, in both languages."""
    folder = resources.files("ombud.processes") / "examples"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".json")), key=lambda one: one.name)
    return tuple(msgspec.json.decode(one.read_bytes(), type=Example) for one in files)


async def take_example(tx: Transaction, key: str, *, by: Actor, now: datetime) -> Process:
    """Take over a shipped process, with a type of tickets of its name; its departments are chosen afterwards.

    Raises:
        NotFound: none of this key ships.

    Emits: ProcessChanged, TicketTypeChanged
    """
    found = next((one for one in shipped() if one.key == key), None)
    if found is None:
        raise NotFound("No such process ships with Ombud.")
    spec = found.spec
    kind = TicketTypeIn(spec.name_en, spec.name_zh, needs_closing=found.needs_closing)
    made = await add_type(tx, kind, by=by, now=now)
    spec = msgspec.structs.replace(spec, type_id=made.id)
    return await make_process(tx, ProcessIn(spec), example=key, by=by, now=now)
