"""How often proofs may be tried.

Buckets of growing size stand behind each other: the first holds back a burst for seconds, the last for most of an
hour, so that the wait grows with the tries. An account is limited for each address more tightly than as a whole:
a stranger cannot easily lock a colleague out.
"""

from collections.abc import Sequence
from datetime import datetime

from ombud.shared.clients import limit_address
from ombud.shared.database import Database, Transaction
from ombud.shared.throttle import Limit, give_back, take

MINUTE, HOUR, DAY = 60, 3600, 86_400
# The longest first: the wait that is told is the one that counts.
PAIR = (
    Limit("sign_in.pair.day", 40, DAY),
    Limit("sign_in.pair.hour", 15, HOUR),
    Limit("sign_in.pair.minute", 5, MINUTE),
)
ACCOUNT = (Limit("sign_in.account.day", 200, DAY), Limit("sign_in.account.hour", 60, HOUR))
ADDRESS = (Limit("sign_in.address.hour", 500, HOUR), Limit("sign_in.address.minutes", 100, 5 * MINUTE))
CODES = (
    Limit("code.day", 60, DAY),
    Limit("code.hour", 20, HOUR),
    Limit("code.minute", 5, MINUTE),
)
PROOFS = (Limit("proof.hour", 20, HOUR), Limit("proof.minute", 5, MINUTE))
LINKS = (Limit("link.hour", 200, HOUR), Limit("link.minute", 20, MINUTE))
RESET_ADDRESS = (Limit("reset.address", 20, HOUR),)
RESET_ACCOUNT = (Limit("reset.account", 3, HOUR),)

Limits = Sequence[Limit]
Tries = Sequence[tuple[Limits, str]]


def sign_in_tries(email: str, ip: str) -> Tries:
    """What one attempt to sign in costs."""
    account, address = email.strip().lower(), limit_address(ip)
    return ((PAIR, f"{account}|{address}"), (ACCOUNT, account), (ADDRESS, address))


async def count_try(tx: Transaction, tries: Tries, *, now: datetime) -> None:
    """Count one attempt in all its buckets; a refused one costs nothing.

    Raises:
        LimitReached: one of them is empty.
    """
    for limits, key in tries:
        for limit in limits:
            await take(tx, limit, key, now=now)


async def count_try_for_good(database: Database, tries: Tries, *, now: datetime) -> None:
    """Count one attempt whatever becomes of it: in a transaction of its own, before the attempt."""
    async with database.transaction() as tx:
        await count_try(tx, tries, now=now)


async def forgive_try(tx: Transaction, tries: Tries) -> None:
    """Take back what an attempt cost: it was right."""
    for limits, key in tries:
        for limit in limits:
            await give_back(tx, limit, key)
