"""Wake-ups from process to process, carried by the database and by a real NATS server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from ombud.shared.bus import Bus, Signal
from ombud.shared.carriers import NatsCarrier, NotifyCarrier
from ombud.shared.database import Database
from tests.natsserver import NatsServer

CARRIERS = ["notify", pytest.param("nats", marks=pytest.mark.needs_nats)]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = Database(database_url)
    await found.open()
    yield found
    await found.close()


@pytest.fixture
async def make_bus(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Callable[[], Bus]]:
    made: list[Bus] = []

    def make() -> Bus:
        if request.param == "nats":
            made.append(Bus(NatsCarrier(request.getfixturevalue("nats_server").address, database)))
        else:
            made.append(Bus(NotifyCarrier(database)))
        return made[-1]

    yield make
    for bus in made:
        await bus.stop()


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 – a log has no event to wait for
        await asyncio.sleep(0.02)


async def two(make_bus: Callable[[], Bus], topic: str) -> tuple[Bus, asyncio.Queue[Signal]]:
    """One that sends, and what another hears, once one hears the other (what is sent sooner may be lost)."""
    sender, listener, heard = make_bus(), make_bus(), asyncio.Queue[Signal]()
    met = asyncio.Event()
    listener.listen("greeting", lambda signal: met.set() if signal.payload else None)
    await sender.start()
    await listener.start()
    while not met.is_set():
        sender.publish("greeting", {"hello": True})
        await asyncio.sleep(0.02)
    listener.listen(topic, heard.put_nowait)
    return sender, heard


@pytest.mark.parametrize("make_bus", CARRIERS, indirect=True)
async def test_wake_reaches_another_process(make_bus: Callable[[], Bus]) -> None:
    sender, heard = await two(make_bus, "outbox")
    sender.wake("intake", "outbox")
    assert await heard.get() == Signal("outbox")


@pytest.mark.parametrize("make_bus", CARRIERS, indirect=True)
async def test_publish_carries_its_payload_in_order(make_bus: Callable[[], Bus]) -> None:
    sender, heard = await two(make_bus, "typing")
    for number in range(20):
        sender.publish("typing", {"ticket": number, "who": "周敏"})
    assert [(await heard.get()).payload["ticket"] for _ in range(20)] == list(range(20))


@pytest.mark.parametrize("make_bus", CARRIERS, indirect=True)
async def test_wake_is_heard_once_by_whoever_sends_it(make_bus: Callable[[], Bus]) -> None:
    sender, echo = await two(make_bus, "outbox")
    own: list[Signal] = []
    sender.listen("outbox", own.append)
    sender.wake("outbox")
    await echo.get()
    sender.wake("outbox")
    await echo.get()
    assert own == [Signal("outbox"), Signal("outbox")]


@pytest.mark.needs_nats
@pytest.mark.parametrize("make_bus", ["nats"], indirect=True)
async def test_wake_after_the_server_died_and_came_back_arrives(
    make_bus: Callable[[], Bus], nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sender, heard = await two(make_bus, "outbox")
    nats_server.kill()
    sender.wake("outbox")
    nats_server.start()
    # Whoever was cut off looks once by itself; from then on wake-ups arrive again.
    await until(lambda: caplog.text.count("is back") == 2)
    assert await heard.get() == Signal("outbox")
    while heard.empty():
        sender.publish("outbox", {"again": True})
        await asyncio.sleep(0.02)
    assert "secret" not in caplog.text


@pytest.mark.needs_nats
async def test_start_without_a_server_says_so_and_connects_when_it_comes(
    database: Database, nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    nats_server.kill()
    bus, looked = Bus(NatsCarrier(nats_server.address, database)), asyncio.Event()
    bus.listen("outbox", lambda _: looked.set())
    await bus.start()
    await until(lambda: "does not answer" in caplog.text)
    assert not looked.is_set()
    nats_server.start()
    await looked.wait()
    await bus.stop()
