"""Pure rules of skills: what steps ask for, and what a table of levels says. No database, no clock."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from ombud.routing.engine.schemas import Need, Step
from ombud.routing.skills.schemas import Skill, SkillNeed, SkillStep, TableProblem

MOST_NEEDS = 30
LEVELS = range(1, 6)


def needs_of(step: SkillStep | SkillNeed) -> Iterator[SkillNeed]:
    """Every skill at a level that a step names, from left to right."""
    for part in (step.all or []) + (step.any or []):
        if part.skill_id is None:
            yield from needs_of(part)
        else:
            yield part


def skills_named(steps: Sequence[SkillStep]) -> set[int]:
    """The skills that steps name."""
    return {one.skill_id for step in steps for one in needs_of(step) if one.skill_id is not None}


def engine_steps(steps: Sequence[SkillStep]) -> tuple[Step, ...]:
    """Steps as the engine reads them."""
    return tuple(Step(_need(one), None if one.seconds is None else float(one.seconds)) for one in steps)


def _need(part: SkillStep | SkillNeed) -> Need:
    if isinstance(part, SkillNeed) and part.skill_id is not None:
        return Need(skill_id=part.skill_id, level=part.level)
    return Need(any_of=tuple(_need(one) for one in part.any or []), all_of=tuple(_need(one) for one in part.all or []))


def problem_of(step: SkillStep) -> Literal["one_of", "nothing", "too_deep", "too_many"] | None:
    """What is wrong with the shape of a step; None where nothing is."""
    if (step.all is None) == (step.any is None):
        return "one_of"
    if sum(1 for _ in needs_of(step)) > MOST_NEEDS:
        return "too_many"
    for part in (step.all or []) + (step.any or []):
        if sum(one is not None for one in (part.skill_id, part.all, part.any)) != 1:
            return "nothing"
        if any(inner.skill_id is None for inner in (part.all or []) + (part.any or [])):
            return "too_deep"
    return None


class Cell(Struct, frozen=True):
    """One cell of a table of levels; no level takes the skill away."""

    line: int
    person: str
    skill: str
    level: int | None
    valid_until: date | None


class Table(Struct):
    """What a table says, and what of it cannot be read."""

    cells: list[Cell]
    problems: list[TableProblem]


# The words that columns of people have in the files that we write.
PERSON_HEADS = ("email", "邮箱")
IGNORED_HEADS = ("name", "姓名")


def read_table(text: str) -> Table:
    """Read a table: a column ``email``, one column for each skill; ``3``, ``3 2027-01-31`` or nothing in each cell.

    A column that is not there leaves its skill alone; an empty cell takes the skill away.
    """
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    except csv.Error:
        # A quotation mark that is never closed makes one cell of all that follows: longer than any cell may be.
        return Table([], [TableProblem(1, "unknown_person", "email")])
    heads = [one.strip() for one in lines[0]] if lines else []
    place = next((at for at, head in enumerate(heads) if head.lower() in PERSON_HEADS), None)
    if place is None:
        return Table([], [TableProblem(1, "unknown_person", "email")])
    columns = [(at, one) for at, one in enumerate(heads) if at != place and one and one.lower() not in IGNORED_HEADS]
    found = Table([], [])
    seen: set[str] = set()
    for line, row in enumerate(lines[1:], 2):
        person = row[place].strip() if len(row) > place else ""
        if not any(one.strip() for one in row):
            continue
        if person.lower() in seen:
            found.problems.append(TableProblem(line, "twice", person))
            continue
        seen.add(person.lower())
        for at, skill in columns:
            _read_cell(found, line, person, skill, row[at].strip() if len(row) > at else "")
    return found


def _read_cell(found: Table, line: int, person: str, skill: str, text: str) -> None:
    level, _, day = text.partition(" ")
    if not level:
        found.cells.append(Cell(line, person, skill, None, None))
        return
    if not (level.isascii() and level.isdigit() and int(level) in LEVELS):
        found.problems.append(TableProblem(line, "bad_level", text))
        return
    try:
        until = date.fromisoformat(day.strip()) if day.strip() else None
    except ValueError:
        found.problems.append(TableProblem(line, "bad_day", text))
        return
    found.cells.append(Cell(line, person, skill, int(level), until))


def skill_by_name(skills: Sequence[Skill]) -> dict[str, Skill]:
    """Skills in use by each of their names, as columns of a table name them."""
    live = [one for one in skills if not one.is_archived]
    return {name.strip().lower(): one for one in live for name in (one.name_en, one.name_zh) if name.strip()}
