"""A question and what may answer it."""

from msgspec import Struct

from ombud.intelligence.embedding.schemas import Vectors
from ombud.knowledge.articles.schemas import Reader


class Meant(Struct, frozen=True):
    """The vector of a question, and the model that made it: those of two models cannot be compared."""

    vector: Vectors
    made_by: str


class Ask(Struct, frozen=True, kw_only=True):
    """What is asked, in which language if that is known, and who reads the answer.

    ``meant`` is what :meth:`PassageIndex.meant` makes of the text beforehand; without it words alone are looked at.
    """

    text: str
    reader: Reader
    locale: str | None = None
    limit: int = 5
    meant: Meant | None = None


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
