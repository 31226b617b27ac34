"""Facts about articles."""

from typing import Literal

from ombud.shared.events import Fact


class ArticleChanged(Fact, frozen=True, kw_only=True):
    """An article was made, or something about it changed that readers do not see yet; ``change`` says what."""

    article_id: int
    change: Literal["made", "settings", "draft", "dropped", "review_asked", "rejected", "reviewed", "files"]
    locale: str | None = None


class ArticlePublished(Fact, frozen=True, kw_only=True):
    """A language of an article reads otherwise: by a new version, or by a block or variable that it says."""

    article_id: int
    version_id: int
    locale: str
    why: Literal["published", "block", "variable"] = "published"


class ArticleArchived(Fact, frozen=True, kw_only=True):
    """An article is no longer read, or is read again."""

    article_id: int
    is_archived: bool


class ArticleSettingsChanged(Fact, frozen=True, kw_only=True):
    """Who may read a published article, or where it stands, changed; ``fields`` say what."""

    article_id: int
    fields: list[str]


class KnowledgeCategoryChanged(Fact, frozen=True, kw_only=True):
    """A category was made, changed, moved or archived."""

    category_id: int


class KnowledgeBlockChanged(Fact, frozen=True, kw_only=True):
    """A block was made, changed or removed; ``article_ids`` say it."""

    block_id: int
    change: Literal["made", "changed", "removed"]
    article_ids: tuple[int, ...] = ()


class KnowledgeVariableChanged(Fact, frozen=True, kw_only=True):
    """A variable was made, changed or removed; ``article_ids`` say it."""

    variable_id: int
    change: Literal["made", "changed", "removed"]
    article_ids: tuple[int, ...] = ()


class KnowledgePolicyChanged(Fact, frozen=True, kw_only=True):
    """Rules of the knowledge base changed; ``fields`` say which."""

    fields: list[str]
