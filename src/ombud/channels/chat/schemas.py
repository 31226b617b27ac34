"""Shapes of what the widget sends and gets."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from ombud.channels.settings import BothLanguages, PreChat
from ombud.fields.schemas import FieldKind, FieldValues
from ombud.realtime.schemas import ByeFrame, EmptyFrame
from ombud.shared.lines import PLAIN

Locale = Literal["en", "zh-CN"]
EntryId = Annotated[int, Meta(ge=0, le=2**62)]
ClientKey = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{8,64}$")]

MAX_TEXT = 10_000


class OfficeState(Struct):
    """Whether somebody is there now, and when the next time begins."""

    is_open: bool
    opens_at: datetime | None


class WidgetChoice(Struct):
    """One thing to choose."""

    value: str
    name: BothLanguages


class WidgetQuestion(Struct, omit_defaults=True):
    """A field that the widget asks for before the first message."""

    key: str
    kind: FieldKind
    name: BothLanguages
    hint: BothLanguages = field(default_factory=BothLanguages)
    is_required: bool = False
    choices: list[WidgetChoice] = []
    # money: the currency that amounts are kept in, by its smallest unit
    currency: str = ""
    max_length: int | None = None


class WidgetWait(Struct):
    """How long it may take; only with the basis ``rates`` there is a range, and nobody is promised a moment.

    ``few``: too little was measured. ``nobody``: nobody is there just now. ``closed``: outside of the hours.
    """

    basis: Literal["rates", "few", "nobody", "closed"]
    low_seconds: int | None = None
    high_seconds: int | None = None


class WidgetPrepared(Struct):
    """A question that many have now, and its answer, shown before anybody talks with them."""

    id: int
    question: BothLanguages
    answer: BothLanguages


class WidgetConfig(Struct):
    """What the widget must know before anybody wrote."""

    name: str
    color: str
    greeting: BothLanguages
    pre_chat: PreChat
    questions: list[WidgetQuestion]
    office: OfficeState
    away_message: BothLanguages
    # of somebody who writes now
    wait: WidgetWait
    file_max_bytes: int
    file_types: list[str]
    locale_default: Locale
    # what everybody is told for a while: a fault, long waits
    announcement: BothLanguages | None = None
    prepared: list[WidgetPrepared] = []
    # simple questions are answered by a machine, which says so
    is_machine_on: bool = False


class PreparedUseIn(Struct, forbid_unknown_fields=True):
    """What became of a prepared answer in a browser; ``browser`` is a name that the widget gave itself, and no more."""

    what: Literal["shown", "opened", "helped", "not_helped"]
    browser: Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{8,64}$")]


class PageIn(Struct, forbid_unknown_fields=True, frozen=True):
    """The page on which the visitor writes."""

    url: Annotated[str, Meta(max_length=1000)] = ""
    title: Annotated[str, Meta(max_length=200)] = ""


class VisitorIn(Struct, forbid_unknown_fields=True):
    """A browser that wants to talk; ``token`` is the host page's signature (JWT, HS256)."""

    locale: Locale = "en"
    token: Annotated[str, Meta(max_length=4000)] | None = None
    page: PageIn = PageIn()


class VisitorOut(Struct):
    """The visitor's token; it goes in the Authorization header, never in an address."""

    visitor_token: str
    visitor_id: str
    expires_at: datetime
    is_verified: bool


class MessageIn(Struct, forbid_unknown_fields=True):
    """A visitor's message. The same ``client_key`` again is the same message."""

    client_key: ClientKey
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    name: Annotated[str, Meta(max_length=200, pattern=PLAIN)] = ""
    email: Annotated[str, Meta(max_length=254, pattern=PLAIN)] = ""
    # answers to the widget's questions, by the keys of their fields
    fields: FieldValues = {}
    # the language that the visitor reads
    locale: Locale | None = None
    attachment_tokens: Annotated[list[Annotated[str, Meta(max_length=2000)]], Meta(max_length=5)] = []
    page: PageIn = PageIn()


class MessageAccepted(Struct):
    """The message is kept and will not be lost."""

    client_key: str


class ContactIn(Struct, forbid_unknown_fields=True):
    """Name and address as typed; they prove nothing."""

    name: Annotated[str, Meta(max_length=200, pattern=PLAIN)] = ""
    email: Annotated[str, Meta(max_length=254, pattern=PLAIN)] = ""


class TypingIn(Struct, forbid_unknown_fields=True):
    """How much the visitor has typed; never what."""

    text_length: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class VisitorReadIn(Struct, forbid_unknown_fields=True):
    """Up to which message the widget has got (``delivered``) or the visitor has seen (``read``)."""

    entry_id: EntryId
    state: Literal["delivered", "read"] = "read"


class WidgetFile(Struct):
    """A file as the widget shows it; ``token`` is what a message names it by."""

    name: str
    type: str
    size: int
    url: str
    token: str | None = None


class WidgetPromise(Struct):
    """What a message promised, by when, and whether it is done."""

    due_at: datetime
    is_kept: bool


class WidgetMachine(Struct):
    """That a machine wrote a message, and from what: ``path`` leads to the article in the help centre.

    ``helped`` is what was said of it. ``choices``: what it asks to choose from, the last lines of the text.
    """

    kind: Literal["answer", "card", "ask", "hand_over", "closing"]
    title: str = ""
    path: str = ""
    is_worded: bool = False
    helped: bool | None = None
    choices: list[str] = []


class HelpedIn(Struct, forbid_unknown_fields=True):
    """Whether an answer helped."""

    helped: bool


class WidgetMessage(Struct):
    """A message as its visitor sees it."""

    id: int
    client_key: str | None
    direction: Literal["in", "out"]
    author_name: str
    at: datetime
    text: str
    attachments: list[WidgetFile]
    read_at: datetime | None
    promises: list[WidgetPromise] = []
    # no person wrote this
    machine: WidgetMachine | None = None


CallbackWay = Literal["call", "mail"]


class WidgetCallback(Struct):
    """A call or a mail that the visitor asked for instead of waiting, and by when we said that it comes."""

    way: CallbackWay
    contact: str
    due_at: datetime


class CallbackIn(Struct, forbid_unknown_fields=True):
    """Instead of waiting: where to call or to write."""

    way: CallbackWay
    contact: Annotated[str, Meta(min_length=1, max_length=254, pattern=PLAIN)]
    locale: Locale = "en"


class QueueState(Struct):
    """Where the visitor stands: ``position`` None when nobody is ahead any more or an agent has the talk."""

    # machine: a person is one word away, and nobody is waited for
    state: Literal["none", "waiting", "machine", "assigned", "closed"]
    position: int | None = None
    wait: WidgetWait | None = None
    callback: WidgetCallback | None = None
    # what is offered instead of waiting
    offers: list[CallbackWay] = []


class WaitFrame(Struct, frozen=True):
    """The visitor stands elsewhere, or something else is to be said about the wait."""

    position: int | None
    wait: WidgetWait


class WidgetPage(Struct):
    """A stretch of the talk, oldest first, and where the visitor stands."""

    items: list[WidgetMessage]
    queue: QueueState


class AgentTypingFrame(Struct, frozen=True):
    """Somebody of the desk writes, under the name that customers see."""

    name: str


class AgentReadFrame(Struct, frozen=True):
    """Up to which message the desk has read."""

    entry_id: int
    at: datetime


class VisitorStreamEvents(Struct):
    """Names of the events of a visitor's stream, each with its data."""

    message: WidgetMessage
    status: QueueState
    wait: WaitFrame
    closed: EmptyFrame
    typing: AgentTypingFrame
    read: AgentReadFrame
    reset: EmptyFrame
    bye: ByeFrame
