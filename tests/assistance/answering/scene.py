"""A shop whose chat answers simple questions by itself, from a few articles; without any model, by words alone."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ombud.assistance.answering.queries import find_rule
from ombud.assistance.answering.reactions import ANSWERING
from ombud.assistance.answering.schemas import AnswerRule, AnswerRuleIn
from ombud.assistance.answering.services.ending import end_silent_talks, let_late_go
from ombud.assistance.answering.services.finding import Knowing, Worder
from ombud.assistance.answering.services.ruling import change_rule
from ombud.assistance.answering.services.turning import Scene, answer_next, judge_next, next_message, put_off
from ombud.channels.chat import tokens
from ombud.customers.schemas import Sender
from ombud.intelligence.embedding.services import Meaning
from ombud.knowledge.articles.schemas import ArticleDraftIn, ArticleIn, ArticleWords
from ombud.knowledge.articles.services.publishing import publish
from ombud.knowledge.articles.services.writing import make_article, save_draft
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.knowledge.retrieval.services import index_missed
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.readers import read_batch, register_reader
from ombud.shared.sequencer import sequence_events
from ombud.tickets.schemas import Entry
from tests.site import Site

_keys = count(1)
ARTICLES = {
    "returns": (
        ("Return a product", "You can return a product within 7 days of delivery. Open My orders and choose Return."),
        ("如何退货", "商品签收后7天内可以申请退货。请打开“我的订单”，选择“申请退货”，按提示填写原因。"),
    ),
    "filter": (
        ("How often to change the filter of the water purifier", "Change the filter every six months."),
        ("净水机滤芯多久更换一次", "净水机的滤芯建议每六个月更换一次。水质较差时请缩短更换周期。"),
    ),
    "invoice": (
        ("Get an invoice", "Open My orders and choose Invoice. The invoice arrives by e-mail."),
        ("怎么开发票", "打开“我的订单”，选择“申请发票”，填写抬头和税号，电子发票会发到您的邮箱。"),
    ),
    "callback": (
        ("Complaint about noise at night", "We will call you back tomorrow at 3 pm about the noise."),
        ("夜间噪音问题", "关于夜间噪音，我们明天下午3点给您回电。"),
    ),
}


@dataclass
class Shop:
    """The chat, the people, the machine, and one visitor."""

    site: Site
    lin: Actor
    lead: Actor
    chat: int
    articles: dict[str, int]
    knowing: Knowing
    visitor: tokens.Visitor = field(init=False)

    def __post_init__(self) -> None:
        self.visitor = tokens.new_visitor(self.chat)

    async def rule(self, **change: Any) -> AnswerRule:
        """Say how the chat answers."""
        channel = change.pop("channel_id", self.chat)
        async with self.site.desk.parts.database.transaction() as tx:
            found = await find_rule(tx, channel)
            assert found
            settings = {"is_on": True, "threshold": 0.3} | change
            data = AnswerRuleIn(version=found.version, **settings)
            return await change_rule(tx, channel, data, by=self.lead, now=self.site.desk.now)

    async def write(self, text: str, **more: Any) -> int:
        """The visitor writes; gives the ticket. Nobody has looked at it yet."""
        sender = Sender("visitor", self.visitor.value, "", name="Rosa")
        more.setdefault("conversation", self.visitor.conversation)
        await self.site.desk.deliver(self.chat, self.site.desk.message(text, sender=sender, **more))
        return (await self.site.desk.tickets())[-1]

    async def heed(self) -> None:
        """The reader takes note of what happened."""
        database = self.site.desk.parts.database
        async with database.transaction() as tx:
            while await sequence_events(tx, now=self.site.desk.now):
                pass
        while (await read_batch(database, ANSWERING, now=self.site.desk.now)).passed:
            pass

    async def look(self) -> int:
        """The machine looks at everything that wants it; how many messages."""
        await self.heed()
        looked = 0
        while await self.step():
            looked += 1
        return looked

    async def step(self) -> int:
        """The machine looks at one message."""
        scene, database, now = (
            Scene(self.knowing, "https://desk.example"),
            self.site.desk.parts.database,
            self.site.desk.now,
        )
        async with database.transaction() as tx:
            found = await next_message(tx, now=now)
        if found is None:
            return 0
        judged = await judge_next(database, scene, found, now=now)
        async with database.transaction() as tx:
            await answer_next(tx, scene, found, judged, now=now)
        return 1

    async def ask(self, text: str, **more: Any) -> Entry | None:
        """The visitor writes and the machine looks; what it said to that, if anything."""
        ticket_id = await self.write(text, **more)
        before = len(await self.said(ticket_id))
        await self.look()
        said = await self.said(ticket_id)
        return said[-1] if len(said) > before else None

    async def said(self, ticket_id: int) -> list[Entry]:
        """What the machine said on a ticket."""
        return [one for one in await self.site.desk.timeline(ticket_id) if one.details.machine is not None]

    async def talk(self) -> dict[str, Any]:
        """The newest ticket's talk as it is kept."""
        sql = "select to_jsonb(m) from machine_talk m order by ticket_id desc limit 1"
        found: dict[str, Any] = await self.site.desk.sql(sql)
        return found or {}

    async def kept(self) -> dict[str, Any]:
        """The newest question as it is kept."""
        found: dict[str, Any] = await self.site.desk.sql("select to_jsonb(a) from machine_answer a order by id desc")
        return found

    async def is_held(self, ticket_id: int) -> bool | None:
        """Whether the queue gives a ticket to nobody; None where it does not wait."""
        sql = "select held_until is not null from work_wait where ticket_id = %(id)s"
        found: bool | None = await self.site.desk.sql(sql, id=ticket_id)
        return found

    async def keep_up(self) -> None:
        """Silent talks end, late ones go to people."""
        async with self.site.desk.parts.database.transaction() as tx:
            await end_silent_talks(tx, now=self.site.desk.now)
            await let_late_go(tx, now=self.site.desk.now)

    async def fail_once(self) -> None:
        """What the worker does after a look that failed."""
        async with self.site.desk.parts.database.transaction() as tx:
            await put_off(tx, None, now=self.site.desk.now)

    async def widget(self, method: str, path: str, body: Any = None) -> Any:
        """A request of the visitor's widget."""
        token = tokens.issue(self.site.desk.parts.key_ring, self.visitor, now=self.site.desk.now).visitor_token
        browser = self.site.stranger(Authorization=f"Bearer {token}")
        return await browser.client.request(method, f"/widget/v1/{path}", json=body)

    async def publish(self, slug: str, words: dict[str, tuple[str, str]], **more: Any) -> int:
        """An article in some languages, to be found at once."""
        database, now = self.site.desk.parts.database, self.site.desk.now
        locale, *others = words
        async with database.transaction() as tx:
            more = {"kind": "faq", "audience": "public", "slug": slug} | more
            first = ArticleWords(words[locale][0], f"<p>{words[locale][1]}</p>")
            made = await make_article(tx, ArticleIn(locale=locale, words=first, **more), by=SYSTEM, now=now)
            await publish(tx, made, locale, by=SYSTEM, now=now)
            for other in others:
                draft = ArticleDraftIn(words[other][0], f"<p>{words[other][1]}</p>")
                await save_draft(tx, made, other, draft, by=SYSTEM, now=now)
                await publish(tx, made, other, by=SYSTEM, now=now)
        await index_missed(database)
        return made

    def worded_by(self, worder: Worder) -> None:
        """Let somebody word the answers."""
        self.knowing = Knowing(self.knowing.index, worder)


async def shop_on(site: Site) -> Shop:
    """The shop with its articles; its chat answers from a low threshold on, since few articles make nobody sure."""
    desk = site.desk
    lin = await desk.person("Lin")
    lead = await desk.person("Wu", role="supervisor")
    chat = await desk.channel("chat")
    meaning = Meaning(desk.parts.models, is_shipped=False)
    shop = Shop(site, lin, lead, chat, {}, Knowing(PassageIndex(meaning)))
    for slug, (english, chinese) in ARTICLES.items():
        shop.articles[slug] = await shop.publish(slug, {"en": english, "zh-CN": chinese})
    async with desk.parts.database.transaction() as tx:
        await register_reader(tx, ANSWERING)
    await shop.rule()
    await shop.heed()
    return shop
