"""Telling an audience of a notice, once, and reminding whoever has not settled it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ombud.knowledge.notices import queries
from ombud.knowledge.notices.events import NoticeReminded
from ombud.knowledge.notices.queries import AUDIENCE, CURRENT, IN_SIGHT, SETTLED
from ombud.knowledge.notices.schemas import Reminded
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, values
from ombud.shared.events import emit_all

# So many people in one fact.
CHUNK = 500
# Nobody is reminded twice within this, whoever presses the button.
PAUSE = timedelta(minutes=10)
RECEIPT_OF = "r.notice_id = n.id and r.edition = n.edition and r.person_id = p.id"


async def tell_audience(tx: Transaction, notice_id: int, *, now: datetime) -> int:
    """Tell those of its audience who were not told of this edition; how many. A planned notice waits for its moment.

    Emits: NoticeReminded
    """
    sql = f"""
        insert into notice_receipt as had (notice_id, edition, person_id, told_at)
        select n.id, n.edition, p.id, %(now)s from notice n cross join person p
        where n.id = %(id)s and {CURRENT} and {AUDIENCE}
            and not exists (select from notice_receipt r where {RECEIPT_OF} and r.told_at is not null)
        on conflict (notice_id, edition, person_id) do update set told_at = excluded.told_at
        where had.told_at is null returning person_id"""
    told = await values(tx, int, sql, {"id": notice_id, "now": now})
    await _announce(tx, notice_id, told, is_first=True, by=SYSTEM, now=now)
    return len(told)


async def remind_readers(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> Reminded:
    """Remind those whom the actor leads and who have not settled it; nobody twice within ten minutes.

    Raises:
        NotFound: there is no such notice for the actor.

    Emits: NoticeReminded
    """
    by.require("notices.manage")
    await queries.lock_notice(tx, notice_id, by=by, now=now)
    sql = f"""
        insert into notice_receipt as had (notice_id, edition, person_id, told_at, reminded_at, reminders)
        select n.id, n.edition, p.id, %(now)s, %(now)s, 1 from notice n cross join person p
        where n.id = %(id)s and {CURRENT} and {AUDIENCE} and {IN_SIGHT}
            and not exists (select from notice_receipt r
                where {RECEIPT_OF} and ({SETTLED} or greatest(r.reminded_at, r.told_at) > %(pause)s))
        on conflict (notice_id, edition, person_id) do update
            set told_at = coalesce(had.told_at, excluded.told_at), reminded_at = excluded.reminded_at,
                reminders = had.reminders + 1
        returning person_id"""
    params = {"id": notice_id, "now": now, "pause": now - PAUSE, "teams": by.visible_teams()}
    told = await values(tx, int, sql, params)
    await _announce(tx, notice_id, told, is_first=False, by=by, now=now)
    return Reminded(len(told))


async def tell_due(tx: Transaction, *, now: datetime) -> int:
    """Tell of notices whose moment has come, newcomers of those that hold, and remind by their hours; how many.

    Emits: NoticeReminded
    """
    current = await values(tx, int, f"select n.id from notice n where {CURRENT} order by n.id", {"now": now})
    told = 0
    for notice_id in current:
        told += await tell_audience(tx, notice_id, now=now)
        told += await _remind_due(tx, notice_id, now=now)
    return told


async def _remind_due(tx: Transaction, notice_id: int, *, now: datetime) -> int:
    sql = f"""
        update notice_receipt r set reminded_at = %(now)s, reminders = r.reminders + 1
        from notice n cross join person p
        where n.id = %(id)s and {RECEIPT_OF} and n.remind_hours is not null and {AUDIENCE}
            and ({SETTLED}) is not true
            and coalesce(r.reminded_at, r.told_at) <= %(now)s - make_interval(hours => n.remind_hours)
        returning r.person_id"""
    told = await values(tx, int, sql, {"id": notice_id, "now": now})
    await _announce(tx, notice_id, told, is_first=False, by=SYSTEM, now=now)
    return len(told)


async def _announce(
    tx: Transaction, notice_id: int, person_ids: Sequence[int], *, is_first: bool, by: Actor, now: datetime
) -> None:
    facts = [NoticeReminded(notice_id=notice_id, person_ids=some, is_first=is_first) for some in _chunks(person_ids)]
    await emit_all(tx, facts, by=by, at=now)


def _chunks(person_ids: Sequence[int]) -> Iterator[list[int]]:
    ordered = sorted(person_ids)
    return (ordered[first : first + CHUNK] for first in range(0, len(ordered), CHUNK))
