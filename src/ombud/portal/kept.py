"""What one process keeps of sites and their pages, until the stamp says that something changed."""

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from msgspec import Struct

from ombud.portal import queries
from ombud.portal.rules import Place, find_place
from ombud.portal.schemas import Site
from ombud.shared.bus import Bus
from ombud.shared.database import Database

TOPIC = "help"
# A lost wake-up costs at most this long.
LOOK_SECONDS = 2.0
MOST_BYTES = 64 * 1024 * 1024
# After a change all pages are asked for at once. Whoever would wait longer than this gets the page of before, but never
# one that is out of date for longer than that.
PATIENCE_SECONDS = 0.03
STALE_SECONDS = 2.0
# More at a time would only keep those from answering who need nothing made.
MADE_AT_ONCE = 3
# The fastest of gzip's levels that still saves two thirds: pages are made rarely and sent often.
PACKING = 6

Header = tuple[bytes, bytes]


class Page(Struct, frozen=True):
    """A page as it is sent: whole, packed, or not at all to whom has it."""

    body: bytes
    packed: bytes
    etag: bytes
    packed_etag: bytes
    headers: list[Header]
    status: int = 200


def pack(body: bytes, headers: list[Header], status: int = 200) -> Page:
    """A page with all that can be made of it beforehand."""
    digest = hashlib.sha256(body).hexdigest()[:24].encode()
    packed = gzip.compress(body, PACKING, mtime=0)
    return Page(body, packed, b'"%s"' % digest, b'"%s-gz"' % digest, headers, status)


class Kept:
    """Sites and finished pages of one process.

    Everything goes when the stamp in the database has moved: the worker moves it when an article or a site changes and
    wakes us; without a wake-up we look every two seconds, when somebody asks.
    """

    def __init__(self, database: Database, bus: Bus, address: str) -> None:
        self.address = address
        self.hits = self.made = 0
        self._database = database
        self._sites: list[Site] | None = None
        self._things: dict[object, object] = {}
        self._pages: OrderedDict[object, Page] = OrderedDict()
        self._bytes = 0
        self._number = -1
        self._look_at = 0.0
        self._making: dict[object, asyncio.Future[Page | None]] = {}
        self._stale: OrderedDict[object, Page] = OrderedDict()
        self._stale_until = 0.0
        self._room = asyncio.Semaphore(MADE_AT_ONCE)
        bus.listen(TOPIC, lambda _: self.look_soon())

    def look_soon(self) -> None:
        """Look at the stamp with the next request."""
        self._look_at = 0.0

    async def refresh(self) -> None:
        """Look at the stamp if it is time to, and let go of what is out of date."""
        now = time.monotonic()
        if now < self._look_at:
            return
        # Before the question: of a crowd one asks, and a wake-up meanwhile asks again.
        self._look_at = now + LOOK_SECONDS
        async with self._database.statements() as connection:
            number = await queries.stamp(connection)
        if number != self._number:
            self._number = number
            self._sites = None
            self._things.clear()
            self._stale, self._pages = self._pages, OrderedDict()
            self._stale_until = now + STALE_SECONDS
            self._bytes = 0

    async def find(self, host: str, key: str) -> Place | None:
        """The site that a request means."""
        return find_place(await self.sites(), host, key, self.address)

    async def sites(self) -> list[Site]:
        """All sites that were set up."""
        await self.refresh()
        if self._sites is None:
            number = self._number
            async with self._database.statements() as connection:
                found = await queries.load_sites(connection)
            if number != self._number:
                return found
            self._sites = found
        return self._sites

    def known(self, host: str, key: str) -> Place | None:
        """The site that a request means, if nothing has to be asked for that."""
        if self._sites is None or time.monotonic() >= self._look_at:
            return None
        return find_place(self._sites, host, key, self.address)

    def at_hand(self, key: object) -> Page | None:
        """A finished page, if there is one; ``known`` has said that it is not out of date."""
        found = self._pages.get(key)
        if found is not None:
            self.hits += 1
            self._pages.move_to_end(key)
        return found

    async def thing(self, key: object, make: Callable[[], Awaitable[object]]) -> object:
        """Something that pages are made from, made once for each stamp."""
        found = self._things.get(key)
        if found is None:
            number = self._number
            found = await make()
            if number == self._number:
                self._things[key] = found
        return found

    async def page(self, key: object, make: Callable[[], Awaitable[Page | None]]) -> Page | None:
        """A finished page; it is made once for all who wait for it. None is not kept: anybody can ask for nonsense."""
        found = self.at_hand(key)
        if found is not None:
            return found
        # A page that is being made from what was there before the stamp moved is nobody's any more.
        what = (self._number, key)
        making = self._making.get(what)
        if making is None:
            making = asyncio.ensure_future(self._make(key, make))
            self._making[what] = making
            making.add_done_callback(lambda _: self._making.pop(what, None))
        stale = self._stale.get(key) if time.monotonic() < self._stale_until else None
        if stale is None:
            return await asyncio.shield(making)
        done, _ = await asyncio.wait([making], timeout=PATIENCE_SECONDS)
        return making.result() if done else stale

    async def _make(self, key: object, make: Callable[[], Awaitable[Page | None]]) -> Page | None:
        number = self._number
        async with self._room:
            page = await make()
        self.made += 1
        # Made from what was there before the stamp moved: good for who waits, and no longer.
        if page is not None and number == self._number:
            self._keep(key, page)
        return page

    def _keep(self, key: object, page: Page) -> None:
        self._pages[key] = page
        self._bytes += len(page.body) + len(page.packed)
        while self._bytes > MOST_BYTES:
            _, old = self._pages.popitem(last=False)
            self._bytes -= len(old.body) + len(old.packed)


async def is_own_host(kept: Kept, request: Request[Any, Any, Any]) -> bool:
    """Whether a request came by the own host of a brand whose site is on."""
    host = request.headers.get("host", "").lower()
    return any(one.is_on and one.host == host for one in await kept.sites())
