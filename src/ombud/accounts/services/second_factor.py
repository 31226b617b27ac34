"""The second factor: codes of an authenticator app, and recovery codes for the day when it is lost."""

import base64
import io
import secrets
from datetime import datetime
from typing import Literal

import pyotp
import qrcode
import qrcode.image.svg

from ombud.accounts import rules
from ombud.accounts.events import SecondFactorChanged
from ombud.accounts.queries.people import Credentials, credentials
from ombud.accounts.schemas import Enrolment, RecoveryCodes
from ombud.shared.actor import Actor
from ombud.shared.crypto import KeyRing, hash_token
from ombud.shared.database import Transaction, execute
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit

RECOVERY_CODES = 10
# 80 random bits: too many to try, even for somebody who has the digests.
RECOVERY_BYTES = 10
ISSUER = "Ombud"


class AlreadyOn(Conflict):
    """The second factor is switched on already. Switch it off first."""

    code = "second_factor_on"


class NotBegun(Conflict):
    """No second factor waits to be confirmed. Begin anew."""

    code = "second_factor_not_begun"


class CodeDoesNotFit(Invalid):
    """The code is not the one of this moment. Check the clock of your device."""

    code = "wrong_code"


async def begin_enrolment(tx: Transaction, *, person_id: int, keys: KeyRing) -> Enrolment:
    """Make a secret for an authenticator app; it counts for nothing until a code of it was given.

    Raises:
        AlreadyOn: a second factor is in use.
    """
    person = await credentials(tx, person_id)
    secret = pyotp.random_base32()
    sql = "update person set totp_secret = %(sealed)s where id = %(id)s and totp_confirmed_at is null"
    sealed = keys.seal(secret.encode(), place=_place(person_id))
    if not await execute(tx, sql, {"sealed": sealed, "id": person_id}):
        raise AlreadyOn
    uri = pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=ISSUER)
    return Enrolment(secret, uri, _qr_svg(uri))


async def confirm_enrolment(
    tx: Transaction, *, person_id: int, code: str, keys: KeyRing, by: Actor, now: datetime
) -> RecoveryCodes:
    """Switch the second factor on, and give the recovery codes this one time.

    Raises:
        NotBegun: there is no secret to confirm.
        CodeDoesNotFit: the app shows another code.

    Emits: SecondFactorChanged
    """
    person = await credentials(tx, person_id)
    if person.totp_secret is None or person.has_second_factor:
        raise NotBegun
    secret = keys.open(person.totp_secret, place=_place(person_id)).decode()
    step = rules.matching_step(secret, code, now=now, last_step=person.totp_last_step)
    if step is None:
        raise CodeDoesNotFit
    sql = """
        update person set totp_confirmed_at = %(now)s, totp_last_step = %(step)s
        where id = %(id)s and totp_confirmed_at is null"""
    if not await execute(tx, sql, {"now": now, "step": step, "id": person_id}):
        raise NotBegun
    codes = await _replace_recovery_codes(tx, person_id)
    await emit(tx, SecondFactorChanged(person_id=person_id, is_on=True), by=by, at=now)
    return RecoveryCodes(codes)


async def remove_second_factor(tx: Transaction, *, person_id: int, by: Actor, now: datetime) -> bool:
    """Switch the second factor off; False if it was off.

    Emits: SecondFactorChanged
    """
    sql = """
        update person p set totp_secret = null, totp_confirmed_at = null
        from (select id, totp_confirmed_at from person where id = %(id)s for update) before
        where p.id = before.id and before.totp_confirmed_at is not null"""
    was_on = bool(await execute(tx, sql, {"id": person_id}))
    await execute(tx, "delete from recovery_code where person_id = %(id)s", {"id": person_id})
    if was_on:
        await emit(tx, SecondFactorChanged(person_id=person_id, is_on=False), by=by, at=now)
    return was_on


async def use_code(
    tx: Transaction, *, person: Credentials, code: str, keys: KeyRing, now: datetime
) -> Literal["password", "recovery_code"] | None:
    """Use up a code of the app or a recovery code; None if it is neither, or was used before."""
    if person.totp_secret is None or not person.has_second_factor:
        return None
    if await _use_recovery_code(tx, person.id, code, now=now):
        return "recovery_code"
    secret = keys.open(person.totp_secret, place=_place(person.id)).decode()
    step = rules.matching_step(secret, code, now=now, last_step=person.totp_last_step)
    if step is None:
        return None
    # Two browsers with the same code at the same time: the row lets one of them through.
    sql = "update person set totp_last_step = %(step)s where id = %(id)s and totp_last_step < %(step)s"
    return "password" if await execute(tx, sql, {"step": step, "id": person.id}) else None


async def _use_recovery_code(tx: Transaction, person_id: int, code: str, *, now: datetime) -> bool:
    sql = """
        update recovery_code set used_at = %(now)s
        where person_id = %(id)s and code_hash = %(hash)s and used_at is null"""
    params = {"now": now, "id": person_id, "hash": hash_token(rules.normal_recovery_code(code))}
    return bool(await execute(tx, sql, params))


async def _replace_recovery_codes(tx: Transaction, person_id: int) -> list[str]:
    codes = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    await execute(tx, "delete from recovery_code where person_id = %(id)s", {"id": person_id})
    sql = "insert into recovery_code (person_id, code_hash) select %(id)s, unnest(%(hashes)s::bytea[])"
    await execute(tx, sql, {"id": person_id, "hashes": [hash_token(code) for code in codes]})
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def _place(person_id: int) -> str:
    return f"person.totp_secret.{person_id}"


def _qr_svg(text: str) -> str:
    drawn = io.BytesIO()
    qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, box_size=8, border=2).save(drawn)
    return drawn.getvalue().decode()
