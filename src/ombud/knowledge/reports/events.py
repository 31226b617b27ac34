"""Facts about what becomes of knowledge."""

from typing import Literal

from ombud.shared.events import Fact


class ArticleRequestChanged(Fact, frozen=True, kw_only=True):
    """A request for an article was made, taken, given to somebody, answered, declined or opened again."""

    request_id: int
    change: Literal["made", "taken", "answered", "declined", "reopened"]


class ArticleFeedbackGiven(Fact, frozen=True, kw_only=True):
    """Somebody said whether an article helped."""

    article_id: int
    helped: bool


class KnowledgeFindingsChanged(Fact, frozen=True, kw_only=True):
    """Passages were found that somebody must look at, or somebody has; ``count`` is how many."""

    change: Literal["found", "settled"]
    count: int
