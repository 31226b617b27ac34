"""Identity checks: who made sure, how, and what that opens."""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from msgspec import Struct

from ombud.accounts.services.system_mail import SystemMail
from ombud.customers.events import CustomerChecked
from ombud.customers.queries.customers import lock_customer
from ombud.customers.queries.details import standing_of
from ombud.customers.queries.policy import customer_policy
from ombud.customers.rules import LEVELS, mask_email
from ombud.customers.schemas import CheckCodeIn, CodeSent, CustomerPolicy, IdentityCheckIn
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, execute, row, value
from ombud.shared.errors import NotAllowed, NotFound, Unprocessable
from ombud.shared.events import emit

Deed = Literal["change_address", "merge", "export"]
CODE_MINUTES = 15
MAX_ATTEMPTS = 5
SUBJECTS = {"en": "Your code: {code}", "zh-CN": "您的验证码：{code}"}
TEXTS = {
    "en": """\
Your code is {code}. Tell it to the agent you are talking to.

It is valid for {minutes} minutes. If you are not talking to us, ignore this mail.
""",
    "zh-CN": """\
您的验证码是 {code}，请告知正在为您服务的客服。

验证码 {minutes} 分钟内有效。如果您没有联系我们，请忽略本邮件。
""",
}


class CheckNeeded(NotAllowed):
    """Make sure of the customer's identity first: record a check of the level that this needs."""

    code = "identity_check_needed"

    def __init__(self, customer_id: int, deed: str, *, needed: int, level: int) -> None:
        super().__init__(f"This needs an identity check of level {needed}; the customer has level {level}.")
        self.customer_id, self.deed, self.needed, self.level = customer_id, deed, needed, level

    def extra(self) -> dict[str, object]:
        """What was to be done with whom, and which level it needs."""
        return {"customer_id": self.customer_id, "deed": self.deed, "needed": self.needed, "level": self.level}


class WrongCode(Unprocessable):
    """The code is wrong, too old, or was tried too often. Send a new one."""

    code = "wrong_code"


class NoVerifiedChannel(Unprocessable):
    """None of the customer's addresses is verified. Choose another way to make sure."""

    code = "no_verified_channel"


async def require_level(tx: Transaction, customer_id: int, deed: Deed, *, by: Actor, now: datetime) -> None:
    """Refuse what needs more certainty than there is. Programs and the system answer for themselves.

    Raises:
        CheckNeeded: the customer's standing is below the level in the settings.
    """
    if by.kind != "person":
        return
    needed = getattr(await customer_policy(tx), deed)
    standing = await standing_of(tx, customer_id, now=now)
    if standing.level < needed:
        raise CheckNeeded(customer_id, deed, needed=needed, level=standing.level)


async def record_check(tx: Transaction, customer_id: int, data: IdentityCheckIn, *, by: Actor, now: datetime) -> int:
    """Record that somebody made sure of a customer; the method decides the level. Gives the live customer's id.

    Raises:
        NotFound: no such customer, or a ticket that is not theirs or not seen by ``by``.
        WrongCode: the mailed code is another one, or has expired.
        NoVerifiedChannel: the channel was to prove it, and none is verified.

    Emits: CustomerChecked
    """
    live = await lock_customer(tx, customer_id, by=by)
    if data.ticket_id is not None:
        await _require_own_ticket(tx, live, data.ticket_id, by=by)
    if data.method == "mail_code":
        await _use_code(tx, live, data.code, now=now)
    if data.method == "verified_channel" and not await _has_verified(tx, live):
        raise NoVerifiedChannel
    level = LEVELS[data.method]
    sql = """
        insert into identity_check (customer_id, ticket_id, level, method, note, by_kind, by_id, at, valid_until)
        values (%(customer)s, %(ticket)s, %(level)s, %(method)s, %(note)s, %(by_kind)s, %(by)s, %(now)s, %(until)s)
        returning id"""
    params = {
        "customer": live,
        "ticket": data.ticket_id,
        "level": level,
        "method": data.method,
        "note": data.note.strip(),
        "by_kind": by.kind,
        "by": by.id,
        "now": now,
        "until": now + validity(await customer_policy(tx), level),
    }
    check_id = await value(tx, int, sql, params) or 0
    fact = CustomerChecked(customer_id=live, check_id=check_id, level=level, method=data.method, change="made")
    await emit(tx, fact, by=by, at=now)
    return live


def validity(policy: CustomerPolicy, level: int) -> timedelta:
    """How long a check of a level holds."""
    return timedelta(minutes=getattr(policy, f"valid_minutes_{level}"))


async def revoke_check(tx: Transaction, customer_id: int, check_id: int, *, by: Actor, now: datetime) -> int:
    """Take a check back: it was a mistake. Revoking twice is harmless. Gives the live customer's id.

    Raises:
        NotFound: no such check of a customer whom ``by`` may see.

    Emits: CustomerChecked
    """
    live = await lock_customer(tx, customer_id, by=by)
    sql = "select level, method, revoked_at from identity_check where id = %(id)s and customer_id = %(customer)s"
    found = await row(tx, _Made, sql, {"id": check_id, "customer": live})
    if found is None:
        raise NotFound
    if found.revoked_at is None:
        sql = "update identity_check set revoked_at = %(now)s where id = %(id)s"
        await tx.execute(sql, {"now": now, "id": check_id})
        fact = CustomerChecked(
            customer_id=live, check_id=check_id, level=found.level, method=found.method, change="revoked"
        )
        await emit(tx, fact, by=by, at=now)
    return live


class _Made(Struct):
    level: int
    method: str
    revoked_at: datetime | None


async def _require_own_ticket(tx: Transaction, customer_id: int, ticket_id: int, *, by: Actor) -> None:
    sql = f"""
        select exists (select from ticket t where t.id = %(ticket)s and t.customer_id = %(customer)s and {seen()})"""
    params = {"ticket": ticket_id, "customer": customer_id, **by.sight()}
    if not await value(tx, bool, sql, params):
        raise NotFound("There is no such ticket of this customer.")


async def _has_verified(tx: Transaction, customer_id: int) -> bool:
    sql = "select exists (select from identity where customer_id = %(id)s and verified_at is not null)"
    return bool(await value(tx, bool, sql, {"id": customer_id}))


async def send_code(
    tx: Transaction, customer_id: int, data: CheckCodeIn, *, mail: SystemMail, by: Actor, now: datetime
) -> CodeSent:
    """Mail a code of six digits to one of the customer's addresses; it replaces an earlier one.

    Raises:
        NotFound: no such mail identity of a customer whom ``by`` may see.
    """
    live = await lock_customer(tx, customer_id, by=by)
    sql = """
        select i.value as address, c.locale from identity i join customer c on c.id = i.customer_id
        where i.id = %(id)s and i.customer_id = %(customer)s and i.kind = 'email'"""
    found = await row(tx, _Recipient, sql, {"id": data.identity_id, "customer": live})
    if found is None:
        raise NotFound("There is no such address of this customer.")
    code = f"{secrets.randbelow(10**6):06d}"
    expires_at = now + timedelta(minutes=CODE_MINUTES)
    sql = """
        insert into check_code (customer_id, address, code_hash, expires_at)
        values (%(customer)s, %(address)s, %(hash)s, %(expires)s)
        on conflict (customer_id) do update set address = excluded.address, code_hash = excluded.code_hash,
            attempts = 0, expires_at = excluded.expires_at"""
    params = {"customer": live, "address": found.address, "hash": _hash(live, code), "expires": expires_at}
    await tx.execute(sql, params)
    locale = found.locale or by.locale
    subject, text = SUBJECTS[locale].format(code=code), TEXTS[locale].format(code=code, minutes=CODE_MINUTES)
    is_sending = await mail(tx, to=found.address, subject=subject, text=text, now=now)
    return CodeSent(mask_email(found.address), expires_at, is_sending)


class _Recipient(Struct):
    address: str
    locale: Literal["", "en", "zh-CN"]


class _Code(Struct):
    code_hash: bytes


def _hash(customer_id: int, code: str) -> bytes:
    return sha256(f"{customer_id}:{code}".encode()).digest()


async def _use_code(tx: Transaction, customer_id: int, code: str, *, now: datetime) -> None:
    sql = """
        select code_hash from check_code
        where customer_id = %(id)s and expires_at > %(now)s and attempts <= %(most)s for update"""
    kept = await row(tx, _Code, sql, {"id": customer_id, "now": now, "most": MAX_ATTEMPTS})
    if kept is None or not hmac.compare_digest(kept.code_hash, _hash(customer_id, code.strip())):
        raise WrongCode
    await execute(tx, "delete from check_code where customer_id = %(id)s", {"id": customer_id})


async def count_attempt(tx: Transaction, customer_id: int) -> None:
    """Count that a code is tried; in a transaction of its own, because a refusal is rolled back."""
    await execute(tx, "update check_code set attempts = attempts + 1 where customer_id = %(id)s", {"id": customer_id})
