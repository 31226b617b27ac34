"""What heads learn from: what people chose on tickets, and what they said of a machine's labels."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from ombud.assistance.classification import queries
from ombud.assistance.classification.events import ClassificationChanged
from ombud.assistance.classification.queries import VERSION
from ombud.assistance.classification.schemas import (
    LEARNT_ASPECTS,
    OF_FIELDS,
    Aspect,
    AspectSetting,
    HeadVersion,
    LearntAspect,
)
from ombud.intelligence.classification.services import Example, Learnt, examples_of
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound
from ombud.shared.events import emit

MOST_EXAMPLES: Final = 4_000
# A new head is learnt when people have said so much more than the last one knew.
ENOUGH_NEW: Final = 20
SHARE_NEW: Final = 0.05
PAUSE: Final = timedelta(hours=1)

TEXT: Final = """
    left(t.subject || coalesce((select string_agg(left(e.text, 1000), E'\\n' order by e.id)
        from (select id, text from public_entry where ticket_id = t.id and direction = 'in'
            and author_kind = 'customer' order by id limit 2) e), ''), 2000)"""
# What a machine set and nobody touched teaches nothing but what it thought already.
BY_PEOPLE: Final = "(l.state is null or l.state in ('corrected', 'confirmed', 'proposed', 'unknown'))"


class _Row(Struct):
    key: int
    text: str
    label: str


async def gather(tx: Transaction, aspect: LearntAspect, setting: AspectSetting) -> list[Example]:
    """The newest examples of an aspect, with those that come along."""
    label, where = _source(aspect, setting)
    if not label:
        return []
    sql = f"""
        select t.id as key, {TEXT} as text, {label} as label
        from ticket t left join ticket_label l on l.ticket_id = t.id and l.aspect = %(aspect)s
        where t.merged_into_id is null and {where} order by t.id desc limit {MOST_EXAMPLES}"""
    params = {"aspect": aspect, "field": setting.field_key or ""}
    found = [Example(one.key, one.text, one.label) for one in await rows(tx, _Row, sql, params)]
    texts, labels = examples_of(aspect)
    return found + [Example(0, text, of, is_seed=True) for text, of in zip(texts, labels, strict=True)]


def _source(aspect: LearntAspect, setting: AspectSetting) -> tuple[str, str]:
    if aspect == "type":
        return "t.type_id::text", f"t.type_id is not null and {BY_PEOPLE}"
    if aspect in OF_FIELDS:
        if not setting.field_key:
            return "", ""
        return "t.fields ->> %(field)s", f"coalesce(t.fields ->> %(field)s, '') <> '' and {BY_PEOPLE}"
    return "l.label", "l.decided_at is not null and l.label <> ''"


async def due_aspects(
    tx: Transaction, settings: Mapping[Aspect, AspectSetting], *, is_asked: bool, now: datetime
) -> list[LearntAspect]:
    """Aspects that are worth learning anew: all that are on where somebody asked for it."""
    last = {one.aspect: one for one in reversed(await queries.list_heads(tx))}
    found: list[LearntAspect] = []
    for aspect in LEARNT_ASPECTS:
        if not settings[aspect].is_on:
            continue
        newest = last.get(aspect)
        if is_asked or (newest is None and await _is_much(tx, aspect, None, ENOUGH_NEW)):
            found.append(aspect)
        elif newest is not None and newest.made_at < now - PAUSE:
            wanted = max(ENOUGH_NEW, round(SHARE_NEW * newest.examples))
            if await _is_much(tx, aspect, newest.made_at, wanted):
                found.append(aspect)
    return found


async def _is_much(tx: Transaction, aspect: str, since: datetime | None, wanted: int) -> bool:
    sql = """
        select count(*) >= %(wanted)s from (select from ticket_label where aspect = %(aspect)s
            and decided_at is not null and (%(since)s::timestamptz is null or decided_at > %(since)s)
            limit %(wanted)s) l"""
    return bool(await value(tx, bool, sql, {"aspect": aspect, "since": since, "wanted": wanted}))


async def keep_head(tx: Transaction, aspect: LearntAspect, learnt: Learnt, *, now: datetime) -> HeadVersion:
    """Keep a head; it works from now on unless the one before was right more often.

    Emits: ClassificationChanged
    """
    is_better = learnt.score_before is None or learnt.score >= learnt.score_before
    if is_better:
        await _retire(tx, aspect, now=now)
    sql = f"""
        insert into classifier_version (aspect, made_at, examples, labels, held_out, score, score_before, state,
            embedded_by, head)
        values (%(aspect)s, %(now)s, %(examples)s, %(labels)s, %(held_out)s, %(score)s, %(before)s, %(state)s,
            %(maker)s, %(head)s) returning {VERSION}"""
    params = {
        "aspect": aspect,
        "now": now,
        "examples": learnt.examples,
        "labels": learnt.labels,
        "held_out": learnt.held_out,
        "score": learnt.score,
        "before": learnt.score_before,
        "state": "on" if is_better else "refused",
        "maker": learnt.embedded_by,
        "head": learnt.head,
    }
    made = await row(tx, HeadVersion, sql, params)
    if made is None:
        raise NotFound
    fact = ClassificationChanged(aspect=aspect, change="learnt" if is_better else "refused")
    await emit(tx, fact, by=SYSTEM, at=now)
    return made


async def choose_head(
    tx: Transaction, aspect: LearntAspect, version_id: int | None, *, by: Actor, now: datetime
) -> None:
    """Let another head work, or none: then names and shipped examples do.

    Raises:
        NotFound: the aspect has no such head.

    Emits: ClassificationChanged
    """
    sql = "select id from classifier_version where id = %(id)s and aspect = %(aspect)s"
    if version_id is not None and await value(tx, int, sql, {"id": version_id, "aspect": aspect}) is None:
        raise NotFound
    sql = "select id from classifier_version where aspect = %(aspect)s and state = 'on' for update"
    if await value(tx, int, sql, {"aspect": aspect}) == version_id:
        return
    await _retire(tx, aspect, now=now)
    if version_id is not None:
        sql = "update classifier_version set state = 'on', retired_at = null where id = %(id)s"
        await tx.execute(sql, {"id": version_id})
    await emit(tx, ClassificationChanged(aspect=aspect, change="chosen"), by=by, at=now)


async def _retire(tx: Transaction, aspect: str, *, now: datetime) -> None:
    sql = """
        update classifier_version set state = 'retired', retired_at = %(now)s
        where aspect = %(aspect)s and state = 'on'"""
    await tx.execute(sql, {"aspect": aspect, "now": now})
