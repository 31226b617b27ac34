"""Sealed originals: reading one with a reason, bringing one back, and their end."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

import msgspec

from ombud.quality.personal_data import queries
from ombud.quality.personal_data.events import RedactionOpened, RedactionUndone
from ombud.quality.personal_data.queries import SealedRow
from ombud.quality.personal_data.schemas import OpenedOriginal, Redaction, RedactionOpeningIn
from ombud.quality.personal_data.services.redacting import (
    Original,
    SealedFile,
    file_place,
    renew_marks,
    sealed_place,
)
from ombud.quality.personal_data.services.sweeping import put_back
from ombud.shared.actor import Actor
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, value, values
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.events import emit
from ombud.shared.files import FileStore
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import EntryDetails, LockedTicket
from ombud.tickets.search.services import index_attachments
from ombud.tickets.services.timeline import add_entry


class NothingSealed(Conflict):
    """The original is gone: it was destroyed, or it is back already."""

    code = "nothing_sealed"


class LaterRedaction(Conflict):
    """Something was blacked out in the same messages later. Bring that back first."""

    code = "later_redaction"


async def open_sealed(
    tx: Transaction, redaction_id: int, data: RedactionOpeningIn, *, keys: KeyRing, by: Actor, now: datetime
) -> OpenedOriginal:
    """Read an original; who read it and why is written down before it is told.

    Raises:
        NotFound: there is no such redaction, or ``by`` may not see its ticket.
        NothingSealed: nothing is left to read.

    Emits: RedactionOpened
    """
    ticket, sealed = await _locked(tx, redaction_id, by=by, now=now)
    original = _opened(sealed, keys)
    sql = """
        insert into redaction_opening (redaction_id, person_id, reason, at)
        values (%(id)s, %(person)s, %(reason)s, %(now)s)"""
    params = {"id": redaction_id, "person": by.person_id or None, "reason": data.reason, "now": now}
    await tx.execute(sql, params)
    fact = RedactionOpened(
        ticket_id=ticket.id, team_id=ticket.team_id, redaction_id=redaction_id, entry_id=sealed.entry_id
    )
    await emit(tx, fact, by=by, at=now)
    return OpenedOriginal(original.words)


async def undo_redaction(
    tx: Transaction, redaction_id: int, *, files: FileStore, keys: KeyRing, by: Actor, now: datetime
) -> Redaction:
    """Bring back everything that a redaction took away, as long as its original is sealed.

    What people wrote since stays; what was forgotten with it (files of exports, kept answers) stays forgotten.

    Raises:
        NotFound: there is no such redaction, or ``by`` may not see its ticket.
        NothingSealed: nothing is left to bring back.
        LaterRedaction: a later redaction touched the same; the newest goes first.

    Emits: RedactionUndone
    """
    ticket, sealed = await _locked(tx, redaction_id, by=by, now=now)
    sql = """
        select exists (select from redaction where ticket_id = %(ticket)s and id > %(id)s and undone_at is null
            and sealed is not null)"""
    if await value(tx, bool, sql, {"ticket": ticket.id, "id": redaction_id}):
        raise LaterRedaction
    original = _opened(sealed, keys)
    await put_back(tx, original.cells)
    for raw in original.raws:
        params = {"raw": base64.b64decode(raw.raw), "id": raw.inbox_id}
        await tx.execute("update inbox set raw = %(raw)s where id = %(id)s", params)
    for file in original.files:
        await _bring_file(tx, file, redaction_id, files=files, keys=keys)
    touched = sorted({int(one.key["id"]) for one in original.cells if one.table == "entry"} | {sealed.entry_id})
    sql = "select distinct ticket_id from entry where id = any(%(ids)s::bigint[])"
    await renew_marks(tx, touched, await values(tx, int, sql, {"ids": touched}))
    sql = """
        update redaction set sealed = null, sealed_until = null, undone_at = %(now)s, undone_by = %(by)s,
            doomed_files = doomed_files || sealed_files, sealed_files = '{}' where id = %(id)s"""
    await tx.execute(sql, {"now": now, "by": by.person_id or None, "id": redaction_id})
    return await _tell_undone(tx, ticket, sealed, touched, by=by, now=now)


async def _tell_undone(
    tx: Transaction, ticket: LockedTicket, sealed: SealedRow, touched: Sequence[int], *, by: Actor, now: datetime
) -> Redaction:
    line = EntryDetails(field="redaction_undone", to_value={"redaction_id": sealed.id, "entry_id": sealed.entry_id})
    change = await add_entry(tx, ticket.id, "change", by=by, now=now, details=line)
    fact = RedactionUndone(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        redaction_id=sealed.id,
        entry_id=sealed.entry_id,
        entry_ids=[*touched, change],
    )
    await emit(tx, fact, by=by, at=now)
    return await queries.find_redaction(tx, sealed.id) or _gone()


def _gone() -> NoReturn:
    raise NotFound


async def _locked(tx: Transaction, redaction_id: int, *, by: Actor, now: datetime) -> tuple[LockedTicket, SealedRow]:
    found = await queries.find_redaction(tx, redaction_id)
    if found is None:
        raise NotFound
    sql = "select ticket_id from entry where id = %(id)s"
    ticket_id = await value(tx, int, sql, {"id": found.entry_id}) or found.ticket_id
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    sealed = await queries.lock_sealed(tx, redaction_id, now=now)
    if sealed is None:
        raise NothingSealed
    return ticket, sealed


def _opened(sealed: SealedRow, keys: KeyRing) -> Original:
    return msgspec.json.decode(keys.open(sealed.sealed, place=sealed_place(sealed.id)), type=Original)


async def _bring_file(tx: Transaction, file: SealedFile, redaction_id: int, *, files: FileStore, keys: KeyRing) -> None:
    plain = keys.open(await files.get(file.sealed), place=file_place(redaction_id))
    stored = await files.put(plain)
    if file.inbox_id is not None:
        sql = "update inbox set raw_file = %(token)s where id = %(id)s"
        await tx.execute(sql, {"token": stored.token, "id": file.inbox_id})
        return
    sql = """
        update file set token = %(token)s, name = %(name)s, type = %(type)s, size = %(size)s, sha256 = %(sha)s,
            redacted_at = null where id = %(id)s"""
    params = {"token": stored.token, "name": file.name, "type": file.type, "size": stored.size, "sha": stored.sha256}
    await tx.execute(sql, {**params, "id": file.file_id})
    sql = "select id from attachment where file_id = %(id)s"
    await index_attachments(tx, await values(tx, int, sql, {"id": file.file_id}))
