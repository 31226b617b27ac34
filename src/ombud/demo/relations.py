"""What the demo desk knows of its customers beyond their messages: firms, products owned, notes, checks, duplicates.

Drawn from a source of chance of its own, so that the stories stay the same whatever is added here.
"""

import random
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from ombud.customers.queries.policy import SETTING
from ombud.customers.services.making import refresh_words
from ombud.demo.cast import GOLD, SILVER, VIP, Buyer
from ombud.demo.copying import copy_rows
from ombud.demo.ground import Ground
from ombud.demo.hours import DAY, moment
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction
from ombud.shared.words import tsvector
from ombud.tickets.customer_schemas import CustomerMergeIn
from ombud.tickets.services.customer_averages import keep_averages
from ombud.tickets.services.customer_merge import merge_customers

ORGANISATIONS = (
    ("云栖湖度假酒店", "yunqihu.example", "VIP"),
    ("锦程连锁公寓", "jincheng-apt.example", GOLD),
    ("明德实验学校", "mingde.example", SILVER),
    ("和睦养老院", "hemu.example", GOLD),
    ("南湾物业服务", "nanwan.example", SILVER),
    ("星桥联合办公", "xingqiao.example", "VIP"),
    ("Harbour Lane Hotel", "harbourlane.example", "VIP"),
    ("Willow & Finch Letting", "willowfinch.example", GOLD),
    ("St. Brigid's School", "stbrigids.example", SILVER),
    ("Northgate Facilities", "northgate.example", SILVER),
)
# The batch whose manual shows the wrong pipe at step 4: see the scene "manual".
MISPRINTED = "M-0915"
MISPRINTED_KIND = "purifier"
MISPRINTED_REGION = "R3"
BATCHES = ("M-0721", "M-0808", "M-0830", "M-0902", "M-0926")
NOTES_ZH = (
    "方言较重，请慢一些说。",
    "只在晚上七点后方便接电话。",
    "老人独居，上门前请先联系女儿。",
    "对安装师傅王工评价很好。",
    "曾因发票抬头投诉，开票前请再核对。",
)
NOTES_EN = (
    "Please ring after 7 pm only.",
    "Hard of hearing: write rather than call.",
    "Asks for invoices in the firm's name.",
    "Was promised a call back in August; keep our word.",
    "Knows the product well, skip the basics.",
)
KEPT = 500
WARRANTY_DAYS = 730


async def write_relations(tx: Transaction, ground: Ground, buyers: list[Buyer], *, seed: int, now: float) -> None:
    """Write everything about customers that no message tells."""
    scribe = _Scribe(ground, buyers, random.Random(seed + 1), now)
    await scribe.organisations(tx)
    await scribe.products(tx)
    await scribe.notes(tx)
    await scribe.contact(tx)
    await scribe.checks(tx)
    pairs = await scribe.duplicates(tx)
    await tx.execute(
        "insert into setting (name, value) values (%(name)s, %(value)s)",
        {"name": SETTING, "value": Jsonb({"tiers": [VIP, GOLD, SILVER]})},
    )
    for survivor, absorbed in pairs[:3]:
        chosen = CustomerMergeIn(absorbed, {}, "同一人，两个邮箱 / One person, two mailboxes")
        await merge_customers(tx, survivor, chosen, by=SYSTEM, now=moment(now))
    await keep_averages(tx, now=moment(now))


class _Scribe:
    def __init__(self, ground: Ground, buyers: list[Buyer], rng: random.Random, now: float) -> None:
        self._ground, self._buyers, self._rng, self._now = ground, buyers, rng, now

    def _id(self, buyer: Buyer) -> int:
        return self._ground.buyers[buyer.number]

    def _past(self, days: float) -> datetime:
        return moment(self._now - DAY * days * self._rng.random())

    async def organisations(self, tx: Transaction) -> None:
        made = moment(self._now - DAY * 400)
        numbered = list(enumerate(ORGANISATIONS, 1))
        rows = [(n, name, tier, tsvector(f"{name} {domain}"), made, made) for n, (name, domain, tier) in numbered]
        await copy_rows(tx, "organisation", "id name tier words created_at updated_at", rows)
        await copy_rows(tx, "organisation_domain", "domain organisation_id", [(d, n) for n, (_, d, _) in numbered])
        await tx.execute(
            "select setval(pg_get_serial_sequence('organisation', 'id'), %(last)s)", {"last": len(ORGANISATIONS)}
        )
        for number, (name, _, _) in numbered:
            is_chinese = name[0] > "\u3000"
            same = [one for one in self._buyers if (one.language == "zh") == is_chinese]
            members = [self._id(one) for one in self._rng.sample(same, 12)]
            sql = "update customer set organisation_id = %(firm)s where id = any(%(ids)s)"
            await tx.execute(sql, {"firm": number, "ids": members})

    async def products(self, tx: Transaction) -> None:
        rows = [self._product(buyer, place) for buyer in self._buyers for place in range(len(buyer.purchases))]
        columns = "customer_id model name serial batch bought_on region warranty_until created_at updated_at"
        await copy_rows(tx, "product_owned", columns, rows)

    def _product(self, buyer: Buyer, place: int) -> tuple[str | int | datetime, ...]:
        bought = buyer.purchases[place]
        at = moment(bought.bought_at)
        is_hurt = bought.kind.key == MISPRINTED_KIND and buyer.city[2] == MISPRINTED_REGION
        batch = MISPRINTED if is_hurt else self._rng.choice(BATCHES)
        name = bought.kind.zh if buyer.language == "zh" else bought.kind.en
        day = at.date()
        ends = day + timedelta(days=WARRANTY_DAYS)
        days = (day.isoformat(), buyer.city[2], ends.isoformat())
        return (self._id(buyer), bought.model, name, bought.serial, batch, *days, at, at)

    async def notes(self, tx: Transaction) -> None:
        rows = []
        for buyer in self._rng.sample(self._buyers, KEPT):
            text = self._rng.choice(NOTES_ZH if buyer.language == "zh" else NOTES_EN)
            writer = self._rng.choice(self._ground.people[1:])
            rows.append((self._id(buyer), text, self._rng.random() < 0.2, "person", writer, self._past(80)))  # noqa: PLR2004
        columns = "customer_id text is_pinned author_kind author_id created_at"
        await copy_rows(tx, "customer_note", columns, rows)

    async def contact(self, tx: Transaction) -> None:
        rows = []
        for buyer in self._buyers:
            at = moment(buyer.since)
            rows.append((self._id(buyer), "service", "any", True, "shop.lanjia.example", "system", None, at))
            if self._rng.random() < 0.4:  # noqa: PLR2004
                is_given = self._rng.random() < 0.7  # noqa: PLR2004
                rows.append((self._id(buyer), "marketing", "any", is_given, "", "system", None, self._past(60)))
        columns = "customer_id purpose channel is_given source by_kind by_id at"
        await copy_rows(tx, "consent", columns, rows)
        bars = []
        for buyer in self._rng.sample(self._buyers, KEPT // 10):
            reason = "客户要求只用邮件联系" if buyer.language == "zh" else "Wants to be written to, not called"
            bars.append((self._id(buyer), self._rng.choice(("phone", "sms")), reason, "system", self._past(60)))
        await copy_rows(tx, "contact_bar", "customer_id channel reason by_kind since", bars)

    async def checks(self, tx: Transaction) -> None:
        ways = (
            (1, "order_number", 480),
            (1, "known_number", 480),
            (2, "verified_channel", 1_440),
            (3, "call_back", 10_080),
        )
        rows = []
        for buyer in self._rng.sample(self._buyers, KEPT):
            level, method, minutes = self._rng.choice(ways)
            at = self._past(3 if level == 3 else 40)  # noqa: PLR2004 – some of the strongest still hold
            by = self._rng.choice(self._ground.people[1:])
            rows.append((self._id(buyer), level, method, "person", by, at, at + timedelta(minutes=minutes)))
        await copy_rows(tx, "identity_check", "customer_id level method by_kind by_id at valid_until", rows)

    async def duplicates(self, tx: Transaction) -> list[tuple[int, int]]:
        """People who wrote from two mailboxes and typed one number, and some whose numbers a platform masked."""
        chosen = self._rng.sample(self._buyers[100:], 60)
        pairs = [(self._id(one), self._id(other)) for one, other in zip(chosen[:20], chosen[20:40], strict=True)]
        for one, other in pairs:
            sql = """
                update customer c set name = o.name, phone = o.phone, locale = o.locale
                from customer o where c.id = %(other)s and o.id = %(one)s"""
            await tx.execute(sql, {"one": one, "other": other})
            await refresh_words(tx, other)
        masked = [self._id(one) for one in chosen[40:]]
        await tx.execute("update customer set phone = '138****1234' where id = any(%(ids)s)", {"ids": masked})
        return pairs
