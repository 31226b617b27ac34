"""A question and what may answer it."""

from msgspec import Struct

from ombud.knowledge.articles.schemas import Reader


class Ask(Struct, frozen=True, kw_only=True):
    """What is asked, in which language if that is known, and who reads the answer."""

    text: str
    reader: Reader
    locale: str | None = None
    limit: int = 5


class Found(Struct):
    """A passage that may answer; one of each article.

    ``confidence`` says how often a passage with such evidence was the right one. It may be in another language than
    the question's.
    """

    article_id: int
    version_id: int
    passage_id: int
    locale: str
    title: str
    # the headings above it, outermost first, the article's title in front
    heading: str
    text: str
    score: float
    confidence: float
    slug: str
    kind: str
