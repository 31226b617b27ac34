"""Shapes of what the help centre shows."""

from datetime import datetime
from typing import Literal

from msgspec import Struct


class Entry(Struct, frozen=True):
    """A published article in one of its languages, as lists and searches know it."""

    article_id: int
    version_id: int
    kind: Literal["article", "faq", "script"]
    slug: str
    locale: str
    default_locale: str
    title: str
    summary: str
    keywords: str
    category_id: int | None
    is_pinned: bool
    published_at: datetime


class Shelf(Struct, frozen=True):
    """A category whose articles may be shown."""

    id: int
    parent_id: int | None
    name_en: str
    name_zh: str

    def name(self, locale: str) -> str:
        """Its name in a language, or in the other one where it is missing."""
        return (self.name_zh or self.name_en) if locale == "zh-CN" else (self.name_en or self.name_zh)


class Card(Struct, frozen=True):
    """A category on the first page, with the first of its articles."""

    name: str
    url: str
    entries: list[Entry]
    count: int


class Step(Struct, frozen=True):
    """One step of the way to a page; the last one has no address."""

    name: str
    url: str = ""


class Language(Struct, frozen=True):
    """A page in another language."""

    locale: str
    name: str
    url: str


class Suggestion(Struct, frozen=True):
    """An article whose title fits what is being typed."""

    title: str
    url: str


class Suggestions(Struct, frozen=True):
    """Articles that fit what is being typed, the best first."""

    items: list[Suggestion]


class Hit(Struct, frozen=True):
    """An article that answers a question; ``text`` is the passage that does."""

    article_id: int
    version_id: int
    slug: str
    locale: str
    title: str
    heading: str
    text: str
    confidence: float
