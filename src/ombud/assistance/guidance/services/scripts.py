"""Wordings of scripts: kept by listener, proposed for a ticket, and noted when they are used."""

from datetime import datetime

from ombud.assistance.guidance import queries, rules
from ombud.assistance.guidance.events import ScriptVariantsChanged
from ombud.assistance.guidance.queries import Listening, ScriptRow
from ombud.assistance.guidance.schemas import (
    Script,
    ScriptList,
    ScriptUse,
    Trait,
    Variant,
    VariantList,
    VariantsIn,
    Wording,
)
from ombud.knowledge.articles.queries import words_of
from ombud.knowledge.articles.schemas import reader_of
from ombud.knowledge.articles.services import fill_text
from ombud.knowledge.reports.schemas import Use
from ombud.knowledge.reports.services import note_use
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit
from ombud.shared.words import tsquery
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.services.placeholders import fill, ticket_values

MOST_SCRIPTS = 30


async def _require_script(tx: Transaction, article_id: int, *, by: Actor) -> None:
    reader = reader_of(by)
    if not await queries.find_scripts(tx, reader=reader, locale=by.locale, tsquery="", limit=1, article_id=article_id):
        raise NotFound("There is no such published script.")


async def read_variants(tx: Transaction, article_id: int, *, by: Actor) -> VariantList:
    """Variants of a script.

    Raises:
        NotFound: no script of this number is published for the actor.
    """
    await _require_script(tx, article_id, by=by)
    return VariantList((await queries.list_variants(tx, [article_id])).get(article_id, []))


async def keep_variants(tx: Transaction, article_id: int, data: VariantsIn, *, by: Actor, now: datetime) -> VariantList:
    """Make these the variants of a script; one that stays keeps its count of uses.

    Raises:
        NotFound: no script of this number is published for the actor.
        Invalid: a listener twice in a language and channel.

    Emits: ScriptVariantsChanged
    """
    await _require_script(tx, article_id, by=by)
    keys = [(one.locale, one.listener, one.channel or "") for one in data.items]
    if len(set(keys)) < len(keys):
        raise Invalid("One wording for each listener, language and channel.", fields={"items": "twice"})
    if not all(one.text.strip() for one in data.items):
        raise Invalid("Write what is said.", fields={"items": "required"})
    kept = "locale || ' ' || listener || ' ' || coalesce(channel, '')"
    gone = f"delete from script_variant where article_id = %(id)s and not {kept} = any(%(keys)s::text[])"
    changed = await execute(tx, gone, {"id": article_id, "keys": [" ".join(one) for one in keys]})
    sql = """
        insert into script_variant as s (article_id, locale, listener, channel, text, changed_by, changed_at)
        values (%(article)s, %(locale)s, %(listener)s, %(channel)s, %(text)s, %(by)s, %(now)s)
        on conflict (article_id, locale, listener, coalesce(channel, '')) do update
            set text = excluded.text, changed_by = excluded.changed_by, changed_at = excluded.changed_at
        where s.text <> excluded.text"""
    for one in data.items:
        params = {"article": article_id, "locale": one.locale, "listener": one.listener, "channel": one.channel}
        changed += await execute(tx, sql, params | {"text": one.text, "by": by.person_id or None, "now": now})
    if changed:
        await emit(tx, ScriptVariantsChanged(article_id=article_id), by=by, at=now)
    return await read_variants(tx, article_id, by=by)


async def scripts_for(tx: Transaction, ticket_id: int, words: str, *, by: Actor) -> ScriptList:
    """Scripts for a ticket, each with the wording that fits its customer first, and why.

    Raises:
        NotFound: the ticket may not be seen.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    who = await queries.listening(tx, ticket_id)
    traits = rules.traits_of(who.message, tier=who.tier, tags=who.tags, organisation=who.organisation, labels=who.moods)
    locale = who.locale or by.locale
    wanted = tsquery(words)
    if words.strip() and not wanted:
        return ScriptList([], traits)
    found = await queries.find_scripts(tx, reader=reader_of(by), locale=locale, tsquery=wanted, limit=MOST_SCRIPTS)
    variants = await queries.list_variants(tx, [one.article_id for one in found])
    known = await ticket_values(tx, ticket_id, by=by)
    said = {one: await words_of(tx, one, who.brand_id) for one in _locales(found, variants)}
    items = [_script(one, variants.get(one.article_id, []), who, traits, known, said) for one in found]
    return ScriptList(items, traits)


def _locales(found: list[ScriptRow], variants: dict[int, list[Variant]]) -> set[str]:
    return {one.locale for one in found} | {one.locale for many in variants.values() for one in many}


def _script(
    found: ScriptRow,
    variants: list[Variant],
    who: Listening,
    traits: list[Trait],
    known: dict[str, str],
    said: dict[str, dict[str, str]],
) -> Script:
    locale = who.locale or found.locale
    ranked = rules.rank(variants, traits, channel=who.channel, locale=locale)
    own = Variant(0, found.locale, "anyone", None, found.plain, 0)
    # What does not fit the listener stands behind the script's own words.
    place = next((at for at, one in enumerate(ranked) if not rules.fits(one, traits, locale)), len(ranked))
    ordered = [*ranked[:place], own, *ranked[place:]]
    first = ordered[0]
    return Script(
        article_id=found.article_id,
        version_id=found.version_id,
        title=found.title,
        summary=found.summary,
        wordings=[_wording(one, known, said[one.locale]) for one in ordered],
        because=next((one for one in traits if one.listener == first.listener), None),
    )


def _wording(variant: Variant, known: dict[str, str], said: dict[str, str]) -> Wording:
    missing: list[str] = []
    filled = fill(fill_text(variant.text, said, missing), known)
    return Wording(
        variant_id=variant.id or None,
        listener=variant.listener,
        channel=variant.channel,
        locale=variant.locale,
        text=filled.text,
        missing=sorted({*missing, *filled.missing}),
    )


async def use_script(
    tx: Transaction, ticket_id: int, article_id: int, data: ScriptUse, *, by: Actor, now: datetime
) -> None:
    """Note that a wording of a script was put into an answer.

    Raises:
        NotFound: the ticket may not be seen, or there is no such script or variant.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    await _require_script(tx, article_id, by=by)
    if data.variant_id is not None:
        sql = "update script_variant set uses = uses + 1 where id = %(id)s and article_id = %(article)s"
        if not await execute(tx, sql, {"id": data.variant_id, "article": article_id}):
            raise NotFound
    sql = "select id from article_version where id = %(id)s and article_id = %(article)s"
    version = await value(tx, int, sql, {"id": data.version_id, "article": article_id})
    use = Use(
        article_id=article_id,
        version_id=version,
        variant_id=data.variant_id,
        ticket_id=ticket_id,
        person_id=by.person_id or None,
    )
    await note_use(tx, [use], now=now)
