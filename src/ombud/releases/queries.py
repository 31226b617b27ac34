"""Reads of release notes, and the lock that their verbs begin with."""

from datetime import datetime

from msgspec import Struct

from ombud.releases.rules import NEWS, is_short, standing_of
from ombud.releases.schemas import Decision, Release, ReleaseItem, ReleaseQuestion, ReleaseRow, Standing
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import NotFound

# Everybody with a seat sees all; who has none, what their teams announce and what they are to see to.
VISIBLE = """
    (%(seat)s or %(teams)s::bigint[] is null or n.team_id = any(%(teams)s)
     or n.id in (select note_id from release_item where owner_id = %(me)s)
     or n.id in (select note_id from release_question where owner_id = %(me)s))"""
ROW = """
    n.id, n.kind, n.title, n.team_id, m.name as team_name, n.owner_id, o.name as owner_name, n.live_at, n.decision,
    n.called_off_at, n.announced_at,
    (select count(*) from release_item i where i.note_id = n.id and i.done_at is not null) as items_done,
    (select count(*) from release_item i where i.note_id = n.id) as items_all,
    (select count(*) from release_question q where q.note_id = n.id and q.answered_at is null) as questions_open,
    exists (select from release_reader r
        where r.note_id = n.id and r.person_id = %(me)s and r.version = n.version) as is_read"""
FROM = "from release_note n join team m on m.id = n.team_id join person o on o.id = n.owner_id"
STANDING = {
    "coming": "n.called_off_at is null and (n.decision is distinct from 'go' or n.live_at > %(now)s)",
    "live": "n.called_off_at is null and n.decision = 'go' and n.live_at <= %(now)s and n.live_at > %(old)s",
    "past": "(n.called_off_at is not null or (n.decision = 'go' and n.live_at <= %(old)s))",
}
ORDER = {"coming": "n.live_at, n.id", "live": "n.live_at desc, n.id desc", "past": "n.live_at desc, n.id desc"}


def _sight(by: Actor) -> dict[str, object]:
    return {"seat": by.may("tickets.read"), "teams": by.visible_teams(), "me": by.person_id}


async def list_notes(
    tx: Transaction, which: Standing, *, by: Actor, now: datetime, limit: int = 200
) -> list[ReleaseRow]:
    """Notes that are coming, live or past, as the actor may see them."""
    sql = f"""
        select {ROW} {FROM} where {VISIBLE} and {STANDING[which]} order by {ORDER[which]} limit %(limit)s"""
    found = await rows(tx, ReleaseRow, sql, {**_sight(by), "now": now, "old": now - NEWS, "limit": limit})
    for one in found:
        one.standing, one.is_short = which, is_short(one)
    return found


async def find_note(tx: Transaction, note_id: int, *, by: Actor, now: datetime, is_held: bool = False) -> Release:
    """A note with its readiness list and its questions; ``is_held``: the actor saw it until this very moment.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    sql = f"""
        select {ROW}, n.summary, n.impact, a.name as announced_by_name, d.name as decided_by_name, n.decided_at,
            n.decision_reason, n.called_off_reason,
            (select count(*) from release_reader r join person p on p.id = r.person_id
             where r.note_id = n.id and r.version = n.version and p.deactivated_at is null
                 and p.role <> 'partner') as readers,
            (select count(*) from person p where p.deactivated_at is null and p.role <> 'partner') as seats
        {FROM} left join person a on a.id = n.announced_by left join person d on d.id = n.decided_by
        where n.id = %(id)s and {VISIBLE}"""
    sight = _sight(by) | ({"teams": None} if is_held else {})
    found = await row(tx, Release, sql, {"id": note_id, **sight})
    if found is None:
        raise NotFound
    found.standing, found.is_short = standing_of(found, now=now), is_short(found)
    found.may_write = by.may("releases.write") and by.sees_team(found.team_id)
    found.items = await _items(tx, note_id)
    found.questions = await _questions(tx, note_id)
    return found


async def _items(tx: Transaction, note_id: int) -> list[ReleaseItem]:
    sql = """
        select i.id, i.kind, i.text, i.owner_id, p.name as owner_name, i.due_at, i.done_at, d.name as done_by_name
        from release_item i join person p on p.id = i.owner_id left join person d on d.id = i.done_by
        where i.note_id = %(id)s order by i.id"""
    return await rows(tx, ReleaseItem, sql, {"id": note_id})


async def _questions(tx: Transaction, note_id: int) -> list[ReleaseQuestion]:
    sql = """
        select q.id, q.text, coalesce(a.name, 'Ombud') as asked_by_name, q.asked_at, q.owner_id, p.name as owner_name,
            q.due_at, q.answer, w.name as answered_by_name, q.answered_at
        from release_question q join person p on p.id = q.owner_id left join person a on a.id = q.asked_by
        left join person w on w.id = q.answered_by
        where q.note_id = %(id)s order by q.answered_at is not null, q.id"""
    return await rows(tx, ReleaseQuestion, sql, {"id": note_id})


async def count_unread(tx: Transaction, *, by: Actor, now: datetime) -> int:
    """How many coming and live notes the actor has not read as they are."""
    sql = f"""
        select count(*) from release_note n where {VISIBLE} and n.called_off_at is null
            and (n.decision is distinct from 'go' or n.live_at > %(old)s) and not exists (select from release_reader r
                where r.note_id = n.id and r.person_id = %(me)s and r.version = n.version)"""
    return await value(tx, int, sql, {**_sight(by), "old": now - NEWS}) or 0


class LockedNote(Struct):
    """What verbs on a note decide by."""

    id: int
    team_id: int
    owner_id: int
    title: str
    live_at: datetime
    decision: Decision | None
    called_off_at: datetime | None


async def lock_note(tx: Transaction, note_id: int, *, by: Actor) -> LockedNote:
    """A note that the actor may see, under a row lock.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    sql = f"""
        select n.id, n.team_id, n.owner_id, n.title, n.live_at, n.decision, n.called_off_at
        from release_note n where n.id = %(id)s and {VISIBLE} for no key update of n"""
    found = await row(tx, LockedNote, sql, {"id": note_id, **_sight(by)})
    if found is None:
        raise NotFound
    return found


async def open_items(tx: Transaction, note_id: int) -> int:
    """How many things are not ready."""
    sql = "select count(*) from release_item where note_id = %(id)s and done_at is null"
    return await value(tx, int, sql, {"id": note_id}) or 0


async def known_people(tx: Transaction, person_ids: list[int]) -> set[int]:
    """Those of some people who are at work here."""
    sql = "select id from person where id = any(%(ids)s::bigint[]) and deactivated_at is null"
    return set(await values(tx, int, sql, {"ids": person_ids}))


async def leads(tx: Transaction, team_id: int) -> list[int]:
    """Supervisors of a product team."""
    sql = """
        select p.id from membership m join person p on p.id = m.person_id
        where m.team_id = %(team)s and p.deactivated_at is null and p.role = 'supervisor' order by p.id limit 50"""
    return await values(tx, int, sql, {"team": team_id})
