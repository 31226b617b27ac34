"""What a process keeps of pages: made once, gone with the stamp, an old one for a moment and only while waiting."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ombud.portal import kept as kept_room
from ombud.portal.kept import Kept, Page, pack
from ombud.portal.sending import Finished, finished, private
from ombud.shared.bus import Bus
from ombud.shared.carriers import NotifyCarrier
from ombud.shared.database import Database

Make = Callable[[], Coroutine[Any, Any, Page | None]]


@pytest.fixture
async def kept(database: Database) -> Kept:
    made = Kept(database, Bus(NotifyCarrier(database)), "https://desk.example")
    await made.refresh()
    return made


def page(text: str, status: int = 200) -> Page:
    return pack(text.encode(), [(b"content-type", b"text/html")], status)


def making(*pages: Page | None, seconds: float = 0) -> tuple[Make, list[int]]:
    """Something that makes pages one after the other, and how often it was asked."""
    asked: list[int] = []

    async def make() -> Page | None:
        asked.append(1)
        await asyncio.sleep(seconds)
        return pages[min(len(asked), len(pages)) - 1]

    return make, asked


async def move(database: Database, kept: Kept) -> None:
    """Something that readers see has changed, and this process was woken."""
    async with database.transaction() as tx:
        await tx.execute("update help_stamp set number = number + 1")
    kept.look_soon()
    await kept.refresh()


async def test_page_is_made_once_for_a_crowd(kept: Kept) -> None:
    make, asked = making(page("one"), seconds=0.01)
    found = await asyncio.gather(*(kept.page("k", make) for _ in range(20)))
    assert len(asked) == 1
    assert len({id(one) for one in found}) == 1
    assert kept.at_hand("k") is found[0]


async def test_page_that_is_not_there_is_asked_for_each_time(kept: Kept) -> None:
    make, asked = making(None)
    assert [await kept.page("k", make) for _ in range(3)] == [None] * 3
    assert len(asked) == 3


async def test_moved_stamp_throws_pages_and_things_away(kept: Kept, database: Database) -> None:
    make, asked = making(page("old"), page("new"))
    await kept.page("k", make)
    await kept.thing("t", _something)
    await move(database, kept)
    assert kept.at_hand("k") is None
    found = await kept.page("k", make)
    assert found is not None
    assert found.body == b"new"
    assert len(asked) == 2


async def _something() -> object:
    return object()


async def test_thing_is_made_once_for_each_stamp(kept: Kept, database: Database) -> None:
    first = await kept.thing("t", _something)
    assert await kept.thing("t", _something) is first
    await move(database, kept)
    assert await kept.thing("t", _something) is not first


async def test_old_page_is_shown_while_the_new_one_takes_long(kept: Kept, database: Database) -> None:
    await kept.page("k", making(page("old"))[0])
    await move(database, kept)
    may_end = asyncio.Event()

    async def slow() -> Page | None:
        await may_end.wait()
        return page("new")

    first = await kept.page("k", slow)
    assert first is not None
    assert first.body == b"old"
    may_end.set()
    second = await kept.page("k", slow)
    assert second is not None
    second = await kept.page("k", slow)
    assert second is not None
    assert second.body == b"new"


async def test_old_page_is_never_shown_for_longer_than_a_moment(
    kept: Kept, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept.page("k", making(page("old"))[0])
    monkeypatch.setattr(kept_room, "STALE_SECONDS", 0.0)
    await move(database, kept)
    found = await kept.page("k", making(page("new"), seconds=0.1)[0])
    assert found is not None
    assert found.body == b"new"


async def test_page_that_is_gone_is_not_shown_from_before(kept: Kept, database: Database) -> None:
    await kept.page("k", making(page("secret by now"))[0])
    await move(database, kept)
    assert await kept.page("k", making(None)[0]) is None


async def test_page_made_before_the_stamp_moved_is_not_kept(kept: Kept, database: Database) -> None:
    begun = asyncio.ensure_future(kept.page("k", making(page("old"), seconds=0.1)[0]))
    await asyncio.sleep(0)
    await move(database, kept)
    assert await begun is not None
    assert kept.at_hand("k") is None


async def test_memory_for_pages_is_bounded(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_room, "MOST_BYTES", 10_000)
    for number in range(30):
        await kept.page(number, making(page(f"{number}" + "x" * 1_000))[0])
    assert kept.at_hand(0) is None
    assert kept.at_hand(29) is not None


async def test_stamp_is_asked_for_at_most_so_often(kept: Kept, database: Database) -> None:
    before = await kept.sites()
    async with database.transaction() as tx:
        await tx.execute("update help_stamp set number = number + 1")
    assert await kept.sites() is before
    kept.look_soon()
    assert await kept.sites() is not before


async def test_failure_of_one_page_is_not_kept_for_the_next(kept: Kept) -> None:
    async def fail() -> Page | None:
        raise RuntimeError("the database is away")

    with pytest.raises(RuntimeError):
        await kept.page("k", fail)
    assert await kept.page("k", making(page("well again"))[0]) is not None


# ── on their way out ─────────────────────────────────────────────────────────────────────────────────────────


def scope(method: str = "GET", **headers: str) -> Any:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "headers": named}


async def sent(answer: Finished, asked: Any) -> tuple[int, dict[bytes, bytes], bytes]:
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    await answer(asked, None, send)  # type: ignore[arg-type]  # nothing is received
    return messages[0]["status"], dict(messages[0]["headers"]), messages[1]["body"]


async def test_page_goes_out_packed_where_that_is_understood() -> None:
    text = "words " * 200
    for accepted, is_packed in (("gzip, br", True), ("br", False), ("", False)):
        asked = scope(accept_encoding=accepted)
        status, headers, body = await sent(finished(asked, page(text)), asked)
        assert status == 200
        assert (b"content-encoding" in headers) is is_packed
        assert int(headers[b"content-length"]) == len(body)
        assert (body == text.encode()) is not is_packed


@pytest.mark.parametrize("known", ["plain", "packed", "among others", "anything"])
async def test_who_has_the_page_is_told_that_it_is_the_same(known: str) -> None:
    one = page("words")
    tag = {"plain": one.etag, "packed": one.packed_etag, "among others": b'"x", ' + one.etag, "anything": b"*"}[known]
    asked = scope(if_none_match=tag.decode())
    status, headers, body = await sent(finished(asked, one), asked)
    assert (status, body) == (304, b"")
    assert headers[b"etag"] == one.etag


async def test_other_page_and_redirect_are_sent_whole() -> None:
    asked = scope(if_none_match=page("other").etag.decode())
    assert (await sent(finished(asked, page("words")), asked))[0] == 200
    assert (await sent(finished(scope(if_none_match="*"), page("", 302)), asked))[0] == 302


async def test_head_has_no_body_and_a_private_page_no_tag() -> None:
    asked = scope("HEAD")
    assert (await sent(finished(asked, page("words")), asked))[2] == b""
    status, headers, body = await sent(private(page("mine")), scope())
    assert (status, body) == (200, b"mine")
    assert b"etag" not in headers
