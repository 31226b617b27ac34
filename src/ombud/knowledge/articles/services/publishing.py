"""From a draft to what is read: approval, publication, archive, and where an article stands."""

from datetime import date, datetime
from typing import Any

from msgspec import UNSET, structs

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.events import (
    ArticleArchived,
    ArticleChanged,
    ArticlePublished,
    ArticleSettingsChanged,
)
from ombud.knowledge.articles.markup import marks_in
from ombud.knowledge.articles.rules import months_later
from ombud.knowledge.articles.schemas import ArticlePatch, Version
from ombud.knowledge.articles.services.policy import knowledge_policy
from ombud.knowledge.articles.services.refreshing import refresh_versions
from ombud.knowledge.articles.services.writing import (
    PUBLISH,
    WRITE,
    Archived,
    LockedArticle,
    check_brand,
    check_category,
    check_owner,
    check_teams,
    hold_slug,
    lock_article,
    require_draft,
    roll_back,
    touch,
)
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid, NotFound, Unprocessable
from ombud.shared.events import emit

# What about an article decides who reads it and where.
OPEN_TO_READERS = frozenset({"kind", "audience", "team_ids", "brand_id", "category_id", "slug", "is_pinned"})

# A list's numbers are as small as they come: beside a column they must be what the column is.
CASTS = {"team_ids": "::bigint[]"}


class OwnApproval(Conflict):
    """Somebody else approves what you wrote: so the desk has set it. Ask for a review."""

    code = "own_approval"


class UnknownMarks(Unprocessable):
    """Some variables or blocks in the text stand for nothing. Define them, or take them out, then publish."""

    code = "article_marks_unknown"

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names

    def extra(self) -> dict[str, object]:
        """Names that stand for nothing."""
        return {"missing": self.names}


class SlugTaken(Conflict):
    """Another article has this name in addresses. Choose another one."""

    code = "article_slug_taken"


async def ask_review(tx: Transaction, article_id: int, locale: str, *, by: Actor, now: datetime) -> Version:
    """Ask somebody who may publish to look at the draft; asking twice changes nothing.

    Raises:
        NotFound: no such article, or no draft of it.
        UnknownMarks: a variable or a block in it stands for nothing.

    Emits: ArticleChanged
    """
    by.require(WRITE)
    await _lock_live(tx, article_id, by=by)
    draft = await require_draft(tx, article_id, locale)
    if draft.state == "review":
        return draft
    await _check_marks(tx, draft)
    sql = """
        update article_version set state = 'review', review_asked_by = %(by)s, review_asked_at = %(now)s
        where id = %(id)s"""
    await tx.execute(sql, {"id": draft.id, "by": by.person_id or None, "now": now})
    await touch(tx, article_id, now=now)
    await emit(tx, ArticleChanged(article_id=article_id, change="review_asked", locale=locale), by=by, at=now)
    return await require_draft(tx, article_id, locale)


async def reject(tx: Transaction, article_id: int, locale: str, note: str, *, by: Actor, now: datetime) -> Version:
    """Send a version back to its author with a reason. It stays in the history; the next draft begins with its words.

    Raises:
        NotFound: no such article.
        Conflict: nothing of it waits for approval in this language.

    Emits: ArticleChanged
    """
    by.require(PUBLISH)
    await _lock_live(tx, article_id, by=by)
    waiting = await queries.version_in(tx, article_id, locale, "review")
    if waiting is None:
        raise Conflict("Nothing waits for approval in this language.")
    sql = """
        update article_version set state = 'rejected', reviewed_by = %(by)s, reviewed_at = %(now)s,
            review_note = %(note)s where id = %(id)s"""
    await tx.execute(sql, {"id": waiting.id, "by": by.person_id or None, "now": now, "note": note.strip()})
    sql = """
        insert into article_version (article_id, locale, number, state, title, summary, body, plain, keywords,
            questions, block_names, variable_names, words, translated_from, written_by, written_at, review_note)
        select article_id, locale, number + 1, 'draft', title, summary, body, plain, keywords, questions,
            block_names, variable_names, words, translated_from, written_by, written_at, review_note
        from article_version where id = %(id)s"""
    await tx.execute(sql, {"id": waiting.id})
    await touch(tx, article_id, now=now)
    await emit(tx, ArticleChanged(article_id=article_id, change="rejected", locale=locale), by=by, at=now)
    return await require_draft(tx, article_id, locale)


async def publish(tx: Transaction, article_id: int, locale: str, *, by: Actor, now: datetime) -> Version:
    """Let the draft of a language be read, in place of the version before it.

    Raises:
        NotFound: no such article, or no draft of it.
        NotAllowed: the actor may not publish.
        OwnApproval: they wrote it themselves, and the desk wants a second pair of eyes.
        UnknownMarks: a variable or a block in it stands for nothing.

    Emits: ArticlePublished
    """
    by.require(PUBLISH)
    article = await _lock_live(tx, article_id, by=by)
    draft = await require_draft(tx, article_id, locale)
    policy = await knowledge_policy(tx)
    if not policy.own_approval and by.kind == "person" and draft.written_by == by.id:
        raise OwnApproval
    await _check_marks(tx, draft, kind=article.kind)
    sql = """
        update article_version set state = 'superseded', replaced_at = %(now)s
        where article_id = %(article)s and locale = %(locale)s and state = 'published'"""
    await tx.execute(sql, {"article": article_id, "locale": locale, "now": now})
    sql = """
        update article_version set state = 'published', reviewed_by = %(by)s, reviewed_at = %(now)s, review_note = '',
            published_at = %(now)s where id = %(id)s"""
    await tx.execute(sql, {"id": draft.id, "by": by.person_id or None, "now": now})
    await _set_review(tx, article_id, months_later(now.date(), policy.review_months) if policy.review_months else None)
    await touch(tx, article_id, now=now)
    await emit(tx, ArticlePublished(article_id=article_id, version_id=draft.id, locale=locale), by=by, at=now)
    return await queries.version_in(tx, article_id, locale, "published") or draft


async def archive(tx: Transaction, article_id: int, *, by: Actor, now: datetime) -> None:
    """Take an article out of use; nobody reads it any more, its history stays. Archived already: nothing changes.

    Raises:
        NotFound: there is none for the actor.
        NotAllowed: something of it is published, and the actor may not publish.

    Emits: ArticleArchived
    """
    await _set_archived(tx, article_id, is_archived=True, by=by, now=now)


async def bring_back(tx: Transaction, article_id: int, *, by: Actor, now: datetime) -> None:
    """Take an archived article back into use, as it was.

    Raises:
        NotFound, NotAllowed: as for ``archive``.

    Emits: ArticleArchived
    """
    await _set_archived(tx, article_id, is_archived=False, by=by, now=now)


async def change_article(tx: Transaction, article_id: int, patch: ArticlePatch, *, by: Actor, now: datetime) -> None:
    """Change who reads an article, where it stands, who owns it and when it is read again.

    Raises:
        NotFound: there is none for the actor.
        NotAllowed: readers would notice, and the actor may not publish.
        Invalid: a team, brand, category or person that cannot be chosen, or a language that it does not have.
        SlugTaken: another article has the name.

    Emits: ArticleSettingsChanged where readers may notice, else ArticleChanged
    """
    by.require(WRITE)
    article = await _lock_live(tx, article_id, by=by)
    given = {name: new for name, new in structs.asdict(patch).items() if new is not UNSET}
    if "audience" in given and given["audience"] != "team":
        given["team_ids"] = []
    elif given.get("team_ids") and given.get("audience", article.audience) != "team":
        raise Invalid("Teams are for articles of a team.", fields={"team_ids": "not_for_audience"})
    changed = await _really_changed(tx, article_id, given)
    if not changed:
        return
    is_read = bool(await _published(tx, article_id))
    if is_read and changed & OPEN_TO_READERS:
        by.require(PUBLISH)
    await _check_patch(tx, article, given, by=by)
    sets = ", ".join(f"{name} = %({name})s{CASTS.get(name, '')}" for name in sorted(changed))
    sql = f"update article set {sets}, changed_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {**given, "id": article_id, "now": now})
    if changed & {"brand_id"} and is_read:
        # Another brand says other variables: each language reads otherwise.
        await refresh_versions(tx, await queries.live_versions_of(tx, article_id), why="variable", by=by, now=now)
    fact = (
        ArticleSettingsChanged(article_id=article_id, fields=sorted(changed))
        if is_read and changed & (OPEN_TO_READERS | {"default_locale"})
        else ArticleChanged(article_id=article_id, change="settings")
    )
    await emit(tx, fact, by=by, at=now)


async def mark_reviewed(tx: Transaction, article_id: int, review_by: date | None, *, by: Actor, now: datetime) -> None:
    """An article was read again and holds; the next time is another day, or never.

    Raises:
        NotFound: there is none for the actor.

    Emits: ArticleChanged
    """
    by.require(WRITE)
    await _lock_live(tx, article_id, by=by)
    sql = "update article set review_by = %(day)s, changed_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": article_id, "day": review_by, "now": now})
    await emit(tx, ArticleChanged(article_id=article_id, change="reviewed"), by=by, at=now)


async def confirm_translation(tx: Transaction, article_id: int, locale: str, *, by: Actor, now: datetime) -> None:
    """A translation holds although the article's own language was published anew.

    Raises:
        NotFound: no such article, or it is not published in both languages.

    Emits: ArticleChanged
    """
    by.require(WRITE)
    article = await _lock_live(tx, article_id, by=by)
    base = await queries.version_in(tx, article_id, article.default_locale, "published")
    sql = """
        update article_version set translated_from = %(base)s
        where article_id = %(id)s and locale = %(locale)s and locale <> %(own)s
            and state in ('published', 'draft', 'review')"""
    params = {"id": article_id, "locale": locale, "own": article.default_locale, "base": base.id if base else None}
    if base is None or not await execute(tx, sql, params):
        raise NotFound
    await touch(tx, article_id, now=now)
    await emit(tx, ArticleChanged(article_id=article_id, change="reviewed", locale=locale), by=by, at=now)


async def publish_again(
    tx: Transaction, article_id: int, locale: str, number: int, *, by: Actor, now: datetime
) -> Version:
    """Let an older version be read again at once: it becomes the draft, which is published.

    Raises:
        As ``roll_back`` and ``publish``; an own older version needs no second pair of eyes, it had them.

    Emits: ArticleChanged, ArticlePublished
    """
    by.require(PUBLISH)
    old = await queries.version_in(tx, article_id, locale, "published", "superseded")
    await roll_back(tx, article_id, locale, number, by=by, now=now)
    if old is not None:
        sql = """
            update article_version v set written_by = o.written_by from article_version o
            where v.article_id = %(id)s and v.locale = %(locale)s and v.state = 'draft' and o.article_id = v.article_id
                and o.locale = v.locale and o.number = %(number)s and o.published_at is not null"""
        await tx.execute(sql, {"id": article_id, "locale": locale, "number": number})
    return await publish(tx, article_id, locale, by=by, now=now)


async def _lock_live(tx: Transaction, article_id: int, *, by: Actor) -> LockedArticle:
    article = await lock_article(tx, article_id, by=by)
    if article.is_archived:
        raise Archived
    return article


async def _check_marks(tx: Transaction, draft: Version, *, kind: str = "script") -> None:
    sql = "select brand_id from article where id = %(id)s"
    brand_id = await value(tx, int, sql, {"id": draft.article_id})
    said = await queries.preview(tx, draft.body, draft.locale, brand_id=brand_id)
    known = await queries.words_of(tx, draft.locale, brand_id)
    bare = marks_in(draft.title, draft.summary)
    lost = {*said.missing, *(name for name in bare.variables if name not in known)}
    lost |= {f"block:{name}" for name in bare.blocks}
    if kind != "script":
        lost |= set(marks_in(draft.title, draft.summary, draft.body).personal)
    if lost:
        raise UnknownMarks(sorted(lost))


async def _set_review(tx: Transaction, article_id: int, day: date | None) -> None:
    # A day that somebody set stays while it lies ahead of the one that the desk's rule would set.
    sql = """
        update article set review_by = %(day)s
        where id = %(id)s and %(day)s::date is not null and (review_by is null or review_by < %(day)s)"""
    await tx.execute(sql, {"id": article_id, "day": day})


async def _set_archived(tx: Transaction, article_id: int, *, is_archived: bool, by: Actor, now: datetime) -> None:
    by.require(WRITE)
    article = await lock_article(tx, article_id, by=by)
    if await _published(tx, article_id):
        by.require(PUBLISH)
    if article.is_archived == is_archived:
        return
    sql = """
        update article set archived_at = case when %(is)s then %(now)s::timestamptz end, changed_at = %(now)s
        where id = %(id)s"""
    await tx.execute(sql, {"id": article_id, "is": is_archived, "now": now})
    await emit(tx, ArticleArchived(article_id=article_id, is_archived=is_archived), by=by, at=now)


async def _published(tx: Transaction, article_id: int) -> int:
    sql = "select count(*) from article_version where article_id = %(id)s and state = 'published'"
    return await value(tx, int, sql, {"id": article_id}) or 0


async def _really_changed(tx: Transaction, article_id: int, given: dict[str, object]) -> set[str]:
    if not given:
        return set()
    checks = ", ".join(f"{name} is distinct from %({name})s{CASTS.get(name, '')} as {name}" for name in given)
    sql = f"select to_jsonb(x) from (select {checks} from article where id = %(id)s) x"
    found = await value(tx, dict[str, bool], sql, {**given, "id": article_id}) or {}
    return {name for name, is_other in found.items() if is_other}


async def _check_patch(tx: Transaction, article: LockedArticle, given: dict[str, Any], *, by: Actor) -> None:
    # Only what is new is held against the actor: they may keep what others chose.
    if given.keys() & {"audience", "team_ids"}:
        check_teams(given.get("audience", article.audience), given.get("team_ids", article.team_ids), by=by)
    if "brand_id" in given:
        check_brand(given["brand_id"], by=by)
    await check_category(tx, given.get("category_id"))
    if given.get("owner_id") is not None:
        await check_owner(tx, given["owner_id"])
    if "slug" in given:
        await hold_slug(tx, given["slug"])
        sql = "select exists (select from article where slug = %(slug)s and id <> %(id)s)"
        if await value(tx, bool, sql, {"slug": given["slug"], "id": article.id}):
            raise SlugTaken(fields={"slug": "taken"})
    if "default_locale" in given:
        sql = "select exists (select from article_version where article_id = %(id)s and locale = %(locale)s)"
        if not await value(tx, bool, sql, {"id": article.id, "locale": given["default_locale"]}):
            raise Invalid("The article has no words in this language yet.", fields={"default_locale": "unknown"})
