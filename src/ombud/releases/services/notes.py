"""Announcing, changing, deciding and reading release notes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import UNSET, to_builtins

from ombud.releases import queries
from ombud.releases.events import ReleaseChanged
from ombud.releases.queries import LockedNote
from ombud.releases.schemas import (
    CallOffIn,
    Release,
    ReleaseDecisionIn,
    ReleaseIn,
    ReleaseItemIn,
    ReleaseItemPatch,
    ReleasePatch,
)
from ombud.releases.services.telling import tell
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid, NotAllowed, NotFound
from ombud.shared.events import emit
from ombud.shared.lines import one_line

MOST_ITEMS = 50


class CalledOff(Conflict):
    """The release was called off. Announce it anew if it comes after all."""

    code = "called_off"


class NotReady(Conflict):
    """Not everything of the readiness list is done. Finish it, or say why it goes all the same."""

    code = "not_ready"


class TooManyItems(Conflict):
    """The readiness list has 50 items. Put some together."""

    code = "too_many_items"


async def announce(tx: Transaction, data: ReleaseIn, *, by: Actor, now: datetime) -> Release:
    """Announce a release or change of a team of the actor's; owners of items are told.

    Raises:
        NotAllowed: the team is not the actor's.
        Invalid: no such team, an unknown or former colleague, or a blank title.

    Emits: ReleaseChanged, NotificationMade
    """
    if not by.sees_team(data.team_id):
        raise NotAllowed("Announce what your own teams change.")
    team = "select name from team where id = %(id)s and archived_at is null"
    if await value(tx, str, team, {"id": data.team_id}) is None:
        raise Invalid("There is no such team, or it is archived.", fields={"team_id": "unknown"})
    await _check_people(tx, [data.owner_id, *(one.owner_id for one in data.items)])
    sql = """
        insert into release_note (kind, title, summary, impact, team_id, owner_id, live_at, announced_by, announced_at)
        values (%(kind)s, %(title)s, %(summary)s, %(impact)s, %(team)s, %(owner)s, %(live)s, %(by)s, %(now)s)
        returning id"""
    params = {
        "kind": data.kind,
        "title": _line(data.title, "title"),
        "summary": data.summary.strip(),
        "impact": data.impact.strip(),
        "team": data.team_id,
        "owner": data.owner_id,
        "live": data.live_at,
        "by": by.person_id or None,
        "now": now,
    }
    note_id = await value(tx, int, sql, params) or 0
    note = await queries.lock_note(tx, note_id, by=by)
    for item in data.items:
        await _insert_item(tx, note, item)
    await tell(tx, note, "release_item", (one.owner_id for one in data.items), by=by, now=now)
    await say(tx, note, "announced", by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)


async def say(tx: Transaction, note: LockedNote, change: Any, *, by: Actor, now: datetime) -> None:
    """Say what became of a note.

    Emits: ReleaseChanged
    """
    await emit(tx, ReleaseChanged(team_id=note.team_id, release_id=note.id, change=change), by=by, at=now)


def _line(text: str, field: str) -> str:
    line = one_line(text)
    if not line:
        raise Invalid("Write something.", fields={field: "required"})
    return line


async def _check_people(tx: Transaction, person_ids: Iterable[int]) -> None:
    wanted = sorted(set(person_ids))
    if await queries.known_people(tx, wanted) != set(wanted):
        raise Invalid("Somebody is not there any more. Choose again.", fields={"owner_id": "unknown"})


async def _writable(tx: Transaction, note_id: int, *, by: Actor) -> LockedNote:
    note = await queries.lock_note(tx, note_id, by=by)
    if not (by.may("releases.write") and by.sees_team(note.team_id)):
        raise NotAllowed("The release is another team's.")
    if note.called_off_at is not None:
        raise CalledOff
    return note


async def change_note(tx: Transaction, note_id: int, data: ReleasePatch, *, by: Actor, now: datetime) -> Release:
    """Change a note. Other words or another day are unread again; a go holds for the day it was given for.

    Raises:
        NotFound: the actor may not see it.
        NotAllowed: it is another team's.
        CalledOff: it was called off.
        Invalid: an unknown owner, or a blank title.

    Emits: ReleaseChanged
    """
    note = await _writable(tx, note_id, by=by)
    given = {name: each for name, each in to_builtins(data, builtin_types=(datetime,)).items() if each is not UNSET}
    if "owner_id" in given:
        await _check_people(tx, [given["owner_id"]])
    if "title" in given:
        given["title"] = _line(given["title"], "title")
    sql = """
        update release_note set title = coalesce(%(title)s, title), summary = coalesce(%(summary)s, summary),
            impact = coalesce(%(impact)s, impact), owner_id = coalesce(%(owner_id)s, owner_id),
            live_at = coalesce(%(live_at)s, live_at), version = version + 1,
            warnings = case when coalesce(%(live_at)s, live_at) > live_at then 0 else warnings end,
            decision = case when %(moved)s then null else decision end,
            decided_at = case when %(moved)s then null else decided_at end,
            decided_by = case when %(moved)s then null else decided_by end,
            decision_reason = case when %(moved)s then '' else decision_reason end
        where id = %(id)s and (title, summary, impact, owner_id, live_at) is distinct from (
            coalesce(%(title)s, title), coalesce(%(summary)s, summary), coalesce(%(impact)s, impact),
            coalesce(%(owner_id)s, owner_id), coalesce(%(live_at)s, live_at))"""
    params = dict.fromkeys(("title", "summary", "impact", "owner_id", "live_at"), None) | given
    moved = data.live_at is not UNSET and data.live_at != note.live_at
    if await execute(tx, sql, {**params, "moved": moved, "id": note_id}):
        await say(tx, note, "changed", by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)


async def decide(tx: Transaction, note_id: int, data: ReleaseDecisionIn, *, by: Actor, now: datetime) -> Release:
    """Say go or no-go. The owners of the note and of its items are told.

    Raises:
        NotFound: the actor may not see it.
        NotAllowed: it is another team's.
        CalledOff: it was called off.
        NotReady: a go, though something is open, without a reason.
        Invalid: a no-go without a reason.

    Emits: ReleaseChanged, NotificationMade
    """
    note = await queries.lock_note(tx, note_id, by=by)
    # Whoever only reads what concerns them does not decide for the team whose release it is.
    if not by.sees_team(note.team_id):
        raise NotAllowed("The release is another team's.")
    if note.called_off_at is not None:
        raise CalledOff
    reason = data.reason.strip()
    if data.decision == "no_go" and not reason:
        raise Invalid("Say why not.", fields={"reason": "required"})
    if data.decision == "go" and not reason and await queries.open_items(tx, note_id):
        raise NotReady
    sql = """
        update release_note set decision = %(decision)s, decision_reason = %(reason)s, decided_by = %(by)s,
            decided_at = %(now)s
        where id = %(id)s and (decision, decision_reason) is distinct from (%(decision)s, %(reason)s)"""
    params = {"decision": data.decision, "reason": reason, "by": by.person_id or None, "now": now, "id": note_id}
    if await execute(tx, sql, params):
        await say(tx, note, data.decision, by=by, now=now)
        await tell(tx, note, "release_decided", [note.owner_id], by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)


async def call_off(tx: Transaction, note_id: int, data: CallOffIn, *, by: Actor, now: datetime) -> Release:
    """Say that it does not come; it stays readable among the past ones.

    Raises:
        NotFound: the actor may not see it.
        NotAllowed: it is another team's.
        CalledOff: it was called off already.
        Invalid: the reason is blank.

    Emits: ReleaseChanged
    """
    note = await _writable(tx, note_id, by=by)
    reason = _line(data.reason, "reason")
    sql = "update release_note set called_off_at = %(now)s, called_off_reason = %(reason)s where id = %(id)s"
    await tx.execute(sql, {"now": now, "reason": reason, "id": note_id})
    await say(tx, note, "called_off", by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)


async def read_note(tx: Transaction, note_id: int, *, by: Actor, now: datetime) -> Release:
    """Tick a note as read, as it is now; what told the actor of it is read, too.

    Raises:
        NotFound: the actor may not see it.
        Invalid: a program reads nothing.
    """
    note = await queries.find_note(tx, note_id, by=by, now=now)
    if not by.person_id:
        raise Invalid("Only people read.")
    sql = """
        insert into release_reader (note_id, person_id, version, read_at)
        select id, %(me)s, version, %(now)s from release_note where id = %(id)s
        on conflict (note_id, person_id) do update set version = excluded.version, read_at = excluded.read_at
        where release_reader.version <> excluded.version"""
    params = {"me": by.person_id, "now": now, "id": note.id}
    await tx.execute(sql, params)
    await see_note(tx, note_id, by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)


async def see_note(tx: Transaction, note_id: int, *, by: Actor, now: datetime) -> None:
    """Take the notifications about a note as read."""
    sql = """
        update notification set read_at = %(now)s
        where release_id = %(id)s and person_id = %(me)s and read_at is null"""
    await tx.execute(sql, {"me": by.person_id, "now": now, "id": note_id})


async def add_item(tx: Transaction, note_id: int, data: ReleaseItemIn, *, by: Actor, now: datetime) -> Release:
    """Put something on the readiness list; its owner is told.

    Raises:
        NotFound: the actor may not see the note.
        NotAllowed: it is another team's.
        CalledOff: it was called off.
        TooManyItems: there are 50.
        Invalid: an unknown owner, or a blank text.

    Emits: ReleaseChanged, NotificationMade
    """
    note = await _writable(tx, note_id, by=by)
    await _check_people(tx, [data.owner_id])
    count = "select count(*) from release_item where note_id = %(id)s"
    if (await value(tx, int, count, {"id": note_id}) or 0) >= MOST_ITEMS:
        raise TooManyItems
    await _insert_item(tx, note, data)
    await tell(tx, note, "release_item", [data.owner_id], by=by, now=now)
    await say(tx, note, "item", by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)


async def _insert_item(tx: Transaction, note: LockedNote, data: ReleaseItemIn) -> None:
    sql = """
        insert into release_item (note_id, kind, text, owner_id, due_at)
        values (%(note)s, %(kind)s, %(text)s, %(owner)s, %(due)s)"""
    params = {"note": note.id, "kind": data.kind, "text": _line(data.text, "text"), "owner": data.owner_id}
    await tx.execute(sql, params | {"due": data.due_at})


async def change_item(
    tx: Transaction, note_id: int, item_id: int, data: ReleaseItemPatch, *, by: Actor, now: datetime
) -> Release:
    """Change an item, or tick it: its owner ticks it, and so may whoever writes the note.

    Raises:
        NotFound: no such item of a note that the actor may see.
        NotAllowed: it is neither theirs nor their team's.
        CalledOff: the release was called off.
        Invalid: an unknown owner, or a blank text.

    Emits: ReleaseChanged, NotificationMade
    """
    note = await queries.lock_note(tx, note_id, by=by)
    sql = "select owner_id from release_item where id = %(id)s and note_id = %(note)s"
    owner = await value(tx, int, sql, {"id": item_id, "note": note_id})
    if owner is None:
        raise NotFound
    given = {name: each for name, each in to_builtins(data, builtin_types=(datetime,)).items() if each is not UNSET}
    if owner != by.person_id or set(given) != {"is_done"}:
        await _writable(tx, note_id, by=by)
    if note.called_off_at is not None:
        raise CalledOff
    if "owner_id" in given:
        await _check_people(tx, [given["owner_id"]])
    if "text" in given:
        given["text"] = _line(given["text"], "text")
    params = dict.fromkeys(("text", "owner_id", "due_at", "is_done"), None) | given
    sql = """
        update release_item set text = coalesce(%(text)s, text), owner_id = coalesce(%(owner_id)s, owner_id),
            is_warned = is_warned and %(due_at)s::timestamptz is null, due_at = coalesce(%(due_at)s, due_at),
            done_at = case when %(is_done)s then coalesce(done_at, %(now)s) when not %(is_done)s then null
                else done_at end,
            done_by = case when %(is_done)s then coalesce(done_by, %(me)s) when not %(is_done)s then null
                else done_by end
        where id = %(id)s and (text, owner_id, due_at, done_at is not null) is distinct from (
            coalesce(%(text)s, text), coalesce(%(owner_id)s, owner_id), coalesce(%(due_at)s, due_at),
            coalesce(%(is_done)s, done_at is not null))"""
    if await execute(tx, sql, {**params, "now": now, "me": by.person_id or None, "id": item_id}):
        if given.get("owner_id", owner) != owner:
            await tell(tx, note, "release_item", [given["owner_id"]], by=by, now=now)
        await say(tx, note, "item", by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)


async def remove_item(tx: Transaction, note_id: int, item_id: int, *, by: Actor, now: datetime) -> Release:
    """Take something off the readiness list.

    Raises:
        NotFound: no such item of a note that the actor may see.
        NotAllowed: the note is another team's.
        CalledOff: it was called off.

    Emits: ReleaseChanged
    """
    note = await _writable(tx, note_id, by=by)
    sql = "delete from release_item where id = %(id)s and note_id = %(note)s"
    if not await execute(tx, sql, {"id": item_id, "note": note_id}):
        raise NotFound
    await say(tx, note, "item", by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)
