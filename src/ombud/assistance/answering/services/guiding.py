"""Guidance cards that a machine tells to the customers they fit: only words meant for them, each card once a talk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from ombud.assistance.answering.schemas import AnswerRule
from ombud.assistance.answering.services.finding import binds, path_of
from ombud.assistance.guidance.schemas import ShownCard
from ombud.assistance.guidance.services import Facing, cards_for
from ombud.knowledge.articles.schemas import Reader
from ombud.shared.database import Transaction, values

# More than this hides the answer.
MOST_CARDS: Final = 2


class Tip(Struct, frozen=True):
    """A card's words for a customer; ``title`` and ``path`` lead to its article where customers may read it."""

    card_id: int
    text: str
    title: str = ""
    path: str = ""


async def tips_for(
    tx: Transaction,
    rule: AnswerRule,
    reader: Reader,
    locale: str,
    *,
    ticket_id: int | None = None,
    customer_id: int | None = None,
    known: Mapping[str, Any],
    now: datetime,
) -> list[Tip]:
    """What cards of the bot say to a customer, the first ones; none was said on the ticket before.

    What promises something, or names money where the place is strict, is left to people, as in any answer.
    """
    facing = Facing(
        place="bot",
        reader=reader,
        locale=locale,
        customer_locale=locale,
        ticket_id=ticket_id,
        customer_id=customer_id,
        known=known,
    )
    shown = await cards_for(tx, facing, now=now)
    told = await _told(tx, ticket_id) if ticket_id is not None and shown else set()
    fit = [one for one in shown if one.id not in told and one.public_text and not binds(one.public_text, rule, now)]
    return [_tip(one, locale) for one in fit[:MOST_CARDS]]


def _tip(card: ShownCard, locale: str) -> Tip:
    path = path_of(card.article_slug, locale) if card.article_slug else ""
    return Tip(card.id, card.public_text, card.article_title or "", path)


async def _told(tx: Transaction, ticket_id: int) -> set[int]:
    sql = """
        select distinct c.id::bigint from entry e
        cross join lateral jsonb_array_elements_text(e.details -> 'machine' -> 'card_ids') c (id)
        where e.ticket_id = %(ticket)s and e.details -> 'machine' ? 'card_ids'"""
    return set(await values(tx, int, sql, {"ticket": ticket_id}))
