"""One-time links: first start, invitations, lost passwords. The token stands behind ``#``, where no log sees it."""

from datetime import datetime

from msgspec import Struct

from ombud.accounts import limits, rules
from ombud.accounts.events import OneTimeLinkMade, PasswordChanged, PersonChanged
from ombud.accounts.passwords import check_password, hash_password
from ombud.accounts.queries.people import Credentials, credentials, credentials_by_email
from ombud.accounts.schemas import LinkInfo, LinkKind, Origin, RedemptionInput
from ombud.accounts.services.sessions import Started, acting_as, revoke_sessions, start_session
from ombud.accounts.services.system_mail import SystemMail, compose
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.crypto import hash_token, new_token
from ombud.shared.database import Database, Transaction, execute, row
from ombud.shared.errors import Invalid, LimitReached, NotFound
from ombud.shared.events import emit


class LinkNotValid(NotFound):
    """The link was used already, is too old, or was never made. Ask for a new one."""

    code = "link_not_valid"


class _Link(Struct, frozen=True):
    kind: LinkKind
    person_id: int


def link_address(address: str, token: str) -> str:
    """Where a person opens a one-time link."""
    return f"{address}/#/link/{token}"


async def make_link(tx: Transaction, *, person_id: int, kind: LinkKind, by: Actor, now: datetime) -> str:
    """Make a one-time link and give its token; unused ones of the same kind are worth nothing from now on.

    Emits: OneTimeLinkMade
    """
    drop = "delete from one_time_link where person_id = %(person_id)s and kind = %(kind)s and used_at is null"
    await execute(tx, drop, {"person_id": person_id, "kind": kind})
    token = new_token()
    sql = """
        insert into one_time_link (token_hash, kind, person_id, expires_at, created_at)
        values (%(token_hash)s, %(kind)s, %(person_id)s, %(expires_at)s, %(now)s)"""
    params = {
        "token_hash": hash_token(token),
        "kind": kind,
        "person_id": person_id,
        "expires_at": now + rules.LINK_LASTS[kind],
        "now": now,
    }
    await execute(tx, sql, params)
    await emit(tx, OneTimeLinkMade(person_id=person_id, link=kind), by=by, at=now)
    return token


async def make_sign_in_link(tx: Transaction, *, email: str, address: str, now: datetime) -> str:
    """Make a link that signs a person in, for the terminal of whoever runs the installation.

    Raises:
        NotFound: nobody who works here has this address.
    """
    person = await credentials_by_email(tx, email)
    if person is None:
        raise NotFound(f"Nobody who works here has the address {email}.")
    token = await make_link(tx, person_id=person.id, kind="sign_in", by=SYSTEM, now=now)
    return link_address(address, token)


async def inspect_link(tx: Transaction, *, token: str, now: datetime) -> LinkInfo:
    """Tell whom a link is for, without using it up.

    Raises:
        LinkNotValid: it cannot be used.
    """
    sql = """
        select l.kind, p.email, p.name from one_time_link l join person p on p.id = l.person_id
        where l.token_hash = %(token_hash)s and l.used_at is null and l.expires_at > %(now)s
            and p.deactivated_at is null"""
    found = await row(tx, LinkInfo, sql, {"token_hash": hash_token(token), "now": now})
    if found is None:
        raise LinkNotValid
    return found


async def redeem_link(database: Database, *, wanted: RedemptionInput, origin: Origin, now: datetime) -> Started:
    """Use a link up and begin a session; invited people and those who lost their password choose a new one.

    A second factor is still asked for: a mailbox that somebody else reads is not enough. A password that
    is refused does not use the link up.

    Raises:
        LinkNotValid: it cannot be used (any more).
        WeakPassword: the chosen password is too easy.
        Invalid: a password has to be chosen.

    Emits: PersonSignedIn, PasswordChanged, PersonChanged, SessionRevoked
    """
    async with database.transaction() as tx:
        info = await inspect_link(tx, token=wanted.token, now=now)
    password_hash = await _chosen_password(info, wanted.password)
    async with database.transaction() as tx:
        link = await _use_up(tx, wanted.token, now=now)
        person = await credentials(tx, link.person_id)
        await _take_over(tx, person, name=wanted.name, password_hash=password_hash, now=now)
        person = await credentials(tx, link.person_id)
        return await start_session(tx, person=person, origin=origin, way="link", now=now)


async def _chosen_password(info: LinkInfo, password: str | None) -> str | None:
    if password is None:
        if info.kind != "sign_in":
            raise Invalid("Choose a password.", fields={"password": "required"})
        return None
    check_password(password, email=info.email)
    return await hash_password(password)


async def _use_up(tx: Transaction, token: str, *, now: datetime) -> _Link:
    sql = """
        update one_time_link set used_at = %(now)s
        where token_hash = %(token_hash)s and used_at is null and expires_at > %(now)s
        returning kind, person_id"""
    link = await row(tx, _Link, sql, {"token_hash": hash_token(token), "now": now})
    if link is None:
        raise LinkNotValid
    return link


async def _take_over(
    tx: Transaction, person: Credentials, *, name: str | None, password_hash: str | None, now: datetime
) -> None:
    by = acting_as(person)
    if password_hash is not None:
        await set_password(tx, person_id=person.id, password_hash=password_hash, by=by, now=now)
    if name is not None and name != person.name:
        await execute(tx, "update person set name = %(name)s where id = %(id)s", {"name": name, "id": person.id})
        await emit(tx, PersonChanged(person_id=person.id, fields=["name"]), by=by, at=now)


async def set_password(tx: Transaction, *, person_id: int, password_hash: str, by: Actor, now: datetime) -> None:
    """Store a new password. All sessions but the present one end, and so do links that were sent before.

    Emits: PasswordChanged, SessionRevoked
    """
    sql = "update person set password_hash = %(hash)s where id = %(id)s"
    await execute(tx, sql, {"hash": password_hash, "id": person_id})
    await execute(tx, "delete from one_time_link where person_id = %(id)s and used_at is null", {"id": person_id})
    await emit(tx, PasswordChanged(person_id=person_id), by=by, at=now)
    keep = () if by.session_id is None else (by.session_id,)
    await revoke_sessions(tx, person_id=person_id, reason="password_changed", by=by, now=now, keep=keep)


async def change_password(database: Database, *, person: Credentials, new: str, by: Actor, now: datetime) -> None:
    """Give a person who proved the present one another password.

    Raises:
        WeakPassword: it is too easy.

    Emits: PasswordChanged, SessionRevoked
    """
    check_password(new, email=person.email)
    # Hashed first: a transaction that waits for a slow hash keeps a connection from others.
    password_hash = await hash_password(new)
    async with database.transaction() as tx:
        await set_password(tx, person_id=person.id, password_hash=password_hash, by=by, now=now)


async def send_link(
    tx: Transaction, *, person: Credentials, kind: LinkKind, mail: SystemMail, address: str, by: Actor, now: datetime
) -> str | None:
    """Make a link and mail it; gives the link itself when no mailbox can send it now."""
    token = await make_link(tx, person_id=person.id, kind=kind, by=by, now=now)
    link = link_address(address, token)
    text = compose(kind, person.locale, name=person.name, by=by.name, desk=_desk(address), link=link)
    is_queued = await mail(tx, to=person.email, subject=text.subject, text=text.text, now=now)
    return None if is_queued else link


async def request_password_reset(
    database: Database, *, email: str, mail: SystemMail, address: str, now: datetime
) -> None:
    """Mail a link for a new password, if somebody has this address; tells nobody whether that is so."""
    account = email.strip().lower()
    try:
        await limits.count_try_for_good(database, ((limits.RESET_ACCOUNT, account),), now=now)
    except LimitReached:
        # An error would tell nothing new to its owner and much to others.
        return
    async with database.transaction() as tx:
        person = await credentials_by_email(tx, email)
        if person is not None:
            await send_link(tx, person=person, kind="password_reset", mail=mail, address=address, by=SYSTEM, now=now)


def _desk(address: str) -> str:
    return address.partition("://")[2] or address
