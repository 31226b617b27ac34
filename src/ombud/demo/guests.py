"""Simulated customers who write in by chat while somebody looks around, and answer what they are asked."""

import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from ombud.channels.chat.schemas import VisitorReadIn
from ombud.channels.chat.services import confirm
from ombud.channels.chat.tokens import Visitor
from ombud.customers.schemas import Sender
from ombud.demo import facts as facts_of
from ombud.demo.cast import Buyer
from ombud.demo.forms import TYPES
from ombud.demo.grammar import Lexicon, Voice
from ombud.demo.manners import answer_to
from ombud.demo.material import CommonLines, Material, read
from ombud.shared.database import Transaction, row, rows, value
from ombud.tickets.schemas import EntryDetails, HostPage, InboundMessage
from ombud.tickets.services.intake.door import Arrival, Receipt

Receive = Callable[[Arrival], Awaitable[Receipt]]
SCENES = ("late", "damaged", "repair", "refund", "usage", "app", "install_book", "part_price", "exchange", "purifier")
# The English name of the type by the scene of a story.
TYPE_OF = {scene: one[0] for one in TYPES for scene in one[4].split()}
# After so many answers a customer is content, whatever was said.
MAX_ANSWERS = 6
MAX_NUDGES = 2
NUDGE_AFTER = timedelta(seconds=150)
READS_FOR = timedelta(seconds=6)
# Steps of a story that belong to another hour or day.
NOT_LIVE = {"a_close_silent", "a_after", "a_today", "a_part", "a_part_in", "a_part_where", "a_again", "a_bye"}
PAGE = HostPage("https://shop.lanjia.example/service", "Service")


class Known(Struct):
    """A customer of the demo who has no open ticket."""

    id: int
    name: str
    email: str
    phone: str
    locale: str
    tier: str
    visitor: str
    # What the shop's chat makes of each concern; a mail says nothing of it.
    types: dict[str, int] = {}


class Answer(Struct):
    """A message that the customer has got."""

    id: int
    at: datetime
    text: str
    author: str


class Guest:
    """One customer in one chat, from the first line to the good-bye."""

    def __init__(self, material: Material, known: Known, channel_id: int, rng: random.Random, now: datetime) -> None:
        self._rng, self._channel_id, self._known = rng, channel_id, known
        self._is_chinese = known.locale == "zh-CN"
        language = "zh" if known.locale == "zh-CN" else "en"
        play = material.scenes[rng.choice(SCENES)]
        self._type_id = known.types.get(TYPE_OF.get(play.scene.key, ""))
        buyer = _buyer(material, known, language, rng)
        opened = now.timestamp()
        purchase = facts_of.choose_purchase(play.scene, buyer, material, rng, opened)
        facts, _ = facts_of.draw_facts(material, buyer, purchase, rng, opened)
        facts |= {"brand": "澜家" if language == "zh" else "Lanjia", "agent": "", "number": ""}
        moods = list(play.scene.moods)
        lines = read("live.toml", CommonLines)
        own = Lexicon(lines.zh if language == "zh" else lines.en, play.lexicons[language])
        self.voice = Voice(rng, facts, own, rng.choices(moods, list(play.scene.moods.values()))[0])
        self.ticket_id: int | None = None
        self.is_content = False
        self.was_greeted = False
        self._said = ""
        paths = [one for one in play.scene.paths if one.steps.startswith("c_open") and one.ends == "solved"]
        path = rng.choices(paths, [one.weight for one in paths])[0]
        steps = [step.partition("?")[0] for step in path.steps.split()]
        self._agent_lines = [step for step in steps if step[:2] == "a_" and step not in NOT_LIVE]
        self._receipt_id = 0
        self._seen = 0
        self._written = 0
        self._answers = 0
        self._nudges = 0
        self._spoke_at = now

    def next_agent_line(self) -> str:
        """What an agent who knows the shop would say next in this concern."""
        return self._agent_lines.pop(0) if self._agent_lines else "a_bye"

    async def act(self, tx: Transaction, receive: Receive, *, now: datetime) -> bool:
        """Write if there is something to say; whether something was written."""
        if not self._written:
            await self._write(self.line("c_open"), receive, now=now)
            return True
        await self.find_ticket(tx)
        heard = await self._listen(tx) if self.ticket_id else None
        if heard is not None:
            return await self._answer(tx, heard, receive, now=now)
        return await self._nudge(receive, now=now)

    async def find_ticket(self, tx: Transaction) -> None:
        """Learn which ticket intake has given the first message."""
        if self.ticket_id is None and self._receipt_id:
            sql = "select ticket_id from inbox where id = %(id)s"
            self.ticket_id = await value(tx, int, sql, {"id": self._receipt_id})

    async def _listen(self, tx: Transaction) -> Answer | None:
        sql = """
            select e.id, e.at, e.text, coalesce(p.display_name, '') as author
            from public_entry e left join person p on e.author_kind = 'person' and p.id = e.author_id
            where e.ticket_id = %(ticket)s and e.direction = 'out' and e.id > %(seen)s order by e.id desc limit 1"""
        return await row(tx, Answer, sql, {"ticket": self.ticket_id, "seen": self._seen})

    async def _answer(self, tx: Transaction, heard: Answer, receive: Receive, *, now: datetime) -> bool:
        # People read before they answer, and an agent may send a second line.
        if now - heard.at < READS_FOR:
            return False
        self._seen = heard.id
        visitor = Visitor(self._channel_id, "visitor", self._known.visitor)
        await confirm(tx, visitor, VisitorReadIn(heard.id), now=now)
        self._answers += 1
        self.voice.facts["agent"] = (heard.author.split() or [""])[0 if self._is_chinese else -1]
        is_known = self.voice.facts["order"] in self._said
        name = "say_bye" if self._answers >= MAX_ANSWERS else answer_to(heard.text, order_known=is_known)
        if name == "say_fine" and self._answers > 2 and self._rng.random() < 0.6:  # noqa: PLR2004
            name = "say_bye"
        self.is_content = name == "say_bye"
        if name == "say_choice" and self.voice.lexicon.has("c_choose"):
            name = "c_choose"
        await self._write(self.line(name), receive, now=now)
        return True

    async def _nudge(self, receive: Receive, *, now: datetime) -> bool:
        is_patient = self._nudges >= MAX_NUDGES or now - self._spoke_at < NUDGE_AFTER * (1 + self._nudges)
        if is_patient or self._answers:
            return False
        self._nudges += 1
        await self._write(self.line("nudge"), receive, now=now)
        return True

    def line(self, name: str) -> str:
        """What they say, in their own words."""
        text = self.voice.lexicon.pick(name, self.voice).text(self.voice)
        return text.replace("¦", "" if self._is_chinese else " ")

    async def _write(self, text: str, receive: Receive, *, now: datetime) -> None:
        key = str(UUID(int=self._rng.getrandbits(128), version=4))
        conversation = f"visitor:{self._known.visitor}"
        sender = Sender("visitor", self._known.visitor, name=self._known.name, locale=self._known.locale)
        details = EntryDetails(page=PAGE if not self._written else None)
        message = InboundMessage(
            sender=sender,
            text=text,
            at=now,
            details=details,
            conversation=conversation,
            client_key=key,
            type_id=self._type_id,
        )
        receipt = await receive(Arrival(self._channel_id, f"{conversation}:{key}", message))
        self._receipt_id = self._receipt_id or receipt.id
        self._written += 1
        self._said += text
        self._spoke_at = now


async def invite_guest(
    tx: Transaction, material: Material, rng: random.Random, busy: set[int], *, now: datetime
) -> Guest | None:
    """Somebody who has no open ticket comes to the shop's chat; None when the demo desk is not here."""
    channel = "select id from channel where public_key = 'demo-lanjia-chat' and is_active and deleted_at is null"
    channel_id = await value(tx, int, channel)
    if channel_id is None:
        return None
    sql = """
        select c.id, c.name, c.email, c.phone, c.locale, c.tier, i.value as visitor,
            coalesce((select jsonb_object_agg(y.name_en, y.id) from ticket_type y where y.archived_at is null), '{}')
                as types
        from customer c join identity i on i.customer_id = c.id and i.kind = 'visitor' and i.scope = ''
        where not c.is_blocked and c.locale <> '' and c.id >= %(from)s and not c.id = any(%(busy)s)
            and not exists (select from ticket t where t.customer_id = c.id and t.is_open)
        order by c.id limit 1"""
    for start in (rng.randrange(60, 1_900), 0):
        found = await rows(tx, Known, sql, {"from": start, "busy": sorted(busy)})
        if found:
            busy.add(found[0].id)
            return Guest(material, found[0], channel_id, rng, now)
    return None


def _buyer(material: Material, known: Known, language: str, rng: random.Random) -> Buyer:
    places = material.places
    return Buyer(
        number=known.id,
        name=known.name,
        called=known.name,
        language=language,
        email=known.email,
        phone=known.phone,
        city=rng.choice(places.cities),
        street=rng.choice(places.streets_zh if language == "zh" else places.streets_en),
        tier=known.tier,
        time_zone="",
        visitor=known.visitor,
        since=0,
        activity=1,
    )
