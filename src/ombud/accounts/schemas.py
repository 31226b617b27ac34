"""Rows, inputs and outputs of this room."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ombud.accounts.permissions import Role
from ombud.shared.lines import ADDRESS, FILLED, PLAIN

Locale = Literal["en", "zh-CN"]
Theme = Literal["system", "light", "dark"]
PresenceState = Literal["online", "away", "offline", "busy", "break", "wrap_up"]
LinkKind = Literal["sign_in", "invitation", "password_reset"]
RoutingMode = Literal["push", "pull", "manual"]

# No control characters: a name stands in subjects, headers and terminals.
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=FILLED)]
ShortText = Annotated[str, Meta(max_length=200, pattern=PLAIN)]
LongText = Annotated[str, Meta(max_length=10_000)]
Email = Annotated[str, Meta(max_length=254, pattern=ADDRESS)]
# Long enough for any phrase, short enough that hashing it is no attack.
Password = Annotated[str, Meta(max_length=256)]
Code = Annotated[str, Meta(min_length=1, max_length=40)]
Token = Annotated[str, Meta(min_length=1, max_length=100)]
Id = Annotated[int, Meta(ge=1, le=2**53)]
Ids = Annotated[list[Id], Meta(max_length=1000)]
Brands = Annotated[list[Id], Meta(min_length=1, max_length=200)]
Points = Annotated[int, Meta(ge=0, le=1000)]


class TeamBrief(Struct):
    """A team as its members see it in their own data."""

    id: int
    name: str


class Me(Struct):
    """The signed-in person."""

    id: int
    name: str
    email: str
    display_name: str
    staff_number: str
    role: Role
    locale: Locale
    time_zone: str
    theme: Theme
    signature: str
    capacity_points: int
    preferences: dict[str, Any]
    teams: list[TeamBrief]
    sees_all_teams: bool
    has_second_factor: bool
    has_password: bool
    presence: PresenceState


class Session(Struct):
    """What a page needs first: who is here, the word for unsafe requests, what is allowed."""

    person: Me
    csrf: str
    permissions: list[str]


class SessionStart(Struct):
    """Where signing in stands."""

    state: Literal["signed_in", "second_factor"]


class PersonBrief(Struct):
    """A colleague as every colleague sees them."""

    id: int
    name: str
    display_name: str
    staff_number: str
    presence: PresenceState
    team_ids: list[int]
    is_active: bool


class Person(PersonBrief):
    """A colleague as an administrator sees them."""

    email: str
    role: Role
    sees_all_teams: bool
    # null: every brand
    brand_ids: list[int] | None
    has_second_factor: bool
    capacity_points: int
    invited: bool
    created_at: datetime
    load_points: int


class InvitedPerson(Person):
    """A new person; link is there only when no mailbox can send it to them."""

    link: str | None = None


class Team(Struct):
    """A team and its members."""

    id: int
    name: str
    routing: RoutingMode
    member_ids: list[int]
    is_archived: bool = False


class Brand(Struct):
    """A name under which customers know us; ``signature`` stands below its mails, with placeholders."""

    id: int
    name: str
    signature: str = ""


class ApiKey(Struct):
    """A program's way in, without its secret."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    team_ids: list[int] | None
    brand_ids: list[int] | None
    created_by: int
    created_at: datetime
    last_used_at: datetime | None


class NewApiKey(ApiKey):
    """The one answer that holds the key itself."""

    key: str = ""


class SessionRow(Struct):
    """One signed-in browser."""

    id: int
    device: str
    ip: str
    created_at: datetime
    seen_at: datetime
    is_current: bool


class LinkInfo(Struct):
    """Whom a one-time link is for."""

    kind: LinkKind
    email: str
    name: str


class Enrolment(Struct):
    """What an authenticator app needs; shown until confirmed."""

    secret: str
    uri: str
    qr_svg: str


class RecoveryCodes(Struct):
    """Shown once."""

    recovery_codes: list[str]


class Origin(Struct, frozen=True):
    """Where a sign-in comes from."""

    ip: str
    user_agent: str


# ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────────


class Input(Struct, forbid_unknown_fields=True):
    """What clients send: a misspelt field is an error, not a surprise."""


class SignInInput(Input):
    """Address and password."""

    email: Annotated[str, Meta(min_length=1, max_length=254)]
    password: Password


class CodeInput(Input):
    """A code of the authenticator app, or a recovery code."""

    code: Code


class TokenInput(Input):
    """The token of a one-time link."""

    token: Token


class RedemptionInput(Input):
    """The token, and what an invited person chooses."""

    token: Token
    name: Name | None = None
    password: Password | None = None


class ResetInput(Input):
    """Whose password is lost."""

    email: Annotated[str, Meta(min_length=1, max_length=254)]


class PasswordChange(Input):
    """The present password (empty if there is none yet) and the new one."""

    current: Password
    new: Password


class PasswordInput(Input):
    """The present password, as a proof."""

    password: Password


class MeChange(Input):
    """What people change of themselves."""

    name: Name | UnsetType = UNSET
    display_name: ShortText | UnsetType = UNSET
    staff_number: ShortText | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    time_zone: ShortText | UnsetType = UNSET
    theme: Theme | UnsetType = UNSET
    signature: LongText | UnsetType = UNSET
    preferences: dict[str, Any] | UnsetType = UNSET


class NewPerson(Input):
    """Somebody to invite."""

    email: Email
    name: Name
    role: Role
    team_ids: Ids = []
    sees_all_teams: bool = False
    brand_ids: Brands | None = None
    locale: Locale = "en"


class PersonChange(Input):
    """What administrators change of a person."""

    email: Email | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    display_name: ShortText | UnsetType = UNSET
    staff_number: ShortText | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    sees_all_teams: bool | UnsetType = UNSET
    brand_ids: Brands | UnsetType | None = UNSET
    capacity_points: Points | UnsetType = UNSET
    team_ids: Ids | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class NewTeam(Input):
    """A team to make."""

    name: Name
    routing: RoutingMode = "push"
    member_ids: Ids = []


class TeamChange(Input):
    """What changes of a team; member_ids is the whole new list."""

    name: Name | UnsetType = UNSET
    routing: RoutingMode | UnsetType = UNSET
    member_ids: Ids | UnsetType = UNSET


class BrandInput(Input):
    """A brand's name and signature; a signature that is left out stays."""

    name: Name
    signature: LongText | UnsetType = UNSET


class NewApiKeyInput(Input):
    """A key to make; team_ids null means every team, brand_ids null every brand that its maker sees."""

    name: Name
    scopes: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(min_length=1, max_length=50)]
    team_ids: Ids | None
    brand_ids: Brands | None = None
