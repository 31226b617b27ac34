"""Imports: read and shown, carried out article by article, undone as a whole."""

import asyncio
from datetime import datetime
from typing import Literal

from msgspec import Struct, convert, to_builtins
from psycopg.types.json import Jsonb

from ombud.knowledge.articles import queries as articles
from ombud.knowledge.articles.events import ArticleArchived
from ombud.knowledge.articles.schemas import ArticleDraftIn, ArticleIn, ArticleWords, CategoryIn
from ombud.knowledge.articles.services import archive, make_article, publish, save_draft
from ombud.knowledge.articles.services.attachments import attach_file
from ombud.knowledge.articles.services.categories import list_categories, make_category
from ombud.knowledge.articles.services.writing import (
    PUBLISH,
    check_brand,
    check_category,
    check_teams,
    drop_draft,
    lock_article,
)
from ombud.knowledge.imports import queries
from ombud.knowledge.imports.events import ArticlesImported
from ombud.knowledge.imports.reading import read_file
from ombud.knowledge.imports.reading.files import format_of
from ombud.knowledge.imports.schemas import Found, ImportOptions, ImportPage, ImportState, Picture, ReadFile
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import Conflict, NotFound, OmbudError
from ombud.shared.events import emit
from ombud.shared.files import FileStore
from ombud.shared.uploads import keep_file

MANAGE = "knowledge.manage"
# So many articles in one transaction: a long import shows how far it is and holds nobody up.
BATCH = 25


class WrongMoment(Conflict):
    """The import is not in the state for this. Load it again."""

    code = "import_state"


class _Import(Struct):
    id: int
    token: str
    file_name: str
    state: ImportState
    options: ImportOptions
    done_at: datetime | None


class _Item(Struct):
    id: int
    position: int
    found: Found
    is_new: bool
    article_id: int | None
    version_id: int | None


async def read_import(
    tx: Transaction, files: FileStore, name: str, data: bytes, options: ImportOptions, *, by: Actor, now: datetime
) -> ImportPage:
    """Read a file and show what would be made of it; nothing is made yet.

    Raises:
        CannotImport: the file as a whole cannot be read.
        Invalid: a team, brand or category that the actor has no say in.
        TooLarge: more than 25 MiB.

    Emits: ArticlesImported
    """
    by.require(MANAGE)
    await _check(tx, options, by=by)
    format_of(name)
    kept = await keep_file(tx, files, name, data, by=by, now=now)
    read = await asyncio.to_thread(read_file, name, data, options)
    sql = """
        insert into knowledge_import (format, file_id, options, columns, made_by, made_at)
        values (%(format)s, %(file)s, %(options)s, %(columns)s::text[], %(by)s, %(now)s) returning id"""
    params = {
        "format": read.format,
        "file": kept.id,
        "options": Jsonb(to_builtins(_with_meanings(options, read))),
        "columns": read.columns,
        "by": by.person_id or None,
        "now": now,
    }
    made = await value(tx, int, sql, params) or 0
    await _keep_items(tx, made, read)
    await emit(tx, ArticlesImported(import_id=made, change="read"), by=by, at=now)
    return await queries.find_import(tx, made)


async def read_again(
    tx: Transaction, files: FileStore, import_id: int, options: ImportOptions, *, by: Actor, now: datetime
) -> ImportPage:
    """Read the same file with other options, as long as nothing of it was made.

    Raises:
        NotFound: there is none.
        WrongMoment: it was begun.
        CannotImport, Invalid: as for ``read_import``.

    Emits: ArticlesImported
    """
    by.require(MANAGE)
    known = await _lock(tx, import_id, "preview")
    await _check(tx, options, by=by)
    read = await asyncio.to_thread(read_file, known.file_name, await files.get(known.token), options)
    await tx.execute("delete from knowledge_import_item where import_id = %(id)s", {"id": import_id})
    await _keep_items(tx, import_id, read)
    sql = "update knowledge_import set options = %(options)s where id = %(id)s"
    await tx.execute(sql, {"id": import_id, "options": Jsonb(to_builtins(_with_meanings(options, read)))})
    await emit(tx, ArticlesImported(import_id=import_id, change="read"), by=by, at=now)
    return await queries.find_import(tx, import_id)


async def carry_out(tx: Transaction, files: FileStore, import_id: int, *, by: Actor, now: datetime) -> ImportPage:
    """Make the next articles of an import; called again until its state is ``done``.

    An article that cannot be made keeps the reason, and the others are made all the same.

    Raises:
        NotFound: there is none.
        WrongMoment: it is done or undone.
        NotAllowed: it would publish, and the actor may not.

    Emits: ArticlesImported, and what making articles emits
    """
    by.require(MANAGE)
    known = await _lock(tx, import_id, "preview", "running")
    if known.options.is_published:
        by.require(PUBLISH)
    if known.state == "preview":
        await emit(tx, ArticlesImported(import_id=import_id, change="begun"), by=by, at=now)
    waiting = await _items(tx, import_id, "ready", limit=BATCH)
    if waiting:
        pictures = await _pictures(files, known, waiting)
        for item in waiting:
            await _make(tx, files, known, item, pictures.get(item.position, []), by=by, now=now)
    is_done = not await _items(tx, import_id, "ready", limit=1)
    sql = """
        update knowledge_import set state = case when %(done)s then 'done' else 'running' end,
            done_at = %(now)s where id = %(id)s"""
    await tx.execute(sql, {"id": import_id, "done": is_done, "now": now})
    if is_done:
        await emit(tx, ArticlesImported(import_id=import_id, change="done"), by=by, at=now)
    return await queries.find_import(tx, import_id)


async def undo_import(tx: Transaction, import_id: int, *, by: Actor, now: datetime) -> ImportPage:
    """Take back what an import made. What somebody changed since stays, and is said.

    Drafts go as if they had never been; what was published is archived, because readers may have seen it.

    Raises:
        NotFound: there is none.
        WrongMoment: nothing of it was made, or it is undone already.

    Emits: ArticlesImported, ArticleArchived
    """
    by.require(MANAGE)
    await _lock(tx, import_id, "running", "done")
    changed = await _changed_since(tx, import_id)
    # The last article first: a translation goes before what it was added to.
    for item in reversed(await _items(tx, import_id, "made", limit=100_000)):
        state = "kept" if item.article_id in changed else await _take_back(tx, import_id, item, by=by, now=now)
        await tx.execute(
            "update knowledge_import_item set state = %(s)s where id = %(id)s", {"s": state, "id": item.id}
        )
    sql = "update knowledge_import set state = 'undone', undone_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": import_id, "now": now})
    await emit(tx, ArticlesImported(import_id=import_id, change="undone"), by=by, at=now)
    return await queries.find_import(tx, import_id)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


async def _check(tx: Transaction, options: ImportOptions, *, by: Actor) -> None:
    check_teams(options.audience, options.team_ids, by=by)
    check_brand(options.brand_id, by=by)
    await check_category(tx, options.category_id)
    if options.is_published:
        by.require(PUBLISH)


def _with_meanings(options: ImportOptions, read: ReadFile) -> ImportOptions:
    return convert(to_builtins(options) | {"columns": read.meanings}, ImportOptions)


async def _keep_items(tx: Transaction, import_id: int, read: ReadFile) -> None:
    sql = """
        insert into knowledge_import_item (import_id, position, name, found, raw, problem, state)
        select %(id)s, i.position, i.name, nullif(i.found, 'null'), nullif(i.raw, 'null'), i.problem,
            case when i.problem is null then 'ready' else 'failed' end
        from jsonb_to_recordset(%(items)s)
            as i (position int, name text, found jsonb, raw jsonb, problem text)"""
    items = [
        {
            "position": place,
            "name": one.name[:500],
            "found": to_builtins(one.found),
            "raw": one.raw,
            "problem": one.problem,
        }
        for place, one in enumerate(read.items)
    ]
    await tx.execute(sql, {"id": import_id, "items": Jsonb(items)})


async def _lock(tx: Transaction, import_id: int, *states: ImportState) -> _Import:
    sql = """
        select i.id, f.token, f.name as file_name, i.state, i.options, i.done_at
        from knowledge_import i join file f on f.id = i.file_id where i.id = %(id)s for update of i"""
    known = await row(tx, _Import, sql, {"id": import_id})
    if known is None:
        raise NotFound
    if known.state not in states:
        raise WrongMoment
    return known


async def _items(tx: Transaction, import_id: int, state: Literal["ready", "made"], *, limit: int) -> list[_Item]:
    sql = """
        select id, position, found, is_new, article_id, version_id from knowledge_import_item
        where import_id = %(id)s and state = %(state)s order by position limit %(limit)s"""
    return await rows(tx, _Item, sql, {"id": import_id, "state": state, "limit": limit})


async def _pictures(files: FileStore, known: _Import, waiting: list[_Item]) -> dict[int, list[Picture]]:
    """Pictures of the items that are made now, read from the file again: they are kept once, with their article."""
    if not any("cid:file-" in one.found.body for one in waiting):
        return {}
    read = await asyncio.to_thread(read_file, known.file_name, await files.get(known.token), known.options)
    return {place: item.pictures for place, item in enumerate(read.items)}


# ── making ───────────────────────────────────────────────────────────────────────────────────────────────────


async def _make(
    tx: Transaction,
    files: FileStore,
    known: _Import,
    item: _Item,
    pictures: list[Picture],
    *,
    by: Actor,
    now: datetime,
) -> None:
    try:
        async with tx.transaction():
            await _make_one(tx, files, known, item, pictures, by=by, now=now)
    except OmbudError as problem:
        sql = "update knowledge_import_item set state = 'failed', problem = %(problem)s where id = %(id)s"
        await tx.execute(sql, {"id": item.id, "problem": f"refused:{problem.code}"})


async def _make_one(
    tx: Transaction,
    files: FileStore,
    known: _Import,
    item: _Item,
    pictures: list[Picture],
    *,
    by: Actor,
    now: datetime,
) -> None:
    found, options = item.found, known.options
    # Numbers of pictures that are not files yet mean nothing, and may be those of somebody else's files.
    words = ArticleWords(
        found.title, _without_pictures(found.body, pictures), found.summary, found.keywords, found.questions
    )
    article_id = await _same_article(tx, found, by=by) if found.slug else None
    is_new = article_id is None
    if article_id is None:
        data = ArticleIn(
            kind=found.kind,
            locale=found.locale,
            words=words,
            category_id=await _category(tx, found.category, options, by=by, now=now),
            brand_id=options.brand_id,
            audience=found.audience,
            team_ids=options.team_ids if found.audience == "team" else [],
            slug=found.slug or None,
            review_by=found.review_by,
        )
        article_id = await make_article(tx, data, by=by, now=now)
        await tx.execute(
            "update article set import_id = %(import)s where id = %(id)s", {"import": known.id, "id": article_id}
        )
    elif await articles.version_in(tx, article_id, found.locale, "draft", "review"):
        raise Conflict
    if not is_new or pictures:
        body = await _with_pictures(tx, files, article_id, found.body, pictures, by=by, now=now)
        draft = ArticleDraftIn(found.title, body, found.summary, found.keywords, found.questions)
        await save_draft(tx, article_id, found.locale, draft, by=by, now=now)
    await _finish(tx, known, item, article_id, is_new=is_new, by=by, now=now)


async def _finish(
    tx: Transaction, known: _Import, item: _Item, article_id: int, *, is_new: bool, by: Actor, now: datetime
) -> None:
    locale = item.found.locale
    made = await articles.version_in(tx, article_id, locale, "draft")
    of_this = await value(tx, int, "select import_id from article where id = %(id)s", {"id": article_id}) == known.id
    # What is in use already is never published over by an import: somebody looks at the draft first.
    if known.options.is_published and of_this:
        await publish(tx, article_id, locale, by=by, now=now)
    sql = """
        update knowledge_import_item set state = 'made', article_id = %(article)s, version_id = %(version)s,
            is_new = %(new)s, made_at = %(now)s where id = %(id)s"""
    version_id = made.id if made else None
    params = {"id": item.id, "article": article_id, "version": version_id, "new": is_new, "now": now}
    await tx.execute(sql, params)


async def _same_article(tx: Transaction, found: Found, *, by: Actor) -> int | None:
    """The article of the same name in addresses, for another language or a new version of it."""
    sql = "select id from article where slug = %(slug)s and archived_at is null"
    article_id = await value(tx, int, sql, {"slug": found.slug})
    if article_id is None:
        return None
    await lock_article(tx, article_id, by=by)
    return article_id


async def _category(
    tx: Transaction, path: list[str], options: ImportOptions, *, by: Actor, now: datetime
) -> int | None:
    """The category at the end of a path of names in either language; what is missing of it is made."""
    at = options.category_id
    if not path:
        return at
    known = await list_categories(tx)
    for name in path:
        there = next(
            (one for one in known if one.parent_id == at and name in {one.name_en, one.name_zh}),
            None,
        )
        if there is None:
            there = await make_category(tx, CategoryIn(name, name, at), by=by, now=now)
            known.append(there)
        at = there.id
    return at


def _without_pictures(body: str, pictures: list[Picture]) -> str:
    for place in range(len(pictures)):
        body = body.replace(f'src="cid:file-{place}"', 'src=""')
    return body


async def _with_pictures(
    tx: Transaction,
    files: FileStore,
    article_id: int,
    body: str,
    pictures: list[Picture],
    *,
    by: Actor,
    now: datetime,
) -> str:
    parts = [f'src="cid:file-{place}"' for place in range(len(pictures))]
    # In two steps: a file's number may be the place of another picture.
    for place, part in enumerate(parts):
        body = body.replace(part, f'src="picture-{place}"')
    for place, picture in enumerate(pictures):
        kept = await attach_file(tx, files, article_id, picture.name, picture.data, is_inline=True, by=by, now=now)
        body = body.replace(f'src="picture-{place}"', f'src="cid:file-{kept.id}"')
    return body


# ── undoing ──────────────────────────────────────────────────────────────────────────────────────────────────


class _Now(Struct):
    others: int
    state: str | None
    is_archived: bool


async def _changed_since(tx: Transaction, import_id: int) -> set[int]:
    """Articles of an import that somebody changed after it."""
    sql = """
        select a.id from article a join knowledge_import_item t on t.article_id = a.id
        where t.import_id = %(id)s and t.state = 'made' group by a.id having a.changed_at > max(t.made_at)"""
    return set(await values(tx, int, sql, {"id": import_id}))


async def _take_back(
    tx: Transaction, import_id: int, item: _Item, *, by: Actor, now: datetime
) -> Literal["undone", "kept"]:
    sql = """
        select v.state, a.archived_at is not null as is_archived,
            (select count(*) from article_version o where o.article_id = a.id and o.id not in (
                select t.version_id from knowledge_import_item t
                where t.import_id = %(import)s and t.version_id is not null)) as others
        from article a left join article_version v on v.id = %(version)s where a.id = %(article)s for update of a"""
    params = {"import": import_id, "version": item.version_id, "article": item.article_id}
    there = await row(tx, _Now, sql, params)
    if there is None or item.article_id is None or there.is_archived:
        return "undone"
    if there.state == "published":
        await archive(tx, item.article_id, by=by, now=now)
    elif not item.is_new:
        await drop_draft(tx, item.article_id, item.found.locale, by=by, now=now)
    elif there.others:
        return "kept"
    else:
        await _forget(tx, item.article_id, by=by, now=now)
    return "undone"


async def _forget(tx: Transaction, article_id: int, *, by: Actor, now: datetime) -> None:
    """An article that nobody ever read: as if it had never been."""
    await tx.execute("delete from article_attachment where article_id = %(id)s", {"id": article_id})
    await tx.execute("delete from article_version where article_id = %(id)s", {"id": article_id})
    await tx.execute("delete from article where id = %(id)s", {"id": article_id})
    await emit(tx, ArticleArchived(article_id=article_id, is_archived=True), by=by, at=now)
