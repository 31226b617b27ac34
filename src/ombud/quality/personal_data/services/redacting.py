"""Blacking out words of a message, or a file of it: everywhere, in place, once and for all unless it is kept sealed."""

import base64
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from ombud.intelligence.personal_data.services import find, kept_spans
from ombud.quality.personal_data import queries
from ombud.quality.personal_data.events import EntryRedacted
from ombud.quality.personal_data.queries import Said
from ombud.quality.personal_data.schemas import PersonalDataPolicy, Redaction, RedactionIn, RedactionMade
from ombud.quality.personal_data.services.sweeping import Cell, Reach, sweep
from ombud.quality.personal_data.services.words import SIGN, Words, black_out, black_out_html, is_telling, words_of
from ombud.shared.actor import Actor
from ombud.shared.crypto import KeyRing, new_token
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit
from ombud.shared.files import FileStore
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import EntryDetails, LockedTicket
from ombud.tickets.search.services import index_attachments, index_entries, index_tickets
from ombud.tickets.services.timeline import add_entry

MOST_ELSEWHERE = 20


class SealedFile(Struct):
    """A file of the store as it was, and where its encrypted original lies."""

    sealed: str
    token: str
    file_id: int | None = None
    inbox_id: int | None = None
    name: str = ""
    type: str = ""
    size: int = 0


class SealedRaw(Struct):
    """The raw original of a mail."""

    inbox_id: int
    raw: str


class Original(Struct):
    """All that a redaction took away."""

    words: str
    cells: list[Cell] = []
    files: list[SealedFile] = []
    raws: list[SealedRaw] = []


class Vault(Struct):
    """Where originals go: the store, the key, and whether they are kept."""

    files: FileStore
    keys: KeyRing
    policy: PersonalDataPolicy
    redaction_id: int
    doomed: list[str] = []

    async def seal_file(self, token: str) -> str:
        """Keep a file encrypted, and let the plain one go; the name of the encrypted one, '' if none is kept."""
        sealed = ""
        if self.policy.keeps_sealed:
            plain = await self.files.get(token)
            stored = await self.files.put(self.keys.seal(plain, place=file_place(self.redaction_id)))
            sealed = stored.token
        self.doomed = [*self.doomed, token]
        return sealed


def sealed_place(redaction_id: int) -> str:
    """What the ciphertext of an original is bound to."""
    return f"redaction.sealed.{redaction_id}"


def file_place(redaction_id: int) -> str:
    """What the ciphertext of a file is bound to."""
    return f"redaction.file.{redaction_id}"


async def redact_entry(
    tx: Transaction, ticket_id: int, data: RedactionIn, *, files: FileStore, keys: KeyRing, by: Actor, now: datetime
) -> RedactionMade:
    """Black out words of a message wherever they are kept of the ticket, or a file of it.

    Gone from: the message, quotes, formatted text, drafts, waiting answers, outgoing copies, search words, read texts
    of files, lists, the raw original, kept answers of the API and files of exports. What went out by mail is out.

    Raises:
        NotFound: there is no such message or file, or ``by`` may not see the ticket.
        Invalid: nothing is chosen, or the place is outside the text.

    Emits: EntryRedacted
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    said = await queries.lock_entry(tx, ticket.id, data.entry_id)
    if said is None:
        raise NotFound
    policy = await queries.load_policy(tx)
    made = await _begin(tx, ticket, data, _kind_of(said, data), by=by, now=now)
    vault = Vault(files, keys, policy, made)
    if data.attachment_id is not None:
        original, touched = await _redact_file(tx, ticket, data.attachment_id, vault, now=now)
    else:
        original, touched = await _redact_words(tx, said, _chosen(said, data), vault)
    await _end(tx, made, original, vault, now=now)
    await _tell(tx, ticket, made, data.entry_id, touched, by=by, now=now)
    found = await queries.find_redaction(tx, made)
    if found is None:
        raise NotFound
    return await _with_rest(tx, found, original.words, ticket)


def _chosen(said: Said, data: RedactionIn) -> str:
    if data.start is None or data.end is None or not data.start < data.end <= len(said.text):
        raise Invalid("Mark the words in the message first.", fields={"start": "outside"})
    words = said.text[data.start : data.end]
    if not words.strip() or set(words.strip()) <= set(SIGN):
        raise Invalid("Mark the words in the message first.", fields={"start": "nothing"})
    return words


def _kind_of(said: Said, data: RedactionIn) -> str:
    if data.attachment_id is not None:
        return "file"
    start, end = data.start or 0, data.end or 0
    return next((one.kind for one in find(said.text) if one.start < end and start < one.end), "other")


async def _begin(
    tx: Transaction, ticket: LockedTicket, data: RedactionIn, kind: str, *, by: Actor, now: datetime
) -> int:
    sql = """
        insert into redaction (ticket_id, entry_id, attachment_id, kind, reason, by_kind, by_id, at)
        values (%(ticket)s, %(entry)s, %(attachment)s, %(kind)s, %(reason)s, %(by_kind)s, %(by_id)s, %(now)s)
        returning id"""
    params = {"ticket": ticket.id, "entry": data.entry_id, "attachment": data.attachment_id, "kind": kind, "now": now}
    params |= {"reason": data.reason, "by_kind": by.kind, "by_id": by.id}
    return await value(tx, int, sql, params) or 0


async def _redact_words(tx: Transaction, said: Said, chosen: str, vault: Vault) -> tuple[Original, list[int]]:
    words = words_of(chosen)
    original = Original(chosen)
    reach = Reach([said.ticket_id], [said.id])
    if is_telling(chosen):
        reach = await _reach(tx, said)
        original.cells = await sweep(tx, reach, words)
    else:
        original.cells = await _black_out_own(tx, said, words)
    touched = sorted({int(cell.key["id"]) for cell in original.cells if cell.table == "entry"} | {said.id})
    await _black_out_files(tx, reach, words, original)
    await _take_raws(tx, touched, vault, original)
    await _forget_copies(tx, reach, chosen, vault)
    await renew_marks(tx, touched, reach.ticket_ids)
    return original, touched


async def _reach(tx: Transaction, said: Said) -> Reach:
    """The ticket, those that were merged with it or split from it, and its customer's linked ones; their entries."""
    sql = """
        select %(id)s::bigint as id union select origin_ticket_id from entry
            where ticket_id = %(id)s and origin_ticket_id is not null
        union select t.id from ticket t where t.merged_into_id = %(id)s
        union select o.id from ticket_link l join ticket t on t.id = %(id)s
            join ticket o on o.id in (l.ticket_id, l.other_id) and o.customer_id = t.customer_id
            where %(id)s in (l.ticket_id, l.other_id)
        union select e.ticket_id from entry e where e.origin_ticket_id = %(id)s"""
    tickets = await values(tx, int, sql, {"id": said.ticket_id})
    # Lock order is the ticket's number, everywhere.
    lock = "select id from ticket where id = any(%(ids)s::bigint[]) order by id for no key update"
    await tx.execute(lock, {"ids": tickets})
    entries = await values(tx, int, "select id from entry where ticket_id = any(%(ids)s::bigint[])", {"ids": tickets})
    return Reach(sorted(tickets), entries)


async def _black_out_own(tx: Transaction, said: Said, words: Words) -> list[Cell]:
    html = black_out_html(said.html, words) if said.html else said.html
    after = {"text": black_out(said.text, words), "html": html, "quoted": black_out(said.quoted, words)}
    before = {"text": said.text, "html": said.html, "quoted": said.quoted}
    cells = [Cell("entry", {"id": said.id}, name, before[name], after[name]) for name in after]
    sql = "update entry set text = %(text)s, html = %(html)s, quoted = %(quoted)s where id = %(id)s"
    await tx.execute(sql, {**after, "id": said.id})
    return [one for one in cells if one.before != one.after]


class _Text(Struct):
    file_id: int
    text: str
    name: str


async def _black_out_files(tx: Transaction, reach: Reach, words: Words, original: Original) -> None:
    """Names of the ticket's files, and what was read in them; the files themselves are blacked out one by one."""
    sql = """
        select f.id as file_id, f.name, coalesce(x.text, '') as text from file f
        left join file_text x on x.file_id = f.id
        where f.id in (select file_id from attachment where ticket_id = any(%(tickets)s::bigint[]))
        order by f.id for update of f"""
    for one in await rows(tx, _Text, sql, {"tickets": reach.ticket_ids}):
        name, text = black_out(one.name, words), black_out(one.text, words)
        if name != one.name:
            original.cells.append(Cell("file", {"id": one.file_id}, "name", one.name, name))
            await tx.execute("update file set name = %(name)s where id = %(id)s", {"name": name, "id": one.file_id})
        if text != one.text:
            original.cells.append(Cell("file_text", {"file_id": one.file_id}, "text", one.text, text))
            update = "update file_text set text = %(text)s where file_id = %(id)s"
            await tx.execute(update, {"text": text, "id": one.file_id})
    sql = "select id from attachment where ticket_id = any(%(tickets)s::bigint[])"
    await index_attachments(tx, await values(tx, int, sql, {"tickets": reach.ticket_ids}))


class _Raw(Struct):
    id: int
    raw: bytes | None
    raw_file: str | None


async def _take_raws(tx: Transaction, entry_ids: Collection[int], vault: Vault, original: Original) -> None:
    """The raw originals of messages: encoded as they are, words cannot be taken out of them."""
    sql = """
        select id, raw, raw_file from inbox
        where entry_id = any(%(ids)s::bigint[]) and (raw is not null or raw_file is not null) order by id for update"""
    for one in await rows(tx, _Raw, sql, {"ids": sorted(entry_ids)}):
        if one.raw is not None:
            original.raws.append(SealedRaw(one.id, base64.b64encode(one.raw).decode()))
        if one.raw_file is not None:
            sealed = await vault.seal_file(one.raw_file)
            original.files.append(SealedFile(sealed, one.raw_file, inbox_id=one.id))
        await tx.execute("update inbox set raw = null, raw_file = null where id = %(id)s", {"id": one.id})


async def _forget_copies(tx: Transaction, reach: Reach, chosen: str, vault: Vault) -> None:
    """Answers of the API that are kept for repeated calls, what receivers echoed, and exports with these tickets."""
    params: dict[str, object] = {"piece": chosen.encode(), "escaped": msgspec.json.encode(chosen)[1:-1]}
    sql = """
        delete from idempotency_key where position(%(piece)s::bytea in response) > 0
            or position(%(escaped)s::bytea in response) > 0"""
    await tx.execute(sql, params)
    sql = """
        update webhook_delivery set response_excerpt = '' where position(%(words)s in response_excerpt) > 0"""
    await tx.execute(sql, {"words": chosen})
    sql = """
        update job j set file_token = null, file_name = null
        from (select id, file_token from job where file_token is not null for update) o
        where o.id = j.id and exists (select from job_item i
            where i.job_id = j.id and i.ticket_id = any(%(tickets)s::bigint[]))
        returning o.file_token"""
    vault.doomed = [*vault.doomed, *await values(tx, str, sql, {"tickets": reach.ticket_ids})]


class _Line(Struct):
    id: int
    text: str


async def renew_marks(tx: Transaction, entry_ids: Sequence[int], ticket_ids: Sequence[int]) -> None:
    """Where personal data and risks stand in texts that have changed, and their search words."""
    sql = "select id, text from entry where id = any(%(ids)s::bigint[]) order by id"
    for one in await rows(tx, _Line, sql, {"ids": list(entry_ids)}):
        update = "update entry set personal_data = %(spans)s::jsonb where id = %(id)s"
        await tx.execute(update, {"spans": kept_spans(one.text), "id": one.id})
        await _place_risks(tx, one)
    await index_entries(tx, entry_ids)
    await index_tickets(tx, ticket_ids)
    sql = "update ticket set version = version + 1 where id = any(%(ids)s::bigint[])"
    await tx.execute(sql, {"ids": list(ticket_ids)})


async def _place_risks(tx: Transaction, one: _Line) -> None:
    """Alerts stay with their words, wherever these are now; one whose words are gone covers nothing but the start."""
    sql = "select id, words as text from risk_alert where entry_id = %(id)s and kind <> 'third_contact'"
    for alert in await rows(tx, _Line, sql, {"id": one.id}):
        start = one.text.find(alert.text)
        place = {"id": alert.id, "starts": max(start, 0), "ends": start + len(alert.text) if start >= 0 else 1}
        await tx.execute("update risk_alert set starts = %(starts)s, ends = %(ends)s where id = %(id)s", place)


class _File(Struct):
    id: int
    token: str
    name: str
    type: str
    size: int
    text: str | None


async def _redact_file(
    tx: Transaction, ticket: LockedTicket, attachment_id: int, vault: Vault, *, now: datetime
) -> tuple[Original, list[int]]:
    sql = """
        select f.id, f.token, f.name, f.type, f.size, x.text from attachment a join file f on f.id = a.file_id
        left join file_text x on x.file_id = f.id
        where a.id = %(id)s and a.ticket_id = %(ticket)s and f.redacted_at is null for update of f"""
    found = await row(tx, _File, sql, {"id": attachment_id, "ticket": ticket.id})
    if found is None:
        raise NotFound
    original = Original(found.name)
    sealed = await vault.seal_file(found.token)
    original.files = [SealedFile(sealed, found.token, found.id, None, found.name, found.type, found.size)]
    await tx.execute("delete from file_text where file_id = %(id)s", {"id": found.id})
    # Another name in the store: every address that somebody has kept leads nowhere from now on.
    sql = """
        update file set token = %(token)s, name = %(sign)s, size = 0, sha256 = ''::bytea,
            type = 'application/octet-stream',
            redacted_at = %(now)s where id = %(id)s"""
    await tx.execute(sql, {"sign": SIGN, "now": now, "id": found.id, "token": new_token()})
    holders = await values(tx, int, "select id from attachment where file_id = %(id)s", {"id": found.id})
    await index_attachments(tx, holders)
    sql = "select distinct entry_id from attachment where file_id = %(id)s order by entry_id"
    touched = await values(tx, int, sql, {"id": found.id})
    # The mail as it came holds the file, too.
    await _take_raws(tx, touched, vault, original)
    await tx.execute("update ticket set version = version + 1 where id = %(id)s", {"id": ticket.id})
    return original, touched


async def _end(tx: Transaction, made: int, original: Original, vault: Vault, *, now: datetime) -> None:
    keeps = vault.policy.keeps_sealed
    sealed = vault.keys.seal(msgspec.json.encode(original), place=sealed_place(made)) if keeps else None
    sql = """
        update redaction set sealed = %(sealed)s, sealed_files = %(files)s, doomed_files = %(doomed)s,
            sealed_until = %(until)s, destroyed_at = %(destroyed)s
        where id = %(id)s"""
    params: dict[str, Any] = {
        "sealed": sealed,
        "files": [one.sealed for one in original.files if one.sealed],
        "doomed": vault.doomed,
        "until": now + timedelta(days=vault.policy.sealed_days) if keeps else None,
        "destroyed": None if keeps else now,
        "id": made,
    }
    await tx.execute(sql, params)


async def _tell(
    tx: Transaction,
    ticket: LockedTicket,
    made: int,
    entry_id: int,
    touched: Sequence[int],
    *,
    by: Actor,
    now: datetime,
) -> None:
    kind = await value(tx, str, "select kind from redaction where id = %(id)s", {"id": made}) or "other"
    line = EntryDetails(field="redaction", to_value={"kind": kind, "entry_id": entry_id, "redaction_id": made})
    change = await add_entry(tx, ticket.id, "change", by=by, now=now, details=line)
    fact = EntryRedacted(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        redaction_id=made,
        entry_id=entry_id,
        entry_ids=[*touched, change],
        kind_of_data=kind,
    )
    await emit(tx, fact, by=by, at=now)


async def _with_rest(tx: Transaction, found: Redaction, chosen: str, ticket: LockedTicket) -> RedactionMade:
    made = RedactionMade(**msgspec.structs.asdict(found))
    if found.kind == "file" or not is_telling(chosen):
        return made
    sql = """
        select distinct t.id from ticket t join entry e on e.ticket_id = t.id
        where t.customer_id = %(customer)s and position(lower(%(words)s) in lower(e.text)) > 0
        order by t.id desc limit %(most)s"""
    params: dict[str, object] = {"customer": ticket.customer_id, "words": chosen, "most": MOST_ELSEWHERE}
    made.elsewhere = await values(tx, int, sql, params)
    sql = """
        select a.id from attachment a join file_text x on x.file_id = a.file_id
        where a.ticket_id = %(ticket)s and position(%(sign)s in x.text) > 0 order by a.id limit 20"""
    made.attachment_ids = await values(tx, int, sql, {"ticket": ticket.id, "sign": SIGN})
    return made


async def list_redactions(tx: Transaction, ticket_id: int) -> list[Redaction]:
    """Redactions of a ticket that the caller may see."""
    return await queries.list_redactions(tx, ticket_id)
