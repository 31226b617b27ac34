"""A desk to measure: its database, its processes, its people and channels."""

import asyncio
import contextlib
import gc
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks._http import Client, Gone
from ombud.accounts.authentication import COOKIE, csrf_of
from ombud.accounts.queries.actors import person_behind
from ombud.accounts.schemas import NewApiKeyInput
from ombud.accounts.services.api_keys import create_api_key
from ombud.channels.schemas import Channel, ChannelIn
from ombud.channels.services import add_channel
from ombud.cli.up import PARTS
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.clock import utc_now
from ombud.shared.crypto import hash_token, new_token
from ombud.shared.database import Transaction, value, values
from ombud.shared.leash import leashed
from ombud.shared.migrations import apply_migrations
from ombud.shared.postgres import start_server

HOST = "127.0.0.1"
READY_WITHIN_SECONDS = 60.0


@dataclass(frozen=True)
class Agent:
    """Somebody signed in."""

    id: int
    token: str
    csrf: str
    actor: Actor

    @property
    def headers(self) -> dict[str, str]:
        """What each request of theirs carries."""
        return {"Cookie": f"{COOKIE}={self.token}", "X-CSRF-Token": self.csrf}


def bench_folder(name: str) -> Path:
    """The folder of one bench, beside what the installation itself keeps."""
    folder = Settings.from_env().data / "bench" / name
    folder.mkdir(parents=True, exist_ok=True)
    for parent in (folder, folder.parent):
        # PostgreSQL runs as another user when we are root, and has to pass.
        parent.chmod(parent.stat().st_mode | 0o011)
    return folder


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def bench_settings(folder: Path, url: str = "", **more: object) -> Settings:
    """The settings of a desk in a folder, on a free port."""
    return Settings(data=folder, host=HOST, port=free_port(), database_url=url, **more)  # type: ignore[arg-type]


@contextlib.contextmanager
def database(folder: Path) -> Iterator[str]:
    """A private PostgreSQL with the product's own settings, migrated, until the end of the block; gives its address."""
    server = start_server(folder / "postgres")
    try:
        apply_migrations(server.url)
        yield server.url
    finally:
        server.stop()


@contextlib.asynccontextmanager
async def connected(settings: Settings, *, max_connections: int = 20) -> AsyncIterator[Parts]:
    """The parts of a desk in this process, its database open; the bus is not started."""
    parts = Parts.build(settings, max_connections=max_connections)
    await parts.database.open()
    # As the served process does: what is loaded stays, and the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    try:
        yield parts
    finally:
        gc.unfreeze()
        await parts.database.close()


@contextlib.contextmanager
def processes(settings: Settings, *options: str) -> Iterator[list[int]]:
    """The real processes of a desk as ``ombud up`` starts them, without ``options`` all; gives their ids."""
    environment = {**os.environ, **settings.environment()}
    command = [sys.executable, "-P", "-m", "ombud", "serve"]
    log = (settings.data / "serve.log").open("wb")
    started = [
        subprocess.Popen(leashed([*command, option]), env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for option in options or (option for _, option in PARTS)
    ]
    try:
        yield [one.pid for one in started]
    finally:
        for one in started:
            one.terminate()
        for one in started:
            end(one)
        log.close()


def end(process: subprocess.Popen[bytes]) -> None:
    """Wait for an end that was asked for, and make it come."""
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def until_ready(settings: Settings) -> float:
    """Wait until the web answers; how many seconds it took."""
    started = time.monotonic()
    while time.monotonic() - started < READY_WITHIN_SECONDS:
        client = Client(settings.host, settings.port)
        with contextlib.suppress(*Gone):
            # Any answer at all: a stranger's 401 comes after a look at the database.
            await client.request("GET", "/api/v1/session")
            client.close()
            return time.monotonic() - started
        client.close()
        await asyncio.sleep(0.02)
    raise TimeoutError("the web process did not answer")


async def add_teams(tx: Transaction, count: int, routing: str = "push") -> list[int]:
    """More teams until there are so many; the ids of all."""
    sql = """
        insert into team (name, routing, created_at)
        select 'Team ' || n, %(routing)s, now() from generate_series(2, %(count)s) n on conflict do nothing"""
    await tx.execute(sql, {"count": count, "routing": routing})
    return await values(tx, int, "select id from team order by id limit %(count)s", {"count": count})


async def add_agents(
    parts: Parts, teams: Sequence[Sequence[int]], *, role: str = "agent", capacity: int = 1_000
) -> list[Agent]:
    """People who are signed in and online: one for each list of teams."""
    agents = []
    now = utc_now()
    async with parts.database.transaction() as tx:
        for number, own in enumerate(teams):
            sql = """
                insert into person (email, name, role, capacity_points, created_at)
                values (%(email)s, %(name)s, %(role)s, %(capacity)s, %(now)s) returning id"""
            name = f"Agent {number} {secrets.token_hex(4)}"
            email = f"{name.replace(' ', '.').lower()}@desk.example"
            params = {"email": email, "name": name, "role": role, "capacity": capacity, "now": now}
            person = await value(tx, int, sql, params) or 0
            sql = "insert into membership select t, %(person)s from unnest(%(teams)s::bigint[]) t"
            await tx.execute(sql, {"person": person, "teams": list(own)})
            agents.append(await sign_in(tx, parts, person))
    return agents


async def sign_in(tx: Transaction, parts: Parts, person_id: int) -> Agent:
    """A session of a person, who is online from now on."""
    token, now = new_token(), utc_now()
    sql = """
        insert into session (token_hash, person_id, is_complete, ip, user_agent, created_at, seen_at, expires_at)
        values (%(hash)s, %(person)s, true, '127.0.0.1', 'bench', %(now)s, %(now)s, %(expires)s)"""
    params = {"hash": hash_token(token), "person": person_id, "now": now, "expires": now + timedelta(hours=12)}
    await tx.execute(sql, params)
    sql = """
        insert into presence (person_id, state, since, seen_at) values (%(person)s, 'online', %(now)s, %(now)s)
        on conflict (person_id) do update set state = 'online', seen_at = excluded.seen_at"""
    await tx.execute(sql, params)
    behind = await person_behind(tx, hash_token(token), now=now)
    assert behind is not None
    csrf = csrf_of(token, parts.key_ring)
    return Agent(person_id, token, csrf, behind.actor(csrf))


async def make_channel(
    parts: Parts, kind: str, team_id: int = 1, secrets: dict[str, str] | None = None, **settings: object
) -> Channel:
    """A channel of a kind."""
    wanted = ChannelIn(kind, f"bench {kind}", 1, team_id, settings, secrets or {})  # type: ignore[arg-type]
    async with parts.database.transaction() as tx:
        return await add_channel(tx, wanted, keys=parts.key_ring, by=SYSTEM, now=utc_now())


async def make_key(parts: Parts, by: Actor) -> str:
    """An API key that may hand in messages."""
    wanted = NewApiKeyInput(name="bench", scopes=["messages.write", "outgoing.read"], team_ids=None)
    async with parts.database.transaction() as tx:
        return (await create_api_key(tx, wanted=wanted, by=by, now=utc_now())).key
