"""Reads of people."""

from datetime import datetime

from msgspec import Struct

from ombud.accounts.permissions import Role
from ombud.accounts.schemas import Locale, Me, Person, PersonBrief, TeamBrief
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound

BRIEF = """
    p.id, p.name, p.display_name, p.staff_number, p.deactivated_at is null as is_active,
    array(select m.team_id from membership m where m.person_id = p.id order by m.team_id) as team_ids,
    case when p.deactivated_at is null and r.there_until > %(now)s then r.state else 'offline' end as presence"""
# The load that routing counts; read from the tickets' table because no room below knows it.
FULL = f"""{BRIEF}, p.email, p.role, p.sees_all_teams, p.brand_ids,
    p.capacity_points, p.created_at,
    p.totp_confirmed_at is not null as has_second_factor,
    p.password_hash is null and not exists (select from session s where s.person_id = p.id) as invited,
    (select coalesce(sum(t.load_points), 0) from ticket t where t.assignee_id = p.id and t.is_open
        and t.snoozed_until is null and t.category in ('new', 'open')) as load_points"""
SOURCE = "from person p left join present r on r.person_id = p.id"


class Credentials(Struct, frozen=True):
    """What proves that a person is who they say."""

    id: int
    email: str
    name: str
    role: Role
    locale: Locale
    password_hash: str | None
    totp_secret: bytes | None
    totp_confirmed_at: datetime | None
    totp_last_step: int
    deactivated_at: datetime | None

    @property
    def has_second_factor(self) -> bool:
        """Whether a code is asked after the password."""
        return self.totp_confirmed_at is not None


CREDENTIALS = """
    select id, email, name, role, locale, password_hash, totp_secret, totp_confirmed_at, totp_last_step, deactivated_at
    from person where"""


async def people_brief(tx: Transaction, *, now: datetime) -> list[PersonBrief]:
    """All colleagues, those who left included: old tickets still name them."""
    sql = f"select {BRIEF} {SOURCE} order by p.name, p.id"
    return await rows(tx, PersonBrief, sql, {"now": now})


async def people(tx: Transaction, *, now: datetime) -> list[Person]:
    """All people with what administrators see of them."""
    sql = f"select {FULL} {SOURCE} order by p.deactivated_at is not null, p.name, p.id"
    return await rows(tx, Person, sql, {"now": now})


async def person(tx: Transaction, person_id: int, *, now: datetime) -> Person:
    """One person with what administrators see.

    Raises:
        NotFound: there is none.
    """
    params = {"now": now, "id": person_id}
    found = await row(tx, Person, f"select {FULL} {SOURCE} where p.id = %(id)s", params)
    if found is None:
        raise NotFound
    return found


async def me(tx: Transaction, person_id: int) -> Me:
    """A person's own data; presence is what they chose, whether or not their page is open yet."""
    sql = f"""
        select p.id, p.name, p.email, p.display_name, p.staff_number, p.role, p.locale, p.time_zone, p.theme,
            p.signature, p.capacity_points, p.preferences, p.sees_all_teams,
            p.totp_confirmed_at is not null as has_second_factor, p.password_hash is not null as has_password,
            coalesce(r.state, 'offline') as presence,
            (select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name) order by t.name), '[]')
             from membership m join team t on t.id = m.team_id and t.archived_at is null
             where m.person_id = p.id) as teams
        {SOURCE} where p.id = %(id)s"""
    found = await row(tx, Me, sql, {"id": person_id})
    if found is None:
        raise NotFound
    return found


async def teams_of(tx: Transaction, person_id: int) -> list[TeamBrief]:
    """The teams that a person is a member of."""
    sql = """
        select t.id, t.name from membership m join team t on t.id = m.team_id
        where m.person_id = %(id)s order by t.name"""
    return await rows(tx, TeamBrief, sql, {"id": person_id})


async def credentials(tx: Transaction, person_id: int) -> Credentials:
    """What proves a person, by their id.

    Raises:
        NotFound: there is none.
    """
    found = await row(tx, Credentials, f"{CREDENTIALS} id = %(id)s", {"id": person_id})
    if found is None:
        raise NotFound
    return found


async def credentials_by_email(tx: Transaction, email: str) -> Credentials | None:
    """What proves a person, by their address; those who left are nobody."""
    sql = f"{CREDENTIALS} lower(email) = lower(%(email)s) and deactivated_at is null"
    return await row(tx, Credentials, sql, {"email": email.strip()})
