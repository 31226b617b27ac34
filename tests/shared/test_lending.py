"""What a request borrows comes back, whoever fails meanwhile."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from litestar import Litestar, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from ombud.shared.clock import Clock
from ombud.shared.database import Database, execute, value
from ombud.shared.errors import NotFound
from ombud.shared.http import DEPENDENCIES, EXCEPTION_HANDLERS, Tx
from ombud.shared.lending import KEY, Lending, give_back

WRITE = "insert into reader (name, seq) values (%(name)s, 0)"


async def refuse(tx: Tx) -> str:
    await execute(tx, WRITE, {"name": "refused"})
    raise NotFound("It is not there.")


@post("/refused", dependencies={"place": Provide(refuse)})
async def post_refused(tx: Tx, place: NamedDependency[str]) -> None:
    await execute(tx, WRITE, {"name": place})


async def refuse_beside() -> str:
    # Long enough for the transaction to be open.
    await asyncio.sleep(0.05)
    raise NotFound("It is not there.")


@post("/refused-beside", dependencies={"place": Provide(refuse_beside)})
async def post_refused_beside(tx: Tx, place: NamedDependency[str]) -> None:
    await execute(tx, WRITE, {"name": place})


@post("/done")
async def post_done(tx: Tx) -> None:
    await execute(tx, WRITE, {"name": "done"})


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = Database(database_url, max_connections=1)
    await found.open()
    yield found
    await found.close()


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar(
        [post_refused, post_refused_beside, post_done],
        state=State({"database": database, "clock": Clock()}),
        dependencies=DEPENDENCIES,
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[give_back],
        openapi_config=None,
        logging_config=None,
    )
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # Litestar's own types of scope and messages
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.example") as found:
        yield found


async def names(database: Database) -> int:
    async with database.transaction() as tx:
        return await value(tx, int, "select count(*) from reader where name in ('refused', 'done')") or 0


@pytest.mark.parametrize("path", ["/refused", "/refused-beside"])
async def test_lend_request_refused_by_another_dependency_is_rolled_back_in_silence(
    path: str, client: httpx.AsyncClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        assert (await client.post(path)).status_code == 404
        gc.collect()
        await asyncio.sleep(0.01)
    assert await names(database) == 0
    assert [one.getMessage() for one in caplog.records if one.levelname in {"WARNING", "ERROR"}] == []


async def test_lend_request_that_works_is_committed(client: httpx.AsyncClient, database: Database) -> None:
    assert (await client.post("/done")).status_code == 201
    assert await names(database) == 1


async def test_lend_request_that_fails_is_rolled_back(client: httpx.AsyncClient, database: Database) -> None:
    assert [(await client.post("/done")).status_code for _ in range(2)] == [201, 409]
    assert await names(database) == 1


class Thing:
    """Something to lend that tells how it was closed, and may fail at that."""

    def __init__(self, *, fails: bool = False) -> None:
        self.ends: list[str] = []
        self._fails = fails

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        try:
            yield "thing"
        except BaseException as problem:
            self.ends.append(type(problem).__name__)
            if self._fails:
                raise OSError("gone") from None
            raise
        self.ends.append("well")


async def run(thing: Thing, *, closes: bool) -> None:
    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        lending = Lending(scope, thing.open())
        assert await lending.__aenter__() == "thing"
        if closes:
            await lending.__aexit__(None, None, None)

    scope: Any = {}
    await give_back(app)(scope, None, None)  # type: ignore[arg-type]  # nothing is received or sent
    assert KEY not in scope


async def test_give_back_closes_once() -> None:
    thing = Thing()
    await run(thing, closes=True)
    assert thing.ends == ["well"]


async def test_give_back_forgotten_is_undone() -> None:
    thing = Thing()
    await run(thing, closes=False)
    assert thing.ends == ["Abandoned"]


async def test_give_back_that_fails_says_so(caplog: pytest.LogCaptureFixture) -> None:
    await run(Thing(fails=True), closes=False)
    assert "gone" in caplog.text
