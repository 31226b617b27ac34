"""People: invited, changed, deactivated."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import UNSET, Struct, structs

from ombud.accounts.events import PersonChanged, PersonDeactivated, PersonInvited, PersonReactivated, RoleChanged
from ombud.accounts.permissions import Role
from ombud.accounts.queries.people import credentials
from ombud.accounts.queries.people import person as read_person
from ombud.accounts.schemas import InvitedPerson, LinkKind, NewPerson, Person, PersonChange
from ombud.accounts.services.links import send_link
from ombud.accounts.services.memberships import check_brands, set_teams_of
from ombud.accounts.services.second_factor import remove_second_factor
from ombud.accounts.services.sessions import revoke_sessions
from ombud.accounts.services.system_mail import SystemMail
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, value, values
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.events import Fact, emit, emit_all


class EmailTaken(Conflict):
    """Somebody who works here has this address already, perhaps a deactivated person: reactivate them instead."""

    code = "email_taken"


class LastAdministrator(Conflict):
    """This is the last administrator. Make somebody else an administrator first."""

    code = "last_administrator"


class PersonIsDeactivated(Conflict):
    """The person is deactivated. Reactivate them first."""

    code = "person_deactivated"


class _Present(Struct, frozen=True):
    email: str
    name: str
    display_name: str
    staff_number: str
    role: Role
    sees_all_teams: bool
    capacity_points: int
    is_active: bool


async def add_person(tx: Transaction, *, wanted: NewPerson, by: Actor, now: datetime) -> int:
    """Add a person who cannot sign in yet, and give their id.

    Raises:
        EmailTaken: somebody has the address.
        Invalid: a team or a brand does not exist.

    Emits: PersonInvited, TeamChanged
    """
    sql = """
        insert into person (email, name, role, sees_all_teams, brand_ids, locale, created_at)
        values (%(email)s, %(name)s, %(role)s, %(sees_all_teams)s, %(brands)s::bigint[], %(locale)s, %(now)s)
        on conflict (lower(email)) do nothing
        returning id"""
    brands = None if wanted.brand_ids is None else await check_brands(tx, wanted.brand_ids)
    params = {**structs.asdict(wanted), "name": wanted.name.strip(), "brands": brands, "now": now}
    person_id = await value(tx, int, sql, params)
    if person_id is None:
        raise EmailTaken
    await emit(tx, PersonInvited(person_id=person_id), by=by, at=now)
    await set_teams_of(tx, person_id=person_id, team_ids=wanted.team_ids, by=by, now=now)
    return person_id


async def invite_person(
    tx: Transaction, *, wanted: NewPerson, mail: SystemMail, address: str, by: Actor, now: datetime
) -> InvitedPerson:
    """Add a person and send them a link to choose their password.

    Raises:
        EmailTaken: somebody has the address.

    Emits: PersonInvited, OneTimeLinkMade, TeamChanged
    """
    person_id = await add_person(tx, wanted=wanted, by=by, now=now)
    return await send_invitation(tx, person_id=person_id, mail=mail, address=address, by=by, now=now)


async def send_invitation(
    tx: Transaction, *, person_id: int, mail: SystemMail, address: str, by: Actor, now: datetime
) -> InvitedPerson:
    """Send a person a link for a password, their first or, if they have one, a new one.

    Raises:
        NotFound: there is no such person.
        PersonIsDeactivated: they left.

    Emits: OneTimeLinkMade
    """
    person = await credentials(tx, person_id)
    if person.deactivated_at is not None:
        raise PersonIsDeactivated
    kind: LinkKind = "invitation" if person.password_hash is None else "password_reset"
    link = await send_link(tx, person=person, kind=kind, mail=mail, address=address, by=by, now=now)
    present = await read_person(tx, person_id, now=now)
    return InvitedPerson(**structs.asdict(present), link=link)


async def change_person(tx: Transaction, *, person_id: int, change: PersonChange, by: Actor, now: datetime) -> Person:
    """Change what administrators decide of a person. What is the same already changes nothing and emits nothing.

    Raises:
        NotFound: there is no such person.
        EmailTaken: somebody else has the address.
        LastAdministrator: nobody could administer any more.

    Emits: PersonChanged, RoleChanged, PersonDeactivated, PersonReactivated, SessionRevoked, TeamChanged
    """
    await _keep_an_administrator(tx, person_id, change)
    before = await _lock_person(tx, person_id)
    changed = _differences(before, change)
    if "email" in changed:
        await _check_email_free(tx, person_id, str(change.email))
    await _store(tx, person_id, {name: getattr(change, name) for name in changed}, now=now)
    fields = [name for name in changed if name not in {"role", "is_active"}]
    if change.brand_ids is not UNSET and await _set_brands(tx, person_id, change.brand_ids):
        fields.append("brand_ids")
    if change.team_ids is not UNSET and await set_teams_of(
        tx, person_id=person_id, team_ids=change.team_ids, by=by, now=now
    ):
        fields.append("team_ids")
    await emit_all(tx, _facts(person_id, before, change, fields), by=by, at=now)
    if "is_active" in changed and not change.is_active:
        await revoke_sessions(tx, person_id=person_id, reason="deactivated", by=by, now=now)
    return await read_person(tx, person_id, now=now)


async def _set_brands(tx: Transaction, person_id: int, brand_ids: Sequence[int] | None) -> bool:
    wanted = None if brand_ids is None else await check_brands(tx, brand_ids)
    sql = """
        update person set brand_ids = %(brands)s::bigint[]
        where id = %(id)s and brand_ids is distinct from %(brands)s::bigint[]"""
    return bool(await execute(tx, sql, {"brands": wanted, "id": person_id}))


async def _keep_an_administrator(tx: Transaction, person_id: int, change: PersonChange) -> None:
    if change.role in {UNSET, "administrator"} and change.is_active is not False:
        return
    # All of them, in one order, before any other row: two who remove each other wait instead of both going through.
    sql = """
        select id from person where role = 'administrator' and deactivated_at is null order by id for update"""
    if await values(tx, int, sql) == [person_id]:
        raise LastAdministrator


async def _lock_person(tx: Transaction, person_id: int) -> _Present:
    sql = """
        select email, name, display_name, staff_number, role, sees_all_teams, capacity_points,
            deactivated_at is null as is_active
        from person where id = %(id)s for update"""
    found = await row(tx, _Present, sql, {"id": person_id})
    if found is None:
        raise NotFound
    return found


def _differences(before: _Present, change: PersonChange) -> list[str]:
    wanted = {name: getattr(change, name) for name in before.__struct_fields__}
    return [name for name, new in wanted.items() if new is not UNSET and new != getattr(before, name)]


async def _check_email_free(tx: Transaction, person_id: int, email: str) -> None:
    sql = "select exists (select from person where lower(email) = lower(%(email)s) and id <> %(id)s)"
    if await value(tx, bool, sql, {"email": email, "id": person_id}):
        raise EmailTaken
    # Links that were sent to the old address must not open the account of the new one.
    await execute(tx, "delete from one_time_link where person_id = %(id)s and used_at is null", {"id": person_id})


async def _store(tx: Transaction, person_id: int, new: dict[str, object], *, now: datetime) -> None:
    if not new:
        return
    sql = """
        update person set email = coalesce(%(email)s, email), name = coalesce(%(name)s, name),
            display_name = coalesce(%(display_name)s, display_name),
            staff_number = coalesce(%(staff_number)s, staff_number), role = coalesce(%(role)s, role),
            sees_all_teams = coalesce(%(sees_all_teams)s, sees_all_teams),
            capacity_points = coalesce(%(capacity_points)s, capacity_points),
            deactivated_at = case %(is_active)s::bool when true then null when false then %(now)s
                else deactivated_at end
        where id = %(id)s"""
    await execute(tx, sql, dict.fromkeys(_Present.__struct_fields__) | new | {"id": person_id, "now": now})


def _facts(person_id: int, before: _Present, change: PersonChange, fields: Sequence[str]) -> list[Fact]:
    facts: list[Fact] = []
    if fields:
        facts.append(PersonChanged(person_id=person_id, fields=list(fields)))
    if change.role is not UNSET and change.role != before.role:
        facts.append(RoleChanged(person_id=person_id, from_role=before.role, to_role=change.role))
    if change.is_active is not UNSET and change.is_active != before.is_active:
        fact = PersonReactivated if change.is_active else PersonDeactivated
        facts.append(fact(person_id=person_id))
    return facts


async def sign_out_person(tx: Transaction, *, person_id: int, by: Actor, now: datetime) -> None:
    """End all sessions of a person: a laptop was lost.

    Raises:
        NotFound: there is no such person.

    Emits: SessionRevoked
    """
    await _lock_person(tx, person_id)
    await revoke_sessions(tx, person_id=person_id, reason="revoked", by=by, now=now)


async def take_second_factor_away(tx: Transaction, *, person_id: int, by: Actor, now: datetime) -> None:
    """Let a person who lost their phone and their recovery codes sign in with the password alone.

    Raises:
        NotFound: there is no such person.

    Emits: SecondFactorChanged
    """
    await _lock_person(tx, person_id)
    await remove_second_factor(tx, person_id=person_id, by=by, now=now)
