"""The demo shop's knowledge base in both languages: what customers ask, how agents say it, and the desk's own rules."""

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from ombud.accounts.permissions import ROLES, Role
from ombud.knowledge.articles.markdown import html_of_markdown
from ombud.knowledge.articles.schemas import (
    ArticleDraftIn,
    ArticleIn,
    ArticlePatch,
    ArticleWords,
    Audience,
    BlockIn,
    BlockText,
    CategoryIn,
    Kind,
    VariableIn,
    VariableValue,
)
from ombud.knowledge.articles.services import ask_review, make_article, publish, save_draft
from ombud.knowledge.articles.services.categories import make_category
from ombud.knowledge.articles.services.publishing import change_article
from ombud.knowledge.articles.services.reuse import make_block, make_variable
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, values

FOLDER = files("ombud.demo").joinpath("articles")
BOOK = "book.toml"
LOCALES = {"zh": "zh-CN", "en": "en"}
# Who writes, and who approves; by their addresses on the demo desk.
WRITERS = ("li.siyuan", "gao.yaqin", "grace.lim", "cao.xue", "victor.chan", "wu.zheng")
APPROVER = "gu.mingyuan"
TEAMS = {"投诉与VIP": "complaints", "安装维修": "repair", "退换账款": "billing", "技术支持": "tech"}
# The oldest article is so old that the day to read it again is over.
FIRST_DAY, OVERDUE_DAYS = 400, 30


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An article in one language, in Markdown."""

    title: str
    body: str
    summary: str = ""
    keywords: str = ""
    questions: str = ""

    def words(self) -> ArticleWords:
        """As it is entered."""
        return ArticleWords(self.title, html_of_markdown(self.body), self.summary, self.keywords, self.questions)


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An article of the demo; ``before`` is what its Chinese said when it was translated."""

    slug: str
    kind: Kind
    category: str
    zh: Said
    en: Said
    audience: Audience = "public"
    teams: tuple[str, ...] = ()
    state: Literal["draft", "review", "published"] = "published"
    pinned: bool = False
    outdated: bool = False
    before: Said | None = None


class Shelf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of articles."""

    articles: tuple[Written, ...]


class Shelved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category."""

    key: str
    zh: str
    en: str
    parent: str = ""
    audience: Literal["public", "customers", "agents"] | None = None


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A variable or a block; the other brand may say it otherwise."""

    name: str
    zh: str
    en: str
    note: str = ""
    zh_other: str = ""
    en_other: str = ""


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The frame around the articles."""

    categories: tuple[Shelved, ...]
    variables: tuple[Word, ...]
    blocks: tuple[Word, ...]


@cache
def read_articles() -> tuple[Written, ...]:
    """All articles of the demo, as they are written."""
    names = sorted(one.name for one in FOLDER.iterdir() if one.name.endswith(".toml") and one.name != BOOK)
    shelves = [msgspec.toml.decode(FOLDER.joinpath(name).read_bytes(), type=Shelf) for name in names]
    return tuple(article for shelf in shelves for article in shelf.articles)


def read_book() -> Book:
    """Categories, variables and blocks of the demo."""
    return msgspec.toml.decode(FOLDER.joinpath(BOOK).read_bytes(), type=Book)


async def make_knowledge(tx: Transaction, by: Actor, *, now: datetime) -> None:
    """Fill the knowledge base: categories, words, articles with their history, by the same verbs as people's."""
    began = now - timedelta(days=FIRST_DAY)
    book = read_book()
    places = await _make_categories(tx, book, by, began)
    brands = await values(tx, int, "select id from brand order by id")
    for word in book.variables:
        await make_variable(tx, VariableIn(word.name, _values(word, brands), word.note), by=by, now=began)
    for word in book.blocks:
        texts = [BlockText(LOCALES[key], html_of_markdown(getattr(word, key))) for key in LOCALES]
        await make_block(tx, BlockIn(word.name, texts), by=by, now=began)
    people, teams = await _people(tx), await _teams(tx)
    articles = read_articles()
    for place, article in enumerate(articles):
        # On a desk without the demo's people everything is written and approved by whoever asked for it.
        writer, approver = people.get(WRITERS[place % len(WRITERS)], by), people.get(APPROVER, by)
        at = now - timedelta(days=FIRST_DAY - (FIRST_DAY - 5) * place // len(articles))
        library = _Library(tx, writer, approver, places, teams, at, now)
        await library.keep(article)


def _values(word: Word, brands: list[int]) -> list[VariableValue]:
    said = [VariableValue(word.zh, "zh-CN"), VariableValue(word.en, "en")]
    if word.zh_other and len(brands) > 1:
        said += [VariableValue(word.zh_other, "zh-CN", brands[1]), VariableValue(word.en_other, "en", brands[1])]
    return said


async def _make_categories(tx: Transaction, book: Book, by: Actor, at: datetime) -> dict[str, int]:
    places: dict[str, int] = {}
    for one in book.categories:
        data = CategoryIn(one.en, one.zh, places.get(one.parent), one.audience)
        places[one.key] = (await make_category(tx, data, by=by, now=at)).id
    return places


class _Person(msgspec.Struct):
    id: int
    name: str
    role: Role
    account: str


async def _people(tx: Transaction) -> dict[str, Actor]:
    sql = "select id, name, role, split_part(email, '@', 1) as account from person"
    found = await rows(tx, _Person, sql)
    # They wrote and approved what is for other teams, too: the demo's past asks nobody's leave.
    return {one.account: Actor("person", one.id, one.name, ROLES[one.role], None) for one in found}


class _Team(msgspec.Struct):
    id: int
    name: str


async def _teams(tx: Transaction) -> dict[str, int]:
    found = await rows(tx, _Team, "select id, name from team order by id")
    return {TEAMS[name]: one.id for one in found if (name := one.name.partition(" · ")[0]) in TEAMS}


class _Library(msgspec.Struct):
    """What keeping one article needs."""

    tx: Transaction
    writer: Actor
    approver: Actor
    places: dict[str, int]
    teams: dict[str, int]
    at: datetime
    now: datetime

    async def keep(self, article: Written) -> None:
        """Write an article, have it approved, translate it."""
        first = article.before or article.zh
        words = ArticleWords(
            first.title, html_of_markdown(first.body), article.zh.summary, article.zh.keywords, article.zh.questions
        )
        team_ids = [self.teams[key] for key in article.teams if key in self.teams]
        data = ArticleIn(
            kind=article.kind,
            locale="zh-CN",
            words=words,
            category_id=self.places[article.category],
            audience=article.audience if team_ids or article.audience != "team" else "agents",
            team_ids=team_ids,
            slug=article.slug,
            is_pinned=article.pinned,
        )
        made = await make_article(self.tx, data, by=self.writer, now=self.at)
        await self._finish(made, "zh-CN", article)
        await self._save(made, "en", article.en, hours=20)
        if article.state == "published":
            await publish(self.tx, made, "en", by=self.approver, now=self.at + timedelta(hours=30))
        if article.outdated:
            await self._save(made, "zh-CN", article.zh, hours=24 * 60)
            await publish(self.tx, made, "zh-CN", by=self.approver, now=self._moment(24 * 62))
        if article.state == "published":
            await self._set_review(made)

    async def _finish(self, made: int, locale: str, article: Written) -> None:
        if article.state == "published":
            await publish(self.tx, made, locale, by=self.approver, now=self.at + timedelta(hours=4))
        elif article.state == "review":
            await ask_review(self.tx, made, locale, by=self.writer, now=self.at + timedelta(hours=1))

    async def _save(self, made: int, locale: str, said: Said, *, hours: int) -> None:
        words = said.words()
        draft = ArticleDraftIn(words.title, words.body, words.summary, words.keywords, words.questions)
        await save_draft(self.tx, made, locale, draft, by=self.writer, now=self._moment(hours))

    async def _set_review(self, made: int) -> None:
        # Each is read again a year after it was written: the first ones are overdue.
        day = (self.at + timedelta(days=FIRST_DAY - OVERDUE_DAYS)).date()
        await change_article(self.tx, made, ArticlePatch(review_by=day), by=self.writer, now=self._moment(31))

    def _moment(self, hours: int) -> datetime:
        return min(self.at + timedelta(hours=hours), self.now)
