"""Which cards fit a ticket or a customer, in words that the reader understands."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from ombud.assistance.guidance.queries import cards_at_work, readable_articles
from ombud.assistance.guidance.rules import words_for
from ombud.assistance.guidance.schemas import Card, CardPlace, CardWords, ShownCard
from ombud.fields.queries import list_named_fields
from ombud.fields.schemas import Field
from ombud.knowledge.articles.schemas import Reader
from ombud.shared.conditions import BadCondition, Condition, Context, evaluate, leaves, parse
from ombud.shared.database import Transaction, row
from ombud.tickets.services.placeholders import fill, fill_lines, values_of
from ombud.views.services import places_of
from ombud.views.services.asking import Asked

# Fields that a customer has without any ticket.
_OF_CUSTOMERS = frozenset({"customer_name", "tier", "language", "organisation_name"})
_PREFIXES = ("customer.fields.", "organisation.fields.")


class Facing(Struct, frozen=True, kw_only=True):
    """Whom cards are looked up for: a ticket, else a customer, else nobody known; ``known`` adds what the place knows.

    ``reader`` decides whether a card's article is linked; ``locale`` is the reader's, ``customer_locale`` that of whom
    the wording is said to. Visibility of the ticket is the caller's.
    """

    place: CardPlace
    reader: Reader
    locale: str
    ticket_id: int | None = None
    customer_id: int | None = None
    customer_locale: str = ""
    person_id: int | None = None
    # such as {"brand": 3, "channel": "chat", "message": "…", "fields.product": "K"}
    known: Mapping[str, Any] = {}


async def cards_for(tx: Transaction, facing: Facing, *, now: datetime) -> list[ShownCard]:
    """Cards that fit, in their order; a card whose condition cannot be read any more is left out."""
    cards = await cards_at_work(tx, facing.place, locale=facing.locale, now=now)
    ready = [(one, condition) for one in cards if (condition := parsed(one.condition)) is not None]
    if not ready:
        return []
    facts = await _facts(tx, facing, [condition for _, condition in ready])
    fitting = [card for card, condition in ready if evaluate(condition, facts, Context(now))]
    return await _shown(tx, fitting, facing) if fitting else []


def parsed(source: object) -> Condition | None:
    """A condition that was checked when it was kept; None if the language has changed since."""
    try:
        return parse(source)
    except BadCondition:
        return None


async def _facts(tx: Transaction, facing: Facing, conditions: Sequence[Condition]) -> dict[str, Any]:
    names = {leaf.field for condition in conditions for leaf in leaves(condition)}
    fields = await list_named_fields(tx)
    found: dict[str, Any] = {}
    if facing.ticket_id is not None:
        found = (await Asked(names, fields).load(tx, [facing.ticket_id])).get(facing.ticket_id, {})
    elif facing.customer_id is not None:
        found = await _customer_facts(tx, facing.customer_id, names, fields)
    return found | dict(facing.known)


class _Found(Struct):
    found: dict[str, Any]


async def _customer_facts(
    tx: Transaction, customer_id: int, names: Collection[str], fields: Sequence[Field]
) -> dict[str, Any]:
    places = places_of(fields)
    wanted = sorted(one for one in names if one in places and (one in _OF_CUSTOMERS or one.startswith(_PREFIXES)))
    params: dict[str, object] = {"id": customer_id}
    pairs = []
    for number, name in enumerate(wanted):
        params |= {f"n{number}": name, f"k{number}": places[name].key}
        sql = places[name].sql.replace("%(key)s", f"%(k{number})s::text")
        pairs.append(f"jsonb_build_object(%(n{number})s::text, {sql})")
    built = " || ".join(pairs) or "'{}'::jsonb"
    sql = f"select {built} as found from customer c where c.id = %(id)s"
    read = await row(tx, _Found, sql, params)
    return read.found if read else {}


class _Locale(Struct):
    locale: str


async def _shown(tx: Transaction, cards: Sequence[Card], facing: Facing) -> list[ShownCard]:
    wanted = {one.article_id for one in cards if one.article_id is not None}
    articles = await readable_articles(tx, wanted, reader=facing.reader, locale=facing.locale) if wanted else {}
    known = await values_of(tx, facing.ticket_id, facing.person_id) if facing.ticket_id is not None else {}
    customer_locale = facing.customer_locale or await _customer_locale(tx, facing)
    shown = []
    for card in cards:
        words = words_for(card.words, facing.locale)
        said = words_for(card.words, customer_locale, facing.locale) if customer_locale else words
        article = articles.get(card.article_id or 0)
        shown.append(
            ShownCard(
                id=card.id,
                locale=words.locale,
                title=words.title,
                text=words.text,
                steps=words.steps,
                wording=fill(said.wording, known).text,
                article_id=article.id if article else None,
                article_slug=article.slug if article else None,
                article_title=article.title if article else None,
                until_at=card.until_at,
                public_text=public_text(card, said, known),
            )
        )
    return shown


def public_text(card: Card, said: CardWords, known: Mapping[str, str]) -> str:
    """What customers may read of a card: its wording, without lines that have a gap.

    The text and the steps of a card that stands beside tickets are for colleagues; of one that does not, for customers.
    """
    if said.wording:
        return fill_lines(said.wording, dict(known)).strip()
    if "workspace" in card.places:
        return ""
    steps = [f"{number}. {step}" for number, step in enumerate(said.steps, 1)]
    return "\n".join([*([said.text] if said.text else []), *steps]) or said.title


async def _customer_locale(tx: Transaction, facing: Facing) -> str:
    sql = """
        select c.locale from customer c where c.id = coalesce(%(customer)s::bigint,
            (select t.customer_id from ticket t where t.id = %(ticket)s))"""
    found = await row(tx, _Locale, sql, {"customer": facing.customer_id, "ticket": facing.ticket_id})
    return found.locale if found else ""
