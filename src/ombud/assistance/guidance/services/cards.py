"""Making, changing, ordering, archiving and trying guidance cards."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import to_builtins
from psycopg.types.json import Jsonb

from ombud.assistance.guidance import queries
from ombud.assistance.guidance.events import GuidanceCardChanged
from ombud.assistance.guidance.schemas import (
    Card,
    CardIn,
    CardOrder,
    CardProblem,
    CardTrial,
    CardTrialIn,
    CardWords,
    Fitting,
)
from ombud.assistance.guidance.services.showing import parsed
from ombud.fields.queries import list_named_fields
from ombud.shared.actor import Actor
from ombud.shared.conditions import BadCondition, Condition, Context, check, evaluate, leaves, parse
from ombud.shared.database import Transaction, rows, value
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit
from ombud.shared.lines import one_line
from ombud.tickets.services.gone import present_names
from ombud.views.services.asking import Asked, shared_kinds
from ombud.views.services.gone import problems_of

MOST_CARDS = 500
# The preview looks at the tickets of the last day, and at no more than this.
DAY, LOOKED_AT, SHOWN = timedelta(days=1), 3_000, 20


class TooManyCards(Conflict):
    """There are 500 cards already. Archive some that are over."""

    code = "too_many_cards"


class ChangedMeanwhile(Conflict):
    """Somebody changed the card meanwhile. Load it again, then make your change."""

    code = "changed_meanwhile"


async def list_all(tx: Transaction, *, by: Actor, now: datetime) -> list[Card]:
    """All cards in their order, with what their conditions name that is gone."""
    found = await queries.list_cards(tx, by=by, now=now)
    present = await present_names(tx)
    for one in found:
        condition = parsed(one.condition)
        problems = problems_of(condition, present, {"message": "text"}) if condition is not None else []
        one.problems = [CardProblem(each.field, each.code, each.value) for each in problems]
    return found


async def add_card(tx: Transaction, data: CardIn, *, by: Actor, now: datetime) -> Card:
    """Keep a card behind the others.

    Raises:
        BadCondition, Invalid: it cannot be; ``fields`` says why.
        TooManyCards: there are 500.

    Emits: GuidanceCardChanged
    """
    columns = await _checked(tx, data)
    many = await value(tx, int, "select count(*) from guidance_card where archived_at is null") or 0
    if many >= MOST_CARDS:
        raise TooManyCards
    sql = """
        insert into guidance_card (name, condition, words, from_at, until_at, places, article_id, is_on, position,
            made_by, changed_by, changed_at)
        values (%(name)s, %(condition)s, %(words)s, %(from_at)s, %(until_at)s, %(places)s, %(article_id)s, %(is_on)s,
            (select coalesce(max(position), 0) + 1 from guidance_card), %(by)s, %(by)s, %(now)s) returning id"""
    made = await value(tx, int, sql, columns | {"by": by.person_id or None, "now": now}) or 0
    await _say(tx, made, "made", by=by, now=now)
    return await queries.find_card(tx, made, by=by, now=now)


async def change_card(tx: Transaction, card_id: int, data: CardIn, *, by: Actor, now: datetime) -> Card:
    """Change a card, or switch it.

    Raises:
        NotFound: there is none.
        ChangedMeanwhile: somebody was faster.
        BadCondition, Invalid: it cannot be.

    Emits: GuidanceCardChanged
    """
    before = await queries.find_card(tx, card_id, by=by, now=now, lock=True)
    if data.version != before.version:
        raise ChangedMeanwhile
    columns = await _checked(tx, data)
    sql = """
        update guidance_card set name = %(name)s, condition = %(condition)s, words = %(words)s, from_at = %(from_at)s,
            until_at = %(until_at)s, places = %(places)s, article_id = %(article_id)s, is_on = %(is_on)s,
            version = version + 1, changed_by = %(by)s, changed_at = %(now)s where id = %(id)s"""
    await tx.execute(sql, columns | {"by": by.person_id or None, "now": now, "id": card_id})
    await _say(tx, card_id, "changed", by=by, now=now)
    return await queries.find_card(tx, card_id, by=by, now=now)


async def archive_card(tx: Transaction, card_id: int, *, by: Actor, now: datetime) -> None:
    """Take a card out of use.

    Raises:
        NotFound: there is none.

    Emits: GuidanceCardChanged
    """
    await queries.find_card(tx, card_id, by=by, now=now, lock=True)
    sql = "update guidance_card set archived_at = %(now)s, is_on = false where id = %(id)s"
    await tx.execute(sql, {"now": now, "id": card_id})
    await _say(tx, card_id, "archived", by=by, now=now)


async def order_cards(tx: Transaction, data: CardOrder, *, by: Actor, now: datetime) -> None:
    """Put cards into an order; those that are not named stay behind them.

    Emits: GuidanceCardChanged
    """
    known = [one.id for one in await queries.list_cards(tx, by=by, now=now)]
    wanted = [one for one in dict.fromkeys(data.ids) if one in known]
    ids = [*wanted, *(one for one in known if one not in wanted)]
    if ids == known:
        return
    sql = """
        update guidance_card g set position = o.place
        from unnest(%(ids)s::bigint[]) with ordinality as o (id, place) where g.id = o.id"""
    await tx.execute(sql, {"ids": ids})
    await _say(tx, ids[0], "ordered", by=by, now=now)


async def set_wording(tx: Transaction, card_id: int, locale: str, wording: str, *, by: Actor, now: datetime) -> bool:
    """Give a card another wording in a language that it has; whether that changed anything.

    Raises:
        NotFound: there is none.

    Emits: GuidanceCardChanged
    """
    card = await queries.find_card(tx, card_id, by=by, now=now, lock=True)
    words = next((one for one in card.words if one.locale == locale), None)
    if words is None or words.wording == wording:
        return False
    words.wording = wording
    sql = """
        update guidance_card set words = %(words)s, version = version + 1, changed_by = %(by)s, changed_at = %(now)s
        where id = %(id)s"""
    params = {"words": Jsonb(to_builtins(card.words)), "by": by.person_id or None, "now": now, "id": card_id}
    await tx.execute(sql, params)
    await _say(tx, card_id, "changed", by=by, now=now)
    return True


async def _checked(tx: Transaction, data: CardIn) -> dict[str, object]:
    await _check_condition(tx, data.condition)
    name = one_line(data.name)
    if not name:
        raise Invalid("Give the card a name.", fields={"name": "required"})
    if data.until_at is not None and data.until_at <= data.from_at:
        raise Invalid("It would end before it begins.", fields={"until_at": "before_from"})
    locales = [one.locale for one in data.words]
    if len(set(locales)) < len(locales):
        raise Invalid("Each language once.", fields={"words": "twice"})
    if any(_is_empty(one) for one in data.words):
        raise Invalid("Say something in each language.", fields={"words": "required"})
    article = "select id from article where id = %(id)s and archived_at is null"
    if data.article_id is not None and await value(tx, int, article, {"id": data.article_id}) is None:
        raise Invalid("There is no such article.", fields={"article_id": "unknown"})
    return {
        "name": name,
        "condition": Jsonb(data.condition),
        "words": Jsonb(to_builtins(data.words)),
        "from_at": data.from_at,
        "until_at": data.until_at,
        "places": sorted(set(data.places)),
        "article_id": data.article_id,
        "is_on": data.is_on,
    }


def _is_empty(words: CardWords) -> bool:
    return not one_line(words.title)


async def _check_condition(tx: Transaction, source: object) -> Condition:
    present = await present_names(tx)
    condition = parse(source)
    check(condition, shared_kinds(present.named()))
    if any(leaf.value in ("me", "my_teams") for leaf in leaves(condition) if isinstance(leaf.value, str)):
        raise BadCondition("A card is nobody: choose people and teams by name.", fields={"condition": "people_only"})
    return condition


async def try_condition(tx: Transaction, data: CardTrialIn, *, by: Actor, now: datetime) -> CardTrial:
    """Which of the tickets that somebody sees, and that something happened on within a day, a condition fits.

    Raises:
        BadCondition: it cannot be used.
    """
    condition = await _check_condition(tx, data.condition)
    ids = await queries.recent_tickets(tx, since=now - DAY, by=by, limit=LOOKED_AT)
    asked = Asked({leaf.field for leaf in leaves(condition)}, await list_named_fields(tx))
    values = await asked.load(tx, ids)
    fitting = [one for one in ids if one in values and evaluate(condition, values[one], Context(now))]
    sql = """
        select t.id as ticket_id, t.subject, c.name as customer_name
        from ticket t join customer c on c.id = t.customer_id where t.id = any(%(ids)s::bigint[])
        order by array_position(%(ids)s::bigint[], t.id)"""
    return CardTrial(len(ids), len(fitting), await rows(tx, Fitting, sql, {"ids": fitting[:SHOWN]}))


async def _say(
    tx: Transaction,
    card_id: int,
    change: Literal["made", "changed", "ordered", "archived"],
    *,
    by: Actor,
    now: datetime,
) -> None:
    await emit(tx, GuidanceCardChanged(card_id=card_id, change=change), by=by, at=now)
