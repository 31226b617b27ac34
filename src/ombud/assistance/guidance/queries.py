"""Reads of guidance cards and script variants."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct

from ombud.assistance.guidance.rules import standing_of
from ombud.assistance.guidance.schemas import Card, CardPlace, Variant
from ombud.knowledge.articles.queries import sight, visible
from ombud.knowledge.articles.schemas import Reader
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound

TITLE = """
    (select v.title from article_version v where v.article_id = g.article_id and v.state = 'published'
     order by v.locale = %(locale)s desc, v.id limit 1)"""
COLUMNS = f"""
    g.id, g.name, g.condition, g.words, g.from_at, g.until_at, g.places, g.article_id, {TITLE} as article_title,
    g.is_on, g.version, p.name as changed_by_name, g.changed_at"""


async def list_cards(tx: Transaction, *, by: Actor, now: datetime) -> list[Card]:
    """All cards in their order."""
    sql = f"""
        select {COLUMNS} from guidance_card g left join person p on p.id = g.changed_by
        where g.archived_at is null order by g.position, g.id"""
    found = await rows(tx, Card, sql, {"locale": by.locale})
    return [_standing(one, now) for one in found]


async def find_card(tx: Transaction, card_id: int, *, by: Actor, now: datetime, lock: bool = False) -> Card:
    """One card.

    Raises:
        NotFound: there is none, or it is archived.
    """
    sql = f"""
        select {COLUMNS} from guidance_card g left join person p on p.id = g.changed_by
        where g.archived_at is null and g.id = %(id)s {"for no key update of g" if lock else ""}"""
    found = await row(tx, Card, sql, {"id": card_id, "locale": by.locale})
    if found is None:
        raise NotFound("There is no such card.")
    return _standing(found, now)


def _standing(card: Card, now: datetime) -> Card:
    card.standing = standing_of(is_on=card.is_on, from_at=card.from_at, until_at=card.until_at, now=now)
    return card


async def cards_at_work(tx: Transaction, place: CardPlace, *, locale: str, now: datetime) -> list[Card]:
    """Cards that hold at a moment in a place, in their order."""
    sql = f"""
        select {COLUMNS} from guidance_card g left join person p on p.id = g.changed_by
        where g.archived_at is null and g.is_on and %(place)s = any(g.places) and g.from_at <= %(now)s
            and coalesce(g.until_at, 'infinity') > %(now)s order by g.position, g.id limit 200"""
    return await rows(tx, Card, sql, {"place": place, "now": now, "locale": locale})


class Named(Struct):
    """An article that somebody may read."""

    id: int
    slug: str
    title: str


async def readable_articles(
    tx: Transaction, article_ids: Collection[int], *, reader: Reader, locale: str
) -> dict[int, Named]:
    """Those of some articles that somebody may read, with their names in a language."""
    sql = f"""
        select distinct on (a.id) a.id, a.slug, v.title from article a join article_version v on v.article_id = a.id
        where a.id = any(%(ids)s::bigint[]) and v.state = 'published' and {visible()}
        order by a.id, v.locale = %(locale)s desc, v.locale = a.default_locale desc, v.id"""
    found = await rows(tx, Named, sql, sight(reader) | {"ids": sorted(article_ids), "locale": locale})
    return {one.id: one for one in found}


async def recent_tickets(tx: Transaction, *, since: datetime, by: Actor, limit: int) -> list[int]:
    """Tickets that the actor sees and that something happened on since a moment, the newest first."""
    sql = f"""
        select t.id from ticket t where {seen()} and t.merged_into_id is null and t.activity_at >= %(since)s
        order by t.activity_at desc, t.id desc limit %(limit)s"""
    found = await rows(tx, _Id, sql, by.sight() | {"since": since, "limit": limit})
    return [one.id for one in found]


class _Id(Struct):
    id: int


class Listening(Struct):
    """What is known of whoever listens on a ticket."""

    message: str
    tier: str
    tags: list[str]
    organisation: str
    locale: str
    channel: str | None
    brand_id: int
    # what was recognised of their mood, and not only proposed
    moods: list[str]


async def listening(tx: Transaction, ticket_id: int) -> Listening:
    """What the customer of a ticket wrote last, and what their record says; visibility is the caller's.

    Raises:
        NotFound: there is no such ticket.
    """
    sql = """
        select coalesce((select left(e.text, 4000) from public_entry e
                where e.ticket_id = t.id and e.direction = 'in' order by e.id desc limit 1), '') as message,
            c.tier, t.tags, coalesce((select o.name from organisation o where o.id = c.organisation_id), '')
                as organisation, c.locale, (select kind from channel where channel.id = t.channel_id) as channel,
            t.brand_id, array(select l.label from ticket_label l where l.ticket_id = t.id and l.aspect = 'emotion'
                and l.state in ('set', 'corrected', 'confirmed')) as moods
        from ticket t join customer c on c.id = t.customer_id where t.id = %(id)s"""
    found = await row(tx, Listening, sql, {"id": ticket_id})
    if found is None:
        raise NotFound
    return found


async def list_variants(tx: Transaction, article_ids: Collection[int]) -> dict[int, list[Variant]]:
    """Variants of some scripts by language, listener and channel."""
    sql = """
        select article_id, id, locale, listener, channel, text, uses from script_variant
        where article_id = any(%(ids)s::bigint[]) order by article_id, locale, listener, channel nulls first, id"""
    found = await rows(tx, _OfArticle, sql, {"ids": sorted(article_ids)})
    kept: dict[int, list[Variant]] = {}
    for one in found:
        given: dict[str, Any] = {name: getattr(one, name) for name in Variant.__struct_fields__}
        kept.setdefault(one.article_id, []).append(Variant(**given))
    return kept


class _OfArticle(Variant):
    article_id: int = 0


class ScriptRow(Struct):
    """A script as published in one language."""

    article_id: int
    version_id: int
    locale: str
    title: str
    summary: str
    plain: str


async def find_scripts(
    tx: Transaction, *, reader: Reader, locale: str, tsquery: str, limit: int, article_id: int | None = None
) -> list[ScriptRow]:
    """Scripts that somebody may read, in a language or their own; those that say some words, if there are any."""
    sql = f"""
        select a.id as article_id, v.id as version_id, v.locale, v.title, v.summary, v.plain
        from article a join lateral (select v.* from article_version v
            where v.article_id = a.id and v.state = 'published'
            order by v.locale = %(locale)s desc,
                split_part(v.locale, '-', 1) = split_part(%(locale)s, '-', 1) desc, v.locale = a.default_locale desc,
                v.id limit 1) v on true
        where a.kind = 'script' and {visible()} and (%(article)s::bigint is null or a.id = %(article)s)
            and (%(words)s = '' or exists (select from article_version w where w.article_id = a.id
                and w.state = 'published' and w.words @@ %(words)s::tsquery))
        order by a.is_pinned desc, (select count(*) from article_use u where u.article_id = a.id) desc, a.id
        limit %(limit)s"""
    params = {"locale": locale, "words": tsquery, "limit": limit, "article": article_id}
    return await rows(tx, ScriptRow, sql, sight(reader) | params)
