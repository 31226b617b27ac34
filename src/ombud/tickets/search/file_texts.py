"""Reads the text of attached files, in the worker and in a process of their own: never in intake.

A file is somebody else's: it is read by a child with little memory and little time, whose death harms nobody.
"""

import asyncio
import logging
import sys
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.shared.database import Database, Transaction, execute, row, values
from ombud.shared.errors import OmbudError
from ombud.shared.files import FileStore
from ombud.shared.leash import leashed
from ombud.tickets.search import texts
from ombud.tickets.search.index import index_attachments
from ombud.tickets.search.texts import MAX_SECONDS, MAX_TEXT_LENGTH

log = logging.getLogger(__name__)
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ATTEMPTS = 2
AGAIN_AFTER = timedelta(minutes=2)
MAX_PROBLEM_LENGTH = 500


class Waiting(Struct):
    """A file whose text is asked for."""

    file_id: int
    token: str
    name: str
    size: int


class Unreadable(Exception):
    """The child gave no text; the message says why."""


async def read_next_file(database: Database, files: FileStore, *, now: datetime) -> int:
    """Read one file that waits and write the words of the attachments that are it; 0 if none waits."""
    async with database.transaction() as tx:
        waiting = await _claim(tx, now=now)
    if waiting is None:
        return 0
    state, text, problem = await _read(files, waiting)
    async with database.transaction() as tx:
        sql = """
            update file_text set text = %(text)s, problem = %(problem)s,
                state = case when %(state)s = 'failed' and attempts < %(most)s then 'waiting' else %(state)s end
            where file_id = %(id)s"""
        params = {"text": text, "problem": problem, "state": state, "most": MAX_ATTEMPTS, "id": waiting.file_id}
        await execute(tx, sql, params)
        if text:
            sql = "select id from attachment where file_id = %(id)s"
            await index_attachments(tx, await values(tx, int, sql, {"id": waiting.file_id}))
    return 1


async def _claim(tx: Transaction, *, now: datetime) -> Waiting | None:
    # A claim that is old is one of a process that died.
    sql = """
        update file_text x set attempts = attempts + 1, claimed_at = %(now)s
        from file f where f.id = x.file_id and x.file_id = (
            select file_id from file_text where state = 'waiting' and (claimed_at is null or claimed_at < %(old)s)
            order by file_id limit 1 for update skip locked)
        returning x.file_id, f.token, f.name, f.size"""
    return await row(tx, Waiting, sql, {"now": now, "old": now - AGAIN_AFTER})


async def _read(files: FileStore, waiting: Waiting) -> tuple[str, str, str | None]:
    """State, text and problem of a file."""
    if waiting.size > MAX_FILE_BYTES:
        return "nothing", "", "too large"
    try:
        text = await extract(await files.get(waiting.token), waiting.name)
    except (Unreadable, OmbudError) as problem:
        log.info("The text of file %s was not read: %s", waiting.file_id, problem)
        return "failed", "", str(problem)[:MAX_PROBLEM_LENGTH]
    return ("done" if text.strip() else "nothing"), text, None


async def extract(data: bytes, name: str) -> str:
    """The text in a file of a kind that can be read.

    Raises:
        Unreadable: the child failed, took too long or too much memory.
    """
    # By its path: the child needs nothing else of ours.
    command = leashed([sys.executable, "-P", texts.__file__, name.rpartition(".")[2].lower()])
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(MAX_SECONDS + 5):
            text, complaint = await child.communicate(data)
    except TimeoutError as problem:
        raise Unreadable("it took too long") from problem
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        lines = complaint.decode(errors="replace").strip().splitlines()
        raise Unreadable(lines[-1] if lines else f"the reader ended with {child.returncode}")
    return text.decode(errors="replace").replace("\0", "")[:MAX_TEXT_LENGTH]
