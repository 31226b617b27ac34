"""Endpoints of articles: written, approved, read."""

from typing import Literal

from litestar import Response, Router, delete, get, patch, post, put
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Struct

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.api_frame import FRAME
from ombud.knowledge.articles.markup import clean_article, pictures_of, with_places
from ombud.knowledge.articles.schemas import (
    Article,
    ArticleDraftIn,
    ArticleFile,
    ArticleIn,
    ArticlePatch,
    ArticlePreview,
    ArticleQuery,
    ArticleRow,
    Audience,
    Body,
    Kind,
    KnowledgeCounts,
    Locale,
    RejectionIn,
    ReviewedIn,
    ShownArticle,
    Version,
    VersionBrief,
    VersionDiff,
    Which,
    reader_of,
)
from ombud.knowledge.articles.services import (
    archive,
    ask_review,
    attachments,
    exporting,
    make_article,
    publish,
    publishing,
    save_draft,
    writing,
)
from ombud.knowledge.articles.services.comparing import compare_versions
from ombud.knowledge.articles.services.seeing import see_article
from ombud.shared.errors import Invalid
from ombud.shared.http import SHOWN, SILENT, By, Now, Page, Reading, Tx, file_headers, may
from ombud.shared.paging import Paged
from ombud.shared.spreadsheets import TYPES
from ombud.shared.uploads import MAX_UPLOAD_BYTES

READ, WRITE, PUBLISH = "knowledge.read", "knowledge.write", "knowledge.publish"
ARTICLE = "/knowledge/articles/{article_id:int}"
DRAFT = f"{ARTICLE}/drafts/{{locale:str}}"
VERSION = f"{ARTICLE}/versions/{{locale:str}}/{{number:int}}"
# An article of 10 MB gets an answer that says what to do, and not one about bytes of a request.
MOST_SENT = 32 * 1024 * 1024


class ArticleId(Struct):
    """The number of an article."""

    id: int


class ArchivedIn(Struct, forbid_unknown_fields=True):
    """Whether an article is archived."""

    is_archived: bool


class VersionList(Struct):
    """Versions of a language, the newest first."""

    items: list[VersionBrief]


class ArticlePreviewIn(Struct, forbid_unknown_fields=True):
    """Words to look at as they would be read; pictures are those of ``article_id``."""

    body: Body
    locale: Locale
    article_id: int | None = None
    brand_id: int | None = None


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────


@get("/knowledge/articles", guards=[may(READ)])
async def get_articles(
    reading: Reading,
    actor: By,
    now: Now,
    text: FromQuery[str] = "",
    which: FromQuery[Which] = "current",
    kind: FromQuery[Kind | None] = None,
    locale: FromQuery[str] = "",
    category_id: FromQuery[int | None] = None,
    audience: FromQuery[Audience | None] = None,
    brand_id: FromQuery[int | None] = None,
    owner_id: FromQuery[int | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[ArticleRow]:
    """Articles that the actor may see: titles with the text first, then the last changed. ``category_id`` 0: none.

    Without ``knowledge.write`` only what is published.
    """
    query = ArticleQuery(
        text=text[:500],
        which=which,
        kind=kind,
        locale=locale,
        language=actor.locale,
        category_id=category_id,
        audience=audience,
        brand_id=brand_id,
        owner_id=owner_id,
    )
    page = Page(cursor, limit)
    return await queries.list_articles(
        reading, query, reader=reader_of(actor), today=now.date(), cursor=page.cursor, limit=page.limit
    )


@get("/knowledge/counts", guards=[may(READ)])
async def get_knowledge_counts(reading: Reading, actor: By, now: Now) -> KnowledgeCounts:
    """What is there and what waits, of what the actor may see."""
    return await queries.count_articles(reading, reader=reader_of(actor), today=now.date())


@get("/knowledge/export", guards=[may(READ)])
async def get_export(
    reading: Reading,
    actor: By,
    now: Now,
    state: State,
    form: FromQuery[Literal["csv", "xlsx", "markdown"]] = "markdown",
    text: FromQuery[str] = "",
    which: FromQuery[Which] = "current",
    kind: FromQuery[Kind | None] = None,
    category_id: FromQuery[int | None] = None,
) -> Response[bytes]:
    """The articles of a list as a table or as Markdown in an archive; an import reads both again."""
    query = ArticleQuery(text=text[:500], which=which, kind=kind, category_id=category_id)
    reader, today = reader_of(actor), now.date()
    if form == "markdown":
        data = await exporting.export_archive(reading, state.files, query, reader=reader, today=today)
        media, ending = "application/zip", "zip"
    else:
        data = await exporting.export_table(reading, query, form, reader=reader, today=today)
        media, ending = TYPES[form], form
    headers = {
        "Content-Disposition": f"attachment; filename=knowledge-{today:%Y%m%d}.{ending}",
        "Cache-Control": "no-store",
    }
    return Response(data, media_type=media, headers=headers)


@get("/knowledge/slugs/{slug:str}", guards=[may(READ)])
async def get_article_of_slug(reading: Reading, actor: By, slug: FromPath[str]) -> ArticleId:
    """Which article has a name in addresses."""
    return ArticleId(await queries.article_id_of(reading, slug, reader=reader_of(actor)))


# ── one article ──────────────────────────────────────────────────────────────────────────────────────────────


@post("/knowledge/articles", guards=[may(WRITE)], status_code=HTTP_201_CREATED, request_max_body_size=MOST_SENT)
async def post_article(tx: Tx, actor: By, now: Now, data: JSONBody[ArticleIn]) -> Article:
    """Make an article with a draft in one language. 413 ``article_too_large``: more than 2 MB."""
    made = await make_article(tx, data, by=actor, now=now)
    return await queries.find_article(tx, made, reader=reader_of(actor), today=now.date())


@get(ARTICLE, guards=[may(READ)])
async def get_article(tx: Tx, actor: By, now: Now, article_id: FromPath[int], locale: FromQuery[str] = "") -> Article:
    """An article with what is published and the drafts of each language; what told the reader of it is read."""
    return await see_article(tx, article_id, locale=locale, by=actor, now=now)


@get(f"{ARTICLE}/shown", guards=[may(READ)])
async def get_shown_article(
    reading: Reading,
    actor: By,
    article_id: FromPath[int],
    locale: FromQuery[str] = "",
    brand_id: FromQuery[int | None] = None,
) -> ShownArticle:
    """A published article as it is read, in a language or the nearest, with variables and blocks put in."""
    reader = reader_of(actor)
    return await queries.find_shown(reading, article_id, reader=reader, locale=locale, brand_id=brand_id)


@patch(ARTICLE, guards=[may(WRITE)])
async def patch_article(
    tx: Tx, actor: By, now: Now, article_id: FromPath[int], data: JSONBody[ArticlePatch]
) -> Article:
    """Change who reads an article, where it stands, who owns it. What readers notice needs ``knowledge.publish``."""
    await publishing.change_article(tx, article_id, data, by=actor, now=now)
    return await queries.find_article(tx, article_id, reader=reader_of(actor), today=now.date())


@put(f"{ARTICLE}/archive", guards=[may(WRITE)])
async def put_archive(tx: Tx, actor: By, now: Now, article_id: FromPath[int], data: JSONBody[ArchivedIn]) -> None:
    """Archive an article, or bring it back. A published one needs ``knowledge.publish``."""
    verb = archive if data.is_archived else publishing.bring_back
    await verb(tx, article_id, by=actor, now=now)


@put(f"{ARTICLE}/review-day", guards=[may(WRITE)])
async def put_review_day(tx: Tx, actor: By, now: Now, article_id: FromPath[int], data: JSONBody[ReviewedIn]) -> None:
    """The article was read again and holds; the next time is another day, or never."""
    await publishing.mark_reviewed(tx, article_id, data.review_by, by=actor, now=now)


@put(f"{ARTICLE}/translations/{{locale:str}}/check", guards=[may(WRITE)])
async def put_translation_check(
    tx: Tx, actor: By, now: Now, article_id: FromPath[int], locale: FromPath[Locale]
) -> None:
    """A translation holds although the article's own language was published anew."""
    await publishing.confirm_translation(tx, article_id, locale, by=actor, now=now)


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────


@put(DRAFT, guards=[may(WRITE)], request_max_body_size=MOST_SENT)
async def put_article_draft(
    tx: Tx, actor: By, now: Now, article_id: FromPath[int], locale: FromPath[Locale], data: JSONBody[ArticleDraftIn]
) -> Version:
    """Save the draft of a language. 409 ``draft_saved_meanwhile``: somebody else saved it; 413: more than 2 MB."""
    return await save_draft(tx, article_id, locale, data, by=actor, now=now)


@delete(DRAFT, guards=[may(WRITE)])
async def delete_article_draft(
    tx: Tx, actor: By, now: Now, article_id: FromPath[int], locale: FromPath[Locale]
) -> None:
    """Throw a draft away; what is published stays."""
    await writing.drop_draft(tx, article_id, locale, by=actor, now=now)


@put(f"{DRAFT}/review", guards=[may(WRITE)])
async def put_review(tx: Tx, actor: By, now: Now, article_id: FromPath[int], locale: FromPath[Locale]) -> Version:
    """Ask somebody who may publish to look at the draft."""
    return await ask_review(tx, article_id, locale, by=actor, now=now)


@put(f"{DRAFT}/rejection", guards=[may(PUBLISH)])
async def put_rejection(
    tx: Tx, actor: By, now: Now, article_id: FromPath[int], locale: FromPath[Locale], data: JSONBody[RejectionIn]
) -> Version:
    """Send it back to its author with a reason."""
    return await publishing.reject(tx, article_id, locale, data.note, by=actor, now=now)


@put(f"{DRAFT}/publication", guards=[may(PUBLISH)])
async def put_publication(tx: Tx, actor: By, now: Now, article_id: FromPath[int], locale: FromPath[Locale]) -> Version:
    """Publish the draft. 409 ``own_approval``: somebody else approves it; 422: a mark in it stands for nothing."""
    return await publish(tx, article_id, locale, by=actor, now=now)


@post(
    "/knowledge/preview",
    guards=[may(WRITE)],
    status_code=HTTP_200_OK,
    opt=SILENT,
    request_max_body_size=MOST_SENT,
)
async def post_preview(reading: Reading, actor: By, now: Now, data: JSONBody[ArticlePreviewIn]) -> ArticlePreview:
    """Words as they would be read, and which variables and blocks in them stand for nothing."""
    files = {}
    if data.article_id is not None:
        article = await queries.find_article(reading, data.article_id, reader=reader_of(actor), today=now.date())
        files = {one.id: one.url for one in article.files}
    body = clean_article(data.body, file_ids=[one for one in pictures_of(data.body) if one in files])
    said = await queries.preview(reading, body, data.locale, brand_id=data.brand_id)
    return ArticlePreview(with_places(said.html, files, queries.ARTICLES_PREFIX), said.text, said.missing)


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────


@get(f"{ARTICLE}/versions/{{locale:str}}", guards=[may(READ)])
async def get_article_versions(
    reading: Reading, actor: By, article_id: FromPath[int], locale: FromPath[Locale]
) -> VersionList:
    """Versions of a language, the newest first; without ``knowledge.write`` the published one."""
    return VersionList(await queries.list_versions(reading, article_id, locale, reader=reader_of(actor)))


@get(VERSION, guards=[may(READ)])
async def get_article_version(
    reading: Reading, actor: By, article_id: FromPath[int], locale: FromPath[Locale], number: FromPath[int]
) -> Version:
    """One version as it was written."""
    return await queries.find_version(reading, article_id, locale, number, reader=reader_of(actor))


@get(f"{VERSION}/diff", guards=[may(READ)])
async def get_version_diff(
    reading: Reading,
    actor: By,
    article_id: FromPath[int],
    locale: FromPath[Locale],
    number: FromPath[int],
    against: FromQuery[int | None] = None,
) -> VersionDiff:
    """What changed by words and Chinese characters from another version, or from the one that was read before it."""
    return await compare_versions(reading, article_id, locale, number, against, reader=reader_of(actor))


@post(f"{VERSION}/restoration", guards=[may(WRITE)], status_code=HTTP_201_CREATED)
async def post_restoration(
    tx: Tx, actor: By, now: Now, article_id: FromPath[int], locale: FromPath[Locale], number: FromPath[int]
) -> Version:
    """Take an older version as the draft."""
    return await writing.roll_back(tx, article_id, locale, number, by=actor, now=now)


@post(f"{VERSION}/publication", guards=[may(PUBLISH)], status_code=HTTP_201_CREATED)
async def post_version_publication(
    tx: Tx, actor: By, now: Now, article_id: FromPath[int], locale: FromPath[Locale], number: FromPath[int]
) -> Version:
    """Let an older version be read again at once."""
    return await publishing.publish_again(tx, article_id, locale, number, by=actor, now=now)


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────


@post(
    f"{ARTICLE}/files",
    guards=[may(WRITE)],
    status_code=HTTP_201_CREATED,
    request_max_body_size=MAX_UPLOAD_BYTES + 64 * 1024,
)
async def post_article_file(
    tx: Tx,
    actor: By,
    now: Now,
    state: State,
    article_id: FromPath[int],
    data: MultipartBody[dict[str, UploadFile]],
    inline: FromQuery[bool] = False,
) -> ArticleFile:
    """Upload a file (form field ``file``) to an article; ``inline``: a picture for the text, ``cid:file-ID`` there."""
    upload = data.get("file")
    if not isinstance(upload, UploadFile):
        raise Invalid("Send the file in the form field named file.", fields={"file": "required"})
    content = await upload.read()
    return await attachments.attach_file(
        tx, state.files, article_id, upload.filename, content, is_inline=inline, by=actor, now=now
    )


@delete(f"{ARTICLE}/files/{{file_id:int}}", guards=[may(WRITE)])
async def delete_article_file(tx: Tx, actor: By, now: Now, article_id: FromPath[int], file_id: FromPath[int]) -> None:
    """Take a file away from an article. 409 ``article_file_shown``: a text shows it."""
    await attachments.detach_file(tx, article_id, file_id, by=actor, now=now)


@get("/knowledge/files/{file_token:str}", guards=[may(READ)])
async def get_article_file(reading: Reading, actor: By, state: State, file_token: FromPath[str]) -> Stream:
    """A file of an article that the actor may read."""
    found = await queries.find_article_file(reading, file_token, reader=reader_of(actor))
    kind = found.type if found.type in SHOWN else "application/octet-stream"
    return Stream(state.files.chunks(found.token), media_type=kind, headers=file_headers(found.name, found.type))


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_articles, get_knowledge_counts, get_export, get_article_of_slug, post_article, get_article),
            *(get_shown_article, patch_article, put_archive, put_review_day, put_translation_check),
            *(put_article_draft, delete_article_draft, put_review, put_rejection, put_publication, post_preview),
            *(get_article_versions, get_article_version, get_version_diff, post_restoration),
            *(post_version_publication, post_article_file, delete_article_file, get_article_file),
            *FRAME,
        ],
        tags=["knowledge"],
    )
]
