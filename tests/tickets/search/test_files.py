"""Attachments are found by their name and by their text, and no file can hurt the worker."""

import asyncio
from typing import Any

import pytest

from ombud.tickets.search.file_texts import Unreadable, extract, read_next_file
from ombud.tickets.search.index import index_attachments
from tests.accounts.desk import Browser
from tests.site import Site, client_key
from tests.tickets.search.papers import BODY, docx, pdf

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&b;</w:document>'
)


async def read_all(site: Site) -> None:
    parts = site.desk.parts
    while await read_next_file(parts.database, parts.files, now=site.desk.now):
        pass


@pytest.fixture
def attach(site: Site, browser: Browser) -> Any:
    async def attached(name: str, data: bytes) -> int:
        """A note with a file, on a ticket of its own."""
        ticket = await site.ticket(who=name)
        file = await browser.client.post("/api/v1/files", files={"file": (name, data, "application/octet-stream")})
        assert file.status_code == 201, file.text
        note = {"text": "See the file", "client_key": client_key(), "attachment_ids": [file.json()["id"]]}
        assert (await browser.post(f"/tickets/{ticket}/notes", note)).status_code == 201
        await site.desk.index()
        await read_all(site)
        return ticket

    return attached


@pytest.mark.parametrize(
    ("name", "data", "query"),
    [
        ("terms.docx", docx(BODY), "退款协议"),
        ("terms.docx", docx(BODY), "SN-77-1"),
        ("report.pdf", pdf("broken compressor"), '"broken compressor"'),
        ("note.txt", "机器漏水".encode("gb18030"), "漏水"),
        ("note.txt", b"the kettle leaks", "leaking"),
        ("发票_2026.png", b"\x89PNG", "发票"),
        ("Invoice-AB-7.zip", b"PK", "invoice"),
    ],
)
async def test_attachment_is_found_by_name_and_text(attach: Any, ask: Any, name: str, data: bytes, query: str) -> None:
    ticket = await attach(name, data)
    [hit] = (await ask(query, kind="attachments"))["items"]
    assert (hit["file"]["name"], hit["ticket"]["id"]) == (name, ticket)
    assert hit["snippet"]["marks"]
    assert (await ask(f"{query} has:attachment", kind="attachments"))["items"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"%PDF-1.4 nothing behind"),
        ("a.docx", b"no archive"),
        ("a.docx", docx(BOMB)),
        ("a.docx", docx(b"<x>" + b" " * 40_000_000)),
        ("a.docx", docx("<not xml")),
    ],
)
async def test_broken_file_is_unreadable_and_nothing_else(name: str, data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        await extract(data, name)
    assert str(refused.value)


async def test_broken_file_is_tried_twice_and_still_found_by_its_name(site: Site, attach: Any, ask: Any) -> None:
    await attach("manual.pdf", b"%PDF-1.4 nothing behind")
    site.desk.later(minutes=3)
    await read_all(site)
    state = await site.desk.sql("select state || attempts || (problem is not null) from file_text")
    assert state == "failed2true"
    assert len((await ask("manual", kind="attachments"))["items"]) == 1


async def test_text_of_a_large_file_is_bounded() -> None:
    assert len(await extract(b"word " * 1_000_000, "a.txt")) <= 100_000


async def test_reader_of_files_and_search_reader_wait_for_one_another_in_one_order(
    site: Site, browser: Browser
) -> None:
    """Two files, each attached twice: whoever holds a file's text gets the words of all that are it."""
    ticket = await site.ticket()
    first, second = [await uploaded(browser, f"{name}.txt") for name in ("one", "two")]
    for ids in ([first, second], [second, first]):
        note = {"text": "See", "client_key": client_key(), "attachment_ids": ids}
        assert (await browser.post(f"/tickets/{ticket}/notes", note)).status_code == 201
    await site.desk.index()
    database = site.desk.parts.database
    everything = await site.desk.sql("select array_agg(id order by id desc) from attachment")
    mine = await site.desk.sql("select array_agg(id) from attachment where file_id = %(id)s", id=second)

    async def write_all() -> int:
        async with database.transaction() as tx:
            return await index_attachments(tx, everything)

    async with database.transaction() as tx:
        # as ``read_next_file`` does: the text first, then the words
        await tx.execute("update file_text set text = 'the kettle leaks' where file_id = %(id)s", {"id": second})
        other = asyncio.create_task(write_all())
        await blocked(site)
        assert await index_attachments(tx, mine) == 2
    assert await other == 4


async def uploaded(browser: Browser, name: str) -> int:
    file = await browser.client.post("/api/v1/files", files={"file": (name, b"x", "text/plain")})
    return int(file.json()["id"])


async def blocked(site: Site) -> None:
    """Wait until a statement waits for a lock."""
    waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    while not await site.desk.sql(waits):
        await asyncio.sleep(0.01)
