"""Reads of labels, settings, heads, and of what waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from ombud.assistance.classification.schemas import (
    ASPECTS,
    NEVER,
    Aspect,
    AspectSetting,
    HeadVersion,
    LabelState,
    LearntAspect,
    Load,
    Training,
)
from ombud.shared.database import Transaction, row, rows, value

VERSION: Final = "id, aspect, made_at, examples, labels, held_out, score, score_before, state"
COUNTED: Final = timedelta(days=30)
MOST_HEADS: Final = 6
# Where nobody said otherwise. Severity is a priority: it moves work about, so that it begins with proposing.
DEFAULTS: Final[dict[Aspect, tuple[bool, float]]] = {
    "type": (True, 0.85),
    "product": (True, 0.85),
    "reason": (True, 0.85),
    "severity": (True, NEVER),
    "language": (True, 0.6),
    "sentiment": (True, 0.6),
    "emotion": (True, 0.6),
    "spam": (True, 0.9),
}
# Keys by which a desk's own fields are found until somebody names one.
USUAL_KEYS: Final[dict[Aspect, tuple[str, ...]]] = {
    "product": ("product", "model", "product_line", "item"),
    "reason": ("reason", "fault", "cause", "topic", "problem"),
}


class KeptLabel(Struct):
    """A label as it is kept."""

    ticket_id: int
    aspect: Aspect
    label: str
    confidence: float | None
    guess: str | None
    state: LabelState
    version_id: int | None
    at: datetime
    decided_by: int | None
    decided_at: datetime | None


async def list_labels(tx: Transaction, ticket_id: int) -> list[KeptLabel]:
    """The labels of a ticket that the caller may see."""
    sql = """
        select ticket_id, aspect, label, confidence, guess, state, version_id, at, decided_by, decided_at
        from ticket_label where ticket_id = %(id)s
        order by array_position(%(aspects)s::text[], aspect)"""
    return await rows(tx, KeptLabel, sql, {"id": ticket_id, "aspects": list(ASPECTS)})


async def is_waiting(tx: Transaction, ticket_id: int) -> bool:
    """Whether a ticket waits for a look."""
    sql = "select exists (select from classification_wait where ticket_id = %(id)s)"
    return bool(await value(tx, bool, sql, {"id": ticket_id}))


async def list_settings(tx: Transaction) -> dict[Aspect, AspectSetting]:
    """How each aspect is set; what nobody set is as shipped, with the field that is usually called so."""
    sql = "select aspect, is_on, threshold, field_key from classification_setting"
    said = {one.aspect: one for one in await rows(tx, AspectSetting, sql)}
    sql = """
        select key from field where subject = 'ticket' and archived_at is null
            and kind in ('choice', 'tree') and key = any(%(keys)s::text[])"""
    wanted = [key for keys in USUAL_KEYS.values() for key in keys]
    known = {one.key for one in await rows(tx, _Key, sql, {"keys": wanted})}
    usual = {aspect: next((key for key in keys if key in known), None) for aspect, keys in USUAL_KEYS.items()}
    return {
        aspect: said.get(aspect) or AspectSetting(aspect, *DEFAULTS[aspect], usual.get(aspect)) for aspect in ASPECTS
    }


class _Key(Struct):
    key: str


async def list_heads(tx: Transaction) -> list[HeadVersion]:
    """The newest heads of each aspect."""
    sql = f"""
        select {VERSION} from (select {VERSION}, row_number() over (partition by aspect order by id desc) as place
            from classifier_version) v
        where place <= {MOST_HEADS} or state = 'on' order by aspect, id desc"""
    return await rows(tx, HeadVersion, sql)


class KeptHead(Struct):
    """A head at work, as it is kept."""

    id: int
    aspect: LearntAspect
    embedded_by: str | None
    head: bytes


async def heads_at_work(tx: Transaction) -> list[tuple[int, str]]:
    """Which head works for which aspect."""
    sql = "select id, aspect from classifier_version where state = 'on' order by aspect"
    return [(one.id, one.aspect) for one in await rows(tx, _Working, sql)]


class _Working(Struct):
    id: int
    aspect: str


async def load_head(tx: Transaction, version_id: int) -> KeptHead | None:
    """One head with its weights."""
    sql = "select id, aspect, embedded_by, head from classifier_version where id = %(id)s"
    return await row(tx, KeptHead, sql, {"id": version_id})


class LabelCount(Struct):
    """How many labels of an aspect are in a state."""

    aspect: Aspect
    state: LabelState
    count: int


async def count_labels(tx: Transaction, *, now: datetime) -> list[LabelCount]:
    """What came of each aspect lately."""
    sql = """
        select aspect, state, count(*)::int as count from ticket_label where at > %(since)s group by aspect, state"""
    return await rows(tx, LabelCount, sql, {"since": now - COUNTED})


async def find_load(tx: Transaction, *, now: datetime) -> Load:
    """How much waits, and what was done today."""
    sql = """
        select (select count(*) from classification_wait)::int as waiting,
            (select min(asked_at) from classification_wait) as oldest_at,
            coalesce(d.looked_at, 0) as looked_at, coalesce(d.skipped, 0) as skipped, coalesce(d.failed, 0) as failed,
            (coalesce(d.ms, 0)::float8 / greatest(coalesce(d.looked_at, 0), 1)) as ms
        from (values (%(day)s::date)) as today (day) left join classification_day d on d.day = today.day"""
    return await row(tx, Load, sql, {"day": now.date()}) or Load(0, None, 0, 0, 0, 0.0)


async def find_training(tx: Transaction) -> Training:
    """The last learning."""
    sql = "select asked_at, started_at, ended_at, problem from classifier_training"
    return await row(tx, Training, sql) or Training(None, None, None, "")


class Read(Struct):
    """A ticket as it is looked at: what the customer wrote first and last, and what is said of it already."""

    id: int
    team_id: int
    subject: str
    texts: list[str]
    locale: str | None
    type_id: int | None
    priority: int
    fields: dict[str, object]


async def read_tickets(tx: Transaction, ticket_ids: Sequence[int]) -> list[Read]:
    """Tickets with the customer's first three messages and the last one; those that went into others are left out."""
    sql = """
        select t.id, t.team_id, t.subject, c.locale, t.type_id, t.priority, t.fields,
            array(select left(e.text, 2000) from (
                (select id, text from public_entry where ticket_id = t.id and direction = 'in'
                    and author_kind = 'customer' order by id limit 3)
                union (select id, text from public_entry where ticket_id = t.id and direction = 'in'
                    and author_kind = 'customer' order by id desc limit 1)) e order by e.id) as texts
        from ticket t join customer c on c.id = t.customer_id
        where t.id = any(%(ids)s::bigint[]) and t.merged_into_id is null order by t.id"""
    return await rows(tx, Read, sql, {"ids": list(ticket_ids)})
