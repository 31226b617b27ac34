"""Shapes of endpoints, purposes, questions and exchanges."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

T = TypeVar("T")
EndpointKind = Literal["chat", "embedding"]
Output = Literal["json_schema", "json_object", "text"]
# What agents ask for comes first; "answer" speaks to customers, "embed" turns texts into vectors.
Purpose = Literal["reply", "summary", "rewrite", "translate", "article", "answer", "embed"]
PURPOSES: tuple[Purpose, ...] = ("reply", "summary", "rewrite", "translate", "article", "answer", "embed")
Problem = Literal[
    "no_model",  # nothing is set up for the purpose
    "no_source",  # no article speaks of it
    "off",  # switched off, the purpose or the endpoint
    "over_budget",
    "resting",  # the circuit breaker
    "busy",  # too many questions at once
    "wrong_key",
    "wrong_address",  # refused by the guard
    "unreachable",
    "timeout",
    "limited",  # 429
    "failed",  # 5xx, or a protocol that is none
    "wrong_model",  # 400, 404: what we ask for is not understood
    "cut",  # the answer was cut off
    "nonsense",  # not what was asked for, twice
    "refused",  # it did not stand our checks
]
ExchangeState = Literal["sent", "answered", "refused", "failed"]

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Url = Annotated[str, Meta(min_length=1, max_length=2_000)]
Key = Annotated[str, Meta(max_length=1_000)]
ModelName = Annotated[str, Meta(min_length=1, max_length=200)]
Seconds = Annotated[int, Meta(ge=1, le=300)]
Micros = Annotated[int, Meta(ge=0, le=10**12)]
Amount = Annotated[int, Meta(ge=0, le=10**12)]


class Source(Struct, frozen=True):
    """A text that somebody wrote: data, whatever it says. ``is_ours``: an article or a reply of ours, not a stranger's.

    What is ours may be quoted to customers with its links, amounts and promises; a stranger's text lends nothing.
    """

    name: str
    text: str
    is_ours: bool = False


class Task(Struct, frozen=True):
    """What is asked. ``instructions`` are ours, constant, and hold nothing that anybody wrote elsewhere.

    ``names`` are names that are known to be personal: they are hidden beside what is found.
    """

    instructions: str
    sources: tuple[Source, ...]
    names: tuple[str, ...] = ()
    max_tokens: int = 1_000


class About(Struct, frozen=True):
    """What an exchange belongs to, for the auditor."""

    ticket_id: int | None = None
    person_id: int | None = None


class Outcome(Struct, Generic[T], frozen=True):
    """What came of a question: a value, or a problem in a word and, for administrators, in words."""

    value: T | None = None
    problem: Problem | None = None
    detail: str = ""
    exchange_id: int | None = None


# Says what is wrong with an answer, or '' for nothing.
Check = Callable[[T], str]


class Message(Struct, frozen=True):
    """One message as it goes over the wire."""

    role: Literal["system", "user", "assistant"]
    content: str


class Usage(Struct, frozen=True):
    """What an exchange took, in tokens."""

    tokens_in: int = 0
    tokens_out: int = 0

    def plus(self, other: "Usage") -> "Usage":
        """Both together."""
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)


class Said(Struct, frozen=True):
    """What a model said to one request."""

    text: str
    usage: Usage = Usage()
    is_cut: bool = False


class Target(Struct, frozen=True):
    """An endpoint as it is called: its key opened."""

    id: int
    name: str
    base_url: str
    key: str
    model: str
    streams: bool
    timeout_seconds: int
    output: Output


class Attempt(Struct, frozen=True):
    """One request of an exchange: in which form, how it ended, what came back."""

    output: Output
    problem: Problem | Literal[""]
    detail: str
    answer: str
    ms: int


class ModelEndpointIn(Struct, forbid_unknown_fields=True):
    """An endpoint as it is entered. The key is written only, never read."""

    name: Name
    base_url: Url
    model: ModelName
    key: Key = ""
    kind: EndpointKind = "chat"
    is_on: bool = True
    streams: bool = False
    timeout_seconds: Seconds = 30
    price_in_micros: Micros | None = None
    price_out_micros: Micros | None = None


class ModelEndpointChange(Struct, forbid_unknown_fields=True):
    """What may be changed; what is left out stays. An empty key takes it away."""

    name: Name | UnsetType = UNSET
    base_url: Url | UnsetType = UNSET
    model: ModelName | UnsetType = UNSET
    key: Key | UnsetType = UNSET
    is_on: bool | UnsetType = UNSET
    streams: bool | UnsetType = UNSET
    timeout_seconds: Seconds | UnsetType = UNSET
    price_in_micros: Micros | UnsetType | None = UNSET
    price_out_micros: Micros | UnsetType | None = UNSET


class ModelEndpoint(Struct):
    """An endpoint with how it does. ``resting_until``: after failures it is left alone until then."""

    id: int
    name: str
    base_url: str
    model: str
    kind: EndpointKind
    has_key: bool
    is_on: bool
    streams: bool
    timeout_seconds: int
    price_in_micros: int | None
    price_out_micros: int | None
    output: Output
    failures: int
    resting_until: datetime | None
    problem: str
    problem_detail: str
    failed_at: datetime | None
    answered_at: datetime | None


class ModelPurposeIn(Struct, forbid_unknown_fields=True):
    """What a purpose may use and spend in a day (UTC)."""

    endpoint_id: int | None
    is_on: bool
    tokens_a_day: Amount | None = None
    micros_a_day: Amount | None = None


class ModelPurpose(Struct):
    """A purpose, and what was spent on it today."""

    purpose: Purpose
    endpoint_id: int | None
    is_on: bool
    tokens_a_day: int | None
    micros_a_day: int | None
    tokens_today: int = 0
    micros_today: int = 0
    exchanges_today: int = 0


class ModelSettings(Struct):
    """All that an administrator sees of models."""

    endpoints: list[ModelEndpoint]
    purposes: list[ModelPurpose]
    keep_days: int
    day: date


class ModelPolicyIn(Struct, forbid_unknown_fields=True):
    """How long exchanges are kept."""

    keep_days: Annotated[int, Meta(ge=1, le=3_650)]


class EndpointTrial(Struct):
    """How an endpoint answered to a trial: in a word, in its own words, and in which form it can answer."""

    ok: bool
    problem: Problem | None
    detail: str
    answer: str
    output: Output
    ms: int


class ModelExchangeRow(Struct):
    """An exchange in a list."""

    id: int
    purpose: str
    endpoint: str
    model: str
    ticket_id: int | None
    person_id: int | None
    state: ExchangeState
    problem: str
    hidden: int
    injections: int
    tokens_in: int
    tokens_out: int
    micros: int
    ms: int | None
    at: datetime
    start: str


class ModelExchange(ModelExchangeRow):
    """An exchange as it went over the wire."""

    request: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    answer: str = ""
    problem_detail: str = ""
