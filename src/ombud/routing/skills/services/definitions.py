"""Verbs that make, change, archive and bring back skills."""

from datetime import datetime

from ombud.routing.skills import queries
from ombud.routing.skills.events import SkillChanged
from ombud.routing.skills.schemas import Skill, SkillIn
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit

MOST_SKILLS = 300


class ChangedMeanwhile(Conflict):
    """Somebody changed it meanwhile. Look at it as it is now, and change that."""

    code = "changed_meanwhile"


class SkillNameTaken(Conflict):
    """There is a skill with this name already."""

    code = "name_taken"


class SkillInUse(Conflict):
    """Requirement rules ask for the skill. Let them ask for another one, or archive them first."""

    code = "skill_in_use"


class TooManySkills(Conflict):
    """There are 300 skills already. Archive some that nobody needs."""

    code = "too_many_skills"


def same_version(known: int, given: int | None) -> None:
    """Refuse what was written for another version than the present one.

    Raises:
        ChangedMeanwhile: it is another one.
    """
    if given != known:
        raise ChangedMeanwhile(fields={"version": str(known)})


async def add_skill(tx: Transaction, data: SkillIn, *, by: Actor, now: datetime) -> Skill:
    """Make a skill.

    Raises:
        Invalid: it has no name.
        SkillNameTaken: another one has the name.
        TooManySkills: there are 300.

    Emits: SkillChanged
    """
    await _check_name(tx, data, 0)
    if (await value(tx, int, "select count(*) from skill where archived_at is null") or 0) >= MOST_SKILLS:
        raise TooManySkills
    sql = """
        insert into skill (kind, name_en, name_zh, created_at)
        values (%(kind)s, %(name_en)s, %(name_zh)s, %(now)s) returning id"""
    params = {"kind": data.kind, "name_en": data.name_en.strip(), "name_zh": data.name_zh.strip(), "now": now}
    skill_id = await value(tx, int, sql, params) or 0
    await emit(tx, SkillChanged(skill_id=skill_id, change="made"), by=by, at=now)
    return await queries.find_skill(tx, skill_id, today=now.date())


async def change_skill(tx: Transaction, skill_id: int, data: SkillIn, *, by: Actor, now: datetime) -> Skill:
    """Change a skill, archive it or bring it back; who held it holds it again. The same already emits nothing.

    Raises:
        NotFound: there is none.
        ChangedMeanwhile: somebody was faster.
        SkillInUse: it would be archived, and requirement rules ask for it.
        SkillNameTaken: another one has the name.
        Invalid: it has no name.

    Emits: SkillChanged
    """
    await tx.execute("select from skill where id = %(id)s for update", {"id": skill_id})
    known = await queries.find_skill(tx, skill_id, today=now.date())
    same_version(known.version, data.version)
    names = (data.name_en.strip(), data.name_zh.strip())
    if (data.kind, *names, data.is_archived) == (known.kind, known.name_en, known.name_zh, known.is_archived):
        return known
    if data.is_archived and known.rules:
        raise SkillInUse(fields={"rules": str(known.rules)})
    if not data.is_archived:
        await _check_name(tx, data, skill_id)
    sql = """
        update skill set kind = %(kind)s, name_en = %(name_en)s, name_zh = %(name_zh)s, version = version + 1,
            archived_at = case when %(archived)s then coalesce(archived_at, %(now)s) end
        where id = %(id)s"""
    params = {"kind": data.kind, "name_en": names[0], "name_zh": names[1], "archived": data.is_archived}
    await execute(tx, sql, {**params, "now": now, "id": skill_id})
    if data.is_archived == known.is_archived:
        fact = SkillChanged(skill_id=skill_id, change="changed")
    else:
        fact = SkillChanged(skill_id=skill_id, change="archived" if data.is_archived else "restored")
    await emit(tx, fact, by=by, at=now)
    return await queries.find_skill(tx, skill_id, today=now.date())


async def _check_name(tx: Transaction, data: SkillIn, skill_id: int) -> None:
    names = [one.strip().lower() for one in (data.name_en, data.name_zh) if one.strip()]
    if not names:
        raise Invalid("Give the skill a name.", fields={"name": "required"})
    sql = """
        select exists (select from skill where id <> %(id)s and archived_at is null
            and (lower(name_en) = any(%(names)s) or lower(name_zh) = any(%(names)s)))"""
    if await value(tx, bool, sql, {"id": skill_id, "names": names}):
        raise SkillNameTaken
