"""Health for load balancers, measures for Prometheus, and who may read them."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar, get
from litestar.datastructures import State
from litestar.params import FromPath

from ombud.config.health import routers
from ombud.config.metrics import BUCKETS_SECONDS, Measure, RequestCounts, render
from ombud.shared.actor import Actor
from ombud.shared.clock import Clock
from ombud.shared.database import Database
from ombud.shared.http import DEPENDENCIES, EXCEPTION_HANDLERS, Connection, anybody

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
LINE = re.compile(r'[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)*\})? [-+.e0-9]+|# (HELP|TYPE) [a-z_]+ .+')


class Streams:
    """As much of the hub as measures ask for."""

    open_streams = 3


@get("/things/{thing_id:int}", guards=[anybody])
async def get_thing(thing_id: FromPath[int]) -> int:
    return thing_id


def build(database: Database, actor: Actor | None = None) -> Litestar:
    async def authenticate(_connection: Connection) -> Actor | None:
        return actor

    clock, counts = Clock(), RequestCounts()
    clock.set(NOW)
    state = {
        "database": database,
        "clock": clock,
        "authenticate": authenticate,
        "request_counts": counts,
        "hub": Streams(),
    }
    return Litestar(
        [*routers, get_thing],
        state=State(state),
        dependencies=DEPENDENCIES,
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[counts.middleware],
    )


def client_from(app: Litestar, host: str = "127.0.0.1") -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(cast("Any", app), client=(host, 5000)), base_url="http://desk"
    )


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_from(build(database)) as one:
        yield one


@pytest.fixture
async def broken() -> AsyncIterator[httpx.AsyncClient]:
    pool = Database("postgresql://nobody@127.0.0.1:1/none", max_connections=1)
    await pool._pool.open(wait=False)
    async with client_from(build(pool)) as one:
        yield one
    await pool.close()


def samples(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_get_health_well_is_200_and_tells_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "program": "ombud"}
    assert answer.headers["cache-control"] == "no-store"


async def test_get_health_without_the_database_is_503_soon(broken: httpx.AsyncClient) -> None:
    answer = await broken.get("/health", timeout=5)
    assert answer.status_code == 503
    assert answer.json()["database"] == "away"
    assert "127.0.0.1" not in answer.text


async def test_get_metrics_without_the_database_tells_of_the_process(broken: httpx.AsyncClient) -> None:
    answer = await broken.get("/metrics", timeout=10)
    found = samples(answer.text)
    assert answer.status_code == 200
    assert found["ombud_database_up"] == 0
    assert found["ombud_streams_open"] == 3


async def test_get_metrics_tells_what_waits(client: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            "insert into channel (kind, name, brand_id, team_id, created_at) values ('api', 'A', 1, 1, now());"
            "insert into inbox (channel_id, key, received_at, state)"
            " select 1, s, now(), s from unnest(array['waiting', 'set_aside', 'done']) s;"
            "insert into outbox (state, not_before, envelope, created_at)"
            " select s, now(), '{}', now() from unnest(array['queued', 'queued', 'sent', 'unconfirmed']) s;"
            "insert into event_new (kind, actor_kind, at, data)"
            " values ('x', 'system', '2026-05-04T09:29:00Z', '{}');"
            "insert into event (seq, kind, actor_kind, at, data, logged_at)"
            " select n, 'x', 'system', now(), '{}', '2026-05-04T09:29:30Z' from generate_series(1, 5) n;"
            "update event_head set seq = 5; insert into reader values ('webhooks', 3);"
            "insert into reader_problem values ('webhooks', 1, 5, 'x', now())"
        )
    found = samples((await client.get("/metrics")).text)
    wanted = {
        'ombud_inbox{state="waiting"}': 1,
        'ombud_inbox{state="set_aside"}': 1,
        'ombud_outbox{state="queued"}': 2,
        'ombud_outbox{state="unconfirmed"}': 1,
        'ombud_outbox{state="failed"}': 0,
        "ombud_event_head": 5,
        "ombud_events_unnumbered": 1,
        "ombud_sequencer_lag_seconds": 60,
        'ombud_reader_behind_events{reader="webhooks"}': 2,
        'ombud_reader_lag_seconds{reader="webhooks"}': 30,
        'ombud_reader_set_aside{reader="webhooks"}': 1,
        "ombud_database_up": 1,
    }
    assert {name: found.get(name) for name in wanted} == wanted


async def test_get_metrics_is_text_that_prometheus_reads(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert all(LINE.fullmatch(line) for line in answer.text.splitlines())


async def test_get_metrics_counts_by_route_not_by_path(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await client.get(f"/things/{number}")
    text = (await client.get("/metrics")).text
    assert samples(text)['ombud_requests_total{method="GET",route="/things/{thing_id}",status="200"}'] == 3
    assert "/things/2" not in text
    assert samples(text)["ombud_request_seconds_count"] == 3


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_get_metrics_through_a_proxy_needs_a_key(client: httpx.AsyncClient, header: str) -> None:
    assert (await client.get("/metrics", headers={header: "127.0.0.1"})).status_code == 401


@pytest.mark.parametrize(("permissions", "status"), [(None, 401), ({"tickets.read"}, 403), ({"metrics.read"}, 200)])
async def test_get_metrics_from_outside_needs_the_scope(
    database: Database, permissions: set[str] | None, status: int
) -> None:
    actor = None if permissions is None else Actor(kind="api_key", id=1, permissions=frozenset(permissions))
    async with client_from(build(database, actor), host="203.0.113.9") as outside:
        assert (await outside.get("/metrics")).status_code == status
        assert (await outside.get("/health")).status_code == 200


@pytest.mark.parametrize(("host", "status"), [("::1", 200), ("127.9.9.9", 200), ("testclient", 401), ("10.0.0.1", 401)])
async def test_get_metrics_from_this_machine_is_open(database: Database, host: str, status: int) -> None:
    async with client_from(build(database), host=host) as one:
        assert (await one.get("/metrics")).status_code == status


def test_render_escapes_labels() -> None:
    text = render([Measure("m", "gauge", "Help.", [("", {"a": 'x"\\\n'}, 1.5)])])
    assert text == '# HELP m Help.\n# TYPE m gauge\nm{a="x\\"\\\\\\n"} 1.5\n'


def test_note_request_fills_the_buckets_up() -> None:
    counts = RequestCounts()
    for seconds in (0.001, 0.005, 0.3, 60.0):
        counts.note("GET", "/", 200, seconds)
    found = samples(render(counts.measures()))
    assert found['ombud_request_seconds_bucket{le="0.005"}'] == 2
    assert found['ombud_request_seconds_bucket{le="0.5"}'] == 3
    assert found['ombud_request_seconds_bucket{le="10.0"}'] == 3
    assert found['ombud_request_seconds_bucket{le="+Inf"}'] == 4
    assert found["ombud_request_seconds_sum"] == pytest.approx(60.306)
    assert len(BUCKETS_SECONDS) == 11
