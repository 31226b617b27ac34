"""What is looked at, from when it is set, and which head does it."""

from datetime import datetime
from typing import Final

from ombud.assistance.classification import queries
from ombud.assistance.classification.events import ClassificationChanged
from ombud.assistance.classification.schemas import (
    ASPECTS,
    OF_FIELDS,
    Aspect,
    AspectSettingIn,
    AspectState,
    ClassificationSettings,
)
from ombud.fields.queries import list_fields
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit

TREES: Final = frozenset({"choice", "tree"})


async def show_settings(tx: Transaction, *, has_meaning: bool, now: datetime) -> ClassificationSettings:
    """All aspects with their heads and what came of them, how much waits, and the last learning."""
    settings = await queries.list_settings(tx)
    heads = await queries.list_heads(tx)
    counts = {(one.aspect, one.state): one.count for one in await queries.count_labels(tx, now=now)}
    aspects = [
        AspectState(
            setting=settings[aspect],
            heads=[one for one in heads if one.aspect == aspect],
            set=counts.get((aspect, "set"), 0),
            proposed=counts.get((aspect, "proposed"), 0),
            unknown=counts.get((aspect, "unknown"), 0),
            confirmed=counts.get((aspect, "confirmed"), 0),
            corrected=counts.get((aspect, "corrected"), 0),
        )
        for aspect in ASPECTS
    ]
    load = await queries.find_load(tx, now=now)
    return ClassificationSettings(aspects, load, await queries.find_training(tx), has_meaning)


async def change_setting(tx: Transaction, aspect: Aspect, data: AspectSettingIn, *, by: Actor, now: datetime) -> None:
    """Say how an aspect is looked at; the same again changes nothing.

    Raises:
        NotFound: there is no such aspect.
        Invalid: the field is none of tickets with choices.

    Emits: ClassificationChanged
    """
    if aspect not in ASPECTS:
        raise NotFound
    if data.field_key is not None and aspect in OF_FIELDS:
        known = {one.key for one in await list_fields(tx, "ticket") if one.kind in TREES and not one.is_archived}
        if data.field_key not in known:
            raise Invalid("Choose a field of tickets that has choices.", fields={"field_key": "unknown"})
    key = data.field_key if aspect in OF_FIELDS else None
    sql = """
        insert into classification_setting as s (aspect, is_on, threshold, field_key)
        values (%(aspect)s, %(on)s, %(threshold)s, %(key)s)
        on conflict (aspect) do update set is_on = excluded.is_on, threshold = excluded.threshold,
            field_key = excluded.field_key
        where (s.is_on, s.threshold, s.field_key)
            is distinct from (excluded.is_on, excluded.threshold, excluded.field_key) returning 1"""
    params = {"aspect": aspect, "on": data.is_on, "threshold": data.threshold, "key": key}
    if await value(tx, int, sql, params) is not None:
        await emit(tx, ClassificationChanged(aspect=aspect, change="setting"), by=by, at=now)


async def ask_to_learn(tx: Transaction, *, by: Actor, now: datetime) -> None:
    """Have new heads learnt from all that people said until now; it takes some minutes, beside everything else."""
    sql = "update classifier_training set asked_at = %(now)s, asked_by = %(by)s where asked_at is null"
    await tx.execute(sql, {"now": now, "by": by.person_id or None})
