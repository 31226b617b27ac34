"""Shapes of articles, their versions, categories, blocks and variables."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ombud.shared.actor import Actor

Kind = Literal["article", "faq", "script"]
Audience = Literal["public", "customers", "agents", "team"]
State = Literal["draft", "review", "published", "superseded", "rejected"]
# What a list is narrowed to: a state of any language, or something to see to.
Which = Literal["current", "draft", "review", "published", "overdue", "outdated", "archived"]

MAX_BODY_BYTES = 2 * 1024 * 1024
Locale = Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=35)]
Title = Annotated[str, Meta(min_length=1, max_length=300)]
Slug = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
# Its length is held against a limit in bytes, with an error that says what to do.
Body = Annotated[str, Meta(max_length=64 * 1024 * 1024)]
MarkName = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
CategoryName = Annotated[str, Meta(max_length=120)]
Ids = Annotated[list[int], Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=2_000)]
Keywords = Annotated[str, Meta(max_length=500)]
# a line each
Questions = Annotated[str, Meta(max_length=6_000)]
Summary = Annotated[str, Meta(max_length=1_000)]


class Reader(Struct, frozen=True):
    """Who reads. ``team_ids`` and ``brand_ids`` None: every one; ``sees_all``: drafts of articles, too."""

    kind: Literal["public", "customer", "agent"]
    team_ids: frozenset[int] | None = frozenset()
    brand_ids: frozenset[int] | None = None
    sees_all: bool = False


def reader_of(by: Actor) -> Reader:
    """A colleague or a program as a reader; who may write sees drafts, too."""
    return Reader("agent", by.team_ids, by.brand_ids, by.may("knowledge.write"))


class ArticleWords(Struct, forbid_unknown_fields=True):
    """What is written in one language; ``body`` is HTML with ``{{variable}}`` and ``{{block:name}}``.

    ``questions``: how customers ask for it, a line each; nobody reads them, they are found by.
    """

    title: Title
    body: Body
    summary: Summary = ""
    keywords: Keywords = ""
    questions: Questions = ""


class ArticleIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A new article with its first words; ``slug`` is made from the title where none is given."""

    kind: Kind
    locale: Locale
    words: ArticleWords
    category_id: int | None = None
    brand_id: int | None = None
    audience: Audience = "agents"
    team_ids: Ids = []
    slug: Slug | None = None
    owner_id: int | None = None
    review_by: date | None = None
    is_pinned: bool = False


class ArticlePatch(Struct, forbid_unknown_fields=True):
    """What is changed about an article beside its words; what is left out stays."""

    kind: Kind | UnsetType = UNSET
    category_id: int | UnsetType | None = UNSET
    brand_id: int | UnsetType | None = UNSET
    audience: Audience | UnsetType = UNSET
    team_ids: Ids | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
    default_locale: Locale | UnsetType = UNSET
    owner_id: int | UnsetType | None = UNSET
    review_by: date | UnsetType | None = UNSET
    is_pinned: bool | UnsetType = UNSET


class ArticleDraftIn(ArticleWords):
    """ArticleWords of a draft; ``revision`` is the saving that they began from: another one meanwhile is a conflict."""

    revision: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    # the version in the article's own language that lay beside it; left out: the published one, for a new draft
    translated_from: int | UnsetType | None = UNSET


class RejectionIn(Struct, forbid_unknown_fields=True):
    """Why a version is not published: its author reads it."""

    note: Annotated[str, Meta(min_length=1, max_length=2_000)]


class RollBackIn(Struct, forbid_unknown_fields=True):
    """Which older version becomes the draft again."""

    number: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class ReviewedIn(Struct, forbid_unknown_fields=True):
    """An article was read again and holds; null: no further date."""

    review_by: date | None


class Version(Struct):
    """What one language said, says or will say."""

    id: int
    article_id: int
    locale: str
    number: int
    state: State
    title: str
    summary: str
    body: str
    plain: str
    keywords: str
    questions: str
    block_names: list[str]
    variable_names: list[str]
    translated_from: int | None
    revision: int
    written_by: int | None
    written_at: datetime
    review_asked_by: int | None
    review_asked_at: datetime | None
    reviewed_by: int | None
    reviewed_at: datetime | None
    review_note: str
    published_at: datetime | None
    replaced_at: datetime | None


class VersionBrief(Struct):
    """A version in a history."""

    id: int
    locale: str
    number: int
    state: State
    title: str
    written_by: int | None
    written_at: datetime
    reviewed_by: int | None
    reviewed_at: datetime | None
    review_note: str
    published_at: datetime | None
    replaced_at: datetime | None


class LanguageState(Struct):
    """How an article stands in one language."""

    locale: str
    title: str
    published_number: int | None
    draft_number: int | None
    draft_state: Literal["draft", "review"] | None
    # the article's own language was published anew since this was translated
    is_outdated: bool


class ArticleRow(Struct):
    """An article in a list; title and summary in the language asked for, else its own."""

    id: int
    kind: Kind
    category_id: int | None
    brand_id: int | None
    audience: Audience
    team_ids: list[int]
    slug: str
    default_locale: str
    locale: str
    title: str
    summary: str
    owner_id: int | None
    review_by: date | None
    is_overdue: bool
    is_pinned: bool
    changed_at: datetime
    archived_at: datetime | None
    languages: list[LanguageState]


class ArticleFile(Struct):
    """A file of an article."""

    id: int
    token: str
    name: str
    type: str
    size: int
    url: str
    is_inline: bool


class Article(ArticleRow):
    """An article as its page shows it; ``versions`` are the published one and the draft of each language."""

    made_by: int | None
    made_at: datetime
    import_id: int | None
    versions: list[Version]
    files: list[ArticleFile]


class ShownArticle(Struct):
    """A published article as somebody reads it: variables and blocks put in."""

    id: int
    version_id: int
    kind: Kind
    slug: str
    locale: str
    category_id: int | None
    title: str
    summary: str
    html: str
    text: str
    published_at: datetime
    files: list[ArticleFile]
    is_outdated: bool = False


class ArticlePreview(Struct):
    """ArticleWords as they would be read, and which marks in them stand for nothing."""

    html: str
    text: str
    missing: list[str]


class ArticleQuery(Struct, frozen=True, kw_only=True):
    """Which articles a list shows."""

    text: str = ""
    which: Which = "current"
    kind: Kind | None = None
    # only articles that have it
    locale: str = ""
    # the reader's own: titles are shown in it where there is one
    language: str = ""
    category_id: int | None = None
    audience: Audience | None = None
    brand_id: int | None = None
    owner_id: int | None = None


class DiffPiece(Struct):
    """A stretch of text that both versions say, or one of them."""

    kind: Literal["same", "gone", "new"]
    text: str


class VersionDiff(Struct):
    """What changed from one version to another, by words and characters."""

    before: VersionBrief | None
    after: VersionBrief
    title: list[DiffPiece]
    summary: list[DiffPiece]
    text: list[DiffPiece]
    keywords: list[DiffPiece]
    questions: list[DiffPiece]


class CategoryIn(Struct, forbid_unknown_fields=True):
    """A category as entered."""

    name_en: CategoryName
    name_zh: CategoryName
    parent_id: int | None = None
    audience: Literal["public", "customers", "agents"] | None = None
    brand_id: int | None = None
    is_archived: bool = False


class Category(Struct):
    """A category; ``shown_to`` is what it and all above it come to."""

    id: int
    parent_id: int | None
    position: int
    name_en: str
    name_zh: str
    audience: Literal["public", "customers", "agents"] | None
    brand_id: int | None
    shown_to: Literal["public", "customers", "agents"]
    is_archived: bool
    is_hidden: bool
    articles: int


class CategoryOrder(Struct, forbid_unknown_fields=True):
    """The categories below one, in their order; null: those at the top."""

    parent_id: int | None
    ids: Ids


class BlockText(Struct, forbid_unknown_fields=True):
    """A block in one language."""

    locale: Locale
    body: Annotated[str, Meta(min_length=1, max_length=200_000)]


class BlockIn(Struct, forbid_unknown_fields=True):
    """A block as entered; articles say it as ``{{block:name}}``."""

    name: MarkName
    texts: Annotated[list[BlockText], Meta(min_length=1, max_length=50)]


class UsedBy(Struct):
    """An article that says a block or a variable."""

    article_id: int
    locale: str
    title: str
    state: Literal["draft", "review", "published"]


class Block(Struct):
    """A passage that several articles say."""

    id: int
    name: str
    texts: list[BlockText]
    changed_at: datetime
    used_by: list[UsedBy]


class VariableValue(Struct, forbid_unknown_fields=True):
    """What a variable stands for; locale '' and brand null: wherever nothing nearer is said."""

    value: Annotated[str, Meta(min_length=1, max_length=1_000)]
    locale: Annotated[str, Meta(pattern="^([a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3})?$")] = ""
    brand_id: int | None = None


class VariableIn(Struct, forbid_unknown_fields=True):
    """A variable as entered; articles say it as ``{{name}}``."""

    name: MarkName
    values: Annotated[list[VariableValue], Meta(min_length=1, max_length=200)]
    note: Annotated[str, Meta(max_length=300)] = ""


class Variable(Struct):
    """A word that changes everywhere at once."""

    id: int
    name: str
    note: str
    values: list[VariableValue]
    changed_at: datetime
    used_by: list[UsedBy]


class KnowledgePolicy(Struct):
    """The desk's rules of knowledge."""

    # whether an author who may publish may approve what they wrote themselves
    own_approval: bool
    # a published article is read again after so many months; 0: no date of itself
    review_months: int


class KnowledgePolicyPatch(Struct, forbid_unknown_fields=True):
    """Rules to change; what is left out stays."""

    own_approval: bool | UnsetType = UNSET
    review_months: Annotated[int, Meta(ge=0, le=60)] | UnsetType = UNSET


class KnowledgeCounts(Struct):
    """What waits in the knowledge base."""

    published: int
    drafts: int
    review: int
    overdue: int
    outdated: int
