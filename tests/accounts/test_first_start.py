"""The first person of an installation."""

import asyncio

from ombud.accounts.schemas import Origin, RedemptionInput
from ombud.accounts.services.first_start import FIRST_ADDRESS, ensure_first_administrator, first_link
from ombud.accounts.services.links import redeem_link
from ombud.shared.database import Database, Transaction, row, rows, value
from tests.accounts.conftest import People
from tests.accounts.desk import ADDRESS, NEW_PASSWORD, START, Desk, token_in

ORIGIN = Origin("192.0.2.7", "")


async def test_ensure_makes_an_administrator_who_sees_everything(tx: Transaction) -> None:
    assert await ensure_first_administrator(tx, now=START) == FIRST_ADDRESS
    person = await row(tx, dict[str, object], "select role, sees_all_teams from person")
    assert person == {"role": "administrator", "sees_all_teams": True}
    assert await value(tx, int, "select team_id from membership") == 1


async def test_ensure_takes_another_address(tx: Transaction) -> None:
    assert await ensure_first_administrator(tx, now=START, email="ada@example.com", name="Ada") == "ada@example.com"


async def test_ensure_twice_makes_one(tx: Transaction) -> None:
    await ensure_first_administrator(tx, now=START)
    assert await ensure_first_administrator(tx, now=START) == FIRST_ADDRESS
    assert await value(tx, int, "select count(*) from person") == 1


async def test_ensure_at_once_makes_one(database: Database) -> None:
    async def start() -> str | None:
        async with database.transaction() as tx:
            return await first_link(tx, address=ADDRESS, now=START)

    links = await asyncio.gather(*(start() for _ in range(4)))
    assert all(links)
    async with database.transaction() as tx:
        assert len(await rows(tx, dict[str, int], "select id from person")) == 1


async def test_ensure_leaves_a_desk_with_people_alone(desk: Desk, people: People) -> None:
    assert people.admin
    async with desk.database.transaction() as tx:
        assert await ensure_first_administrator(tx, now=START) is None
        assert await value(tx, int, "select count(*) from person") == 4


async def test_first_link_signs_in_once(database: Database) -> None:
    async with database.transaction() as tx:
        link = await first_link(tx, address=ADDRESS, now=START)
    assert link
    assert link.startswith(f"{ADDRESS}/#/link/")
    started = await redeem_link(database, wanted=RedemptionInput(token_in(link)), origin=ORIGIN, now=START)
    assert started.is_complete


async def test_first_link_comes_until_there_is_a_password(database: Database) -> None:
    for password in (None, NEW_PASSWORD):
        async with database.transaction() as tx:
            link = await first_link(tx, address=ADDRESS, now=START)
        assert link
        wanted = RedemptionInput(token_in(link), password=password)
        await redeem_link(database, wanted=wanted, origin=ORIGIN, now=START)
    async with database.transaction() as tx:
        assert await first_link(tx, address=ADDRESS, now=START) is None
