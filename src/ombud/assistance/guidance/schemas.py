"""Shapes of guidance cards and script variants."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from ombud.shared.personal import Personal
from ombud.tickets.schemas.values import ChannelKind

CardPlace = Literal["workspace", "bot", "portal"]
Listener = Literal["anyone", "anxious", "angry", "elderly", "business", "vip"]
Standing = Literal["planned", "current", "over", "off"]
Id = Annotated[int, Meta(ge=1, le=2**53)]
Moment = Annotated[datetime, Meta(tz=True)]
Locale = Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=35)]


class CardWords(Struct, forbid_unknown_fields=True):
    """What a card says in one language; ``wording`` is what an agent may say to the customer as it is."""

    locale: Locale
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    text: Annotated[str, Meta(max_length=5_000)] = ""
    steps: Annotated[list[Annotated[str, Meta(min_length=1, max_length=500)]], Meta(max_length=20)] = []
    wording: Annotated[str, Meta(max_length=5_000)] = ""


class CardIn(Struct, forbid_unknown_fields=True):
    """A card as entered; ``condition`` is of the language of views and rules."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    condition: dict[str, Any]
    words: Annotated[list[CardWords], Meta(min_length=1, max_length=20)]
    from_at: Moment
    places: Annotated[list[CardPlace], Meta(min_length=1, max_length=3)]
    until_at: Moment | None = None
    article_id: Id | None = None
    is_on: bool = True
    # which version was changed; None for a new one
    version: int | None = None


class CardProblem(Struct, frozen=True):
    """Something that a condition names and that is gone."""

    field: str
    code: str
    value: int | str | None = None


class Card(Struct):
    """A card as its writers see it."""

    id: int
    name: str
    condition: dict[str, Any]
    words: list[CardWords]
    from_at: datetime
    until_at: datetime | None
    places: list[CardPlace]
    article_id: int | None
    article_title: str | None
    is_on: bool
    version: int
    changed_by_name: str | None
    changed_at: datetime
    standing: Standing = "current"
    problems: list[CardProblem] = []


class CardList(Struct):
    """Cards in their order."""

    items: list[Card]


class CardOrder(Struct, forbid_unknown_fields=True):
    """Cards in the order in which they are shown."""

    ids: Annotated[list[Id], Meta(max_length=1_000)]


class CardTrialIn(Struct, forbid_unknown_fields=True):
    """A condition that is tried."""

    condition: dict[str, Any]


class Fitting(Struct):
    """A ticket that a card would be shown beside."""

    ticket_id: int
    subject: Personal
    customer_name: str


class CardTrial(Struct):
    """How many of today's tickets a condition fits; ``looked_at`` is of how many."""

    looked_at: int
    fitting: int
    items: list[Fitting]


class ShownCard(Struct):
    """A card as it is shown to somebody, in their language."""

    id: int
    locale: str
    title: str
    text: str
    steps: list[str]
    # in the customer's language where there is one, with its placeholders filled where a ticket is known
    wording: str
    # None: there is none, or the reader may not read it
    article_id: int | None
    article_slug: str | None
    article_title: str | None
    until_at: datetime | None
    # what customers may read of it, in their language; '' where all of it is for colleagues
    public_text: str = ""


class ShownCards(Struct):
    """Cards that fit, in their order."""

    items: list[ShownCard]


class VariantIn(Struct, forbid_unknown_fields=True):
    """A wording for one kind of listener, in one channel or any."""

    locale: Locale
    listener: Listener
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    channel: ChannelKind | None = None


class VariantsIn(Struct, forbid_unknown_fields=True):
    """All variants of a script."""

    items: Annotated[list[VariantIn], Meta(max_length=200)]


class Variant(Struct):
    """A wording that is kept."""

    id: int
    locale: str
    listener: Listener
    channel: ChannelKind | None
    text: str
    uses: int


class VariantList(Struct):
    """Variants of a script by language, listener and channel."""

    items: list[Variant]


class Trait(Struct, frozen=True):
    """What somebody is like for now, and what shows it: words of theirs, or a field of their record."""

    listener: Listener
    evidence: str
    source: Literal["message", "tier", "tag", "organisation", "label"]


class Wording(Struct):
    """A script's words for a ticket, filled; ``missing`` names placeholders without a value."""

    variant_id: int | None
    listener: Listener
    channel: ChannelKind | None
    locale: str
    text: str
    missing: list[str]


class Script(Struct):
    """A script for a ticket with its wordings, the one that fits best first, and why it fits."""

    article_id: int
    version_id: int
    title: str
    summary: str
    wordings: list[Wording]
    because: Trait | None


class ScriptList(Struct):
    """Scripts, and what the listener is like."""

    items: list[Script]
    traits: list[Trait]


class ScriptUse(Struct, forbid_unknown_fields=True):
    """Which wording was put into the answer; None: the script's own words."""

    variant_id: Id | None = None
    version_id: Id | None = None
