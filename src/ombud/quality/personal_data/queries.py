"""Reads of the policy, of who read what, and of redactions."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.intelligence.personal_data.schemas import Kind
from ombud.intelligence.personal_data.services import NAMES
from ombud.quality.personal_data.schemas import PersonalDataAccess, PersonalDataPolicy, Redaction
from ombud.shared.database import Transaction, row, rows, value

SETTING = "personal_data"
REDACTION = """
    select r.id, r.ticket_id, r.entry_id, r.attachment_id, r.kind, r.reason, r.at, r.undone_at,
        case when r.sealed is not null then r.sealed_until end as sealed_until,
        coalesce(p.name, k.name, 'Ombud') as by_name,
        (select count(*) from redaction_opening o where o.redaction_id = r.id) as opened
    from redaction r left join person p on r.by_kind = 'person' and p.id = r.by_id
    left join api_key k on r.by_kind = 'api_key' and k.id = r.by_id"""


async def load_policy(tx: Transaction) -> PersonalDataPolicy:
    """Who sees what; the migration has set it, so it is always there."""
    sql = """
        select value -> 'kinds' as kinds, value -> 'keeps_sealed' as keeps_sealed,
            value -> 'sealed_days' as sealed_days
        from setting where name = %(name)s"""
    found = await row(tx, PersonalDataPolicy, sql, {"name": SETTING})
    if found is None:
        raise RuntimeError("The setting of personal data is gone.")
    found.kinds = {kind: found.kinds[kind] for kind in NAMES}
    return found


async def count_waiting(tx: Transaction) -> int:
    """How many entries nobody has looked at yet, roughly: ids that are not there count, too."""
    sql = """
        select case when is_done then 0 else coalesce(down_to, (select max(id) + 1 from entry), 1) - 1 end
        from personal_data_fill"""
    return await value(tx, int, sql) or 0


async def list_accesses(
    tx: Transaction, *, ticket_id: int | None, person_id: int | None, before: int | None, limit: int
) -> list[PersonalDataAccess]:
    """Who had what shown, the newest first."""
    sql = """
        select a.id, a.ticket_id, a.entry_id, a.kinds, a.person_id, coalesce(p.name, 'Ombud') as person_name, a.at
        from personal_data_access a left join person p on p.id = a.person_id
        where (%(ticket)s::bigint is null or a.ticket_id = %(ticket)s)
            and (%(person)s::bigint is null or a.person_id = %(person)s)
            and (%(before)s::bigint is null or a.id < %(before)s)
        order by a.id desc limit %(limit)s"""
    params = {"ticket": ticket_id, "person": person_id, "before": before, "limit": limit}
    return await rows(tx, PersonalDataAccess, sql, params)


async def list_redactions(tx: Transaction, ticket_id: int) -> list[Redaction]:
    """Redactions of a ticket that the caller may see, the newest first."""
    sql = f"{REDACTION} where r.ticket_id = %(id)s order by r.id desc limit 200"
    return await rows(tx, Redaction, sql, {"id": ticket_id})


async def find_redaction(tx: Transaction, redaction_id: int) -> Redaction | None:
    """One redaction."""
    return await row(tx, Redaction, f"{REDACTION} where r.id = %(id)s", {"id": redaction_id})


class Said(Struct):
    """An entry as verbs need it."""

    id: int
    ticket_id: int
    origin_ticket_id: int | None
    kind: str
    text: str
    html: str | None
    quoted: str | None


async def lock_entry(tx: Transaction, ticket_id: int, entry_id: int) -> Said | None:
    """A message, a note or a side message of a ticket that the caller may see."""
    sql = """
        select id, ticket_id, origin_ticket_id, kind, text, html, quoted from entry
        where id = %(id)s and ticket_id = %(ticket)s and kind <> 'change' and undone_at is null for update"""
    return await row(tx, Said, sql, {"id": entry_id, "ticket": ticket_id})


async def load_entry(tx: Transaction, ticket_id: int, entry_id: int) -> Said | None:
    """The same, to read it only."""
    sql = """
        select id, ticket_id, origin_ticket_id, kind, text, html, quoted from entry
        where id = %(id)s and ticket_id = %(ticket)s and kind <> 'change' and undone_at is null"""
    return await row(tx, Said, sql, {"id": entry_id, "ticket": ticket_id})


class SealedRow(Struct):
    """A redaction whose original is there."""

    id: int
    ticket_id: int
    entry_id: int
    sealed: bytes
    sealed_files: list[str]


async def lock_sealed(tx: Transaction, redaction_id: int, *, now: datetime) -> SealedRow | None:
    """A redaction whose original can be opened."""
    sql = """
        select id, ticket_id, entry_id, sealed, sealed_files from redaction
        where id = %(id)s and sealed is not null and undone_at is null and sealed_until > %(now)s for update"""
    return await row(tx, SealedRow, sql, {"id": redaction_id, "now": now})


async def marked_kinds(tx: Transaction) -> Sequence[Kind]:
    """Kinds that are looked for."""
    policy = await load_policy(tx)
    return [kind for kind in NAMES if policy.kinds[kind].is_on]
