"""``GET /health`` for load balancers and ``GET /metrics`` for Prometheus.

Metrics need ``app.state.request_counts`` (RequestCounts, whose ``middleware`` counts) and ``app.state.hub``.
"""

import asyncio
from ipaddress import ip_address

from litestar import Response, Router, get
from litestar.datastructures import State
from litestar.handlers.base import BaseRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from msgspec import Struct
from psycopg import Error, InterfaceError
from psycopg_pool import PoolTimeout

from ombud.config.metrics import CONTENT_TYPE, Measure, desk_measures, gauge, render
from ombud.shared.database import value
from ombud.shared.http import Connection, Now, anybody, signed_in_actor

DATABASE_SECONDS = 2.0
SCOPE = "metrics.read"
# Whoever was let through by a proxy did not come from this machine.
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip", "via", "cf-connecting-ip")


class Health(Struct):
    """Whether this process can serve. ``program`` tells a knocker that it is us."""

    status: str
    database: str
    program: str = "ombud"


async def from_here_or_with_key(connection: Connection, _: BaseRouteHandler) -> None:
    """A guard: the machine itself without a proxy between, or an API key with the scope ``metrics.read``."""
    if not is_from_here(connection):
        (await signed_in_actor(connection)).require(SCOPE)


def is_from_here(connection: Connection) -> bool:
    """Whether the request was made on this machine, as far as a proxy does not hide it."""
    if connection.client is None or any(name in connection.headers for name in PROXY_HEADERS):
        return False
    try:
        return ip_address(connection.client.host).is_loopback
    except ValueError:
        return False


@get("/health", guards=[anybody], opt={"exclude_from_auth": True})
async def get_health(state: State) -> Response[Health]:
    """200 while this process and its database answer, else 503; tells nothing else."""
    is_up = await _database_answers(state)
    health = Health("ok", "ok") if is_up else Health("failing", "away")
    status = HTTP_200_OK if is_up else HTTP_503_SERVICE_UNAVAILABLE
    return Response(health, status_code=status, headers={"Cache-Control": "no-store"})


@get("/metrics", guards=[from_here_or_with_key])
async def get_metrics(state: State, now: Now) -> Response[str]:
    """Measures in the text format of Prometheus; without the database, those of this process."""
    measures: list[Measure] = [
        *state.request_counts.measures(),
        gauge("ombud_streams_open", "Live streams of this process.", float(state.hub.open_streams)),
    ]
    try:
        async with asyncio.timeout(DATABASE_SECONDS * 2), state.database.transaction() as tx:
            measures += await desk_measures(tx, now=now)
        is_up = True
    except (Error, PoolTimeout, TimeoutError):
        is_up = False
    measures.append(gauge("ombud_database_up", "Whether the database answered.", float(is_up)))
    return Response(render(measures), media_type=CONTENT_TYPE)


async def _database_answers(state: State) -> bool:
    try:
        async with asyncio.timeout(DATABASE_SECONDS), state.database.transaction() as tx:
            return await value(tx, int, "select 1") == 1
    except (Error, InterfaceError, PoolTimeout, TimeoutError):
        return False


routers = [Router("/", route_handlers=[get_health, get_metrics], tags=["operations"])]
