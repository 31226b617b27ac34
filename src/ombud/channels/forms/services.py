"""Taking in a form: its page's own, and those that other pages show."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from ombud.channels.chat.rules import is_type_allowed, sniffed_type
from ombud.channels.forms.proof import make_proof, read_proof
from ombud.channels.forms.schemas import FormIn, FormReceipt
from ombud.channels.queries import StoredChannel
from ombud.channels.questions import Question, answers, load_dropped, load_questions, read_page
from ombud.channels.settings import FILE_TYPES, FormSettings
from ombud.customers.schemas import Sender, normal_value
from ombud.fields.services.values import BadFields
from ombud.shared.crypto import KeyRing, new_token
from ombud.shared.database import Database, Transaction, row, value
from ombud.shared.errors import Unprocessable
from ombud.shared.files import FileStore
from ombud.shared.throttle import Limit, take
from ombud.tickets.schemas import InboundMessage, StoredAttachment
from ombud.tickets.services.intake.door import Arrival, Door
from ombud.tickets.services.intake.filling import Filling
from ombud.tickets.services.uploads import clean_name

LIMIT = Limit("forms", 10, 600)
# Intake is done within some ms; whoever waits longer gets the receipt's number.
WAIT_SECONDS = 0.1
WAITS = 15
FIELDS = ("name", "email", "phone", "subject", "text")
MAX_FILES = 5
MAX_FILE_BYTES = 10 * 1024 * 1024


class KeyReused(Unprocessable):
    """This Idempotency-Key was used for another message. Give each message a key of its own."""

    code = "idempotency_key_reused"


class FileRefused(Unprocessable):
    """The file is empty, too large, or of a kind that is not taken here."""

    code = "file_refused"


class Form(Struct):
    """A form with what its pages say."""

    stored: StoredChannel
    settings: FormSettings
    brand: str
    questions: list[Question]
    # asked for until their fields were archived
    dropped: list[Question]


async def load_form(tx: Transaction, stored: StoredChannel) -> Form:
    """A form with its questions as they are now."""
    brand = await value(tx, str, "select name from brand where id = %(id)s", {"id": stored.brand_id}) or ""
    settings = msgspec.convert(stored.settings, FormSettings)
    questions = await load_questions(tx, settings.questions)
    return Form(stored, settings, brand, questions, await load_dropped(tx, settings.questions))


def read_form(form: Form, given: dict[str, Any], locale: str) -> tuple[FormIn | None, dict[str, str]]:
    """What the inputs of a page say, or its problems by the names of inputs."""
    wanted = {name: given[name] for name in FIELDS} | {"locale": locale}
    problems = {name: "required" for name in ("name", "email", "text") if not _fits(wanted, name)}
    names = {one.field.key: one.name for one in form.questions}
    try:
        wanted["fields"] = answers(form.questions, read_page(form.questions, lambda name: given[name]))
    except BadFields as bad:
        problems |= {names[key]: problem for key, problem in bad.fields.items()}
    if problems:
        return None, problems
    wanted["subject"], wanted["phone"] = wanted["subject"][:300], wanted["phone"][:40]
    return msgspec.convert(wanted, FormIn), {}


def _fits(wanted: dict[str, Any], name: str) -> bool:
    probe = {"name": "x", "email": "a@b.cc", "text": "x", name: wanted[name]}
    try:
        msgspec.convert(probe, FormIn)
    except msgspec.ValidationError:
        return False
    return True


def stamp_form(keys: KeyRing, form: Form, *, now: datetime) -> str:
    """A stamp for one showing of a form on a page, against scripts that post without reading it."""
    return make_proof(keys, form.stored.public_key or "", now=now)


def read_stamp(keys: KeyRing, form: Form, stamp: str, *, now: datetime) -> str | None:
    """The key under which the message of one showing is kept once; None when the stamp is not ours, or not of now."""
    return read_proof(keys, form.stored.public_key or "", stamp, now=now)


async def keep_file(files: FileStore, name: str, data: bytes) -> StoredAttachment:
    """Keep a file that goes with a message; its type is what its bytes say, whatever its name claims.

    Raises:
        FileRefused: it is empty, too large, or of a kind that is not taken.
    """
    kind = sniffed_type(name, data)
    if not data or len(data) > MAX_FILE_BYTES or not is_type_allowed(kind, list(FILE_TYPES)):
        raise FileRefused
    stored = await files.put(data)
    return StoredAttachment(stored.token, clean_name(name), kind, stored.size, stored.sha256.hex())


async def accept_form(
    database: Database,
    door: Door,
    stored: StoredChannel,
    data: FormIn,
    filling: Filling,
    *,
    key: str,
    raw: bytes,
    address: str,
    now: datetime,
    sender: Sender | None = None,
    attachments: Sequence[StoredAttachment] = (),
) -> FormReceipt:
    """Keep a form's message, once for each key, and give its reference.

    ``sender``: who it is, where that is proven otherwise than by what they typed.

    Raises:
        LimitReached: too many from one address.
        KeyReused: the key was used for another message.
    """
    async with database.transaction() as tx:
        await take(tx, LIMIT, address, now=now)
    message = InboundMessage(
        sender=sender
        or Sender(
            "visitor",
            new_token("f_"),
            name=_clean(data.name),
            email=normal_value("email", data.email),
            phone=normal_value("phone", data.phone),
            locale=data.locale,
        ),
        text=_clean(data.text),
        subject=_clean(data.subject),
        at=now,
        type_id=filling.type_id,
        fields=filling.fields,
        attachments=list(attachments),
    )
    receipt = await door.receive(Arrival(stored.id, key, message, raw=raw))
    kept = await _find(database, receipt.id)
    if not receipt.is_new and kept.raw != raw:
        raise KeyReused
    return FormReceipt(receipt.id, await reference_of(database, receipt.id))


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


class Kept(Struct):
    """A form's message in the inbox."""

    raw: bytes | None
    ticket_id: int | None


async def _find(database: Database, inbox_id: int) -> Kept:
    async with database.transaction() as tx:
        found = await row(tx, Kept, "select raw, ticket_id from inbox where id = %(id)s", {"id": inbox_id})
    return found or Kept(None, None)


async def reference_of(database: Database, inbox_id: int) -> str:
    """The ticket of a message as ``#10023``, or the number of its receipt, if intake takes longer than people wait."""
    for _ in range(WAITS):
        found = await _find(database, inbox_id)
        if found.ticket_id is not None:
            return f"#{found.ticket_id}"
        await asyncio.sleep(WAIT_SECONDS)
    return f"R{inbox_id}"
