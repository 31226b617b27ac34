"""Files of an article: pictures in its midst, and what hangs on to it."""

from datetime import datetime

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.events import ArticleChanged
from ombud.knowledge.articles.markup import pictures_of
from ombud.knowledge.articles.schemas import ArticleFile
from ombud.knowledge.articles.services.writing import WRITE, Archived, lock_article, touch
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, values
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.shared.files import FileStore
from ombud.shared.http import SHOWN
from ombud.shared.uploads import keep_file, type_of

MOST_FILES = 100


class FileShown(Conflict):
    """The picture stands in the text of a language. Take it out there first, then remove the file."""

    code = "article_file_shown"


async def attach_file(
    tx: Transaction,
    files: FileStore,
    article_id: int,
    name: str,
    data: bytes,
    *,
    is_inline: bool,
    by: Actor,
    now: datetime,
) -> ArticleFile:
    """Keep a file with an article; ``is_inline``: a picture that stands in the text and not below it.

    Raises:
        NotFound: there is no such article for the actor.
        Invalid: it is empty, there are 100 already, or a picture is of a kind that browsers do not draw.
        TooLarge: more than 25 MiB.

    Emits: ArticleChanged
    """
    by.require(WRITE)
    article = await lock_article(tx, article_id, by=by)
    if article.is_archived:
        raise Archived
    if is_inline and type_of(name) not in SHOWN:
        raise Invalid("A picture must be PNG, JPEG, GIF or WebP. Attach other files below the text.")
    if len(await queries.files_of(tx, article_id)) >= MOST_FILES:
        raise Invalid(f"An article has at most {MOST_FILES} files.")
    kept = await keep_file(tx, files, name, data, by=by, now=now)
    sql = """
        insert into article_attachment (article_id, file_id, is_inline, added_at)
        values (%(article)s, %(file)s, %(inline)s, %(now)s)"""
    await tx.execute(sql, {"article": article_id, "file": kept.id, "inline": is_inline, "now": now})
    await touch(tx, article_id, now=now)
    await emit(tx, ArticleChanged(article_id=article_id, change="files"), by=by, at=now)
    return next(one for one in await queries.files_of(tx, article_id) if one.id == kept.id)


async def detach_file(tx: Transaction, article_id: int, file_id: int, *, by: Actor, now: datetime) -> None:
    """Take a file away from an article; older versions that showed it show it no more.

    Raises:
        NotFound: there is no such article for the actor, or it has no such file.
        FileShown: a text in use shows it.

    Emits: ArticleChanged
    """
    by.require(WRITE)
    await lock_article(tx, article_id, by=by)
    sql = """
        select body from article_version
        where article_id = %(id)s and state in ('draft', 'review', 'published') and position(%(name)s in body) > 0"""
    shown = await values(tx, str, sql, {"id": article_id, "name": f"cid:file-{file_id}"})
    if any(file_id in pictures_of(body) for body in shown):
        raise FileShown
    sql = """
        update article_attachment set removed_at = %(now)s
        where article_id = %(article)s and file_id = %(file)s and removed_at is null"""
    if not await execute(tx, sql, {"article": article_id, "file": file_id, "now": now}):
        raise NotFound
    await touch(tx, article_id, now=now)
    await emit(tx, ArticleChanged(article_id=article_id, change="files"), by=by, at=now)
