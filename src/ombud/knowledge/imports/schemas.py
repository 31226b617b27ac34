"""Shapes of imports."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from ombud.knowledge.articles.schemas import Audience, Kind, Locale

Format = Literal["markdown", "html", "docx", "csv", "zip"]
ImportState = Literal["preview", "done", "undone"]
ItemState = Literal["ready", "failed", "made", "undone", "kept"]
# What a column of a table may hold.
Meaning = Literal[
    "", "title", "body", "summary", "keywords", "kind", "locale", "category", "audience", "slug", "review_by"
]


class ImportOptions(Struct, forbid_unknown_fields=True):
    """What holds for every article that does not say otherwise itself."""

    kind: Kind = "article"
    locale: Locale = "en"
    audience: Audience = "agents"
    team_ids: list[int] = []
    category_id: int | None = None
    brand_id: int | None = None
    # what each column of a table holds, in the order of the columns; [] : by their names
    columns: Annotated[list[Meaning], Meta(max_length=200)] = []
    # publish at once, for who may; else everything becomes a draft
    is_published: bool = False


class Found(Struct):
    """An article that was read from a file or a row."""

    title: str
    body: str
    kind: Kind
    locale: str
    audience: Audience
    summary: str = ""
    keywords: str = ""
    # a path of names: what is missing of it is made
    category: list[str] = []
    slug: str = ""
    review_by: date | None = None
    # pictures in the text, by their place in the file store
    file_ids: list[int] = []
    # what was taken out or not understood, for whoever looks at the preview
    warnings: list[str] = []


class ImportItem(Struct):
    """One article of an import, or why there is none."""

    id: int
    position: int
    name: str
    found: Found | None
    raw: Any
    problem: str | None
    state: ItemState
    article_id: int | None


class Import(Struct):
    """An import with how it stands."""

    id: int
    format: Format
    file_name: str
    options: ImportOptions
    columns: list[str]
    state: ImportState
    ready: int
    failed: int
    made: int
    kept: int
    made_by: int | None
    made_at: datetime
    done_at: datetime | None
    undone_at: datetime | None


class ImportPage(Import):
    """An import with its first items; failed ones come first."""

    items: list[ImportItem]
