"""Who stands behind a session or a key, with what they may do at this moment."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from ombud.accounts import rules
from ombud.accounts.permissions import OF_CUSTOMERS, ROLES, SCOPES, Role
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, values

ALIVE = """
    s.revoked_at is null and s.expires_at > %(now)s and s.seen_at > %(idle_after)s and p.deactivated_at is null"""
# Read from the table of routing, because no room below knows it and no request may pass it by.
SUSPENDED = "exists (select from agent_routing a where a.person_id = p.id and a.suspended_at is not null)"
# The setting of personal data, read here because every answer to the actor is masked by it.
_HIDDEN = """
    array(select k.key from setting s cross join jsonb_each(s.value -> 'kinds') k where s.name = 'personal_data'
        and (k.value ->> 'is_on')::boolean and not k.value -> 'clear_for' ? {role}) as hidden_kinds"""
HIDDEN = _HIDDEN.format(role="p.role")
HIDDEN_FROM_PROGRAMS = _HIDDEN.format(role="'program'")
BEHIND = f"""
    select s.id as session_id, s.is_complete, s.seen_at, p.id as person_id, p.name, p.role, p.locale, p.sees_all_teams,
        p.brand_ids,
        array(select m.team_id from membership m where m.person_id = p.id) as team_ids, {SUSPENDED} as is_suspended,
        {HIDDEN}
    from session s join person p on p.id = s.person_id where"""


class PersonBehind(Struct, frozen=True):
    """A session and its person."""

    session_id: int
    is_complete: bool
    seen_at: datetime
    person_id: int
    name: str
    role: Role
    locale: str
    sees_all_teams: bool
    brand_ids: frozenset[int] | None
    team_ids: frozenset[int]
    is_suspended: bool = False
    hidden_kinds: frozenset[str] = frozenset()

    def actor(self, csrf: str = "") -> Actor:
        """The person as one who acts."""
        return Actor(
            kind="person",
            id=self.person_id,
            name=self.name,
            permissions=_permissions(self.role, is_suspended=self.is_suspended),
            team_ids=None if self.sees_all_teams else self.team_ids,
            session_id=self.session_id,
            csrf=csrf,
            locale=self.locale,
            brand_ids=self.brand_ids,
            hidden_kinds=self.hidden_kinds,
        )


def _permissions(role: Role, *, is_suspended: bool) -> frozenset[str]:
    return ROLES[role] - OF_CUSTOMERS if is_suspended else ROLES[role]


class KeyBehind(Struct, frozen=True):
    """A key as its row says."""

    id: int
    name: str
    scopes: frozenset[str]
    team_ids: frozenset[int] | None
    brand_ids: frozenset[int] | None
    last_used_at: datetime | None
    hidden_kinds: frozenset[str] = frozenset()

    def actor(self) -> Actor:
        """The program as one who acts; a scope that no longer exists is worth nothing."""
        scopes = self.scopes & SCOPES
        return Actor(
            "api_key",
            self.id,
            self.name,
            permissions=scopes,
            team_ids=self.team_ids,
            brand_ids=self.brand_ids,
            hidden_kinds=self.hidden_kinds,
        )


async def person_behind(tx: Transaction, token_hash: bytes, *, now: datetime) -> PersonBehind | None:
    """The session with a token, complete or not, as long as it is alive."""
    params = {"token_hash": token_hash, "now": now, "idle_after": now - rules.SESSION_IDLE}
    return await row(tx, PersonBehind, f"{BEHIND} s.token_hash = %(token_hash)s and {ALIVE}", params)


async def key_actor(tx: Transaction, key_hash: bytes) -> KeyBehind | None:
    """The program that holds a key."""
    sql = f"""
        select id, name, scopes, team_ids, brand_ids, last_used_at, {HIDDEN_FROM_PROGRAMS} from api_key
        where key_hash = %(key_hash)s and revoked_at is null"""
    return await row(tx, KeyBehind, sql, {"key_hash": key_hash})


async def session_actors(tx: Transaction, session_ids: Collection[int], *, now: datetime) -> dict[int, Actor]:
    """The present actors of many sessions; the ended ones are missing. Their csrf is left out."""
    params = {"ids": list(session_ids), "now": now, "idle_after": now - rules.SESSION_IDLE}
    found = await rows(tx, PersonBehind, f"{BEHIND} s.id = any(%(ids)s) and s.is_complete and {ALIVE}", params)
    return {one.session_id: one.actor() for one in found}


async def alive_sessions(tx: Transaction, session_ids: Collection[int], *, now: datetime) -> set[int]:
    """Which of many sessions are still good."""
    sql = f"""
        select s.id from session s join person p on p.id = s.person_id
        where s.id = any(%(ids)s) and s.is_complete and {ALIVE}"""
    params = {"ids": list(session_ids), "now": now, "idle_after": now - rules.SESSION_IDLE}
    return set(await values(tx, int, sql, params))


class _Person(Struct):
    id: int
    name: str
    role: Role
    locale: str
    sees_all_teams: bool
    brand_ids: frozenset[int] | None
    team_ids: frozenset[int]
    is_suspended: bool
    hidden_kinds: frozenset[str]


async def person_actor(tx: Transaction, person_id: int) -> Actor | None:
    """A person as one who acts at this moment, for work that goes on behind them; None once they are deactivated."""
    sql = f"""
        select p.id, p.name, p.role, p.locale, p.sees_all_teams, p.brand_ids, {SUSPENDED} as is_suspended,
            array(select m.team_id from membership m where m.person_id = p.id) as team_ids, {HIDDEN}
        from person p where p.id = %(id)s and p.deactivated_at is null"""
    found = await row(tx, _Person, sql, {"id": person_id})
    if found is None:
        return None
    team_ids = None if found.sees_all_teams else found.team_ids
    role = _permissions(found.role, is_suspended=found.is_suspended)
    return Actor(
        "person",
        found.id,
        found.name,
        role,
        team_ids,
        locale=found.locale,
        brand_ids=found.brand_ids,
        hidden_kinds=found.hidden_kinds,
    )
