"""People to sign in with, and the small application."""

import asyncio
from typing import Any

import pytest
from msgspec import Struct
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ombud.accounts.passwords import hash_password
from ombud.accounts.schemas import NewPerson
from ombud.accounts.services.people import add_person
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Database, Transaction, execute
from tests.accounts.desk import ADMIN, AGENT, OTHER, PASSWORD, READER, START, Browser, Desk


class People(Struct):
    """Ids: an administrator, an agent of the first team, an agent of no team, and somebody who only reads."""

    admin: int
    agent: int
    other: int
    reader: int


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hashed once: it is slow by design, and the same for everybody here."""
    return asyncio.run(hash_password(PASSWORD))


@pytest.fixture(scope="session")
def quick_hash() -> str:
    """The same password's, in which a try costs less: how much stands in the hash itself, and the code is the same."""
    return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)).hash(PASSWORD)


async def _add(tx: Transaction, email: str, role: Any, password_hash: str, **more: Any) -> int:
    wanted = NewPerson(email, email.partition("@")[0].title(), role, **more)
    person_id = await add_person(tx, wanted=wanted, by=SYSTEM, now=START)
    sql = "update person set password_hash = %(hash)s where id = %(id)s"
    await execute(tx, sql, {"hash": password_hash, "id": person_id})
    return person_id


@pytest.fixture
async def people(database: Database, quick_hash: str) -> People:
    async with database.transaction() as tx:
        found = People(
            admin=await _add(tx, ADMIN, "administrator", quick_hash),
            agent=await _add(tx, AGENT, "agent", quick_hash, team_ids=[1]),
            other=await _add(tx, OTHER, "agent", quick_hash, locale="zh-CN"),
            reader=await _add(tx, READER, "read_only", quick_hash),
        )
        await execute(tx, "delete from event_new")
    return found


@pytest.fixture
def desk(database: Database, people: People) -> Desk:
    assert people.admin
    return Desk(database)


@pytest.fixture
async def admin(desk: Desk) -> Browser:
    return await desk.signed_in(ADMIN)


@pytest.fixture
async def agent(desk: Desk) -> Browser:
    return await desk.signed_in(AGENT)


@pytest.fixture
async def reader(desk: Desk) -> Browser:
    return await desk.signed_in(READER)


@pytest.fixture
def stranger(desk: Desk) -> Browser:
    return desk.browser()
