"""A desk with a brand that has a help centre and a portal, articles in two languages, and a customer's browser."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest

from ombud.channels.forms.proof import make_proof
from ombud.customers.schemas import Sender
from ombud.knowledge.articles.schemas import ArticleDraftIn, ArticleIn, ArticleWords, CategoryIn
from ombud.knowledge.articles.services import make_article, publish, save_draft
from ombud.knowledge.articles.services.categories import make_category
from ombud.portal.schemas import PortalSitePatch
from ombud.portal.services import change_site
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival
from tests.channels.conftest import Desk, eventually
from tests.channels.conftest import desk as running_desk
from tests.site import client_key

__all__ = ["Centre", "eventually", "running_desk"]

REFUND = {"en": ("How long does a refund take?", "<p>Refunds arrive within <b>5 working days</b>.</p>")}
REFUND["zh-CN"] = ("退款多久到账？", "<p>退款会在<b>5个工作日</b>内原路退回。</p>")


@dataclass
class Centre:
    """What tests do with a help centre and its portal."""

    desk: Desk
    # addresses and links of mails that left, oldest first
    mails: list[dict[str, str]] = field(default_factory=list)

    @property
    def client(self) -> httpx.AsyncClient:
        return self.desk.client

    def browser(self) -> httpx.AsyncClient:
        """Another browser, with cookies of its own."""
        app = cast("Any", self.desk.app)
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test")

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, **more)

    async def set_up(self, **changes: Any) -> None:
        version = await self.desk.sql(int, "select version from portal_site where brand_id = 1") or 0

        async def change(tx: Transaction) -> None:
            patch = PortalSitePatch(version=version, **changes)
            await change_site(tx, 1, patch, "http://desk.test", by=SYSTEM, now=self.desk.now)

        await self.desk.write(change)
        await self.fresh()

    async def category(self, name_en: str, name_zh: str, **more: Any) -> int:
        data = CategoryIn(name_en, name_zh, **more)
        made = await self.desk.write(lambda tx: make_category(tx, data, by=SYSTEM, now=self.desk.now))
        return int(made.id)

    async def article(self, words: dict[str, tuple[str, str]], **more: Any) -> int:
        """Publish an article in some languages, the first of which is its own."""
        first, *others = words

        async def make(tx: Transaction) -> int:
            title, body = words[first]
            wanted = {"kind": "article", "audience": "public"} | more
            data = ArticleIn(locale=first, words=ArticleWords(title, body), **cast("Any", wanted))
            made = await make_article(tx, data, by=SYSTEM, now=self.desk.now)
            await publish(tx, made, first, by=SYSTEM, now=self.desk.now)
            for locale in others:
                await save_draft(tx, made, locale, ArticleDraftIn(*words[locale]), by=SYSTEM, now=self.desk.now)
                await publish(tx, made, locale, by=SYSTEM, now=self.desk.now)
            return made

        made: int = await self.desk.write(make)
        await self.fresh()
        return made

    async def fresh(self) -> None:
        """Until the help centre has heard of all that happened, and this process with it."""
        await self.desk.settled()
        sql = "select (select seq from event_head) <= (select seq from reader where name = 'help_centre')"
        await eventually(lambda: self.desk.sql(bool, sql))
        kept = self.desk.app.state.portal
        kept.look_soon()
        await kept.refresh()
        # On a busy machine the page of before would be shown for a moment: tests/portal/test_kept.py looks at that.
        kept._stale.clear()

    async def slug(self, article_id: int) -> str:
        return str(await self.desk.sql(str, "select slug from article where id = %(id)s", id=article_id))

    async def ticket(self, address: str, text: str = "It leaks", subject: str = "Machine", **more: Any) -> int:
        """A ticket of a customer who wrote by mail, as intake makes it."""
        sender = Sender("email", address, is_verified=True, name=more.pop("name", "Rosa"), email=address)
        channel = more.pop("channel_id", None) or self.desk.channels["api"].id
        message = InboundMessage(sender=sender, text=text, at=self.desk.now, subject=subject, **more)
        await self.desk.parts.door.receive(Arrival(channel, client_key(), message))
        await self.desk.settled()
        return int(await self.desk.sql(int, "select max(id) from ticket"))

    def stamp(self) -> str:
        """The stamp of a form that was shown some seconds ago."""
        key = self.desk.channels["form"].public_key or ""
        return make_proof(self.desk.parts.key_ring, key, now=self.desk.now - timedelta(seconds=10))

    async def link_for(self, address: str, browser: httpx.AsyncClient | None = None) -> str | None:
        """Ask for a link and give the path that was mailed; None where no mail left."""
        self.mails.clear()
        answer = await (browser or self.client).post("/portal/sign-in", data={"email": address, "locale": "en"})
        assert answer.status_code == 200, answer.text
        return self.mails[-1]["link"] if self.mails else None

    async def sign_in(self, address: str) -> httpx.AsyncClient:
        """A browser in which the owner of an address is signed in."""
        browser = self.browser()
        link = await self.link_for(address, browser)
        assert link is not None
        answer = await browser.post(link, data={"locale": "en"})
        assert answer.status_code == 303, answer.text
        return browser


def csrf_in(page: str) -> str:
    """The word in a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None, page[:500]
    return found[1]


@pytest.fixture
async def centre(running_desk: Desk) -> Centre:
    desk = running_desk
    made = Centre(desk)
    form = await desk.add_channel("form")
    await desk.add_channel("api")

    async def mail(_tx: Any, *, to: str, subject: str, text: str, now: Any, brand_id: int | None = None) -> bool:
        del now, brand_id
        link = re.search(r"http://[^\s]+?(/portal\S*/enter/\S+)", text)
        made.mails.append({"to": to, "subject": subject, "link": link[1] if link else "", "text": text})
        return True

    desk.app.state.system_mail = mail
    await made.set_up(is_on=True, has_portal=True, form_channel_id=form.id)
    return made
