"""Verbs that define custom fields."""

from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from ombud.fields.events import FieldChanged
from ombud.fields.queries import FIELD
from ombud.fields.schemas import Field, FieldIn, FieldOptions, FieldPatch, Subject
from ombud.fields.services.values import options_problem
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit

MAX_FIELDS = 200


class KeyTaken(Conflict):
    """Another field has this key. Choose another one; archived fields keep theirs."""

    code = "field_key_taken"


class TooManyFields(Conflict):
    """There are 200 fields already. Archive some that nobody fills in."""

    code = "too_many_fields"


async def define_field(tx: Transaction, subject: Subject, data: FieldIn, *, by: Actor, now: datetime) -> Field:
    """Define a field.

    Raises:
        KeyTaken: the key belongs to another field of the subject.
        TooManyFields: 200 are in use.
        Invalid: a name is blank, or choices, bounds or the pattern do not hold.

    Emits: FieldChanged
    """
    _check_options(data.kind, data.options)
    _check_names(data)
    await _check_room(tx, subject)
    sql = f"""
        insert into field (subject, key, name_en, name_zh, kind, options, position, created_at)
        values (%(subject)s, %(key)s, %(name_en)s, %(name_zh)s, %(kind)s, %(options)s, %(position)s, %(now)s)
        on conflict (subject, key) do nothing returning {FIELD}"""
    params = {**msgspec.structs.asdict(data), "options": _json(data.options), "subject": subject, "now": now}
    made = await row(tx, Field, sql, params)
    if made is None:
        raise KeyTaken(fields={"key": "taken"})
    await emit(tx, FieldChanged(field_id=made.id, subject=subject, change="made"), by=by, at=now)
    return made


async def change_field(tx: Transaction, field_id: int, data: FieldPatch, *, by: Actor, now: datetime) -> Field:
    """Change names, options or order of a field, archive it or take it back into use; values that exist stay.

    Raises:
        NotFound: no such field.
        TooManyFields: it is taken back into use, and 200 are.
        Invalid: a name is blank, or choices, bounds or the pattern do not hold.

    Emits: FieldChanged
    """
    before = await row(tx, Field, f"select {FIELD} from field where id = %(id)s for update", {"id": field_id})
    if before is None:
        raise NotFound
    _check_options(before.kind, data.options)
    _check_names(data)
    if before.is_archived and not data.is_archived:
        await _check_room(tx, before.subject)
    changed = msgspec.structs.replace(before, **msgspec.structs.asdict(data))
    if changed == before:
        return before
    sql = """
        update field set name_en = %(name_en)s, name_zh = %(name_zh)s, options = %(options)s, position = %(position)s,
            archived_at = case when %(is_archived)s then coalesce(archived_at, %(now)s) end
        where id = %(id)s"""
    params = {**msgspec.structs.asdict(data), "options": _json(data.options), "id": field_id, "now": now}
    await tx.execute(sql, params)
    fact = FieldChanged(
        field_id=field_id, subject=changed.subject, change="archived" if changed.is_archived else "changed"
    )
    await emit(tx, fact, by=by, at=now)
    return changed


async def _check_room(tx: Transaction, subject: Subject) -> None:
    in_use = "select count(*) from field where subject = %(subject)s and archived_at is null"
    if (await value(tx, int, in_use, {"subject": subject}) or 0) >= MAX_FIELDS:
        raise TooManyFields


def _check_names(data: FieldIn | FieldPatch) -> None:
    blank = [name for name in ("name_en", "name_zh") if not getattr(data, name).strip()]
    if blank:
        raise Invalid("Name the field in both languages.", fields=dict.fromkeys(blank, "required"))


def _check_options(kind: str, options: FieldOptions) -> None:
    problem = options_problem(kind, options)
    if problem:
        raise Invalid(f"The field cannot be like this ({problem}).", fields={"options": problem})


def _json(options: FieldOptions) -> Jsonb:
    return Jsonb(msgspec.to_builtins(options))
