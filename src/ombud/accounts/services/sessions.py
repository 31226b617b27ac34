"""Sessions: begun, completed, ended."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ombud.accounts import rules
from ombud.accounts.events import PersonSignedIn, SessionRevoked
from ombud.accounts.queries.people import Credentials
from ombud.accounts.schemas import Origin
from ombud.shared.actor import Actor
from ombud.shared.crypto import hash_token, new_token
from ombud.shared.database import Transaction, execute, value, values
from ombud.shared.errors import NotFound, NotSignedIn
from ombud.shared.events import emit

Way = Literal["password", "recovery_code", "link"]
Reason = Literal["signed_out", "revoked", "password_changed", "deactivated"]


class Started(Struct, frozen=True):
    """A new session's token, and whether it is good already."""

    token: str
    is_complete: bool
    expires_at: datetime


def acting_as(person: Credentials) -> Actor:
    """A person who is just proving who they are, as the one who acts."""
    return Actor(kind="person", id=person.id, name=person.name, locale=person.locale)


async def start_session(tx: Transaction, *, person: Credentials, origin: Origin, way: Way, now: datetime) -> Started:
    """Begin a session of a person who proved a first factor; it is good only when there is no second.

    Raises:
        NotSignedIn: the person left, or their password changed, since the proof was looked at.

    Emits: PersonSignedIn
    """
    token, is_complete = new_token(), not person.has_second_factor
    expires_at = now + (rules.SESSION_LASTS if is_complete else rules.SECOND_STEP_LASTS)
    sql = """
        insert into session (token_hash, person_id, is_complete, ip, user_agent, created_at, seen_at, expires_at)
        select %(token_hash)s, id, %(is_complete)s, %(ip)s, %(user_agent)s, %(now)s, %(now)s, %(expires_at)s
        from person where id = %(person_id)s and deactivated_at is null
            and password_hash is not distinct from %(password_hash)s
        returning id"""
    params = {
        "token_hash": hash_token(token),
        "person_id": person.id,
        "password_hash": person.password_hash,
        "is_complete": is_complete,
        "ip": origin.ip,
        "user_agent": origin.user_agent,
        "now": now,
        "expires_at": expires_at,
    }
    session_id = await value(tx, int, sql, params)
    if session_id is None:
        raise NotSignedIn
    if is_complete:
        fact = PersonSignedIn(person_id=person.id, session_id=session_id, way=way)
        await emit(tx, fact, by=acting_as(person), at=now)
    return Started(token, is_complete, expires_at)


async def complete_session(
    tx: Transaction, *, session_id: int, person: Credentials, way: Way, now: datetime
) -> Started:
    """Make a session good after the second factor. Its token changes: the first one may have been seen.

    Raises:
        NotSignedIn: it ended meanwhile.

    Emits: PersonSignedIn
    """
    token, expires_at = new_token(), now + rules.SESSION_LASTS
    sql = """
        update session set token_hash = %(token_hash)s, is_complete = true, seen_at = %(now)s,
            expires_at = %(expires_at)s
        where id = %(id)s and not is_complete and revoked_at is null"""
    params = {"token_hash": hash_token(token), "now": now, "expires_at": expires_at, "id": session_id}
    if not await execute(tx, sql, params):
        raise NotSignedIn
    fact = PersonSignedIn(person_id=person.id, session_id=session_id, way=way)
    await emit(tx, fact, by=acting_as(person), at=now)
    return Started(token, is_complete=True, expires_at=expires_at)


async def revoke_session(
    tx: Transaction, *, session_id: int, person_id: int, reason: Reason = "revoked", by: Actor, now: datetime
) -> None:
    """End one session of a person.

    Raises:
        NotFound: the person has no such session that still runs.

    Emits: SessionRevoked
    """
    sql = """
        update session set revoked_at = %(now)s
        where id = %(id)s and person_id = %(person_id)s and revoked_at is null"""
    if not await execute(tx, sql, {"now": now, "id": session_id, "person_id": person_id}):
        raise NotFound
    await emit(tx, SessionRevoked(person_id=person_id, session_ids=[session_id], reason=reason), by=by, at=now)


async def revoke_sessions(
    tx: Transaction,
    *,
    person_id: int,
    reason: Reason,
    by: Actor,
    now: datetime,
    keep: Collection[int] = (),
) -> list[int]:
    """End all sessions of a person but some; gives the ended ones.

    Emits: SessionRevoked, unless there were none.
    """
    sql = """
        update session set revoked_at = %(now)s
        where person_id = %(person_id)s and revoked_at is null and not id = any(%(keep)s)
        returning id"""
    ended = sorted(await values(tx, int, sql, {"now": now, "person_id": person_id, "keep": list(keep)}))
    if ended:
        await emit(tx, SessionRevoked(person_id=person_id, session_ids=ended, reason=reason), by=by, at=now)
    return ended


async def note_session_seen(tx: Transaction, *, session_id: int, now: datetime) -> None:
    """Remember that a session was used."""
    await execute(tx, "update session set seen_at = %(now)s where id = %(id)s", {"now": now, "id": session_id})


async def note_key_used(tx: Transaction, *, key_id: int, now: datetime) -> None:
    """Remember that a key was used."""
    await execute(tx, "update api_key set last_used_at = %(now)s where id = %(id)s", {"now": now, "id": key_id})
