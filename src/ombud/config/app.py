"""The web application: every room's endpoints, and the one process that serves them."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Collection
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar, Request, Response
from litestar.config.response_cache import ResponseCacheConfig
from litestar.datastructures import State

from ombud.accounts.authentication import Authenticator
from ombud.accounts.queries.actors import session_actors
from ombud.channels.chat.stream import Signals
from ombud.channels.email.connection_test import test_mailbox
from ombud.channels.system_mail import SystemMailer
from ombud.config import openapi, pages
from ombud.config.answers import Answer
from ombud.config.background import Background
from ombud.config.customer_timeline import SOURCES
from ombud.config.logs import begin_logging
from ombud.config.machine import MACHINE
from ombud.config.metrics import RequestCounts
from ombud.config.open_requests import OpenRequests
from ombud.config.parts import Parts
from ombud.config.reactions import READERS
from ombud.config.rooms import ROOMS
from ombud.config.settings import Settings
from ombud.config.streams import LOADERS, hear_jobs, hear_together, hear_typing
from ombud.config.waits import WAITS
from ombud.config.worker import Worker
from ombud.intelligence.personal_data.services import mask_tree
from ombud.portal.kept import Kept
from ombud.realtime.hub import Hub
from ombud.routing.floor.services.presence import note_heartbeat, pulse_seconds
from ombud.routing.supervision.board import Board
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.http import DEPENDENCIES, EMITS, EXCEPTION_HANDLERS
from ombud.shared.lending import give_back
from ombud.shared.migrations import check_schema
from ombud.shared.readers import register_reader
from ombud.views.queries import Counts

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_CONNECTIONS = 65_536
STOP_REQUESTS_SECONDS = 5.0
GIVE_WAY_SECONDS = 0.0005
# A third of what a process without it gets where cores are short.
BACKGROUND_NICENESS = 5
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def build_app(parts: Parts) -> Litestar:
    """Put the application together from the rooms."""
    counts, requests = RequestCounts(), OpenRequests()
    return Litestar(
        route_handlers=[*(router for room in ROOMS for router in room.routers), openapi.get_document],
        state=build_state(parts, counts=counts, requests=requests),
        dependencies=DEPENDENCIES,
        exception_handlers=EXCEPTION_HANDLERS,
        response_class=Answer,
        middleware=[requests.middleware, counts.middleware, give_back],
        lifespan=[_live],
        after_response=_wake_sequencer,
        after_request=_add_headers,
        request_max_body_size=MAX_BODY_BYTES,
        response_cache_config=ResponseCacheConfig(default_expiration=None),
        openapi_config=None,
        logging_config=None,
    )


def build_state(parts: Parts, *, counts: RequestCounts, requests: OpenRequests) -> State:
    """What the endpoints of an application work with."""
    state = State(
        {
            "parts": parts,
            "settings": parts.settings,
            "clock": parts.clock,
            "database": parts.database,
            "bus": parts.bus,
            "key_ring": parts.key_ring,
            "files": parts.files,
            "door": parts.door,
            "hub": build_hub(parts),
            "pages": pages.Pages(),
            "outbound": parts.outbound,
            "mask": mask_tree,
            "models": parts.models,
            "passages": parts.passages,
            "request_counts": counts,
            "view_counts": Counts(),
            "open_requests": requests,
            "system_mail": SystemMailer(parts.key_ring),
            "connection_tests": {"email": test_mailbox},
            "customer_sources": SOURCES,
            "waits": WAITS,
            "portal": Kept(parts.database, parts.bus, parts.settings.address),
            "machine": MACHINE,
            "knowing": parts.knowing,
        }
    )
    state.authenticate = Authenticator(
        parts.database, keys=parts.key_ring, clock=parts.clock, settings=parts.settings
    ).authenticate
    return state


def build_hub(parts: Parts) -> Hub:
    """The hub of this process."""

    async def load_actors(tx: Transaction, session_ids: Collection[int]) -> dict[int, Actor]:
        return await session_actors(tx, session_ids, now=parts.clock.now())

    async def beat(tx: Transaction, person_ids: Collection[int]) -> float:
        if person_ids:
            await note_heartbeat(tx, person_ids, now=parts.clock.now())
        return await pulse_seconds(tx)

    return Hub(parts.database, parts.bus, loaders=LOADERS, load_actors=load_actors, beat=beat, mask=mask_tree)


@contextlib.asynccontextmanager
async def _live(app: Litestar) -> AsyncIterator[None]:
    parts, hub = app.state.parts, app.state.hub
    async with parts.running():
        await hub.start()
        hear_typing(parts.bus, hub)
        hear_together(parts.bus, hub)
        hear_jobs(parts.bus, hub)
        Signals(parts.database, parts.bus, hub)
        board = Board(parts.database, parts.bus, parts.clock, hub.send)
        board.start()
        try:
            yield
        finally:
            await board.stop()
            await hub.stop()
            # The server does not wait for requests whose client has left, and they still need the database.
            await app.state.open_requests.end(within_seconds=STOP_REQUESTS_SECONDS)


async def _wake_sequencer(request: Request[Any, Any, Any]) -> None:
    # After the commit, never inside it. A wake-up for nothing costs a small query; 200 a second were a tenth of a core.
    if request.method not in SAFE_METHODS and request.route_handler.opt.get(EMITS, True):
        request.app.state.bus.wake("sequence")


async def _add_headers(response: Response[Any]) -> Response[Any]:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def serve(settings: Settings, *, web: bool, work: bool, background: bool) -> int:
    """Serve until told to stop; the background alone gives way to the processes that people wait for.

    Raises:
        InstallationError: the schema of the database is not this code's own.
    """
    check_schema(settings.database_url)
    begin_logging()
    if background and not (web or work):
        os.nice(BACKGROUND_NICENESS)
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        # What is loaded now stays for good: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        # A thread that computes gives way to the loop at once: by default it keeps it waiting 5 ms, at every step.
        sys.setswitchinterval(GIVE_WAY_SECONDS)
        runner.run(_serve(settings, web=web, work=work, background=background))
    return 0


async def _serve(settings: Settings, *, web: bool, work: bool, background: bool) -> None:
    # Each with parts of its own, as if they were processes.
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    running = []
    if web:
        running.append(asyncio.create_task(_serve_web(Parts.build(settings), stop)))
    if work:
        running.append(asyncio.create_task(_run(Worker, settings, stop)))
    if background:
        running.append(asyncio.create_task(_run(Background, settings, stop)))
    await asyncio.wait([*running, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.gather(*running)


async def _serve_web(parts: Parts, stop: asyncio.Event) -> None:
    app = build_app(parts)
    server = Server(
        app,
        address=parts.settings.host,
        port=parts.settings.port,
        interface=Interfaces.ASGI,
        backlog=4_096,
        # As many as the operating system lets us open: a stream is a connection that stays, not a request in work.
        backpressure=MAX_CONNECTIONS,
        log_access=False,
    )
    serving = asyncio.create_task(server.serve())
    await asyncio.wait([serving, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    # Before the server: it waits for open requests to end, and a stream does not end by itself.
    await app.state.hub.stop()
    server.stop()  # type: ignore[no-untyped-call]  # granian leaves it untyped
    # It waits for open connections without end: one client that never sends the rest of its body would hold it up.
    await app.state.open_requests.end(within_seconds=STOP_REQUESTS_SECONDS)
    await serving


async def _run(loops: type[Worker | Background], settings: Settings, stop: asyncio.Event) -> None:
    parts = Parts.build(settings)
    async with parts.running():
        # Before anything is numbered: a new reader begins at the head of the log, whichever process reads it.
        async with parts.database.transaction() as tx:
            for reader in READERS:
                await register_reader(tx, reader)
        await loops(parts).run_until(stop)
