"""The real server: clients that dawdle, leave or flood."""

import asyncio
import contextlib
import signal
import time

import httpx
import pytest

from tests.edge.conftest import Served
from tests.site import Site

NO_HTTP = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    b"GET /api/v1/tickets HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
]

HALF_A_REQUEST = (
    b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
)


async def _head(site: Site) -> dict[str, str]:
    """Headers of an administrator's browser who sees every team."""
    site.desk.parts.clock.set(None)
    site.desk.now = site.desk.parts.clock.now()
    ada = await site.desk.person("Ada", role="administrator", everywhere=True)
    browser = await site.browser(ada)
    return {"Cookie": f"ombud_session={browser.token}", "X-CSRF-Token": browser.client.headers["X-CSRF-Token"]}


async def _open_streams(served: Served, headers: dict[str, str], count: int) -> list[asyncio.StreamWriter]:
    writers = []
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        assert b"200 OK" in await asyncio.wait_for(reader.readuntil(b"hello"), 10)
        writers.append(writer)
    return writers


async def _count(served: Served) -> int:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{served.address}/metrics")).text
    return sum(int(float(line.split()[-1])) for line in text.splitlines() if line.startswith("ombud_streams_open"))


async def test_stream_of_a_client_that_vanished_is_closed(site: Site, served: Served) -> None:
    writers = await _open_streams(served, await _head(site), 5)
    assert await _count(served) == 5
    for writer in writers[:3]:
        writer.transport.abort()
    for writer in writers[3:]:
        writer.close()
    for _ in range(100):
        if not await _count(served):
            return
        await asyncio.sleep(0.1)
    pytest.fail("streams of clients that left stay open")


async def test_stop_with_open_streams_says_good_bye_and_ends_soon(site: Site, served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    lines = "".join(f"{name}: {value}\r\n" for name, value in (await _head(site)).items())
    writer.write(f"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
    await asyncio.wait_for(reader.readuntil(b"hello"), 10)
    started = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    rest = await asyncio.wait_for(reader.read(), 10)
    assert b'event: bye\ndata: {"reason":"restart"}' in rest
    await asyncio.to_thread(served.process.wait, 10)
    assert time.monotonic() - started < 10
    assert served.process.returncode == 0
    writer.close()


async def test_stop_with_a_request_whose_body_never_comes_ends_in_peace(served: Served) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(HALF_A_REQUEST)
    await writer.drain()
    await asyncio.sleep(0.2)
    served.process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(served.process.wait, 15)
    assert served.process.returncode == 0
    writer.close()


async def test_slow_clients_hold_up_nobody(site: Site, served: Served) -> None:
    headers = await _head(site)
    writers = []
    for _ in range(100):
        _, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(HALF_A_REQUEST)
        writers.append(writer)
    async with httpx.AsyncClient(base_url=served.address, headers=headers, timeout=5) as client:
        answers = await asyncio.gather(*(client.get("/api/v1/tickets") for _ in range(20)))
    assert {one.status_code for one in answers} == {200}
    for writer in writers:
        writer.close()


async def test_no_http_at_all_is_closed_and_disturbs_nobody(served: Served) -> None:
    for request in NO_HTTP:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        with contextlib.suppress(ConnectionError, TimeoutError):
            writer.write(request)
            await writer.drain()
            answer = await asyncio.wait_for(reader.read(200), 2)
            assert not answer.startswith(b"HTTP/1.1 5"), (request[:90], answer)
        writer.close()
    async with httpx.AsyncClient(base_url=served.address) as client:
        assert (await client.get("/health")).status_code == 200
