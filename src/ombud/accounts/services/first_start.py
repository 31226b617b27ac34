"""The first person of an installation."""

from datetime import datetime

from ombud.accounts.schemas import NewPerson
from ombud.accounts.services.links import make_sign_in_link
from ombud.accounts.services.people import add_person
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, value, values

FIRST_ADDRESS = "admin@localhost"
FIRST_NAME = "Administrator"


async def ensure_first_administrator(
    tx: Transaction, *, now: datetime, email: str = FIRST_ADDRESS, name: str = FIRST_NAME
) -> str | None:
    """Make the administrator of a new installation; gives an address while nobody there can sign in by themselves.

    The first administrator sees everything and is a member of every team: a desk of one person works at once.

    Emits: PersonInvited, OneTimeLinkMade
    """
    # Two processes that start at once: the second waits here and finds the first one's person.
    await tx.execute("lock table person in share row exclusive mode")
    if not await value(tx, bool, "select exists (select from person)"):
        team_ids = await values(tx, int, "select id from team where archived_at is null order by id")
        first = NewPerson(email, name, "administrator", team_ids, sees_all_teams=True)
        await add_person(tx, wanted=first, by=SYSTEM, now=now)
    sql = """
        select email from person where role = 'administrator' and deactivated_at is null
            and not exists (select from person where role = 'administrator' and deactivated_at is null
                and password_hash is not null)
        order by id limit 1"""
    return await value(tx, str, sql)


async def first_link(tx: Transaction, *, address: str, now: datetime) -> str | None:
    """The link to print when a desk starts: until an administrator has a password, there is no other way in.

    Emits: PersonInvited, OneTimeLinkMade
    """
    email = await ensure_first_administrator(tx, now=now)
    return None if email is None else await make_sign_in_link(tx, email=email, address=address, now=now)
