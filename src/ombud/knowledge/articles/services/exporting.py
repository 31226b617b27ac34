"""The knowledge base as files: a table, or Markdown with its pictures in an archive that an import reads again."""

import asyncio
import io
import zipfile
from datetime import date

from msgspec import Struct

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.markdown import markdown_of_html
from ombud.knowledge.articles.schemas import Article, ArticleQuery, ArticleRow, Reader, Version
from ombud.shared.database import Transaction, rows
from ombud.shared.files import FileStore
from ombud.shared.spreadsheets import FileKind, write_file

MOST_EXPORTED = 5_000
PAGE = 100
# In the head of a Markdown file, where everything is one line.
BETWEEN_QUESTIONS = " | "
# Titles of the columns are what an import of such a table looks for.
COLUMNS = (
    *("slug", "locale", "kind", "state", "title", "summary", "body", "keywords", "questions"),
    *("category", "audience", "review_by", "number", "written_at", "published_at"),
)


class ArchiveFile(Struct, frozen=True):
    """A file of an export: what it holds, or where in the store it is."""

    name: str
    text: str = ""
    token: str = ""


async def export_table(tx: Transaction, query: ArticleQuery, kind: FileKind, *, reader: Reader, today: date) -> bytes:
    """What a list shows as a table, a row for each language; bodies are HTML as they are written."""
    paths = await category_paths(tx)
    cells = [
        [
            article.slug,
            version.locale,
            article.kind,
            version.state,
            version.title,
            version.summary,
            version.body,
            version.keywords,
            version.questions,
            paths.get(article.category_id or 0, ""),
            article.audience,
            article.review_by.isoformat() if article.review_by else None,
            version.number,
            version.written_at,
            version.published_at,
        ]
        for article in await _articles(tx, query, reader=reader, today=today)
        for version in _shown(article)
    ]
    return await asyncio.to_thread(write_file, COLUMNS, cells, kind)


async def export_archive(
    tx: Transaction, files: FileStore, query: ArticleQuery, *, reader: Reader, today: date
) -> bytes:
    """What a list shows as Markdown with a head that says what it is, and the pictures and files beside it."""
    paths = await category_paths(tx)
    found = await _articles(tx, query, reader=reader, today=today)
    wanted = [one for article in found for one in _files(article, paths.get(article.category_id or 0, ""))]
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in wanted:
            data = await files.get(one.token) if one.token else one.text.encode()
            archive.writestr(one.name, data)
    return whole.getvalue()


async def category_paths(tx: Transaction) -> dict[int, str]:
    """Each category as a path of names, the Chinese ones where there is no English."""
    sql = """
        with recursive way (id, path) as (
            select id, coalesce(nullif(name_en, ''), name_zh) from knowledge_category where parent_id is null
            union all
            select c.id, w.path || ' / ' || coalesce(nullif(c.name_en, ''), c.name_zh)
            from knowledge_category c join way w on c.parent_id = w.id)
        select id, path from way"""
    return {one.id: one.path for one in await rows(tx, _Path, sql)}


class _Path(Struct):
    id: int
    path: str


async def _articles(tx: Transaction, query: ArticleQuery, *, reader: Reader, today: date) -> list[Article]:
    found: list[ArticleRow] = []
    cursor: str | None = None
    while len(found) < MOST_EXPORTED:
        paged = await queries.list_articles(tx, query, reader=reader, today=today, cursor=cursor, limit=PAGE)
        found += paged.items
        cursor = paged.next
        if cursor is None:
            break
    return [await queries.find_article(tx, one.id, reader=reader, today=today) for one in found]


def _shown(article: Article) -> list[Version]:
    """What is published in each language, or the draft where nothing is."""
    by_locale: dict[str, Version] = {}
    for one in article.versions:
        if one.locale not in by_locale or one.state == "published":
            by_locale[one.locale] = one
    return list(by_locale.values())


def _files(article: Article, path: str) -> list[ArchiveFile]:
    folder = "/".join(_safe(part) for part in path.split(" / ") if part)
    base = f"{folder}/{article.slug}" if folder else article.slug
    found = [ArchiveFile(f"{base}.{one.locale}.md", _markdown(article, one, path)) for one in _shown(article)]
    stem = article.slug
    return found + [
        ArchiveFile(f"{folder}/{stem}/{one.id}-{one.name}".lstrip("/"), token=one.token) for one in article.files
    ]


def _safe(name: str) -> str:
    return name.replace("/", "-").replace("\\", "-").strip(". ") or "-"


def _markdown(article: Article, version: Version, path: str) -> str:
    head = {
        "title": version.title,
        "slug": article.slug,
        "locale": version.locale,
        "kind": article.kind,
        "audience": article.audience,
        "category": path,
        "summary": version.summary,
        "keywords": version.keywords,
        "questions": version.questions.replace("\n", BETWEEN_QUESTIONS),
        "review_by": article.review_by.isoformat() if article.review_by else "",
        "state": version.state,
    }
    lines = [f"{name}: {_quoted(said)}" for name, said in head.items() if said]
    body = markdown_of_html(version.body)
    for one in article.files:
        body = body.replace(f"(cid:file-{one.id})", f"({article.slug}/{one.id}-{one.name.replace(' ', '%20')})")
    return "\n".join(["---", *lines, "---", "", body])


def _quoted(text: str) -> str:
    flat = " ".join(text.split())
    return f'"{flat}"' if flat[:1] in "\"'[{#&*!|>%@`-" or ": " in flat else flat
