"""What people keep beside a ticket goes along in a merge: from followers to planned replies and side conversations.

Each comes back when the merge is taken back, as it was: what nobody touched since, exactly; the rest as it is now.
"""

from datetime import datetime
from html import escape
from typing import Any

from ombud.shared.database import Transaction, execute, row, rows, values
from ombud.tickets.queries.tickets import visible_mentions
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.schemas.merge import Carried, DraftRow, Place, PlannedRow, TimeKey
from ombud.tickets.services.merging.moving import move_entries
from ombud.tickets.services.planned import hold_planned

# Why a planned reply is held: what it answers stands on another ticket now.
MERGED = "ticket_merged"


async def carry(tx: Transaction, source: LockedTicket, target: LockedTicket, *, now: datetime) -> Carried:
    """Take along what hangs on the source; gives what taking back needs.

    Emits: PlannedReplyChanged, NotificationMade
    """
    planned = await _carry_planned(tx, source.id, target.id, now=now)
    return Carried(
        followers=await _carry_followers(tx, source.id, target),
        checklist=await _carry_checklist(tx, source.id, target.id),
        **await _carry_time(tx, source.id, target.id),
        **await _carry_shared_draft(tx, source.id, target.id, now=now),
        planned=planned,
        sides=await _move_sides(tx, source.id, target.id),
    )


async def give_back(tx: Transaction, kept: Carried, *, source_id: int, target_id: int, now: datetime) -> None:
    """Take back what ``carry`` did, save what has gone or changed since."""
    params: dict[str, object] = {"source": source_id, "target": target_id, "now": now}
    sql = """
        update follower f set ticket_id = %(source)s where f.ticket_id = %(target)s
            and f.person_id = any(%(people)s::bigint[]) and not exists (
                select from follower o where (o.ticket_id, o.person_id) = (%(source)s, f.person_id))"""
    await tx.execute(sql, params | {"people": kept.followers})
    sql = """
        update checklist_item i set ticket_id = %(source)s, position = k.position
        from unnest(%(ids)s::bigint[], %(positions)s::int[]) as k (id, position)
        where i.id = k.id and i.ticket_id = %(target)s"""
    places = {"ids": [one.id for one in kept.checklist], "positions": [one.position for one in kept.checklist]}
    await tx.execute(sql, params | places)
    sql = """
        update time_spent s set ticket_id = %(source)s, client_key = coalesce(k.client_key, s.client_key)
        from unnest(%(ids)s::bigint[]) as w (id)
        left join unnest(%(doubles)s::bigint[], %(keys)s::text[]) as k (id, client_key) on k.id = w.id
        where s.id = w.id and s.ticket_id = %(target)s"""
    keys = {"doubles": [one.id for one in kept.time_keys], "keys": [one.client_key for one in kept.time_keys]}
    await tx.execute(sql, params | keys | {"ids": kept.time})
    await _return_shared_draft(tx, kept, params)
    await _return_planned(tx, kept, params)
    await _return_sides(tx, kept, source_id=source_id, target_id=target_id)


async def _carry_followers(tx: Transaction, source_id: int, target: LockedTicket) -> list[int]:
    sql = """
        select f.person_id from follower f where f.ticket_id = %(source)s and not exists (
            select from follower o where (o.ticket_id, o.person_id) = (%(target)s, f.person_id)) order by f.person_id"""
    people = await values(tx, int, sql, {"source": source_id, "target": target.id})
    # Whoever does not see the ticket that goes on hears nothing of it: their mark stays where it is.
    allowed = await visible_mentions(tx, people, target) if people else []
    sql = "update follower set ticket_id = %(target)s where ticket_id = %(source)s and person_id = any(%(people)s)"
    await tx.execute(sql, {"source": source_id, "target": target.id, "people": allowed})
    return sorted(allowed)


async def _carry_checklist(tx: Transaction, source_id: int, target_id: int) -> list[Place]:
    params = {"source": source_id, "target": target_id}
    sql = "select id, position from checklist_item where ticket_id = %(source)s order by position, id"
    places = await rows(tx, Place, sql, params)
    sql = """
        update checklist_item i set ticket_id = %(target)s, position = last.position + n.place
        from (select coalesce(max(position), -1) as position from checklist_item where ticket_id = %(target)s) last,
            unnest(%(ids)s::bigint[]) with ordinality as n (id, place)
        where i.id = n.id"""
    await tx.execute(sql, params | {"ids": [one.id for one in places]})
    return places


async def _carry_time(tx: Transaction, source_id: int, target_id: int) -> dict[str, Any]:
    params = {"source": source_id, "target": target_id}
    sql = """
        select s.id, s.client_key from time_spent s where s.ticket_id = %(source)s and exists (
            select from time_spent o where (o.ticket_id, o.client_key) = (%(target)s, s.client_key)) order by s.id"""
    doubles = await rows(tx, TimeKey, sql, params)
    # A key that a client gave on both tickets is a chance; the time counts twice, because it was spent twice.
    sql = "update time_spent set client_key = 'merged-' || id where id = any(%(ids)s::bigint[])"
    await tx.execute(sql, {"ids": [one.id for one in doubles]})
    sql = "update time_spent set ticket_id = %(target)s where ticket_id = %(source)s returning id"
    return {"time": sorted(await values(tx, int, sql, params)), "time_keys": doubles}


_DRAFT = "select text, version, edited_by, updated_at, html from shared_draft where ticket_id = %(id)s"


async def _carry_shared_draft(tx: Transaction, source_id: int, target_id: int, *, now: datetime) -> dict[str, Any]:
    """Take the shared draft along; where both have one, the target's stays and the source's stands below it."""
    source = await row(tx, DraftRow, _DRAFT, {"id": source_id})
    if source is None:
        return {}
    target = await row(tx, DraftRow, _DRAFT, {"id": target_id})
    await tx.execute("delete from shared_draft where ticket_id = %(id)s", {"id": source_id})
    text, html = _joined(source, source_id, target)
    sql = """
        insert into shared_draft (ticket_id, text, html, version, edited_by, updated_at)
        values (%(id)s, %(text)s, %(html)s, nextval('shared_draft_version'), %(by)s, %(now)s)
        on conflict (ticket_id) do update set text = excluded.text, html = excluded.html, version = excluded.version,
            updated_at = excluded.updated_at
        returning version"""
    params = {"id": target_id, "text": text, "html": html, "by": source.edited_by, "now": now}
    [version] = await values(tx, int, sql, params)
    return {"draft": source, "draft_before": target, "draft_version": version}


def _joined(source: DraftRow, source_id: int, target: DraftRow | None) -> tuple[str, str]:
    if target is None:
        return source.text, source.html
    text = f"{target.text}\n\n— #{source_id} —\n{source.text}"
    if not source.html and not target.html:
        return text, ""
    return text, f"{_marked(target)}<p>— #{source_id} —</p>{_marked(source)}"


def _marked(draft: DraftRow) -> str:
    return draft.html or "".join(f"<p>{escape(line)}</p>" for line in draft.text.splitlines())


async def _return_shared_draft(tx: Transaction, kept: Carried, params: dict[str, object]) -> None:
    if kept.draft is None:
        return
    untouched = {"version": kept.draft_version, "target": params["target"]}
    sql = "delete from shared_draft where ticket_id = %(target)s and version = %(version)s"
    if await execute(tx, sql, untouched) and kept.draft_before is not None:
        await _put_draft(tx, kept.draft_before, params["target"])
    await _put_draft(tx, kept.draft, params["source"])


async def _put_draft(tx: Transaction, draft: DraftRow, ticket_id: object) -> None:
    sql = """
        insert into shared_draft (ticket_id, text, html, version, edited_by, updated_at)
        values (%(id)s, %(text)s, %(html)s, %(version)s, %(by)s, %(at)s) on conflict do nothing"""
    params = {
        "text": draft.text,
        "html": draft.html,
        "version": draft.version,
        "by": draft.edited_by,
        "at": draft.updated_at,
    }
    await tx.execute(sql, params | {"id": ticket_id})


async def _carry_planned(tx: Transaction, source_id: int, target_id: int, *, now: datetime) -> list[PlannedRow]:
    sql = "select id, state, problem from planned_reply where ticket_id = %(source)s order by id"
    params = {"source": source_id, "target": target_id}
    planned = await rows(tx, PlannedRow, sql, params)
    if not planned:
        return []
    # What they answer has moved: a person decides. Their writers hear of it on the ticket that goes on.
    await tx.execute("update planned_reply set ticket_id = %(target)s where ticket_id = %(source)s", params)
    await hold_planned(tx, [target_id], MERGED, now=now, only_ids=[one.id for one in planned])
    return planned


async def _return_planned(tx: Transaction, kept: Carried, params: dict[str, object]) -> None:
    """Bring planned replies back; one whose time has passed meanwhile stays held, nothing leaves by surprise."""
    sql = """
        update planned_reply p set ticket_id = %(source)s,
            state = case when p.problem = %(merged)s and p.send_at > %(now)s then k.state else p.state end,
            problem = case when p.problem = %(merged)s and p.send_at > %(now)s then k.problem else p.problem end
        from unnest(%(ids)s::bigint[], %(states)s::text[], %(problems)s::text[]) as k (id, state, problem)
        where p.id = k.id and p.ticket_id = %(target)s"""
    ids, states = [one.id for one in kept.planned], [one.state for one in kept.planned]
    more = {"ids": ids, "states": states, "problems": [one.problem for one in kept.planned], "merged": MERGED}
    await tx.execute(sql, params | more)


async def _move_sides(tx: Transaction, from_id: int, to_id: int, *, only: list[int] | None = None) -> list[int]:
    sql = """
        update side_conversation set ticket_id = %(to)s
        where ticket_id = %(from)s and (%(only)s::bigint[] is null or id = any(%(only)s)) returning id"""
    return sorted(await values(tx, int, sql, {"from": from_id, "to": to_id, "only": only}))


async def _return_sides(tx: Transaction, kept: Carried, *, source_id: int, target_id: int) -> None:
    """Bring side conversations back whole: answers that came since belong to them, not to the other ticket."""
    back = await _move_sides(tx, target_id, source_id, only=kept.sides)
    sql = "select id from entry where side_id = any(%(sides)s) and ticket_id <> %(source)s order by id"
    entries = await values(tx, int, sql, {"sides": back, "source": source_id})
    await move_entries(tx, entries, to=source_id)
