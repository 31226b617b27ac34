"""A desk with people who write, approve and read, and short ways to make articles."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.schemas import (
    Article,
    ArticleDraftIn,
    ArticleIn,
    ArticleQuery,
    ArticleRow,
    ArticleWords,
    Kind,
    Reader,
    ShownArticle,
    Version,
    reader_of,
)
from ombud.knowledge.articles.services import make_article, publish, save_draft
from ombud.shared.actor import Actor
from ombud.shared.paging import Paged
from tests.desk import Desk

T = TypeVar("T")
PUBLIC = Reader("public", frozenset(), None)
CUSTOMER = Reader("customer", frozenset(), None)


@dataclass
class Library:
    """People around the knowledge base, and what they do."""

    desk: Desk
    lead: Actor
    writer: Actor
    reader: Actor
    other_team: int
    others: dict[str, Actor] = field(default_factory=dict)

    async def do(self, verb: Callable[..., Awaitable[T]], *args: Any, by: Actor | None = None, **more: Any) -> T:
        """One verb in a transaction of its own, at the desk's moment."""
        async with self.desk.parts.database.transaction() as tx:
            return await verb(tx, *args, by=by or self.lead, now=self.desk.now, **more)

    async def ask(self, query: Callable[..., Awaitable[T]], *args: Any, **more: Any) -> T:
        """One read."""
        async with self.desk.parts.database.transaction() as tx:
            return await query(tx, *args, **more)

    async def make(
        self,
        title: str = "Return within seven days",
        body: str = "<p>You may return it within seven days.</p>",
        *,
        locale: str = "en",
        kind: Kind = "article",
        by: Actor | None = None,
        is_published: bool = True,
        **more: Any,
    ) -> int:
        """An article, published unless somebody says otherwise."""
        more.setdefault("audience", "public")
        words = ArticleWords(title, body, questions=more.pop("questions", ""))
        data = ArticleIn(kind=kind, locale=locale, words=words, **more)
        made = await self.do(make_article, data, by=by)
        if is_published:
            await self.do(publish, made, locale)
        return made

    async def write(
        self, article_id: int, title: str, body: str = "<p>Text</p>", locale: str = "en", **more: Any
    ) -> Version:
        """A draft of an article."""
        by = more.pop("by", None)
        return await self.do(save_draft, article_id, locale, ArticleDraftIn(title, body, **more), by=by)

    async def translate(self, article_id: int, title: str, locale: str = "zh-CN", body: str = "<p>正文</p>") -> Version:
        """An article in another language, published."""
        await self.write(article_id, title, body, locale)
        return await self.do(publish, article_id, locale)

    async def find(self, article_id: int, by: Actor | None = None, locale: str = "") -> Article:
        """An article as a colleague sees it."""
        reader = reader_of(by or self.lead)
        return await self.ask(
            queries.find_article, article_id, reader=reader, today=self.desk.now.date(), locale=locale
        )

    async def shown(self, article_id: int, reader: Reader = PUBLIC, locale: str = "en", **more: Any) -> ShownArticle:
        """An article as somebody reads it."""
        return await self.ask(queries.find_shown, article_id, reader=reader, locale=locale, **more)

    async def ids(self, by: Actor | None = None, reader: Reader | None = None, **query: Any) -> list[int]:
        """Articles in a list."""
        return [one.id for one in (await self.listed(by, reader, **query)).items]

    async def listed(self, by: Actor | None = None, reader: Reader | None = None, **query: Any) -> Paged[ArticleRow]:
        """The first page of a list."""
        return await self.ask(
            queries.list_articles,
            ArticleQuery(**query),
            reader=reader or reader_of(by or self.lead),
            today=self.desk.now.date(),
        )


async def library_on(desk: Desk) -> Library:
    """A supervisor who publishes, an agent who writes, somebody who only reads, and another team."""
    other = await desk.team("Repair")
    return Library(
        desk,
        lead=await desk.person("Lin", role="supervisor"),
        writer=await desk.person("Wei"),
        reader=await desk.person("Rosa", role="read_only"),
        other_team=other,
    )
