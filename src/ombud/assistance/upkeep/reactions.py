"""What follows for knowledge from publications, from changes of what quotes it, and for people who are to know."""

from collections.abc import Sequence
from datetime import datetime

from ombud.assistance.upkeep.queries import block_named, variable_named, variants_to_look_at
from ombud.assistance.upkeep.services.quotes import look_after, look_at_mark, look_at_place
from ombud.assistance.upkeep.services.reviews import (
    settle_review,
    tell_of_approval,
    tell_of_return,
    tell_reviewers,
)
from ombud.assistance.upkeep.services.telling import tell_of_notice, tell_of_request
from ombud.assistance.upkeep.services.wordings import push
from ombud.knowledge.reports.services import forget_uses
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import NotFound
from ombud.shared.events import Event
from ombud.shared.readers import Reader

# Events of what may quote an article, with the kind of place and the name of its number.
_PLACES = {
    "canned_reply_changed": ("canned_reply", "canned_reply_id"),
    "macro_changed": ("macro", "macro_id"),
    "guidance_card_changed": ("guidance_card", "card_id"),
    "notice_changed": ("notice", "notice_id"),
}
_VARIANTS = "script_variants_changed"
_TOLD = {"notice_reminded", "article_request_changed"}
_REVIEWS = {"article_changed", "article_archived"}
_KNOWLEDGE = {"article_published", "knowledge_block_changed", "knowledge_variable_changed"}


async def keep_up(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """Push wordings, list what is stale, settle what was mended, tell people, forget uses in answers taken back."""
    for one in events:
        if one.kind == "article_published":
            await push(tx, int(one.data["version_id"]), now=now)
            await look_after(tx, int(one.data["version_id"]), now=now)
            if one.data.get("why", "published") == "published":
                await tell_of_approval(tx, int(one.data["version_id"]), by=_actor(one), now=now)
        elif one.kind in _REVIEWS:
            await _review(tx, one, now)
        elif one.kind in _KNOWLEDGE:
            await _mark(tx, one, now)
        elif one.kind in _TOLD:
            await _tell(tx, one, now)
    changed = [
        (kind, int(one.data[name])) for one in events for kind, name in [_PLACES.get(one.kind, ("", ""))] if kind
    ]
    scripts = [int(one.data["article_id"]) for one in events if one.kind == _VARIANTS]
    if scripts:
        changed += [("script_variant", one) for one in await variants_to_look_at(tx, scripts)]
    if changed:
        await look_at_place(tx, changed, now=now)
    undone = [int(one.data["entry_id"]) for one in events if one.kind == "reply_undone"]
    if undone:
        await forget_uses(tx, undone)


async def _mark(tx: Transaction, event: Event, now: datetime) -> None:
    if event.data.get("change") == "made":
        return
    articles = event.data.get("article_ids", [])
    if event.kind == "knowledge_block_changed":
        block = await block_named(tx, int(event.data["block_id"]))
        if block is not None:
            await look_at_mark(tx, f"block:{block.name}", "block", article_ids=articles, now=now)
        return
    variable = await variable_named(tx, int(event.data["variable_id"]))
    if variable is not None:
        await look_at_mark(tx, variable.name, "variable", article_ids=articles, now=now)


async def _tell(tx: Transaction, event: Event, now: datetime) -> None:
    if event.kind == "notice_reminded":
        people = [int(one) for one in event.data["person_ids"]]
        await tell_of_notice(tx, int(event.data["notice_id"]), people, is_first=bool(event.data["is_first"]), now=now)
        return
    try:
        await tell_of_request(tx, int(event.data["request_id"]), event.data["change"], by=_actor(event), now=now)
    except NotFound:
        # It went with its ticket meanwhile: nobody is to be told any more.
        return


async def _review(tx: Transaction, event: Event, now: datetime) -> None:
    article_id, change, locale = int(event.data["article_id"]), event.data.get("change"), event.data.get("locale")
    if change == "review_asked":
        await tell_reviewers(tx, article_id, str(locale), by=_actor(event), now=now)
    elif change == "rejected":
        await tell_of_return(tx, article_id, str(locale), by=_actor(event), now=now)
    else:
        # Written on, dropped or archived: it waits for nobody any more.
        await settle_review(tx, article_id, now=now)


def _actor(event: Event) -> Actor:
    return Actor("person", event.actor_id) if event.actor_kind == "person" else SYSTEM


UPKEEP = Reader(
    name="knowledge_upkeep",
    react=keep_up,
    kinds=frozenset({*_KNOWLEDGE, *_TOLD, *_PLACES, *_REVIEWS, _VARIANTS, "reply_undone"}),
    batch_size=50,
    wakes=("sequence",),
)
