"""Shapes of imports."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.knowledge.articles.schemas import Audience, Kind, Locale

Format = Literal["markdown", "html", "docx", "csv", "zip"]
ImportState = Literal["preview", "running", "done", "undone"]
ItemState = Literal["ready", "failed", "made", "undone", "kept"]
# What a column of a table may hold; '': it is not taken over.
Meaning = Literal[
    "",
    "title",
    "body",
    "summary",
    "keywords",
    "questions",
    "kind",
    "locale",
    "category",
    "audience",
    "slug",
    "review_by",
]


class ImportOptions(Struct, forbid_unknown_fields=True):
    """What holds for every article that does not say otherwise itself."""

    kind: Kind = "article"
    locale: Locale = "en"
    audience: Audience = "agents"
    team_ids: Annotated[list[int], Meta(max_length=200)] = []
    category_id: int | None = None
    brand_id: int | None = None
    # what each column of a table holds, in the order of the columns; []: by their names
    columns: Annotated[list[Meaning], Meta(max_length=200)] = []
    # publish new articles at once, for who may; else everything becomes a draft
    is_published: bool = False


class Found(Struct):
    """An article that was read from a file or a row; pictures in its body are ``picture:N``, in their order."""

    title: str
    body: str
    kind: Kind
    locale: str
    audience: Audience
    summary: str = ""
    keywords: str = ""
    questions: str = ""
    # a path of names: what is missing of it is made
    category: list[str] = []
    slug: str = ""
    review_by: date | None = None
    # what was taken out or not understood
    warnings: list[str] = []


class Picture(Struct, frozen=True):
    """A picture that an imported text shows."""

    name: str
    data: bytes


class ReadItem(Struct):
    """What was read of one file or one row: an article, or the reason why there is none, and what it came as."""

    name: str
    found: Found | None = None
    problem: str | None = None
    raw: dict[str, str] | None = None
    pictures: list[Picture] = []


class ReadFile(Struct):
    """All that was read of a file; ``meanings`` say what each of its columns was taken for."""

    format: Format
    items: list[ReadItem]
    columns: list[str] = []
    meanings: list[Meaning] = []


class ImportItem(Struct):
    """One article of an import, or why there is none; ``text`` is how it begins."""

    id: int
    position: int
    name: str
    title: str
    locale: str
    kind: str
    category: list[str]
    text: str
    warnings: list[str]
    raw: dict[str, str] | None
    problem: str | None
    state: ItemState
    article_id: int | None


class Import(Struct):
    """An import and how it stands."""

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
    """An import with its items; failed ones come first."""

    items: list[ImportItem]


class ImportList(Struct):
    """Imports, the newest first."""

    items: list[Import]
