"""Shapes of quotes and of wordings that are pushed."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.knowledge.reports.schemas import FoundKind, How

TargetKind = Literal["canned_reply", "macro", "guidance_card"]
Id = Annotated[int, Meta(ge=1, le=2**53)]
Locale = Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=35)]


class Quote(Struct):
    """A place that quotes an article."""

    kind: FoundKind
    id: int
    title: str
    locale: str
    how: How
    passage: str
    # the article's sentence that it repeats
    said: str = ""
    # the script that a variant belongs to
    script_id: int | None = None


class QuoteList(Struct):
    """Places that quote an article now."""

    items: list[Quote]


class TargetIn(Struct, forbid_unknown_fields=True):
    """Where an article's wording is to stand; without an id a shared canned reply is made for it."""

    locale: Locale
    target_kind: TargetKind
    target_id: Id | None = None


class WordingTarget(Struct):
    """A place that says an article's wording, and whether it says the published one."""

    id: int
    locale: str
    target_kind: TargetKind
    target_id: int
    title: str
    is_current: bool


class TargetList(Struct):
    """Places that say an article's wording."""

    items: list[WordingTarget]
