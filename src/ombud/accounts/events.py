"""The facts that this room announces: ids and names of fields, never an address or a secret."""

from typing import Literal

from ombud.shared.events import Fact


class PersonSignedIn(Fact, frozen=True, kw_only=True):
    """A session is complete, second factor included."""

    person_id: int
    session_id: int
    way: Literal["password", "recovery_code", "link"]


class SignInFailed(Fact, frozen=True, kw_only=True):
    """Somebody was refused. person_id is None for an unknown address, which is not kept."""

    person_id: int | None
    step: Literal["password", "second_factor", "link"]


class SessionRevoked(Fact, frozen=True, kw_only=True):
    """Sessions of one person ended before their time."""

    person_id: int
    session_ids: list[int]
    reason: Literal["signed_out", "revoked", "password_changed", "deactivated"]


class PersonInvited(Fact, frozen=True, kw_only=True):
    """A person was added, or sent a new invitation."""

    person_id: int


class PersonChanged(Fact, frozen=True, kw_only=True):
    """Something of a person changed; fields names what."""

    person_id: int
    fields: list[str]


class RoleChanged(Fact, frozen=True, kw_only=True):
    """A person's role is another one."""

    person_id: int
    from_role: str
    to_role: str


class PersonDeactivated(Fact, frozen=True, kw_only=True):
    """A person left: sessions are over; their tickets need somebody else."""

    person_id: int


class PersonReactivated(Fact, frozen=True, kw_only=True):
    """A person came back."""

    person_id: int


class PasswordChanged(Fact, frozen=True, kw_only=True):
    """A person has a new password."""

    person_id: int


class SecondFactorChanged(Fact, frozen=True, kw_only=True):
    """A second factor was switched on or off, by its person or by an administrator."""

    person_id: int
    is_on: bool


class OneTimeLinkMade(Fact, frozen=True, kw_only=True):
    """A link that signs in once was made."""

    person_id: int
    link: Literal["sign_in", "invitation", "password_reset"]


class TeamChanged(Fact, frozen=True, kw_only=True):
    """A team is new, or its name, routing or members changed, or it was archived or restored (team_id says which)."""

    fields: list[str]


class BrandChanged(Fact, frozen=True, kw_only=True):
    """A brand is new or has another name or signature."""

    brand_id: int


class ApiKeyCreated(Fact, frozen=True, kw_only=True):
    """A program got a way in."""

    api_key_id: int
    scopes: list[str]


class ApiKeyRevoked(Fact, frozen=True, kw_only=True):
    """A program lost its way in."""

    api_key_id: int
