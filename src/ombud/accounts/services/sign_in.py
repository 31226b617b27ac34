"""Signing in. These verbs take the database, not a transaction: a refused try is counted and kept."""

from datetime import datetime
from typing import Literal

from ombud.accounts import limits
from ombud.accounts.events import SignInFailed
from ombud.accounts.passwords import is_password
from ombud.accounts.queries.actors import PersonBehind, person_behind
from ombud.accounts.queries.people import Credentials, credentials, credentials_by_email
from ombud.accounts.schemas import Origin
from ombud.accounts.services.second_factor import use_code
from ombud.accounts.services.sessions import Started, acting_as, complete_session, start_session
from ombud.shared.actor import SYSTEM
from ombud.shared.crypto import KeyRing, hash_token
from ombud.shared.database import Database
from ombud.shared.errors import Invalid, NotSignedIn
from ombud.shared.events import emit


class WrongCredentials(NotSignedIn):
    """The address or the password is wrong."""

    code = "wrong_credentials"


class WrongPassword(Invalid):
    """This is not your present password."""

    code = "wrong_password"


class WrongCode(NotSignedIn):
    """The code is wrong or was used already. Wait for the next one and check the clock of your device."""

    code = "wrong_code"


async def sign_in(database: Database, *, email: str, password: str, origin: Origin, now: datetime) -> Started:
    """Prove an address and its password.

    Unknown addresses, people who left and people without a password take the same time and give the same answer.

    Raises:
        WrongCredentials: they do not belong together.
        LimitReached: too many tries for this account or from this address.

    Emits: PersonSignedIn or SignInFailed
    """
    tries = limits.sign_in_tries(email, origin.ip)
    await limits.count_try_for_good(database, tries, now=now)
    async with database.transaction() as tx:
        person = await credentials_by_email(tx, email)
    is_right = await is_password(password, person.password_hash if person else None)
    if person is None or not is_right:
        await _note_failure(database, person, "password", now=now)
        raise WrongCredentials
    async with database.transaction() as tx:
        await limits.forgive_try(tx, tries)
        return await start_session(tx, person=person, origin=origin, way="password", now=now)


async def prove_second_factor(database: Database, *, token: str, code: str, keys: KeyRing, now: datetime) -> Started:
    """Complete a sign-in with a code of the authenticator app or a recovery code.

    Raises:
        NotSignedIn: no sign-in waits for a code, or it waited too long.
        WrongCode: the code is wrong or was used before.
        LimitReached: too many tries for this account.

    Emits: PersonSignedIn or SignInFailed
    """
    async with database.transaction() as tx:
        behind = await person_behind(tx, hash_token(token), now=now)
        if behind is None or behind.is_complete:
            raise NotSignedIn
    tries = ((limits.CODES, str(behind.person_id)),)
    await limits.count_try_for_good(database, tries, now=now)
    started = await _try_code(database, behind, code, keys=keys, now=now)
    async with database.transaction() as tx:
        await limits.forgive_try(tx, tries)
    return started


async def _try_code(database: Database, behind: PersonBehind, code: str, *, keys: KeyRing, now: datetime) -> Started:
    async with database.transaction() as tx:
        person = await credentials(tx, behind.person_id)
        way = await use_code(tx, person=person, code=code, keys=keys, now=now)
        if way is not None:
            return await complete_session(tx, session_id=behind.session_id, person=person, way=way, now=now)
    await _note_failure(database, person, "second_factor", now=now)
    raise WrongCode


async def _note_failure(
    database: Database, person: Credentials | None, step: Literal["password", "second_factor"], *, now: datetime
) -> None:
    fact = SignInFailed(person_id=person.id if person else None, step=step)
    async with database.transaction() as tx:
        await emit(tx, fact, by=acting_as(person) if person else SYSTEM, at=now)


async def prove_password(database: Database, *, person_id: int, password: str, now: datetime) -> Credentials:
    """Ask a signed-in person for their password once more, before something grave.

    A person without a password has nothing to prove.

    Raises:
        WrongPassword: it is not theirs.
        LimitReached: too many tries.
    """
    tries = ((limits.PROOFS, str(person_id)),)
    await limits.count_try_for_good(database, tries, now=now)
    async with database.transaction() as tx:
        person = await credentials(tx, person_id)
    if person.password_hash is not None and not await is_password(password, person.password_hash):
        raise WrongPassword
    async with database.transaction() as tx:
        await limits.forgive_try(tx, tries)
    return person
