"""Labels of tickets, and the settings of what makes them."""

from datetime import datetime
from typing import Annotated, Final, Literal, get_args

from msgspec import Meta, Struct

Aspect = Literal["type", "product", "reason", "severity", "language", "sentiment", "emotion", "spam"]
# Of these, heads learn from what people decide.
LearntAspect = Literal["type", "product", "reason", "severity", "sentiment", "spam"]
LabelState = Literal["set", "proposed", "unknown", "corrected", "confirmed"]
HeadState = Literal["on", "retired", "refused"]
ASPECTS: Final[tuple[Aspect, ...]] = get_args(Aspect)
LEARNT_ASPECTS: Final[tuple[LearntAspect, ...]] = get_args(LearntAspect)
# Aspects whose label is a value of the ticket itself.
OF_FIELDS: Final = frozenset[Aspect]({"product", "reason"})
OF_TICKET: Final = frozenset[Aspect]({"type", "severity", *OF_FIELDS})
SENTIMENTS: Final = ("negative", "neutral", "positive")
EMOTIONS: Final = ("angry", "disappointed", "anxious", "calm", "thankful")
SEVERITIES: Final = ("1", "2", "3", "4")
LANGUAGES: Final = (
    *("zh-CN", "zh-TW", "en", "ja", "ko", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "vi", "id"),
    *("ru", "ar", "th", "hi", "el", "he"),
)
# Labels of ours; those of the other aspects are the desk's own.
FIXED: Final[dict[Aspect, tuple[str, ...]]] = {
    "severity": SEVERITIES,
    "language": LANGUAGES,
    "sentiment": SENTIMENTS,
    "emotion": EMOTIONS,
    "spam": ("spam", "customer"),
}
# Above every confidence: such an aspect only proposes.
NEVER: Final = 1.0

LabelText = Annotated[str, Meta(min_length=1, max_length=200)]
Threshold = Annotated[float, Meta(ge=0.3, le=1.0)]
FieldKey = Annotated[str, Meta(max_length=40)]


class TicketLabel(Struct):
    """What is thought of one aspect of a ticket; an empty label is unknown. ``guess``: what the machine had said."""

    ticket_id: int
    aspect: Aspect
    label: str
    # how it is called; the label itself for labels of ours
    name_en: str
    name_zh: str
    confidence: float | None
    guess: str | None
    state: LabelState
    at: datetime
    decided_by: int | None
    decided_at: datetime | None


class LabelChoice(Struct):
    """A label that an aspect may have."""

    value: str
    name_en: str
    name_zh: str


class TicketLabels(Struct):
    """A ticket's labels, and what else each aspect could be."""

    items: list[TicketLabel]
    choices: dict[str, list[LabelChoice]]
    # it has not been looked at yet
    is_waiting: bool


class LabelDecisionIn(Struct, forbid_unknown_fields=True):
    """What somebody says of an aspect; the machine's own label confirms it."""

    label: LabelText


class AspectSetting(Struct):
    """Whether an aspect is looked at, from which confidence on it is set, and which field of tickets holds it."""

    aspect: Aspect
    is_on: bool
    threshold: float
    field_key: str | None


class AspectSettingIn(Struct, forbid_unknown_fields=True):
    """An aspect's setting as entered; a threshold of 1 only ever proposes."""

    is_on: bool
    threshold: Threshold
    field_key: FieldKey | None = None


class HeadVersion(Struct):
    """A head that was learnt: from how much, and how often it was right on tickets kept apart."""

    id: int
    aspect: LearntAspect
    made_at: datetime
    examples: int
    labels: int
    held_out: int
    score: float
    score_before: float | None
    state: HeadState


class AspectState(Struct):
    """An aspect with its setting, its heads (the newest first), and what came of it in the last 30 days."""

    setting: AspectSetting
    heads: list[HeadVersion]
    set: int
    proposed: int
    unknown: int
    confirmed: int
    corrected: int


class Load(Struct):
    """How much waits, since when, and what was done and let go today."""

    waiting: int
    oldest_at: datetime | None
    looked_at: int
    skipped: int
    failed: int
    # how long a ticket took today, on average
    ms: float


class Training(Struct):
    """The last learning, and whether one is asked for or under way."""

    asked_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    problem: str


class ClassificationSettings(Struct):
    """All aspects, how much work there is, and whether there is a model of meaning."""

    aspects: list[AspectState]
    load: Load
    training: Training
    has_meaning: bool


class HeadIn(Struct, forbid_unknown_fields=True):
    """The head that is to work from now on; none: back to the beginning."""

    version_id: int | None
