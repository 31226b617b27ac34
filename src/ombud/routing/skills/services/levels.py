"""Verbs on the matrix of people and skills: cells one by one, many at once, and tables as files."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from ombud.routing.skills import queries
from ombud.routing.skills.events import AgentLevelsChanged
from ombud.routing.skills.rules import Cell, read_table, skill_by_name
from ombud.routing.skills.schemas import Held, LevelChange, PersonLevels, Skill, TableProblem, TableRead
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, values
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit_all
from ombud.shared.spreadsheets import write_file

MOST_PEOPLE = 5_000


class LevelChanged(Conflict):
    """Somebody gave this person another level meanwhile. Look at it as it is now."""

    code = "level_changed"


async def matrix(
    tx: Transaction, *, team_id: int | None, words: str, after: tuple[str, int] | None, limit: int, today: date
) -> list[PersonLevels]:
    """Rows of the matrix, by name."""
    found = await queries.list_agents(tx, team_id=team_id, words=words, after=after, limit=limit)
    held = await queries.levels_of(tx, [one.person_id for one in found], today=today)
    for one in found:
        one.held = held.get(one.person_id, [])
    return found


async def write_levels(tx: Transaction, changes: Sequence[LevelChange], *, by: Actor, now: datetime) -> int:
    """Write cells of the matrix, all or none; how many are others now.

    Raises:
        Invalid: a person who is given no work, or a skill that is not there.
        LevelChanged: a cell is not as its writer saw it; ``fields`` holds person, skill and the present level.

    Emits: AgentLevelsChanged, one for each person
    """
    wanted = {(one.person_id, one.skill_id): one for one in changes}
    people = sorted({person for person, _ in wanted})
    await _check_known(tx, people, sorted({skill for _, skill in wanted}))
    # One writer of a person's row at a time, in one order.
    await tx.execute("select from person where id = any(%(ids)s) order by id for update", {"ids": people})
    held = await queries.levels_of(tx, people, today=now.date())
    known = {(person, one.skill_id): one for person, all_held in held.items() for one in all_held}
    different = [one for place, one in wanted.items() if _differs(one, known.get(place))]
    await _store(tx, different)
    levels: dict[int, dict[str, tuple[int, int]]] = {}
    for one in different:
        before = known.get((one.person_id, one.skill_id))
        levels.setdefault(one.person_id, {})[str(one.skill_id)] = (before.level if before else 0, one.level or 0)
    facts = [AgentLevelsChanged(person_id=person, levels=each) for person, each in levels.items()]
    await emit_all(tx, facts, by=by, at=now)
    return len(different)


def _differs(one: LevelChange, known: Held | None) -> bool:
    level = known.level if known else 0
    if one.before is not None and one.before != level:
        raise LevelChanged(fields={"person": str(one.person_id), "skill": str(one.skill_id), "level": str(level)})
    return (one.level or 0, one.valid_until if one.level else None) != (level, known.valid_until if known else None)


async def _check_known(tx: Transaction, people: list[int], skills: list[int]) -> None:
    sql = f"select p.id from person p where p.id = any(%(ids)s) and {queries.AGENTS}"
    if len(await values(tx, int, sql, {"ids": people})) != len(people):
        raise Invalid("Somebody of them is given no work.", fields={"person_id": "unknown"})
    sql = "select id from skill where id = any(%(ids)s) and archived_at is null"
    if len(await values(tx, int, sql, {"ids": skills})) != len(skills):
        raise Invalid("A skill of them is not there, or archived.", fields={"skill_id": "unknown"})


async def _store(tx: Transaction, changes: Sequence[LevelChange]) -> None:
    gone = [one for one in changes if one.level is None]
    sql = """
        delete from agent_skill a using unnest(%(people)s::bigint[], %(skills)s::bigint[]) as d (person_id, skill_id)
        where a.person_id = d.person_id and a.skill_id = d.skill_id"""
    await tx.execute(sql, {"people": [one.person_id for one in gone], "skills": [one.skill_id for one in gone]})
    kept = [one for one in changes if one.level is not None]
    sql = """
        insert into agent_skill (person_id, skill_id, level, valid_until)
        select * from unnest(%(people)s::bigint[], %(skills)s::bigint[], %(levels)s::smallint[], %(days)s::date[])
        on conflict (person_id, skill_id) do update set level = excluded.level, valid_until = excluded.valid_until"""
    params = {
        "people": [one.person_id for one in kept],
        "skills": [one.skill_id for one in kept],
        "levels": [one.level for one in kept],
        "days": [one.valid_until for one in kept],
    }
    await tx.execute(sql, params)


class _Email(Struct):
    id: int
    email: str


async def export_levels(
    tx: Transaction, *, team_id: int | None, kind: Literal["csv", "xlsx"], locale: str, today: date
) -> bytes:
    """The matrix as a file that the import reads again: e-mail, name, one column for each skill."""
    skills = [one for one in await queries.list_skills(tx, today=today) if not one.is_archived]
    people = await matrix(tx, team_id=team_id, words="", after=None, limit=MOST_PEOPLE, today=today)
    sql = "select id, email from person where id = any(%(ids)s::bigint[])"
    emails = {one.id: one.email for one in await rows(tx, _Email, sql, {"ids": [one.person_id for one in people]})}
    is_zh = locale.startswith("zh")
    heads = ["邮箱", "姓名"] if is_zh else ["email", "name"]
    names = [(one.name_zh or one.name_en) if is_zh else (one.name_en or one.name_zh) for one in skills]
    cells = [[emails[one.person_id], one.name, *_row(one, skills)] for one in people]
    return write_file([*heads, *names], cells, kind)


def _row(one: PersonLevels, skills: Sequence[Skill]) -> list[str]:
    held = {each.skill_id: each for each in one.held}
    return [_cell(held.get(skill.id)) for skill in skills]


def _cell(held: Held | None) -> str:
    if held is None:
        return ""
    return f"{held.level} {held.valid_until.isoformat()}" if held.valid_until else str(held.level)


async def import_levels(tx: Transaction, text: str, *, is_trial: bool, by: Actor, now: datetime) -> TableRead:
    """Take a table of levels over, or say what it would change; with a single problem nothing is written.

    Raises:
        Invalid: it has more cells than a table may have.

    Emits: AgentLevelsChanged
    """
    table = read_table(text)
    skills = skill_by_name(await queries.list_skills(tx, today=now.date()))
    sql = f"select p.id, lower(p.email) as email from person p where {queries.AGENTS}"
    people = {one.email: one.id for one in await rows(tx, _Email, sql)}
    changes: list[LevelChange] = []
    for cell in table.cells:
        person, skill = people.get(cell.person.lower()), skills.get(cell.skill.lower())
        if person is None or skill is None:
            table.problems.append(_unknown(cell, is_person=person is None))
        else:
            changes.append(LevelChange(person, skill.id, cell.level, cell.valid_until))
    problems = list({(one.line, one.code, one.text): one for one in table.problems}.values())
    found = TableRead(len({one.person_id for one in changes}), 0, problems[:50])
    if problems or not changes:
        return found
    found.changed = await (
        _count_different(tx, changes, now) if is_trial else write_levels(tx, changes, by=by, now=now)
    )
    return found


def _unknown(cell: Cell, *, is_person: bool) -> TableProblem:
    if is_person:
        return TableProblem(cell.line, "unknown_person", cell.person)
    return TableProblem(1, "unknown_skill", cell.skill)


async def _count_different(tx: Transaction, changes: Sequence[LevelChange], now: datetime) -> int:
    held = await queries.levels_of(tx, {one.person_id for one in changes}, today=now.date())
    known = {(person, one.skill_id): one for person, all_held in held.items() for one in all_held}
    return sum(_differs(one, known.get((one.person_id, one.skill_id))) for one in changes)
