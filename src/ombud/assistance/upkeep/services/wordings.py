"""One approved wording in every place: tied to canned replies, macros and guidance cards, and put there anew."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from ombud.assistance.guidance.queries import find_card
from ombud.assistance.guidance.services.cards import set_wording
from ombud.assistance.upkeep import queries
from ombud.assistance.upkeep.events import WordingTargetChanged
from ombud.assistance.upkeep.schemas import TargetIn, TargetKind, WordingTarget
from ombud.knowledge.articles.queries import find_shown
from ombud.knowledge.articles.schemas import reader_of
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, execute, row, rows, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.schemas import CannedReplyIn, MacroIn
from ombud.tickets.services.canned_replies import add_canned_reply, change_canned_reply, get_canned_reply
from ombud.tickets.services.macros import change_macro, get_macro

MOST_TITLE = 120


class AlreadyTied(Conflict):
    """This place says an article's wording already. Release it there first."""

    code = "already_tied"


class _Kept(Struct):
    id: int
    article_id: int
    locale: str
    target_kind: TargetKind
    target_id: int


async def list_targets(tx: Transaction, article_id: int, *, by: Actor) -> list[WordingTarget]:
    """Places that say an article's wording.

    Raises:
        NotFound: it is not published, or the actor may not read it.
    """
    await find_shown(tx, article_id, reader=reader_of(by), locale=by.locale)
    sql = """
        select w.id, w.locale, w.target_kind, w.target_id, coalesce(r.title, m.title, g.name) as title,
            coalesce(w.version_id = (select v.id from article_version v where v.article_id = w.article_id
                and v.locale = w.locale and v.state = 'published'), false) as is_current
        from wording_target w
            left join canned_reply r on w.target_kind = 'canned_reply' and r.id = w.target_id
            left join macro m on w.target_kind = 'macro' and m.id = w.target_id
            left join guidance_card g on w.target_kind = 'guidance_card' and g.id = w.target_id
        where w.article_id = %(id)s and coalesce(r.id, m.id, g.id) is not null order by w.id"""
    return await rows(tx, WordingTarget, sql, {"id": article_id})


async def tie(tx: Transaction, article_id: int, data: TargetIn, *, by: Actor, now: datetime) -> list[WordingTarget]:
    """Let a place say an article's wording from now on, whatever it said before.

    Raises:
        NotFound: the article is not published in this language, or there is no such place for the actor.
        NotAllowed: the place is somebody else's to change.
        AlreadyTied: it says the wording of an article already.
        Invalid: a macro or a card is to be chosen.

    Emits: WordingTargetChanged, and what says that the place changed
    """
    by.require("guidance.manage")
    await find_shown(tx, article_id, reader=reader_of(by), locale=data.locale)
    said = await queries.plain_of(tx, article_id, data.locale, by=by)
    if said is None:
        raise NotFound("The article is not published in this language.")
    target_id = data.target_id
    if target_id is None:
        if data.target_kind != "canned_reply":
            raise Invalid("Choose where it is to stand.", fields={"target_id": "required"})
        reply = CannedReplyIn(title=said.title[:MOST_TITLE], text=said.plain, scope="all")
        target_id = (await add_canned_reply(tx, reply, by=by, now=now)).id
    sql = """
        insert into wording_target (article_id, locale, target_kind, target_id, made_by)
        values (%(article)s, %(locale)s, %(kind)s, %(target)s, %(by)s) on conflict do nothing returning id"""
    params = {"article": article_id, "locale": data.locale, "kind": data.target_kind, "target": target_id}
    made = await value(tx, int, sql, params | {"by": by.person_id or None})
    if made is None:
        raise AlreadyTied
    kept = _Kept(made, article_id, data.locale, data.target_kind, target_id)
    await _put(tx, kept, said.plain, said.version_id, by=by, now=now)
    await _say(tx, kept, "tied", by=by, now=now)
    return await list_targets(tx, article_id, by=by)


async def release(tx: Transaction, article_id: int, target: int, *, by: Actor, now: datetime) -> None:
    """Let a place go: it keeps its text, and no publication changes it any more.

    Raises:
        NotFound: there is no such place.

    Emits: WordingTargetChanged
    """
    by.require("guidance.manage")
    await find_shown(tx, article_id, reader=reader_of(by), locale=by.locale)
    sql = """
        delete from wording_target where id = %(id)s and article_id = %(article)s
        returning id, article_id, locale, target_kind, target_id"""
    kept = await row(tx, _Kept, sql, {"id": target, "article": article_id})
    if kept is None:
        raise NotFound
    await _say(tx, kept, "released", by=by, now=now)


async def push(tx: Transaction, version_id: int, *, now: datetime) -> int:
    """Put a published version's words wherever its article's wording stands; in how many places.

    A place that is gone is let go.

    Emits: WordingTargetChanged, and what says that the places changed
    """
    said = await queries.said_in(tx, version_id)
    if said is None:
        return 0
    sql = """
        select id, article_id, locale, target_kind, target_id from wording_target
        where article_id = %(article)s and locale = %(locale)s order by id for update"""
    kept = await rows(tx, _Kept, sql, {"article": said.article_id, "locale": said.locale})
    for one in kept:
        try:
            await _put(tx, one, said.plain, said.version_id, by=SYSTEM, now=now)
        except NotFound:
            await execute(tx, "delete from wording_target where id = %(id)s", {"id": one.id})
            continue
        await _say(tx, one, "pushed", by=SYSTEM, now=now)
    return len(kept)


async def _put(tx: Transaction, kept: _Kept, text: str, version_id: int, *, by: Actor, now: datetime) -> None:
    if kept.target_kind == "canned_reply":
        reply = await get_canned_reply(tx, kept.target_id, by=by)
        changed = CannedReplyIn(reply.title, text, reply.shortcut, reply.scope, reply.team_id)
        await change_canned_reply(tx, kept.target_id, changed, by=by, now=now)
    elif kept.target_kind == "macro":
        macro = await get_macro(tx, kept.target_id, by=by)
        again = MacroIn(macro.title, macro.actions, text, macro.note, macro.scope, macro.team_id)
        await change_macro(tx, kept.target_id, again, by=by, now=now)
    else:
        card = await find_card(tx, kept.target_id, by=by, now=now)
        if not any(one.locale == kept.locale for one in card.words):
            raise NotFound("The card has no words in this language.")
        await set_wording(tx, kept.target_id, kept.locale, text, by=by, now=now)
    sql = "update wording_target set version_id = %(version)s, pushed_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"version": version_id, "now": now, "id": kept.id})


async def _say(
    tx: Transaction, kept: _Kept, change: Literal["tied", "pushed", "released"], *, by: Actor, now: datetime
) -> None:
    fact = WordingTargetChanged(
        article_id=kept.article_id, target_kind=kept.target_kind, target_id=kept.target_id, change=change
    )
    await emit(tx, fact, by=by, at=now)
